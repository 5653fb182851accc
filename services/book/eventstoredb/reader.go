package eventstoredb

import (
	"context"
	"fmt"
	"iter"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"golang.org/x/sync/errgroup"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// A reading goes page by page and has nothing of the server's open while the
// caller looks at a page. Pages begin small, for most who read want a few facts,
// and grow.
const (
	firstPage = 64
	pageFacts = 2000
	pageBytes = 4 << 20
	picking   = 16 // reads of single facts at once
)

// Head implements [store.Store].
func (s *Store) Head(ctx context.Context) (events.Position, error) {
	e, err := s.look(ctx)
	return e.head, err
}

// ReadAll implements [store.Store]. It reads up to a fact that is known to be
// there, so that it needs no word of the server about where the end is.
func (s *Store) ReadAll(ctx context.Context, after events.Position) iter.Seq2[events.Recorded, error] {
	return func(yield func(events.Recorded, error) bool) {
		after := after // each range over the iterator starts from the beginning
		e, err := s.look(ctx)
		for size := firstPage; err == nil && after.Compare(e.head) < 0; size = min(4*size, pageFacts) {
			var page []events.Recorded
			page, after, err = s.page(ctx, after, e.head, size)
			for _, r := range page {
				if !yield(r, nil) {
					return
				}
			}
		}
		if err != nil {
			yield(events.Recorded{}, err)
		}
	}
}

// page returns facts after a position and up to another, at which there is one,
// and how far that is.
func (s *Store) page(ctx context.Context, after, until events.Position, size int) (page []events.Recorded, upto events.Position, err error) {
	bytes := 0
	got, err := s.following(ctx, after, []string{s.prefix()}, func(e *esdb.RecordedEvent, n int) bool {
		bytes += len(e.Data)
		return positionOf(e).Compare(until) >= 0 || n == size || bytes >= pageBytes
	})
	if err != nil {
		return nil, after, err
	}
	for _, e := range got.events {
		if positionOf(e).Compare(until) > 0 {
			return page, after, fmt.Errorf("%w: the fact at %s is there no more", ErrDamaged, until)
		}
		fact, err := s.decode(e)
		if err != nil {
			return page, after, err
		}
		page = append(page, fact)
	}
	return page, got.upto, nil
}

// ReadStream implements [store.Store]. What the first page does not hold is read
// up to where the stream ended then.
func (s *Store) ReadStream(ctx context.Context, stream events.Stream, from events.Revision) iter.Seq2[events.Recorded, error] {
	return func(yield func(events.Recorded, error) bool) {
		next := max(from, 0)
		page, err := s.revisions(ctx, stream, next, firstPage)
		last := next + events.Revision(len(page)) - 1
		if err == nil && len(page) == firstPage {
			last, err = s.last(ctx, stream)
		}
		for {
			for _, r := range page {
				if !yield(r, nil) {
					return
				}
			}
			next += events.Revision(len(page))
			if err != nil {
				yield(events.Recorded{}, err)
				return
			}
			if next > last {
				return
			}
			if page, err = s.revisions(ctx, stream, next, uint64(min(last-next+1, pageFacts))); err == nil && len(page) == 0 {
				err = fmt.Errorf("%w: stream %s ends before revision %d, which was there", ErrDamaged, stream, next)
			}
		}
	}
}

// revisions returns facts of a stream from a revision on. One that is missing is
// an error: no fact may be passed over in silence.
func (s *Store) revisions(ctx context.Context, stream events.Stream, from events.Revision, size uint64) ([]events.Recorded, error) {
	page, err := s.readStream(ctx, s.stream(stream), esdb.Forwards, at(from), size)
	if err != nil {
		return nil, err
	}
	facts := make([]events.Recorded, 0, len(page))
	for i, e := range page {
		fact, err := s.decode(e)
		if err != nil {
			return facts, err
		}
		if fact.Revision != from+events.Revision(i) {
			return facts, fmt.Errorf("%w: stream %s has no revision %d, but %d: settings of the stream have forgotten it", ErrDamaged, stream, from+events.Revision(i), fact.Revision)
		}
		facts = append(facts, fact)
	}
	return facts, nil
}

// last is the last revision of a stream.
func (s *Store) last(ctx context.Context, stream events.Stream) (events.Revision, error) {
	page, err := s.readStream(ctx, s.stream(stream), esdb.Backwards, esdb.End{}, 1)
	if err != nil || len(page) == 0 {
		return events.NoStream, err
	}
	return events.Revision(page[0].EventNumber), nil
}

// Pick returns the facts at positions, in their order. It is for the index,
// which knows where the facts about an entity are; a position without a fact is
// an error.
func (s *Store) Pick(ctx context.Context, positions []events.Position) ([]events.Recorded, error) {
	facts := make([]events.Recorded, len(positions))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(picking)
	for i, p := range positions {
		group.Go(func() error {
			page, err := s.readAll(ctx, esdb.Forwards, from(p), 1)
			if err != nil {
				return err
			}
			if len(page) == 0 || positionOf(page[0]) != p || !s.owns(page[0]) {
				return fmt.Errorf("%w at position %s", store.ErrNotFound, p)
			}
			facts[i], err = s.decode(page[0])
			return err
		})
	}
	return facts, group.Wait()
}
