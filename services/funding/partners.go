package funding

import (
	"context"
	"errors"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/partner"
	"github.com/ics-openbook/openbook/services/funding/partner"
	"github.com/ics-openbook/openbook/services/funding/view/partners"
	"github.com/ics-openbook/openbook/services/internal/decider"
	"github.com/ics-openbook/openbook/services/internal/serve"
)

// beside is what is known beside an organisation's own history: of the others too,
// because whose partner one is says who may speak for it.
type beside struct {
	partner.Known
	all partners.State
}

// answerPartners answers what is asked of the partner organisations.
func (s service) answerPartners(d *decider.Decider[partner.State, fact.Event]) error {
	return errors.Join(
		answerPartner(s, d, partner.Register),
		answerPartner(s, d, partner.End),
		answerPartner(s, d, partner.SetControlTotal),
		answerPartner(s, d, partner.Report),
	)
}

func answerPartner[A ask.Ask](s service, d *decider.Decider[partner.State, fact.Event], decide func(partner.State, partner.Known, A) ([]fact.Event, error)) error {
	return serve.Answer(s.srv, serve.Decision[partner.State, beside, fact.Event, A]{
		Decider: d,
		Known: func(ctx context.Context, after events.Position) (beside, events.Ordinal, error) {
			ctx, cancel := context.WithTimeout(ctx, stale)
			defer cancel()
			bodies, err1 := s.bodies.Wait(ctx, after)
			monies, err2 := s.monies.Wait(ctx, after)
			k := beside{partner.Known{Registry: bodies.State}, monies.State.Partners}
			return k, min(bodies.At.Ordinal, monies.At.Ordinal), errors.Join(err1, err2)
		},
		Above: func(k beside, e events.Entity) []events.Entity {
			return append(k.all.Above(e, k.Registry), s.answering(k.Registry, e)...)
		},
		Decide: func(st partner.State, k beside, a A) ([]fact.Event, error) { return decide(st, k.Known, a) },
	})
}
