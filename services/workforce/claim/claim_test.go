package claim_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	ask "github.com/ics-openbook/openbook/api/ask/workforce"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	registered "github.com/ics-openbook/openbook/events/network"
	fact "github.com/ics-openbook/openbook/events/workforce"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/internal/decider/decidertest"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	registry "github.com/ics-openbook/openbook/services/network/view"
	"github.com/ics-openbook/openbook/services/workforce/claim"
)

type facts = []fact.Event

func of[T any](v T) *T { return &v }

func hours(s string) decimal.Decimal { return decimal.MustParse(s) }

func role(year events.Year, r contract.Role) contract.Event {
	if r.From.IsZero() {
		r.Period = year.Period()
	}
	return contract.RoleSet{Year: year, Role: r}
}

// said are the roles of the tests' contracts. Those of 2019/20 and of 2025/26 are
// as the shipped contracts have them; the rise is invented.
var said = []contract.Event{
	role("2019/20", contract.Role{Key: "clinical-pharmacist", Maximum: 37_810_00, Share: 70, Period: events.Period{From: events.Day(2019, 7, 1), To: events.Day(2020, 3, 31)}}),
	role("2019/20", contract.Role{Key: "social-prescribing-link-worker", Maximum: 34_113_00, Share: 100, Period: events.Period{From: events.Day(2019, 7, 1), To: events.Day(2020, 3, 31)}}),
	contract.RoleLimited{Year: "2019/20", Limit: contract.Limit{Key: "limit", Role: "clinical-pharmacist", Posts: 1, LargePosts: 2, LargeFrom: 100_000}},
	role("2025/26", contract.Role{Key: "clinical-pharmacist", Maximum: 66_972_00, OuterLondon: 74_392_00, InnerLondon: 77_545_00, Share: 100}),
	role("2025/26", contract.Role{Key: "social-prescribing-link-worker", Share: 100}),
	role("2025/26", contract.Role{Key: "shared", Maximum: 60_000_00}),
	role("2025/26", contract.Role{Key: "capital", London: 109_000_00, Share: 100}),
	role("2025/26", contract.Role{Key: "gp", Maximum: 105_882_00, London: 109_000_00, Share: 100}),
}

// The maximum of a pharmacist is raised by an invented amount, from the year's
// first day.
var rise = role("2025/26", contract.Role{Key: "clinical-pharmacist", Maximum: 69_384_00, OuterLondon: 77_071_00, InnerLondon: 80_337_00, Share: 100})

func known(year events.Year, more ...contract.Event) claim.Known {
	var s terms.State
	for i, e := range slices.Concat(said, more) {
		s = terms.Evolve(s, terms.Entry{Fact: e, ID: events.ID(fmt.Sprint("term-", i)), Ordinal: events.Ordinal(i + 1)})
	}
	return claim.Known{
		By: "person-manager", Today: year.Last(), Contract: (&terms.Reading{State: s}).Contract(year),
		Registry: registry.Evolve(registry.State{}, registered.NetworkRegistered{Network: "U99001", Name: "Home", System: "QZ1"}),
	}
}

func (d doing) by(who events.PersonRef) doing { d.By = who; return d }

// doing asks with what is known.
type doing struct{ claim.Known }

func pharmacist(n int, salary events.GBP) fact.Claimed {
	return fact.Claimed{
		Employee: fmt.Sprint("Role ", n), Role: "clinical-pharmacist", StartedOn: events.Day(2019, 1, 1), Hours: hours("37.5"),
		Pay: fact.Pay{Salary: salary}, MeetsTraining: of(true),
	}
}

func worker(n int, salary events.GBP) fact.Claimed {
	l := pharmacist(n, salary)
	l.Role, l.MeetsTraining = "social-prescribing-link-worker", nil
	return l
}

func (d doing) submit(month events.Month, lines ...fact.Claimed) func(claim.State) (facts, error) {
	return func(s claim.State) (facts, error) {
		return claim.Submit(s, d.Known, ask.SubmitClaim{Network: "U99001", Month: month, Lines: lines})
	}
}

func about(year events.Year, n int) ask.About {
	return ask.About{Network: "U99001", Year: year, Claim: n}
}

func (d doing) approve(n int, figures ...fact.Figure) func(claim.State) (facts, error) {
	return func(s claim.State) (facts, error) {
		return claim.Approve(s, d.Known, ask.ApproveClaim{About: about("2025/26", n), Figures: figures})
	}
}

func (d doing) adjust(lines ...ask.Adjustment) func(claim.State) (facts, error) {
	return func(s claim.State) (facts, error) {
		return claim.Adjust(s, d.Known, ask.AdjustClaims{Network: "U99001", Year: "2025/26", Reason: "The rise.", Lines: lines})
	}
}

// done is what has been recorded when all has been asked in turn.
func done(t *testing.T, all ...func(claim.State) (facts, error)) (given facts) {
	t.Helper()
	var s claim.State
	for _, one := range all {
		next, err := one(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range next {
			s, given = claim.Evolve(s, e), append(given, e)
		}
	}
	return given
}

// line is the only line of the only claim that is submitted.
func line(t *testing.T, d doing, month events.Month, l fact.Claimed) fact.Line {
	t.Helper()
	return done(t, d.submit(month, l))[0].(fact.ClaimSubmitted).Lines[0]
}

func TestWhatALineComesTo(t *testing.T) {
	london := func(area fact.Area, l fact.Claimed) fact.Claimed {
		l.Area = area
		return l
	}
	part := func(from, to events.Date, l fact.Claimed) fact.Claimed {
		l.StartedOn, l.LeftOn = from, to
		return l
	}
	gp := london(fact.InnerLondon, worker(1, 10_000_00))
	gp.Role = "gp"
	capital := worker(1, 4_000_00)
	capital.Role = "capital"
	shared := worker(1, 4_000_00)
	shared.Role = "shared"
	half := pharmacist(1, 3_000_00)
	half.Hours = hours("18.75")
	for name, c := range map[string]struct {
		month events.Month
		line  fact.Claimed
		limit events.GBP // 0 where it is not known
		want  events.GBP
	}{
		"2019/20: 70 per cent of a pharmacist at £54,000": {"2019-07", pharmacist(1, 4_500_00), 3_150_83, 3_150_00},
		"and no more than the maximum":                    {"2019-07", pharmacist(1, 4_600_00), 3_150_83, 3_150_83},
		"and all of a link worker":                        {"2019-07", worker(1, 2_500_00), 2_842_75, 2_500_00},
		"2025/26: a pharmacist":                           {"2025-06", pharmacist(1, 6_000_00), 5_581_00, 5_581_00},
		"in outer London":                                 {"2025-06", london(fact.OuterLondon, pharmacist(1, 7_000_00)), 6_199_33, 6_199_33},
		"in inner London":                                 {"2025-06", london(fact.InnerLondon, pharmacist(1, 7_000_00)), 6_462_08, 6_462_08},
		"for half the hours":                              {"2025-06", half, 2_790_50, 2_790_50},
		"who starts on the 16th":                          {"2025-06", part(events.Day(2025, 6, 16), events.Date{}, pharmacist(1, 6_000_00)), 2_790_50, 2_790_50},
		"who leaves on the 10th":                          {"2025-06", part(events.Day(2020, 1, 1), events.Day(2025, 6, 10), pharmacist(1, 1_800_00)), 1_860_33, 1_800_00},
		"a figure for all of London":                      {"2025-06", gp, 9_083_33, 9_083_33},
		"a figure for London alone, elsewhere":            {"2025-06", capital, 0, 0},
		"a maximum nobody knows":                          {"2025-06", worker(1, 2_500_00), 0, 0},
		"a share nobody knows":                            {"2025-06", shared, 0, 0},
	} {
		got := line(t, doing{known(c.month.Year())}, c.month, c.line)
		switch {
		case c.limit == 0:
			if got.Limit != nil || got.Reimbursable != nil {
				t.Errorf("%s: £%v of £%v, which nobody can know", name, got.Reimbursable, got.Limit)
			}
		case got.Limit == nil || *got.Limit != c.limit || *got.Reimbursable != c.want:
			t.Errorf("%s: £%v of £%v at most, want £%s of £%s", name, got.Reimbursable, got.Limit, c.want, c.limit)
		}
	}
}

func TestSubmitting(t *testing.T) {
	d, first := doing{known("2025/26")}, doing{known("2019/20")}
	early := d
	early.Today = events.Day(2025, time.May, 31)
	late := d
	late.Today = events.Day(2025, time.August, 1)
	large, small := first, first
	large.Patients, small.Patients = of(100_000), of(99_999)
	two := []fact.Claimed{pharmacist(1, 1), pharmacist(2, 1)}
	nobody := d
	nobody.Registry = registry.State{}
	nothing := d
	nothing.Contract = nil
	unknown := pharmacist(1, 1)
	unknown.Role = "wizard"
	gone := pharmacist(1, 1)
	gone.LeftOn = events.Day(2025, 5, 31)
	coming := pharmacist(1, 1)
	coming.StartedOn = events.Day(2025, 7, 1)
	waits := done(t, d.submit("2025-06", pharmacist(1, 5_000_00)))
	approved := done(t, d.submit("2025-06", pharmacist(1, 5_000_00)), d.by("person-checker").approve(1))
	second := done(t, d.submit("2025-06", pharmacist(2, 5_000_00)))
	next := second[0].(fact.ClaimSubmitted)
	next.Number, second[0] = 2, nil
	second[0] = next
	first15, first16, from16 := pharmacist(1, 1), pharmacist(1, 1), pharmacist(2, 1)
	first15.LeftOn, first16.LeftOn, from16.StartedOn = events.Day(2019, 8, 15), events.Day(2019, 8, 16), events.Day(2019, 8, 16)
	refused := done(t, d.submit("2025-06", pharmacist(1, 5_000_00)), func(s claim.State) (facts, error) {
		return claim.Reject(s, d.by("person-checker").Known, ask.RejectClaim{About: about("2025/26", 1), Reasons: []fact.Reason{{Line: 1, Reason: "Left."}}})
	})
	decidertest.Run(t, claim.Evolve, []decidertest.Case[claim.State, fact.Event]{
		{Name: "a network nobody knows", When: nobody.submit("2025-06", two...), Refused: claim.ErrNetwork},
		{Name: "a year nobody has published", When: nothing.submit("2025-06", two...), Refused: claim.ErrContract},
		{Name: "a month to come", When: early.submit("2025-06", two...), Refused: claim.ErrAhead},
		{Name: "no such role", When: d.submit("2025-06", unknown), Refused: claim.ErrRole},
		{Name: "before the role existed", When: first.submit("2019-06", pharmacist(1, 1)), Refused: claim.ErrRoleAbsent},
		{Name: "for a leaver", When: d.submit("2025-06", gone), Refused: claim.ErrLeft},
		{Name: "for somebody to come", When: d.submit("2025-06", coming), Refused: claim.ErrNotYet},
		{Name: "two posts of one", When: small.submit("2019-07", two...), Refused: claim.ErrLimit},
		{Name: "two posts of a large network's two", When: large.submit("2019-07", two...), Then: done(t, first.submit("2019-07", two...))},
		{Name: "the same month again, the same", Given: waits, When: d.submit("2025-06", pharmacist(1, 5_000_00))},
		{Name: "the same month again, another", Given: waits, When: d.submit("2025-06", pharmacist(1, 4_000_00)), Refused: claim.ErrClaimed},
		{Name: "the same month, for another", Given: approved, When: d.submit("2025-06", pharmacist(2, 5_000_00)), Then: second},
		{Name: "the same month, for another, before the first is judged", Given: waits, When: d.submit("2025-06", pharmacist(2, 5_000_00)), Refused: claim.ErrClaimed},
		{Name: "the same month, for the same person", Given: approved, When: d.submit("2025-06", pharmacist(2, 1), pharmacist(1, 1)), Refused: claim.ErrClaimed},
		{Name: "one after another in one post", When: small.submit("2019-08", first15, from16), Then: done(t, small.submit("2019-08", first15, from16))},
		{Name: "both on one day in one post", When: small.submit("2019-08", first16, from16), Refused: claim.ErrLimit},
		{Name: "the month after", Given: waits, When: d.submit("2025-07", pharmacist(1, 5_000_00)), Then: facts{fact.ClaimSubmitted{
			Workforce: fact.Workforce{Network: "U99001", Year: "2025/26"}, Number: 2, Month: "2025-07", Late: true, By: "person-manager",
			Lines: []fact.Line{{
				Claimed: pharmacist(1, 5_000_00), Days: 31, Limit: of(events.GBP(5_581_00)), Reimbursable: of(events.GBP(5_000_00)),
				Maxima: []fact.Ceiling{{Maximum: 66_972_00, Share: 100, Days: 31, Entry: "term-3"}},
			}},
		}}},
		{Name: "anew, once it was rejected", Given: refused, When: late.submit("2025-06", pharmacist(1, 5_000_00)), Then: func() facts {
			again := waits[0].(fact.ClaimSubmitted)
			again.Number = 2
			return facts{again}
		}()},
	})
	if on := done(t, (doing{func() claim.Known { k := known("2025/26"); k.Today = events.Day(2025, 7, 31); return k }()}).submit("2025-06", pharmacist(1, 1))); on[0].(fact.ClaimSubmitted).Late {
		t.Error("a claim on the last day of the month after is late")
	}
	_, err := d.submit("2025-06", unknown, gone, coming)(claim.State{})
	var paths []string
	for _, r := range refuse.All(err) {
		paths = append(paths, r.Code+" "+r.Path)
	}
	if want := []string{"ROLE_UNKNOWN lines.0.role", "LEFT_BEFORE lines.1.leftOn", "NOT_STARTED lines.2.startedOn"}; !slices.Equal(paths, want) {
		t.Errorf("three wrong lines are refused with %q", paths)
	}
}

func TestJudging(t *testing.T) {
	maker := doing{known("2025/26")}
	checker := maker.by("person-checker")
	capped := checker
	capped.Entitled = of(events.GBP(8_000_00))
	spent := checker
	spent.Entitled = of(events.GBP(5_000_00))
	unread := checker
	unread.Unread = true
	whose := fact.Workforce{Network: "U99001", Year: "2025/26"}
	one := done(t, maker.submit("2025-06", pharmacist(1, 5_000_00)))
	both := done(t, maker.submit("2025-06", pharmacist(1, 5_000_00)), checker.approve(1), maker.submit("2025-07", pharmacist(1, 5_000_00)))
	unknown := done(t, maker.submit("2025-06", pharmacist(1, 5_000_00), worker(2, 2_500_00)))
	reject := func(d doing, line int) func(claim.State) (facts, error) {
		return func(s claim.State) (facts, error) {
			return claim.Reject(s, d.Known, ask.RejectClaim{About: about("2025/26", 1), Reasons: []fact.Reason{{Line: line, Reason: "Left."}}})
		}
	}
	withdraw := func(s claim.State) (facts, error) {
		return claim.Withdraw(s, maker.Known, ask.WithdrawClaim{About: about("2025/26", 1), Reason: "Wrong."})
	}
	all := func(n int, amount, lost events.GBP, each ...events.GBP) facts {
		return facts{fact.ClaimApproved{Workforce: whose, Claim: n, Amounts: each, Amount: amount, Lost: lost, By: "person-checker"}}
	}
	letter := fact.Figure{Line: 2, Maximum: 36_000_00, Source: "letter"}
	settled := all(1, 7_500_00, 0, 5_000_00, 2_500_00)[0].(fact.ClaimApproved)
	settled.Figures = []fact.Figure{letter}
	low := all(1, 7_000_00, 0, 5_000_00, 2_000_00)[0].(fact.ClaimApproved)
	low.Figures = []fact.Figure{{Line: 2, Maximum: 24_000_00, Source: "letter"}}
	decidertest.Run(t, claim.Evolve, []decidertest.Case[claim.State, fact.Event]{
		{Name: "approved by somebody else", Given: one, When: checker.approve(1), Then: all(1, 5_000_00, 0, 5_000_00)},
		{Name: "approved by its maker", Given: one, When: maker.approve(1), Refused: claim.ErrMaker},
		{Name: "no such claim", Given: one, When: checker.approve(2), Refused: claim.ErrUnknown},
		{Name: "claim nought", Given: one, When: checker.approve(0), Refused: claim.ErrUnknown},
		{Name: "as far as the entitlement reaches", Given: both, When: capped.approve(2), Then: all(2, 3_000_00, 2_000_00, 5_000_00)},
		{Name: "when nothing is left of it", Given: both, When: spent.approve(2), Then: all(2, 0, 5_000_00, 5_000_00)},
		{Name: "without a figure that is missing", Given: unknown, When: checker.approve(1), Refused: claim.ErrFigure},
		{Name: "with it", Given: unknown, When: checker.approve(1, letter), Then: facts{settled}},
		{Name: "with a lower one", Given: unknown, When: checker.approve(1, low.Figures...), Then: facts{low}},
		{Name: "with one that the contract has", Given: unknown, When: checker.approve(1, fact.Figure{Line: 1, Maximum: 1, Source: "me"}), Refused: claim.ErrNeedless},
		{Name: "with one for no line", Given: unknown, When: checker.approve(1, fact.Figure{Line: 3, Maximum: 1, Source: "me"}), Refused: claim.ErrLine},
		{Name: "approved already, with another figure", Given: slices.Concat(unknown, facts{settled}), When: checker.approve(1, low.Figures...), Refused: claim.ErrJudged},
		{Name: "while the entitlement cannot be read", Given: one, When: unread.approve(1), Refused: refuse.ErrParked},
		{Name: "rejected", Given: one, When: reject(checker, 1), Then: facts{fact.ClaimRejected{Workforce: whose, Claim: 1, Reasons: []fact.Reason{{Line: 1, Reason: "Left."}}, By: "person-checker"}}},
		{Name: "rejected by its maker", Given: one, When: reject(maker, 1), Refused: claim.ErrMaker},
		{Name: "rejected for a line it has not", Given: one, When: reject(checker, 2), Refused: claim.ErrLine},
		{Name: "rejected once it is approved", Given: both, When: reject(checker, 1), Refused: claim.ErrJudged},
		{Name: "approved once it is rejected", Given: done(t, maker.submit("2025-06", pharmacist(1, 1)), reject(checker, 1)), When: checker.approve(1), Refused: claim.ErrJudged},
		{Name: "withdrawn", Given: one, When: withdraw, Then: facts{fact.ClaimWithdrawn{Workforce: whose, Claim: 1, Reason: "Wrong.", By: "person-manager"}}},
		{Name: "withdrawn once it is approved", Given: both, When: withdraw, Refused: claim.ErrJudged},
	})
}

func TestAnUplift(t *testing.T) {
	before, after := doing{known("2025/26")}, doing{known("2025/26", rise)}
	checker := before.by("person-checker")
	given := done(t, before.submit("2025-05", pharmacist(1, 6_000_00), worker(2, 2_000_00)), checker.approve(1, fact.Figure{Line: 2, Maximum: 30_000_00, Source: "letter"}))
	more := ask.Adjustment{Claim: 1, Employee: "Role 1", Pay: fact.Pay{Salary: 6_100_00}}
	added := func(was events.GBP, pay, to events.GBP) fact.Added {
		l := pharmacist(1, pay)
		return fact.Added{Claim: 1, At: 1, Month: "2025-05", Was: was, More: to - was, Line: fact.Line{
			Claimed: l, Days: 31, Limit: of(events.GBP(5_782_00)), Reimbursable: of(to), Maxima: []fact.Ceiling{{Maximum: 69_384_00, Share: 100, Days: 31, Entry: "term-8"}},
		}}
	}
	adjusted := func(n int, l fact.Added) facts {
		return facts{fact.AdjustmentSubmitted{Workforce: fact.Workforce{Network: "U99001", Year: "2025/26"}, Number: n, Lines: []fact.Added{l}, Reason: "The rise.", By: "person-manager"}}
	}
	waiting := slices.Concat(given, done(t, func(claim.State) (facts, error) { return adjusted(2, added(5_581_00, 6_100_00, 5_782_00)), nil }))
	paid := slices.Concat(waiting, facts{fact.ClaimApproved{Workforce: fact.Workforce{Network: "U99001", Year: "2025/26"}, Claim: 2, Amounts: []events.GBP{201_00}, Amount: 201_00, By: "person-checker"}})
	decidertest.Run(t, claim.Evolve, []decidertest.Case[claim.State, fact.Event]{
		{Name: "before the rise there is nothing more", Given: given, When: before.adjust(more), Refused: claim.ErrNoDifference},
		{Name: "the difference alone", Given: given, When: after.adjust(more), Then: adjusted(2, added(5_581_00, 6_100_00, 5_782_00))},
		{Name: "of a line nobody claimed", Given: given, When: after.adjust(ask.Adjustment{Claim: 1, Employee: "Role 9"}), Refused: claim.ErrLine},
		{Name: "of a claim that is not there", Given: given, When: after.adjust(ask.Adjustment{Claim: 3, Employee: "Role 1"}), Refused: claim.ErrUnknown},
		{Name: "of one that waits", Given: done(t, before.submit("2025-05", pharmacist(1, 6_000_00))), When: after.adjust(more), Refused: claim.ErrNotApproved},
		{Name: "of an adjustment", Given: paid, When: after.adjust(ask.Adjustment{Claim: 2, Employee: "Role 1"}), Refused: claim.ErrNotApproved},
		{Name: "of a role without a maximum", Given: given, When: after.adjust(ask.Adjustment{Claim: 1, Employee: "Role 2", Pay: fact.Pay{Salary: 9_000_00}}), Refused: claim.ErrNoMaximum},
		{Name: "of another's line while one waits", Given: waiting, When: after.adjust(ask.Adjustment{Claim: 1, Employee: "Role 1", Pay: fact.Pay{Salary: 6_200_00}}), Refused: claim.ErrPending},
		{Name: "with fees of a pharmacist", Given: given, When: after.adjust(ask.Adjustment{Claim: 1, Employee: "Role 1", Pay: fact.Pay{Salary: 4_000_00, Fees: 1_000_00}}), Refused: claim.ErrFees},
		{Name: "approved", Given: waiting, When: checker.approve(2), Then: paid[len(paid)-1:]},
		{Name: "once more", Given: paid, When: after.adjust(ask.Adjustment{Claim: 1, Employee: "Role 1", Pay: fact.Pay{Salary: 6_200_00}}), Refused: claim.ErrNoDifference},
	})
}

// Whatever is approved never goes beyond the entitlement, and no line beyond what
// it cost.
func TestNothingBeyondTheEntitlement(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := known("2025/26")
		entitled := events.GBP(rapid.Int64Range(0, 60_000_00).Draw(t, "entitled"))
		checker := doing{k}.by("person-checker")
		checker.Entitled = &entitled
		var s claim.State
		var paid, lost, all events.GBP
		for n, m := 1, events.Month("2025-04"); n <= 12; n, m = n+1, events.MonthOf(m.Last().AddDays(1)) {
			salary := events.GBP(rapid.Int64Range(0, 10_000_00).Draw(t, "salary"))
			for _, do := range []func(claim.State) (facts, error){doing{k}.submit(m, pharmacist(1, salary)), checker.approve(n)} {
				got, err := do(s)
				if err != nil || len(got) != 1 {
					t.Fatal(got, err)
				}
				s = claim.Evolve(s, got[0])
				if a, is := got[0].(fact.ClaimApproved); is {
					paid, lost, all = paid+a.Amount, lost+a.Lost, all+a.Amounts[0]
					if a.Amounts[0] > salary {
						t.Errorf("£%s are reimbursed of £%s", a.Amounts[0], salary)
					}
				}
			}
		}
		if paid > entitled || paid+lost != all || paid != s.Approved() || all > entitled && paid != entitled {
			t.Errorf("of £%s, £%s are paid and £%s lost; entitled to £%s", all, paid, lost, entitled)
		}
	})
}
