package funding

import (
	"context"
	"errors"

	"github.com/ics-openbook/openbook/api/ask"
	asked "github.com/ics-openbook/openbook/api/ask/policy"
	"github.com/ics-openbook/openbook/events"
	said "github.com/ics-openbook/openbook/events/challenge"
	undertaken "github.com/ics-openbook/openbook/events/policy"
	"github.com/ics-openbook/openbook/services/funding/challenge"
	"github.com/ics-openbook/openbook/services/funding/policy"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/serve"
)

func (s service) answerChallenges() error {
	return errors.Join(
		answerChallenge(s, challenge.Open),
		answerChallenge(s, challenge.Acknowledge),
		answerChallenge(s, challenge.Answer),
		answerChallenge(s, challenge.Accept),
		answerChallenge(s, challenge.Escalate),
		answerChallenge(s, challenge.Resolve),
		serve.Answer(s.srv, serve.Decision[policy.State, policy.Known, undertaken.Event, asked.SetFundingPolicy]{
			Decider: s.policies, Known: s.knownOfPolicies, Decide: policy.Set,
			Above: func(k policy.Known, e events.Entity) []events.Entity { return s.answering(k.Registry, e) },
			Told: func(k policy.Known, w serve.Warrant) policy.Known {
				k.By = w.Actor
				return k
			},
		}),
	)
}

func answerChallenge[A ask.Ask](s service, decide func(challenge.State, challenge.Known, A) ([]said.Event, error)) error {
	return serve.Answer(s.srv, serve.Decision[challenge.State, challenge.Known, said.Event, A]{
		Decider: s.challenges, Known: s.knownOfChallenges, Decide: decide,
		Above: func(k challenge.Known, e events.Entity) []events.Entity { return k.Registry.Above(e) },
		Told: func(k challenge.Known, w serve.Warrant) challenge.Known {
			k.By = w.Actor
			return k
		},
	})
}

func (s service) knownOfChallenges(ctx context.Context, after events.Position) (challenge.Known, events.Ordinal, error) {
	ctx, cancel := context.WithTimeout(ctx, stale)
	defer cancel()
	bodies, err1 := s.bodies.Wait(ctx, after)
	monies, err2 := s.monies.Wait(ctx, after)
	k := challenge.Known{
		Today: clock.Today(s.env.Clock), Registry: bodies.State,
		Ledgers: monies.State.Ledgers, Challenges: monies.State.Challenges, Policies: monies.State.Policies,
	}
	return k, min(bodies.At.Ordinal, monies.At.Ordinal), errors.Join(err1, err2)
}

func (s service) knownOfPolicies(ctx context.Context, after events.Position) (policy.Known, events.Ordinal, error) {
	ctx, cancel := context.WithTimeout(ctx, stale)
	defer cancel()
	bodies, err := s.bodies.Wait(ctx, after)
	return policy.Known{Today: clock.Today(s.env.Clock), Registry: bodies.State}, bodies.At.Ordinal, err
}
