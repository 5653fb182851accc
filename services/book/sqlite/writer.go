package sqlite

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/metric"
	"zombiezen.com/go/sqlite"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/store"
)

const (
	batchAppends = 512     // in one transaction
	batchBytes   = 4 << 20 // after which no further append joins it
	walBytes     = 16 << 20
	readersLeave = 250 * time.Millisecond // a page is read in a few milliseconds
)

// pending is an append on its way through the writer.
type pending struct {
	ctx      context.Context
	stream   events.Stream
	expected events.Revision
	facts    []store.Entry
	answer   chan answer // has room for the one answer
}

type answer struct {
	store.Appended
	err error
}

// Append implements [store.Store].
func (s *Store) Append(ctx context.Context, stream events.Stream, expected events.Revision, facts []store.Entry) (store.Appended, error) {
	if err := store.Check(stream, expected, facts); err != nil {
		return store.Appended{}, err
	}
	p := &pending{ctx, stream, expected, facts, make(chan answer, 1)}
	select {
	case s.queue <- p:
	case <-ctx.Done():
		return store.Appended{}, ctx.Err()
	case <-s.closing:
		return store.Appended{}, errClosed
	}
	select {
	case a := <-p.answer:
		return a.Appended, a.err
	case <-ctx.Done():
		return store.Appended{}, ctx.Err()
	case <-s.closing:
		// What is being written is still answered; what waits is not.
		select {
		case a := <-p.answer:
			return a.Appended, a.err
		case <-time.After(readersLeave):
			return store.Appended{}, errClosed
		}
	}
}

var errClosed = fmt.Errorf("%w: it is closed", store.ErrUnavailable)

// writer is the one who writes. It alone knows where the book ends.
type writer struct {
	conn  *sqlite.Conn
	clock clock.Clock

	last      int64     // position of the last fact
	lastTime  time.Time // its recorded time
	unflushed int       // bytes written since the last checkpoint
	broken    error     // set once the disk has lied about a flush

	sharing metric.Int64Histogram

	begin, commit, rollback      *sqlite.Stmt
	revision, ids, insert, place *sqlite.Stmt
}

func newWriter(conn *sqlite.Conn, o Options) (*writer, error) {
	sharing, err := o.Metrics.Meter("github.com/ics-openbook/openbook/services/book/sqlite").Int64Histogram("openbook.book.commit.size",
		metric.WithUnit("{append}"), metric.WithDescription("Appends that shared one flush to disk."),
		metric.WithExplicitBucketBoundaries(1, 2, 4, 8, 16, 32, 64, 128, 256, 512))
	if err != nil {
		return nil, err
	}
	w := &writer{conn: conn, clock: o.Clock, sharing: sharing}
	for _, p := range []struct {
		stmt **sqlite.Stmt
		sql  string
	}{
		{&w.begin, "BEGIN IMMEDIATE"}, {&w.commit, "COMMIT"}, {&w.rollback, "ROLLBACK"},
		{&w.revision, "SELECT max(revision) FROM fact WHERE stream = ?"},
		{&w.ids, "SELECT id, position, time FROM fact WHERE stream = ? AND revision > ? ORDER BY revision"},
		{&w.insert, insertFact},
		{&w.place, selectPlace},
	} {
		var err error
		if *p.stmt, err = conn.Prepare(p.sql); err != nil {
			return nil, err
		}
	}
	end, err := conn.Prepare("SELECT position, time FROM fact ORDER BY position DESC LIMIT 1")
	if err != nil {
		return nil, err
	}
	found, err := end.Step()
	if err != nil || !found {
		return w, err
	}
	w.last = end.ColumnInt64(0)
	if w.lastTime, err = parseTime(end.ColumnText(1)); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return w, end.Reset()
}

// run writes until closing, publishing in head what is on disk.
func (w *writer) run(queue <-chan *pending, copies <-chan *copying, closing <-chan struct{}, head *atomic.Int64) {
	var batch []*pending
	for {
		select {
		case first := <-queue:
			batch = gather(append(batch[:0], first), queue)
			answers := w.write(batch)
			w.sharing.Record(context.Background(), int64(len(batch)))
			head.Store(w.last)
			for i, p := range batch {
				p.answer <- answers[i]
			}
			clear(batch)
			w.checkpoint()
		case c := <-copies:
			err := w.copy(c)
			head.Store(w.last)
			c.answer <- err
			w.checkpoint()
		case <-closing:
			return
		}
	}
}

// gather adds to batch what waits, within bounds.
func gather(batch []*pending, queue <-chan *pending) []*pending {
	size := 0
	for len(batch) < batchAppends {
		for i := range batch[len(batch)-1].facts {
			size += batch[len(batch)-1].facts[i].Size()
		}
		if size > batchBytes {
			break
		}
		select {
		case p := <-queue:
			batch = append(batch, p)
		default:
			return batch
		}
	}
	return batch
}

// write judges each append of a batch by itself and commits them together. What
// the file itself refuses is refused to all of them: a conflict, too, was
// judged on facts that are no more.
func (w *writer) write(batch []*pending) []answer {
	if w.broken != nil {
		return allFail(len(batch), w.broken)
	}
	var answers []answer
	if err := w.together(func() (err error) { answers, err = w.attempt(batch); return err }); err != nil {
		return allFail(len(batch), w.failure(err))
	}
	return answers
}

// together does something in one transaction, or leaves everything as it was.
func (w *writer) together(do func() error) error {
	if err := run(w.begin); err != nil {
		return err
	}
	last, lastTime := w.last, w.lastTime
	err := do()
	if err == nil {
		err = run(w.commit)
	}
	if err == nil {
		return nil
	}
	w.last, w.lastTime = last, lastTime
	if !w.conn.AutocommitEnabled() { // SQLite may have rolled back by itself
		if rollbackErr := run(w.rollback); rollbackErr != nil {
			err = errors.Join(err, rollbackErr)
		}
	}
	return err
}

func (w *writer) attempt(batch []*pending) ([]answer, error) {
	w.lastTime = later(w.lastTime, w.clock.Now().UTC().Truncate(time.Microsecond))
	answers := make([]answer, len(batch))
	for i, p := range batch {
		if err := p.ctx.Err(); err != nil { // nobody waits for it any more
			answers[i].err = err
			continue
		}
		done, err := w.append(p)
		if err != nil && !errors.Is(err, store.ErrConflict) {
			return nil, err
		}
		answers[i] = answer{done, err}
	}
	return answers, nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// append judges and adds one append. Its errors other than a conflict are the
// file's.
func (w *writer) append(p *pending) (store.Appended, error) {
	current, err := w.current(p.stream)
	if err != nil {
		return store.Appended{}, err
	}
	if current != p.expected {
		return w.again(p, current)
	}
	positions := make([]events.Position, len(p.facts))
	for i := range p.facts {
		w.last++
		positions[i] = at(w.last)
		bindFact(w.insert, w.last, p.stream, p.expected+1+events.Revision(i), w.lastTime, &p.facts[i])
		if err := run(w.insert); err != nil {
			return store.Appended{}, err
		}
		w.unflushed += p.facts[i].Size()
	}
	return store.Appended{
		Revision:  p.expected + events.Revision(len(p.facts)),
		Positions: positions,
		Time:      w.lastTime,
	}, nil
}

func (w *writer) current(stream events.Stream) (events.Revision, error) {
	w.revision.BindText(1, string(stream))
	if _, err := w.revision.Step(); err != nil {
		return 0, err
	}
	current := events.NoStream
	if !w.revision.ColumnIsNull(0) {
		current = events.Revision(w.revision.ColumnInt64(0))
	}
	return current, w.revision.Reset()
}

// again answers an append that has happened before as it was answered then, and
// any other with a conflict.
func (w *writer) again(p *pending, current events.Revision) (done store.Appended, err error) {
	conflict := fmt.Errorf("%w: stream %s is at %d, not at %d", store.ErrConflict, p.stream, current, p.expected)
	w.ids.BindText(1, string(p.stream))
	w.ids.BindInt64(2, int64(p.expected))
	for i := range p.facts {
		found, err := w.ids.Step()
		if err != nil {
			return store.Appended{}, err
		}
		if !found || w.ids.ColumnText(0) != string(p.facts[i].ID) {
			return store.Appended{}, errors.Join(conflict, w.ids.Reset())
		}
		if done.Time, err = parseTime(w.ids.ColumnText(2)); err != nil {
			return store.Appended{}, errors.Join(err, w.ids.Reset())
		}
		done.Positions = append(done.Positions, at(w.ids.ColumnInt64(1)))
	}
	done.Revision = p.expected + events.Revision(len(p.facts))
	return done, w.ids.Reset()
}

// failure says what an error of the file means to those who wanted to append.
func (w *writer) failure(err error) error {
	code := sqlite.ErrCode(err)
	switch {
	case code.ToPrimary() == sqlite.ResultFull, code == sqlite.ResultIOErrWrite:
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	case code == sqlite.ResultIOErrFsync:
		// The kernel may have dropped the pages it could not write, and says so
		// only once. Only what a new start finds on the disk can be believed.
		w.broken = fmt.Errorf("%w: a flush to disk failed; check the disk, then start the book again: %w", store.ErrUnavailable, err)
		return w.broken
	}
	return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
}

// checkpoint moves the write-ahead log into the book once it is long enough,
// and starts it over. SQLite's own way checks after each commit but starts over
// only when no reader happens to be there, so beside readers who are always
// there the log would grow for ever; here the writer waits for their pages.
func (w *writer) checkpoint() {
	if w.unflushed < walBytes {
		return
	}
	w.unflushed = 0
	w.conn.SetBusyTimeout(readersLeave)
	defer w.conn.SetBlockOnBusy()
	if err := execute(w.conn, "PRAGMA wal_checkpoint(RESTART)"); err != nil {
		// The log is as good a place as the book; the next checkpoint tries
		// again, unless the disk has failed to flush.
		_ = w.failure(err)
	}
}

func allFail(n int, err error) []answer {
	answers := make([]answer, n)
	for i := range answers {
		answers[i].err = err
	}
	return answers
}

// run executes a statement that gives no rows.
func run(stmt *sqlite.Stmt) error {
	if _, err := stmt.Step(); err != nil {
		return err
	}
	return stmt.Reset()
}
