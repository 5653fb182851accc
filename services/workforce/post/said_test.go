package post_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"

	ask "github.com/ics-openbook/openbook/api/ask/workforce"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/staffing"
	"github.com/ics-openbook/openbook/services/internal/decider/decidertest"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	registry "github.com/ics-openbook/openbook/services/network/view"
	"github.com/ics-openbook/openbook/services/workforce/post"
)

func TestWhatAPostCanBe(t *testing.T) {
	planned := func(d fact.Details) facts { return facts{fact.PostPlanned{Whose: whose, Post: 1, Details: d}} }
	of := func(role contract.Key, p fact.Purpose) fact.Details {
		return with(pharmacist, func(t *fact.Details) { t.Role, t.Purpose = role, p })
	}
	at := func(practices ...events.Practice) fact.Details {
		return with(pharmacist, func(t *fact.Details) { t.Practices = practices })
	}
	nobody := known
	nobody.Registry = registry.State{}
	for _, c := range []struct {
		example
		is fact.Details
		as string // what the refusal is about
	}{
		{example{Name: "of the scheme"}, pharmacist, ""},
		{example{Name: "at two practices"}, at("A99001", "A99002"), ""},
		{example{Name: "at one nobody knows", Refused: post.ErrPractice}, at("A99001", "A99003"), "practices.1: There is no practice A99003 in the book. Register it first, or check the code."},
		{example{Name: "of no role", Refused: post.ErrRole}, of("wizard", fact.Additional), "role: The contract of 2025/26 reimburses no role wizard. Look up its roles, have a steward add it with its source, or plan the post as the network's own."},
		{example{Name: "of no role, its own"}, of("wizard", fact.Own), ""},
		{example{Name: "of the baseline, uncounted", Refused: post.ErrBaselineRole}, of("coach", fact.Baseline), "role: coach is none of the roles that were counted on 2019-03-31."},
		{example{Name: "of the baseline"}, of("paramedic", fact.Baseline), ""},
		{example{Name: "the day before a role", Refused: post.ErrRoleAbsent}, coach(day(time.June, 30)), "plannedFrom: The contract of 2025/26 reimburses coach from 2025-07-01, and not on 2025-06-30. Name a day on which it does, or have the post as the network's own."},
		{example{Name: "the day of it"}, coach(day(time.July, 1)), ""},
		{example{Name: "its last day"}, coach(day(time.September, 30)), ""},
		{example{Name: "between", Refused: post.ErrRoleAbsent}, coach(day(time.October, 1)), "plannedFrom: The contract of 2025/26 reimburses coach from 2025-12-01, and not on 2025-10-01. Name a day on which it does, or have the post as the network's own."},
		{example{Name: "once more"}, coach(day(time.December, 31)), ""},
		{example{Name: "after it", Refused: post.ErrRoleAbsent}, coach(events.Day(2026, 1, 1)), "plannedFrom: The contract of 2025/26 reimburses coach until 2025-12-31, and not on 2026-01-01. Name a day on which it does, or have the post as the network's own."},
		{example{Name: "after it, its own"}, with(coach(events.Day(2026, 1, 1)), func(t *fact.Details) { t.Purpose = fact.Own }), ""},
		{example{Name: "in a year without a contract"}, coach(events.Day(2026, 4, 1)), ""},
	} {
		t.Run(c.Name, func(t *testing.T) {
			got, err := plan(c.is)(nil)
			if r, _ := refuse.From(err); c.Refused != nil && (!errors.Is(err, c.Refused) || r.Path+": "+r.Message != c.as) {
				t.Errorf("refused with %+v", r)
			} else if d := cmp.Diff(planned(c.is), got); c.Refused == nil && (err != nil || d != "") {
				t.Errorf("%v, want (-), got (+):\n%s", err, d)
			}
		})
	}
	if _, err := post.Plan(nil, nobody, ask.PlanPost{StaffOf: staff, Details: pharmacist}); !errors.Is(err, post.ErrNetwork) {
		t.Errorf("of no network: %v", err)
	}
	_, err := post.Change(post.Evolve(nil, planned(pharmacist)[0]), known, ask.ChangePost{PostOf: one, Since: day(time.June, 30), Details: coach(day(time.July, 1))})
	if r, _ := refuse.From(err); r == nil || r.Path != "since" {
		t.Errorf("a change before the role is in force: %+v", r)
	}
}

func TestBaseline(t *testing.T) {
	says := func(wte, source string) fact.Event {
		return fact.BaselineStated{Whose: whose, Role: "paramedic", WTE: number(wte), Source: source}
	}
	given := facts{says("1.6", "survey")}
	decidertest.Run(t, post.Evolve, []example{
		{Name: "stated", When: baseline("paramedic", "1.60", "survey"), Then: given},
		{Name: "none is stated", When: baseline("paramedic", "0", "survey"), Then: facts{says("0", "survey")}},
		{Name: "so already", Given: given, When: baseline("paramedic", "1.600", "survey")},
		{Name: "corrected", Given: given, When: baseline("paramedic", "1.61", "survey"), Then: facts{says("1.61", "survey")}},
		{Name: "from elsewhere", Given: given, When: baseline("paramedic", "1.6", "payroll"), Then: facts{says("1.6", "payroll")}},
		{Name: "of another", Given: given, When: baseline("physician-associate", "1.6", "survey"), Then: facts{fact.BaselineStated{Whose: whose, Role: "physician-associate", WTE: number("1.6"), Source: "survey"}}},
		{Name: "corrected and corrected back", Given: facts{given[0], says("2", "survey")}, When: baseline("paramedic", "1.6", "survey"), Then: given},
		{Name: "of a role that was not counted", When: baseline("coach", "1", "survey"), Refused: post.ErrBaselineRole},
		{Name: "of no network", When: func(s post.State) (facts, error) {
			return post.StateBaseline(s, known, ask.StateBaseline{StaffOf: ask.StaffOf{Network: "U99002"}, Role: "paramedic"})
		}, Refused: post.ErrNetwork},
	})
	got := done(t, baseline("paramedic", "1.60", "survey"))[0].(fact.BaselineStated)
	if got.WTE.String() != "1.6" {
		t.Errorf("it is stated as %s", got.WTE)
	}
}

func TestReturns(t *testing.T) {
	one := fact.Returned{Group: "GP", Role: "Partner", Records: 3, People: 2, WTE: number("2.5")}
	more, other := one, one
	more.WTE, other.Role = number("2.6"), "Salaried"
	zeros := one
	zeros.WTE = number("2.500")
	given := done(t, returns("2025-06", "NWRS", one))
	says := func(m events.Month, source string, all ...fact.Returned) facts {
		return facts{fact.StaffReturned{Whose: whose, Month: m, Source: source, Staff: all}}
	}
	decidertest.Run(t, post.Evolve, []example{
		{Name: "returned on the first day of the month", When: returns("2025-06", "NWRS", one), Then: says("2025-06", "NWRS", one)},
		{Name: "returned before it", When: returns("2025-07", "NWRS", one), Refused: post.ErrAhead},
		{Name: "once more", Given: given, When: returns("2025-06", "NWRS", zeros)},
		{Name: "corrected", Given: given, When: returns("2025-06", "NWRS", more), Then: says("2025-06", "NWRS", more)},
		{Name: "of another role", Given: given, When: returns("2025-06", "NWRS", other), Then: says("2025-06", "NWRS", other)},
		{Name: "of more", Given: given, When: returns("2025-06", "NWRS", one, other), Then: says("2025-06", "NWRS", one, other)},
		{Name: "from elsewhere", Given: given, When: returns("2025-06", "survey", one), Then: says("2025-06", "survey", one)},
		{Name: "of another month", Given: given, When: returns("2025-05", "NWRS", one), Then: says("2025-05", "NWRS", one)},
		{Name: "corrected and corrected back", Given: slices.Concat(given, says("2025-06", "NWRS", more)), When: returns("2025-06", "NWRS", one), Then: given},
		{Name: "of no network", When: func(s post.State) (facts, error) {
			return post.Return(s, known, ask.ReturnStaff{StaffOf: ask.StaffOf{Network: "U99002"}, Month: "2025-06"})
		}, Refused: post.ErrNetwork},
	})
}

func TestDirectorsTime(t *testing.T) {
	spent := fact.DirectorHours{Leadership: number("6"), Administration: number("5"), Meetings: number("4"), Finance: number("3"), HR: number("2")}
	given := done(t, directs("2025-06", "16", spent))
	says := func(m events.Month, funded string, h fact.DirectorHours) facts {
		return facts{fact.DirectorTimeReported{Whose: whose, Month: m, Funded: number(funded), Spent: h}}
	}
	cases := []example{
		{Name: "reported on the first day of the month", When: directs("2025-06", "16", spent), Then: says("2025-06", "16", spent)},
		{Name: "reported before it", When: directs("2025-07", "16", spent), Refused: post.ErrAhead},
		{Name: "once more", Given: given, When: directs("2025-06", "16.00", spent)},
		{Name: "more is funded", Given: given, When: directs("2025-06", "17", spent), Then: says("2025-06", "17", spent)},
		{Name: "of another month", Given: given, When: directs("2025-05", "16", spent), Then: says("2025-05", "16", spent)},
		{Name: "corrected and corrected back", Given: slices.Concat(given, says("2025-06", "17", spent)), When: directs("2025-06", "16", spent), Then: given},
		{Name: "of no network", When: func(s post.State) (facts, error) {
			return post.ReportDirectorTime(s, known, ask.ReportDirectorTime{StaffOf: ask.StaffOf{Network: "U99002"}, Month: "2025-06"})
		}, Refused: post.ErrNetwork},
	}
	for i, change := range []func(*fact.DirectorHours) *decimal.Decimal{
		func(h *fact.DirectorHours) *decimal.Decimal { return &h.Leadership }, func(h *fact.DirectorHours) *decimal.Decimal { return &h.Administration },
		func(h *fact.DirectorHours) *decimal.Decimal { return &h.Meetings }, func(h *fact.DirectorHours) *decimal.Decimal { return &h.Finance },
		func(h *fact.DirectorHours) *decimal.Decimal { return &h.HR },
	} {
		other := spent
		*change(&other) = number("7.25")
		cases = append(cases, example{Name: fmt.Sprint("kind ", i, " is corrected"), Given: given, When: directs("2025-06", "16", other), Then: says("2025-06", "16", other)})
	}
	decidertest.Run(t, post.Evolve, cases)
}

// What does not follow changes nothing.
func TestEvolve(t *testing.T) {
	s := post.Evolve(nil, fact.PostPlanned{Whose: whose, Post: 1, Details: pharmacist})
	if after := post.Evolve(s, filled("Role 1", day(time.June, 1))); after == s || s.Post(1).Last() != nil || after.Post(1).Last() == nil {
		t.Error("what follows changes what was")
	}
	for _, e := range (facts{fact.PostPlanned{Whose: whose, Post: 1}, fact.PostPlanned{Whose: whose, Post: 3}, fact.PostWithdrawn{Whose: whose, Post: 2}}) {
		if after := post.Evolve(s, e); after != s {
			t.Errorf("%+v makes %+v", e, after)
		}
	}
}

// Every refusal is a sentence with all of it filled in.
func TestRefusalsSaySo(t *testing.T) {
	in := done(t, plan(pharmacist), fill("Role 1", day(time.June, 16)))
	gone := slices.Concat(in, facts{left(day(time.July, 31), fact.Resigned)})
	for want, c := range map[string]struct {
		given facts
		when  deciding
	}{
		"post: Role 1 is in post 1 from 2025-06-16 on. Say first when they leave, or that they never came.":                                    {in, withdraw(day(time.August, 1))},
		"on: 2025-07-31 is before 2025-08-01, since when post 1 is as it stands. What happens to a post comes in the order of its days.":       {gone, withdraw(day(time.July, 31))},
		"lastDay: Role 1 started on 2025-06-16: their last day is that at the earliest. If they never came, write RECORDED_IN_ERROR.":          {in, vacate(day(time.June, 15), fact.Resigned)},
		"post: Role 1 left post 1 on 2025-07-31. Say who is in it now, before they leave.":                                                     {gone, vacate(day(time.June, 16), fact.Resigned)},
		"post: Network U99001 has no post 1. Look up its number.":                                                                              {nil, withdraw(day(time.June, 15))},
		"month: 2025-07 has not begun. Report a month once it has.":                                                                            {nil, returns("2025-07", "NWRS")},
		"role: coach is none of the roles that were counted on 2019-03-31.":                                                                    {nil, baseline("coach", "1", "survey")},
		"post: Post 1 was withdrawn on 2025-09-01. Plan another.":                                                                              {slices.Concat(gone, facts{fact.PostWithdrawn{Whose: whose, Post: 1, On: day(time.September, 1)}}), withdraw(day(time.June, 15))},
		"startsOn: 2025-07-31 is before 2025-08-01, since when post 1 is as it stands. What happens to a post comes in the order of its days.": {gone, fill("Role 2", day(time.July, 31))},
	} {
		var s post.State
		for _, e := range c.given {
			s = post.Evolve(s, e)
		}
		_, err := c.when(s)
		if r, is := refuse.From(err); !is || r.Path+": "+r.Message != want {
			t.Errorf("refused with %+v, want %s", r, want)
		}
	}
}
