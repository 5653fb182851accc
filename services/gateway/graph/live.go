package graph

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/gateway/graph/model"
	"github.com/ics-openbook/openbook/services/gateway/guard"
	"github.com/ics-openbook/openbook/services/gateway/identity"
	"github.com/ics-openbook/openbook/services/gateway/live"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

var errOver = refuse.New(refuse.Forbidden, "UNAUTHENTICATED", "Your sign-in has ended. Sign in again, then subscribe with `after`.")

// networkChanged sends a network as it is, then each time it changes, until the
// subscriber goes or reads too slowly, its sign-in ends, it may not see the
// network any more, or the replica stops.
func (r *Resolver) networkChanged(ctx context.Context, code events.PCN, after *events.Position) (<-chan *model.NetworkChange, error) {
	if !code.Valid() {
		return nil, errCode.About("code", ask.Clip(string(code)), "Primary Care Network", "U12345")
	}
	who, _ := identity.From(ctx) // the guard lets nobody else come here
	v, _ := r.Viewer(ctx)
	// Subscribe before looking, so that nothing falls between the two.
	sub, err := r.Live.Subscribe(who.Ref, code.Entity(), hangsOn(v, code.Entity())...)
	if err != nil {
		return nil, err
	}
	first, err := r.firstChange(ctx, v, code, after)
	if err != nil {
		sub.Close()
		return nil, err
	}
	w := &watching{
		Resolver: r, viewer: v, code: code, sub: sub, expires: who.Expires,
		over: time.NewTimer(who.Expires.Sub(r.Clock.Now())), out: make(chan *model.NetworkChange),
	}
	if after != nil {
		w.shown = *after
	}
	go w.run(ctx, first)
	return w.out, nil
}

// hangsOn is what decides, beside the network itself, whether it may be shown:
// the system it is in, and where those belong that the viewer's roles are of.
func hangsOn(v guard.Viewer, network events.Entity) []events.Entity {
	all := v.Above(network)
	for _, g := range v.Grants() {
		all = append(all, v.Above(g.Of)...)
	}
	return all
}

// watching is one subscription.
type watching struct {
	*Resolver
	viewer  guard.Viewer
	code    events.PCN
	sub     *live.Subscription
	expires time.Time
	over    *time.Timer // goes off then
	out     chan *model.NetworkChange
	shown   events.Position // of the last change that was sent
}

func (w *watching) run(ctx context.Context, first *model.NetworkChange) {
	defer close(w.out)
	defer w.sub.Close()
	defer w.over.Stop()
	why := w.follow(ctx, first)
	select {
	case w.out <- &model.NetworkChange{End: why}:
	case <-ctx.Done(): // nobody is there to be told
	}
}

// follow sends changes, and returns why there are no more.
func (w *watching) follow(ctx context.Context, first *model.NetworkChange) error {
	if first != nil {
		if err := w.send(ctx, first); err != nil {
			return err
		}
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-w.over.C:
			return errOver
		case facts, open := <-w.sub.Changes:
			if !open {
				return w.sub.Why()
			}
			if err := w.pass(ctx, facts); err != nil {
				return err
			}
		}
	}
}

// pass sends what is new in facts. There may be none, and yet a reason to end.
func (w *watching) pass(ctx context.Context, facts []events.Recorded) error {
	facts = slices.DeleteFunc(slices.Clone(facts), func(f events.Recorded) bool {
		return f.Position.Compare(w.shown) <= 0 || !shows(w.viewer, f)
	})
	if len(facts) == 0 {
		return w.may()
	}
	return w.send(ctx, w.change(w.code, facts))
}

// may refuses whom nothing more may be sent, by what is so now: it was judged
// when the subscription began, which may be hours ago.
func (w *watching) may() error {
	if !w.Clock.Now().Before(w.expires) {
		return errOver
	}
	return guard.Shows(w.viewer, w.code.Entity())
}

// send hands one change over, or says why it is the end.
func (w *watching) send(ctx context.Context, c *model.NetworkChange) error {
	if err := w.may(); err != nil {
		return err
	}
	select {
	case w.out <- c:
		w.shown = c.Position
		return nil
	case <-w.over.C:
		return errOver
	case <-ctx.Done():
		return ctx.Err()
	}
}

// shows reports whether an entry may be shown one by one to somebody who may see
// what it is about. One of a system's own history that names what has moved away
// since, as a mandate names networks, is for that system.
func shows(v guard.Viewer, f events.Recorded) bool {
	if events.VisibilityOf(f.Type) != events.Open {
		return false
	}
	var systems []events.Entity
	for _, e := range f.Entities {
		if strings.HasPrefix(string(e), "system-") {
			systems = append(systems, e)
		}
	}
	return !slices.Contains(systems, f.Subject()) || guard.Sees(v, systems...) == nil
}

// firstChange is the network as it is, or nil when it has not changed since after.
func (r *Resolver) firstChange(ctx context.Context, v guard.Viewer, code events.PCN, after *events.Position) (*model.NetworkChange, error) {
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
	switch {
	case change.Is == nil:
		return nil, errGone.About("code", code)
	case after == nil:
		return change, nil
	}
	for fact, err := range r.Book.About(ctx, code.Entity(), 0, seen.At.Ordinal) {
		if err != nil {
			return nil, err
		}
		if fact.Position.Compare(*after) > 0 && shows(v, fact) {
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
