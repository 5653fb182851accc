package view_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/entitlement"
	fact "github.com/ics-openbook/openbook/events/workforce"
	"github.com/ics-openbook/openbook/services/internal/figure"
	"github.com/ics-openbook/openbook/services/workforce/view"
)

var whose = fact.Workforce{Network: "U99001", Year: "2025/26"}

func of(pence int) *events.GBP {
	m := events.GBP(pence)
	return &m
}

func line(n int, role contract.Key, salary int, reimbursable *events.GBP) fact.Line {
	return fact.Line{
		Claimed:      fact.Claimed{Employee: fmt.Sprint("Role ", n), Role: role, Hours: decimal.MustParse("30"), Pay: fact.Pay{Salary: events.GBP(salary)}},
		Days:         30,
		Reimbursable: reimbursable,
	}
}

func submitted(n int, month events.Month, lines ...fact.Line) fact.Event {
	return fact.ClaimSubmitted{Workforce: whose, Number: n, Month: month, Lines: lines, By: "person-manager"}
}

func approved(n int, lost int, each ...events.GBP) fact.Event {
	a := fact.ClaimApproved{Workforce: whose, Claim: n, Amounts: each, Lost: events.GBP(lost), By: "person-commissioner"}
	for _, m := range each {
		a.Amount += m
	}
	a.Amount -= a.Lost
	return a
}

func rejected(n int) fact.Event {
	return fact.ClaimRejected{Workforce: whose, Claim: n, Reasons: []fact.Reason{{Reason: "no"}}, By: "person-commissioner"}
}

func withdrawn(n int) fact.Event {
	return fact.ClaimWithdrawn{Workforce: whose, Claim: n, Reason: "wrong", By: "person-manager"}
}

func place(n int) view.Place {
	return view.Place{ID: events.ID(fmt.Sprint("fact-", n)), Ordinal: events.Ordinal(n), Time: time.Unix(int64(n), 0).UTC()}
}

func fold(t interface{ Fatal(...any) }, all ...fact.Event) (s view.State) {
	for i, e := range all {
		var err error
		if s, err = view.Evolve(s, e, place(i+1)); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func pay(s view.State, approval int) view.State {
	return view.WithPayment(s, place(approval).ID, view.Payment{Ledger: "ledger-QZ1-2025-26", Number: 9, Place: place(99)})
}

func standing(s view.State) *view.Standing {
	return &view.Standing{
		Workforce: whose, Claims: s.Of("U99001", "2025/26"), Today: events.Day(2026, time.March, 10),
		Entitled: figure.Known(20_000_00, "So.", func() []figure.Term { return []figure.Term{{Label: "all", Amount: 20_000_00}} }),
	}
}

func says(a figure.Amount) string {
	if a.Unknown != nil {
		return a.Unknown.Code
	}
	return a.Passport.Arithmetic()
}

// story is two months that are approved, one of them paid and cut down, one that
// waits, one of each that is not to count.
var story = []fact.Event{
	submitted(1, "2025-06", line(1, "coach", 5_000_00, of(4_000_00))), approved(1, 0, 4_000_00),
	submitted(2, "2025-07", line(1, "coach", 5_000_00, of(4_500_00)), line(2, "nurse", 100_00, of(100_00))), approved(2, 600_00, 4_500_00, 100_00),
	submitted(3, "2025-05", line(1, "coach", 1, of(1))), rejected(3),
	submitted(4, "2025-05", line(1, "coach", 2, of(2))), withdrawn(4),
	submitted(5, "2025-08", line(1, "coach", 5_000_00, of(4_200_00))),
}

func TestHowANetworkStands(t *testing.T) {
	s := pay(fold(t, story...), 2)
	n := standing(s)
	for _, c := range []struct{ what, got, want string }{
		{"what waits", says(n.Waiting()), "£4200.00 = £4200.00"},
		{"what is approved", says(n.Approved()), "£4000.00 + £4000.00 = £8000.00"},
		{"what is paid", says(n.Paid()), "£4000.00 = £4000.00"},
		{"what is lost", says(n.Lost()), "£600.00 = £600.00"},
		{"what is left", says(n.Remaining()), "£20000.00 + (−£4000.00) + (−£4000.00) = £12000.00"},
		{"what it will come to", says(n.Projected()), "£4000.00 + £4000.00 + £4200.00 + £29400.00 = £41600.00"},
		{"what will be lost", says(n.Underspend()), "nothing = £0.00"},
		{"weeks", fmt.Sprint(n.WeeksLeft()), "3"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", c.what, c.got, c.want)
		}
	}
	if cut := n.Claims.Claim(2).Lines()[0]; cut.NetworkShare() != nil || *n.Claims.Claim(1).Lines()[0].NetworkShare() != 1_000_00 {
		t.Error("of a claim that was cut down somebody says which line was")
	}
	var status []view.Status
	for _, c := range n.Claims.Claims() {
		status = append(status, c.Status())
	}
	if want := []view.Status{view.Paid, view.Approved, view.Rejected, view.Withdrawn, view.Submitted}; !slices.Equal(status, want) {
		t.Errorf("the claims are %s, want %s", status, want)
	}
	if left := s.Unpaid(); len(left) != 1 || left[0].Number != 2 {
		t.Errorf("to be paid are %v", left)
	}
	if terms := n.Paid().Passport.Sum(); terms[0].Label != "claim 1, for 2025-06" || terms[0].Entries[0] != "fact-99" {
		t.Errorf("what is paid follows from %+v", terms)
	}
	few := standing(fold(t, submitted(1, "2025-04", line(1, "coach", 2_000_00, of(1_000_00)))))
	if got := says(few.Underspend()); got != "£20000.00 + (−£1000.00) + (−£11000.00) = £8000.00" {
		t.Errorf("of a network that claims little %s", got)
	}
}

// Nothing that nobody knows is zero.
func TestWhatIsNotKnown(t *testing.T) {
	none := standing(view.State{})
	if got := says(none.Projected()) + " " + says(none.Underspend()) + " " + says(none.Remaining()); got != "NOT_SUBMITTED NOT_SUBMITTED £20000.00 = £20000.00" {
		t.Errorf("a network without a claim: %s", got)
	}
	lacks := standing(fold(t, submitted(1, "2025-06", line(1, "coach", 1, nil))))
	if got := says(lacks.Waiting()) + " " + says(lacks.Projected()); got != "MAXIMUM_NOT_KNOWN MAXIMUM_NOT_KNOWN" {
		t.Errorf("a claim without a maximum: %s", got)
	}
	settled := standing(fold(t, submitted(1, "2025-06", line(1, "coach", 1_000_00, nil)), approved(1, 0, 900_00)))
	if got := says(settled.Waiting()) + " " + says(settled.Projected()); got != "nothing = £0.00 £900.00 + £8100.00 = £9000.00" {
		t.Errorf("once somebody has given it: %s", got)
	}
	parked := standing(fold(t, story...))
	parked.Unknown = &figure.Unknown{Code: "PARKED"}
	for _, a := range []figure.Amount{parked.Waiting(), parked.Approved(), parked.Paid(), parked.Lost(), parked.Remaining(), parked.Projected(), parked.Underspend()} {
		if says(a) != "PARKED" {
			t.Errorf("where not all can be read it says %s", says(a))
		}
	}
	owed := standing(fold(t, story...))
	owed.Entitled = figure.NoAmount(&figure.Unknown{Code: "NOT_SUBMITTED"})
	if says(owed.Remaining()) != "NOT_SUBMITTED" || says(owed.Underspend()) != "NOT_SUBMITTED" {
		t.Error("of an entitlement that nobody knows something is left")
	}
}

func TestWhatIsEntitled(t *testing.T) {
	rate := func(stream contract.Key, practice events.Practice, amount events.GBP) entitlement.Line {
		return entitlement.Line{Stream: stream, Practice: practice, Rates: []entitlement.Rate{{Amount: amount}}}
	}
	if got := view.Entitled(entitlement.Computed{Lines: []entitlement.Line{rate("core", "", 1), rate("arrs_sum", "", 20), rate("arrs_sum", "", 3)}}); got == nil || *got != 23 {
		t.Errorf("it is entitled to %v", got)
	}
	if got := view.Entitled(entitlement.Computed{Lines: []entitlement.Line{rate("arrs_sum", "", 20)}, Owed: []entitlement.Owed{{Stream: "arrs_sum"}}}); got != nil {
		t.Errorf("where something is owed it is entitled to %s", got)
	}
	if got := view.Entitled(entitlement.Computed{Lines: []entitlement.Line{rate("core", "", 1)}}); got != nil {
		t.Errorf("without such a sum it is entitled to %s", got)
	}
}

func TestTotals(t *testing.T) {
	five := fold(t, submitted(1, "2025-06", line(1, "coach", 1, nil), line(2, "coach", 1, nil), line(3, "nurse", 1, nil), line(4, "coach", 1, nil), line(5, "coach", 1, nil), line(6, "coach", 1, nil))).Of("U99001", "2025/26")
	told := func(all bool) string {
		var words []string
		for _, r := range view.Totals(all, nil, five) {
			if r.People.Unknown != nil || r.WTE.Unknown != nil {
				words = append(words, string(r.Role)+" "+r.People.Unknown.Code+" "+r.WTE.Unknown.Code)
				continue
			}
			words = append(words, fmt.Sprint(r.Role, " ", r.People.Value, " ", r.WTE.Value))
		}
		return strings.Join(words, ", ")
	}
	if got := told(false); got != "coach 5 4, nurse FEW FEW" {
		t.Errorf("others are told %s", got)
	}
	three := fold(t, submitted(1, "2025-05", line(9, "coach", 1, nil)), submitted(2, "2025-06", line(1, "coach", 1, nil), line(2, "coach", 1, nil)), submitted(3, "2025-06", line(3, "coach", 1, nil))).Of("U99001", "2025/26")
	single := fold(t, submitted(1, "2025-06", line(1, "coach", 1, nil))).Of("U99001", "2025/26")
	if one := view.Totals(false, nil, three, single)[0]; one.People.Unknown == nil || one.WTE.Unknown == nil {
		t.Errorf("others are told of %s people", one.People.Value)
	}
	for _, r := range view.Totals(true, &figure.Unknown{Code: "PARKED"}, five) {
		if r.People.Unknown == nil || r.WTE.Unknown == nil || r.People.Unknown.Code != "PARKED" {
			t.Errorf("where a claim cannot be read there are %s of %s", r.People.Value, r.Role)
		}
	}
	if got := told(true); got != "coach 5 4, nurse 1 0.8" {
		t.Errorf("those who see lines are told %s", got)
	}
	for _, c := range []struct {
		is   figure.Figure
		want string
	}{
		{view.Totals(true, nil, three, single)[0].People, "3 + 1 = 4 people of [fact-2 fact-3 fact-1]"},
		{view.Totals(true, nil, three, single)[0].WTE, "(90 + 30) ÷ 37.5 = 3.2 WTE of [fact-2 fact-3 fact-1]"},
		{view.Totals(false, nil, five)[0].People, "parts that are not shown = 5 people of []"},
		{view.Totals(false, nil, five)[0].WTE, "parts that are not shown = 4 WTE of []"},
	} {
		if got := fmt.Sprint(c.is.Passport.Arithmetic(), " of ", c.is.Entries()); got != c.want || c.is.Passport.Rule == "" {
			t.Errorf("%q: %s, want %s", c.is.Passport.Rule, got, c.want)
		}
	}
	month, roles := fold(t, story[:8]...).Of("U99001", "2025/26").Roles()
	if month != "2025-07" || len(roles) != 2 {
		t.Errorf("the last month is %s with %v", month, roles)
	}
}

func TestAdjustments(t *testing.T) {
	added := fact.Added{Claim: 1, At: 1, Month: "2025-06", Was: 4_000_00, Line: line(1, "coach", 5_100_00, of(4_250_00)), More: 250_00}
	s := fold(t, story[0], story[1], fact.AdjustmentSubmitted{Workforce: whose, Number: 2, Lines: []fact.Added{added}, Reason: "rise", By: "person-manager"}, approved(2, 0, 250_00))
	c := s.Of("U99001", "2025/26").Claim(2)
	l := c.Lines()[0]
	if *l.Claimed() != 250_00 || *l.Approved() != 250_00 || *l.NetworkShare() != 850_00 || l.Month() != "2025-06" || c.Month() != "" || c.Label() != "claim 2, an adjustment" {
		t.Errorf("it is %s: %v, %v, %v of %s", c.Label(), l.Claimed(), l.Approved(), l.NetworkShare(), l.Month())
	}
	if got := says(standing(s).Approved()); got != "£4000.00 + £250.00 = £4250.00" {
		t.Errorf("approved is %s", got)
	}
	before := s.Of("U99001", "2025/26").Claim(1).Lines()[0]
	if *before.Claimed() != 4_000_00 || *before.Approved() != 4_000_00 || *before.NetworkShare() != 1_000_00 {
		t.Error("the claim it adds to is another")
	}
}

func TestWhatDoesNotFollow(t *testing.T) {
	s := fold(t, story...)
	for name, e := range map[string]fact.Event{
		"a number that is taken":   submitted(5, "2025-09"),
		"a number that is skipped": submitted(7, "2025-09"),
		"judging what is not":      approved(9, 0),
		"judging twice":            rejected(1),
		"withdrawing what is paid": withdrawn(1),
	} {
		after, err := view.Evolve(s, e, place(50))
		if !errors.Is(err, view.ErrUnlawful) || len(after.Of("U99001", "2025/26").Claims()) != 5 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if again := pay(pay(s, 2), 2); len(again.Unpaid()) != 1 {
		t.Error("a claim is paid twice")
	}
	back := view.WithReversal(pay(s, 2), place(2).ID)
	if c := back.Of("U99001", "2025/26").Claim(1); c.Status() != view.Reversed || len(back.Unpaid()) != 1 || says(standing(back).Paid()) != "nothing = £0.00" || says(standing(back).Approved()) != "£4000.00 + £4000.00 = £8000.00" {
		t.Errorf("a claim whose payment is reversed is %s", c.Status())
	}
	if none := view.WithReversal(s, place(2).ID); none.Of("U99001", "2025/26").Claim(1).Status() != view.Approved {
		t.Error("a payment is reversed that was not made")
	}
	if other := pay(s, 77); len(other.Unpaid()) != 2 {
		t.Error("what nobody approved pays a claim")
	}
}

// A state that was frozen at any moment and read back goes on as if it had not
// been.
func TestFrozenAndThawed(t *testing.T) {
	tell := func(s view.State) (all []string) {
		for _, c := range s.Of("U99001", "2025/26").Claims() {
			all = append(all, fmt.Sprint(c.Number, c.Status(), c.History(), c.Payment(), c.By(), c.Late()))
		}
		for _, c := range s.Unpaid() {
			all = append(all, fmt.Sprint("unpaid ", c.Number))
		}
		return all
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, len(story)).Draw(t, "facts")
		s := fold(t, story[:n]...)
		if n > 1 && rapid.Bool().Draw(t, "paid") {
			s = pay(s, 2)
			if rapid.Bool().Draw(t, "reversed") {
				s = view.WithReversal(s, place(2).ID)
			}
		}
		b, err := view.Freeze(s)
		if err != nil {
			t.Fatal(err)
		}
		back, err := view.Thaw(b)
		if err != nil {
			t.Fatal(err)
		}
		for i := n; i <= len(story); i++ {
			if diff := cmp.Diff(tell(s), tell(back)); diff != "" {
				t.Fatalf("after %d facts, frozen after %d (-was +is):\n%s", i, n, diff)
			}
			if i == len(story) {
				break
			}
			s, _ = view.Evolve(s, story[i], place(i+1))
			back, _ = view.Evolve(back, story[i], place(i+1))
		}
	})
}
