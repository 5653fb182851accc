package view_test

import (
	"fmt"
	"testing"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/workforce"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/workforce/view"
)

func read(year events.Year, all ...contract.Event) *terms.Contract {
	var s terms.State
	for i, e := range all {
		s = terms.Evolve(s, terms.Entry{Fact: e, ID: events.ID(fmt.Sprint("term-", i)), Ordinal: events.Ordinal(i + 1)})
	}
	return (&terms.Reading{State: s}).Contract(year)
}

// The two roles of 2019/20, each for nine months: three quarters of £37,810 and of
// £34,113.
func TestByPosts(t *testing.T) {
	const year = events.Year("2019/20")
	since := events.Period{From: events.Day(2019, 7, 1), To: year.Last()}
	role := func(key contract.Key, maximum events.GBP, share int) contract.Event {
		return contract.RoleSet{Year: year, Role: contract.Role{Key: key, Title: string(key), Maximum: maximum, Share: share, Period: since}}
	}
	limit := func(of contract.Key) contract.Event {
		return contract.RoleLimited{Year: year, Limit: contract.Limit{Key: of + "-limit", Role: of, Posts: 1, LargePosts: 2, LargeFrom: 100_000}}
	}
	both := []contract.Event{role("clinical-pharmacist", 37_810_00, 70), limit("clinical-pharmacist"), role("social-prescribing-link-worker", 34_113_00, 100), limit("social-prescribing-link-worker")}
	many := func(n int) *int { return &n }
	for name, c := range map[string]struct {
		terms    []contract.Event
		patients *int
		want     string
	}{
		"one of each":             {both, many(99_999), "53942.25"},
		"two from 100,000":        {both, many(100_000), "107884.50"},
		"not known how large":     {both, nil, "POPULATION_NOT_KNOWN"},
		"a maximum is not known":  {[]contract.Event{role("coach", 0, 100), limit("coach")}, many(1), "MAXIMUM_NOT_KNOWN"},
		"a role is not counted":   {both[:3], many(1), "counts otherwise"},
		"a contract without role": {[]contract.Event{contract.StreamListed{Year: year, FundingStream: contract.FundingStream{Key: "arrs_sum"}}}, many(1), "counts otherwise"},
	} {
		a, counts := view.ByPosts(read(year, c.terms...), year, c.patients)
		got := "counts otherwise"
		switch {
		case counts && a.Value != nil:
			got = a.Value.String()
			var sum events.GBP
			for _, term := range a.Passport.Sum() {
				sum += term.Amount
			}
			if sum != *a.Value || len(a.Passport.Sum()) != 2 {
				t.Errorf("%s: its passport comes to £%s", name, sum)
			}
		case counts:
			got = a.Unknown.Code
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestUntil(t *testing.T) {
	const year = events.Year("2025/26")
	c := read(year,
		contract.RoleSet{Year: year, Role: contract.Role{Key: "clinical-pharmacist", Maximum: 66_972_00, InnerLondon: 77_545_00, Share: 100, Period: year.Period()}},
		contract.RoleSet{Year: year, Role: contract.Role{Key: "late", Maximum: 66_972_00, Share: 100, Period: events.Period{From: events.Day(2025, 10, 1), To: year.Last()}}},
		contract.RoleSet{Year: year, Role: contract.Role{Key: "unknown", Share: 100, Period: year.Period()}},
	)
	for name, c := range map[string]struct {
		of       *terms.Role
		area     fact.Area
		hours    string
		from, to events.Date
		want     events.GBP
		known    bool
	}{
		"the whole year":          {c.Role("clinical-pharmacist"), fact.Elsewhere, "37.5", year.First(), year.Last(), 66_972_00, true},
		"half of it":              {c.Role("clinical-pharmacist"), fact.Elsewhere, "37.5", events.Day(2025, 10, 1), year.Last(), 33_486_00, true},
		"inner London, half time": {c.Role("clinical-pharmacist"), fact.InnerLondon, "18.75", year.First(), year.Last(), 38_772_50, true},
		"from the middle of June": {c.Role("clinical-pharmacist"), fact.Elsewhere, "37.5", events.Day(2025, 6, 16), events.Day(2025, 7, 31), 2_790_50 + 5_581_00, true},
		"one day":                 {c.Role("clinical-pharmacist"), fact.Elsewhere, "37.5", events.Day(2025, 4, 1), events.Day(2025, 4, 1), 186_03, true},
		"before it is a role":     {c.Role("late"), fact.Elsewhere, "37.5", events.Day(2025, 9, 30), year.Last(), 0, false},
		"since it is a role":      {c.Role("late"), fact.Elsewhere, "37.5", events.Day(2025, 10, 1), year.Last(), 33_486_00, true},
		"without a maximum":       {c.Role("unknown"), fact.Elsewhere, "37.5", year.First(), year.Last(), 0, false},
	} {
		got, known := view.Until(c.of, c.area, decimal.MustParse(c.hours), events.Period{From: c.from, To: c.to})
		if got != c.want || known != c.known {
			t.Errorf("%s: £%s %t, want £%s %t", name, got, known, c.want, c.known)
		}
	}
}
