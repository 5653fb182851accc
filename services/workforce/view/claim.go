package view

import (
	"slices"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/workforce"
)

// Status is how far a claim has come.
type Status string

const (
	Submitted Status = "SUBMITTED"
	Approved  Status = "APPROVED" // and not paid yet
	Paid      Status = "PAID"     // an entry of the system's ledger pays it
	Reversed  Status = "REVERSED" // that entry has been reversed since
	Rejected  Status = "REJECTED"
	Withdrawn Status = "WITHDRAWN"
)

// Status is how far the claim has come.
func (c *Claim) Status() Status {
	switch {
	case c.paid != nil && c.paid.Reversed:
		return Reversed
	case c.paid != nil:
		return Paid
	}
	switch c.last().Fact.(type) {
	case fact.ClaimApproved:
		return Approved
	case fact.ClaimRejected:
		return Rejected
	case fact.ClaimWithdrawn:
		return Withdrawn
	case fact.ClaimSubmitted, fact.AdjustmentSubmitted:
	}
	return Submitted
}

func (c *Claim) last() Entry { return c.history[len(c.history)-1] }

// Submitted is the entry that claims.
func (c *Claim) Submitted() Entry { return c.history[0] }

// Judged is the entry that says what became of it, or nil.
func (c *Claim) Judged() *Entry {
	if len(c.history) < 2 {
		return nil
	}
	last := c.last()
	return &last
}

// History is every entry about the claim, the oldest first.
func (c *Claim) History() []Entry { return c.history }

// Payment is the entry that has paid it, or nil.
func (c *Claim) Payment() *Payment { return c.paid }

// Month is the month it is for; none of an adjustment.
func (c *Claim) Month() events.Month {
	s, _ := c.history[0].Fact.(fact.ClaimSubmitted)
	return s.Month
}

// Until is the last month that a line of it is for.
func (c *Claim) Until() (last events.Month) {
	for _, l := range c.Lines() {
		last = max(last, l.Month())
	}
	return last
}

// Late reports whether it came after the deadline.
func (c *Claim) Late() bool {
	s, _ := c.history[0].Fact.(fact.ClaimSubmitted)
	return s.Late
}

// By is who submitted it.
func (c *Claim) By() events.PersonRef {
	switch s := c.history[0].Fact.(type) {
	case fact.ClaimSubmitted:
		return s.By
	case fact.AdjustmentSubmitted:
		return s.By
	case fact.ClaimApproved, fact.ClaimRejected, fact.ClaimWithdrawn:
	}
	return ""
}

// Approval is what was approved, or nil.
func (c *Claim) Approval() *fact.ClaimApproved {
	if a, is := c.last().Fact.(fact.ClaimApproved); is {
		return &a
	}
	return nil
}

// Line is a line of a claim, of a month or of an adjustment.
type Line struct {
	fact.Line
	Claim  *Claim
	Number int         // from 1
	Added  *fact.Added // of an adjustment: what it adds to
}

// Lines are the claim's.
func (c *Claim) Lines() (all []Line) {
	switch s := c.history[0].Fact.(type) {
	case fact.ClaimSubmitted:
		for i, l := range s.Lines {
			all = append(all, Line{l, c, i + 1, nil})
		}
	case fact.AdjustmentSubmitted:
		for i, l := range s.Lines {
			all = append(all, Line{l.Line, c, i + 1, &l})
		}
	case fact.ClaimApproved, fact.ClaimRejected, fact.ClaimWithdrawn:
	}
	return all
}

// Claimed is what the line claims: of an adjustment the difference alone; nil
// where that is not known.
func (l Line) Claimed() *events.GBP {
	if l.Added != nil {
		return &l.Added.More
	}
	return l.Reimbursable
}

// Approved is what was approved for the line, before the claim was cut down to
// what was left of the entitlement; nil where nothing was.
func (l Line) Approved() *events.GBP {
	a := l.Claim.Approval()
	if a == nil {
		return nil
	}
	return &a.Amounts[l.Number-1]
}

// Month is the month the line is for.
func (l Line) Month() events.Month {
	if l.Added != nil {
		return l.Added.Month
	}
	return l.Claim.Month()
}

// Figure is the maximum that the commissioner gave for the line, or nil.
func (l Line) Figure() *fact.Figure {
	if a := l.Claim.Approval(); a != nil {
		for _, f := range a.Figures {
			if f.Line == l.Number {
				return &f
			}
		}
	}
	return nil
}

// NetworkShare is what the network bears of the line's cost itself: what is not
// reimbursed, wages above the maximum included; nil where that is not known, as of
// a claim that was cut down to what was left of the entitlement.
func (l Line) NetworkShare() *events.GBP {
	known := l.Reimbursable
	if a := l.Claim.Approval(); a != nil && a.Lost > 0 {
		return nil // which line was cut down, nobody says
	}
	if l.Added == nil && l.Approved() != nil {
		known = l.Approved()
	}
	if known == nil {
		return nil
	}
	own := l.Total() - *known
	return &own
}

// Claimed is what the claim comes to, as far as that is known, and of how many
// lines it is not.
func (c *Claim) Claimed() (sum events.GBP, unknown int) { return c.claimed, c.lacking }

// count works out what a claim comes to, and what it has of each role: it stays so,
// and is asked for again and again.
func (c *Claim) count() {
	for _, l := range c.Lines() {
		if m := l.Claimed(); m != nil {
			c.claimed += *m
		} else {
			c.lacking++
		}
		hours, _ := fact.Hundredths(l.Hours)
		one := Role{Key: l.Role, People: 1, Hours: hours, Lacking: 1}
		if l.Reimbursable != nil {
			one.Own, one.Lacking = l.Total()-*l.Reimbursable, 0
		}
		c.roles = with(c.roles, one)
	}
}

// Sums are what a network's claims of a year come to.
type Sums struct {
	Waiting  events.GBP // claimed and not judged, as far as that is known
	Unknown  int        // lines of such claims of which it is not
	Approved events.GBP
	Paid     events.GBP // of what is approved
	Lost     events.GBP // beyond the entitlement
}

// Sums are what the claims come to.
func (w *Workforce) Sums() (s Sums) {
	for _, c := range w.Claims() {
		switch c.Status() {
		case Submitted:
			sum, unknown := c.Claimed()
			s.Waiting, s.Unknown = s.Waiting+sum, s.Unknown+unknown
		case Approved, Reversed:
			s.Approved, s.Lost = s.Approved+c.Approval().Amount, s.Lost+c.Approval().Lost
		case Paid:
			s.Approved, s.Lost = s.Approved+c.Approval().Amount, s.Lost+c.Approval().Lost
			s.Paid += c.Approval().Amount
		case Rejected, Withdrawn:
		}
	}
	return s
}

// Role is what a month's claim has of a role.
type Role struct {
	Key    contract.Key
	People int
	Hours  int // a week, in hundredths; 37_50 are one WTE
	// Own is what the network bears itself of their cost: its own share, and wages
	// above the maximum. It is not known of the Lacking among them.
	Own     events.GBP
	Lacking int
}

// with is all with one more, of a role that is among them or is not.
func with(all []Role, one Role) []Role {
	for i := range all {
		if all[i].Key == one.Key {
			all[i].People, all[i].Hours = all[i].People+one.People, all[i].Hours+one.Hours
			all[i].Own, all[i].Lacking = all[i].Own+one.Own, all[i].Lacking+one.Lacking
			return all
		}
	}
	return append(all, one)
}

// role is what the last month with a claim that stands has of a role, and the
// entries of the claims that have it.
func (w *Workforce) role(key contract.Key) (is Role, behind []events.ID) {
	month, all := w.Roles()
	for _, r := range all {
		if r.Key == key {
			is = r
		}
	}
	for _, c := range w.Claims() {
		s := c.Status()
		if c.Month() == month && s != Rejected && s != Withdrawn && slices.ContainsFunc(c.roles, func(r Role) bool { return r.Key == key }) {
			behind = append(behind, c.Submitted().ID)
		}
	}
	return is, behind
}

// Roles are those of the last month with a claim that stands, of all its claims,
// and that month; none where nothing was claimed.
func (w *Workforce) Roles() (month events.Month, all []Role) {
	for _, c := range w.Claims() {
		s := c.Status()
		if c.Month() == "" || s == Rejected || s == Withdrawn || c.Month() < month {
			continue
		}
		if c.Month() > month {
			month, all = c.Month(), nil
		}
		for _, r := range c.roles {
			all = with(all, r)
		}
	}
	return month, all
}
