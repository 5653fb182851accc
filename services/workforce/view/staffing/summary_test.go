package staffing_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/staffing"
	"github.com/ics-openbook/openbook/services/internal/figure"
	"github.com/ics-openbook/openbook/services/workforce/view/staffing"
)

var elsewhere = fact.Whose{Network: "U99002"}

func TestByRole(t *testing.T) {
	s := fold(t,
		planned(1, "paramedic", fact.Additional, "37.5"), filled(1, day(time.June, 1)), // in it
		planned(2, "paramedic", fact.Baseline, "30.25"), filled(2, day(time.April, 1)), left(2, day(time.May, 31), fact.Retired), // empty
		planned(3, "paramedic", fact.Own, "10"), filled(3, day(time.April, 1)), left(3, day(time.May, 31), fact.Moved), advanced(3, fact.Offered, day(time.June, 1)), // empty, and offered
		planned(4, "paramedic", fact.Own, "5"),
		planned(5, "paramedic", fact.Own, "2.5"), advanced(5, fact.Recruiting, day(time.May, 1)),
		planned(6, "coach", fact.Own, "1"), advanced(6, fact.Offered, day(time.May, 1)), filled(6, day(time.June, 2)), // to come
		planned(7, "coach", fact.Own, "40"), withdrawn(7, day(time.June, 1)),
		planned(8, "coach", fact.Own, "7"), filled(8, day(time.May, 1)), left(8, day(time.May, 2), fact.Mistaken),
		planned(9, "coach", fact.Own, "20"), filled(9, day(time.April, 1)), left(9, day(time.June, 1), fact.Resigned), // the last day counts
		changed(9, day(time.June, 1), details("coach", fact.Own, "16")),
		fact.PostPlanned{Whose: elsewhere, Post: 1, Details: details("coach", fact.Additional, "3")},
		fact.PostFilled{Whose: elsewhere, Post: 1, Employee: "Role 1", StartsOn: day(time.June, 1)},
	)
	tell := func(on events.Date, networks ...*staffing.Staff) string {
		var all []string
		for _, r := range staffing.ByRole(on, networks...) {
			all = append(all, fmt.Sprintf("%s: %d posts, %d in them, %d = %d + %d + %d", r.Role, r.Posts, r.People, r.Planned(), r.Filled, r.Vacant, r.Sought))
		}
		return strings.Join(all, "; ")
	}
	june, one, other := day(time.June, 1), s.Of("U99001"), s.Of("U99002")
	for _, c := range []struct{ what, got, want string }{
		{"a day", tell(june, one), "coach: 3 posts, 1 in them, 2400 = 1600 + 0 + 800; paramedic: 5 posts, 1 in them, 8525 = 3750 + 4025 + 750"},
		{"the day before", tell(june.AddDays(-1), one), "coach: 4 posts, 1 in them, 6800 = 2000 + 0 + 4800; paramedic: 5 posts, 2 in them, 8525 = 4025 + 0 + 4500"},
		{"the day after", tell(june.AddDays(1), one), "coach: 3 posts, 1 in them, 2400 = 100 + 1600 + 700; paramedic: 5 posts, 1 in them, 8525 = 3750 + 4025 + 750"},
		{"two networks", tell(june, one, other), "coach: 4 posts, 2 in them, 2700 = 1900 + 0 + 800; paramedic: 5 posts, 1 in them, 8525 = 3750 + 4025 + 750"},
		{"before the book was told of any", tell(events.Day(2023, 12, 31), one, other), ""},
		{"no network", tell(june, nil, nil), ""},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", c.what, c.got, c.want)
		}
	}
}

// Of each post that counts there are its hours and all that is said of it.
func TestPartsOf(t *testing.T) {
	s := fold(t,
		planned(1, "coach", fact.Own, "20"), filled(1, day(time.April, 1)), // 0 and 1
		planned(2, "coach", fact.Own, "7.5"),
		planned(3, "coach", fact.Own, "5"), filled(3, day(time.April, 1)), left(3, day(time.May, 1), fact.Resigned), // 3 to 5
		planned(4, "paramedic", fact.Own, "1"),
	)
	all := []*staffing.Staff{s.Of("U99001")}
	told := func(parts []figure.Part) string {
		return fmt.Sprint(figure.Joined(parts, " + "), " of ", len(figure.Behind(parts)))
	}
	for _, c := range []struct{ what, got, want string }{
		{"filled", told(staffing.PartsOf("coach", day(time.June, 1), all, staffing.Filled)), "20 of 2"},
		{"sought or vacant", told(staffing.PartsOf("coach", day(time.June, 1), all, staffing.Sought, staffing.Vacant)), "7.5 + 5 of 4"},
		{"who has left", told(staffing.Leavers("2025/26", day(time.June, 1), all...)), "post 3 of U99001 of 3"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", c.what, c.got, c.want)
		}
	}
	_, rate := staffing.Turnover("2025/26", day(time.June, 1), all...)
	if p := rate.Passport; p.Arithmetic() != "1 ÷ ((2 + 1) ÷ 2) = 66.7 %" || len(p.Entries()) != 5 || p.Rule == "" {
		t.Errorf("%s of %s", p.Arithmetic(), p.Entries())
	}
}

func TestWTE(t *testing.T) {
	for hundredths, want := range map[int]string{
		0: "0.00", 1: "0.00", 18: "0.00", 19: "0.01", 56: "0.01", 57: "0.02", 100: "0.03", 1875: "0.50", 3000: "0.80", 3750: "1.00", 3751: "1.00", 4000: "1.07", 8525: "2.27", 375_000_000: "100000.00",
	} {
		if got := staffing.WTE(hundredths); !got.Equal(number(want)) || got.Scale() > 2 {
			t.Errorf("%d hundredths of hours are %s WTE, want %s", hundredths, got, want)
		}
	}
}

func TestTurnover(t *testing.T) {
	first, last := day(time.April, 1), events.Day(2026, time.March, 31)
	stays := func(n int) []fact.Event {
		return []fact.Event{planned(n, "coach", fact.Own, "30"), filled(n, events.Day(2020, 1, 1))}
	}
	leaves := func(n int, on events.Date, why fact.Leaving) []fact.Event { return append(stays(n), left(n, on, why)) }
	short := []fact.Event{planned(1, "coach", fact.Own, "30"), filled(1, day(time.May, 1)), left(1, day(time.May, 9), fact.Resigned)}
	for name, c := range map[string]struct {
		story []fact.Event
		on    events.Date
		want  string
	}{
		"nobody":                               {nil, last, "0 of nobody"},
		"nobody leaves":                        {stays(1), last, "0, 0%"},
		"one of two on the first day":          {append(stays(1), leaves(2, first, fact.Resigned)...), last, "1, 66.7%"}, // of 1.5 on average
		"one of two the day before":            {append(stays(1), leaves(2, first.AddDays(-1), fact.Resigned)...), last, "0, 0%"},
		"one of two on the last day":           {append(stays(1), leaves(2, last, fact.Retired)...), last, "1, 50%"}, // who is in post on it still
		"one of two the day after":             {append(stays(1), leaves(2, last.AddDays(1), fact.Ended)...), last.AddDays(9), "0, 0%"},
		"one of two on that day":               {append(stays(1), leaves(2, day(time.June, 1), fact.Dismissed)...), day(time.June, 1), "1, 50%"},
		"one of two after it":                  {append(stays(1), leaves(2, day(time.June, 2), fact.Dismissed)...), day(time.June, 1), "0, 0%"},
		"one of two moves":                     {append(stays(1), leaves(2, day(time.June, 2), fact.Moved)...), last, "0, 0%"},
		"one of two was never there":           {append(stays(1), leaves(2, day(time.June, 2), fact.Mistaken)...), last, "0, 0%"},
		"the only one leaves":                  {leaves(1, day(time.June, 2), fact.Resigned), last, "1, 200%"}, // of half a one
		"who comes and leaves between the two": {short, last, "1 of nobody"},
		"a year later":                         {append(stays(1), leaves(2, day(time.June, 1), fact.Dismissed)...), events.Day(2027, 1, 1), "1, 66.7%"},
		"on the first day":                     {append(stays(1), leaves(2, first, fact.Resigned)...), first, "1, 50%"},
	} {
		n, rate := staffing.Turnover("2025/26", c.on, staff(t, c.story...))
		got := fmt.Sprint(n, ", ", rate.Value, rate.Unit)
		if rate.Value == nil {
			if got = fmt.Sprint(n, " of nobody"); rate.Unknown == nil || rate.Unknown.Code != "NOBODY_IN_POST" {
				t.Errorf("%s: %+v", name, rate)
			}
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	s := fold(t, append(append(stays(1), leaves(2, day(time.June, 1), fact.Resigned)...),
		fact.PostPlanned{Whose: elsewhere, Post: 1, Details: details("coach", fact.Own, "3")}, fact.PostFilled{Whose: elsewhere, Post: 1, Employee: "Role 1", StartsOn: day(time.April, 1)})...)
	if n, rate := staffing.Turnover("2025/26", last, s.Of("U99001"), s.Of("U99002")); n != 1 || rate.Value.String() != "40" {
		t.Errorf("of two networks %d have left, %s", n, rate.Value)
	}
}
