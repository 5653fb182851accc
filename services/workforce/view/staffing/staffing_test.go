package staffing_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/staffing"
	"github.com/ics-openbook/openbook/services/workforce/view/staffing"
)

var whose = fact.Whose{Network: "U99001"}

func number(s string) decimal.Decimal { return decimal.MustParse(s) }

// day is one of 2025.
func day(m time.Month, d int) events.Date { return events.Day(2025, m, d) }

// never is no day.
var never events.Date

// place is that of the n-th fact, which the book was told of in 2024.
func place(n int) staffing.Place {
	return staffing.Place{ID: events.ID(fmt.Sprint("fact-", n)), Ordinal: events.Ordinal(n), Time: time.Date(2024, 1, 1, 0, n, 0, 0, time.UTC)}
}

func fold(t interface{ Fatal(...any) }, all ...fact.Event) (s staffing.State) {
	for i, e := range all {
		var err error
		if s, err = staffing.Evolve(s, e, place(i+1)); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// staff is what follows from facts of one network.
func staff(t interface{ Fatal(...any) }, all ...fact.Event) *staffing.Staff {
	return fold(t, all...).Of("U99001")
}

func details(role contract.Key, p fact.Purpose, hours string) fact.Details {
	return fact.Details{Role: role, Hours: number(hours), Purpose: p, Employer: "Home Ltd", Model: fact.Federation, PlannedFrom: day(time.April, 1)}
}

func planned(post int, role contract.Key, p fact.Purpose, hours string) fact.Event {
	return fact.PostPlanned{Whose: whose, Post: post, Details: details(role, p, hours)}
}

func filled(post int, starts events.Date, how ...func(*fact.PostFilled)) fact.Event {
	e := fact.PostFilled{Whose: whose, Post: post, Employee: fmt.Sprint("Role ", post), StartsOn: starts, From: fact.Hospital}
	for _, change := range how {
		change(&e)
	}
	return e
}

func left(post int, last events.Date, why fact.Leaving) fact.Event {
	return fact.PostVacated{Whose: whose, Post: post, LastDay: last, Why: why}
}

func advanced(post int, to fact.Stage, on events.Date) fact.Event {
	return fact.PostAdvanced{Whose: whose, Post: post, To: to, On: on}
}

func withdrawn(post int, on events.Date) fact.Event {
	return fact.PostWithdrawn{Whose: whose, Post: post, On: on, Reason: "No money."}
}

func changed(post int, from events.Date, d fact.Details) fact.Event {
	return fact.PostChanged{Whose: whose, Post: post, From: from, Details: d, Reason: "So."}
}

func stated(role contract.Key, wte string) fact.Event {
	return fact.BaselineStated{Whose: whose, Role: role, WTE: number(wte), Source: "survey"}
}

func returned(m events.Month, wte string) fact.Event {
	return fact.StaffReturned{Whose: whose, Month: m, Source: "NWRS", Staff: []fact.Returned{{Group: "GP", Role: "Partner", Records: 1, WTE: number(wte)}}}
}

func directed(m events.Month, funded string) fact.Event {
	return fact.DirectorTimeReported{Whose: whose, Month: m, Funded: number(funded), Spent: fact.DirectorHours{Leadership: number("1"), HR: number("0.5")}}
}

// story has some of everything, of two networks.
var story = []fact.Event{
	stated("paramedic", "1"), planned(1, "paramedic", fact.Baseline, "37.5"), filled(1, day(time.April, 1)), planned(2, "paramedic", fact.Additional, "30"),
	advanced(2, fact.Recruiting, day(time.April, 2)), advanced(2, fact.Offered, day(time.May, 1)), filled(2, day(time.June, 16)), left(1, day(time.June, 30), fact.Retired),
	changed(2, day(time.July, 1), details("paramedic", fact.Additional, "18.75")), planned(3, "coach", fact.Own, "20"), filled(3, day(time.July, 1)), left(3, day(time.July, 1), fact.Mistaken),
	withdrawn(3, day(time.August, 1)), returned("2025-06", "1"), directed("2025-06", "16"), directed("2025-05", "8"), returned("2025-05", "2"), stated("clinical-pharmacist", "2"),
	fact.PostPlanned{Whose: fact.Whose{Network: "U99000"}, Post: 1, Details: details("coach", fact.Additional, "37.5")}, stated("paramedic", "0.5"), returned("2025-06", "1.5"), directed("2025-06", "17"),
}

// tell is all that a state tells of some days, as text.
func tell(s staffing.State) (all []string) {
	say := func(args ...any) { all = append(all, fmt.Sprintln(args...)) }
	for n := range s.Networks {
		say(n.Network, n.Baseline(), n.DirectorTime(), n.Returned("2025-05"), n.Returned("2025-06"), n.Returned("2025-07"))
		for _, p := range n.Posts() {
			say(p.Network, p.Number, p.History(), p.Withdrawn(), p.Entity())
			for d := day(time.March, 28); d.Before(day(time.October, 1)); d = d.AddDays(17) {
				stage, since := p.StageOn(d)
				empty, was := p.EmptyOn(d)
				answer := n.AdditionalOn(p, d)
				in := "nobody"
				if h := p.HolderOn(d); h != nil {
					in = h.Employee
				}
				say(d, stage, since, empty, was, p.DetailsOn(d), in, answer.Verdict, answer.Why, answer.Until)
			}
		}
	}
	return all
}

func TestWhatIsSaid(t *testing.T) {
	s := fold(t, story...)
	n := s.Of("U99001")
	var roles, months []string
	for _, b := range n.Baseline() {
		roles = append(roles, fmt.Sprint(b.Is.Role, " ", b.Is.WTE, " ", b.ID))
	}
	for _, d := range n.DirectorTime() {
		months = append(months, fmt.Sprint(d.Is.Month, " ", d.Is.Funded, " ", staffing.Hours(d.Is.Spent), " ", d.ID))
	}
	for _, c := range []struct{ what, got, want string }{
		{"the baseline", fmt.Sprint(roles), "[clinical-pharmacist 2 fact-18 paramedic 0.5 fact-20]"},
		{"that of a role", fmt.Sprint(n.BaselineOf("paramedic").Is.WTE, n.BaselineOf("coach") == nil), "0.5 true"},
		{"the director's time", fmt.Sprint(months), "[2025-05 8 1.5 fact-16 2025-06 17 1.5 fact-22]"},
		{"what was returned", fmt.Sprint(n.Returned("2025-05").Is.Staff[0].WTE, n.Returned("2025-06").Is.Staff[0].WTE, " ", n.Returned("2025-06").ID, " ", n.Returned("2025-07") == nil), "2 1.5 fact-21 true"},
		{"the posts", fmt.Sprint(len(n.Posts()), n.Post(0) == nil, n.Post(1).Number, n.Post(3).Number, n.Post(4) == nil), "3 true 1 3 true"},
		{"a post's history", fmt.Sprint(len(n.Post(2).History()), n.Post(2).History()[1].Ordinal, " ", n.Post(3).Newest().Employee, " ", n.Post(3).Last() == nil), "5 5 Role 3 true"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", c.what, c.got, c.want)
		}
	}
	var codes []events.PCN
	for n := range s.Networks {
		if codes = append(codes, n.Network); len(codes) == 2 {
			break
		}
	}
	if !slices.Equal(codes, []events.PCN{"U99000", "U99001"}) {
		t.Errorf("the networks are %s", codes)
	}
}

// Of a network of which nothing is said nothing is told.
func TestNothingIsSaid(t *testing.T) {
	var s staffing.State
	for range s.Networks {
		t.Error("there is a network")
	}
	for _, n := range []*staffing.Staff{s.Of("U99001"), fold(t, story...).Of("U99002")} {
		if n != nil || n.Posts() != nil || n.Post(1) != nil || n.Baseline() != nil || n.BaselineOf("paramedic") != nil || n.Returned("2025-06") != nil || n.DirectorTime() != nil {
			t.Errorf("there is %v", n)
		}
	}
}

// What does not follow leaves the state as it was.
func TestWhatDoesNotFollow(t *testing.T) {
	s := fold(t, story...)
	before := tell(s)
	for name, e := range map[string]fact.Event{
		"a number that is taken":    planned(3, "coach", fact.Own, "1"),
		"a number that is skipped":  planned(5, "coach", fact.Own, "1"),
		"a number below all":        planned(0, "coach", fact.Own, "1"),
		"a change of no post":       changed(4, day(time.June, 1), details("coach", fact.Own, "1")),
		"a step of no post":         advanced(4, fact.Offered, day(time.June, 1)),
		"somebody in no post":       filled(0, day(time.June, 1)),
		"somebody who leaves none":  left(4, day(time.June, 1), fact.Resigned),
		"giving up what is not":     withdrawn(-1, day(time.June, 1)),
		"the first of another":      fact.PostFilled{Whose: fact.Whose{Network: "U99002"}, Post: 1},
		"a second of another first": fact.PostPlanned{Whose: fact.Whose{Network: "U99002"}, Post: 2},
	} {
		after, err := staffing.Evolve(s, e, place(99))
		if d := cmp.Diff(before, tell(after)); !errors.Is(err, staffing.ErrUnlawful) || d != "" {
			t.Errorf("%s: %v\n%s", name, err, d)
		}
	}
	nobody, err := staffing.Evolve(fold(t, planned(1, "coach", fact.Own, "1")), left(1, day(time.June, 1), fact.Resigned), place(2))
	if stage, _ := nobody.Of("U99001").Post(1).StageOn(day(time.July, 1)); err != nil || stage != fact.Planned {
		t.Errorf("nobody has left, and it is %s, %v", stage, err)
	}
}

// A state that was frozen at any moment and read back goes on as if it had not been,
// and no state changes when another is made of it.
func TestFrozenAndThawed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, len(story)).Draw(t, "facts")
		s := fold(t, story[:n]...)
		b, err := staffing.Freeze(s)
		if err != nil {
			t.Fatal(err)
		}
		back, err := staffing.Thaw(b)
		if err != nil {
			t.Fatal(err)
		}
		for i := n; ; i++ {
			told := tell(s)
			if d := cmp.Diff(told, tell(back)); d != "" {
				t.Fatalf("after %d facts, frozen after %d (-was +is):\n%s", i, n, d)
			}
			if i == len(story) {
				return
			}
			next, err1 := staffing.Evolve(s, story[i], place(i+1))
			again, err2 := staffing.Evolve(back, story[i], place(i+1))
			if d := cmp.Diff(told, tell(s)); d != "" || err1 != nil || err2 != nil {
				t.Fatalf("what comes after changes what was (-was +is): %v, %v\n%s", err1, err2, d)
			}
			s, back = next, again
		}
	})
	for _, b := range []string{"", "{}", `[{"type":"staffing.nothing.v1","data":{}}]`, `[{"type":"staffing.post_withdrawn.v1","data":{"network":"U99001","post":1}}]`} {
		if s, err := staffing.Thaw([]byte(b)); err == nil || s != (staffing.State{}) {
			t.Errorf("%s is read as %v", b, s)
		}
	}
}
