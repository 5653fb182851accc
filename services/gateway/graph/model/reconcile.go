package model

import (
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/staffing"
	"github.com/ics-openbook/openbook/services/internal/figure"
	claims "github.com/ics-openbook/openbook/services/workforce/view"
	"github.com/ics-openbook/openbook/services/workforce/view/reconcile"
)

// Reconciliation is a network's, for those who may see lines.
type Reconciliation struct{ *reconcile.Reconciliation }

// Differences are what differs.
func (r *Reconciliation) Differences() []WorkforceDifference {
	all := []WorkforceDifference{}
	for _, d := range r.Reconciliation.Differences {
		all = append(all, WorkforceDifference{d})
	}
	return all
}

// Roles are what each account has of each role.
func (r *Reconciliation) Roles() []ReconciledRole { return reconciled(r.Table, true) }

// Outside is what is returned besides.
func (r *Reconciliation) Outside() []fact.Returned {
	return append([]fact.Returned{}, r.Table.Outside...)
}

// SystemReconciliation is that of a system's networks.
type SystemReconciliation struct {
	*reconcile.Total
	Month     events.Month
	Differing []NetworkDifferences
	lines     bool
}

// NetworkDifferences are how many differences a network has.
type NetworkDifferences struct {
	Network     events.PCN
	Differences int
}

// Reconciled are the networks of a system together, as somebody may see them.
func Reconciled(month events.Month, lines bool, all []*reconcile.Reconciliation) *SystemReconciliation {
	s := &SystemReconciliation{Total: reconcile.Together(all...), Month: month, Differing: []NetworkDifferences{}, lines: lines}
	if !lines {
		s.OutsideWTE = s.OutsideWTE.Alone()
	}
	for _, r := range all {
		if n := len(r.Differences); n > 0 {
			s.Differing = append(s.Differing, NetworkDifferences{r.Network, n})
		}
	}
	return s
}

// Roles are what each account has of each role.
func (s *SystemReconciliation) Roles() []ReconciledRole { return reconciled(s.Table, s.lines) }

// Outside is what is returned besides.
func (s *SystemReconciliation) Outside() []fact.Returned {
	return append([]fact.Returned{}, s.Table.Outside...)
}

// Claims is which networks have claimed.
func (s *SystemReconciliation) Claims() AccountCoverage { return AccountCoverage{s.Total.Claims} }

// Posts is which have recorded posts.
func (s *SystemReconciliation) Posts() AccountCoverage { return AccountCoverage{s.Total.Posts} }

// Returns is which have returned their staff.
func (s *SystemReconciliation) Returns() AccountCoverage { return AccountCoverage{s.Total.Returns} }

// AccountCoverage is which networks have given an account.
type AccountCoverage struct{ reconcile.Coverage }

// Missing are those that have not.
func (c AccountCoverage) Missing() []events.PCN { return append([]events.PCN{}, c.Coverage.Missing...) }

// Unread are those of which it cannot be read.
func (c AccountCoverage) Unread() []events.PCN { return append([]events.PCN{}, c.Coverage.Unread...) }

// ReconciledRole is what each account has of a role.
type ReconciledRole struct {
	Role                            contract.Key
	Claimed, AtEnd, Posts, Returned figure.Figure
}

// reconciled is a table for somebody: what is of few people is for those who may
// see lines, and so is what each figure is of.
func reconciled(t reconcile.Table, lines bool) []ReconciledRole {
	all := []ReconciledRole{}
	for _, r := range t.Roles {
		one := ReconciledRole{r.Key, r.Claimed, r.AtEnd, r.Posts, r.Returned}
		if !lines {
			one = ReconciledRole{r.Key, r.Claimed.Alone(), r.AtEnd.Alone(), r.Posts.Alone(), r.Returned.Alone()}
		}
		if !lines && few(r.Lines) {
			one.Claimed = claims.TooFew("WTE")
		}
		if !lines && (few(r.Lines) || few(r.Ending) || few(r.Lines-r.Ending)) {
			one.AtEnd = claims.TooFew("WTE")
		}
		if !lines && few(r.Holders) {
			one.Posts = claims.TooFew("WTE")
		}
		all = append(all, one)
	}
	return all
}

// WorkforceDifference is how two accounts differ.
type WorkforceDifference struct{ reconcile.Difference }

// Employee is who it is about.
func (d WorkforceDifference) Employee() *string { return unlessZero(d.Difference.Employee) }

// Claim is the claim that has a line for them.
func (d WorkforceDifference) Claim() *int { return unlessZero(d.Difference.Claim) }

// Line is that line.
func (d WorkforceDifference) Line() *int { return unlessZero(d.Difference.Line) }

// Post is the post.
func (d WorkforceDifference) Post() *int { return unlessZero(d.Difference.Post) }

// Role is the role.
func (d WorkforceDifference) Role() *contract.Key { return unlessZero(d.Difference.Role) }

// Why is why nothing may be claimed.
func (d WorkforceDifference) Why() []string { return append([]string{}, d.Difference.Why...) }

// Sides are what the two accounts say.
func (d WorkforceDifference) Sides() []DifferenceSide {
	all := []DifferenceSide{}
	for _, s := range d.Difference.Sides {
		if s.Account != "" {
			all = append(all, DifferenceSide{s.Account, unlessZero(s.Role), s.Figure})
		}
	}
	return all
}

// DifferenceSide is what one account says.
type DifferenceSide struct {
	Account reconcile.Account
	Role    *contract.Key
	Figure  figure.Figure
}
