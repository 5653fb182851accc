package graph

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/gateway/graph/model"
	"github.com/ics-openbook/openbook/services/gateway/identity"
	"github.com/ics-openbook/openbook/services/gateway/live"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

var (
	errCode = refuse.New(refuse.Invalid, "CODE_INVALID", "%q is not the code of a %s. It looks like %s.")
	errGone = refuse.New(refuse.NotFound, "NETWORK_UNKNOWN", "There is no network %s in the book. Register it first, or check the code.")
	errOver = refuse.New(refuse.Forbidden, "UNAUTHENTICATED", "Your sign-in has ended. Sign in again, then subscribe with `after`.")
)

// ordinalOf reads an entry's cursor.
func ordinalOf(cursor *string) (events.Ordinal, error) {
	if cursor == nil {
		return 0, nil
	}
	key, ok := model.Cursor(*cursor)
	n, err := strconv.ParseUint(key, 10, 63)
	if !ok || err != nil {
		return 0, errCursor.About("after", ask.Clip(*cursor))
	}
	return events.Ordinal(n), nil
}

// networkChanged sends a network as it is, then each time it changes, until the
// subscriber goes, reads too slowly, or its sign-in ends.
func (r *Resolver) networkChanged(ctx context.Context, code events.PCN, after *events.Position) (<-chan *model.NetworkChange, error) {
	if !code.Valid() {
		return nil, errCode.About("code", ask.Clip(string(code)), "Primary Care Network", "U12345")
	}
	// Subscribe before looking, so that nothing falls between the two.
	sub, err := r.Live.Subscribe(code.Entity())
	if err != nil {
		return nil, err
	}
	first, err := r.firstChange(ctx, code, after)
	if err != nil {
		sub.Close()
		return nil, err
	}
	who, _ := identity.From(ctx) // the guard lets nobody else come here
	over := time.NewTimer(who.Expires.Sub(r.Clock.Now()))
	changes := make(chan *model.NetworkChange)
	go func() {
		defer close(changes)
		defer sub.Close()
		defer over.Stop()
		var shown events.Position
		if after != nil {
			shown = *after
		}
		send := func(c *model.NetworkChange) bool {
			select {
			case changes <- c:
				shown = c.Position
				return true
			case <-ctx.Done():
				return false
			}
		}
		if first != nil && !send(first) {
			return
		}
		for {
			select {
			case <-ctx.Done():
				return
			case <-over.C:
				send(&model.NetworkChange{End: errOver})
				return
			case facts, open := <-sub.Changes:
				if !open {
					send(&model.NetworkChange{End: live.ErrSlow})
					return
				}
				facts = slices.DeleteFunc(slices.Clone(facts), func(f events.Recorded) bool {
					return f.Position.Compare(shown) <= 0 || events.VisibilityOf(f.Type) != events.Open
				})
				if len(facts) > 0 && !send(r.change(code, facts)) {
					return
				}
			}
		}
	}()
	return changes, nil
}

// firstChange is the network as it is, or nil when it has not changed since after.
func (r *Resolver) firstChange(ctx context.Context, code events.PCN, after *events.Position) (*model.NetworkChange, error) {
	seen := r.Registry.Seen()
	if after != nil {
		wait, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		var err error
		if seen, err = r.Registry.Wait(wait, *after); err != nil {
			return nil, err
		}
	}
	change := &model.NetworkChange{Is: read(seen, clock.Today(r.Clock)).Network(code), Position: seen.At.Position}
	if change.Is == nil {
		return nil, errGone.About("code", code)
	}
	if after == nil || seen.At.Position.Compare(*after) == 0 {
		if after != nil {
			return nil, nil
		}
		return change, nil
	}
	for fact, err := range r.Book.About(ctx, code.Entity(), 0, seen.At.Ordinal) {
		if err != nil {
			return nil, err
		}
		if fact.Position.Compare(*after) > 0 && events.VisibilityOf(fact.Type) == events.Open {
			change.Entries = append(change.Entries, &model.Entry{Recorded: fact})
		}
	}
	if len(change.Entries) == 0 {
		return nil, nil
	}
	return change, nil
}

// change is the network now, and the facts that have changed it.
func (r *Resolver) change(code events.PCN, facts []events.Recorded) *model.NetworkChange {
	seen := r.Registry.Seen()
	c := &model.NetworkChange{Is: read(seen, clock.Today(r.Clock)).Network(code), Position: facts[len(facts)-1].Position}
	for _, f := range facts {
		c.Entries = append(c.Entries, &model.Entry{Recorded: f})
	}
	return c
}
