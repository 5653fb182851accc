package view

import (
	"slices"
	"time"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// Director is a clinical director of a network on a day.
type Director struct {
	row director
	in  events.Entity
	of  *Reading
}

func (d *Director) Person() events.PersonRef { return d.row.Person }
func (d *Director) Share() decimal.Decimal   { return d.row.Share }
func (d *Director) FirstRole() *bool         { return d.row.FirstRole }
func (d *Director) From() events.Date        { return d.row.From }

// Profession is what the director is by profession, or nil where nobody has
// said.
func (d *Director) Profession() *string {
	if d.row.Profession == "" {
		return nil
	}
	return &d.row.Profession
}

// LastDay is the last day of the term, or the one that notice names; none for a
// term without an end.
func (d *Director) LastDay() events.Date { return d.row.To }

// NoticeGivenOn is the day on which notice was given, or none by the day read
// for.
func (d *Director) NoticeGivenOn() events.Date {
	if d.of.On.Before(d.row.Notice) {
		return events.Date{}
	}
	return d.row.Notice
}

// Directors returns who is clinical director on the day, in the order recorded.
// A term ends with the network.
func (n *Network) Directors() (all []*Director) {
	if n.ended() {
		return nil
	}
	for _, d := range n.row.Directors {
		if d.Includes(n.of.On) {
			all = append(all, &Director{d, n.row.Code.Entity(), n.of})
		}
	}
	return all
}

// Vacancy is how much of a director's post nobody holds on a day.
type Vacancy struct {
	Share figure.Figure // of the post
	Since events.Date   // some of it has been open since; none while all is held
	Days  figure.Figure // from Since to the day, both counted
}

// DirectorVacancy is how much of the director's post nobody holds, or nil while
// there is no network. Before somebody was first recorded it is not known: that
// nobody has said so does not make a post vacant.
func (n *Network) DirectorVacancy() *Vacancy {
	if !n.Open() {
		return nil
	}
	why := unknown(n.of, n.row.Code)
	var days []events.Date // on which what is held may change
	for _, d := range n.row.Directors {
		days = append(days, d.From)
		if !d.To.IsZero() {
			days = append(days, d.To.AddDays(1))
		}
	}
	slices.SortFunc(days, events.Date.Compare)
	if why == nil && (len(days) == 0 || n.of.On.Before(days[0])) {
		e := n.row.Code.Entity()
		why = owed(e, "DIRECTOR_NOT_KNOWN", "Nobody has said who is clinical director of "+string(n.row.Code)+" "+n.row.Name+".", events.Date{})
	}
	if why != nil {
		return &Vacancy{Share: figure.Not("post", why), Days: figure.Not("day", why)}
	}
	v := &Vacancy{}
	var open decimal.Decimal
	for _, day := range days {
		if n.of.On.Before(day) {
			break
		}
		open = n.vacantOn(day)
		switch {
		case !open.IsPos():
			v.Since = events.Date{}
		case v.Since.IsZero():
			v.Since = day
		}
	}
	share := figure.Figure{Value: &open, Unit: "post"}
	v.Share = share.By("The director's post less what is held of it on the day.", func() (string, []events.ID) {
		return share.Equals(n.held()), n.behind(v.Since)
	})
	v.Days = n.vacantSince(v.Since)
	return v
}

// vacantSince is from a day to the day read for, both counted; no days since no
// day.
func (n *Network) vacantSince(since events.Date) figure.Figure {
	days, said := figure.Of(0, "day"), ""
	if !since.IsZero() {
		days = figure.Of(int(n.of.On.Time().Sub(since.Time())/(24*time.Hour))+1, "day")
		said = n.of.On.String() + " − " + since.String() + " + 1"
	}
	return days.By("From the first day on which some of the post was open to the day, both counted.", func() (string, []events.ID) {
		return days.Equals(said), n.behind(since)
	})
}

// vacantOn is the share of the director's post that nobody holds on a day.
func (n *Network) vacantOn(day events.Date) decimal.Decimal {
	open := decimal.One
	for _, d := range n.row.Directors {
		if d.Includes(day) {
			open, _ = open.Sub(d.Share) // a handful of numbers of at most 1
		}
	}
	return open
}

// Deputy is who stands in for a network's director.
type Deputy struct {
	row deputy
	in  events.Entity
	of  *Reading
}

func (d *Deputy) Person() events.PersonRef { return d.row.Person }
func (d *Deputy) From() events.Date        { return d.row.From }
func (d *Deputy) LastDay() events.Date     { return d.row.To }

// Deputies returns who stands in for the director on the day, in the order
// recorded.
func (n *Network) Deputies() (all []*Deputy) {
	if n.ended() {
		return nil
	}
	for _, d := range n.row.Deputies {
		if d.Includes(n.of.On) {
			all = append(all, &Deputy{d, n.row.Code.Entity(), n.of})
		}
	}
	return all
}

// Mandate is what a representative speaks for, and where.
type Mandate struct {
	row mandate
	in  *system
	of  *Reading
}

func (m *Mandate) Person() events.PersonRef { return m.row.Person }
func (m *Mandate) Body() string             { return m.row.Body }
func (m *Mandate) From() events.Date        { return m.row.From }
func (m *Mandate) LastDay() events.Date     { return m.row.To }
func (m *Mandate) System() *System          { return m.of.System(m.in.Code) }
func (m *Mandate) Within() events.ICB       { return m.in.Code }

// Topics are what the mandate is about; none: everything.
func (m *Mandate) Topics() []string { return m.row.Topics }

// Networks are those the representative speaks for, in the order recorded.
func (m *Mandate) Networks() (all []*Network) {
	for _, code := range m.row.Networks {
		if n := m.of.Network(code); n != nil {
			all = append(all, n)
		}
	}
	return all
}

// Representatives returns the mandates that hold on the day, in the order
// recorded. They end with the system.
func (s *System) Representatives() (all []*Mandate) {
	if !s.row.Ends.IsZero() && !s.of.On.Before(s.row.Ends) {
		return nil
	}
	for _, m := range s.row.Mandates {
		if m.Includes(s.of.On) {
			all = append(all, &Mandate{m, s.row, s.of})
		}
	}
	return all
}

// Representatives returns the mandates that include the network on the day.
func (n *Network) Representatives() (all []*Mandate) {
	if s := n.System(); s != nil && !n.ended() {
		all = slices.DeleteFunc(s.Representatives(), func(m *Mandate) bool { return !slices.Contains(m.row.Networks, n.row.Code) })
	}
	return all
}

// LMC is a Local Medical Committee.
type LMC struct {
	row lmc
	in  *system
	of  *Reading
}

func (l *LMC) Code() fact.Place { return l.row.Code }
func (l *LMC) Name() string     { return l.row.Name }

// Places are those it speaks for; none: the whole system.
func (l *LMC) Places() (all []*Place) {
	for _, code := range l.row.Places {
		if p := l.of.Place(l.in.Code, code); p != nil {
			all = append(all, p)
		}
	}
	return all
}

// LMCs returns the system's Local Medical Committees, in the order recorded.
func (s *System) LMCs() []*LMC {
	all := make([]*LMC, len(s.row.LMCs))
	for i, l := range s.row.LMCs {
		all[i] = &LMC{l, s.row, s.of}
	}
	return all
}

// Notice is a practice's word that it will leave its network, or opt out.
type Notice struct {
	row notice
	of  *Reading
}

func (n *Notice) Network() *Network    { return n.of.Network(n.row.Network) }
func (n *Notice) Kind() fact.Notice    { return n.row.Notice }
func (n *Notice) GivenOn() events.Date { return n.row.GivenOn }
func (n *Notice) LastDay() events.Date { return n.row.LastDay }

// ContractYear is the first day of the contract year in which the practice is
// out: the one that the day after its last day is in.
func (n *Notice) ContractYear() events.Date {
	out := n.row.LastDay.AddDays(1).Time()
	year := out.Year()
	if out.Month() < time.April {
		year--
	}
	return events.Day(year, time.April, 1)
}

// Late reports whether the notice was given after the 30 April of the contract
// year it is for. What follows from that is for local rules.
func (n *Notice) Late() bool { return n.ContractYear().AddDays(29).Before(n.row.GivenOn) }

// Notices returns the notices that had been given by the day and not been taken
// back, in the order recorded.
func (p *Practice) Notices() (all []*Notice) {
	for _, n := range p.row.Notices {
		if !p.of.On.Before(n.GivenOn) && (n.Until.IsZero() || p.of.On.Before(n.Until)) {
			all = append(all, &Notice{n, p.of})
		}
	}
	return all
}

// Cover is a network's care for the patients of a practice outside every
// network.
type Cover struct {
	row      cover
	practice *practice
	of       *Reading
}

func (c *Cover) Practice() *Practice  { return &Practice{c.practice, c.of} }
func (c *Cover) Network() *Network    { return c.of.Network(c.row.Network) }
func (c *Cover) From() events.Date    { return c.row.From }
func (c *Cover) LastDay() events.Date { return c.row.To }

// CoveredBy returns who looks after the practice's patients on the day. Cover
// rests while the practice is in a network, and ends with the network.
func (p *Practice) CoveredBy() (all []*Cover) {
	if p.Network() != nil {
		return nil
	}
	for _, c := range p.row.Covered {
		if n := p.of.Network(c.Network); n != nil && n.Open() && c.Includes(p.of.On) {
			all = append(all, &Cover{c, p.row, p.of})
		}
	}
	return all
}

// Covers returns the practices whose patients the network looks after on the
// day, by practice.
func (n *Network) Covers() (all []*Cover) {
	for _, code := range n.row.Covers {
		if p := n.of.Practice(code); p != nil {
			all = append(all, slices.DeleteFunc(p.CoveredBy(), func(c *Cover) bool { return c.row.Network != n.row.Code })...)
		}
	}
	return all
}
