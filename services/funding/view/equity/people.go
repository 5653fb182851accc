package equity

import (
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/figure"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

// People are the patients who count for a network in a year, on each basis, by
// the lists that were frozen for it, and how deprived they are.
func People(in *registry.Counting, code events.PCN, year events.Year) (p Populations, deprivation figure.Figure) {
	if why := in.Unknown(code); why != nil {
		for i := range p {
			p[i] = figure.Not("patient", why)
		}
		return p, figure.Not(scored, why)
	}
	practices := in.Network(code)
	for i, basis := range network.Bases {
		p[i] = counted(in, code, practices, basis, year)
	}
	members := make([]Member, len(practices))
	for i, one := range practices {
		members[i] = Member{
			Practice: one.Code(), Name: one.Name(),
			Patients: counted(in, code, practices[i:i+1], network.Registered, year),
		}
		if d := one.Deprivation(); d != nil && d.Year() == Index {
			score := d.Score()
			members[i].Score, members[i].Scored = &score, d.Entries
		}
	}
	return p, Score(members)
}

// counted sums lists of the day that the year's were frozen on.
func counted(in *registry.Counting, code events.PCN, practices []*registry.Practice, basis network.Basis, year events.Year) figure.Figure {
	sum := 0
	for _, p := range practices {
		patients, _, why := p.PatientsOn(basis, year.Freeze())
		if why != nil {
			return figure.Not("patient", why)
		}
		sum += patients
	}
	return figure.Of(sum, "patient").Adding("The patients of the practices that count for the network in the year, by the lists that were frozen for it.", func() (all []figure.Part) {
		for _, p := range practices {
			part := p.Counted(basis, year.Freeze())
			part.Entries = append(part.Entries, in.Behind(p, code)...)
			all = append(all, part)
		}
		return all
	})
}
