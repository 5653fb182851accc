// Package system decides what may happen to an Integrated Care System's entry
// in the registry and to its places. It is pure.
package system

import (
	"maps"

	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/network/view"
)

var (
	ErrUnknown = refuse.New(refuse.NotFound, "SYSTEM_UNKNOWN",
		"There is no system %s in the book. Register it first, or check the code.")
	ErrExists = refuse.New(refuse.Conflict, "SYSTEM_EXISTS",
		"System %s is in the book already, as “%s”. To change its name, rename it.")
	ErrPlaceUnknown = refuse.New(refuse.NotFound, "PLACE_UNKNOWN",
		"System %s has no place %s. Register the place first, or check the code.")
	ErrPlaceExists = refuse.New(refuse.Conflict, "PLACE_EXISTS",
		"System %s has a place %s already, “%s”. To change its name, rename it.")
)

// State is what the rules below need to know of a system's past.
type State struct {
	Registered fact.SystemRegistered    // with its name of today; zero before
	Places     map[fact.Place]string    // names of today; never changed in place
	SubICBs    map[events.SubICB]string // likewise
	Succeeded  fact.SystemSucceeded     // zero while it stands
	LMCs       map[fact.Place]fact.LMCRecorded
	Mandates   map[mandate]fact.Mandated
}

// Evolve returns s as it stands after e.
func Evolve(s State, e fact.SystemEvent) State {
	switch e := e.(type) {
	case fact.SystemRegistered:
		s.Registered = e
	case fact.SystemRenamed:
		s.Registered.Name = e.Name
	case fact.SubICBRegistered:
		s.SubICBs = with(s.SubICBs, e.SubICB, e.Name)
	case fact.PlaceRegistered:
		s.Places = with(s.Places, e.Place, e.Name)
	case fact.PlaceRenamed:
		s.Places = with(s.Places, e.Place, e.Name)
	case fact.SystemSucceeded:
		s.Succeeded = e
	case fact.LMCRecorded:
		s.LMCs = with(s.LMCs, e.LMC, e)
	case fact.Mandated:
		s.Mandates = with(s.Mandates, mandate{e.Person, e.Body}, e)
	case fact.MandateEnded:
		m := s.Mandates[mandate{e.Person, e.Body}]
		m.To = e.LastDay
		s.Mandates = with(s.Mandates, mandate{e.Person, e.Body}, m)
	}
	return s
}

func with[K comparable, V any](all map[K]V, key K, value V) map[K]V {
	all = maps.Clone(all)
	if all == nil {
		all = map[K]V{}
	}
	all[key] = value
	return all
}

func (s State) exists() bool { return s.Registered.System != "" }

// Register opens the system's part of the book.
func Register(s State, _ view.State, a network.RegisterSystem) ([]fact.SystemEvent, error) {
	e := fact.SystemRegistered{System: a.Code, Name: a.Name, Region: a.Region}
	switch {
	case s.Registered.Name == a.Name && s.Registered.Region == a.Region:
		return nil, nil
	case s.exists():
		return nil, ErrExists.About("code", a.Code, s.Registered.Name)
	}
	return []fact.SystemEvent{e}, nil
}

// Rename gives the system another name.
func Rename(s State, _ view.State, a network.RenameSystem) ([]fact.SystemEvent, error) {
	switch {
	case !s.exists():
		return nil, ErrUnknown.About("code", a.Code)
	case s.Registered.Name == a.Name:
		return nil, nil
	}
	return []fact.SystemEvent{fact.SystemRenamed{System: a.Code, Name: a.Name}}, nil
}

// RegisterPlace adds a place to the system.
func RegisterPlace(s State, _ view.State, a network.RegisterPlace) ([]fact.SystemEvent, error) {
	name, exists := s.Places[a.Code]
	switch {
	case !s.exists():
		return nil, ErrUnknown.About("system", a.System)
	case exists && name == a.Name:
		return nil, nil
	case exists:
		return nil, ErrPlaceExists.About("code", a.System, a.Code, name)
	}
	return []fact.SystemEvent{fact.PlaceRegistered{System: a.System, Place: a.Code, Name: a.Name}}, nil
}

// RenamePlace gives a place another name.
func RenamePlace(s State, _ view.State, a network.RenamePlace) ([]fact.SystemEvent, error) {
	name, exists := s.Places[a.Code]
	switch {
	case !exists:
		return nil, ErrPlaceUnknown.About("code", a.System, a.Code)
	case name == a.Name:
		return nil, nil
	}
	return []fact.SystemEvent{fact.PlaceRenamed{System: a.System, Place: a.Code, Name: a.Name}}, nil
}
