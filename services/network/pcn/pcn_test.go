package pcn_test

import (
	"testing"

	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/decider/decidertest"
	"github.com/ics-openbook/openbook/services/network/pcn"
	"github.com/ics-openbook/openbook/services/network/system"
	"github.com/ics-openbook/openbook/services/network/view"
)

func TestNetwork(t *testing.T) {
	known := view.Evolve(view.State{}, fact.SystemRegistered{System: "QZ1", Name: "Demonstration"})
	known = view.Evolve(known, fact.PlaceRegistered{System: "QZ1", Place: "WEST", Name: "West"})
	known = view.Evolve(known, fact.SystemRegistered{System: "QZ0", Name: "Before"})
	known = view.Evolve(known, fact.SystemSucceeded{System: "QZ0", By: []events.ICB{"QZ1"}, On: events.Day(2026, 4, 1)})
	register := func(a network.RegisterNetwork) func(pcn.State) ([]fact.NetworkEvent, error) {
		return func(s pcn.State) ([]fact.NetworkEvent, error) { return pcn.Register(s, known, a) }
	}
	rename := func(s pcn.State) ([]fact.NetworkEvent, error) {
		return pcn.Rename(s, known, network.RenameNetwork{Code: "U99001", Name: "New"})
	}
	registered := fact.NetworkRegistered{Network: "U99001", Name: "North", System: "QZ1", Place: "WEST"}
	a := network.RegisterNetwork{Code: "U99001", Name: "North", System: "QZ1", Place: "WEST"}
	decidertest.Run(t, pcn.Evolve, []decidertest.Case[pcn.State, fact.NetworkEvent]{
		{Name: "is registered", When: register(a), Then: []fact.NetworkEvent{registered}},
		{Name: "is not registered under another name", Given: []fact.NetworkEvent{registered}, Refused: pcn.ErrExists,
			When: register(network.RegisterNetwork{Code: "U99001", Name: "South", System: "QZ1", Place: "WEST"})},
		{Name: "needs a known system", Refused: system.ErrUnknown,
			When: register(network.RegisterNetwork{Code: "U99001", Name: "North", System: "QX9"})},
		{Name: "needs a system that has not been succeeded: it would be in the successor", Refused: system.ErrSucceeded,
			When: register(network.RegisterNetwork{Code: "U99001", Name: "North", System: "QZ0"})},
		{Name: "needs a known place, if it names one", Refused: system.ErrPlaceUnknown,
			When: register(network.RegisterNetwork{Code: "U99001", Name: "North", System: "QZ1", Place: "EAST"})},
		{Name: "is renamed", Given: []fact.NetworkEvent{registered}, When: rename,
			Then: []fact.NetworkEvent{fact.NetworkRenamed{Network: "U99001", Name: "New"}}},
		{Name: "is not renamed before it is registered", When: rename, Refused: pcn.ErrUnknown},
	})
}
