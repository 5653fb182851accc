package model

import (
	"cmp"
	"strconv"
	"time"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/workforce"
	"github.com/ics-openbook/openbook/services/internal/figure"
	"github.com/ics-openbook/openbook/services/network/view"
	claims "github.com/ics-openbook/openbook/services/workforce/view"
	"github.com/ics-openbook/openbook/services/workforce/view/staffing"
)

// NetworkWorkforce is a network's workforce in a year, as somebody may see it.
type NetworkWorkforce struct {
	claims.Standing
	Staffing
	In    events.ICB // the system of the network, on the day asked about
	Lines bool       // whether whoever asks may see single lines
}

// Entity is the network: it is whose the claims are.
func (w *NetworkWorkforce) Entity() events.Entity { return w.Network.Entity() }

// Within is the network's system.
func (w *NetworkWorkforce) Within() events.ICB { return w.In }

// Month is the last month with a claim.
func (w *NetworkWorkforce) Month() *events.Month {
	month, _ := w.Claims.Roles()
	if w.Unknown != nil {
		return nil // what is parked may have changed it
	}
	return unlessZero(month)
}

// Year is the financial year.
func (w *NetworkWorkforce) Year() events.Year { return w.Staffing.Year }

// NetworkShare is what the network bears itself.
func (w *NetworkWorkforce) NetworkShare() figure.Amount { return w.Standing.NetworkShare(w.Lines) }

// PostsByRole is how the posts of each role stand.
func (w *NetworkWorkforce) PostsByRole() []RolePosts {
	return w.byRole(func(r staffing.RolePosts) bool { return !w.Lines && few(r.People) })
}

// Baseline is what the network had before the scheme.
func (w *NetworkWorkforce) Baseline() ([]BaselineRole, error) {
	all := []BaselineRole{}
	for _, s := range w.Of {
		for _, b := range s.Baseline() {
			all = append(all, BaselineRole{b})
		}
	}
	return all, w.Readable()
}

// DirectorTime is what time its clinical director had.
func (w *NetworkWorkforce) DirectorTime() ([]DirectorMonth, error) {
	all := []DirectorMonth{}
	for _, s := range w.Of {
		all = append(all, DirectorMonths(s, w.Staffing.Year)...)
	}
	return all, w.Readable()
}

// Roles are those of the last claim.
func (w *NetworkWorkforce) Roles() []claims.RoleTotal {
	return claims.Totals(w.Lines, w.Unknown, w.Claims)
}

// SystemWorkforce is that of a system's networks.
type SystemWorkforce struct {
	Staffing
	System   *view.System
	Networks []*NetworkWorkforce
	Lines    bool
}

// hidden is how many people of each role networks have of which whoever asks may not
// see so few.
func (s *SystemWorkforce) hidden(of func(*NetworkWorkforce) map[contract.Key]int) map[contract.Key]int {
	all := map[contract.Key]int{}
	for _, w := range s.Networks {
		for role, people := range of(w) {
			if !w.Lines && people < claims.Few {
				all[role] += people
			}
		}
	}
	return all
}

// few reports whether a number of people is shown to nobody who may not see lines.
func few(people int) bool { return 0 < people && people < claims.Few }

// Roles are those of each network's last claim, together. Where the rest, less what
// is shown of single networks, would be of fewer than five people, it is withheld too.
func (s *SystemWorkforce) Roles() []claims.RoleTotal {
	var all []*claims.Workforce
	var why *figure.Unknown
	for _, w := range s.Networks {
		all, why = append(all, w.Claims), cmp.Or(why, w.Unknown)
	}
	totals := claims.Totals(s.Lines, why, all...)
	hidden := s.hidden(func(w *NetworkWorkforce) map[contract.Key]int {
		of := map[contract.Key]int{}
		_, roles := w.Claims.Roles()
		for _, r := range roles {
			of[r.Key] = r.People
		}
		return of
	})
	for i, t := range totals {
		if !s.Lines && few(hidden[t.Role]) {
			totals[i] = t.Withheld()
		}
	}
	return totals
}

// PostsByRole is how the posts of each role stand.
func (s *SystemWorkforce) PostsByRole() []RolePosts {
	hidden := s.hidden(func(w *NetworkWorkforce) map[contract.Key]int {
		of := map[contract.Key]int{}
		for _, r := range staffing.ByRole(w.Day, w.Of...) {
			of[r.Role] = r.People
		}
		return of
	})
	return s.byRole(func(r staffing.RolePosts) bool { return !s.Lines && (few(r.People) || few(hidden[r.Role])) })
}

// NotSubmitted are the networks without a claim that stands.
func (s *SystemWorkforce) NotSubmitted() []events.PCN {
	none := []events.PCN{}
	for _, w := range s.Networks {
		if w.Unknown == nil && w.Month() == nil {
			none = append(none, w.Network)
		}
	}
	return none
}

// Claim is a claim, as the API shows it.
type Claim struct{ *claims.Claim }

// Claims makes a page of claims.
func Claims(c Cut[*Claim]) *ClaimConnection { return &ClaimConnection{listOf[*Claim, ClaimEdge](c)} }

// Key is what its cursor is made of.
func (c *Claim) Key() string { return strconv.Itoa(1_000_000 + c.Number) }

// Month is the month it is for.
func (c *Claim) Month() *events.Month { return unlessZero(c.Claim.Month()) }

// SubmittedBy is who submitted it.
func (c *Claim) SubmittedBy() events.PersonRef { return c.By() }

// Submitted is when.
func (c *Claim) Submitted() time.Time { return c.Claim.Submitted().Time }

// JudgedBy is who judged it.
func (c *Claim) JudgedBy() *events.PersonRef {
	j := c.Claim.Judged()
	if j == nil {
		return nil
	}
	switch e := j.Fact.(type) {
	case fact.ClaimApproved:
		return &e.By
	case fact.ClaimRejected:
		return &e.By
	case fact.ClaimWithdrawn:
		return &e.By
	case fact.ClaimSubmitted, fact.AdjustmentSubmitted:
	}
	return nil
}

// Judged is when.
func (c *Claim) Judged() *time.Time {
	if j := c.Claim.Judged(); j != nil {
		return &j.Time
	}
	return nil
}

// ClaimReason is a reason given.
type ClaimReason struct {
	Line   *int
	Reason string
}

// Reasons are those given of the claim.
func (c *Claim) Reasons() []ClaimReason {
	all := []ClaimReason{}
	for _, h := range c.History() {
		switch e := h.Fact.(type) {
		case fact.AdjustmentSubmitted:
			all = append(all, ClaimReason{nil, e.Reason})
		case fact.ClaimWithdrawn:
			all = append(all, ClaimReason{nil, e.Reason})
		case fact.ClaimRejected:
			for _, r := range e.Reasons {
				all = append(all, ClaimReason{unlessZero(r.Line), r.Reason})
			}
		case fact.ClaimSubmitted, fact.ClaimApproved:
		}
	}
	return all
}

// Lines are the claim's.
func (c *Claim) Lines() []ClaimLine {
	all := []ClaimLine{}
	for _, l := range c.Claim.Lines() {
		all = append(all, ClaimLine{l})
	}
	return all
}

// Claimed is what it comes to, or nil while that is not known.
func (c *Claim) Claimed() *events.GBP {
	sum, unknown := c.Claim.Claimed()
	if unknown > 0 {
		return nil
	}
	return &sum
}

// Approved is what is to be paid of it.
func (c *Claim) Approved() *events.GBP {
	if a := c.Approval(); a != nil {
		return &a.Amount
	}
	return nil
}

// Lost is what it came to beyond the entitlement.
func (c *Claim) Lost() *events.GBP {
	if a := c.Approval(); a != nil {
		return &a.Lost
	}
	return nil
}

// ClaimLine is a line of a claim, as the API shows it.
type ClaimLine struct{ claims.Line }

// Area is where it is, unless that makes no difference.
func (l ClaimLine) Area() *fact.Area { return unlessZero(l.Line.Area) }

// LeftOn is the last day of work.
func (l ClaimLine) LeftOn() *events.Date { return unlessZero(l.Line.LeftOn) }

// TrainingNotMetFor is why the training requirements are not met.
func (l ClaimLine) TrainingNotMetFor() *string { return unlessZero(l.Line.TrainingNotMetFor) }

// Maxima are what the contract reimburses at most.
func (l ClaimLine) Maxima() []ClaimMaximum {
	all := []ClaimMaximum{}
	for _, m := range l.Line.Maxima {
		all = append(all, ClaimMaximum{m})
	}
	return all
}

// ClaimMaximum is one of them.
type ClaimMaximum struct{ fact.Ceiling }

// Maximum is nil where it is not known.
func (m ClaimMaximum) Maximum() *events.GBP { return unlessZero(m.Ceiling.Maximum) }

// TotalCost is what the month has cost.
func (l ClaimLine) TotalCost() events.GBP { return l.Total() }

// MaxReimbursement is the most that is reimbursed.
func (l ClaimLine) MaxReimbursement() *events.GBP { return l.Limit }

// Adjusts is the line that it adds to.
func (l ClaimLine) Adjusts() *fact.Added { return l.Added }
