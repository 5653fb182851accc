package follow

import (
	"context"
	"errors"
	"fmt"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// folders is how many questions about the past are folded at once. The rest
// wait: more at once would each take longer, and the present with them.
const folders = 2

// AsAt returns the state as it was when the book ended with mark's fact. It
// folds on from the nearest state it has, in memory or on disk, and keeps what
// it passes, also when ctx ends on the way.
//
// [refuse.ErrBusy] means that so many asked that there was no turn in time,
// [refuse.ErrStale] that the book is not the one mark is of, or that the view
// was begun anew meanwhile.
func (f *Follower[S]) AsAt(ctx context.Context, mark store.Mark) (*Seen[S], error) {
	now := f.Seen()
	if mark.Ordinal == 0 {
		return &Seen[S]{Epoch: now.Epoch}, nil
	}
	if now.At.Ordinal == mark.Ordinal && now.At.ID == mark.ID {
		return now, nil
	}
	if then, ok := f.kept.answer(mark); ok {
		return then, nil
	}
	done, err := f.turn(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if then, ok := f.kept.answer(mark); ok { // who was before asked the same
		return then, nil
	}
	of := f.kept.now()
	from, err := f.near(ctx, of, mark.Ordinal)
	if err != nil {
		return nil, err
	}
	then, err := f.walk(ctx, of, from, mark.Ordinal)
	if err != nil {
		return nil, err
	}
	if then.At.ID != mark.ID || !f.kept.answered(of, &then) {
		return nil, refuse.ErrStale
	}
	if _, missing := f.kept.missing(of, then.At.Ordinal); missing {
		select {
		case f.gaps <- gap[S]{of, then}:
		default: // another is being closed; who asks here again tells of this one again
		}
	}
	return &then, nil
}

// turn waits until there are fewer than folders at work. The function it
// returns ends the turn.
func (f *Follower[S]) turn(ctx context.Context) (func(), error) {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	select {
	case f.folders <- struct{}{}:
		return func() { <-f.folders }, nil
	case <-ctx.Done():
		return nil, refuse.ErrBusy
	}
}

// near returns the state to fold from: the newest one no newer than upto that
// the book still holds. One on disk takes as long to read as a stride to fold,
// and shares nothing with the others, so it must be nearer by more than that.
func (f *Follower[S]) near(ctx context.Context, of fold, upto events.Ordinal) (Seen[S], error) {
	for {
		from := f.kept.nearest(of, upto)
		for frozen := range f.snapshots(ctx, from.At.Ordinal+f.kept.stride, upto) {
			held, err := f.held(ctx, frozen.At)
			if err != nil {
				return from, err
			}
			if held {
				frozen.Epoch = of.epoch
				f.kept.keep(of, frozen)
				return frozen, nil
			}
		}
		held, err := f.held(ctx, from.At)
		if held || err != nil {
			return from, err
		}
		f.kept.forget(of, from.At)
	}
}

// held reports whether the book holds a mark's fact, where the mark says.
func (f *Follower[S]) held(ctx context.Context, m store.Mark) (bool, error) {
	if m.Ordinal == 0 {
		return true, nil
	}
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	fact, err := f.book.ByID(ctx, m.ID)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && fact.Ordinal == m.Ordinal, err
}

// walk folds the book's facts up to an ordinal, and keeps what it passes.
func (f *Follower[S]) walk(ctx context.Context, of fold, s Seen[S], upto events.Ordinal) (Seen[S], error) {
	if s.At.Ordinal == upto {
		return s, nil
	}
	for r, err := range f.book.Range(ctx, s.At.Ordinal, upto) {
		if err != nil {
			return s, err
		}
		if r.Ordinal != s.At.Ordinal+1 {
			return s, fmt.Errorf("after ordinal %d the book has %d", s.At.Ordinal, r.Ordinal)
		}
		s = f.view.after(s, r)
		if !f.kept.pass(of, s) {
			return s, refuse.ErrStale
		}
	}
	return s, nil
}

// gap begins after a state that was asked for, where the view itself has not
// been because it began from a snapshot later on.
type gap[S any] struct {
	of   fold
	from Seen[S]
}

// fill closes gaps as they are found, so that only the first who asks into one
// waits for a long fold. It takes its turns among those who ask.
func (f *Follower[S]) fill(ctx context.Context) {
	for {
		select {
		case g := <-f.gaps:
			if err := f.bridge(ctx, g); err != nil && ctx.Err() == nil {
				f.env.Telemetry.Log.DebugContext(ctx, "a gap in the past stays open", "view", f.view.Name, "ordinal", g.from.At.Ordinal, "reason", err)
			}
		case <-ctx.Done():
			return
		}
	}
}

func (f *Follower[S]) bridge(ctx context.Context, g gap[S]) error {
	for upto, ok := f.kept.missing(g.of, g.from.At.Ordinal); ok; upto, ok = f.kept.missing(g.of, upto) {
		done, err := f.turn(ctx)
		if err != nil {
			return err
		}
		g.from, err = f.walk(ctx, g.of, g.from, upto)
		done()
		if err != nil {
			return err
		}
	}
	return nil
}
