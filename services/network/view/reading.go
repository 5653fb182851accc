package view

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

func compare[T cmp.Ordered](a, b T) int { return cmp.Compare(a, b) }

func split(e events.Entity) (kind, code string) {
	kind, code, _ = strings.Cut(string(e), "-")
	return kind, code
}

// Reading is a State read for one day. What it gives out are values with their
// own way back to it, so that everything in one answer is of one state and one
// day.
type Reading struct {
	State
	On events.Date
	// Unknown says why what is known of an entity cannot be relied on, or nil.
	Unknown func(events.Entity) *figure.Unknown
}

// System returns a system, or nil.
func (r *Reading) System(code events.ICB) *System {
	if row := r.systems.get(code); row != nil {
		return &System{row, r}
	}
	return nil
}

// Network returns a network, or nil.
func (r *Reading) Network(code events.PCN) *Network {
	if row := r.networks.get(code); row != nil {
		return &Network{row, r}
	}
	return nil
}

// Practice returns a practice, or nil.
func (r *Reading) Practice(code events.Practice) *Practice {
	if row := r.practices.get(code); row != nil {
		return &Practice{row, r}
	}
	return nil
}

// Place returns a place of a system, or nil.
func (r *Reading) Place(in events.ICB, code fact.Place) *Place {
	if row := r.systems.get(in); row != nil {
		for _, p := range row.Places {
			if p.Code == code {
				return &Place{p, row, r}
			}
		}
	}
	return nil
}

// Networks returns the codes of all networks, or of one system's, sorted.
func (r *Reading) Networks(in events.ICB) []events.PCN {
	if in != "" {
		if row := r.systems.get(in); row != nil {
			return row.Networks
		}
		return nil
	}
	codes := make([]events.PCN, 0, r.networks.len())
	for itr := r.networks.iterate(); !itr.Done(); {
		code, _, _ := itr.Next()
		codes = append(codes, code)
	}
	return codes
}

// System is an Integrated Care System on a day.
type System struct {
	row *system
	of  *Reading
}

func (s *System) ID() string         { return string(s.row.Code.Entity()) }
func (s *System) Code() events.ICB   { return s.row.Code }
func (s *System) Name() string       { return s.row.Name }
func (s *System) Within() events.ICB { return s.row.Code }

// Region is the system's NHS England region, or nil where none is recorded.
func (s *System) Region() *events.Region {
	if s.row.Region == "" {
		return nil
	}
	return &s.row.Region
}

// Places returns the system's places by code.
func (s *System) Places() []*Place {
	all := make([]*Place, len(s.row.Places))
	for i, p := range s.row.Places {
		all[i] = &Place{p, s.row, s.of}
	}
	return all
}

// NetworkCount is how many networks are registered in the system.
func (s *System) NetworkCount() figure.Figure {
	if why := s.of.Unknown(s.row.Code.Entity()); why != nil {
		return figure.Not("network", why)
	}
	return figure.Of(len(s.row.Networks), "network")
}

// PracticeCount is how many practices are registered in the system, in a
// network or not.
func (s *System) PracticeCount() figure.Figure {
	if why := s.of.Unknown(s.row.Code.Entity()); why != nil {
		return figure.Not("practice", why)
	}
	return figure.Of(len(s.row.Practices), "practice")
}

// Place is a place of a system.
type Place struct {
	row place
	in  *system
	of  *Reading
}

func (p *Place) ID() string         { return string(p.row.Code.Entity(p.in.Code)) }
func (p *Place) Code() fact.Place   { return p.row.Code }
func (p *Place) Name() string       { return p.row.Name }
func (p *Place) System() *System    { return &System{p.in, p.of} }
func (p *Place) Within() events.ICB { return p.in.Code }

// Network is a Primary Care Network on a day.
type Network struct {
	row *network
	of  *Reading
}

func (n *Network) ID() string         { return string(n.row.Code.Entity()) }
func (n *Network) Code() events.PCN   { return n.row.Code }
func (n *Network) Name() string       { return n.row.Name }
func (n *Network) Within() events.ICB { return n.row.System }

// System is the system the network is registered in.
func (n *Network) System() *System { return n.of.System(n.row.System) }

// Place is the network's place, or nil where none is recorded.
func (n *Network) Place() *Place { return n.of.Place(n.row.System, n.row.Place) }

// Members returns the memberships that include the day read for, by practice.
func (n *Network) Members() []*Membership {
	return slices.DeleteFunc(n.Memberships(), func(m *Membership) bool { return !m.row.Includes(n.of.On) })
}

// Memberships returns every membership there ever was, by practice and in the
// order recorded.
func (n *Network) Memberships() (all []*Membership) {
	for _, code := range n.row.Members {
		p := n.of.practices.get(code)
		if p == nil {
			continue // its own facts are parked; its count says so
		}
		for _, m := range p.Memberships {
			if m.Network == n.row.Code {
				all = append(all, &Membership{m, p, n.of})
			}
		}
	}
	return all
}

// PracticeCount is how many practices are members on the day read for.
func (n *Network) PracticeCount() figure.Figure {
	why := n.of.Unknown(n.row.Code.Entity())
	for _, code := range n.row.Members {
		why = cmp.Or(why, n.of.Unknown(code.Entity()))
	}
	if why != nil {
		return figure.Not("practice", why)
	}
	return figure.Of(len(n.Members()), "practice")
}

// Practice is a GP practice on a day.
type Practice struct {
	row *practice
	of  *Reading
}

func (p *Practice) ID() string            { return string(p.row.Code.Entity()) }
func (p *Practice) Code() events.Practice { return p.row.Code }
func (p *Practice) Name() string          { return p.row.Name }
func (p *Practice) Within() events.ICB    { return p.row.System }

// System is the system the practice is registered in.
func (p *Practice) System() *System { return p.of.System(p.row.System) }

// Network is the network the practice is in on the day read for, or nil.
func (p *Practice) Network() *Network {
	for _, m := range p.row.Memberships {
		if m.Includes(p.of.On) {
			return p.of.Network(m.Network)
		}
	}
	return nil
}

// Memberships returns every membership there ever was, in the order recorded.
func (p *Practice) Memberships() []*Membership {
	all := make([]*Membership, len(p.row.Memberships))
	for i, m := range p.row.Memberships {
		all[i] = &Membership{m, p.row, p.of}
	}
	return all
}

// Membership is a practice's time in a network.
type Membership struct {
	row      membership
	practice *practice
	of       *Reading
}

func (m *Membership) Practice() *Practice  { return &Practice{m.practice, m.of} }
func (m *Membership) Network() *Network    { return m.of.Network(m.row.Network) }
func (m *Membership) From() events.Date    { return m.row.From }
func (m *Membership) LastDay() events.Date { return m.row.To }
func (m *Membership) Within() events.ICB   { return m.practice.System }
