package system_test

import (
	"testing"
	"time"

	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/decider/decidertest"
	"github.com/ics-openbook/openbook/services/network/system"
	"github.com/ics-openbook/openbook/services/network/view"
)

var (
	april = events.Day(2026, time.April, 1)
	march = events.Day(2027, time.March, 31)
	qz1   = fact.SystemRegistered{System: "QZ1", Name: "Demonstration"}
	west  = fact.PlaceRegistered{System: "QZ1", Place: "WEST", Name: "West"}
)

func fold(facts ...fact.Event) (s view.State) {
	for _, e := range facts {
		s = view.Evolve(s, e)
	}
	return s
}

func TestSucceed(t *testing.T) {
	known := fold(qz1, fact.SystemRegistered{System: "QZ2", Name: "Second"}, fact.SystemRegistered{System: "QZ3", Name: "Third"},
		fact.SystemRegistered{System: "QZ0", Name: "Old"}, fact.SystemSucceeded{System: "QZ0", By: []events.ICB{"QZ2"}, On: april})
	succeed := func(on events.Date, by ...events.ICB) when {
		return func(s system.State) ([]fact.SystemEvent, error) {
			return system.Succeed(s, known, network.SucceedSystem{Code: "QZ1", By: by, On: on})
		}
	}
	succeeded := func(by ...events.ICB) fact.SystemSucceeded {
		return fact.SystemSucceeded{System: "QZ1", By: by, On: april}
	}
	given := []fact.SystemEvent{qz1}
	decidertest.Run(t, system.Evolve, []test{
		{Name: "by one", Given: given, When: succeed(april, "QZ2"), Then: []fact.SystemEvent{succeeded("QZ2")}},
		{Name: "by several", Given: given, When: succeed(april, "QZ2", "QZ3"), Then: []fact.SystemEvent{succeeded("QZ2", "QZ3")}},
		{Name: "by the same in another order", Given: append(given, succeeded("QZ2", "QZ3")), When: succeed(april, "QZ3", "QZ2")},
		{Name: "before it is registered", When: succeed(april, "QZ2"), Refused: system.ErrUnknown},
		{Name: "by one nobody has registered", Given: given, When: succeed(april, "QX9"), Refused: system.ErrUnknown},
		{Name: "by itself", Given: given, When: succeed(april, "QZ1"), Refused: system.ErrSame},
		{Name: "by one that has ended", Given: given, When: succeed(april, "QZ0"), Refused: system.ErrSucceeded},
		{Name: "on the last day of its successor", Given: given, When: succeed(april.AddDays(-1), "QZ0"), Then: []fact.SystemEvent{fact.SystemSucceeded{System: "QZ1", By: []events.ICB{"QZ0"}, On: april.AddDays(-1)}}},
		{Name: "twice", Given: append(given, succeeded("QZ2")), When: succeed(april, "QZ3"), Refused: system.ErrSucceeded},
	})
}

func TestLMC(t *testing.T) {
	record := func(name string, places ...fact.Place) when {
		return func(s system.State) ([]fact.SystemEvent, error) {
			return system.RecordLMC(s, view.State{}, network.RecordLMC{System: "QZ1", Code: "DEMO", Name: name, Places: places})
		}
	}
	recorded := fact.LMCRecorded{System: "QZ1", LMC: "DEMO", Name: "Demonstration LMC"}
	given := []fact.SystemEvent{qz1, west}
	decidertest.Run(t, system.Evolve, []test{
		{Name: "for the whole system", Given: given, When: record("Demonstration LMC"), Then: []fact.SystemEvent{recorded}},
		{Name: "for places, later", Given: append(given, recorded), When: record("Demonstration LMC", "WEST"),
			Then: []fact.SystemEvent{fact.LMCRecorded{System: "QZ1", LMC: "DEMO", Name: "Demonstration LMC", Places: []fact.Place{"WEST"}}}},
		{Name: "for a place there is not", Given: given, When: record("Demonstration LMC", "EAST"), Refused: system.ErrPlaceUnknown},
		{Name: "of no system", When: record("Demonstration LMC"), Refused: system.ErrUnknown},
	})
}

func TestMandate(t *testing.T) {
	known := fold(qz1, fact.SystemRegistered{System: "QZ2", Name: "Second"},
		fact.NetworkRegistered{Network: "U99001", Name: "North", System: "QZ1"},
		fact.NetworkRegistered{Network: "U99002", Name: "South", System: "QZ1"},
		fact.NetworkRegistered{Network: "U99003", Name: "Elsewhere", System: "QZ2"})
	const board = "Primary Care Board"
	speak := func(last events.Date, topics []string, networks ...events.PCN) when {
		return func(s system.State) ([]fact.SystemEvent, error) {
			return system.Mandate(s, known, network.MandateRepresentative{
				System: "QZ1", Person: "person-1", Body: board, Networks: networks, Topics: topics, From: april, LastDay: last,
			})
		}
	}
	end := func(last events.Date) when {
		return func(s system.State) ([]fact.SystemEvent, error) {
			return system.EndMandate(s, known, network.EndMandate{System: "QZ1", Person: "person-1", Body: board, LastDay: last})
		}
	}
	mandated := func(to events.Date, networks ...events.PCN) fact.Mandated {
		return fact.Mandated{System: "QZ1", Person: "person-1", Body: board, Networks: networks, Period: events.Period{From: april, To: to}}
	}
	ended := fact.MandateEnded{System: "QZ1", Person: "person-1", Body: board, LastDay: april.AddDays(30)}
	given, speaks := []fact.SystemEvent{qz1}, []fact.SystemEvent{qz1, mandated(march, "U99001")}
	decidertest.Run(t, system.Evolve, []test{
		{Name: "for two networks", Given: given, When: speak(march, nil, "U99001", "U99002"), Then: []fact.SystemEvent{mandated(march, "U99001", "U99002")}},
		{Name: "for one more", Given: speaks, When: speak(march, nil, "U99001", "U99002"), Then: []fact.SystemEvent{mandated(march, "U99001", "U99002")}},
		{Name: "about something", Given: speaks, When: speak(march, []string{"workforce"}, "U99001"),
			Then: []fact.SystemEvent{fact.Mandated{System: "QZ1", Person: "person-1", Body: board, Networks: []events.PCN{"U99001"}, Topics: []string{"workforce"}, Period: events.Period{From: april, To: march}}}},
		{Name: "for a network of another system", Given: given, When: speak(march, nil, "U99001", "U99003"), Refused: system.ErrNetworkElsewhere},
		{Name: "for a network nobody knows", Given: given, When: speak(march, nil, "U00000"), Refused: system.ErrNetworkElsewhere},
		{Name: "in no system", When: speak(march, nil, "U99001"), Refused: system.ErrUnknown},
		{Name: "in a system that has ended", Given: append(given, fact.SystemSucceeded{System: "QZ1", By: []events.ICB{"QZ2"}, On: april}), When: speak(march, nil, "U99001"), Refused: system.ErrSucceeded},
		{Name: "ended early", Given: speaks, When: end(april.AddDays(30)), Then: []fact.SystemEvent{ended}},
		{Name: "ended before it began", Given: speaks, When: end(april.AddDays(-1)), Refused: system.ErrEndsBeforeStart},
		{Name: "ended after it ends", Given: speaks, When: end(march.AddDays(1)), Refused: system.ErrEndsAlready},
		{Name: "ended by who has none", Given: given, When: end(march), Refused: system.ErrMandateUnknown},
		{Name: "renewed after an end", Given: append(speaks, ended), When: speak(march, nil, "U99001"), Then: []fact.SystemEvent{mandated(march, "U99001")}},
	})
}
