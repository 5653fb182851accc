// Package workforce is the service of networks' workforces: it decides what they
// claim for their additional roles, and what is said of their posts and staff, by
// what it has seen of the contract, of the networks, and of what they are entitled
// to.
package workforce

import (
	"context"
	"errors"
	"time"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	due "github.com/ics-openbook/openbook/events/entitlement"
	"github.com/ics-openbook/openbook/events/staffing"
	fact "github.com/ics-openbook/openbook/events/workforce"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	places "github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/funding/view/entitled"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/decider"
	"github.com/ics-openbook/openbook/services/internal/env"
	"github.com/ics-openbook/openbook/services/internal/follow"
	"github.com/ics-openbook/openbook/services/internal/serve"
	"github.com/ics-openbook/openbook/services/internal/store/remote"
	registry "github.com/ics-openbook/openbook/services/network/view"
	"github.com/ics-openbook/openbook/services/workforce/claim"
	"github.com/ics-openbook/openbook/services/workforce/post"
	"github.com/ics-openbook/openbook/services/workforce/view"
)

// stale is how long an ask waits for the views to have seen what its asker has
// seen.
const stale = 2 * time.Second

var registryView = follow.View[registry.State]{
	Name: "registry", Version: registry.Version, Domains: []string{"network"},
	Evolve: registry.Follow, Freeze: registry.Freeze, Thaw: registry.Thaw,
}

var contractView = follow.View[terms.State]{
	Name: "contract", Version: terms.Version, Domains: []string{"contract"},
	Evolve: terms.Follow, Freeze: follow.Whole(terms.Freeze), Thaw: follow.Unwhole(terms.Thaw),
}

var entitledView = follow.View[entitled.State]{
	Name: "entitled", Version: entitled.Version, Domains: []string{"entitlement"},
	Evolve: func(s entitled.State, r events.Recorded) (entitled.State, error) {
		e, err := due.Family.Decode(r)
		if err != nil {
			return s, err
		}
		return entitled.Evolve(s, e, places.Place{ID: r.ID, Ordinal: r.Ordinal, Time: r.Time, Cause: r.Cause})
	},
	Freeze: follow.Whole(entitled.Freeze), Thaw: follow.Unwhole(entitled.Thaw),
}

// Run is the service, in the surroundings it is given, until ctx is done.
func Run(ctx context.Context, e env.Env) error {
	book := remote.New(e.NATS)
	bodies, err1 := follow.New(e, book, registryView, follow.Options[registry.State]{Keep: 1}) // nobody asks it about the past
	years, err2 := follow.New(e, book, contractView, follow.Options[terms.State]{Keep: 1})
	dues, err3 := follow.New(e, book, entitledView, follow.Options[entitled.State]{Keep: 1})
	srv, err4 := serve.New(e, "workforce", "0.1.0")
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return err
	}
	s := service{
		clock: e.Clock, srv: srv, bodies: bodies, years: years, dues: dues,
		claims: decider.New("workforce", book, fact.Family, claim.Evolve),
		staff:  decider.New("workforce", book, staffing.Family, post.Evolve),
	}
	if err := errors.Join(
		answer(s, claim.Submit),
		answer(s, claim.Adjust),
		answer(s, claim.Approve),
		answer(s, claim.Reject),
		answer(s, claim.Withdraw),
		answerStaff(s, post.StateBaseline),
		answerStaff(s, post.Plan),
		answerStaff(s, post.Change),
		answerStaff(s, post.Advance),
		answerStaff(s, post.Fill),
		answerStaff(s, post.Vacate),
		answerStaff(s, post.Withdraw),
		answerStaff(s, post.Return),
		answerStaff(s, post.ReportDirectorTime),
	); err != nil {
		return err
	}
	return follow.Together(ctx, []follow.Following{bodies, years, dues}, srv.Run)
}

type service struct {
	clock  clock.Clock
	srv    *serve.Server
	bodies *follow.Follower[registry.State]
	years  *follow.Follower[terms.State]
	dues   *follow.Follower[entitled.State]
	claims *decider.Decider[claim.State, fact.Event]
	staff  *decider.Decider[post.State, staffing.Event]
}

// whose is an ask about one network's workforce in a year.
type whose interface {
	ask.Ask
	Workforce() fact.Workforce
}

// around is what is known of the histories around a claim.
type around struct {
	by     events.PersonRef
	bodies *follow.Seen[registry.State]
	years  *follow.Seen[terms.State]
	dues   *follow.Seen[entitled.State]
}

// answer answers one kind of ask about claims.
func answer[A whose](s service, decide func(claim.State, claim.Known, A) ([]fact.Event, error)) error {
	return answers(s, s.claims, func(state claim.State, k around, a A) ([]fact.Event, error) {
		return decide(state, s.known(k, a.Workforce()), a)
	})
}

// answerStaff answers one kind of ask about staff.
func answerStaff[A ask.Ask](s service, decide func(post.State, post.Known, A) ([]staffing.Event, error)) error {
	return answers(s, s.staff, func(state post.State, k around, a A) ([]staffing.Event, error) {
		read := &terms.Reading{State: k.years.State, Unknown: k.years.Unknown}
		return decide(state, post.Known{Today: clock.Today(s.clock), Registry: k.bodies.State, Contract: read.Contract}, a)
	})
}

func answers[S any, E events.Fact, A ask.Ask](s service, d *decider.Decider[S, E], decide func(S, around, A) ([]E, error)) error {
	return serve.Answer(s.srv, serve.Decision[S, around, E, A]{
		Decider: d,
		Known: func(ctx context.Context, after events.Position) (around, events.Ordinal, error) {
			ctx, cancel := context.WithTimeout(ctx, stale)
			defer cancel()
			bodies, err1 := s.bodies.Wait(ctx, after)
			years, err2 := s.years.Wait(ctx, after)
			dues, err3 := s.dues.Wait(ctx, after)
			return around{bodies: bodies, years: years, dues: dues}, min(bodies.At.Ordinal, years.At.Ordinal, dues.At.Ordinal), errors.Join(err1, err2, err3)
		},
		Above: func(k around, e events.Entity) []events.Entity { return k.bodies.State.Above(e) },
		Told: func(k around, w serve.Warrant) around {
			k.by = w.Actor
			return k
		},
		Decide: decide,
	})
}

// known is what a decision about a workforce looks at.
func (s service) known(k around, of fact.Workforce) claim.Known {
	known := claim.Known{
		By: k.by, Today: clock.Today(s.clock), Registry: k.bodies.State,
		Contract: (&terms.Reading{State: k.years.State, Unknown: k.years.Unknown}).Contract(of.Year),
		Unread:   k.dues.Unknown(due.Subject{Network: of.Network, Year: of.Year}.Entity()) != nil,
	}
	if known.Unread {
		return known
	}
	if e := k.dues.State.Of(of.Network, of.Year); e != nil {
		if last, _ := e.Last(); last != nil {
			known.Entitled, known.Patients = view.Entitled(*last), view.Patients(*last)
		}
	}
	if known.Contract != nil {
		if most, counts := view.ByPosts(known.Contract, of.Year, known.Patients); counts {
			known.Entitled = most.Value
		}
	}
	return known
}
