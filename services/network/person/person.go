// Package person decides what the book has of a person beside their reference:
// a name, sealed, or that they were erased. It is pure, and never sees a name.
package person

import (
	"bytes"

	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/network/view"
)

var (
	ErrErased = refuse.New(refuse.Conflict, "PERSON_ERASED",
		"%s was erased, and that is final. Whoever comes back comes under another reference.")
	ErrUnknown = refuse.New(refuse.NotFound, "PERSON_UNKNOWN",
		"%s has never led %s nor spoken for it, as far as the book knows. Record that first, or check who it is.")
	ErrElsewhere = refuse.New(refuse.Conflict, "PERSON_ELSEWHERE",
		"%s served in %s first, which answers for what the book has of them. Ask it to record the name, or to erase it.")
)

// State is what the book has of a person; zero before anything.
type State struct {
	Name   events.Sealed
	Erased bool
}

// Known is what the decisions look at beside the state.
type Known struct {
	view.State
	// Name is the name that is asked for, sealed: the very value the book has, if
	// that says the same.
	Name events.Sealed
}

// Evolve returns s as it stands after e.
func Evolve(s State, e fact.PersonEvent) State {
	switch e := e.(type) {
	case fact.PersonNamed:
		s.Name = e.Name
	case fact.PersonErased:
		s.Erased = true
	}
	return s
}

// MayName refuses a name for somebody who was erased, or whom the network has no
// reason to name.
func MayName(known view.State, a network.NamePerson) error {
	switch {
	case known.Erased(a.Person):
		return ErrErased.About("person", a.Person)
	case !known.Serves(a.Person, a.Network.Entity()):
		return ErrUnknown.About("person", a.Person, a.Network)
	case !known.Kept(a.Person, a.Network.Entity()):
		return ErrElsewhere.About("person", a.Person, known.Keeper(a.Person))
	}
	return nil
}

// Name records what somebody is called.
func Name(s State, known Known, a network.NamePerson) ([]fact.PersonEvent, error) {
	if s.Erased {
		return nil, ErrErased.About("person", a.Person)
	}
	if err := MayName(known.State, a); err != nil {
		return nil, err
	}
	if s.Name.Person != "" && bytes.Equal(s.Name.Box, known.Name.Box) {
		return nil, nil
	}
	return []fact.PersonEvent{fact.PersonNamed{Person: a.Person, Name: known.Name}}, nil
}

// Erase records that somebody's values are nobody's to read any more.
func Erase(s State, known Known, a network.ErasePerson) ([]fact.PersonEvent, error) {
	switch {
	case !known.Serves(a.Person, a.System.Entity()):
		return nil, ErrUnknown.About("person", a.Person, "a network of "+string(a.System))
	case !known.Kept(a.Person, a.System.Entity()):
		return nil, ErrElsewhere.About("person", a.Person, known.Keeper(a.Person))
	case s.Erased:
		return nil, nil
	}
	return []fact.PersonEvent{fact.PersonErased{Person: a.Person, Reason: a.Reason}}, nil
}
