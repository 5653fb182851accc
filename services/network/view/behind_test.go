package view_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/figure"
	"github.com/ics-openbook/openbook/services/network/view"
)

// entryOf is the id of the nth fact of a test.
func entryOf(n int) events.ID { return events.ID(fmt.Sprintf("%08x-5b0a-4a57-9c3d-%012x", n, n)) }

// follow is the registry as a book of facts tells it.
func follow(t *testing.T, facts []fact.Event) (s view.State) {
	t.Helper()
	for i, e := range facts {
		data, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if s, err = view.Follow(s, events.Recorded{Envelope: events.Envelope{ID: entryOf(i), Type: e.EventType()}, Data: data}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// recounted is a history of which each fact has a word for its entry.
var recounted = []struct {
	as string
	fact.Event
}{
	{"system", fact.SystemRegistered{System: "QZ1", Name: "Demonstration"}},
	{"north", fact.NetworkRegistered{Network: "U99001", Name: "North", System: "QZ1"}},
	{"south", fact.NetworkRegistered{Network: "U99002", Name: "South", System: "QZ1"}},
	{"mill", fact.PracticeRegistered{Practice: "Z99001", Name: "Mill Lane", System: "QZ1"}},
	{"bridge", fact.PracticeRegistered{Practice: "Z99002", Name: "Bridge Street", System: "QZ1"}},
	{"alone", fact.PracticeRegistered{Practice: "Z99003", Name: "Alone", System: "QZ1"}},
	{"mill joined", fact.Joined{Practice: "Z99001", Network: "U99001", Period: events.Period{From: april}}},
	{"bridge joined", fact.Joined{Practice: "Z99002", Network: "U99002", Period: events.Period{From: april}}},
	{"bridge redated", fact.Redated{Practice: "Z99002", Network: "U99002", Was: april, Period: events.Period{From: april.AddDays(1)}}},
	{"mill before", list("Z99001", april.AddDays(-99), 7)},
	{"mill list", list("Z99001", april, 8211)},
	{"bridge list", list("Z99002", april, 9120)},
	{"mill's other list", fact.ListSizeRecorded{Practice: "Z99001", Basis: fact.Weighted, On: april, Patients: 1}},
	{"merged", fact.Merged{Network: "U99001", Into: "U99002", On: july}},
	{"one leads", fact.DirectorAppointed{Network: "U99002", Person: "person-1", Share: decimal.MustParse("0.5"), Period: events.Period{From: april}}},
	{"two leads", fact.DirectorAppointed{Network: "U99002", Person: "person-2", Share: decimal.MustParse("0.3"), Period: events.Period{From: april}}},
	{"one left", fact.DirectorLeft{Network: "U99002", Person: "person-1", LastDay: july.AddDays(9)}},
}

func list(p events.Practice, on events.Date, patients int) fact.Event {
	return fact.ListSizeRecorded{Practice: p, Basis: fact.Registered, On: on, Patients: patients}
}

// Every figure says what it is worked out of, and which entries say so: also of a
// registry that was frozen meanwhile.
func TestWorkings(t *testing.T) {
	var facts []fact.Event
	words := map[events.ID]string{}
	for i, e := range recounted {
		facts, words[entryOf(i)] = append(facts, e.Event), e.as
	}
	folded := follow(t, facts)
	thawed, err := view.Thaw(strings.NewReader(freeze(t, folded)))
	if err != nil {
		t.Fatal(err)
	}
	for how, s := range map[string]view.State{"folded": folded, "thawed": thawed} {
		before, after, later := reading(s, july.AddDays(-1)), reading(s, july), reading(s, july.AddDays(12))
		for _, c := range []struct {
			of      string
			is      figure.Figure
			want    string
			entries string
		}{
			{"the networks", before.System("QZ1").NetworkCount(), "U99001, U99002 = 2 networks", "north, south"},
			{"the practices", before.System("QZ1").PracticeCount(), "Z99001, Z99002, Z99003 = 3 practices", "mill, bridge, alone"},
			{"the members", before.System("QZ1").MemberCount(), "Z99001, Z99002 = 2 practices", "mill joined, bridge redated"},
			{"all patients", before.System("QZ1").Patients(fact.Registered), "8211 + 9120 = 17331 patients", "mill list, mill joined, bridge list, bridge redated"},
			{"the network's", before.Network("U99001").PracticeCount(), "Z99001 = 1 practice", "mill joined"},
			{"the network's patients", before.Network("U99001").Patients(fact.Registered), "8211 = 8211 patients", "mill list, mill joined"},
			{"the merged network's", after.Network("U99001").PracticeCount(), "nothing = 0 practices", ""},
			{"those it merged into", after.Network("U99002").PracticeCount(), "Z99001, Z99002 = 2 practices", "mill joined, merged, bridge redated"},
			{"their patients", after.Network("U99002").Patients(fact.Registered), "8211 + 9120 = 17331 patients", "mill list, mill joined, merged, bridge list, bridge redated"},
			{"a practice's", after.Practice("Z99001").Patients(fact.Weighted), "1 = 1 patient", "mill's other list"},
			{"the open post", after.Network("U99002").DirectorVacancy().Share, "1 − 0.5 − 0.3 = 0.2 posts", "one leads, one left, two leads"},
			{"the post one has left", later.Network("U99002").DirectorVacancy().Share, "1 − 0.3 = 0.7 posts", "two leads"},
			{"since some was open", later.Network("U99002").DirectorVacancy().Days, later.On.String() + " − 2025-04-01 + 1 = 469 days", "two leads"},
		} {
			p := c.is.Passport
			if p == nil {
				t.Errorf("%s, %s: no passport, of %+v", how, c.of, c.is.Unknown)
				continue
			}
			var entries []string
			for _, id := range p.Entries() {
				entries = append(entries, words[id])
			}
			if p.Rule == "" || p.Arithmetic() != c.want || strings.Join(entries, ", ") != c.entries {
				t.Errorf("%s, %s: %s of %s, want %s of %s", how, c.of, p.Arithmetic(), entries, c.want, c.entries)
			}
		}
	}
	if _, err := view.Follow(folded, events.Recorded{Envelope: events.Envelope{Type: facts[0].EventType()}, Data: []byte("[")}); err == nil {
		t.Error("what cannot be read is folded")
	}
}

// What counts in a contract year does so by what has been said of it, or by the
// registry's membership.
func TestWhatIsBehindACounting(t *testing.T) {
	freeze := events.Day(2026, 1, 1)
	s := follow(t, []fact.Event{
		fact.NetworkRegistered{Network: "U99001", Name: "North", System: "QZ1"},
		fact.PracticeRegistered{Practice: "Z99001", Name: "Mill Lane", System: "QZ1"},
		fact.PracticeRegistered{Practice: "Z99002", Name: "Bridge Street", System: "QZ1"},
		fact.Joined{Practice: "Z99001", Network: "U99001", Period: events.Period{From: april}},
		fact.Joined{Practice: "Z99002", Network: "U99001", Period: events.Period{From: april}},
		fact.ContractMemberRecorded{Practice: "Z99002", On: freeze, Network: "U99001"},
		list("Z99002", freeze, 9120),
		fact.DeprivationRecorded{Practice: "Z99002", Year: 2025, Score: decimal.MustParse("20")},
	})
	c := reading(s, april).Counting(freeze)
	all := c.Network("U99001")
	if len(all) != 2 {
		t.Fatalf("%d practices count", len(all))
	}
	got := slices.Concat(c.Behind(all[0], "U99001"), c.Behind(all[1], "U99001"), all[1].Counted(fact.Registered, freeze).Entries, all[1].Deprivation().Entries())
	if want := []events.ID{entryOf(3), entryOf(5), entryOf(6), entryOf(7)}; !slices.Equal(got, want) {
		t.Errorf("%s are behind it, want %s", got, want)
	}
	if is := all[1].Counted(fact.Registered, freeze).Is; is != "9120" {
		t.Errorf("it counts %s", is)
	}
}
