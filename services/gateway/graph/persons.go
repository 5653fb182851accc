package graph

import (
	"context"

	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/gateway/graph/model"
	"github.com/ics-openbook/openbook/services/gateway/identity"
	"github.com/ics-openbook/openbook/services/internal/figure"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/internal/serve"
	"github.com/ics-openbook/openbook/services/network/view"
)

// Unseal opens a sealed name for somebody whom the guard lets see it. Its error is
// a refusal: PERSON_ERASED or NAME_KEY_MISSING, or that nobody answers now.
type Unseal func(context.Context, events.Sealed, serve.By) (string, error)

// Unsealing asks the service that has the keys.
func Unsealing(c *serve.Caller) Unseal {
	return func(ctx context.Context, name events.Sealed, by serve.By) (string, error) {
		return serve.Inquire[string](ctx, c, network.UnsealSubject, network.Unseal{Name: name}, by)
	}
}

// name is what somebody is called. It is unsealed for this answer and kept nowhere:
// an erasure holds from the next answer on. What cannot be read now is not known.
func (r *Resolver) name(ctx context.Context, of view.Name) (*model.PersonName, error) {
	if of.Sealed == nil {
		return &model.PersonName{Erased: of.Erased, Unknown: of.Unknown}, nil
	}
	session := sessionOf(ctx)
	session.unsettled.Store(true)
	who, _ := identity.From(ctx) // the guard lets nobody else come here
	bounded, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	name, err := r.Unseal(bounded, *of.Sealed, serve.By{Actor: who.Ref, Grants: who.Grants, After: session.After()})
	if err == nil {
		return &model.PersonName{Value: &name}, nil
	}
	if no, is := refuse.From(err); is {
		switch no.Code {
		case "PERSON_ERASED":
			return &model.PersonName{Erased: true}, nil
		case "NAME_KEY_MISSING":
			return &model.PersonName{Unknown: &figure.Unknown{Code: no.Code, Reason: no.Message}}, nil
		}
	}
	return &model.PersonName{Unknown: &figure.Unknown{
		Code: "NAME_AWAY", Reason: "The part of the platform that can read names does not answer. Ask again in a moment.",
	}}, nil
}
