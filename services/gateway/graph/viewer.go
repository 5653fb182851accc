package graph

import (
	"context"
	"strings"

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

// Above is what the registry says. A ledger belongs to the system whose it is, a
// partner organisation to the one it is registered with, and what a network states
// of its costs to the network.
func (v viewer) Above(e events.Entity) []events.Entity {
	registry := v.resolver.Registry.Seen().State
	if ledger, is := strings.CutPrefix(string(e), "ledger-"); is {
		system, _, _ := strings.Cut(ledger, "-") // no code of a system has a hyphen
		return append([]events.Entity{e}, registry.Above(events.ICB(system).Entity())...)
	}
	if costing, is := strings.CutPrefix(string(e), "costing-"); is {
		network, _, _ := strings.Cut(costing, "-") // nor has a network's
		return append([]events.Entity{e}, registry.Above(events.PCN(network).Entity())...)
	}
	if strings.HasPrefix(string(e), "partner-") {
		return v.resolver.Money.Seen().State.Partners.Above(e, registry)
	}
	return registry.Above(e)
}
