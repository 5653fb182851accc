package sqlite

import (
	"context"
	"fmt"
	"iter"

	"zombiezen.com/go/sqlite"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// A reading goes page by page and holds no connection, and so no snapshot,
// while the caller looks at a page: a slow caller must not keep the
// write-ahead log from starting over. Pages begin small, for most who read want
// a few facts, and grow.
const (
	firstPage = 32
	pageFacts = 1000
	pageBytes = 1 << 20
)

// There is no LIMIT: a page ends when the reader stops stepping. SQLite would
// compile the statement anew for each limit it is given.
const (
	selectAll    = selectFact + "WHERE position > ?1 AND position <= ?2 ORDER BY position"
	selectStream = selectFact + "WHERE revision > ?1 AND position <= ?2 AND stream = ?3 ORDER BY revision"
	selectOne    = selectFact + "WHERE position = ?"
	selectPlace  = selectFact + "WHERE stream = ? AND revision = ?"
)

// ReadStream implements [store.Store].
func (s *Store) ReadStream(ctx context.Context, stream events.Stream, from events.Revision) iter.Seq2[events.Recorded, error] {
	return s.reading(ctx, selectStream, string(stream), max(int64(from), 0)-1, func(r *events.Recorded) int64 { return int64(r.Revision) })
}

// ReadAll implements [store.Store].
func (s *Store) ReadAll(ctx context.Context, after events.Position) iter.Seq2[events.Recorded, error] {
	return s.reading(ctx, selectAll, "", number64(after), func(r *events.Recorded) int64 { return number64(r.Position) })
}

// Head implements [store.Store].
func (s *Store) Head(context.Context) (events.Position, error) { return at(s.head.Load()), nil }

// Pick returns the facts at positions, in their order. It is for the index,
// which knows where the facts about an entity are; a position without a fact is
// an error.
func (s *Store) Pick(ctx context.Context, positions []events.Position) ([]events.Recorded, error) {
	conn, err := s.read.Take(ctx)
	if err != nil {
		return nil, unavailable(ctx, err)
	}
	defer s.read.Put(conn)
	stmt, err := conn.Prepare(selectOne)
	if err != nil {
		return nil, unavailable(ctx, err)
	}
	var (
		rows  rows
		facts = make([]events.Recorded, 0, len(positions))
	)
	for _, p := range positions {
		stmt.BindInt64(1, number64(p))
		found, err := stmt.Step()
		if err != nil {
			return nil, unavailable(ctx, err)
		}
		if !found {
			return nil, fmt.Errorf("%w at position %s", store.ErrNotFound, p)
		}
		fact, err := rows.fact(stmt)
		if err != nil {
			return nil, err
		}
		facts = append(facts, fact)
		if err := stmt.Reset(); err != nil {
			return nil, unavailable(ctx, err)
		}
	}
	return facts, nil
}

// reading yields the facts that query finds after a cursor, as far as the book
// goes now.
func (s *Store) reading(ctx context.Context, query, stream string, after int64, cursor func(*events.Recorded) int64) iter.Seq2[events.Recorded, error] {
	until := s.head.Load()
	return func(yield func(events.Recorded, error) bool) {
		after := after // each range over the iterator starts from the beginning
		var page []events.Recorded
		for size := firstPage; ; size = min(4*size, pageFacts) {
			var more bool
			var err error
			page, more, err = s.page(ctx, page[:0], size, query, stream, after, until)
			for _, r := range page {
				if !yield(r, nil) {
					return
				}
			}
			if err != nil {
				yield(events.Recorded{}, err)
				return
			}
			if !more {
				return
			}
			after = cursor(&page[len(page)-1])
		}
	}
}

// page adds at most n facts to an empty page, and says whether there may be
// more.
func (s *Store) page(ctx context.Context, page []events.Recorded, n int, query, stream string, after, until int64) (_ []events.Recorded, more bool, err error) {
	conn, err := s.read.Take(ctx)
	if err != nil {
		return page, false, unavailable(ctx, err)
	}
	defer s.read.Put(conn)
	stmt, err := conn.Prepare(query)
	if err != nil {
		return page, false, unavailable(ctx, err)
	}
	defer func() {
		if resetErr := stmt.Reset(); err == nil && resetErr != nil {
			err = unavailable(ctx, resetErr)
		}
	}()
	stmt.BindInt64(1, after)
	stmt.BindInt64(2, until)
	if query == selectStream {
		stmt.BindText(3, stream)
	}
	var rows rows
	for size := 0; size < pageBytes && len(page) < n; {
		found, err := stmt.Step()
		if err != nil {
			return page, false, unavailable(ctx, err)
		}
		if !found {
			return page, false, nil
		}
		fact, err := rows.fact(stmt)
		if err != nil {
			return page, false, err
		}
		size += len(fact.Data)
		page = append(page, fact)
	}
	return page, true, nil
}

func number64(p events.Position) int64 {
	n, _ := p.Numbers()
	return int64(n)
}

// unavailable is what an error of reading means: the caller's own end, or the
// store's.
func unavailable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if code := sqlite.ErrCode(err).ToPrimary(); code == sqlite.ResultCorrupt || code == sqlite.ResultNotADB {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
}
