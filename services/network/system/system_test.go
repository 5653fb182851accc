package system_test

import (
	"testing"

	"github.com/ics-openbook/openbook/api/ask/network"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/decider/decidertest"
	"github.com/ics-openbook/openbook/services/network/system"
	"github.com/ics-openbook/openbook/services/network/view"
)

type (
	when = func(system.State) ([]fact.SystemEvent, error)
	test = decidertest.Case[system.State, fact.SystemEvent]
)

func TestSystem(t *testing.T) {
	var none view.State
	register := func(name string) when {
		return func(s system.State) ([]fact.SystemEvent, error) {
			return system.Register(s, none, network.RegisterSystem{Code: "QZ1", Name: name, Region: "Y59"})
		}
	}
	rename := func(name string) when {
		return func(s system.State) ([]fact.SystemEvent, error) {
			return system.Rename(s, none, network.RenameSystem{Code: "QZ1", Name: name})
		}
	}
	place := func(name string) when {
		return func(s system.State) ([]fact.SystemEvent, error) {
			return system.RegisterPlace(s, none, network.RegisterPlace{System: "QZ1", Code: "WEST", Name: name})
		}
	}
	renamePlace := func(s system.State) ([]fact.SystemEvent, error) {
		return system.RenamePlace(s, none, network.RenamePlace{System: "QZ1", Code: "WEST", Name: "Far West"})
	}
	registered := fact.SystemRegistered{System: "QZ1", Name: "Demonstration", Region: "Y59"}
	placed := fact.PlaceRegistered{System: "QZ1", Place: "WEST", Name: "West"}
	decidertest.Run(t, system.Evolve, []test{
		{Name: "is registered", When: register("Demonstration"), Then: []fact.SystemEvent{registered}},
		{Name: "is not registered under another name", Given: []fact.SystemEvent{registered}, When: register("Other"), Refused: system.ErrExists},
		{Name: "is renamed", Given: []fact.SystemEvent{registered}, When: rename("Other"), Then: []fact.SystemEvent{fact.SystemRenamed{System: "QZ1", Name: "Other"}}},
		{Name: "is not renamed before it is registered", When: rename("Other"), Refused: system.ErrUnknown},
		{Name: "gets a place", Given: []fact.SystemEvent{registered}, When: place("West"), Then: []fact.SystemEvent{placed}},
		{Name: "gets no place before it is registered", When: place("West"), Refused: system.ErrUnknown},
		{Name: "gets a place once", Given: []fact.SystemEvent{registered, placed}, When: place("Wild West"), Refused: system.ErrPlaceExists},
		{Name: "renames a place", Given: []fact.SystemEvent{registered, placed}, When: renamePlace, Then: []fact.SystemEvent{fact.PlaceRenamed{System: "QZ1", Place: "WEST", Name: "Far West"}}},
		{Name: "renames no place it has not", Given: []fact.SystemEvent{registered}, When: renamePlace, Refused: system.ErrPlaceUnknown},
	})
}
