package index

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"zombiezen.com/go/sqlite"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// Run follows the store until ctx is done. What goes wrong is logged and tried
// again; only an index that turns out to be damaged ends it, to be made again
// at the next start.
func (x *Index) Run(ctx context.Context) error {
	tick := time.NewTicker(poll)
	defer tick.Stop()
	whole := sync.OnceFunc(func() { close(x.whole) })
	for {
		before := x.Mark()
		err := x.catchUp(ctx)
		if err == nil {
			whole()
		}
		if err != nil && ctx.Err() == nil {
			if code := sqlite.ErrCode(err).ToPrimary(); code == sqlite.ResultCorrupt || code == sqlite.ResultNotADB {
				return fmt.Errorf("the index is damaged; start the book again and it will be made again: %w", errors.Join(err, remove(x.Path)))
			}
			x.Log.WarnContext(ctx, "counting stopped, and will be tried again", "error", err, "counted", x.Mark().Ordinal)
			select { // an error is not cured by the next append
			case <-tick.C:
			case <-ctx.Done():
			}
		}
		if x.Mark() != before {
			wait(ctx, linger)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-x.wake:
		case <-tick.C:
		}
	}
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// Wake says that the store may have grown. It never waits.
func (x *Index) Wake() {
	select {
	case x.wake <- struct{}{}:
	default:
	}
}

// Mark is how far the index has counted.
func (x *Index) Mark() store.Mark {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.mark
}

// Grown returns a channel that is closed once the index has counted further
// than it has now.
func (x *Index) Grown() <-chan struct{} {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.grown
}

// Reach returns once everything up to a position is counted.
func (x *Index) Reach(ctx context.Context, position events.Position) error {
	for {
		grown := x.Grown() // before looking, so that nothing is missed
		if x.Mark().Position.Compare(position) >= 0 {
			return nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (x *Index) catchUp(ctx context.Context) error {
	var (
		facts []events.Recorded
		bytes int
	)
	for r, err := range x.Store.ReadAll(ctx, x.Mark().Position) {
		if err != nil {
			return err
		}
		facts, bytes = append(facts, r), bytes+len(r.Data)
		if len(facts) == batch || bytes >= batchBytes {
			if err := x.count(facts); err != nil {
				return err
			}
			facts, bytes = facts[:0], 0
		}
	}
	return x.count(facts)
}

// count gives facts the next ordinals and places in the tree, in one transaction.
func (x *Index) count(facts []events.Recorded) error {
	if len(facts) == 0 {
		return nil
	}
	mark := x.Mark()
	var hashing errgroup.Group // beside what is inserted, which takes three times as long
	hashing.Go(func() error { return x.hash(facts) })
	err := x.together(func() error {
		if err := errors.Join(x.insert(&mark, facts), hashing.Wait()); err != nil {
			return err
		}
		return x.tree.Append(x.leaves)
	})
	if err != nil {
		return errors.Join(err, hashing.Wait(), x.plant()) // the tree may have grown with what was not kept
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.mark = mark
	x.tail.add(facts)
	close(x.grown)
	x.grown = make(chan struct{})
	return nil
}

// together does something in one transaction. The statements around it are kept:
// they would otherwise be compiled for each flush of a busy store.
func (x *Index) together(do func() error) error {
	begin, err1 := x.conn.Prepare("BEGIN IMMEDIATE")
	commit, err2 := x.conn.Prepare("COMMIT")
	rollback, err3 := x.conn.Prepare("ROLLBACK")
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	if err := run(begin); err != nil {
		return err
	}
	err := do()
	if err == nil {
		err = run(commit)
	}
	if err != nil && !x.conn.AutocommitEnabled() { // SQLite may have rolled back by itself
		err = errors.Join(err, run(rollback))
	}
	return err
}

func (x *Index) insert(mark *store.Mark, facts []events.Recorded) error {
	counted, err := x.conn.Prepare("INSERT INTO counted (ordinal, major, minor, time, id, short) VALUES (?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	named, err := x.conn.Prepare("INSERT OR IGNORE INTO named (entity, ordinal) VALUES (?, ?)") // a fact may name one twice
	if err != nil {
		return err
	}
	for i := range facts {
		r := &facts[i]
		r.Ordinal = mark.Ordinal + 1
		*mark = store.Mark{Ordinal: r.Ordinal, Position: r.Position, ID: r.ID, Time: r.Time}
		major, minor := r.Position.Numbers()
		counted.BindInt64(1, int64(mark.Ordinal))
		counted.BindInt64(2, int64(major))
		counted.BindInt64(3, int64(minor))
		counted.BindInt64(4, r.Time.UnixNano())
		counted.BindText(5, string(r.ID))
		counted.BindInt64(6, short(r.ID))
		if err := run(counted); err != nil {
			return err
		}
		for _, entity := range r.Entities {
			named.BindText(1, string(entity))
			named.BindInt64(2, int64(mark.Ordinal))
			if err := run(named); err != nil {
				return err
			}
		}
	}
	return nil
}

// short is a number that hardly any two ids have in common.
func short(id events.ID) int64 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, string(id)) // a hash takes all there is
	return int64(h.Sum64())
}

// run executes a statement that gives no rows.
func run(stmt *sqlite.Stmt) error {
	if _, err := stmt.Step(); err != nil {
		return err
	}
	return stmt.Reset()
}
