package reconcile

import (
	"fmt"
	"slices"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/staffing"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// Total is the reconciliations of several networks as one. Each figure is of those
// networks that have given the account, which its Coverage names.
type Total struct {
	Table
	Claims, Posts, Returns Coverage
}

// Coverage is which networks an account is of.
type Coverage struct {
	Networks int          // that have given it
	Missing  []events.PCN // that have not, by code
	Unread   []events.PCN // of which what the book has cannot be relied on, by code
}

// Together is what networks come to in a month, which is the same of all. A figure
// is unknown where none of them has given its account.
func Together(all ...*Reconciliation) *Total {
	t := &Total{}
	covers := map[Account]*Coverage{Claims: &t.Claims, Posts: &t.Posts, Return: &t.Returns}
	by, outside := map[contract.Key]*sums{}, []fact.Returned{}
	year, why := events.Year(""), map[Account]*figure.Unknown{}
	for _, r := range all {
		year = r.Month.Year()
		for _, a := range accounts {
			switch c := covers[a]; {
			case r.unread[a]:
				c.Unread = append(c.Unread, r.Network)
				why[a] = r.lacks[a]
			case r.lacks[a] != nil:
				c.Missing = append(c.Missing, r.Network)
			default:
				c.Networks++
			}
		}
		for key, s := range r.sums {
			if by[key] == nil {
				by[key] = &sums{}
			}
			by[key].add(s)
		}
		outside = append(outside, r.Outside...)
	}
	lacks := map[Account]*figure.Unknown{}
	for a, code := range map[Account]Code{Claims: NotClaimed, Posts: NoPosts, Return: NotReturned} {
		slices.Sort(covers[a].Missing)
		slices.Sort(covers[a].Unread)
		switch c := covers[a]; {
		case c.Networks > 0:
		case len(c.Missing) > 0 || len(all) == 0:
			lacks[a] = &figure.Unknown{Code: string(code), Reason: fmt.Sprintf("Of %d networks, none has given it.", len(all))}
		default:
			lacks[a] = why[a]
		}
	}
	t.Table = newTable(year, by, merge(outside), lacks, func(c column, role contract.Key) []figure.Part { return partsOf(all, c, role) })
	return t
}

// partsOf are what networks have of a role, each network's as one.
func partsOf(all []*Reconciliation, c column, role contract.Key) (parts []figure.Part) {
	for _, r := range all {
		if c == outsideOf {
			for _, o := range r.Outside {
				parts = append(parts, figure.Part{Is: o.WTE.String(), Entries: r.OutsideWTE.Entries()})
			}
			continue
		}
		for _, one := range r.Roles {
			if f := one.in(c); one.Key == role && f.Value != nil {
				parts = append(parts, figure.Part{Is: r.sums[role].in(c), Entries: f.Entries()})
			}
		}
	}
	return parts
}

// in is the figure of a column.
func (r Role) in(c column) figure.Figure {
	return [...]figure.Figure{claimedIn: r.Claimed, atEnd: r.AtEnd, postsIn: r.Posts, returnedIn: r.Returned, outsideOf: {}}[c]
}

// in is what is exactly in a column.
func (s *sums) in(c column) string {
	if c == returnedIn {
		return s.returned.String()
	}
	return written([...]int{claimedIn: s.claimed, atEnd: s.atEnd, postsIn: s.posted}[c])
}

// add adds what another network has of a role.
func (s *sums) add(o *sums) {
	s.lines, s.ending, s.holders = s.lines+o.lines, s.ending+o.ending, s.holders+o.holders
	s.claimed, s.atEnd, s.posted = s.claimed+o.claimed, s.atEnd+o.atEnd, s.posted+o.posted
	s.returned, _ = s.returned.Add(o.returned) // of some thousand networks
}
