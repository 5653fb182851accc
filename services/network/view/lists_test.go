package view_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/network/view"
)

var july = events.Day(2026, time.July, 1)

// country is two systems, one of which has been succeeded, and what can be told
// apart in lists.
var country = []fact.Event{
	fact.SystemRegistered{System: "QZ1", Name: "First"},
	fact.SystemRegistered{System: "QZ2", Name: "Second"},
	fact.SystemRegistered{System: "QZ3", Name: "Third"},
	fact.SystemSucceeded{System: "QZ3", By: []events.ICB{"QZ2"}, On: april},
	fact.NetworkRegistered{Network: "U99001", Name: "beech", System: "QZ1"},
	fact.NetworkRegistered{Network: "U99002", Name: "Ash", System: "QZ1"},
	fact.NetworkRegistered{Network: "U99003", Name: "Cedar", System: "QZ2"},
	fact.NetworkRegistered{Network: "U99004", Name: "ash", System: "QZ2"},
	fact.NetworkClosed{Network: "U99004", LastDay: march},
	fact.PracticeRegistered{Practice: "Z99001", Name: "Mill Lane", System: "QZ1"},
	fact.PracticeRegistered{Practice: "Z99002", Name: "Bridge Street", System: "QZ1"},
	fact.PracticeRegistered{Practice: "Z99003", Name: "High Street", System: "QZ2"},
	fact.PracticeRegistered{Practice: "Z99004", Name: "Alone", System: "QZ2"},
	fact.PracticeRegistered{Practice: "Z99005", Name: "Perhaps", System: "QZ2"},
	fact.PracticeRegistered{Practice: "Z99006", Name: "Closed Street", System: "QZ1"},
	fact.PracticeClosed{Practice: "Z99006", LastDay: april},
	fact.Joined{Practice: "Z99001", Network: "U99002", Period: events.Period{From: april}},
	fact.Joined{Practice: "Z99002", Network: "U99002", Period: events.Period{From: april}},
	fact.Joined{Practice: "Z99003", Network: "U99001", Period: events.Period{From: april}},
	fact.Joined{Practice: "Z99005", Network: "U99003", Period: events.Period{From: july.AddDays(9)}, Dating: fact.Dating{Undated: true, NotBefore: april}},
	fact.ListSizeRecorded{Practice: "Z99003", Basis: fact.Registered, On: april, Patients: 9_000},
	fact.ListSizeRecorded{Practice: "Z99001", Basis: fact.Registered, On: april, Patients: 4_000},
	fact.ListSizeRecorded{Practice: "Z99002", Basis: fact.Registered, On: april, Patients: 4_000},
	fact.ClinicalSystemRecorded{Practice: "Z99003", Supplier: "TPP"},
}

func TestOrders(t *testing.T) {
	r := reading(fold(country), july)
	for by, want := range map[view.Order]string{
		view.ByCode:      "[U99001 U99002 U99003]",
		view.ByName:      "[U99002 U99001 U99003]",
		view.ByPractices: "[U99002 U99001 U99003]", // how many U99003 has is not known
		view.ByPatients:  "[U99001 U99002 U99003]",
	} {
		all := r.Networks(view.Filter{})
		view.Sort(all, by)
		if got := fmt.Sprint(codes(all)); got != want {
			t.Errorf("by %s they are %s, want %s", by, got, want)
		}
		for i, n := range all[1:] {
			if before := all[i]; before.Key(by) >= n.Key(by) {
				t.Errorf("by %s the key of %s is %q, that of %s after it %q", by, before.Code(), before.Key(by), n.Code(), n.Key(by))
			}
		}
	}
	all := r.Networks(view.Filter{Closed: true})
	view.Sort(all, view.ByName)
	if got := fmt.Sprint(codes(all)); got != "[U99002 U99004 U99001 U99003]" {
		t.Errorf("two of one name are %s", got)
	}
}

func TestPracticesAreChosen(t *testing.T) {
	r := reading(fold(country), july)
	for want, f := range map[string]view.PracticeFilter{
		"[Z99001 Z99002 Z99003 Z99004 Z99005]":        {},
		"[Z99001 Z99002 Z99003 Z99004 Z99005 Z99006]": {Closed: true},
		"[Z99001 Z99002]":                             {System: "QZ1"},
		"[Z99001 Z99002 Z99006]":                      {System: "QZ1", Closed: true},
		"[Z99002 Z99003]":                             {Text: "STREET"},
		"[Z99005]":                                    {Text: "z99005"},
		"[Z99003]":                                    {ClinicalSystem: "tpp"},
		"[Z99002]":                                    {Network: "U99002", Text: "bridge"},
		"[Z99004]":                                    {Network: view.NoNetwork, System: "QZ2"}, // Z99005 may be in one
		"[]":                                          {Network: "U00000"},
	} {
		var got []events.Practice
		for _, p := range r.Practices(f) {
			got = append(got, p.Code())
		}
		if fmt.Sprint(got) != want {
			t.Errorf("%+v chooses %v, want %s", f, got, want)
		}
	}
}

func TestSystemsOfTheDay(t *testing.T) {
	s := fold(country)
	for _, c := range []struct {
		on     events.Date
		closed bool
		want   string
	}{
		{april.AddDays(-1), false, "[QZ1 QZ2 QZ3]"},
		{april, false, "[QZ1 QZ2]"},
		{april, true, "[QZ1 QZ2 QZ3]"},
	} {
		var got []events.ICB
		for _, in := range reading(s, c.on).Systems(c.closed) {
			got = append(got, in.Code())
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("on %s, closed %v, there are %v, want %s", c.on, c.closed, got, c.want)
		}
	}
}

// The practices of a network are its members of the day, each once.
func TestPracticesOfANetwork(t *testing.T) {
	for on, want := range map[events.Date]string{april.AddDays(-1): "[]", july: "[Z99001 Z99002]"} {
		var got []events.Practice
		for _, p := range reading(fold(country), on).Network("U99002").Practices() {
			got = append(got, p.Code())
		}
		if fmt.Sprint(got) != want {
			t.Errorf("on %s they are %v, want %s", on, got, want)
		}
	}
}

// What one reader of a network works out, the next finds; many at once find the
// same, and what a reader without it would.
func TestAReadingIsForMany(t *testing.T) {
	s := fold(append(country, fact.PlaceRegistered{System: "QZ1", Place: "WEST", Name: "West"}, fact.NetworkLocated{Network: "U99001", System: "QZ1", Place: "WEST", From: april}))
	say := func(n *view.Network) string {
		var practices []events.Practice
		for _, p := range n.Practices() {
			practices = append(practices, p.Code())
		}
		f := []any{n.Code(), n.System().Code(), n.Place() != nil, n.PracticeCount().Value, practices}
		for _, basis := range append(fact.Bases[:], "NONE") {
			if sum := n.Patients(basis); sum.Unknown == nil {
				f = append(f, sum.Value)
			} else {
				f = append(f, sum.Unknown.Reason)
			}
		}
		return fmt.Sprint(f...)
	}
	want := map[events.PCN]string{}
	for _, code := range []events.PCN{"U99001", "U99002"} {
		want[code] = say(reading(s, july).Network(code)) // each from a reading of its own
	}
	r := reading(s, july)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for _, n := range r.Networks(view.Filter{System: "QZ1"}) {
				for _, n := range []*view.Network{n, r.Network(n.Code()), r.Networks(view.Filter{Text: string(n.Code())})[0]} {
					if got := say(n); got != want[n.Code()] {
						t.Errorf("a common reading says\n%s\nnot\n%s", got, want[n.Code()])
					}
				}
			}
		})
	}
	all.Wait()
	if every := r.Networks(view.Filter{}); every[0] != r.Network("U99001") || r.Network("U99999") != nil {
		t.Error("a network of the list is another than the one by its code")
	}
}

// Conflicts and gaps have keys of their own, in the order they come in.
func TestKeysOfFindings(t *testing.T) {
	s := fold(append(country,
		fact.Joined{Practice: "Z99001", Network: "U99001", Period: events.Period{From: july}},
		fact.Joined{Practice: "Z99001", Network: "U99003", Period: events.Period{From: july}},
	))
	r := reading(s, july)
	within := view.Own{All: true}
	var keys []string
	for _, c := range r.Conflicts(within) {
		keys = append(keys, c.Key())
	}
	if len(keys) != 3 {
		t.Errorf("three memberships at once are %d conflicts", len(keys))
	}
	rising(t, keys)
	keys = nil
	for _, g := range r.Gaps(within) {
		keys = append(keys, g.Key())
	}
	if len(keys) < 10 {
		t.Errorf("there are %d gaps", len(keys))
	}
	rising(t, keys)
}

func rising(t *testing.T, keys []string) {
	t.Helper()
	for i := range keys[1:] {
		if keys[i] >= keys[i+1] {
			t.Errorf("after the key %q comes %q", keys[i], keys[i+1])
		}
	}
}

// What is found belongs to the system that the practice or network is in.
func TestFindingsOfOwnSystems(t *testing.T) {
	s := fold(append(country,
		fact.Joined{Practice: "Z99001", Network: "U99001", Period: events.Period{From: july}},
		fact.Joined{Practice: "Z99003", Network: "U99002", Period: events.Period{From: july}},
		fact.PracticeRegistered{Practice: "Z99007", Name: "Nowhere"},
	))
	r := reading(s, july)
	for _, c := range []struct {
		own       view.Own
		conflicts string
		of        map[events.Entity]bool // whether there are gaps of it
	}{
		{view.Own{All: true}, "[Z99001 Z99003]", map[events.Entity]bool{"network-U99001": true, "network-U99003": true, "practice-Z99007": true}},
		{view.Own{Systems: []events.ICB{"QZ1"}}, "[Z99001]", map[events.Entity]bool{"network-U99001": true, "network-U99003": false, "practice-Z99007": false}},
		{view.Own{Systems: []events.ICB{"QZ1", "QZ2"}}, "[Z99001 Z99003]", map[events.Entity]bool{"network-U99001": true, "network-U99003": true, "practice-Z99007": false}},
		{view.Own{Systems: []events.ICB{""}}, "[]", map[events.Entity]bool{"practice-Z99007": false}},
		{view.Own{}, "[]", map[events.Entity]bool{"network-U99001": false, "network-U99003": false, "practice-Z99007": false}},
	} {
		var got []events.Practice
		for _, x := range r.Conflicts(c.own) {
			got = append(got, x.Practice().Code())
		}
		if fmt.Sprint(got) != c.conflicts {
			t.Errorf("%+v: conflicts of %v, want %s", c.own, got, c.conflicts)
		}
		found := map[events.Entity]bool{}
		for _, g := range r.Gaps(c.own) {
			found[g.About] = true
		}
		for e, want := range c.of {
			if found[e] != want {
				t.Errorf("%+v: gaps of %s: %v", c.own, e, found[e])
			}
		}
	}
}

// What is in a system that has been succeeded counts where it stands now; and a
// reading gives one answer, however often it is asked and by how many at once.
func TestFiguresOfASystem(t *testing.T) {
	s := fold(append(country, fact.PracticeRegistered{Practice: "Z99009", Name: "Old", System: "QZ3"}))
	for on, want := range map[events.Date]string{april.AddDays(-1): "QZ1 3 QZ2 3 QZ3 1", july: "QZ1 2 QZ2 4"} {
		r := reading(s, on)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				var got []string
				for _, in := range r.Systems(false) {
					got = append(got, string(in.Code()), in.PracticeCount().Value.String())
				}
				if strings.Join(got, " ") != want {
					t.Errorf("on %s there are %v, want %s", on, got, want)
				}
			})
		}
		all.Wait()
		if first := r.System("QZ1"); first != r.System("QZ1") || len(first.Networks()) != 2 {
			t.Errorf("on %s QZ1 has the networks %v", on, codes(r.System("QZ1").Networks()))
		}
	}
}
