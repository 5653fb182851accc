package eventstoredb

import (
	"context"
	"errors"
	"fmt"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// copying is facts on their way through the writer.
type copying struct {
	ctx    context.Context
	facts  []events.Recorded
	answer chan error // has room for the one answer
}

// Copy implements [store.Copier]. Each run of facts of one stream is sent only
// when the one before is recorded: that alone keeps the order.
func (s *Store) Copy(ctx context.Context, facts []events.Recorded) error {
	c := &copying{ctx, facts, make(chan error, 1)}
	select {
	case s.copies <- c:
	case <-ctx.Done():
		return ctx.Err()
	case <-s.closing:
		return errClosed
	}
	select {
	case err := <-c.answer:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-s.closing:
		return errClosed
	}
}

func (w *writer) copy(ctx context.Context, c *copying) error {
	end, err := w.ready(ctx)
	if err != nil {
		return err
	}
	last, adding := events.Position{}, false
	for facts := c.facts; len(facts) > 0; {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		run := together(facts)
		facts = facts[len(run):]
		if !adding { // after one that was not there, none is
			var there int
			if there, last, err = w.compare(ctx, run, last); err != nil {
				return err
			}
			run = run[there:]
		}
		if adding = adding || len(run) > 0; adding {
			if end, err = w.add(ctx, run, end); err != nil {
				return err
			}
		}
	}
	return nil
}

// together is the facts of the first one's stream that follow on one another,
// as many as one append may have.
func together(facts []events.Recorded) []events.Recorded {
	n, size := 0, 0
	for i := range facts {
		e := store.Entry{Envelope: facts[i].Envelope, Data: facts[i].Data}
		size += e.Size()
		if i > 0 && (i == store.MaxFacts || size > store.MaxBytes || facts[i].Stream != facts[0].Stream || facts[i].Revision != facts[i-1].Revision+1) {
			break
		}
		n++
	}
	return facts[:n]
}

// compare returns how many facts of a run are there already, all of them after a
// position, and where the last is.
func (w *writer) compare(ctx context.Context, run []events.Recorded, after events.Position) (int, events.Position, error) {
	there, err := w.revisions(ctx, run[0].Stream, run[0].Revision, uint64(len(run)))
	if err != nil {
		return 0, after, err
	}
	for i := range there {
		if err := store.Same(&run[i], &there[i]); err != nil {
			return i, after, err
		}
		if there[i].Position.Compare(after) <= 0 {
			return i, after, fmt.Errorf("%w: revision %d of stream %s is before what it comes after", store.ErrDiffers, run[i].Revision, run[i].Stream)
		}
		after = there[i].Position
	}
	return len(there), after, nil
}

// add adds a run at the end of the book.
func (w *writer) add(ctx context.Context, run []events.Recorded, end edge) (edge, error) {
	stream, expected := run[0].Stream, run[0].Revision-1
	entries := make([]store.Entry, len(run))
	for i := range run {
		entries[i] = store.Entry{Envelope: run[i].Envelope, Data: run[i].Data}
		if run[i].Time.Before(end.time) {
			return end, fmt.Errorf("%w: revision %d of stream %s is of %s, and the last fact there of %s", store.ErrDiffers, run[i].Revision, stream, run[i].Time, end.time)
		}
		end.time = run[i].Time
	}
	if err := store.Check(stream, expected, entries); err != nil {
		return end, err
	}
	all := make([]esdb.EventData, 0, len(run))
	for i := range entries { // each has its own time
		e, err := encode(entries[i:i+1], run[i].Time)
		if err != nil {
			return end, err
		}
		all = append(all, e...)
	}
	position, err := w.send(ctx, w.stream(stream), expected, all)
	if err != nil && !certain(err) {
		w.doubts = append(w.doubts, sent{w.stream(stream), expected, all})
	}
	if errors.Is(err, store.ErrConflict) {
		err = fmt.Errorf("%w: %w", store.ErrDiffers, err)
	}
	if err != nil {
		return end, err
	}
	end.head = position
	return w.end.reach(end), nil
}
