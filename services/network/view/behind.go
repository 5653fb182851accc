package view

import (
	"strconv"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// parts are what the members of networks bring to a figure, each practice once:
// what it is and says, and the entries by which it is a member.
func parts(of []*Network, is func(*practice) figure.Part) (all []figure.Part) {
	seen := map[*practice]bool{}
	for _, n := range of {
		members, _ := n.members()
		for _, p := range members {
			if !seen[p] {
				seen[p] = true
				part := is(p)
				part.Entries = append(part.Entries, p.behind(n.row.Code, n.of.On)...)
				all = append(all, part)
			}
		}
	}
	return all
}

// behind are the entries by which a practice is in a network on a day.
func (p *practice) behind(in events.PCN, on events.Date) (all []events.ID) {
	for _, m := range p.Memberships {
		if includes, _ := m.on(on); includes && m.Network == in {
			all = append(all, ids(m.By, m.Moved)...)
		}
	}
	return all
}

// named is a practice where practices are counted.
func (p *practice) named() figure.Part { return figure.Part{Is: string(p.Code)} }

// listed is a practice where patients are.
func (r *Reading) listed(basis fact.Basis) func(*practice) figure.Part {
	return func(p *practice) figure.Part {
		s := p.newest(basis, r.On)
		return figure.Part{Is: strconv.Itoa(s.Patients), Entries: ids(s.By)}
	}
}

// Counted is the practice where its patients by the list that was frozen on a day
// are added up, and there is such a list: see PatientsOn.
func (p *Practice) Counted(basis fact.Basis, day events.Date) figure.Part {
	for _, s := range p.row.Sizes {
		if s.Basis == basis && s.On == day {
			return figure.Part{Is: strconv.Itoa(s.Patients), Entries: ids(s.By)}
		}
	}
	return figure.Part{Is: "0"}
}

// Behind are the entries by which a practice counts for a network.
func (c *Counting) Behind(p *Practice, in events.PCN) []events.ID {
	if said := p.row.counted(c.on); said != nil {
		return ids(said.By)
	}
	return p.row.behind(in, contract(c.on).First())
}

// behind are the entries that say what is held of the director's post on the
// day, and since when no more is.
func (n *Network) behind(since events.Date) (all []events.ID) {
	for _, d := range n.row.Directors {
		if d.Includes(n.of.On) || !d.To.IsZero() && d.To.AddDays(1) == since {
			all = append(all, ids(d.By, d.Ended)...)
		}
	}
	return all
}

// held is the director's post less what is held of it on the day: "1 − 0.5".
func (n *Network) held() string {
	parts := []figure.Part{{Is: "1"}}
	for _, d := range n.row.Directors {
		if d.Includes(n.of.On) {
			parts = append(parts, figure.Part{Is: d.Share.String()})
		}
	}
	return figure.Joined(parts, " − ")
}
