// Package reconcile holds three accounts of who works for a network in a month
// against each other: its claims, its posts, and its return to the national
// workforce collection. It names each difference, with what each account says and
// what to do about it. It is pure.
//
// An account that nobody has given is not known, and never zero. Claims and posts
// are compared person by person, for every day of the month. The return is of its
// last day and of roles alone: it is held against the claims of those who were
// there on that day.
package reconcile

import (
	"fmt"
	"slices"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/staffing"
	"github.com/ics-openbook/openbook/events/workforce"
	"github.com/ics-openbook/openbook/services/internal/figure"
	"github.com/ics-openbook/openbook/services/workforce/view"
	"github.com/ics-openbook/openbook/services/workforce/view/staffing"
)

// Sources are what the book has of a network's month.
type Sources struct {
	Network events.PCN
	Month   events.Month
	Claims  *view.Workforce // of the year that the month is in; nil where nothing is claimed
	Staff   *staffing.Staff // nil where nothing is said of it
	// NoClaims and NoStaff say why what the book has of the one or the other cannot
	// be relied on; nil where it can.
	NoClaims, NoStaff *figure.Unknown
}

// Account is one of the three.
type Account string

const (
	Claims Account = "CLAIMS"
	Posts  Account = "POSTS"
	Return Account = "RETURN"
)

// accounts are all of them.
var accounts = []Account{Claims, Posts, Return}

// Reconciliation is what comes of it.
type Reconciliation struct {
	Network     events.PCN
	Month       events.Month
	Differences []Difference // of the month, then by person, then by role
	Table

	lacks  map[Account]*figure.Unknown // why there is nothing of an account
	unread map[Account]bool            // whether that is because it cannot be read
}

// month is what is worked on.
type month struct {
	*Reconciliation
	from        Sources
	first, last events.Date
	lines       []view.Line // of the claims that stand
	spells      []spell
}

// Of reconciles a network's month, which is a valid one.
func Of(s Sources) *Reconciliation {
	m := &month{
		Reconciliation: &Reconciliation{Network: s.Network, Month: s.Month, lacks: map[Account]*figure.Unknown{}, unread: map[Account]bool{}},
		from:           s, first: s.Month.First(), last: s.Month.Last(),
	}
	m.read()
	m.Table = m.table()
	m.missing()
	if m.lacks[Claims] == nil {
		m.people()
	}
	if m.lacks[Claims] == nil && m.lacks[Return] == nil {
		m.returned()
	}
	slices.SortStableFunc(m.Differences, compare)
	return m.Reconciliation
}

// read finds what there is of each account.
func (m *month) read() {
	lacks := func(a Account, why *figure.Unknown, there bool, code Code, format string, args ...any) {
		switch by := m.Network.Entity(); {
		case why != nil:
			m.lacks[a], m.unread[a] = why, true
		case !there:
			m.lacks[a] = &figure.Unknown{Code: string(code), OwedBy: &by, Reason: fmt.Sprintf(format, args...)}
		}
	}
	if m.from.NoClaims == nil {
		m.lines = standing(m.from.Claims, m.Month)
	}
	scheme := false
	if m.from.NoStaff == nil {
		m.spells = spells(m.from.Staff, m.first, m.last)
		scheme = slices.ContainsFunc(m.spells, spell.scheme) || slices.ContainsFunc(m.from.Staff.Posts(), m.ofScheme)
	}
	lacks(Claims, m.from.NoClaims, len(m.lines) > 0, NotClaimed, "Network %s has no claim for %s that stands.", m.Network, m.Month)
	lacks(Posts, m.from.NoStaff, scheme, NoPosts, "Network %s has recorded no post of the scheme for additional roles.", m.Network)
	lacks(Return, m.from.NoStaff, m.from.Staff.Returned(m.Month) != nil, NotReturned, "Network %s has no staff return for %s in the book.", m.Network, m.Month)
}

// standing are the lines of the claims for a month that are not turned down or
// taken back. An adjustment claims money, and nobody anew.
func standing(w *view.Workforce, month events.Month) (all []view.Line) {
	for _, c := range w.Claims() {
		if s := c.Status(); c.Month() == month && s != view.Rejected && s != view.Withdrawn {
			all = append(all, c.Lines()...)
		}
	}
	return all
}

// ofScheme reports whether a post was planned as one of the scheme, or is one at the
// end of the month.
func (m *month) ofScheme(p *staffing.Post) bool {
	return p.DetailsOn(events.Date{}).Purpose == fact.Additional || p.DetailsOn(m.last).Purpose == fact.Additional
}

// spell is somebody in a post on consecutive days of the month, on the same terms.
type spell struct {
	post     *staffing.Post
	employee string
	from, to events.Date
	terms    fact.Details
}

// spells are all of them, by post.
func spells(s *staffing.Staff, first, last events.Date) (all []spell) {
	for _, p := range s.Posts() {
		for _, h := range p.Holders() {
			n := len(all)
			for d := later(first, h.StartsOn); !d.After(last) && h.On(d); d = d.AddDays(1) {
				t := p.DetailsOn(d)
				if len(all) == n || !all[len(all)-1].terms.Same(t) {
					all = append(all, spell{p, h.Employee, d, d, t})
				}
				all[len(all)-1].to = d
			}
		}
	}
	return all
}

func (s spell) scheme() bool { return s.terms.Purpose == fact.Additional }

func (s spell) on(day events.Date) bool { return !day.Before(s.from) && !day.After(s.to) }

// hours are a week's, in hundredths.
func (s spell) hours() int {
	h, _ := workforce.Hundredths(s.terms.Hours) // its form has been looked at
	return h
}

// of are the spells of somebody in posts of the scheme, or in others.
func (m *month) of(employee string, scheme bool) (all []spell) {
	for _, s := range m.spells {
		if s.employee == employee && s.scheme() == scheme {
			all = append(all, s)
		}
	}
	return all
}

// end is the last day of spells, of which there is one.
func end(all []spell) (day events.Date) {
	for _, s := range all {
		day = later(day, s.to)
	}
	return day
}

func later(a, b events.Date) events.Date {
	if b.After(a) {
		return b
	}
	return a
}

func earlier(a, b events.Date) events.Date {
	if b.Before(a) {
		return b
	}
	return a
}
