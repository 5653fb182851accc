package view

import (
	"slices"
	"strings"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// PracticeFilter chooses practices. What is not set does not choose.
type PracticeFilter struct {
	System         events.ICB
	Network        events.PCN // or NoNetwork
	Text           string     // in the name or the code, whatever the case
	ClinicalSystem string
	Closed         bool // those closed by the day too
}

// NoNetwork stands for the network of practices that are certainly in none.
const NoNetwork events.PCN = "none"

// Practices returns the practices that a filter chooses, by code.
func (r *Reading) Practices(f PracticeFilter) (all []*Practice) {
	chosen := func(row *practice) {
		if p := (&Practice{row, r}); row.Name != "" && p.chosen(f) {
			all = append(all, p)
		}
	}
	if f.Network != "" && f.Network != NoNetwork {
		if n := r.networks.get(f.Network); n != nil {
			for _, code := range n.Members {
				if row := r.practices.get(code); row != nil {
					chosen(row)
				}
			}
		}
		return all
	}
	for itr := r.practices.iterate(); !itr.Done(); {
		_, row, _ := itr.Next()
		chosen(row)
	}
	return all
}

func (p *Practice) chosen(f PracticeFilter) bool {
	switch {
	case !f.Closed && !p.Open(),
		f.System != "" && p.system() != f.System,
		f.ClinicalSystem != "" && !strings.EqualFold(p.row.Supplier, f.ClinicalSystem),
		!mentions(f.Text, string(p.row.Code), p.row.Name):
		return false
	}
	switch f.Network {
	case "":
		return true
	case NoNetwork:
		return p.network() == "" && p.NetworkUnknown() == nil && !p.mayHaveClosed()
	default:
		return p.network() == f.Network
	}
}

// mentions reports whether text is in a code or a name, whatever the case.
func mentions(text, code, name string) bool {
	return text == "" || strings.Contains(strings.ToLower(code+" "+name), strings.ToLower(text))
}

// Practice is a GP practice on a day.
type Practice struct {
	row *practice
	of  *Reading
}

func (p *Practice) ID() string            { return string(p.row.Code.Entity()) }
func (p *Practice) Code() events.Practice { return p.row.Code }
func (p *Practice) Name() string          { return p.row.Name }

// Within is the system the practice is in by the newest that is recorded.
func (p *Practice) Within() events.ICB { return p.of.rights().WithinOf(p.row.Code) }

// in reports whether the practice is open on the day and in a system.
func (p *Practice) in(code events.ICB) bool { return p.Open() && p.system() == code }

// system is the system the practice is in on the day, or none where that is not
// known.
func (p *Practice) system() events.ICB {
	code := at(p.row.Located, p.of.On).System
	if code == "" {
		return ""
	}
	return p.of.Standing(code, p.of.On)
}

// Open reports whether the practice had not closed by the day, or was open again.
func (p *Practice) Open() bool { return p.row.Closed.on(p.of.On, p.row.Shut) }

// LastDay is the practice's last day, or none; the latest it can have been
// where the day is not known.
func (p *Practice) LastDay() events.Date { return p.row.Closed.LastDay }

// LastDayUndated reports whether no source tells the last day.
func (p *Practice) LastDayUndated() bool { return p.row.Closed.Undated }

// LastDayNotBefore is the earliest an unknown last day can have been, or none.
func (p *Practice) LastDayNotBefore() events.Date { return p.row.Closed.NotBefore }

// mayHaveClosed reports whether the practice has closed by the day or not, and
// no source tells.
func (p *Practice) mayHaveClosed() bool {
	return p.Open() && p.row.Closed.Undated && p.row.Closed.NotBefore.Before(p.of.On)
}

// System is the system the practice is in on the day, or nil where that is not
// known.
func (p *Practice) System() *System { return p.of.System(p.system()) }

// SubICB is the sub-ICB location the practice is in, or nil where that is not
// known.
func (p *Practice) SubICB() *SubICB { return p.of.SubICB(at(p.row.Located, p.of.On).SubICB) }

// Network is the network the practice is in on the day read for, or nil; see
// NetworkUnknown.
func (p *Practice) Network() *Network { return p.of.Network(p.network()) }

func (p *Practice) network() events.PCN {
	for _, m := range p.row.Memberships {
		if in, _ := m.on(p.of.On); in {
			return m.Network
		}
	}
	return ""
}

// NetworkUnknown says why it is not known which network the practice is in on
// the day, or nil.
func (p *Practice) NetworkUnknown() *figure.Unknown {
	var why *figure.Unknown
	for _, m := range p.row.Memberships {
		switch in, certain := m.on(p.of.On); {
		case in:
			return nil
		case !certain:
			why = undated(p.row, m)
		}
	}
	return why
}

// undated says that the days of a membership are not known. It is shown wherever
// a figure depends on them, so it does not say between which days they lie: that
// is for those who belong to the system, in the membership and the gap.
func undated(p *practice, m membership) *figure.Unknown {
	what := "joined"
	if m.End.Undated {
		what = "left"
	}
	return owed(m.Network.Entity(), "UNDATED", string(p.Code)+" "+p.Name+" "+what+" "+string(m.Network)+" on a day that no source tells.", events.Date{})
}

// between is undated with the days.
func between(p *practice, m membership) figure.Unknown {
	d, day := m.Dating, m.From
	if m.End.Undated {
		d, day = m.End, m.To
	}
	why := owed(m.Network.Entity(), "UNDATED", strings.TrimSuffix(undated(p, m).Reason, ".")+", by "+day.String()+" at the latest", d.NotBefore)
	if !d.NotBefore.IsZero() {
		why.Reason += " and not before " + d.NotBefore.String()
	}
	why.Reason += "."
	return *why
}

// Memberships returns every membership there ever was, by first day.
func (p *Practice) Memberships() []*Membership {
	all := make([]*Membership, len(p.row.Memberships))
	for i, m := range p.row.Memberships {
		all[i] = &Membership{m, p.row, p.of}
	}
	slices.SortStableFunc(all, func(a, b *Membership) int { return a.row.From.Compare(b.row.From) })
	return all
}

// Patients is how many patients the practice had when they were counted last,
// on or before the day.
func (p *Practice) Patients(basis fact.Basis) figure.Figure {
	f := counted("patient", func() (int, *figure.Unknown) {
		if why := unknown(p.of, p.row.Code); why != nil {
			return 0, why
		}
		return p.of.patients(basis, []*practice{p.row})
	})
	return f.Adding("The patients on the practice's list when it was frozen last.", func() []figure.Part {
		return []figure.Part{p.of.listed(basis)(p.row)}
	})
}

// ListSizes returns every count of its patients, by day and basis.
func (p *Practice) ListSizes() []*ListSize {
	all := make([]*ListSize, len(p.row.Sizes))
	for i := range p.row.Sizes {
		all[i] = &ListSize{p.row.Sizes[i]}
	}
	return all
}

// CountedFor returns for which network it counts in which contract year, as has
// been said, by year.
func (p *Practice) CountedFor() []*ContractMembership {
	all := make([]*ContractMembership, len(p.row.Counted))
	for i := range p.row.Counted {
		all[i] = &ContractMembership{p.row.Counted[i], p.of}
	}
	return all
}

// ClinicalSystem is whose clinical system the practice uses, or nil where that
// is not known.
func (p *Practice) ClinicalSystem() *string {
	if p.row.Supplier == "" {
		return nil
	}
	return &p.row.Supplier
}

// Deprivation is the practice's score in the newest index there is, or nil.
func (p *Practice) Deprivation() *Deprivation {
	if n := len(p.row.Deprivation); n > 0 {
		return &Deprivation{p.row.Deprivation[n-1]}
	}
	return nil
}

// Deprivation is a score in an Index of Multiple Deprivation.
type Deprivation struct{ row deprivation }

func (d *Deprivation) Year() int              { return d.row.Year }
func (d *Deprivation) Score() decimal.Decimal { return d.row.Score }

// Entries are the entry that says so.
func (d *Deprivation) Entries() []events.ID { return ids(d.row.By) }

// ListSize is how many patients a practice had on a day.
type ListSize struct{ row size }

func (l *ListSize) Basis() fact.Basis { return l.row.Basis }
func (l *ListSize) On() events.Date   { return l.row.On }
func (l *ListSize) Patients() int     { return l.row.Patients }
func (l *ListSize) Source() *string   { return sourced(l.row.Source) }

// Membership is a practice's time in a network.
type Membership struct {
	row      membership
	practice *practice
	of       *Reading
}

func (m *Membership) Practice() *Practice { return &Practice{m.practice, m.of} }
func (m *Membership) Network() *Network   { return m.of.Network(m.row.Network) }
func (m *Membership) In() events.PCN      { return m.row.Network }
func (m *Membership) Within() events.ICB  { return m.Practice().Within() }
func (m *Membership) Source() *string     { return sourced(m.row.Source) }

// From is the first day; the latest it can have been where it is not known.
func (m *Membership) From() events.Date { return m.row.From }

// FromUndated reports whether the first day is not known.
func (m *Membership) FromUndated() bool { return m.row.Undated }

// FromNotBefore is the earliest an unknown first day can have been, or none.
func (m *Membership) FromNotBefore() events.Date { return m.row.NotBefore }

// LastDay is the last day, or none; the latest it can have been where it is not
// known.
func (m *Membership) LastDay() events.Date { return m.row.To }

// LastDayUndated reports whether the last day is not known.
func (m *Membership) LastDayUndated() bool { return m.row.End.Undated }

// LastDayNotBefore is the earliest an unknown last day can have been, or none.
func (m *Membership) LastDayNotBefore() events.Date { return m.row.End.NotBefore }

// MembershipFilter chooses memberships. What is not set does not choose.
type MembershipFilter struct {
	Network  events.PCN
	Practice events.Practice
	Closed   bool // those that do not include the day too
}

// Memberships returns the memberships that a filter chooses, by practice and in
// the order recorded.
func (r *Reading) Memberships(of Own, f MembershipFilter) (all []*Membership) {
	for itr := r.practices.iterate(); !itr.Done(); {
		_, row, _ := itr.Next()
		if f.Practice != "" && row.Code != f.Practice || !of.has((&Practice{row, r}).Within()) {
			continue
		}
		for _, m := range row.Memberships {
			if in, _ := m.on(r.On); (in || f.Closed) && (f.Network == "" || m.Network == f.Network) {
				all = append(all, &Membership{m, row, r})
			}
		}
	}
	return all
}

func sourced(s fact.Source) *string {
	if s == "" {
		return nil
	}
	name := string(s)
	return &name
}
