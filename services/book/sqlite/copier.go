package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// copying is facts on their way through the writer.
type copying struct {
	facts  []events.Recorded
	answer chan error // has room for the one answer
}

// Copy implements [store.Copier], in one transaction.
func (s *Store) Copy(ctx context.Context, facts []events.Recorded) error {
	c := &copying{facts, make(chan error, 1)}
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
	}
}

func (w *writer) copy(c *copying) error {
	if w.broken != nil {
		return w.broken
	}
	err := w.together(func() error { return w.copyAll(c.facts) })
	if err == nil || errors.Is(err, store.ErrDiffers) || errors.Is(err, store.ErrMalformed) || errors.Is(err, store.ErrTooLarge) {
		return err
	}
	return w.failure(err)
}

func (w *writer) copyAll(facts []events.Recorded) error {
	var before int64 // the position of the one before
	for i := range facts {
		f := &facts[i]
		there, err := w.at(f.Stream, f.Revision)
		if err != nil {
			return err
		}
		if there == nil {
			before, err = w.add(f)
		} else {
			before, err = w.passOver(f, there, before)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// passOver sees that a fact is there already, in its place and after another.
func (w *writer) passOver(f, there *events.Recorded, before int64) (int64, error) {
	if err := store.Same(f, there); err != nil {
		return 0, err
	}
	position := number64(there.Position)
	if position <= before {
		return 0, fmt.Errorf("%w: revision %d of stream %s is before what it comes after", store.ErrDiffers, f.Revision, f.Stream)
	}
	return position, nil
}

// add adds a fact at the end of the book.
func (w *writer) add(f *events.Recorded) (int64, error) {
	e := store.Entry{Envelope: f.Envelope, Data: f.Data}
	if err := store.Check(f.Stream, f.Revision-1, []store.Entry{e}); err != nil {
		return 0, err
	}
	current, err := w.current(f.Stream)
	switch {
	case err != nil:
		return 0, err
	case current != f.Revision-1:
		return 0, fmt.Errorf("%w: revision %d of stream %s does not follow on %d", store.ErrDiffers, f.Revision, f.Stream, current)
	case f.Time.Before(w.lastTime):
		return 0, fmt.Errorf("%w: revision %d of stream %s is of %s, and the last fact there of %s", store.ErrDiffers, f.Revision, f.Stream, f.Time.Format(time.RFC3339Nano), w.lastTime.Format(time.RFC3339Nano))
	}
	w.last, w.lastTime = w.last+1, f.Time.UTC()
	bindFact(w.insert, w.last, f.Stream, f.Revision, w.lastTime, &e)
	w.unflushed += e.Size()
	return w.last, run(w.insert)
}

// at returns the fact in a place, or nil.
func (w *writer) at(stream events.Stream, revision events.Revision) (*events.Recorded, error) {
	w.place.BindText(1, string(stream))
	w.place.BindInt64(2, int64(revision))
	found, err := w.place.Step()
	if err != nil || !found {
		return nil, errors.Join(err, w.place.Reset())
	}
	var rows rows
	fact, err := rows.fact(w.place)
	return &fact, errors.Join(err, w.place.Reset())
}
