package funding

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/ics-openbook/openbook/api/ask/funding"
	"github.com/ics-openbook/openbook/events"
	due "github.com/ics-openbook/openbook/events/entitlement"
	fact "github.com/ics-openbook/openbook/events/funding"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/funding/entitlement"
	"github.com/ics-openbook/openbook/services/funding/ledger"
	"github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/funding/view/entitled"
	"github.com/ics-openbook/openbook/services/internal/decider"
	"github.com/ics-openbook/openbook/services/internal/follow"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

const (
	// platform is who acts where nobody has to ask.
	platform = events.PersonRef("platform")
	// quiet is how long nothing that matters must have changed before what
	// follows is worked out: an import changes a good deal at once.
	quiet = 300 * time.Millisecond
	// longest is how long that is waited for at most.
	longest = 10 * time.Second
	// atOnce is how many histories are written to together.
	atOnce = 64
	// rest is what there is between two looks at least, while the book grows.
	rest = 50 * time.Millisecond
	// again is the pause before what could not be recorded is tried again.
	again = time.Second
)

// kept is what the keeper has seen to.
type kept struct {
	bodies registry.State
	terms  events.Ordinal
	at     events.Ordinal // how far the book has been looked through
}

// keep does what follows by itself, until ctx is done: entitlements are computed
// whenever the contract or the registry has changed, a year's closing that was
// begun goes on, what one ledger has sent another is carried in, and claims that
// are approved are paid. What is recorded already is known again, so that
// it does not matter how often, or by how many replicas, it is done.
func (s service) keep(ctx context.Context) error {
	var done kept
	for ctx.Err() == nil {
		now, entitled := s.look(), error(nil)
		if now.bodies != done.bodies || now.terms != done.terms {
			now = s.settled(ctx, now)
			entitled = s.entitle(ctx)
		}
		if entitled == nil {
			done.bodies, done.terms = now.bodies, now.terms // whatever becomes of the rest
		}
		if err := errors.Join(entitled, s.finish(ctx), s.carry(ctx), s.pay(ctx)); err != nil {
			s.later(ctx, err)
			continue
		}
		done = now
		s.grown(ctx, done.at)
		_ = wait(ctx, rest)
	}
	return nil
}

// grown waits until all three views have seen more of the book than was looked
// through: each shows it in its own time. An error means that ctx is done.
func (s service) grown(ctx context.Context, at events.Ordinal) {
	_, _ = s.bodies.Beyond(ctx, at)
	_, _ = s.years.Beyond(ctx, at)
	_, _ = s.monies.Beyond(ctx, at)
}

func (s service) look() kept {
	bodies, years, monies := s.bodies.Seen(), s.years.Seen(), s.monies.Seen()
	return kept{bodies.State, years.State.Last(), min(bodies.At.Ordinal, years.At.Ordinal, monies.At.Ordinal)}
}

// settled waits until nothing has changed for a while.
func (s service) settled(ctx context.Context, was kept) kept {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	for {
		if wait(ctx, quiet) != nil {
			return s.look()
		}
		now := s.look()
		if now.bodies == was.bodies && now.terms == was.terms {
			return now
		}
		was = now
	}
}

// later logs what could not be done, and waits before it is tried again.
func (s service) later(ctx context.Context, err error) {
	if ctx.Err() == nil {
		s.env.Telemetry.Log.WarnContext(ctx, "what follows by itself is tried again in a moment", "error", err)
		_ = wait(ctx, again)
	}
}

// wait is how the keeper lets time pass; its error means that ctx is done.
func wait(ctx context.Context, d time.Duration) error {
	until, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-until.Done()
	return ctx.Err()
}

// entitle computes every entitlement that has changed. One that cannot be
// recorded keeps none of the others.
func (s service) entitle(ctx context.Context) error {
	bodies, years, monies := s.bodies.Seen(), s.years.Seen(), s.monies.Seen()
	upto := min(bodies.At.Ordinal, years.At.Ordinal)
	contracts := &terms.Reading{State: years.State, Unknown: years.Unknown}
	var work errgroup.Group
	work.SetLimit(atOnce)
	for _, year := range years.State.Years() {
		k := entitling(contracts, bodies, year, upto)
		if incomplete(k.Registry, year.Freeze()) {
			continue
		}
		for _, of := range subjects(k.Counting, monies.State.Entitled, year) {
			last := monies.State.Entitled.Of(of.Network, year)
			if all, err := entitlement.Compute(folded(last), k, of); err != nil || len(all) == 0 {
				continue // what the view has not seen yet, the next pass has
			}
			work.Go(func() error {
				_, err := s.due.Transact(ctx, of.Stream(), decider.Asked{
					// By both: while one lags, the other may see what is to be computed anew.
					ID: known(string(of.Stream()), bodies.At.Ordinal, fmt.Sprint(years.At.Ordinal)), Actor: platform, Known: upto,
				}, func(state entitlement.State) ([]due.Event, error) { return entitlement.Compute(state, k, of) })
				return s.lasting(ctx, fmt.Sprintf("entitlement of %s in %s", of.Network, of.Year), err)
			})
		}
	}
	return work.Wait()
}

// entitling is what entitlements of a year are worked out from.
func entitling(contracts *terms.Reading, bodies *follow.Seen[registry.State], year events.Year, upto events.Ordinal) entitlement.Known {
	of := &registry.Reading{State: bodies.State, On: year.First(), Unknown: bodies.Unknown}
	return entitlement.Known{ReadTo: upto, Contract: contracts.Contract(year), Counting: of.Counting(year.Freeze()), Registry: of}
}

// incomplete reports whether a source that describes a day has been reported in
// part: what follows from a part of it would be wrong.
func incomplete(r *registry.Reading, day events.Date) bool {
	for _, source := range r.Sources() {
		if source.AsAt == day && !source.Complete {
			return true
		}
	}
	return false
}

// subjects are the networks for which somebody counts in a year, or did.
func subjects(counting *registry.Counting, before entitled.State, year events.Year) (all []due.Subject) {
	seen := map[events.PCN]bool{}
	add := func(code events.PCN) {
		if !seen[code] {
			seen[code] = true
			all = append(all, due.Subject{Network: code, Year: year})
		}
	}
	for _, code := range counting.Networks() {
		add(code)
	}
	for _, e := range before.In(year) {
		add(e.Network)
	}
	return all
}

// folded is what the rules make of an entitlement's history.
func folded(e *entitled.Entitlement) (state entitlement.State) {
	if e == nil {
		return state
	}
	for _, h := range e.History() {
		state = entitlement.Evolve(state, h.Event)
	}
	return state
}

// carry carries in what one ledger has sent another, each whatever becomes of
// the others.
func (s service) carry(ctx context.Context) (all error) {
	monies := s.monies.Seen()
	for _, sent := range monies.State.Ledgers.InTransit() {
		k, upto, err := s.known(ctx, monies.At.Position)
		if err != nil {
			return errors.Join(all, err)
		}
		k.By = platform
		a := funding.CarryIn{Ledger: funding.Ledger{System: sent.To.System, Year: sent.To.Year}, FromSystem: sent.From.System, FromYear: sent.From.Year}
		_, err = s.decider.Transact(ctx, a.Stream(), decider.Asked{
			ID: known("carried in", upto, string(sent.From.Entity()), string(a.Stream())), Actor: platform, Known: upto, Cause: cause(monies.State.Ledgers, sent),
		}, func(state ledger.State) ([]fact.Event, error) { return ledger.CarryIn(state, k, a) })
		all = errors.Join(all, s.lasting(ctx, fmt.Sprintf("money in transit from %s to %s", sent.From.Entity(), sent.To.Entity()), err))
	}
	return all
}

func cause(ledgers view.State, sent view.InTransit) events.ID {
	if l := ledgers.Ledger(sent.From); l != nil {
		if e := l.Entry(sent.Entry); e != nil {
			return e.ID
		}
	}
	return ""
}

// known is an ask's id: the same for the same work upon the same book.
func known(what string, upto events.Ordinal, more ...string) events.ID {
	name := what
	for _, m := range more {
		name += " " + m
	}
	space := uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://openbook/funding/keep"))
	return events.ID(uuid.NewSHA1(space, fmt.Appendf(nil, "%s %d", name, upto)).String())
}

// refusals are what the platform's own acts were last refused for.
type refusals struct {
	mu sync.Mutex
	of map[string]string // codes, by what was to be done
}

// lasting is err of what was to be done, if another try may mend it. A refusal stands:
// the first of a kind is logged, since nobody is there to read it.
func (s service) lasting(ctx context.Context, what string, err error) error {
	s.refused.mu.Lock()
	defer s.refused.mu.Unlock()
	no, refused := refuse.From(err)
	if !refused || no.Kind == refuse.Busy || no.Kind == refuse.Broken {
		if err == nil {
			delete(s.refused.of, what)
			return nil
		}
		return fmt.Errorf("%s: %w", what, err)
	}
	if s.refused.of[what] != no.Code {
		s.refused.of[what] = no.Code
		s.env.Telemetry.Log.WarnContext(ctx, "what follows by itself is refused", "what", what, "code", no.Code, "message", no.Message)
	}
	return nil
}
