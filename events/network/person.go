package network

import (
	"slices"

	"github.com/ics-openbook/openbook/events"
)

// PersonEvent is a fact in the history of what the book has of a person beside
// their reference.
//
//sumtype:decl
type PersonEvent interface {
	Event
	isPerson()
}

// PersonNamed says what a person is called, to whoever has their key. The same
// person again replaces what was said before.
type PersonNamed struct {
	Person events.PersonRef `json:"person"`
	Name   events.Sealed    `json:"name"`
}

// PersonErased says that a person's sealed values are to be read by nobody any
// more, and so that their key is to be destroyed, wherever it is, also when a
// backup has brought it back. It is final.
type PersonErased struct {
	Person events.PersonRef `json:"person"`
	Reason ErasureReason    `json:"reason"`
}

// ErasureReason is why a person was erased. It is one of a few, because words of
// somebody's own could name the person for ever.
type ErasureReason string

const (
	ErasureRequested ErasureReason = "REQUESTED"        // the person asked for it
	NoLongerNeeded   ErasureReason = "NO_LONGER_NEEDED" // what they were named for is over
	NamedByMistake   ErasureReason = "MISTAKE"          // they should not have been named
)

// ErasureReasons is every reason.
var ErasureReasons = []ErasureReason{ErasureRequested, NoLongerNeeded, NamedByMistake}

// Valid reports whether r is one of the reasons.
func (r ErasureReason) Valid() bool { return slices.Contains(ErasureReasons, r) }

// EventType names the fact.
func (PersonNamed) EventType() string { return "network.person_named.v1" }

// Entities names whom the fact is about.
func (e PersonNamed) Entities() []events.Entity { return []events.Entity{e.Person.Entity()} }

// EventType names the fact.
func (PersonErased) EventType() string { return "network.person_erased.v1" }

// Entities names whom the fact is about.
func (e PersonErased) Entities() []events.Entity { return []events.Entity{e.Person.Entity()} }

func (PersonNamed) isRegistry() {}
func (PersonNamed) isPerson()   {}

func (PersonErased) isRegistry() {}
func (PersonErased) isPerson()   {}
