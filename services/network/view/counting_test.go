package view_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/figure"
	"github.com/ics-openbook/openbook/services/network/view"
)

var (
	freeze25 = events.Year("2025/26").Freeze()
	first25  = events.Year("2025/26").First()
	yearly   = fact.Cited{Source: "populations-2025-01-01-00000000", AsAt: freeze25}
)

// members are five practices in three networks by the registry, and one in none.
var members = []fact.Event{
	fact.NetworkRegistered{Network: "U99001", Name: "North", System: "QZ1"},
	fact.NetworkRegistered{Network: "U99002", Name: "South", System: "QZ1"},
	fact.NetworkRegistered{Network: "U99003", Name: "East", System: "QZ1"},
	fact.PracticeRegistered{Practice: "Z99001", Name: "Mill Lane", System: "QZ1"},
	fact.PracticeRegistered{Practice: "Z99002", Name: "Bridge Street", System: "QZ1"},
	fact.PracticeRegistered{Practice: "Z99003", Name: "High Street", System: "QZ1"},
	fact.PracticeRegistered{Practice: "Z99004", Name: "Church Walk", System: "QZ1"},
	fact.PracticeRegistered{Practice: "Z99005", Name: "Perhaps", System: "QZ1"},
	fact.PracticeRegistered{Practice: "Z99006", Name: "Alone", System: "QZ1"},
	fact.PracticeRegistered{Practice: "Z99007", Name: "Closed", System: "QZ1"},
	fact.PracticeClosed{Practice: "Z99007", LastDay: freeze25},
	fact.Joined{Practice: "Z99001", Network: "U99001", Period: events.Period{From: first25}}, // not before the year begins
	fact.Joined{Practice: "Z99002", Network: "U99001", Period: events.Period{From: freeze25, To: first25}},
	fact.Joined{Practice: "Z99003", Network: "U99001", Period: events.Period{From: freeze25, To: first25.AddDays(-1)}},
	fact.Joined{Practice: "Z99003", Network: "U99002", Period: events.Period{From: first25}},
	fact.Joined{Practice: "Z99004", Network: "U99002", Period: events.Period{From: freeze25}},
	fact.Joined{Practice: "Z99005", Network: "U99003", Period: events.Period{From: july}, Dating: fact.Dating{Undated: true, NotBefore: freeze25}},
}

func says(c fact.Cited, practice events.Practice, network events.PCN) fact.ContractMemberRecorded {
	return fact.ContractMemberRecorded{Practice: practice, On: freeze25, Network: network, System: "QZ9", Cited: c}
}

// told is what a counting tells, in a line.
func told(c *view.Counting) string {
	of := func(all []*view.Practice) string {
		var codes []string
		for _, p := range all {
			codes = append(codes, string(p.Code()[4:]))
		}
		return strings.Join(codes, ",")
	}
	line := fmt.Sprint(c.Stated())
	for _, n := range c.Networks() {
		line += " " + string(n[4:]) + ":" + of(c.Network(n))
		if why := c.Unknown(n); why != nil {
			line += "?" + why.Code
		}
	}
	return line + " outside:" + of(c.Outside())
}

func TestWhoCountsForWhom(t *testing.T) {
	cited := []fact.Event{fact.SourceCited{Source: yearly.Source, AsAt: freeze25}}
	complete := slices.Concat(cited, []fact.Event{fact.SourceCompleted{Source: yearly.Source}})
	some := []fact.Event{says(yearly, "Z99001", "U99002"), says(yearly, "Z99002", ""), says(yearly, "Z99003", "U99999")}
	for _, c := range []struct {
		name string
		more []fact.Event
		want string
	}{
		{"nothing is said: the registry on the first day of the year", nil, "false 01:01,02 02:03,04 03:?UNDATED outside:06"},
		{"a source has begun to say", slices.Concat(cited, some), "false 02:01,04 03:?UNDATED 99:03 outside:02,06"},
		{"a source has said all: of what it does not name, nothing counts", slices.Concat(some, complete), "true 02:01 99:03 outside:02"},
		{"a source has said all, of another day", slices.Concat(complete, []fact.Event{
			fact.ContractMemberRecorded{Practice: "Z99001", On: freeze25.AddDays(1), Network: "U99002", Cited: yearly},
		}), "false 01:01,02 02:03,04 03:?UNDATED outside:06"},
		{"a source of something else has been reported in full", slices.Concat(complete, []fact.Event{says(fact.Cited{Source: "populations-2025-01-01-11111111"}, "Z99001", "U99002")}), "false 01:02 02:01,03,04 03:?UNDATED outside:06"},
		{"a person has said it of one", []fact.Event{says(fact.Cited{}, "Z99005", "U99003")}, "true 01:01,02 02:03,04 03:05 outside:06"},
		{"a person has said it of a late one: all are by code", []fact.Event{says(fact.Cited{}, "Z99006", "U99002"), says(fact.Cited{}, "Z99005", "")}, "true 01:01,02 02:03,04,06 outside:05"},
		{"a later one for the same day corrects it", slices.Concat(some, complete, []fact.Event{says(yearly, "Z99001", "U99001")}), "true 01:01 99:03 outside:02"},
		{"in two networks on that day", []fact.Event{fact.Joined{Practice: "Z99004", Network: "U99001", Period: events.Period{From: first25}}}, "false 01:01,02?CONFLICTING_SOURCE 02:03?CONFLICTING_SOURCE 03:?UNDATED outside:06"},
		{"may have closed", []fact.Event{fact.PracticeClosed{Practice: "Z99006", LastDay: july, Dating: fact.Dating{Undated: true, NotBefore: freeze25}}}, "false 01:01,02 02:03,04 03:?UNDATED outside:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := fold(slices.Concat(members, c.more))
			s, err := view.Thaw(strings.NewReader(freeze(t, s)))
			if err != nil {
				t.Fatal(err)
			}
			if got := told(reading(s, july).Counting(freeze25)); got != c.want {
				t.Errorf("tells\n%s, want\n%s", got, c.want)
			}
		})
	}
}

// What is said of one year is said of no other, and each is the same however
// often and by how many it is asked for.
func TestCountingsAreKept(t *testing.T) {
	r := reading(fold(append(slices.Clone(members), says(fact.Cited{}, "Z99001", "U99003"))), july)
	want := map[int]string{2024: "false outside:01,02,03,04,05,06,07", 2025: "true 01:02 02:03,04 03:01?UNDATED outside:06", 2026: "false 01:01 02:03,04 03:?UNDATED outside:02,06"}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for year, want := range want {
				if got := told(r.Counting(events.Day(year, 1, 1))); got != want {
					t.Errorf("of %d it tells\n%s, want\n%s", year, got, want)
				}
			}
			for year := range 40 { // more than are kept
				r.Counting(events.Day(2000+year, 1, 1))
			}
		})
	}
	all.Wait()
	r = reading(r.State, july)
	first, second := r.Counting(freeze25), r.Counting(events.Day(2026, 1, 1))
	if again := testing.AllocsPerRun(1, func() {
		if first != r.Counting(freeze25) || second != r.Counting(events.Day(2026, 1, 1)) {
			t.Error("what has been worked out is another")
		}
	}); again != 0 {
		t.Error("what has been worked out is worked out again")
	}
}

// What counts for a network is not known while its own facts, or those of a
// practice that may count for it, cannot be read.
func TestCountingOfTheParked(t *testing.T) {
	for parked, want := range map[events.Entity]string{
		"network-U99001":  "true 01:02?PARKED 02:03,04 03:01?UNDATED outside:06",
		"practice-Z99003": "true 01:02?PARKED 02:03,04?PARKED 03:01?UNDATED outside:06",
		"practice-Z99001": "true 01:02?PARKED 02:03,04 03:01?PARKED outside:06",
	} {
		r := reading(fold(append(slices.Clone(members), says(fact.Cited{}, "Z99001", "U99003"))), july)
		r.Unknown = func(e events.Entity) *figure.Unknown {
			if e != parked {
				return nil
			}
			return &figure.Unknown{Code: "PARKED"}
		}
		if got := told(r.Counting(freeze25)); got != want {
			t.Errorf("with %s parked it tells\n%s, want\n%s", parked, got, want)
		}
		if _, _, why := r.Practice("Z99001").PatientsOn(fact.Adjusted, freeze25); parked == "practice-Z99001" && (why == nil || why.Code != "PARKED") {
			t.Errorf("the patients of a practice that is parked are known: %v", why)
		}
	}
}

// A list counts for the day it was frozen on and for no other; one that nobody
// has is owed by those who publish it.
func TestPatientsOnADay(t *testing.T) {
	r := reading(fold(append(slices.Clone(members),
		fact.ListSizeRecorded{Practice: "Z99001", Basis: fact.Adjusted, On: freeze25, Patients: 0, Cited: yearly},
		fact.ListSizeRecorded{Practice: "Z99001", Basis: fact.Registered, On: freeze25.AddDays(1), Patients: 8_000},
	)), july)
	for _, c := range []struct {
		practice events.Practice
		basis    fact.Basis
		want     string
	}{
		{"Z99001", fact.Adjusted, "0 populations-2025-01-01-00000000"},
		{"Z99002", fact.Adjusted, "NOT_SUBMITTED by practice-Z99002: Nobody has said how many patients Z99002 Bridge Street has (adjusted, 2025-01-01)."},
		{"Z99001", fact.Registered, "NOT_SUBMITTED by england: Nobody has said how many patients any practice had (registered, 2025-01-01)."},
		{"Z99001", fact.Weighted, "NOT_SUBMITTED by england: Nobody has said how many patients any practice had (weighted, 2025-01-01)."},
	} {
		n, source, why := r.Practice(c.practice).PatientsOn(c.basis, freeze25)
		got := fmt.Sprint(n, " ", source)
		if why != nil {
			got = fmt.Sprintf("%s by %s: %s", why.Code, *why.OwedBy, why.Reason)
			if n != 0 || source != "" || why.Since == nil || events.DateOf(*why.Since) != freeze25 {
				t.Errorf("%s on %s: what is not known is %d, of %q, since %v", c.practice, c.basis, n, source, why.Since)
			}
		}
		if got != c.want {
			t.Errorf("%s on %s is %q, want %q", c.practice, c.basis, got, c.want)
		}
	}
}

// A year of all England is to be worked out in some milliseconds.
func BenchmarkCounting(b *testing.B) {
	facts := []fact.Event{fact.SourceCited{Source: yearly.Source}, fact.SourceCompleted{Source: yearly.Source}}
	for i := range 6_249 {
		code, in := events.Practice(fmt.Sprintf("A%05d", i)), events.PCN(fmt.Sprintf("U%05d", i/5))
		facts = append(facts, fact.PracticeRegistered{Practice: code, Name: "Practice"},
			fact.Joined{Practice: code, Network: in, Period: events.Period{From: april.AddDays(-2000)}},
			fact.ListSizeRecorded{Practice: code, Basis: fact.Adjusted, On: freeze25, Patients: i, Cited: yearly}, says(yearly, code, in))
	}
	s := fold(facts)
	for name, on := range map[string]events.Date{"stated": freeze25, "by the registry": freeze25.AddDays(-366)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sum, c := 0, reading(s, july).Counting(on)
				for _, n := range c.Networks() {
					for _, p := range c.Network(n) {
						patients, _, _ := p.PatientsOn(fact.Adjusted, freeze25)
						sum += patients
					}
				}
				if sum == 0 {
					b.Fatal("nobody counts")
				}
			}
		})
	}
}
