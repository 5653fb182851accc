package network_test

import (
	"strings"
	"testing"
	"time"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/eventstest"
	"github.com/ics-openbook/openbook/events/network"
)

func TestFacts(t *testing.T) {
	april, march := events.Day(2026, time.April, 1), events.Day(2027, time.March, 31)
	cited := network.Cited{Source: "registrations-2026-07-01-9f86d081", AsAt: events.Day(2026, time.July, 1)}
	undated := network.Dating{Undated: true, NotBefore: events.Day(2024, time.October, 2)}
	first := true
	year := events.Period{From: april, To: march}
	eventstest.Run(t, network.Family, []network.Event{
		network.SystemRegistered{System: "D7T5G", Name: "NHS Essex Integrated Care Board", Region: "Y61", Cited: cited},
		network.SystemRenamed{System: "D7T5G", Name: "NHS Essex ICB", Cited: cited},
		network.SystemSucceeded{System: "QH8", By: []events.ICB{"D7T5G"}, On: april},
		network.SubICBRegistered{System: "D7T5G", SubICB: "99E", Name: "NHS Essex ICB - 99E", Cited: cited},
		network.PlaceRegistered{System: "D7T5G", Place: "WEST", Name: "West Essex"},
		network.PlaceRenamed{System: "D7T5G", Place: "WEST", Name: "West Essex and Harlow"},
		network.LMCRecorded{System: "D7T5G", LMC: "ESSEX", Name: "Essex LMC", Places: []network.Place{"WEST"}},
		network.Mandated{System: "D7T5G", Person: "person-7c9e", Body: "Primary Care Board", Networks: []events.PCN{"U12345"}, Topics: []string{"workforce"}, Period: year},
		network.MandateEnded{System: "D7T5G", Person: "person-7c9e", Body: "Primary Care Board", LastDay: march},
		network.NetworkRegistered{Network: "U12345", Name: "Riverside", System: "D7T5G", Place: "WEST", SubICB: "99E", Opened: april, Cited: cited},
		network.NetworkRenamed{Network: "U12345", Name: "Riverside and Hill", Cited: cited},
		network.NetworkLocated{Network: "U12345", System: "D7T5G", Place: "WEST", SubICB: "99E", From: april, Dating: undated, Cited: cited},
		network.NetworkClosed{Network: "U12345", LastDay: march, Dating: undated, Cited: cited},
		network.NetworkReopened{Network: "U12345", From: april, Cited: cited},
		network.Merged{Network: "U12345", Into: "U12346", On: april},
		network.Split{Network: "U12345", Into: "U12347", Practices: []events.Practice{"F81001"}, On: april},
		network.DirectorAppointed{Network: "U12345", Person: "person-7c9e", Share: decimal.MustParse("0.5"), Profession: "nurse", FirstRole: &first, Period: year},
		network.DirectorNoticeGiven{Network: "U12345", Person: "person-7c9e", GivenOn: april, LastDay: march},
		network.DirectorLeft{Network: "U12345", Person: "person-7c9e", LastDay: march},
		network.DeputyNamed{Network: "U12345", Person: "person-7c9e", Period: year},
		network.PracticeRegistered{Practice: "F81001", Name: "The Old Surgery", System: "D7T5G", SubICB: "99E", Cited: cited},
		network.PracticeRenamed{Practice: "F81001", Name: "The New Surgery", Cited: cited},
		network.PracticeLocated{Practice: "F81001", System: "D7T5G", SubICB: "99E", From: april, Dating: undated, Cited: cited},
		network.PracticeClosed{Practice: "F81001", LastDay: march, Dating: undated, Cited: cited},
		network.PracticeReopened{Practice: "F81001", From: april, Dating: undated, Cited: cited},
		network.Joined{Practice: "F81001", Network: "U12345", Period: year, Dating: undated, Cited: cited},
		network.Left{Practice: "F81001", Network: "U12345", LastDay: march, Dating: undated, Cited: cited},
		network.Redated{Practice: "F81001", Network: "U12345", Was: april, Period: year, Cited: cited},
		network.NoticeGiven{Practice: "F81001", Network: "U12345", Notice: network.OptOut, GivenOn: april, LastDay: march},
		network.NoticeWithdrawn{Practice: "F81001", Network: "U12345", On: april},
		network.Covered{Practice: "F81001", Network: "U12345", Period: year},
		network.ListSizeRecorded{Practice: "F81001", Basis: network.Adjusted, On: april, Patients: 8815, Cited: cited},
		network.ContractMemberRecorded{Practice: "F81001", On: events.Day(2026, time.January, 1), Network: "U12345", System: "QH8", Cited: cited},
		network.ClinicalSystemRecorded{Practice: "F81001", Supplier: "EMIS", Cited: cited},
		network.DeprivationRecorded{Practice: "F81001", Year: 2025, Score: decimal.MustParse("33.519"), Cited: cited},
		network.SourceCited{Source: "registrations-2026-07-01-9f86d081", Title: "gp-reg-pat-prac-map.csv", AsAt: cited.AsAt, SHA256: strings.Repeat("9f86d081", 8)},
		network.SourceCompleted{Source: "registrations-2026-07-01-9f86d081", Reports: 7473},
		network.PersonNamed{Person: "person-7c9e", Name: events.Sealed{Person: "person-7c9e", Box: []byte("nonce and ciphertext")}},
		network.PersonErased{Person: "person-7c9e", Reason: network.ErasureRequested},
	})
}

// Whoever folds one kind of history sees every fact of it, and no fact is of two.
func TestEveryFactIsOfOneKindOfHistory(t *testing.T) {
	for _, e := range network.Family.Facts() {
		_, ofSystem := e.(network.SystemEvent)
		_, ofNetwork := e.(network.NetworkEvent)
		_, ofPractice := e.(network.PracticeEvent)
		_, ofSource := e.(network.SourceEvent)
		_, ofPerson := e.(network.PersonEvent)
		kinds := 0
		for _, k := range []struct{ is, reads bool }{
			{ofSystem, network.SystemFamily.Reads(e.EventType())}, {ofNetwork, network.NetworkFamily.Reads(e.EventType())},
			{ofPractice, network.PracticeFamily.Reads(e.EventType())}, {ofSource, network.SourceFamily.Reads(e.EventType())},
			{ofPerson, network.PersonFamily.Reads(e.EventType())},
		} {
			if k.is != k.reads {
				t.Errorf("%s is of a kind whose family does not read it, or the other way round", e.EventType())
			}
			if k.is {
				kinds++
			}
		}
		if kinds != 1 {
			t.Errorf("%s is of %d kinds of history", e.EventType(), kinds)
		}
	}
}
