// Package funding is the service of the ledgers: it decides what is entered in
// them, by what it has seen of the registry, the contracts and the other ledgers;
// and what is said of the entries in challenges, where it notes silence too.
package funding

import (
	"context"
	"errors"
	"time"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	said "github.com/ics-openbook/openbook/events/challenge"
	costings "github.com/ics-openbook/openbook/events/costing"
	due "github.com/ics-openbook/openbook/events/entitlement"
	fact "github.com/ics-openbook/openbook/events/funding"
	partners "github.com/ics-openbook/openbook/events/partner"
	undertaken "github.com/ics-openbook/openbook/events/policy"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/funding/challenge"
	"github.com/ics-openbook/openbook/services/funding/costing"
	"github.com/ics-openbook/openbook/services/funding/entitlement"
	"github.com/ics-openbook/openbook/services/funding/ledger"
	"github.com/ics-openbook/openbook/services/funding/partner"
	"github.com/ics-openbook/openbook/services/funding/policy"
	"github.com/ics-openbook/openbook/services/funding/view/money"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/decider"
	"github.com/ics-openbook/openbook/services/internal/env"
	"github.com/ics-openbook/openbook/services/internal/follow"
	"github.com/ics-openbook/openbook/services/internal/serve"
	"github.com/ics-openbook/openbook/services/internal/store/remote"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

// stale is how long an ask waits for the views to have seen what its asker has
// seen.
const stale = 2 * time.Second

var moneyView = follow.View[money.State]{
	Name: "money", Version: money.Version, Domains: money.Domains, Evolve: money.Follow, Freeze: money.Freeze, Thaw: money.Thaw,
}

var registryView = follow.View[registry.State]{
	Name: "registry", Version: registry.Version, Domains: []string{"network"},
	Evolve: registry.Follow, Freeze: registry.Freeze, Thaw: registry.Thaw,
}

var contractView = follow.View[terms.State]{
	Name: "contract", Version: terms.Version, Domains: []string{"contract"},
	Evolve: terms.Follow, Freeze: follow.Whole(terms.Freeze), Thaw: follow.Unwhole(terms.Thaw),
}

// Run is the service, in the surroundings it is given, until ctx is done.
func Run(ctx context.Context, e env.Env) error {
	book := remote.New(e.NATS)
	monies, err1 := follow.New(e, book, moneyView, follow.Options[money.State]{Keep: 1}) // nobody asks it about the past
	bodies, err2 := follow.New(e, book, registryView, follow.Options[registry.State]{Keep: 1})
	years, err3 := follow.New(e, book, contractView, follow.Options[terms.State]{Keep: 1})
	srv, err4 := serve.New(e, "funding", "0.1.0")
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return err
	}
	s := service{
		env: e, srv: srv, monies: monies, bodies: bodies, years: years,
		decider:    decider.New("funding", book, fact.Family, ledger.Evolve),
		due:        decider.New("funding", book, due.Family, entitlement.Evolve),
		challenges: decider.New("funding", book, said.Family, challenge.Evolve),
		policies:   decider.New("funding", book, undertaken.Family, policy.Evolve),
		refused:    &refusals{of: map[string]string{}},
	}
	if err := errors.Join(
		s.answerAll(),
		s.answerChallenges(),
		s.answerPartners(decider.New("funding", book, partners.Family, partner.Evolve)),
		s.answerCostings(decider.New("funding", book, costings.Family, costing.Evolve)),
	); err != nil {
		return err
	}
	return follow.Together(ctx, []follow.Following{monies, bodies, years}, s.noteSilence, s.keep, srv.Run)
}

type service struct {
	env    env.Env
	srv    *serve.Server
	monies *follow.Follower[money.State]
	bodies *follow.Follower[registry.State]
	years  *follow.Follower[terms.State]

	decider    *decider.Decider[ledger.State, fact.Event]
	due        *decider.Decider[entitlement.State, due.Event]
	challenges *decider.Decider[challenge.State, said.Event]
	policies   *decider.Decider[policy.State, undertaken.Event]

	refused *refusals
}

// known is what a decision looks at, as old as what its asker has seen at least.
func (s service) known(ctx context.Context, after events.Position) (ledger.Known, events.Ordinal, error) {
	ctx, cancel := context.WithTimeout(ctx, stale)
	defer cancel()
	bodies, err1 := s.bodies.Wait(ctx, after)
	monies, err2 := s.monies.Wait(ctx, after)
	years, err3 := s.years.Wait(ctx, after)
	k := ledger.Known{
		Today: clock.Today(s.env.Clock), Registry: bodies.State,
		Terms: &contracts{terms.Reading{State: years.State}}, Sent: monies.State.Ledgers.Sent,
	}
	return k, min(bodies.At.Ordinal, monies.At.Ordinal, years.At.Ordinal), errors.Join(err1, err2, err3)
}

// answering are those who answer for an organisation today: it is asked whether
// somebody may act for one of them.
func (s service) answering(bodies registry.State, e events.Entity) []events.Entity {
	return bodies.Answering(e, clock.Today(s.env.Clock))
}

func (s service) answerAll() error {
	return errors.Join(
		s.answerStated(),
		answer(s, ledger.Receive),
		answer(s, ledger.Allocate),
		answer(s, ledger.Hold),
		answer(s, ledger.Release),
		answer(s, ledger.SpendOnBehalf),
		answer(s, ledger.RequestPayment),
		answer(s, ledger.RequestTakeBack),
		answer(s, ledger.RequestDiversion),
		answer(s, ledger.Approve),
		answer(s, ledger.Reject),
		answer(s, ledger.Withdraw),
		answer(s, ledger.Reverse),
		answer(s, ledger.Retain),
		answer(s, ledger.Offer),
		answer(s, ledger.Reallocate),
		answer(s, ledger.Return),
		answer(s, ledger.MoveToSuccessor),
		answer(s, ledger.Close),
		answer(s, ledger.CarryIn),
		answer(s, ledger.Confirm),
		answer(s, ledger.Commit),
		answer(s, ledger.ReleaseCommitment),
		answer(s, ledger.Spend),
		answer(s, ledger.Declare),
		answer(s, ledger.AcknowledgeSpending),
		answer(s, ledger.RefuseSpending),
		answer(s, ledger.AcknowledgeDiversion),
		answer(s, ledger.ProtestDiversion),
		answer(s, ledger.ReverseOwn),
	)
}

func answer[A ask.Ask](s service, decide func(ledger.State, ledger.Known, A) ([]fact.Event, error)) error {
	return serve.Answer(s.srv, serve.Decision[ledger.State, ledger.Known, fact.Event, A]{
		Decider: s.decider, Known: s.known, Decide: decide,
		Above: func(k ledger.Known, e events.Entity) []events.Entity { return s.answering(k.Registry, e) },
		Told: func(k ledger.Known, w serve.Warrant) ledger.Known {
			k.By = w.Actor
			return k
		},
	})
}
