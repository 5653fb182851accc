package platform

import (
	"context"
	"crypto/ed25519"

	"github.com/nats-io/nats.go"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/gateway/identity"
	"github.com/ics-openbook/openbook/services/internal/env"
	"github.com/ics-openbook/openbook/services/internal/serve"
	"github.com/ics-openbook/openbook/services/internal/telemetry"
	"github.com/ics-openbook/openbook/services/platform/demo"
)

// demonstrate puts the invented system into the book, in the name of the sample
// steward, and of those whose acts they are. Of what is there already nothing is recorded again.
func (h *house) demonstrate(ctx context.Context, connect func(context.Context, string) (*nats.Conn, error), key ed25519.PrivateKey, t telemetry.Telemetry) error {
	nc, err := connect(ctx, "gateway")
	if err != nil {
		return err
	}
	defer nc.Close()
	caller, err := serve.NewCaller(env.Env{NATS: nc, Clock: h.config.clock(), Telemetry: t}, key)
	if err != nil {
		return err
	}
	steward := identity.SamplePeople[0]
	return demo.Load(ctx, func(ctx context.Context, a demo.Act, seen events.Position) (events.Position, error) {
		id, err := demo.ID(a.Ask)
		if err != nil {
			return events.Position{}, err
		}
		by := serve.By{Actor: steward.Ref, Client: steward.Client, Grants: steward.Grants, After: seen}
		if a.By != "" {
			by.Actor, by.Grants = a.By, []ask.Grant{a.Grant}
		}
		receipt, err := caller.AskAs(ctx, id, a.Ask, by)
		return receipt.Position, err
	})
}

// stopped is err, unless it is only that ctx was done before.
func stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}
