package funding

import (
	"context"
	"errors"

	ask "github.com/ics-openbook/openbook/api/ask/entitlement"
	"github.com/ics-openbook/openbook/events"
	due "github.com/ics-openbook/openbook/events/entitlement"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/funding/entitlement"
	"github.com/ics-openbook/openbook/services/internal/follow"
	"github.com/ics-openbook/openbook/services/internal/serve"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

// around is what is known of the histories around an entitlement.
type around struct {
	by     events.PersonRef
	bodies *follow.Seen[registry.State]
	years  *follow.Seen[terms.State]
}

// answerStated answers who says how many there are of what no registry counts.
func (s service) answerStated() error {
	return serve.Answer(s.srv, serve.Decision[entitlement.State, around, due.Event, ask.StateQuantity]{
		Decider: s.due,
		Known: func(ctx context.Context, after events.Position) (around, events.Ordinal, error) {
			ctx, cancel := context.WithTimeout(ctx, stale)
			defer cancel()
			bodies, err1 := s.bodies.Wait(ctx, after)
			years, err2 := s.years.Wait(ctx, after)
			return around{bodies: bodies, years: years}, min(bodies.At.Ordinal, years.At.Ordinal), errors.Join(err1, err2)
		},
		Above: func(k around, e events.Entity) []events.Entity { return k.bodies.State.Above(e) },
		Told: func(k around, w serve.Warrant) around {
			k.by = w.Actor
			return k
		},
		Decide: func(state entitlement.State, k around, a ask.StateQuantity) ([]due.Event, error) {
			contracts := &terms.Reading{State: k.years.State, Unknown: k.years.Unknown}
			known := entitling(contracts, k.bodies, a.Year, min(k.bodies.At.Ordinal, k.years.At.Ordinal))
			known.By = k.by
			return entitlement.StateQuantity(state, known, a)
		},
	})
}
