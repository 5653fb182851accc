package person_test

import (
	"testing"
	"time"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/decider/decidertest"
	"github.com/ics-openbook/openbook/services/network/person"
	"github.com/ics-openbook/openbook/services/network/view"
)

func TestPerson(t *testing.T) {
	april := events.Period{From: events.Day(2026, time.April, 1)}
	registry := view.State{}
	for _, e := range []fact.Event{
		fact.SystemRegistered{System: "QZ1", Name: "West"}, fact.SystemRegistered{System: "QZ2", Name: "East"},
		fact.NetworkRegistered{Network: "U99001", Name: "North", System: "QZ1"}, fact.NetworkRegistered{Network: "U99002", Name: "South", System: "QZ1"},
		fact.NetworkRegistered{Network: "U99003", Name: "Far", System: "QZ2"},
		fact.DirectorAppointed{Network: "U99001", Person: "person-1", Share: decimal.One, Period: april},
		fact.DirectorLeft{Network: "U99001", Person: "person-1", LastDay: april.From},
		fact.DeputyNamed{Network: "U99001", Person: "person-2", Period: april},
		fact.Mandated{System: "QZ1", Person: "person-3", Body: "Board", Networks: []events.PCN{"U99002"}, Period: april},
		// others who name somebody gain nothing by it
		fact.DeputyNamed{Network: "U99003", Person: "person-1", Period: april},
		fact.Mandated{System: "QZ2", Person: "person-3", Body: "Board", Networks: []events.PCN{"U99003"}, Period: april},
		fact.DeputyNamed{Network: "U99002", Person: "person-1", Period: april},
	} {
		registry = view.Evolve(registry, e)
	}
	type when = func(person.State) ([]fact.PersonEvent, error)
	box := func(text string) events.Sealed { return events.Sealed{Person: "person-1", Box: []byte(text)} }
	name := func(who events.PersonRef, of events.PCN, sealed events.Sealed) when {
		return func(s person.State) ([]fact.PersonEvent, error) {
			return person.Name(s, person.Known{State: registry, Name: sealed}, network.NamePerson{Network: of, Person: who, Name: "never looked at"})
		}
	}
	erase := func(who events.PersonRef, in events.ICB) when {
		return func(s person.State) ([]fact.PersonEvent, error) {
			return person.Erase(s, person.Known{State: registry}, network.ErasePerson{System: in, Person: who, Reason: fact.ErasureRequested})
		}
	}
	type facts = []fact.PersonEvent
	named := fact.PersonNamed{Person: "person-1", Name: box("a")}
	erased := func(who events.PersonRef) fact.PersonErased {
		return fact.PersonErased{Person: who, Reason: fact.ErasureRequested}
	}
	decidertest.Run(t, person.Evolve, []decidertest.Case[person.State, fact.PersonEvent]{
		{Name: "named", When: name("person-1", "U99001", box("a")), Then: facts{named}},
		{Name: "named otherwise", Given: facts{named}, When: name("person-1", "U99001", box("b")), Then: facts{fact.PersonNamed{Person: "person-1", Name: box("b")}}},
		{Name: "named so already", Given: facts{named}, When: name("person-1", "U99001", box("a"))},
		{Name: "a deputy is named", When: name("person-2", "U99001", box("a")), Then: facts{fact.PersonNamed{Person: "person-2", Name: box("a")}}},
		{Name: "a representative is named", When: name("person-3", "U99002", box("a")), Then: facts{fact.PersonNamed{Person: "person-3", Name: box("a")}}},
		{Name: "by another network", When: name("person-2", "U99002", box("a")), Refused: person.ErrUnknown},
		{Name: "by another network that they serve, of the same system", When: name("person-1", "U99002", box("a")), Then: facts{named}},
		{Name: "by another system's network that names them", When: name("person-1", "U99003", box("a")), Refused: person.ErrElsewhere},
		{Name: "a representative, by another system's network", When: name("person-3", "U99003", box("a")), Refused: person.ErrElsewhere},
		{Name: "a representative of others", When: name("person-3", "U99001", box("a")), Refused: person.ErrUnknown},
		{Name: "a stranger", When: name("person-9", "U99001", box("a")), Refused: person.ErrUnknown},
		{Name: "named after the erasure", Given: facts{named, erased("person-1")}, When: name("person-1", "U99001", box("b")), Refused: person.ErrErased},
		{Name: "named as before the erasure", Given: facts{named, erased("person-1")}, When: name("person-1", "U99001", box("a")), Refused: person.ErrErased},
		{Name: "erased", Given: facts{named}, When: erase("person-1", "QZ1"), Then: facts{erased("person-1")}},
		{Name: "erased before named", When: erase("person-2", "QZ1"), Then: facts{erased("person-2")}},
		{Name: "a representative is erased", When: erase("person-3", "QZ1"), Then: facts{erased("person-3")}},
		{Name: "erased already", Given: facts{erased("person-1")}, When: erase("person-1", "QZ1")},
		{Name: "erased by another system", Given: facts{named}, When: erase("person-2", "QZ2"), Refused: person.ErrUnknown},
		{Name: "erased by another system that names them", Given: facts{named}, When: erase("person-1", "QZ2"), Refused: person.ErrElsewhere},
		{Name: "a representative, by another system that names them", When: erase("person-3", "QZ2"), Refused: person.ErrElsewhere},
		{Name: "a stranger is erased", When: erase("person-9", "QZ1"), Refused: person.ErrUnknown},
	})
}

// The registry knows of an erasure before a history is read.
func TestMayName(t *testing.T) {
	s := view.Evolve(view.State{}, fact.DeputyNamed{Network: "U99001", Person: "person-1"})
	a := network.NamePerson{Network: "U99001", Person: "person-1"}
	if err := person.MayName(s, a); err != nil {
		t.Error(err)
	}
	if err := person.MayName(view.Evolve(s, fact.PersonErased{Person: "person-1"}), a); err == nil {
		t.Error("somebody erased may be named")
	}
}
