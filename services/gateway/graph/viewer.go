package graph

import (
	"context"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/gateway/guard"
	"github.com/ics-openbook/openbook/services/gateway/identity"
)

// Viewer is who looks, as the rules see them; false for nobody. What belongs to
// what is as the registry has it now, whatever moment is asked about.
func (r *Resolver) Viewer(ctx context.Context) (guard.Viewer, bool) {
	who, ok := identity.From(ctx)
	return viewer{r, who}, ok
}

type viewer struct {
	resolver *Resolver
	who      identity.Person
}

func (v viewer) Grants() []ask.Grant { return v.who.Grants }

func (v viewer) Above(e events.Entity) []events.Entity {
	return v.resolver.Registry.Seen().State.Above(e)
}
