package view

import (
	"slices"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
)

// Every fact brings its own copy of the codes and the source that it names, and
// there are some tens of thousands of facts for each of a few. These give the one
// copy that the state has already, where it has one.

func (s State) sameSource(code fact.Source) fact.Source {
	if r := s.sources.get(code); r != nil {
		return r.Source
	}
	return code
}

func (s State) sameNetwork(code events.PCN) events.PCN {
	if r := s.networks.get(code); r != nil {
		return r.Code
	}
	return code
}

func (s State) sameSystem(code events.ICB) events.ICB {
	if r := s.systems.get(code); r != nil {
		return r.Code
	}
	return code
}

func (s State) sameSubICB(code events.SubICB) events.SubICB {
	if r := s.subICBs.get(code); r != nil {
		return r.Code
	}
	return code
}

func sameBasis(b fact.Basis) fact.Basis {
	if i := slices.Index(fact.Bases[:], b); i >= 0 {
		return fact.Bases[i]
	}
	return b
}

// share does it for a row that nobody has seen yet.
func (s State) share(r *practice) {
	for i := range r.Located {
		l := &r.Located[i]
		l.System, l.SubICB = s.sameSystem(l.System), s.sameSubICB(l.SubICB)
	}
	for _, all := range [][]membership{r.Memberships, r.Told} {
		for i := range all {
			all[i].Network, all[i].Source = s.sameNetwork(all[i].Network), s.sameSource(all[i].Source)
		}
	}
	for i := range r.Sizes {
		r.Sizes[i].Basis, r.Sizes[i].Source = sameBasis(r.Sizes[i].Basis), s.sameSource(r.Sizes[i].Source)
	}
	for i := range r.Counted {
		c := &r.Counted[i]
		c.Network, c.System, c.Source = s.sameNetwork(c.Network), s.sameSystem(c.System), s.sameSource(c.Source)
	}
}
