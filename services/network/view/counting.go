package view

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// mostCountings is how many contract years of one reading are kept as they have
// been worked out. Of all England, one takes a third of a megabyte.
const mostCountings = 16

// Counting is which practices count for which network in the contract year
// whose populations were frozen on a day: what a network is entitled to in the
// year follows from it.
//
// What has been said of a practice counts, whatever the registry has. Of a
// practice of which nothing is said, the registry's memberships on the first day
// of the year do; unless a source has said it of all there are, for then the
// practice counts nowhere.
type Counting struct {
	of        *Reading
	on        events.Date
	stated    bool
	practices map[events.PCN][]*Practice
	outside   []*Practice
	why       map[events.PCN]*figure.Unknown
}

// Counting returns what counts for the contract year whose populations were
// frozen on a day: the year that begins on the first 1 April after it.
func (r *Reading) Counting(on events.Date) *Counting {
	kept := func(all *[]*Counting) *Counting {
		if all != nil {
			for _, c := range *all {
				if c.on == on {
					return c
				}
			}
		}
		return nil
	}
	if c := kept(r.years.Load()); c != nil {
		return c
	}
	c := r.counting(on)
	for {
		before := r.years.Load()
		if c := kept(before); c != nil {
			return c // another was faster
		}
		all := []*Counting{c}
		if before != nil && len(*before) < mostCountings {
			all = append(all, *before...)
		}
		if r.years.CompareAndSwap(before, &all) {
			return c
		}
	}
}

func (r *Reading) counting(on events.Date) *Counting {
	c := &Counting{of: r, on: on, practices: map[events.PCN][]*Practice{}, why: map[events.PCN]*figure.Unknown{}}
	shown := make([]Practice, 0, r.practices.len()) // one piece of memory for all
	show := func(row *practice) *Practice {
		shown = append(shown, Practice{row, r})
		return &shown[len(shown)-1]
	}
	all := false // whether a source has said it of all there are
	var rest []*practice
	for itr := r.practices.iterate(); !itr.Done(); {
		_, row, _ := itr.Next()
		if why := unknown(r, row.Code); why != nil {
			for _, m := range row.Memberships {
				c.doubt(m.Network, why)
			}
			for _, said := range row.Counted {
				c.doubt(said.Network, why)
			}
		}
		said := row.counted(on)
		if said == nil {
			rest = append(rest, row)
			continue
		}
		c.stated = c.stated || said.Source == ""
		if source := r.sources.get(said.Source); source != nil && source.Complete {
			all = true
		}
		c.add(said.Network, show(row))
	}
	c.stated = c.stated || all
	if all {
		return c
	}
	first := contract(on).First()
	for _, row := range rest {
		if in, certain := c.registered(row, first); certain {
			c.add(in, show(row))
		}
	}
	for _, practices := range c.practices { // those said and the rest
		slices.SortFunc(practices, byPractice)
	}
	slices.SortFunc(c.outside, byPractice)
	return c
}

func byPractice(a, b *Practice) int { return cmp.Compare(a.row.Code, b.row.Code) }

// counted is what has been said of the practice for a day, or nil.
func (p *practice) counted(on events.Date) *count {
	for i := range p.Counted {
		if p.Counted[i].On == on {
			return &p.Counted[i]
		}
	}
	return nil
}

// registered is the network that a practice is in on a day by the registry, or
// none; not certain where that is not known, or there was no such practice.
func (c *Counting) registered(row *practice, day events.Date) (in events.PCN, certain bool) {
	var doubt *figure.Unknown
	for _, m := range row.Memberships {
		switch is, certain := m.on(day); {
		case is && in != "" && in != m.Network:
			doubt = owed(england, "CONFLICTING_SOURCE", string(row.Code)+" "+row.Name+" is recorded in two networks at once, "+
				string(in)+" and "+string(m.Network)+", on "+day.String()+".", day)
		case is:
			in = m.Network
		case !certain && doubt == nil:
			doubt = undated(row, m)
		}
	}
	twice := doubt != nil && doubt.Code == "CONFLICTING_SOURCE"
	if in != "" && !twice {
		return in, true
	}
	if doubt == nil {
		mayHaveClosed := row.Closed.Undated && row.Closed.NotBefore.Before(day)
		return "", row.Name != "" && row.Closed.on(day, row.Shut) && !mayHaveClosed
	}
	for _, m := range row.Memberships {
		if is, certain := m.on(day); is || !certain {
			c.doubt(m.Network, doubt)
		}
	}
	return "", false
}

func (c *Counting) add(in events.PCN, p *Practice) {
	if in == "" {
		c.outside = append(c.outside, p)
		return
	}
	c.practices[in] = append(c.practices[in], p)
}

func (c *Counting) doubt(in events.PCN, why *figure.Unknown) {
	if in != "" && c.why[in] == nil {
		c.why[in] = why
	}
}

// Stated reports whether a source that has been reported in full says who counts
// for whom, or a person has. Where neither has, the registry's memberships
// stand in.
func (c *Counting) Stated() bool { return c.stated }

// Network returns the practices that count for a network, by code. They are
// everybody's: whoever sorts them sorts a copy.
func (c *Counting) Network(code events.PCN) []*Practice { return c.practices[code] }

// Outside returns the practices that count for no network, by code.
func (c *Counting) Outside() []*Practice { return c.outside }

// Networks returns the networks that practices count for, or may, by code. The
// book need not have them.
func (c *Counting) Networks() []events.PCN {
	all := slices.AppendSeq(slices.Collect(maps.Keys(c.practices)), maps.Keys(c.why))
	slices.Sort(all)
	return slices.Compact(all)
}

// Unknown says why it is not known which practices count for a network, or nil.
func (c *Counting) Unknown(code events.PCN) *figure.Unknown {
	return cmp.Or(unknown(c.of, code), c.why[code])
}

// contract is the contract year whose populations were frozen on a day: the next
// that begins after it.
func contract(frozen events.Date) events.Year { return events.YearOf(frozen).Next() }

// ContractMembership is for which network a practice counts in a contract year,
// as has been said.
type ContractMembership struct {
	row count
	of  *Reading
}

func (m *ContractMembership) Year() events.Year { return contract(m.row.On) }
func (m *ContractMembership) On() events.Date   { return m.row.On }
func (m *ContractMembership) Source() *string   { return sourced(m.row.Source) }

// NetworkCode is the network's code as the source has it, or nil where the
// practice counts for none.
func (m *ContractMembership) NetworkCode() *events.PCN {
	if m.row.Network == "" {
		return nil
	}
	return &m.row.Network
}

// Network is the network, or nil where the book does not have it.
func (m *ContractMembership) Network() *Network {
	if !m.of.named(m.row.Network) {
		return nil
	}
	return m.of.Network(m.row.Network)
}

// named reports whether the book has a network by more than its code.
func (r *Reading) named(code events.PCN) bool {
	row := r.networks.get(code)
	return row != nil && row.Name != ""
}

// SystemCode is the code of the network's system as the source has it, or nil.
func (m *ContractMembership) SystemCode() *events.ICB {
	if m.row.System == "" {
		return nil
	}
	return &m.row.System
}

// frozenOn is a basis on which populations were frozen on a day.
type frozenOn struct {
	basis fact.Basis
	day   events.Date
}

// PatientsOn is how many patients the practice had by the list that was frozen
// on exactly that day, and the source that says so, if one does. Where no
// practice has any such list, NHS England owes it: it has not been published.
func (p *Practice) PatientsOn(basis fact.Basis, day events.Date) (patients int, source string, why *figure.Unknown) {
	if why := unknown(p.of, p.row.Code); why != nil {
		return 0, "", why
	}
	for i := range p.row.Sizes {
		if s := &p.row.Sizes[i]; s.Basis == basis && s.On == day {
			return s.Patients, string(s.Source), nil
		}
	}
	if !p.of.frozen()[frozenOn{basis, day}] {
		return 0, "", owed(england, "NOT_SUBMITTED", "Nobody has said how many patients any practice had ("+strings.ToLower(string(basis))+sinceWhen(day)+").", day)
	}
	return 0, "", p.row.owes(basis, day)
}

// frozen are the bases and days of which at least one practice has a list.
func (r *Reading) frozen() map[frozenOn]bool {
	if all := r.sizes.Load(); all != nil {
		return *all
	}
	all := map[frozenOn]bool{}
	for itr := r.practices.iterate(); !itr.Done(); {
		_, row, _ := itr.Next()
		for i := range row.Sizes {
			all[frozenOn{row.Sizes[i].Basis, row.Sizes[i].On}] = true
		}
	}
	r.sizes.Store(&all)
	return all
}
