package view_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/figure"
	"github.com/ics-openbook/openbook/services/network/view"
)

var (
	april = events.Day(2025, time.April, 1)
	march = events.Day(2026, time.March, 31)
)

var history = []fact.Event{
	fact.SystemRegistered{System: "QZ1", Name: "Demonstration", Region: "Y59"},
	fact.PlaceRegistered{System: "QZ1", Place: "WEST", Name: "West"},
	fact.NetworkRegistered{Network: "U99002", Name: "South", System: "QZ1"},
	fact.NetworkRegistered{Network: "U99001", Name: "North", System: "QZ1", Place: "WEST"},
	fact.PracticeRegistered{Practice: "Z99001", Name: "Mill Lane", System: "QZ1"},
	fact.PracticeRegistered{Practice: "Z99002", Name: "Bridge Street", System: "QZ1"},
	fact.Joined{Practice: "Z99001", Network: "U99001", Period: events.Period{From: april}},
	fact.Joined{Practice: "Z99002", Network: "U99001", Period: events.Period{From: april}},
	fact.Left{Practice: "Z99001", Network: "U99001", LastDay: march},
	fact.Joined{Practice: "Z99001", Network: "U99002", Period: events.Period{From: march.AddDays(1)}},
	fact.NetworkRenamed{Network: "U99001", Name: "Far North"},
	fact.SystemRenamed{System: "QZ1", Name: "Demonstration ICS"},
	fact.PlaceRenamed{System: "QZ1", Place: "WEST", Name: "Far West"},
	fact.PracticeRenamed{Practice: "Z99002", Name: "Bridge Road"},
}

func TestReading(t *testing.T) {
	s := fold(history)
	for _, c := range []struct {
		on                 events.Date
		north, south       string
		millLaneIsInThisOn events.PCN
	}{
		{april.AddDays(-1), "0", "0", ""},
		{april, "2", "0", "U99001"},
		{march, "2", "0", "U99001"}, // the last day still counts
		{march.AddDays(1), "1", "1", "U99002"},
	} {
		t.Run(c.on.String(), func(t *testing.T) {
			r := reading(s, c.on)
			if got := r.Network("U99001").PracticeCount().Value.String(); got != c.north {
				t.Errorf("U99001 has %s practices, want %s", got, c.north)
			}
			if got := r.Network("U99002").PracticeCount().Value.String(); got != c.south {
				t.Errorf("U99002 has %s practices, want %s", got, c.south)
			}
			var in events.PCN
			if n := r.Practice("Z99001").Network(); n != nil {
				in = n.Code()
			}
			if in != c.millLaneIsInThisOn {
				t.Errorf("Z99001 is in %q, want %q", in, c.millLaneIsInThisOn)
			}
		})
	}
	r := reading(s, march)
	for _, c := range []struct{ is, want string }{
		{r.System("QZ1").Name(), "Demonstration ICS"},
		{r.Network("U99001").Name(), "Far North"},
		{r.Network("U99001").Place().Name(), "Far West"},
		{r.Practice("Z99002").Name(), "Bridge Road"},
		{fmt.Sprint(codes(r.Networks(view.Filter{}))), "[U99001 U99002]"},
		{fmt.Sprint(codes(r.Networks(view.Filter{System: "QZ1"}))), "[U99001 U99002]"},
		{fmt.Sprint(codes(r.Networks(view.Filter{System: "QX9"}))), "[]"},
		{fmt.Sprint(len(r.Network("U99001").Memberships())), "2"},
	} {
		if c.is != c.want {
			t.Errorf("is %q, want %q", c.is, c.want)
		}
	}
	if r.Network("U00000") != nil || r.System("QX9") != nil || r.Practice("A00000") != nil || r.Network("U99002").Place() != nil {
		t.Error("something is there that nobody has registered")
	}
}

func codes(networks []*view.Network) (all []events.PCN) {
	for _, n := range networks {
		all = append(all, n.Code())
	}
	return all
}

// A figure that includes something parked is unknown; others stand.
func TestParkedIsUnknownNotZero(t *testing.T) {
	r := reading(fold(history), march)
	r.Unknown = func(e events.Entity) *figure.Unknown {
		if e == "practice-Z99002" {
			return &figure.Unknown{Code: "PARKED"}
		}
		return nil
	}
	if f := r.Network("U99001").PracticeCount(); f.Value != nil || f.Unknown.Code != "PARKED" {
		t.Errorf("a network with a parked practice counts %v", f)
	}
	if f := r.Network("U99002").PracticeCount(); f.Unknown != nil || f.Value.String() != "0" {
		t.Errorf("a network without counts %v", f)
	}
}

// A source tells where something is on the day it describes. Before, a system's
// figures are not known: that it had nothing, nobody has said.
func TestFiguresOfASystemBeforeAnySourceTells(t *testing.T) {
	told := fact.Cited{Source: "epcn-2025-04-01-9f86d081", AsAt: april}
	moved := fact.Cited{Source: "epcn-2026-03-31-9f86d081", AsAt: march}
	s := fold([]fact.Event{
		fact.SystemRegistered{System: "QZ1", Name: "First"}, fact.SystemRegistered{System: "QZ2", Name: "Second"}, fact.SystemRegistered{System: "QZ3", Name: "Third"},
		fact.SystemRegistered{System: "QZ0", Name: "Before"}, fact.SystemSucceeded{System: "QZ0", By: []events.ICB{"QZ3"}, On: april.AddDays(-9)},
		fact.NetworkRegistered{Network: "U99001", Name: "North", System: "QZ1", Opened: april.AddDays(-100), Cited: told},
		fact.NetworkLocated{Network: "U99001", System: "QZ2", From: march, Dating: fact.Dating{Undated: true, NotBefore: april.AddDays(50)}, Cited: moved},
		fact.PracticeRegistered{Practice: "Z99001", Name: "Mill Lane", System: "QZ1", Cited: told},
		fact.Joined{Practice: "Z99001", Network: "U99001", Period: events.Period{From: april.AddDays(-100)}, Cited: told},
		fact.ListSizeRecorded{Practice: "Z99001", Basis: fact.Registered, On: april.AddDays(-100), Patients: 9_000},
		fact.NetworkRegistered{Network: "U99002", Name: "South", System: "QZ0", Opened: april.AddDays(-100), Cited: told},
	})
	for _, c := range []struct {
		on     events.Date
		system events.ICB
		want   string // networks, practices, members, patients
	}{
		{april.AddDays(-101), "QZ1", "0 ? 0 0"}, // there was no network
		{april.AddDays(-1), "QZ1", "? ? ? ?"},
		{april.AddDays(-1), "QZ2", "? 0 ? ?"},
		{april.AddDays(-1), "QZ3", "? 0 ? ?"},
		{april, "QZ1", "1 1 1 9000"},
		{april, "QZ3", "1 0 0 0"},
		{april.AddDays(50), "QZ1", "? 1 ? ?"},
		{april.AddDays(50), "QZ2", "? 0 ? ?"},
		{march, "QZ1", "0 1 0 0"},
		{march, "QZ2", "1 0 1 9000"},
	} {
		q := reading(s, c.on).System(c.system)
		var all []string
		for _, f := range []figure.Figure{q.NetworkCount(), q.PracticeCount(), q.MemberCount(), q.Patients(fact.Registered)} {
			switch {
			case f.Unknown == nil:
				all = append(all, f.Value.String())
			case f.Value != nil || f.Unknown.Code != "SYSTEM_NOT_KNOWN":
				t.Errorf("on %s a figure of %s is %v, and not known: %v", c.on, c.system, f.Value, f.Unknown)
			default:
				all = append(all, "?")
			}
		}
		if got := strings.Join(all, " "); got != c.want {
			t.Errorf("on %s the figures of %s are %s, want %s", c.on, c.system, got, c.want)
		}
	}
	why := reading(s, april.AddDays(50)).System("QZ2").NetworkCount().Unknown
	if want := "No source tells which system U99001 North was in on 2025-05-21; it was in QZ2 by 2026-03-31."; why == nil || why.Reason != want {
		t.Errorf("it is not known because %v, want %q", why, want)
	}
}

// A file may have a practice in two networks at once. It is one practice still.
func TestASystemCountsEachPracticeOnce(t *testing.T) {
	s := fold(append(slices.Clone(history),
		fact.Joined{Practice: "Z99002", Network: "U99002", Period: events.Period{From: april}},
		fact.ListSizeRecorded{Practice: "Z99001", Basis: fact.Registered, On: april, Patients: 4_000},
		fact.ListSizeRecorded{Practice: "Z99002", Basis: fact.Registered, On: april, Patients: 5_000}))
	q := reading(s, april).System("QZ1")
	if got := fmt.Sprint(q.PracticeCount().Value, q.MemberCount().Value, q.Patients(fact.Registered).Value); got != "2 2 9000" {
		t.Errorf("of two practices, one of them in two networks, the system counts %s", got)
	}
}

// What is opened again from a day was closed until then; what was never closed
// was open all along.
func TestClosedBetweenClosureAndReopening(t *testing.T) {
	for from, want := range map[events.Date]string{march: "true false false true", {}: "true true true true"} {
		s := fold(append(slices.Clone(history),
			fact.NetworkClosed{Network: "U99002", LastDay: april}, fact.NetworkReopened{Network: "U99002", From: from},
			fact.PracticeClosed{Practice: "Z99002", LastDay: april}, fact.PracticeReopened{Practice: "Z99002", From: from}))
		s, err := view.Thaw(strings.NewReader(freeze(t, s)))
		if err != nil {
			t.Fatal(err)
		}
		var networks, practices []bool
		for _, on := range []events.Date{april, april.AddDays(1), march.AddDays(-1), march} {
			r := reading(s, on)
			networks, practices = append(networks, r.Network("U99002").Open()), append(practices, r.Practice("Z99002").Open())
		}
		if n, p := strings.Trim(fmt.Sprint(networks), "[]"), strings.Trim(fmt.Sprint(practices), "[]"); n != want || p != want {
			t.Errorf("reopened from %q, the network is open %s, the practice %s, want %s", from, n, p, want)
		}
	}
}

// A practice's last day is the last of its membership too, also of one that was
// to end later.
func TestAClosedPracticeIsNoMember(t *testing.T) {
	s := fold([]fact.Event{
		fact.NetworkRegistered{Network: "U99001", Name: "North", System: "QZ1"},
		fact.PracticeRegistered{Practice: "Z99001", Name: "Mill Lane", System: "QZ1"},
		fact.Joined{Practice: "Z99001", Network: "U99001", Period: events.Period{From: april, To: march}},
		fact.PracticeClosed{Practice: "Z99001", LastDay: april.AddDays(30)},
	})
	for on, want := range map[events.Date]string{april.AddDays(30): "1", april.AddDays(31): "0"} {
		if got := reading(s, on).Network("U99001").PracticeCount(); got.Value.String() != want {
			t.Errorf("on %s there are %v members, want %s", on, got.Value, want)
		}
	}
}

// A fold leaves every state it came from as it was, so that readers of an older
// one are not disturbed; and a frozen state thaws to itself.
func TestStatesStay(t *testing.T) {
	var states []view.State
	var frozen []string
	s := view.State{}
	for _, e := range append([]fact.Event{nil}, history...) {
		if e != nil {
			s = view.Evolve(s, e)
		}
		states = append(states, s)
		frozen = append(frozen, freeze(t, s))
	}
	for i, s := range states {
		if diff := cmp.Diff(frozen[i], freeze(t, s)); diff != "" {
			t.Errorf("the state after %d facts has changed:\n%s", i, diff)
		}
		thawed, err := view.Thaw(strings.NewReader(frozen[i]))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(frozen[i], freeze(t, thawed)); diff != "" {
			t.Errorf("the state after %d facts thaws to another:\n%s", i, diff)
		}
	}
}

func TestAbove(t *testing.T) {
	s := fold(history)
	for e, want := range map[events.Entity]string{
		"system-QZ1":      "[system-QZ1]",
		"network-U99001":  "[network-U99001 system-QZ1]",
		"practice-Z99001": "[practice-Z99001 system-QZ1]",
		"place-QZ1-WEST":  "[place-QZ1-WEST system-QZ1]",
		"network-U00000":  "[]",
		"system-QX9":      "[]",
		"place-QZ1-EAST":  "[]",
		"england":         "[england]",
	} {
		if got := fmt.Sprint(s.Above(e)); got != want {
			t.Errorf("above %s is %s, want %s", e, got, want)
		}
	}
}

// What a system leaves is its successor's from its first day without it, and
// nobody's where there are several.
func TestAnswering(t *testing.T) {
	april := events.Day(2026, time.April, 1)
	s := fold([]fact.Event{
		fact.SystemRegistered{System: "QZ1", Name: "One"}, fact.SystemRegistered{System: "QZ2", Name: "Two"},
		fact.SystemRegistered{System: "QZ3", Name: "Three"}, fact.SystemRegistered{System: "QZ4", Name: "Four"},
		fact.NetworkRegistered{Network: "U99001", Name: "Network", System: "QZ1"},
		fact.SystemSucceeded{System: "QZ1", By: []events.ICB{"QZ2"}, On: april},
		fact.SystemSucceeded{System: "QZ3", By: []events.ICB{"QZ2", "QZ4"}, On: april},
	})
	for _, c := range []struct {
		of   events.Entity
		on   events.Date
		want string
	}{
		{"system-QZ1", april.AddDays(-1), "[system-QZ1]"},
		{"system-QZ1", april, "[system-QZ1 system-QZ2]"},
		{"system-QZ2", april, "[system-QZ2]"},
		{"system-QZ3", april, "[system-QZ3]"},
		{"network-U99001", april, "[network-U99001 system-QZ2]"},
		{"system-QX9", april, "[]"},
	} {
		if got := fmt.Sprint(s.Answering(c.of, c.on)); got != c.want {
			t.Errorf("for %s on %s answer %s, want %s", c.of, c.on, got, c.want)
		}
	}
}

func fold(facts []fact.Event) (s view.State) {
	for _, e := range facts {
		s = view.Evolve(s, e)
	}
	return s
}

func reading(s view.State, on events.Date) *view.Reading {
	return &view.Reading{State: s, On: on, Unknown: func(events.Entity) *figure.Unknown { return nil }}
}

func freeze(t *testing.T, s view.State) string {
	var b strings.Builder
	if err := view.Freeze(s, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func BenchmarkEvolve(b *testing.B) {
	var s view.State
	s = view.Evolve(s, history[0])
	for i := range 1300 {
		s = view.Evolve(s, fact.NetworkRegistered{Network: events.PCN(fmt.Sprintf("U%05d", i)), Name: "N", System: "QZ1"})
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s = view.Evolve(s, fact.NetworkRenamed{Network: events.PCN(fmt.Sprintf("U%05d", i%1300)), Name: "M"})
	}
}
