package staffing_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/staffing"
	"github.com/ics-openbook/openbook/services/workforce/view/staffing"
)

// On the day before something, on its day, and on the day after.
func TestDays(t *testing.T) {
	p := staff(t,
		planned(1, "coach", fact.Own, "30"), advanced(1, fact.Recruiting, day(time.April, 2)), advanced(1, fact.Offered, day(time.April, 20)),
		filled(1, day(time.May, 1)), left(1, day(time.May, 31), fact.Resigned),
		filled(1, day(time.June, 5), func(e *fact.PostFilled) { e.Employee = "Role 7" }), left(1, day(time.June, 6), fact.Mistaken),
		advanced(1, fact.Recruiting, day(time.June, 10)), advanced(1, fact.Offered, day(time.June, 10)),
		filled(1, day(time.July, 1), func(e *fact.PostFilled) { e.Employee = "Role 2" }), left(1, day(time.July, 1), fact.Moved),
		filled(1, day(time.July, 2), func(e *fact.PostFilled) { e.Employee = "Role 3" }), left(1, day(time.July, 31), fact.Resigned),
		advanced(1, fact.Recruiting, day(time.August, 1)), advanced(1, fact.Offered, day(time.August, 1)), withdrawn(1, day(time.August, 15)),
	).Post(1)
	for on, want := range map[events.Date]string{
		day(time.January, 1): "PLANNED  nobody, empty ", day(time.April, 1): "PLANNED  nobody, empty ",
		day(time.April, 2): "RECRUITING 2025-04-02 nobody, empty ", day(time.April, 3): "RECRUITING 2025-04-02 nobody, empty ",
		day(time.April, 19): "RECRUITING 2025-04-02 nobody, empty ", day(time.April, 20): "OFFERED 2025-04-20 nobody, empty ", day(time.April, 30): "OFFERED 2025-04-20 nobody, empty ",
		day(time.May, 1): "FILLED 2025-05-01 Role 1, empty ", day(time.May, 2): "FILLED 2025-05-01 Role 1, empty ", day(time.May, 30): "FILLED 2025-05-01 Role 1, empty ",
		day(time.May, 31): "FILLED 2025-05-01 Role 1, empty ", day(time.June, 1): "VACANT 2025-06-01 nobody, empty 2025-06-01", day(time.June, 2): "VACANT 2025-06-01 nobody, empty 2025-06-01",
		day(time.June, 5): "VACANT 2025-06-01 nobody, empty 2025-06-01", day(time.June, 9): "VACANT 2025-06-01 nobody, empty 2025-06-01", day(time.June, 10): "OFFERED 2025-06-10 nobody, empty 2025-06-01",
		day(time.June, 30): "OFFERED 2025-06-10 nobody, empty 2025-06-01", day(time.July, 1): "FILLED 2025-07-01 Role 2, empty ", day(time.July, 2): "FILLED 2025-07-02 Role 3, empty ",
		day(time.July, 31): "FILLED 2025-07-02 Role 3, empty ", day(time.August, 1): "OFFERED 2025-08-01 nobody, empty 2025-08-01", day(time.August, 14): "OFFERED 2025-08-01 nobody, empty 2025-08-01",
		day(time.August, 15): "WITHDRAWN 2025-08-15 nobody, empty 2025-08-01", day(time.August, 16): "WITHDRAWN 2025-08-15 nobody, empty 2025-08-01",
	} {
		if got := onDay(p, on); got != want {
			t.Errorf("on %s: %s, want %s", on, got, want)
		}
	}
	for on, want := range map[events.Date]string{day(time.April, 30): "Role 1", day(time.May, 1): "Role 2", day(time.June, 4): "Role 2", day(time.July, 1): "Role 3", day(time.July, 2): ""} {
		got := ""
		if h := p.ComingOn(on); h != nil {
			got = h.Employee
		}
		if got != want {
			t.Errorf("after %s comes %q, want %q", on, got, want)
		}
	}
	if last := p.Last(); len(p.Holders()) != 3 || last.Employee != "Role 3" || p.Newest().Employee != "Role 3" {
		t.Errorf("the last was %+v", last)
	}
}

func onDay(p *staffing.Post, on events.Date) string {
	stage, since := p.StageOn(on)
	empty, was := p.EmptyOn(on)
	in := "nobody"
	if h := p.HolderOn(on); h != nil {
		in = h.Employee
	}
	if was == empty.IsZero() {
		return "empty and not empty"
	}
	return fmt.Sprint(stage, " ", since, " ", in, ", empty ", empty)
}

// Any lawful history, one thing after another, agrees on every day with a list of
// what became of the post, in which the last that has come counts.
func TestAnyHistory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type became struct {
			on    events.Date
			stage fact.Stage
			who   string
		}
		story := []fact.Event{planned(1, "coach", fact.Own, "30")}
		model := []became{{never, fact.Planned, "nobody"}}
		now := day(time.January, 1)
		later := func() events.Date { // or the same day
			now = now.AddDays(rapid.IntRange(0, 9).Draw(t, "days"))
			return now
		}
		for n := range rapid.IntRange(0, 12).Draw(t, "steps") {
			what := rapid.IntRange(0, 9).Draw(t, "what")
			switch who := fmt.Sprint("Role ", n+1); {
			case what < 5:
				to := rapid.SampledFrom([]fact.Stage{fact.Recruiting, fact.Offered}).Draw(t, "to")
				story = append(story, advanced(1, to, later()))
				model = append(model, became{now, to, "nobody"})
				continue
			case what < 7:
				story = append(story, filled(1, later().AddDays(rapid.IntRange(0, 9).Draw(t, "too late")), func(e *fact.PostFilled) { e.Employee = who }), left(1, now, fact.Mistaken))
				continue
			default:
				story = append(story, filled(1, later(), func(e *fact.PostFilled) { e.Employee = who }))
				model = append(model, became{now, fact.Filled, who})
			}
			if rapid.IntRange(0, 4).Draw(t, "stays") == 0 {
				break
			}
			story = append(story, left(1, later(), fact.Resigned))
			now = now.AddDays(1)
			model = append(model, became{now, fact.Vacant, "nobody"})
		}
		if stage := model[len(model)-1].stage; stage != fact.Filled && rapid.Bool().Draw(t, "withdrawn") {
			story = append(story, withdrawn(1, later()))
			model = append(model, became{now, fact.Withdrawn, "nobody"})
		}
		p := staff(t, story...).Post(1)
		for on := day(time.January, 1); !on.After(now.AddDays(2)); on = on.AddDays(1) {
			want, empty := model[0], never
			for _, b := range model {
				if !b.on.After(on) {
					if want = b; b.stage == fact.Vacant {
						empty = b.on
					}
				}
			}
			if want.stage == fact.Filled {
				empty = never
			}
			if got, want := onDay(p, on), fmt.Sprint(want.stage, " ", want.on, " ", want.who, ", empty ", empty); got != want {
				t.Fatalf("on %s: %s, want %s, of\n%+v", on, got, want, story)
			}
		}
	})
}

func TestWhatAPostIs(t *testing.T) {
	first, second, third := details("coach", fact.Own, "30"), details("coach", fact.Own, "20"), details("coach", fact.Own, "10")
	p := staff(t, planned(1, "coach", fact.Own, "30"), changed(1, day(time.July, 1), second), changed(1, day(time.August, 1), third), changed(1, day(time.July, 15), first)).Post(1)
	for on, want := range map[events.Date]fact.Details{
		day(time.January, 1): first, day(time.June, 30): first, day(time.July, 1): second, day(time.July, 14): second,
		day(time.July, 15): first, day(time.July, 31): first, day(time.August, 1): first, // what is said last holds from its day on
	} {
		if got := p.DetailsOn(on); !got.Same(want) {
			t.Errorf("on %s it is %+v", on, got)
		}
	}
	for _, c := range []struct {
		is    fact.Details
		since events.Date
		want  bool
	}{
		{first, day(time.July, 15), true}, {first, day(time.July, 14), false}, {first, day(time.June, 1), false},
		{second, day(time.July, 1), false}, {second, day(time.July, 14), false}, {third, day(time.August, 1), false},
	} {
		if got := p.Stays(c.is, c.since); got != c.want {
			t.Errorf("of %s hours from %s on: %t", c.is.Hours, c.since, got)
		}
	}
}

// There is a post once the book was told of it, it was to be there, or something
// had happened to it.
func TestSinceWhenThereIsAPost(t *testing.T) {
	told := events.Day(2024, 1, 1) // as places have it
	late := details("coach", fact.Own, "30")
	early := late
	early.PlannedFrom = events.Day(2020, 4, 1)
	for name, c := range map[string]struct {
		story []fact.Event
		first events.Date
	}{
		"told before it was to be":     {[]fact.Event{fact.PostPlanned{Whose: whose, Post: 1, Details: late}}, told},
		"told after it was to be":      {[]fact.Event{fact.PostPlanned{Whose: whose, Post: 1, Details: early}}, events.Day(2020, 4, 1)},
		"sought before it was to be":   {[]fact.Event{fact.PostPlanned{Whose: whose, Post: 1, Details: early}, advanced(1, fact.Recruiting, events.Day(2020, 2, 1))}, events.Day(2020, 2, 1)},
		"filled before":                {[]fact.Event{fact.PostPlanned{Whose: whose, Post: 1, Details: early}, filled(1, events.Day(2020, 3, 1))}, events.Day(2020, 3, 1)},
		"given up before it was to be": {[]fact.Event{fact.PostPlanned{Whose: whose, Post: 1, Details: early}, withdrawn(1, events.Day(2020, 3, 5))}, events.Day(2020, 3, 5)},
	} {
		p := staff(t, c.story...).Post(1)
		if p.PlannedOn(c.first.AddDays(-1)) || !p.PlannedOn(c.first) || !p.PlannedOn(c.first.AddDays(1)) {
			t.Errorf("%s: it is not there first on %s", name, c.first)
		}
	}
}

// An employing authority is who holds a contract of the NHS.
func TestPension(t *testing.T) {
	yes, no := true, false
	practice := "Home is a practice: it holds a contract for primary medical services, so that it is an employing authority."
	for _, model := range fact.Models {
		for _, known := range []*bool{nil, &yes, &no} {
			d := details("coach", fact.Own, "30")
			d.Model, d.NHSContract, d.Employer = model, known, "Home"
			got := staff(t, fact.PostPlanned{Whose: whose, Post: 1, Details: d}).Post(1).PensionOn(day(time.June, 1))
			eligible, why := &yes, practice
			switch {
			case known == &yes:
				why = "Home holds a contract of the NHS, so that it is an employing authority."
			case known == &no:
				eligible, why = &no, "Home holds no contract of the NHS, and only who does is an employing authority."
			case model == fact.Federation || model == fact.Provider:
				if got.Eligible != nil || got.Why != "" || got.Unknown == nil || got.Unknown.Code != "CONTRACT_NOT_STATED" || *got.Unknown.OwedBy != "network-U99001" ||
					got.Unknown.Reason != "Nobody has said whether Home holds a contract of the NHS. A federation that holds none, or a company, is no employing authority." {
					t.Errorf("%s, where nobody has said: %+v", model, got)
				}
				continue
			}
			if got.Eligible == nil || *got.Eligible != *eligible || got.Why != why || got.Unknown != nil {
				t.Errorf("%s, %v: %+v", model, known, got)
			}
		}
	}
	trust := details("coach", fact.Own, "30")
	trust.NHSContract = &yes
	p := staff(t, planned(1, "coach", fact.Own, "30"), changed(1, day(time.June, 1), trust)).Post(1)
	if before, since := p.PensionOn(day(time.May, 31)), p.PensionOn(day(time.June, 1)); before.Eligible != nil || since.Eligible == nil {
		t.Errorf("before the change %+v, since %+v", before, since)
	}
}
