package post_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	ask "github.com/ics-openbook/openbook/api/ask/workforce"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	registered "github.com/ics-openbook/openbook/events/network"
	fact "github.com/ics-openbook/openbook/events/staffing"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/internal/decider/decidertest"
	registry "github.com/ics-openbook/openbook/services/network/view"
	"github.com/ics-openbook/openbook/services/workforce/post"
)

type (
	facts    = []fact.Event
	deciding = func(post.State) (facts, error)
	example  = decidertest.Case[post.State, fact.Event]
)

func number(s string) decimal.Decimal { return decimal.MustParse(s) }

// day is one of 2025.
func day(m time.Month, d int) events.Date { return events.Day(2025, m, d) }

func reimburses(role contract.Key, from, to events.Date) contract.Event {
	return contract.RoleSet{Year: events.YearOf(from), Role: contract.Role{Key: role, Maximum: 1, Period: events.Period{From: from, To: to}}}
}

// known has one network, two practices, and the contract of 2025/26, by which
// coaches are reimbursed from July to September and in December, and pharmacists all
// the year.
var known = func() post.Known {
	var s terms.State
	for i, e := range []contract.Event{
		reimburses("clinical-pharmacist", day(time.April, 1), events.Day(2026, time.March, 31)),
		reimburses("coach", day(time.July, 1), day(time.September, 30)),
		reimburses("coach", day(time.December, 1), day(time.December, 31)),
	} {
		s = terms.Evolve(s, terms.Entry{Fact: e, ID: events.ID(fmt.Sprint("term-", i)), Ordinal: events.Ordinal(i + 1)})
	}
	var r registry.State
	for _, e := range []registered.Event{
		registered.NetworkRegistered{Network: "U99001", Name: "Home", System: "QZ1"},
		registered.PracticeRegistered{Practice: "A99001", Name: "One"},
		registered.PracticeRegistered{Practice: "A99002", Name: "Two"},
	} {
		r = registry.Evolve(r, e)
	}
	return post.Known{Today: day(time.June, 1), Registry: r, Contract: (&terms.Reading{State: s}).Contract}
}()

var (
	staff = ask.StaffOf{Network: "U99001"}
	whose = fact.Whose{Network: "U99001"}
	one   = ask.PostOf{StaffOf: staff, Post: 1}
)

var pharmacist = fact.Details{
	Role: "clinical-pharmacist", Hours: number("37.5"), Purpose: fact.Additional, Employer: "Home Ltd", Model: fact.Federation, PlannedFrom: day(time.June, 1),
}

func with(t fact.Details, change func(*fact.Details)) fact.Details {
	change(&t)
	return t
}

func coach(from events.Date) fact.Details {
	return with(pharmacist, func(t *fact.Details) { t.Role, t.PlannedFrom = "coach", from })
}

func plan(t fact.Details) deciding {
	return func(s post.State) (facts, error) {
		return post.Plan(s, known, ask.PlanPost{StaffOf: staff, Details: t})
	}
}

func change(since events.Date, t fact.Details) deciding {
	return func(s post.State) (facts, error) {
		return post.Change(s, known, ask.ChangePost{PostOf: one, Since: since, Details: t, Reason: "So."})
	}
}

func advance(to fact.Stage, on events.Date) deciding {
	return func(s post.State) (facts, error) {
		return post.Advance(s, known, ask.AdvancePost{PostOf: one, To: to, On: on})
	}
}

func fill(who string, starts events.Date, how ...func(*ask.FillPost)) deciding {
	return func(s post.State) (facts, error) {
		a := ask.FillPost{PostOf: one, Employee: who, StartsOn: starts, From: fact.Hospital}
		for _, change := range how {
			change(&a)
		}
		return post.Fill(s, known, a)
	}
}

func vacate(last events.Date, why fact.Leaving) deciding {
	return func(s post.State) (facts, error) {
		return post.Vacate(s, known, ask.VacatePost{PostOf: one, LastDay: last, Why: why})
	}
}

func withdraw(on events.Date) deciding {
	return func(s post.State) (facts, error) {
		return post.Withdraw(s, known, ask.WithdrawPost{PostOf: one, On: on, Reason: "No money."})
	}
}

func baseline(role contract.Key, wte, source string) deciding {
	return func(s post.State) (facts, error) {
		return post.StateBaseline(s, known, ask.StateBaseline{StaffOf: staff, Role: role, WTE: number(wte), Source: source})
	}
}

func returns(month events.Month, source string, staffed ...fact.Returned) deciding {
	return func(s post.State) (facts, error) {
		return post.Return(s, known, ask.ReturnStaff{StaffOf: staff, Month: month, Source: source, Staff: staffed})
	}
}

func directs(month events.Month, funded string, spent fact.DirectorHours) deciding {
	return func(s post.State) (facts, error) {
		return post.ReportDirectorTime(s, known, ask.ReportDirectorTime{StaffOf: staff, Month: month, Funded: number(funded), Spent: spent})
	}
}

// done is what has been recorded when all has been asked in turn.
func done(t *testing.T, all ...deciding) (given facts) {
	t.Helper()
	var s post.State
	for i, one := range all {
		next, err := one(s)
		if err != nil {
			t.Fatalf("number %d: %v", i, err)
		}
		for _, e := range next {
			s, given = post.Evolve(s, e), append(given, e)
		}
	}
	return given
}

func filled(who string, starts events.Date) fact.Event {
	return fact.PostFilled{Whose: whose, Post: 1, Employee: who, StartsOn: starts, From: fact.Hospital}
}

func left(last events.Date, why fact.Leaving) fact.Event {
	return fact.PostVacated{Whose: whose, Post: 1, LastDay: last, Why: why}
}

func advanced(to fact.Stage, on events.Date) fact.Event {
	return fact.PostAdvanced{Whose: whose, Post: 1, To: to, On: on}
}

// All a post goes through, from its planning until it is given up, each once.
func TestTheLifeOfAPost(t *testing.T) {
	march := events.Day(2026, time.March, 31)
	got := done(t,
		plan(pharmacist), advance(fact.Recruiting, day(time.April, 2)), advance(fact.Offered, day(time.May, 1)), fill("Role 1", day(time.June, 16)),
		vacate(day(time.August, 31), fact.Resigned), advance(fact.Recruiting, day(time.September, 1)), fill("Role 2", day(time.October, 1)),
		vacate(day(time.December, 31), fact.Ended), withdraw(march),
	)
	want := facts{
		fact.PostPlanned{Whose: whose, Post: 1, Details: pharmacist}, advanced(fact.Recruiting, day(time.April, 2)), advanced(fact.Offered, day(time.May, 1)),
		filled("Role 1", day(time.June, 16)), left(day(time.August, 31), fact.Resigned), advanced(fact.Recruiting, day(time.September, 1)),
		filled("Role 2", day(time.October, 1)), left(day(time.December, 31), fact.Ended),
		fact.PostWithdrawn{Whose: whose, Post: 1, On: march, Reason: "No money."},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("want (-), got (+):\n%s", d)
	}
	again := done(t, plan(pharmacist), plan(pharmacist))
	if len(again) != 2 || again[1].(fact.PostPlanned).Post != 2 {
		t.Errorf("planned twice, there are %v", again)
	}
}

func TestStages(t *testing.T) {
	april, june, july := day(time.April, 2), day(time.June, 10), day(time.July, 1)
	planned := done(t, plan(pharmacist))
	sought := done(t, plan(pharmacist), advance(fact.Recruiting, april), advance(fact.Offered, june))
	in := done(t, plan(pharmacist), advance(fact.Offered, june), fill("Role 1", june))
	empty := slices.Concat(in, facts{left(july, fact.Resigned)})
	mistaken := slices.Concat(in, facts{left(july, fact.Mistaken)})
	gone := done(t, plan(pharmacist), withdraw(june))
	other := func(a *ask.FillPost) { a.From = fact.Voluntary }
	decidertest.Run(t, post.Evolve, []example{
		{Name: "somebody is sought", Given: planned, When: advance(fact.Recruiting, april), Then: facts{advanced(fact.Recruiting, april)}},
		{Name: "somebody is offered it at once", Given: planned, When: advance(fact.Offered, april), Then: facts{advanced(fact.Offered, april)}},
		{Name: "of no post", When: advance(fact.Recruiting, april), Refused: post.ErrPost},
		{Name: "the post that is next", Given: planned, When: func(s post.State) (facts, error) {
			return post.Advance(s, known, ask.AdvancePost{PostOf: ask.PostOf{StaffOf: staff, Post: 2}, To: fact.Offered, On: june})
		}, Refused: post.ErrPost},
		{Name: "so on that day", Given: sought, When: advance(fact.Offered, june)},
		{Name: "so since before", Given: sought, When: advance(fact.Offered, july)},
		{Name: "so on a day in between", Given: sought, When: advance(fact.Recruiting, june.AddDays(-1))},
		{Name: "sought anew the same day", Given: sought, When: advance(fact.Recruiting, june), Then: facts{advanced(fact.Recruiting, june)}},
		{Name: "the day before the last step", Given: sought, When: advance(fact.Offered, june.AddDays(-1)), Refused: post.ErrBefore},
		{Name: "before all", Given: sought, When: advance(fact.Recruiting, april.AddDays(-1)), Refused: post.ErrBefore},
		{Name: "while somebody is in it", Given: in, When: advance(fact.Recruiting, july), Refused: post.ErrFilled},
		{Name: "on the last day of whoever was", Given: empty, When: advance(fact.Recruiting, july), Refused: post.ErrBefore},
		{Name: "on the day after", Given: empty, When: advance(fact.Recruiting, july.AddDays(1)), Then: facts{advanced(fact.Recruiting, july.AddDays(1))}},
		{Name: "after somebody who was recorded in error", Given: mistaken, When: advance(fact.Recruiting, june), Then: facts{advanced(fact.Recruiting, june)}},
		{Name: "of a post that was withdrawn", Given: gone, When: advance(fact.Recruiting, june.AddDays(-1)), Refused: post.ErrWithdrawn},

		{Name: "filled at once", Given: planned, When: fill("Role 1", june), Then: facts{filled("Role 1", june)}},
		{Name: "filled on the day of the offer", Given: sought, When: fill("Role 1", june), Then: facts{filled("Role 1", june)}},
		{Name: "filled before the offer", Given: sought, When: fill("Role 1", june.AddDays(-1)), Refused: post.ErrBefore},
		{Name: "no post is filled", When: fill("Role 1", june), Refused: post.ErrPost},
		{Name: "filled by the same, the same", Given: in, When: fill("Role 1", june)},
		{Name: "filled by the same, another day", Given: in, When: fill("Role 1", july), Refused: post.ErrFilled},
		{Name: "filled by the same, from elsewhere", Given: in, When: fill("Role 1", june, other), Refused: post.ErrFilled},
		{Name: "filled by another", Given: in, When: fill("Role 2", june), Refused: post.ErrFilled},
		{Name: "said again of who has left", Given: empty, When: fill("Role 1", june)},
		{Name: "filled on the last day of whoever left", Given: empty, When: fill("Role 2", july), Refused: post.ErrBefore},
		{Name: "filled the day after", Given: empty, When: fill("Role 2", july.AddDays(1)), Then: facts{filled("Role 2", july.AddDays(1))}},
		{Name: "filled by who comes back", Given: empty, When: fill("Role 1", july.AddDays(1)), Then: facts{filled("Role 1", july.AddDays(1))}},
		{Name: "filled again by who was recorded in error", Given: mistaken, When: fill("Role 1", june), Then: facts{filled("Role 1", june)}},
		{Name: "filled, and it was withdrawn", Given: gone, When: fill("Role 1", july), Refused: post.ErrWithdrawn},

		{Name: "withdrawn before anything", Given: planned, When: withdraw(april), Then: facts{fact.PostWithdrawn{Whose: whose, Post: 1, On: april, Reason: "No money."}}},
		{Name: "no post is withdrawn", When: withdraw(june), Refused: post.ErrPost},
		{Name: "withdrawn twice", Given: gone, When: withdraw(june)},
		{Name: "withdrawn on another day", Given: gone, When: withdraw(july), Refused: post.ErrWithdrawn},
		{Name: "withdrawn on the day of the offer", Given: sought, When: withdraw(june), Then: facts{fact.PostWithdrawn{Whose: whose, Post: 1, On: june, Reason: "No money."}}},
		{Name: "withdrawn before the offer", Given: sought, When: withdraw(june.AddDays(-1)), Refused: post.ErrBefore},
		{Name: "withdrawn while somebody is in it", Given: in, When: withdraw(july), Refused: post.ErrFilled},
		{Name: "withdrawn while somebody is to come", Given: in, When: withdraw(april), Refused: post.ErrFilled},
		{Name: "withdrawn on somebody's last day", Given: empty, When: withdraw(july), Refused: post.ErrBefore},
		{Name: "withdrawn the day after", Given: empty, When: withdraw(july.AddDays(1)), Then: facts{fact.PostWithdrawn{Whose: whose, Post: 1, On: july.AddDays(1), Reason: "No money."}}},
	})
}

// What is said of who fills a post is recorded, and another thing said of them is
// not the same.
func TestWhoFillsIt(t *testing.T) {
	type said struct {
		scheme *fact.Scheme
		before *fact.Before
	}
	scheme := fact.Scheme{Name: fact.PharmacistsInPractice, ApprovedOn: events.Day(2017, 5, 1), InPostOn: events.Day(2017, 6, 1)}
	finished := scheme
	finished.FinishedOn = events.Day(2019, 5, 1)
	all := []said{{nil, nil}, {&scheme, nil}, {&finished, nil}, {nil, &fact.Before{Role: "coach"}}, {nil, &fact.Before{Role: "coach", MoreSenior: true}}}
	ask := func(one said) deciding {
		copied := func(a *ask.FillPost) { // another client's pointers
			if one.scheme != nil {
				s := *one.scheme
				a.Scheme = &s
			}
			if one.before != nil {
				b := *one.before
				a.Before = &b
			}
		}
		return fill("Role 1", day(time.June, 16), copied)
	}
	var cases []example
	for i, first := range all {
		given := done(t, plan(pharmacist), ask(first))
		want := filled("Role 1", day(time.June, 16)).(fact.PostFilled)
		want.Scheme, want.Before = first.scheme, first.before
		if d := cmp.Diff(fact.Event(want), given[1]); d != "" {
			t.Errorf("number %d, want (-), got (+):\n%s", i, d)
		}
		for j, then := range all {
			c := example{Name: fmt.Sprint("number ", i, ", then ", j), Given: given, When: ask(then)}
			if i != j {
				c.Refused = post.ErrFilled
			}
			cases = append(cases, c)
		}
	}
	decidertest.Run(t, post.Evolve, cases)
}

func TestLeaving(t *testing.T) {
	june, july := day(time.June, 10), day(time.July, 31)
	planned := done(t, plan(pharmacist))
	in := done(t, plan(pharmacist), fill("Role 1", june))
	empty := slices.Concat(in, facts{left(july, fact.Resigned)})
	mistaken := slices.Concat(in, facts{left(july, fact.Mistaken)})
	second := slices.Concat(empty, facts{filled("Role 2", july.AddDays(1))})
	gone := slices.Concat(empty, done(t, plan(pharmacist), withdraw(july.AddDays(1)))[1:])
	decidertest.Run(t, post.Evolve, []example{
		{Name: "somebody leaves", Given: in, When: vacate(july, fact.Retired), Then: facts{left(july, fact.Retired)}},
		{Name: "on their first day", Given: in, When: vacate(june, fact.Dismissed), Then: facts{left(june, fact.Dismissed)}},
		{Name: "before they start", Given: in, When: vacate(june.AddDays(-1), fact.Resigned), Refused: post.ErrStarts},
		{Name: "before they start, who never came", Given: in, When: vacate(june.AddDays(-1), fact.Mistaken), Then: facts{left(june.AddDays(-1), fact.Mistaken)}},
		{Name: "nobody is in it", Given: planned, When: vacate(july, fact.Resigned), Refused: post.ErrEmpty},
		{Name: "no post", When: vacate(july, fact.Resigned), Refused: post.ErrPost},
		{Name: "twice", Given: empty, When: vacate(july, fact.Resigned)},
		{Name: "on another day", Given: empty, When: vacate(june, fact.Resigned), Refused: post.ErrLeft},
		{Name: "for another reason", Given: empty, When: vacate(july, fact.Moved), Refused: post.ErrLeft},
		{Name: "who was recorded in error, once more", Given: mistaken, When: vacate(july, fact.Mistaken)},
		{Name: "who was recorded in error, and has not left", Given: mistaken, When: vacate(july, fact.Resigned), Refused: post.ErrEmpty},
		{Name: "said again once another is in it", Given: second, When: vacate(july, fact.Resigned)},
		{Name: "the other", Given: second, When: vacate(july.AddDays(1), fact.Moved), Then: facts{left(july.AddDays(1), fact.Moved)}},
		{Name: "another recorded in error, of two", Given: slices.Concat(second, facts{left(july, fact.Mistaken)}), When: vacate(july, fact.Ended), Refused: post.ErrLeft},
		{Name: "said again once it was withdrawn", Given: gone, When: vacate(july, fact.Resigned)},
		{Name: "once it was withdrawn", Given: gone, When: vacate(july.AddDays(1), fact.Resigned), Refused: post.ErrWithdrawn},
	})
}

func TestChanges(t *testing.T) {
	june, july, august := day(time.June, 1), day(time.July, 1), day(time.August, 1)
	half := with(pharmacist, func(t *fact.Details) { t.Hours = number("18.75") })
	zeros := with(pharmacist, func(t *fact.Details) { t.Hours = number("37.50") })
	planned := done(t, plan(pharmacist))
	halved := done(t, plan(pharmacist), change(july, half))
	says := func(from events.Date, d fact.Details) facts {
		return facts{fact.PostChanged{Whose: whose, Post: 1, From: from, Details: d, Reason: "So."}}
	}
	decidertest.Run(t, post.Evolve, []example{
		{Name: "from a day on", Given: planned, When: change(july, half), Then: says(july, half)},
		{Name: "to what it is", Given: planned, When: change(july, pharmacist)},
		{Name: "to what it is, with more zeros", Given: planned, When: change(july, zeros)},
		{Name: "so already", Given: halved, When: change(august, half)},
		{Name: "so from an earlier day", Given: halved, When: change(june, half), Then: says(june, half)},
		{Name: "back from that day", Given: halved, When: change(july, pharmacist), Then: says(july, pharmacist)},
		{Name: "back from the day after", Given: halved, When: change(july.AddDays(1), pharmacist), Then: says(july.AddDays(1), pharmacist)},
		{Name: "back from a past day, on which it was so", Given: halved, When: change(june, pharmacist), Then: says(june, pharmacist)},
		{Name: "of somebody in it", Given: slices.Concat(planned, facts{filled("Role 1", june)}), When: change(august, half), Then: says(august, half)},
		{Name: "no post", When: change(july, half), Refused: post.ErrPost},
		{Name: "once it was withdrawn", Given: done(t, plan(pharmacist), withdraw(june)), When: change(july, half), Refused: post.ErrWithdrawn},
		{Name: "to a role that is not in force", Given: planned, When: change(day(time.June, 30), coach(july)), Refused: post.ErrRoleAbsent},
		{Name: "to one that is", Given: planned, When: change(july, coach(june)), Then: says(july, coach(june))},
		{Name: "to a practice nobody knows", Given: planned, When: change(july, with(half, func(t *fact.Details) { t.Practices = []events.Practice{"A99009"} })), Refused: post.ErrPractice},
	})
}

// Whatever is asked in whatever order: what was recorded is not recorded again, no
// two people are in a post on one day, and it is filled when somebody is in it.
func TestAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		on := rapid.Custom(func(t *rapid.T) events.Date { return day(time.June, rapid.IntRange(1, 20).Draw(t, "day")) })
		who := rapid.SampledFrom([]string{"Role 1", "Role 2", "Role 3"})
		why := rapid.SampledFrom([]fact.Leaving{fact.Resigned, fact.Moved, fact.Mistaken})
		s := post.Evolve(nil, fact.PostPlanned{Whose: whose, Post: 1, Details: pharmacist})
		for range rapid.IntRange(1, 15).Draw(t, "asks") {
			decide := rapid.SampledFrom([]func() deciding{
				func() deciding {
					return advance(rapid.SampledFrom([]fact.Stage{fact.Recruiting, fact.Offered}).Draw(t, "to"), on.Draw(t, "on"))
				},
				func() deciding { return fill(who.Draw(t, "who"), on.Draw(t, "starts")) },
				func() deciding { return vacate(on.Draw(t, "last"), why.Draw(t, "why")) },
				func() deciding { return withdraw(day(time.June, rapid.IntRange(15, 20).Draw(t, "withdrawn"))) },
			}).Draw(t, "ask")()
			said, err := decide(s)
			if err != nil {
				continue
			}
			for _, e := range said {
				s = post.Evolve(s, e)
			}
			if again, err := decide(s); err != nil || len(again) > 0 {
				t.Fatalf("asked twice, it records %+v, %v", again, err)
			}
		}
		p := s.Post(1)
		for d := day(time.June, 1); !d.After(day(time.June, 21)); d = d.AddDays(1) {
			in := 0
			for _, h := range p.Holders() {
				if h.On(d) {
					in++
				}
			}
			if stage, since := p.StageOn(d); in > 1 || (stage == fact.Filled) != (in == 1) || since.After(d) {
				t.Fatalf("on %s %d are in it, and it is %s since %s", d, in, stage, since)
			}
		}
	})
}
