package funding

import (
	"context"
	"errors"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/costing"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/funding/costing"
	"github.com/ics-openbook/openbook/services/internal/decider"
	"github.com/ics-openbook/openbook/services/internal/serve"
)

// answerCostings answers what is asked of what specifications cost.
func (s service) answerCostings(d *decider.Decider[costing.State, fact.Event]) error {
	return errors.Join(
		answerCosting(s, d, costing.StateCost),
		answerCosting(s, d, costing.Withdraw),
		answerCosting(s, d, costing.StatePayment),
	)
}

func answerCosting[A ask.Ask](s service, d *decider.Decider[costing.State, fact.Event], decide func(costing.State, costing.Known, A) ([]fact.Event, error)) error {
	return serve.Answer(s.srv, serve.Decision[costing.State, costing.Known, fact.Event, A]{
		Decider: d, Decide: decide,
		Known: func(ctx context.Context, after events.Position) (costing.Known, events.Ordinal, error) {
			ctx, cancel := context.WithTimeout(ctx, stale)
			defer cancel()
			bodies, err1 := s.bodies.Wait(ctx, after)
			years, err2 := s.years.Wait(ctx, after)
			k := costing.Known{Registry: bodies.State, Contracts: &terms.Reading{State: years.State}}
			return k, min(bodies.At.Ordinal, years.At.Ordinal), errors.Join(err1, err2)
		},
		Above: func(k costing.Known, e events.Entity) []events.Entity { return k.Registry.Above(e) },
	})
}
