// Package pcn decides what may happen to a Primary Care Network's own entry in
// the registry. Its members are decided on by package practice, for a practice
// is what can be in only one network at a time. It is pure.
package pcn

import (
	"maps"
	"slices"

	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/events"
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

// State is what the rules below need to know of a network's past.
type State struct {
	Registered fact.NetworkRegistered // as of today; zero before
	Since      events.Date            // it has been where it is; zero for ever
	Closed     events.Date            // its last day; zero while it is open
	Merged     fact.Merged            // zero unless it was
	Splits     []fact.Split           // never changed in place
	Directors  []Director             // likewise
	Deputies   map[events.PersonRef]events.Period
}

// Evolve returns s as it stands after e.
func Evolve(s State, e fact.NetworkEvent) State {
	switch e := e.(type) {
	case fact.NetworkRegistered:
		s.Registered, s.Since = e, e.AsAt
	case fact.NetworkRenamed:
		s.Registered.Name = e.Name
	case fact.NetworkLocated:
		s.Registered.System, s.Registered.Place, s.Registered.SubICB = e.System, e.Place, e.SubICB
		s.Since = e.From
	case fact.NetworkClosed:
		s.Closed = e.LastDay
	case fact.NetworkReopened:
		s.Closed = events.Date{}
	case fact.Merged:
		s.Merged, s.Closed = e, e.On.AddDays(-1)
	case fact.Split:
		s.Splits = append(slices.Clip(s.Splits), e)
	case fact.DirectorAppointed, fact.DirectorNoticeGiven, fact.DirectorLeft:
		s.Directors = inPost(s.Directors, e)
	case fact.DeputyNamed:
		s.Deputies = maps.Clone(s.Deputies)
		if s.Deputies == nil {
			s.Deputies = map[events.PersonRef]events.Period{}
		}
		s.Deputies[e.Person] = e.Period
	}
	return s
}

func (s State) exists() bool { return s.Registered.Network != "" }

// Register opens the network's part of the book, in a system that has one, and
// in a place of that system if one is named.
func Register(s State, known view.State, a network.RegisterNetwork) ([]fact.NetworkEvent, error) {
	e := fact.NetworkRegistered{Network: a.Code, Name: a.Name, System: a.System, Place: a.Place}
	switch {
	case s.Registered == e:
		return nil, nil
	case s.exists():
		return nil, ErrExists.About("code", a.Code, s.Registered.Name, s.Registered.System)
	}
	if err := system.Open(known, "system", a.System); err != nil {
		return nil, err
	}
	if a.Place != "" && !known.HasPlace(a.System, a.Place) {
		return nil, system.ErrPlaceUnknown.About("place", a.System, a.Place)
	}
	return []fact.NetworkEvent{e}, nil
}

// Rename gives the network another name.
func Rename(s State, _ view.State, a network.RenameNetwork) ([]fact.NetworkEvent, error) {
	switch {
	case !s.exists():
		return nil, ErrUnknown.About("code", a.Code)
	case s.Registered.Name == a.Name:
		return nil, nil
	}
	return []fact.NetworkEvent{fact.NetworkRenamed{Network: a.Code, Name: a.Name}}, nil
}
