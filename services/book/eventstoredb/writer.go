package eventstoredb

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/store"
)

const (
	batchAppends = 64      // sent together
	batchBytes   = 4 << 20 // after which no further append joins them

	batchesConfirming = 2 // beside the one that is being sent
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
		return store.Appended{}, errClosed
	}
}

// writer is the one who writes.
//
// An append that was sent and not answered may be recorded at any later moment,
// with the time it was stamped with. So nothing with a later time is sent
// before it has its outcome, and the one way to be sure of that is to send it
// again: it is recorded, or its place is taken, and either is for good. What a
// process had in doubt when it ended goes with its connections: a server drops
// the calls of one that broke.
type writer struct {
	*Store
	doubts []sent

	confirming chan struct{} // a slot for each batch whose answers are read back
	work       sync.WaitGroup
}

// sent is an append as it was sent.
type sent struct {
	stream   string
	expected events.Revision
	events   []esdb.EventData
}

func newWriter(s *Store) *writer {
	return &writer{Store: s, confirming: make(chan struct{}, batchesConfirming)}
}

// run writes until ctx is done.
func (w *writer) run(ctx context.Context) {
	defer w.work.Wait()
	for {
		select {
		case first := <-w.queue:
			before, err := w.ready(ctx) // others come to wait meanwhile
			w.write(ctx, before, err, gather(first, w.queue))
		case c := <-w.copies:
			c.answer <- w.copy(ctx, c)
		case <-ctx.Done():
			return
		}
	}
}

// gather takes what waits, within bounds.
func gather(first *pending, queue <-chan *pending) []*pending {
	batch, size := []*pending{first}, 0
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

// write stamps a batch with one time and sends it, unless it could not be made
// ready: appends to one stream one after another, the others at once. It returns
// when all have their outcome; the next batch need not wait until that is read
// back.
func (w *writer) write(ctx context.Context, before edge, err error, batch []*pending) {
	all := make([]delivery, len(batch))
	if err != nil {
		for i := range all {
			all[i].err = err
		}
	} else {
		w.deliverAll(ctx, batch, all, later(before.time, w.clock.Now().UTC().Truncate(time.Microsecond)))
	}
	w.confirming <- struct{}{}
	w.work.Go(func() {
		w.confirm(ctx, before, batch, all)
		for i, d := range all {
			batch[i].answer <- answer{d.done, d.err}
		}
		<-w.confirming
	})
}

// ready returns where the book ends, when nothing is in doubt any more.
func (w *writer) ready(ctx context.Context) (edge, error) {
	if err := w.settle(ctx); err != nil {
		return edge{}, err
	}
	return w.look(ctx)
}

func (w *writer) deliverAll(ctx context.Context, batch []*pending, all []delivery, now time.Time) {
	streams := map[events.Stream][]int{}
	for i, p := range batch {
		streams[p.stream] = append(streams[p.stream], i)
	}
	var work sync.WaitGroup
	for _, places := range streams {
		work.Add(1)
		w.connection.hands.run(func() {
			defer work.Done()
			for _, i := range places {
				all[i] = w.deliver(ctx, batch[i], now)
			}
		})
	}
	work.Wait()
	for i := range all {
		switch d := &all[i]; {
		case d.doubtful:
			w.doubts = append(w.doubts, d.sent)
		case d.err == nil && told(d.at):
			w.end.reach(edge{head: d.at, time: now})
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// settle gives every append that is in doubt its outcome.
func (w *writer) settle(ctx context.Context) error {
	for len(w.doubts) > 0 {
		d := w.doubts[0]
		if _, err := w.send(ctx, d.stream, d.expected, d.events); err != nil && !certain(err) {
			return fmt.Errorf("%w; an earlier append to stream %s is still without an outcome", err, d.stream)
		}
		w.doubts = w.doubts[1:]
	}
	return nil
}

// delivery is an append and what came of it.
type delivery struct {
	sent
	time     time.Time
	at       events.Position // of the last event, as the server said
	done     store.Appended
	err      error
	doubtful bool
}

func (w *writer) deliver(ctx context.Context, p *pending, now time.Time) (d delivery) {
	if d.err = p.ctx.Err(); d.err != nil { // nobody waits for it any more
		return d
	}
	d.stream, d.expected, d.time = w.stream(p.stream), p.expected, now
	if d.events, d.err = encode(p.facts, now); d.err != nil {
		return d
	}
	d.at, d.err = w.send(ctx, d.stream, d.expected, d.events)
	d.doubtful = d.err != nil && !certain(d.err)
	return d
}

// refusal is an error after which nothing of an append is recorded, nor will be.
type refusal struct{ error }

func (r refusal) Unwrap() error { return r.error }

func certain(err error) bool {
	_, is := err.(refusal) //nolint:errorlint // only as send returns it: what wraps it says something else
	return is
}

// send appends events and returns the position of the last. An error that is no
// refusal leaves the outcome open.
func (s *Store) send(ctx context.Context, stream string, expected events.Revision, all []esdb.EventData) (events.Position, error) {
	var expects esdb.ExpectedRevision = esdb.NoStream{}
	if expected > events.NoStream {
		expects = esdb.Revision(uint64(expected))
	}
	var tried atomic.Int32
	result, err := call(ctx, s.connection, *s.connection.config.DefaultDeadline, func(ctx context.Context, c *esdb.Client) (*esdb.WriteResult, error) {
		tried.Add(1)
		return c.AppendToStream(ctx, stream, esdb.AppendToStreamOptions{ExpectedRevision: expects}, all...)
	})
	switch {
	case err == nil:
		return events.PositionAt(result.CommitPosition, result.PreparePosition), nil
	case code(err) == esdb.ErrorCodeWrongExpectedVersion:
		_, current, _ := strings.Cut(err.Error(), "but got ") // the library has the number in the text alone
		return events.Position{}, refusal{fmt.Errorf("%w: stream %s is at %s, not at %d", store.ErrConflict, stream, strings.Trim(current, "'"), expected)}
	case tooLarge(err):
		return events.Position{}, refusal{fmt.Errorf("%w for the server: %w", store.ErrTooLarge, err)}
	case final(err) && tried.Load() == 1:
		return events.Position{}, refusal{refused(ctx, err)}
	}
	return events.Position{}, refused(ctx, err)
}

// confirm gives each append that was taken its answer. Of a new one that is known
// already, but for where the facts before its last are, which nobody asks in most
// cases and would take as long to read as to append: the server said where the last
// is, after all there was when the batch began, so it is no earlier one. (Were two
// processes to append the same facts at one moment, each would be told its own
// time: one at a time should append.) Of one that happened before, it is what is
// there, which is read back.
func (w *writer) confirm(ctx context.Context, before edge, batch []*pending, all []delivery) {
	for i := range all {
		d := &all[i]
		switch {
		case d.err != nil:
		case told(d.at) && d.at.Compare(before.seen) > 0:
			d.done = store.Appended{Revision: d.expected + events.Revision(len(d.events)), Positions: []events.Position{d.at}, Time: d.time}
		default:
			d.done, d.err = w.answer(ctx, batch[i])
		}
	}
}

// answer is what is there of an append that happened before.
func (w *writer) answer(ctx context.Context, p *pending) (done store.Appended, err error) {
	back, err := w.revisions(ctx, p.stream, p.expected+1, uint64(len(p.facts)))
	if err != nil {
		return store.Appended{}, err
	}
	if len(back) < len(p.facts) {
		return store.Appended{}, fmt.Errorf("%w: the server has taken fact %s as revision %d of stream %s, and does not have it there",
			ErrDamaged, p.facts[len(back)].ID, p.expected+1+events.Revision(len(back)), p.stream)
	}
	for _, r := range back {
		done.Positions, done.Time = append(done.Positions, r.Position), r.Time
	}
	done.Revision = p.expected + events.Revision(len(p.facts))
	return done, nil
}
