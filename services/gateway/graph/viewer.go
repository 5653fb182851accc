package graph

import (
	"context"
	"strings"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/challenge"
	"github.com/ics-openbook/openbook/services/gateway/guard"
	"github.com/ics-openbook/openbook/services/gateway/identity"
	"github.com/ics-openbook/openbook/services/internal/clock"
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

// Above is what the registry says. A ledger, and what a system undertakes,
// belong to the system; a challenge to its challenger and, where there is one,
// to the system that it is about; a partner organisation to the system that it is
// registered with, and what a network states of its costs,
// or is entitled to, to the network.
func (v viewer) Above(e events.Entity) []events.Entity {
	registry := v.resolver.Registry.Seen().State
	kind, name, _ := strings.Cut(string(e), "-")
	switch kind {
	case "ledger", "policy":
		system, _, _ := strings.Cut(name, "-") // no code of a system has a hyphen
		return append([]events.Entity{e}, registry.Above(events.ICB(system).Entity())...)
	case "costing", "entitlement":
		network, _, _ := strings.Cut(name, "-") // nor has a network's
		return append([]events.Entity{e}, registry.Above(events.PCN(network).Entity())...)
	case "partner":
		return v.resolver.Money.Seen().State.Partners.Above(e, registry)
	case "challenge":
		id := challenge.ID(name)
		all := []events.Entity{e}
		if c := v.resolver.Money.Seen().State.Challenges.Challenge(id); c != nil {
			all = append(all, c.Opened.System.Entity())
		}
		// The challenger comes last: a refusal names it, whether there is such a
		// challenge or not.
		return append(all, registry.Above(id.Challenger())...)
	}
	return registry.Above(e)
}

// Standing is what the registry says, of today.
func (v viewer) Standing(system events.ICB) events.ICB {
	return v.resolver.Registry.Seen().State.Standing(system, clock.Today(v.resolver.Clock))
}
