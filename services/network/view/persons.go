package view

import (
	"slices"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// person is what the book has of somebody beside their reference.
type person struct {
	Ref    events.PersonRef `json:"ref"`
	First  events.Entity    `json:"first,omitempty"` // whom they served first: a network, or a system that they spoke in
	Name   events.Sealed    `json:"name,omitzero"`
	Erased bool             `json:"erased,omitempty"`
}

func evolvePerson(s State, e fact.PersonEvent) State {
	switch e := e.(type) {
	case fact.PersonNamed:
		s.persons = s.persons.with(e.Person, func(r *person) { r.Ref, r.Name = e.Person, e.Name })
	case fact.PersonErased:
		s.persons = s.persons.with(e.Person, func(r *person) { r.Ref, r.Erased = e.Person, true })
	}
	return s
}

// serving notes whom somebody serves, if it is the first.
func (s State) serving(who events.PersonRef, organisation events.Entity) State {
	if r := s.persons.get(who); r == nil || r.First == "" {
		s.persons = s.persons.with(who, func(r *person) { r.Ref, r.First = who, organisation })
	}
	return s
}

// Keeper is the system that answers for what the book has of a person: the one of whom
// they served first, as it stands now; none where that is not known. Whoever names
// them later gets no right over them by that.
func (s State) Keeper(who events.PersonRef) events.ICB {
	r := s.persons.get(who)
	if r == nil {
		return ""
	}
	return s.systemOf(r.First)
}

// systemOf is the system of a network, or the system itself, as it stands now.
func (s State) systemOf(organisation events.Entity) events.ICB {
	kind, code := split(organisation)
	if kind == "system" {
		return s.Standing(events.ICB(code), lastDay)
	}
	if n := s.networks.get(events.PCN(code)); n != nil && len(n.Located) > 0 {
		return s.Standing(n.Located[len(n.Located)-1].System, lastDay)
	}
	return ""
}

// Kept reports whether an organisation is of the system that answers for a person.
func (s State) Kept(who events.PersonRef, organisation events.Entity) bool {
	keeper := s.Keeper(who)
	return keeper == "" || keeper == s.systemOf(organisation)
}

// Erased reports whether a person was erased.
func (s State) Erased(who events.PersonRef) bool {
	r := s.persons.get(who)
	return r != nil && r.Erased
}

// EveryErased returns everybody who was erased, by reference.
func (s State) EveryErased() (all []events.PersonRef) {
	for itr := s.persons.iterate(); !itr.Done(); {
		if _, r, _ := itr.Next(); r.Erased {
			all = append(all, r.Ref)
		}
	}
	return all
}

// NameOf returns a person's name as it was last sealed; the zero one for somebody
// without.
func (s State) NameOf(who events.PersonRef) events.Sealed {
	if r := s.persons.get(who); r != nil {
		return r.Name
	}
	return events.Sealed{}
}

// Serves reports whether a person leads a network or speaks for it, or ever has
// or will: a network, or one of a system, which may have come to it by succession.
func (s State) Serves(who events.PersonRef, organisation events.Entity) bool {
	mandated := func(in events.ICB, holds func(mandate) bool) bool {
		r := s.systems.get(in)
		return r != nil && slices.ContainsFunc(r.Mandates, func(m mandate) bool { return m.Person == who && holds(m) })
	}
	leads := func(n *network) bool {
		return slices.ContainsFunc(n.Directors, func(d director) bool { return d.Person == who }) ||
			slices.ContainsFunc(n.Deputies, func(d deputy) bool { return d.Person == who })
	}
	kind, code := split(organisation)
	switch kind {
	case "network":
		if n := s.networks.get(events.PCN(code)); n != nil && leads(n) {
			return true
		}
		for itr := s.systems.iterate(); !itr.Done(); {
			in, _, _ := itr.Next()
			if mandated(in, func(m mandate) bool { return slices.Contains(m.Networks, events.PCN(code)) }) {
				return true
			}
		}
	case "system":
		for itr := s.networks.iterate(); !itr.Done(); {
			_, n, _ := itr.Next()
			if leads(n) && s.in(n, events.ICB(code)) {
				return true
			}
		}
		for itr := s.systems.iterate(); !itr.Done(); {
			in, _, _ := itr.Next()
			if s.Standing(in, lastDay) == events.ICB(code) && mandated(in, func(mandate) bool { return true }) {
				return true
			}
		}
	}
	return false
}

// in reports whether a network is in a system, or ever was or will be.
func (s State) in(n *network, system events.ICB) bool {
	return slices.ContainsFunc(n.Located, func(l located) bool { return l.System == system || s.Standing(l.System, lastDay) == system })
}

// Name is what the book has of a person's name: exactly one of Sealed, Erased and
// Unknown is set.
type Name struct {
	Sealed  *events.Sealed
	Erased  bool
	Unknown *figure.Unknown
}

// Called is the director's name.
func (d *Director) Called() Name { return d.of.name(d.row.Person, d.in) }

// Called is the deputy's name.
func (d *Deputy) Called() Name { return d.of.name(d.row.Person, d.in) }

// Called is the representative's name.
func (m *Mandate) Called() Name { return m.of.name(m.row.Person, m.in.Code.Entity()) }

// name is what the book has of a person's name, whoever should say it. What is
// erased is so whatever moment is asked about.
func (r *Reading) name(who events.PersonRef, owes events.Entity) Name {
	sealed := r.NameOf(who)
	switch why := unknown(r, who); {
	case r.Erased(who) || r.rights().Erased(who):
		return Name{Erased: true}
	case why != nil:
		return Name{Unknown: why}
	case sealed.Person == "":
		return Name{Unknown: owed(owes, "NAME_NOT_RECORDED", "Nobody has recorded what "+string(who)+" is called.", events.Date{})}
	}
	return Name{Sealed: &sealed}
}
