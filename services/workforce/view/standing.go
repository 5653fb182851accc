package view

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/workforce"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// Standing is how a network stands in a year: what it may claim, what it has
// claimed, and what is left.
type Standing struct {
	fact.Workforce
	Claims   *Workforce // nil where nothing was claimed
	Entitled figure.Amount
	Today    events.Date
	Unknown  *figure.Unknown // why what is said of it cannot be relied on, or nil
}

// part is what a claim adds to a sum, and the entry that says so.
type part struct {
	claim  *Claim
	amount events.GBP
	entry  events.ID
}

// sum is what some of the claims come to together.
func (s *Standing) sum(rule string, of func(*Claim) (part, bool)) figure.Amount {
	if s.Unknown != nil {
		return figure.NoAmount(s.Unknown)
	}
	var all []part
	var sum events.GBP
	for _, c := range s.Claims.Claims() {
		if p, counts := of(c); counts {
			all, sum = append(all, p), sum+p.amount
		}
	}
	return figure.Known(sum, rule, func() (terms []figure.Term) {
		for _, p := range all {
			terms = append(terms, figure.Term{Label: p.claim.Label(), Amount: p.amount, Entries: []events.ID{p.entry}})
		}
		return terms
	})
}

// Label names the claim in words: "claim 3, for 2025-06".
func (c *Claim) Label() string {
	if c.Month() == "" {
		return fmt.Sprintf("claim %d, an adjustment", c.Number)
	}
	return fmt.Sprintf("claim %d, for %s", c.Number, c.Month())
}

// Waiting is what is claimed and has not been judged. It is not known while a
// line of it lacks its maximum.
func (s *Standing) Waiting() figure.Amount {
	unknown := 0
	all := s.sum("What the claims come to that nobody has judged.", func(c *Claim) (part, bool) {
		sum, lacking := c.Claimed()
		if c.Status() == Submitted {
			unknown += lacking
		}
		return part{c, sum, c.Submitted().ID}, c.Status() == Submitted
	})
	if unknown > 0 && s.Unknown == nil {
		by := events.Entity("england")
		return figure.NoAmount(&figure.Unknown{Code: "MAXIMUM_NOT_KNOWN", OwedBy: &by, Reason: fmt.Sprintf("The book has no maximum for lines of claims that wait (%d of them). Whoever approves them gives it, with its source.", unknown)})
	}
	return all
}

// Approved is what has been approved.
func (s *Standing) Approved() figure.Amount {
	return s.approved("What has been approved.", func(a *fact.ClaimApproved) events.GBP { return a.Amount })
}

// Lost is what was claimed beyond what was left of the entitlement.
func (s *Standing) Lost() figure.Amount {
	return s.approved("What approved claims come to beyond what was left of the entitlement.", func(a *fact.ClaimApproved) events.GBP { return a.Lost })
}

func (s *Standing) approved(rule string, of func(*fact.ClaimApproved) events.GBP) figure.Amount {
	return s.sum(rule, func(c *Claim) (part, bool) {
		a := c.Approval()
		if a == nil || of(a) == 0 {
			return part{}, false
		}
		return part{c, of(a), c.Judged().ID}, true
	})
}

// Paid is what of it a ledger has paid.
func (s *Standing) Paid() figure.Amount {
	return s.sum("What the ledger of the system has paid of it.", func(c *Claim) (part, bool) {
		if c.Status() != Paid {
			return part{}, false
		}
		return part{c, c.Approval().Amount, c.Payment().ID}, true
	})
}

// NetworkShare is what the network bears itself of what approved claims have cost:
// its own share in 2019/20, and wages above the maximum. What was cut off for want
// of entitlement is of it.
//
// Of a claim for fewer than five people it is what single people are paid: then it is
// for those who may see lines, which all says.
func (s *Standing) NetworkShare(all bool) figure.Amount {
	for _, c := range s.Claims.Claims() {
		if !all && s.Unknown == nil && c.Approval() != nil && len(c.Lines()) < Few {
			return figure.NoAmount(TooFew("").Unknown)
		}
	}
	type line struct{ claim, at int }
	cost := map[line]events.GBP{}
	return s.sum("What the people in approved claims have cost, less what was approved.", func(c *Claim) (part, bool) {
		a := c.Approval()
		if a == nil {
			return part{}, false
		}
		own := -a.Amount
		for _, l := range c.Lines() {
			of := line{c.Number, l.Number}
			if l.Added != nil {
				of = line{l.Added.Claim, l.Added.At}
			}
			own, cost[of] = own+l.Total()-cost[of], l.Total()
		}
		return part{c, own, c.Judged().ID}, true
	})
}

// Remaining is what is left of the entitlement: what is not claimed by the end of
// the year is lost.
func (s *Standing) Remaining() figure.Amount {
	return figure.Together("What the contract entitles the network to, less what has been approved.", s.Entitled, less(s.Approved()))
}

// less is an amount to be taken away.
func less(a figure.Amount) figure.Amount {
	if a.Value == nil {
		return a
	}
	return figure.Known(-*a.Value, a.Passport.Rule, func() []figure.Term {
		terms := slices.Clone(a.Passport.Sum())
		for i := range terms {
			terms[i].Amount, terms[i].Quantity, terms[i].Rate = -terms[i].Amount, nil, nil
		}
		return terms
	})
}

// Projected is what will have been claimed by the end of the year, if every month
// since the first claim that has none comes to what the last one did. It is not
// known before there is a month to go by.
func (s *Standing) Projected() figure.Amount {
	last, left := s.last()
	switch {
	case s.Unknown != nil:
		return figure.NoAmount(s.Unknown)
	case len(last) == 0:
		by := s.Network.Entity()
		return figure.NoAmount(&figure.Unknown{Code: "NOT_SUBMITTED", OwedBy: &by, Reason: fmt.Sprintf("Network %s has claimed for no month of %s.", s.Network, s.Year)})
	}
	var sum events.GBP
	var entries []events.ID
	for _, c := range last {
		came, unknown := c.Claimed()
		if a := c.Approval(); a != nil {
			came, unknown = a.Amount+a.Lost, 0
		}
		if unknown > 0 {
			return s.Waiting()
		}
		sum, entries = sum+came, append(entries, c.Submitted().ID)
	}
	to := figure.Known(sum*events.GBP(left), "The months to come.", func() []figure.Term {
		return []figure.Term{{Label: fmt.Sprintf("%d months without a claim, each at £%s as %s", left, sum, last[0].Label()), Amount: sum * events.GBP(left), Entries: entries}}
	})
	return figure.Together("What is approved and what waits, and every month since the first claim that has none at what the last one came to.", s.Approved(), s.Waiting(), to)
}

// last are the claims for the latest month, and how many months since the first
// with a claim have none.
func (s *Standing) last() (last []*Claim, left int) {
	claimed, first := map[events.Month]bool{}, 13
	for _, c := range s.Claims.Claims() {
		if status := c.Status(); c.Month() == "" || status == Rejected || status == Withdrawn {
			continue
		}
		claimed[c.Month()], first = true, min(first, c.Month().InYear())
		if len(last) > 0 && c.Month() > last[0].Month() {
			last = nil
		}
		if len(last) == 0 || c.Month() == last[0].Month() {
			last = append(last, c)
		}
	}
	return last, 13 - first - len(claimed)
}

// Underspend is what of the entitlement will be lost, if it goes on like that:
// nothing of it is carried into the next year.
func (s *Standing) Underspend() figure.Amount {
	a := figure.Together("What the contract entitles the network to, less what it will have claimed.", s.Entitled, less(s.Projected()))
	if a.Value != nil && *a.Value < 0 {
		return figure.Known(0, "It will have claimed all of it.", func() []figure.Term { return nil })
	}
	return a
}

// WeeksLeft is how many whole weeks are left of the year.
func (s *Standing) WeeksLeft() int {
	days := 0
	for d := s.Today; !d.IsZero() && d.Before(s.Year.Last()) && days < 366; d = d.AddDays(1) {
		days++
	}
	return days / 7
}

// Few is how many people a role's total is of at least, for those who may not see
// whose pay is whose.
const Few = 5

// TooFew is a figure of fewer people than that.
func TooFew(unit string) figure.Figure {
	return figure.Not(unit, &figure.Unknown{Code: "FEW", Reason: fmt.Sprintf("It is of fewer than %d people, and shown to the network, its commissioner, finance officers and auditors alone.", Few)})
}

// RoleTotal is how many people and WTE a role has.
type RoleTotal struct {
	Role   contract.Key
	People figure.Figure
	WTE    figure.Figure // of 37.5 hours a week, to two places
	// NetworkShare is what networks bear themselves of their cost in the month.
	NetworkShare figure.Amount
}

// Withheld is t where its figures are of too few.
func (t RoleTotal) Withheld() RoleTotal {
	few := TooFew("")
	return RoleTotal{t.Role, TooFew("person"), TooFew("WTE"), figure.NoAmount(few.Unknown)}
}

// Totals are how many there are of each role in the last month that each has
// claimed for, by its key. Those of fewer than five people are known to those who
// may see lines, which all says; and nobody else is told what a total is of, which
// may be single people. None is known where why says that a claim cannot be read.
func Totals(all bool, why *figure.Unknown, of ...*Workforce) (totals []RoleTotal) {
	var sums []Role
	for _, w := range of {
		_, roles := w.Roles()
		for _, r := range roles {
			sums = with(sums, r)
		}
	}
	slices.SortFunc(sums, func(a, b Role) int {
		switch {
		case a.Key < b.Key:
			return -1
		case a.Key > b.Key:
			return 1
		}
		return 0
	})
	for _, r := range sums {
		wte := decimal.MustNew(int64(r.Hours), 0)
		wte, _ = wte.Quo(decimal.MustNew(fact.FullTime, 0)) // some 30 people's hours
		wte = wte.Round(2)
		t := RoleTotal{r.Key, people(r, of), wholeTime(r, wte, of), own(r)}
		switch {
		case why != nil:
			t = RoleTotal{r.Key, figure.Not("person", why), figure.Not("WTE", why), figure.NoAmount(why)}
		case r.People < Few && !all:
			t = t.Withheld()
		case !all:
			t.People, t.WTE = t.People.Alone(), t.WTE.Alone()
		}
		totals = append(totals, t)
	}
	return totals
}

// people is how many there are of a role.
func people(r Role, of []*Workforce) figure.Figure {
	return figure.Of(r.People, "person").Adding("The people claimed for in the last month with a claim that stands.", func() []figure.Part {
		return partsOf(r.Key, of, func(r Role) string { return strconv.Itoa(r.People) })
	})
}

// wholeTime is what their hours come to.
func wholeTime(r Role, wte decimal.Decimal, of []*Workforce) figure.Figure {
	f := figure.Figure{Value: &wte, Unit: "WTE"}
	return f.By("The hours a week of the people claimed for in the last month with a claim that stands, in whole-time equivalents of 37.5 hours to two places.", func() (string, []events.ID) {
		parts := partsOf(r.Key, of, func(r Role) string { return decimal.MustNew(int64(r.Hours), 2).Trim(0).String() })
		return f.Equals(figure.Sum(parts) + " ÷ 37.5"), figure.Behind(parts)
	})
}

// partsOf are what networks have of a role, each with its claims.
func partsOf(key contract.Key, of []*Workforce, is func(Role) string) (all []figure.Part) {
	for _, w := range of {
		if r, behind := w.role(key); r.Key == key {
			all = append(all, figure.Part{Is: is(r), Entries: behind})
		}
	}
	return all
}

// own is what the networks bear themselves of a role's cost in the month.
func own(r Role) figure.Amount {
	if r.Lacking > 0 {
		return figure.NoAmount(&figure.Unknown{Code: "MAXIMUM_NOT_KNOWN", Reason: fmt.Sprintf("The book has no maximum of %s for %d of them.", r.Key, r.Lacking)})
	}
	return figure.Known(r.Own, "What they have cost in the month, less what is reimbursed.", func() []figure.Term {
		return []figure.Term{{Label: fmt.Sprintf("%d people in %s", r.People, r.Key), Amount: r.Own}}
	})
}
