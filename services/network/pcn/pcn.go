// Package pcn decides what may happen to a Primary Care Network's own entry in
// the registry. Its members are decided on by package practice, for a practice
// is what can be in only one network at a time. It is pure.
package pcn

import (
	"github.com/ics-openbook/openbook/api/ask/network"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/network/system"
	"github.com/ics-openbook/openbook/services/network/view"
)

var (
	ErrUnknown = refuse.New(refuse.NotFound, "NETWORK_UNKNOWN",
		"There is no network %s in the book. Register it first, or check the code.")
	ErrExists = refuse.New(refuse.Conflict, "NETWORK_EXISTS",
		"Network %s is in the book already, as “%s” in system %s. To change its name, rename it.")
)

// State is the network as registered, with its name of today; zero before.
type State fact.NetworkRegistered

// Evolve returns s as it stands after e.
func Evolve(s State, e fact.Event) State {
	switch e := e.(type) {
	case fact.NetworkRegistered:
		s = State(e)
	case fact.NetworkRenamed:
		s.Name = e.Name
	case fact.SystemRegistered, fact.SystemRenamed, fact.PlaceRegistered, fact.PlaceRenamed,
		fact.PracticeRegistered, fact.PracticeRenamed, fact.Joined, fact.Left:
		// of other streams
	}
	return s
}

// Register opens the network's part of the book, in a system that has one, and
// in a place of that system if one is named.
func Register(s State, known view.State, a network.RegisterNetwork) ([]fact.Event, error) {
	e := fact.NetworkRegistered{Network: a.Code, Name: a.Name, System: a.System, Place: a.Place}
	switch {
	case s == State(e):
		return nil, nil
	case s.Network != "":
		return nil, ErrExists.About("code", a.Code, s.Name, s.System)
	case !known.HasSystem(a.System):
		return nil, system.ErrUnknown.About("system", a.System)
	case a.Place != "" && !known.HasPlace(a.System, a.Place):
		return nil, system.ErrPlaceUnknown.About("place", a.System, a.Place)
	}
	return []fact.Event{e}, nil
}

// Rename gives the network another name.
func Rename(s State, _ view.State, a network.RenameNetwork) ([]fact.Event, error) {
	switch {
	case s.Network == "":
		return nil, ErrUnknown.About("code", a.Code)
	case s.Name == a.Name:
		return nil, nil
	}
	return []fact.Event{fact.NetworkRenamed{Network: a.Code, Name: a.Name}}, nil
}
