package network

import (
	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/network"
)

// NamePerson asks to record what somebody is called who leads a network or speaks
// for it. The book has the name sealed alone. The same person again replaces what
// was said before.
type NamePerson struct {
	ask.Given
	Network events.PCN       `json:"network"`
	Person  events.PersonRef `json:"person"`
	Name    string           `json:"name"`
}

// ErasePerson asks to make the name of somebody who leads a network of a system,
// or speaks for one, unreadable to everybody for ever.
type ErasePerson struct {
	ask.Given
	System events.ICB            `json:"system"`
	Person events.PersonRef      `json:"person"`
	Reason network.ErasureReason `json:"reason"`
}

// UnsealSubject is where the gateway has a sealed name opened.
const UnsealSubject = "ask.network.unseal"

// Unseal is what is asked there. It is a question, and leaves no trace; who may
// see the name, the gateway has judged. The answer is the name, as a JSON string.
type Unseal struct {
	Name events.Sealed `json:"name"`
}

func (NamePerson) Subject() string  { return "ask.network.name_person" }
func (ErasePerson) Subject() string { return "ask.network.erase_person" }

func (a NamePerson) Stream() events.Stream  { return stream(a.Person.Entity()) }
func (a ErasePerson) Stream() events.Stream { return stream(a.Person.Entity()) }

func (a NamePerson) Concerns() events.Entity  { return a.Network.Entity() }
func (a ErasePerson) Concerns() events.Entity { return a.System.Entity() }

func (a NamePerson) Problems() []ask.Problem {
	f := named(a.Name)
	pcn(&f, "network", a.Network)
	person(&f, a.Person)
	return f
}

func (a ErasePerson) Problems() []ask.Problem {
	var f ask.Form
	system(&f, "system", a.System)
	person(&f, a.Person)
	if !a.Reason.Valid() {
		f.Note("REASON_INVALID", "reason", "%q is not a reason to erase somebody. It is REQUESTED, NO_LONGER_NEEDED or MISTAKE.", ask.Clip(string(a.Reason)))
	}
	return f
}
