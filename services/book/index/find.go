package index

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sort"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// page is how many facts about an entity are looked up at a time. The number is
// written into the statement: SQLite would compile it anew for a limit it is
// given.
const page = 500

// picker is a store that can be asked for facts by their positions.
type picker interface {
	Pick(ctx context.Context, positions []events.Position) ([]events.Recorded, error)
}

// IndexHead implements [store.Index].
func (x *Index) IndexHead(context.Context) (store.Mark, error) { return x.Mark(), nil }

// At is the mark of an ordinal: zero for 0, an error beyond the last counted.
func (x *Index) At(ctx context.Context, n events.Ordinal) (mark store.Mark, err error) {
	err = x.reading(ctx, func(conn *sqlite.Conn) error {
		mark, err = markAt(conn, n)
		return err
	})
	return mark, err
}

// Range implements [store.Index].
func (x *Index) Range(ctx context.Context, after, upto events.Ordinal) iter.Seq2[events.Recorded, error] {
	return func(yield func(events.Recorded, error) bool) {
		upto, err := x.until(ctx, upto)
		if err != nil {
			yield(events.Recorded{}, err)
			return
		}
		if after >= upto {
			return
		}
		x.mu.Lock()
		recent, all := x.tail.after(after)
		x.mu.Unlock()
		if all {
			for _, r := range recent[:upto-after] {
				if !yield(r, nil) {
					return
				}
			}
			return
		}
		start, err := x.At(ctx, after)
		if err != nil {
			yield(events.Recorded{}, err)
			return
		}
		n := after
		for r, err := range x.Store.ReadAll(ctx, start.Position) {
			if err != nil {
				yield(events.Recorded{}, err)
				return
			}
			n++
			r.Ordinal = n
			if !yield(r, nil) || n == upto {
				return
			}
		}
		yield(events.Recorded{}, fmt.Errorf("%w: the store ends at ordinal %d, the index at %d", store.ErrNotFound, n, upto))
	}
}

// About implements [store.Index].
func (x *Index) About(ctx context.Context, entity events.Entity, after, upto events.Ordinal) iter.Seq2[events.Recorded, error] {
	return func(yield func(events.Recorded, error) bool) {
		after := after
		upto, err := x.until(ctx, upto)
		if err != nil {
			yield(events.Recorded{}, err)
			return
		}
		for after < upto {
			marks, err := x.named(ctx, entity, after, upto)
			if err == nil && len(marks) == 0 {
				return
			}
			var facts []events.Recorded
			if err == nil {
				facts, err = x.facts(ctx, marks)
			}
			if err != nil {
				yield(events.Recorded{}, err)
				return
			}
			for _, r := range facts {
				if !yield(r, nil) {
					return
				}
			}
			if len(marks) < page {
				return
			}
			after = marks[len(marks)-1].Ordinal
		}
	}
}

// AsAt implements [store.Index]. Ordinals have no gaps and times never go back,
// so the ordinal is found by halving.
func (x *Index) AsAt(ctx context.Context, t time.Time) (mark store.Mark, err error) {
	if !x.Mark().Time.After(t) {
		if err := x.counted(ctx); err != nil {
			return mark, err
		}
	}
	last := x.Mark().Ordinal
	err = x.reading(ctx, func(conn *sqlite.Conn) error {
		var failed error
		n := sort.Search(int(last), func(i int) bool { // the first fact recorded after t
			m, err := markAt(conn, events.Ordinal(i+1))
			if err != nil && failed == nil {
				failed = err
			}
			return m.Time.After(t)
		})
		if failed != nil {
			return failed
		}
		mark, err = markAt(conn, events.Ordinal(n))
		return err
	})
	return mark, err
}

// ByID implements [store.Index]. Nothing keeps an id from being recorded twice,
// in two streams: the first is meant.
func (x *Index) ByID(ctx context.Context, id events.ID) (events.Recorded, error) {
	found, err := x.byID(ctx, id)
	if !errors.Is(err, store.ErrNotFound) {
		return found, err
	}
	if err := x.counted(ctx); err != nil { // it may be among what was not counted yet
		return found, err
	}
	return x.byID(ctx, id)
}

func (x *Index) byID(ctx context.Context, id events.ID) (events.Recorded, error) {
	var mark store.Mark
	err := x.reading(ctx, func(conn *sqlite.Conn) error {
		stmt, err := conn.Prepare("SELECT ordinal, major, minor, time, id FROM counted WHERE short = ? AND id = ?")
		if err != nil {
			return err
		}
		stmt.BindInt64(1, short(id))
		stmt.BindText(2, string(id))
		return each(stmt, func() {
			if one := scan(stmt); mark == (store.Mark{}) || one.Ordinal < mark.Ordinal {
				mark = one
			}
		})
	})
	if err != nil {
		return events.Recorded{}, err
	}
	if mark == (store.Mark{}) {
		return events.Recorded{}, fmt.Errorf("%w: %s", store.ErrNotFound, id)
	}
	facts, err := x.facts(ctx, []store.Mark{mark})
	if err != nil {
		return events.Recorded{}, err
	}
	return facts[0], nil
}

// until is where a reading up to an ordinal ends: at what is counted, for none, or
// for one that no fact has.
func (x *Index) until(ctx context.Context, upto events.Ordinal) (events.Ordinal, error) {
	if upto > x.Mark().Ordinal {
		if err := x.counted(ctx); err != nil {
			return 0, err
		}
	}
	if last := x.Mark().Ordinal; upto == 0 || upto > last {
		return last, nil
	}
	return upto, nil
}

// counted waits until all is counted that the store held at the start. An index that is
// made anew knows a beginning of the book for a while, and would give that for all
// of it to whoever has seen more.
func (x *Index) counted(ctx context.Context) error {
	select {
	case <-x.whole:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%w: the book is being counted, and has come to %d", store.ErrUnavailable, x.Mark().Ordinal)
	}
}

func (x *Index) named(ctx context.Context, entity events.Entity, after, upto events.Ordinal) (marks []store.Mark, err error) {
	err = x.reading(ctx, func(conn *sqlite.Conn) error {
		stmt, err := conn.Prepare(fmt.Sprintf(`SELECT ordinal, major, minor, time, id FROM named JOIN counted USING (ordinal)
			WHERE entity = ? AND ordinal > ? AND ordinal <= ? ORDER BY ordinal LIMIT %d`, page))
		if err != nil {
			return err
		}
		stmt.BindText(1, string(entity))
		stmt.BindInt64(2, int64(after))
		stmt.BindInt64(3, int64(upto))
		return each(stmt, func() { marks = append(marks, scan(stmt)) })
	})
	return marks, err
}

// facts reads the marked facts from the store.
func (x *Index) facts(ctx context.Context, marks []store.Mark) ([]events.Recorded, error) {
	read := x.oneByOne
	if p, can := x.Store.(picker); can {
		read = func(ctx context.Context, marks []store.Mark) ([]events.Recorded, error) {
			positions := make([]events.Position, len(marks))
			for i, m := range marks {
				positions[i] = m.Position
			}
			return p.Pick(ctx, positions)
		}
	}
	facts, err := read(ctx, marks)
	if err != nil {
		return nil, err
	}
	for i, m := range marks {
		if facts[i].ID != m.ID {
			return nil, fmt.Errorf("the store holds fact %s at %s, the index %s: start the book again and the index will be made again", facts[i].ID, m.Position, m.ID)
		}
		facts[i].Ordinal = m.Ordinal
	}
	return facts, nil
}

// oneByOne reads the marked facts from a store that knows no other way than on
// from a position: each is the first after its predecessor.
func (x *Index) oneByOne(ctx context.Context, marks []store.Mark) (facts []events.Recorded, err error) {
	for _, m := range marks {
		before, err := x.At(ctx, m.Ordinal-1)
		if err != nil {
			return nil, err
		}
		for r, err := range x.Store.ReadAll(ctx, before.Position) {
			if err != nil {
				return nil, err
			}
			facts = append(facts, r)
			break
		}
	}
	if len(facts) != len(marks) {
		return nil, fmt.Errorf("%w: the store holds %d of %d facts the index has counted", store.ErrNotFound, len(facts), len(marks))
	}
	return facts, nil
}

// reading gives use a connection that only reads.
func (x *Index) reading(ctx context.Context, use func(*sqlite.Conn) error) error {
	conn, err := x.read.Take(ctx)
	if err == nil {
		err = use(conn)
		x.read.Put(conn)
	}
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return fmt.Errorf("read the index: %w", err)
}

func markAt(conn *sqlite.Conn, n events.Ordinal) (mark store.Mark, err error) {
	if n == 0 {
		return mark, nil
	}
	stmt, err := conn.Prepare("SELECT ordinal, major, minor, time, id FROM counted WHERE ordinal = ?")
	if err != nil {
		return mark, err
	}
	stmt.BindInt64(1, int64(n))
	if err := each(stmt, func() { mark = scan(stmt) }); err != nil {
		return mark, err
	}
	if mark == (store.Mark{}) {
		return mark, fmt.Errorf("%w: nothing is counted as %d", store.ErrNotFound, n)
	}
	return mark, nil
}

// lastTwo returns the last mark and the one before it.
func lastTwo(conn *sqlite.Conn) (last, before store.Mark, err error) {
	stmt, err := conn.Prepare("SELECT ordinal, major, minor, time, id FROM counted ORDER BY ordinal DESC LIMIT 2")
	if err != nil {
		return last, before, err
	}
	var marks [2]store.Mark
	n := 0
	err = each(stmt, func() { marks[n] = scan(stmt); n++ })
	return marks[0], marks[1], err
}

func scan(stmt *sqlite.Stmt) store.Mark {
	return store.Mark{
		Ordinal:  events.Ordinal(stmt.ColumnInt64(0)),
		Position: events.PositionAt(uint64(stmt.ColumnInt64(1)), uint64(stmt.ColumnInt64(2))),
		Time:     time.Unix(0, stmt.ColumnInt64(3)).UTC(),
		ID:       events.ID(stmt.ColumnText(4)),
	}
}

// each steps through the rows of a statement.
func each(stmt *sqlite.Stmt, row func()) error {
	for {
		switch found, err := stmt.Step(); {
		case err != nil:
			return err
		case !found:
			return stmt.Reset()
		}
		row()
	}
}
