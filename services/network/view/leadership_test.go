package view_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/figure"
	"github.com/ics-openbook/openbook/services/network/view"
)

func day(month time.Month, day int) events.Date { return events.Day(2026, month, day) }

func after(facts ...fact.Event) view.State {
	return fold(append([]fact.Event{
		fact.SystemRegistered{System: "QZ1", Name: "Demonstration"},
		fact.PlaceRegistered{System: "QZ1", Place: "WEST", Name: "West"},
		fact.NetworkRegistered{Network: "U99001", Name: "North", System: "QZ1"},
		fact.NetworkRegistered{Network: "U99002", Name: "South", System: "QZ1"},
		fact.NetworkRegistered{Network: "U99003", Name: "East", System: "QZ1"},
		fact.PracticeRegistered{Practice: "Z99001", Name: "Mill Lane", System: "QZ1"},
		fact.PracticeRegistered{Practice: "Z99002", Name: "Bridge Street", System: "QZ1"},
	}, facts...))
}

func TestVacancy(t *testing.T) {
	director := func(person events.PersonRef, share string, from, to events.Date) fact.DirectorAppointed {
		return fact.DirectorAppointed{Network: "U99001", Person: person, Share: decimal.MustParse(share), Period: events.Period{From: from, To: to}}
	}
	s := after(
		director("person-1", "0.5", day(1, 1), day(6, 30)),
		director("person-2", "0.5", day(2, 1), day(3, 31)),
		director("person-3", "1", day(7, 11), events.Date{}),
		fact.DirectorNoticeGiven{Network: "U99001", Person: "person-3", GivenOn: day(9, 1), LastDay: day(12, 31)},
	)
	for on, want := range map[events.Date]string{
		events.Day(2025, 12, 31): "unknown",
		day(1, 1):                "0.5 since 2026-01-01, 1: person-1",
		day(1, 31):               "0.5 since 2026-01-01, 31: person-1",
		day(2, 1):                "0.0 since , 0: person-1 person-2",
		day(3, 31):               "0.0 since , 0: person-1 person-2",
		day(4, 1):                "0.5 since 2026-04-01, 1: person-1",
		day(7, 10):               "1 since 2026-04-01, 101: ",
		day(7, 11):               "0 since , 0: person-3",
		day(8, 31):               "0 since , 0: person-3",
		day(9, 1):                "0 since , 0: person-3 (notice 2026-09-01, until 2026-12-31)",
		events.Day(2027, 1, 1):   "1 since 2027-01-01, 1: ",
	} {
		n := reading(s, on).Network("U99001")
		got := "unknown"
		if v := n.DirectorVacancy(); v.Share.Unknown == nil {
			var who []string
			for _, d := range n.Directors() {
				one := string(d.Person())
				if !d.NoticeGivenOn().IsZero() {
					one += fmt.Sprintf(" (notice %s, until %s)", d.NoticeGivenOn(), d.LastDay())
				}
				who = append(who, one)
			}
			got = fmt.Sprintf("%s since %s, %s: %s", v.Share.Value, v.Since, v.Days.Value, strings.Join(who, " "))
		} else if v.Share.Unknown.Code != "DIRECTOR_NOT_KNOWN" || v.Days.Unknown == nil {
			t.Errorf("on %s it is unknown as %+v", on, v)
		}
		if got != want {
			t.Errorf("on %s it is %s, want %s", on, got, want)
		}
	}
	if v := reading(s, day(1, 1)).Network("U99002").DirectorVacancy(); v.Share.Value != nil || v.Share.Unknown == nil {
		t.Errorf("where nobody was ever recorded %v is vacant", v.Share)
	}
	if v := reading(fold([]fact.Event{fact.NetworkRegistered{Network: "U99001", Name: "North", Opened: day(2, 1)}}), day(1, 1)).Network("U99001").DirectorVacancy(); v != nil {
		t.Errorf("before it opens a network has a vacancy: %+v", v)
	}
	parked := reading(s, day(2, 1))
	parked.Unknown = func(events.Entity) *figure.Unknown { return &figure.Unknown{Code: "PARKED"} }
	if v := parked.Network("U99001").DirectorVacancy(); v.Share.Value != nil {
		t.Errorf("with a fact parked %v is vacant", v.Share)
	}
}

func TestRepresentatives(t *testing.T) {
	year := events.Period{From: day(4, 1), To: events.Day(2027, 3, 31)}
	s := after(
		fact.Mandated{System: "QZ1", Person: "person-1", Body: "Board", Networks: []events.PCN{"U99002", "U99001"}, Topics: []string{"workforce"}, Period: year},
		fact.Mandated{System: "QZ1", Person: "person-2", Body: "Board", Networks: []events.PCN{"U99003"}, Period: year},
		fact.MandateEnded{System: "QZ1", Person: "person-2", Body: "Board", LastDay: day(4, 30)},
		fact.DeputyNamed{Network: "U99001", Person: "person-3", Period: year},
		fact.LMCRecorded{System: "QZ1", LMC: "DEMO", Name: "Demonstration LMC", Places: []fact.Place{"WEST"}},
	)
	speaks := func(all []*view.Mandate) (who []string) {
		for _, m := range all {
			one := string(m.Person()) + " until " + m.LastDay().String()
			for _, n := range m.Networks() {
				one += " " + string(n.Code())
			}
			who = append(who, one)
		}
		return who
	}
	r := reading(s, day(4, 30))
	for _, c := range []struct{ is, want string }{
		{fmt.Sprint(speaks(r.System("QZ1").Representatives())), "[person-1 until 2027-03-31 U99002 U99001 person-2 until 2026-04-30 U99003]"},
		{fmt.Sprint(speaks(r.Network("U99001").Representatives())), "[person-1 until 2027-03-31 U99002 U99001]"},
		{fmt.Sprint(speaks(reading(s, day(5, 1)).Network("U99003").Representatives())), "[]"},
		{fmt.Sprint(speaks(reading(s, day(3, 31)).System("QZ1").Representatives())), "[]"},
		{fmt.Sprint(r.System("QZ1").LMCs()[0].Places()[0].Name()), "West"},
		{fmt.Sprintf("%s %d", r.Network("U99001").Deputies()[0].Person(), len(reading(s, day(3, 31)).Network("U99001").Deputies())), "person-3 0"},
	} {
		if c.is != c.want {
			t.Errorf("is %s, want %s", c.is, c.want)
		}
	}
	// A system takes its mandates with it.
	s = view.Evolve(s, fact.SystemSucceeded{System: "QZ1", By: []events.ICB{"QZ2"}, On: day(10, 1)})
	if got := speaks(reading(s, day(10, 1)).System("QZ1").Representatives()); len(got) > 0 {
		t.Errorf("after its end %v speak in it", got)
	}
}

// Nobody leads a network that has closed, or speaks for it.
func TestLeadershipEndsWithTheNetwork(t *testing.T) {
	always := events.Period{From: day(1, 1)}
	s := after(
		fact.DirectorAppointed{Network: "U99001", Person: "person-1", Share: decimal.One, Period: always},
		fact.DeputyNamed{Network: "U99001", Person: "person-2", Period: always},
		fact.Mandated{System: "QZ1", Person: "person-3", Body: "Board", Networks: []events.PCN{"U99001"}, Period: always},
		fact.Merged{Network: "U99001", Into: "U99002", On: day(4, 1)},
	)
	for on, want := range map[events.Date]string{day(3, 31): "1 1 1", day(4, 1): "0 0 0"} {
		n := reading(s, on).Network("U99001")
		if got := fmt.Sprint(len(n.Directors()), len(n.Deputies()), len(n.Representatives())); got != want {
			t.Errorf("on %s a network merged on 1 April has %s directors, deputies and representatives, want %s", on, got, want)
		}
	}
}

func TestNoticesAndCover(t *testing.T) {
	s := after(
		fact.Joined{Practice: "Z99001", Network: "U99001", Period: events.Period{From: april}},
		fact.NoticeGiven{Practice: "Z99001", Network: "U99001", Notice: fact.Leave, GivenOn: day(5, 1), LastDay: day(6, 30)},
		fact.Left{Practice: "Z99001", Network: "U99001", LastDay: day(6, 30)},
		fact.Covered{Practice: "Z99001", Network: "U99002", Period: events.Period{From: day(6, 1), To: day(12, 31)}},
		fact.NetworkClosed{Network: "U99002", LastDay: day(9, 30)},
	)
	for on, want := range map[events.Date]string{
		day(4, 30): "0 0 0",
		day(5, 1):  "1 0 0",
		day(6, 30): "1 0 0", // it is a member still
		day(7, 1):  "1 1 1",
		day(9, 30): "1 1 1",
		day(10, 1): "1 0 0", // the network has closed
	} {
		r := reading(s, on)
		p := r.Practice("Z99001")
		if got := fmt.Sprint(len(p.Notices()), len(p.CoveredBy()), len(r.Network("U99002").Covers())); got != want {
			t.Errorf("on %s there are %s notices, covers and covered, want %s", on, got, want)
		}
	}
	withdrawn := view.Evolve(s, fact.NoticeWithdrawn{Practice: "Z99001", Network: "U99001", On: day(5, 2)})
	withdrawn, err := view.Thaw(strings.NewReader(freeze(t, withdrawn)))
	if err != nil {
		t.Fatal(err)
	}
	again := view.Evolve(withdrawn, fact.NoticeGiven{Practice: "Z99001", Network: "U99001", Notice: fact.Leave, GivenOn: day(6, 1), LastDay: day(6, 30)})
	for on, want := range map[events.Date]string{day(4, 30): "0 0", day(5, 1): "1 0", day(5, 2): "0 0", day(6, 1): "0 1"} {
		got := fmt.Sprint(len(reading(withdrawn, on).Practice("Z99001").Notices()), len(reading(again, on).Practice("Z99001").Notices()))
		if got != want {
			t.Errorf("on %s, of a notice taken back, and one given again, there are %s, want %s", on, got, want)
		}
	}
	for _, c := range []struct {
		given, last events.Date
		year        int
		late        bool
	}{
		{day(4, 30), day(4, 30), 2026, false},
		{day(4, 30), day(6, 30), 2026, false},
		{day(5, 1), day(6, 30), 2026, true},
		{day(12, 1), events.Day(2027, 3, 30), 2026, true}, // out on 31 March, within the year
		{day(12, 1), events.Day(2027, 3, 31), 2027, false},
		{day(3, 1), day(3, 31), 2026, false},
	} {
		s := after(fact.NoticeGiven{Practice: "Z99001", Network: "U99001", Notice: fact.OptOut, GivenOn: c.given, LastDay: c.last})
		n := reading(s, c.last).Practice("Z99001").Notices()[0]
		if n.Late() != c.late || n.ContractYear() != events.Day(c.year, 4, 1) {
			t.Errorf("given on %s for %s it is late %v for %s", c.given, c.last, n.Late(), n.ContractYear())
		}
	}
}

// in tells where a practice is on some days, as its network's list of members
// and its own network have it.
func in(t *testing.T, s view.State, p events.Practice, days ...events.Date) (all []string) {
	t.Helper()
	for _, on := range days {
		r := reading(s, on)
		var is events.PCN
		if n := r.Practice(p).Network(); n != nil {
			is = n.Code()
		}
		for _, n := range r.Networks(view.Filter{Closed: true}) {
			listed := slices.ContainsFunc(n.Members(), func(m *view.Membership) bool { return m.Practice().Code() == p })
			if listed != (n.Code() == is) {
				t.Errorf("on %s %s is in %q, and %s lists it: %v", on, p, is, n.Code(), listed)
			}
		}
		all = append(all, string(is))
	}
	return all
}

func TestMergedAndSplit(t *testing.T) {
	merged := fact.Merged{Network: "U99001", Into: "U99002", On: day(4, 1)}
	both := []fact.Event{
		fact.Joined{Practice: "Z99001", Network: "U99001", Period: events.Period{From: april}},
		fact.Joined{Practice: "Z99002", Network: "U99001", Period: events.Period{From: april, To: day(6, 30)}},
	}
	days := []events.Date{day(3, 31), day(4, 1), day(7, 1)}
	for _, c := range []struct {
		name          string
		facts         []fact.Event
		first, second string
	}{
		{"merged", append(both, merged), "[U99001 U99002 U99002]", "[U99001 U99002 ]"},
		{"merged before the book heard who joined", append([]fact.Event{merged}, both...), "[U99001 U99002 U99002]", "[U99001 U99002 ]"},
		{"merged, and merged again", append(both, fact.Merged{Network: "U99002", Into: "U99003", On: day(7, 1)}, merged), "[U99001 U99002 U99003]", "[U99001 U99002 ]"},
		{"merged each into the other", append(both, merged, fact.Merged{Network: "U99002", Into: "U99001", On: day(7, 1)}), "[U99001 U99002 U99001]", "[U99001 U99002 ]"},
		{"split, and merged again", append(both, fact.Split{Network: "U99001", Into: "U99003", Practices: []events.Practice{"Z99001"}, On: day(4, 1)}, fact.Merged{Network: "U99003", Into: "U99001", On: day(7, 1)}), "[U99001 U99003 U99001]", "[U99001 U99001 ]"},
		{"split", append(both, fact.Split{Network: "U99001", Into: "U99003", Practices: []events.Practice{"Z99002"}, On: day(4, 1)}), "[U99001 U99001 U99001]", "[U99001 U99003 ]"},
		{"split, then merged", append(both, fact.Split{Network: "U99001", Into: "U99003", Practices: []events.Practice{"Z99001"}, On: day(4, 1)}, fact.Merged{Network: "U99001", Into: "U99002", On: day(6, 1)}), "[U99001 U99003 U99003]", "[U99001 U99001 ]"},
		{"left before", append(both, fact.Left{Practice: "Z99001", Network: "U99001", LastDay: day(3, 31)}, merged), "[U99001  ]", "[U99001 U99002 ]"},
		{"left after, as its own history tells", append(both, merged, fact.Joined{Practice: "Z99001", Network: "U99002", Period: events.Period{From: day(4, 1)}}, fact.Left{Practice: "Z99001", Network: "U99002", LastDay: day(6, 30)}), "[U99001 U99002 ]", "[U99001 U99002 ]"},
		{"closed after", append(both, merged, fact.PracticeClosed{Practice: "Z99001", LastDay: day(6, 30)}), "[U99001 U99002 ]", "[U99001 U99002 ]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := after(c.facts...)
			if got := fmt.Sprint(in(t, s, "Z99001", days...)); got != c.first {
				t.Errorf("Z99001 is in %s, want %s", got, c.first)
			}
			if got := fmt.Sprint(in(t, s, "Z99002", days...)); got != c.second {
				t.Errorf("Z99002 is in %s, want %s", got, c.second)
			}
			thawed, err := view.Thaw(strings.NewReader(freeze(t, s)))
			if err != nil || freeze(t, thawed) != freeze(t, s) {
				t.Errorf("it thaws to another, %v", err)
			}
			// What follows is known of the original, not only of what was shown.
			later := view.Evolve(thawed, fact.Joined{Practice: "Z99002", Network: "U99003", Period: events.Period{From: day(8, 1)}})
			if got := in(t, later, "Z99002", days...); fmt.Sprint(got) != c.second {
				t.Errorf("after a later fact Z99002 was in %s, want %s", got, c.second)
			}
		})
	}
	s := after(append(both, merged)...)
	r := reading(s, day(4, 1))
	if n := r.Network("U99001"); n.Open() || n.LastDay() != day(3, 31) || n.Into().Code() != "U99002" || len(r.Conflicts(view.Own{All: true})) > 0 {
		t.Errorf("after the merger it is open %v until %s, into %v, with %d conflicts", n.Open(), n.LastDay(), n.Into(), len(r.Conflicts(view.Own{All: true})))
	}
}
