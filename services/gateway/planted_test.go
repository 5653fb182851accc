package gateway

import (
	"fmt"
	"slices"
	"strings"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
)

// estate is a system that has something in every field there is. What it
// withholds from others bears a mark that nobody guesses.
type estate struct {
	n    int    // of the system: QZ1, QZ2
	mark string // in every text
}

func (e estate) system() events.ICB       { return events.ICB(fmt.Sprint("QZ", e.n)) }
func (e estate) before() events.ICB       { return events.ICB(fmt.Sprint("QY", e.n)) } // which it has succeeded
func (e estate) subICB() events.SubICB    { return events.SubICB(fmt.Sprintf("9%dE", e.n)) }
func (e estate) network(i int) events.PCN { return events.PCN(fmt.Sprintf("U99%02d%d", i, e.n)) }
func (e estate) practice(i int) events.Practice {
	return events.Practice(fmt.Sprintf("Z99%02d%d", i, e.n))
}
func (e estate) person(what string) events.PersonRef {
	return events.PersonRef("person-" + what + "-" + e.mark)
}

// sealed is their name, sealed with no key at all.
func (e estate) sealed(what string) events.Sealed {
	return events.Sealed{Person: e.person(what), Box: []byte("Nadia " + what + " " + e.mark)}
}
func (e estate) recorder() events.PersonRef { return e.person("recorder") }

// day is one of the days that nobody else is told. They lie before all others,
// so that what began on one is so today.
func (e estate) day(i int) events.Date { return events.Day(2000+e.n, 2, 3).AddDays(i) }

// later is one of them that is still to come.
func (e estate) later(i int) events.Date { return events.Day(2090+e.n, 2, 3).AddDays(i) }

const days = 20 // of each kind

// marks are what an answer to somebody else must not hold.
func (e estate) marks() []string {
	all := []string{e.mark}
	for i := range days {
		all = append(all, e.day(i).String(), e.later(i).String())
	}
	return all
}

// organisations are one of each kind that belongs to the system.
func (e estate) organisations() []events.Entity {
	return []events.Entity{e.system().Entity(), e.network(1).Entity(), e.practice(1).Entity(), e.subICB().Entity(), fact.Place("WEST").Entity(e.system())}
}

func share(s string) decimal.Decimal { return decimal.MustParse(s) }

// facts are what happened, of one system and what is in it.
func (e estate) facts() []fact.Event {
	s, west := e.system(), fact.Place("WEST")
	told := fact.Cited{Source: cited.Source, AsAt: cited.AsAt}
	undated := fact.Dating{Undated: true, NotBefore: e.day(1)}
	first := true
	located := func(i int, name string) fact.Event {
		return fact.NetworkRegistered{Network: e.network(i), Name: name, System: s, Place: west, SubICB: e.subICB(), Opened: events.Day(2000, 1, 1)}
	}
	practice := func(i int, name string) fact.Event {
		return fact.PracticeRegistered{Practice: e.practice(i), Name: name, System: s, SubICB: e.subICB()}
	}
	all := []fact.Event{
		fact.SystemRegistered{System: e.before(), Name: "Before", Region: "Y59"},
		fact.SystemRegistered{System: s, Name: "System", Region: "Y59"},
		fact.SystemSucceeded{System: e.before(), By: []events.ICB{s}, On: since},
		fact.PlaceRegistered{System: s, Place: west, Name: "West"},
		fact.SubICBRegistered{System: s, SubICB: e.subICB(), Name: "Sub-ICB"},
		fact.LMCRecorded{System: s, LMC: "LMC", Name: "Committee", Places: []fact.Place{west}},
		located(1, "Cedar"), located(2, "Elm"), located(3, "Ash"), located(4, "Beech"), located(6, "Fir"),
		practice(1, "Mill Lane"), practice(2, "Bridge Street"), practice(3, "Alone"), practice(4, "Some Day"), practice(5, "Closed"), practice(6, "Counted"), practice(7, "Not counted"),
		fact.Joined{Practice: e.practice(1), Network: e.network(1), Period: events.Period{From: e.day(0), To: e.later(0)}, Cited: told},
		fact.Joined{Practice: e.practice(1), Network: e.network(2), Period: events.Period{From: e.day(2)}, Cited: told}, // in two at once
		fact.Joined{Practice: e.practice(2), Network: e.network(1), Period: events.Period{From: e.day(3)}, Dating: undated},
		fact.Joined{Practice: e.practice(4), Network: e.network(3), Period: events.Period{From: e.later(1)}, Dating: undated},
		fact.Left{Practice: e.practice(2), Network: e.network(1), LastDay: e.later(2), Dating: fact.Dating{Undated: true, NotBefore: e.day(4)}},
		fact.Joined{Practice: e.practice(6), Network: e.network(6), Period: events.Period{From: e.day(16)}, Cited: told},
		fact.Joined{Practice: e.practice(7), Network: e.network(6), Period: events.Period{From: e.day(17)}, Cited: told},
		fact.ListSizeRecorded{Practice: e.practice(6), Basis: fact.Registered, On: since, Patients: 7_000, Cited: told},
		fact.PracticeClosed{Practice: e.practice(5), LastDay: events.Day(2019, 1, 1), Dating: fact.Dating{Undated: true, NotBefore: events.Day(2018, 1, 1)}},
		fact.Merged{Network: e.network(4), Into: e.network(1), On: since},
		fact.DirectorAppointed{Network: e.network(1), Person: e.person("director"), Share: share("0.5"), Profession: "nurse " + e.mark, FirstRole: &first, Period: events.Period{From: e.day(5), To: e.later(5)}},
		fact.DirectorNoticeGiven{Network: e.network(1), Person: e.person("director"), GivenOn: e.day(6), LastDay: e.later(6)},
		fact.DeputyNamed{Network: e.network(1), Person: e.person("deputy"), Period: events.Period{From: e.day(7), To: e.later(7)}},
		fact.DirectorAppointed{Network: e.network(2), Person: e.person("gone"), Share: decimal.One, Period: events.Period{From: e.day(8)}},
		fact.DirectorLeft{Network: e.network(2), Person: e.person("gone"), LastDay: e.day(9)},
		fact.Mandated{System: s, Person: e.person("speaker"), Body: "Board " + e.mark, Networks: []events.PCN{e.network(1), e.network(2)}, Topics: []string{"Topic " + e.mark}, Period: events.Period{From: e.day(11), To: e.later(11)}},
		fact.NoticeGiven{Practice: e.practice(1), Network: e.network(1), Notice: fact.Leave, GivenOn: e.day(12), LastDay: e.later(12)},
		fact.Covered{Practice: e.practice(3), Network: e.network(1), Period: events.Period{From: e.day(13), To: e.later(13)}},
	}
	for i := range 3 {
		for _, basis := range fact.Bases {
			all = append(all, fact.ListSizeRecorded{Practice: e.practice(i + 1), Basis: basis, On: since, Patients: 8_000 + i, Cited: told})
		}
		all = append(all, fact.ClinicalSystemRecorded{Practice: e.practice(i + 1), Supplier: "EMIS", Cited: told},
			fact.ContractMemberRecorded{Practice: e.practice(i + 1), On: since, Network: e.network(i), System: e.before(), Cited: told}, // of network 0 the book knows nothing
			fact.DeprivationRecorded{Practice: e.practice(i + 1), Year: 2025, Score: share("21.5"), Cited: told})
	}
	return all
}

// The two estates of a country, beside which there is one system with nothing.
var first, second = estate{1, "kx7qvm4t"}, estate{2, "zr3whj9p"}

// planted is a shelf with both.
func planted() *shelf {
	s := newShelf(fact.SourceCited{Source: cited.Source, Title: "ePCN.xlsx", AsAt: cited.AsAt, SHA256: strings.Repeat("9f86d081", 8)})
	for _, e := range []estate{first, second} {
		s.record(e.recorder(), e.facts()...)
	}
	for _, e := range []estate{first, second} { // of the deputies, nobody has said what they are called
		for _, what := range []string{"director", "speaker"} {
			s.record(e.recorder(), fact.PersonNamed{Person: e.person(what), Name: e.sealed(what)})
		}
	}
	return s
}

// entangled is planted, and what the two have to do with one another.
func entangled() *shelf {
	s := planted()
	// One of the first's networks is the second's now, and what is its own with
	// it; not for whom the first's representative speaks besides.
	moved := first.network(5)
	s.record("person-both", fact.NetworkRegistered{Network: moved, Name: "Gone over", System: first.system()})
	s.record(second.recorder(), fact.DirectorAppointed{Network: moved, Person: second.person("moved"), Share: decimal.One, Period: events.Period{From: second.day(14)}})
	s.record(first.recorder(), fact.Mandated{System: first.system(), Person: first.person("emissary"), Body: "Body " + first.mark, Networks: []events.PCN{moved, first.network(1)}, Period: events.Period{From: first.day(15)}})
	s.record(second.recorder(), fact.NetworkLocated{Network: moved, System: second.system(), From: events.Day(2026, 6, 1)})
	// A practice of the one is a member of the other's network: both know.
	s.record("person-both", fact.PracticeRegistered{Practice: "Z99991", Name: "Border", System: second.system()},
		fact.Joined{Practice: "Z99991", Network: first.network(3), Period: joined})
	return s
}

// scope is what somebody belongs to, and of whom they may see what is withheld.
type scope struct {
	of   events.Entity
	sees []estate
}

// scopes are an organisation of each kind of each estate, all of England, and
// what is in neither.
func scopes() (all []scope) {
	for _, e := range []estate{first, second} {
		for _, of := range e.organisations() {
			all = append(all, scope{of, []estate{e}})
		}
	}
	return append(all, scope{ask.England, []estate{first, second}}, scope{"partner-X1", nil}, scope{"network-U00000", nil}, scope{"", nil})
}

// leaks is a mark in an answer of somebody who may not see it, or empty.
func (s scope) leaks(answer string) string {
	for _, e := range []estate{first, second} {
		if slices.Contains(s.sees, e) {
			continue
		}
		for _, mark := range e.marks() {
			if strings.Contains(answer, mark) {
				return mark
			}
		}
	}
	return ""
}
