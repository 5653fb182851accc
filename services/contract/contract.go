// Package contract is the service of the yearly Network Contract: it decides
// what is said of a year's terms, by what has been said of them. It rests on no
// other history.
package contract

import (
	"context"
	"errors"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/services/contract/year"
	"github.com/ics-openbook/openbook/services/internal/decider"
	"github.com/ics-openbook/openbook/services/internal/env"
	"github.com/ics-openbook/openbook/services/internal/serve"
	"github.com/ics-openbook/openbook/services/internal/store/remote"
)

// Run is the service, in the surroundings it is given, until ctx is done.
func Run(ctx context.Context, e env.Env) error {
	srv, err := serve.New(e, "contract", "0.1.0")
	if err != nil {
		return err
	}
	years := decider.New("contract", remote.New(e.NATS), fact.Family, year.Evolve)
	if err := errors.Join(
		answer(srv, years, year.Publish),
		answer(srv, years, year.ListStream),
		answer(srv, years, year.SetRate),
		answer(srv, years, year.StateUse),
		answer(srv, years, year.SetRole),
		answer(srv, years, year.LimitRole),
		answer(srv, years, year.SetRequirement),
		answer(srv, years, year.SetFramework),
		answer(srv, years, year.StateDescriptor),
		answer(srv, years, year.DisputeFigure),
		answer(srv, years, year.Withdraw),
	); err != nil {
		return err
	}
	return srv.Run(ctx)
}

// answer makes the server answer one kind of ask. Nothing else need be known to
// decide it, and England, whose business it is, belongs to nobody.
func answer[A ask.Ask](srv *serve.Server, d *decider.Decider[year.State, fact.Event], decide func(year.State, struct{}, A) ([]fact.Event, error)) error {
	return serve.Answer(srv, serve.Decision[year.State, struct{}, fact.Event, A]{
		Decider: d, Decide: decide,
		Known: func(context.Context, events.Position) (struct{}, events.Ordinal, error) { return struct{}{}, 0, nil },
		Above: func(_ struct{}, e events.Entity) []events.Entity { return []events.Entity{e} },
	})
}
