package practice

import (
	"slices"

	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/network/pcn"
	"github.com/ics-openbook/openbook/services/network/source"
	"github.com/ics-openbook/openbook/services/network/system"
	"github.com/ics-openbook/openbook/services/network/view"
)

// Report records what a source says of the practice that the book does not hold
// yet. Dates are taken as the source gives them, overlaps among them too. What
// it gives no date is recorded as between the last source before it that names
// every member and the day it describes itself.
func Report(s State, known view.State, a network.ReportPractice) ([]fact.PracticeEvent, error) {
	if err := source.Cited(known, a.Report); err != nil {
		return nil, err
	}
	if !a.DryRun {
		if err := exist(known, a); err != nil {
			return nil, err
		}
	}
	if a.Absent && !s.exists() {
		return nil, nil
	}
	r := &report{s: s.settled(known, a.Code), a: a}
	var latest events.Date
	r.last, latest = known.Described(a.AsAt)
	r.current = !a.AsAt.Before(latest)
	if a.Absent {
		r.absent()
		return r.facts, nil
	}
	r.standing(known)
	for _, m := range a.Memberships {
		r.dated(m)
	}
	if a.Now != nil && r.current {
		r.now(a.Now.Network)
	}
	r.figures()
	return s.settled(known, a.Code).told(r.facts...), nil
}

// exist refuses what the book does not know.
func exist(known view.State, a network.ReportPractice) error {
	if a.System != "" && !known.HasSystem(a.System) {
		return system.ErrUnknown.About("system", a.System)
	}
	for _, m := range a.Memberships {
		if !known.HasNetwork(m.Network) {
			return pcn.ErrUnknown.About("memberships", m.Network)
		}
	}
	if a.Now != nil && a.Now.Network != "" && !known.HasNetwork(a.Now.Network) {
		return pcn.ErrUnknown.About("now", a.Now.Network)
	}
	return nil
}

// report is a report being worked through: s is the practice as it stands after
// the facts found so far.
type report struct {
	s       State
	a       network.ReportPractice
	last    events.Date // the last day before that a source of every member describes
	current bool        // whether no such source is newer
	facts   []fact.PracticeEvent
}

func (r *report) record(e fact.PracticeEvent) {
	r.facts = append(r.facts, e)
	r.s = Evolve(r.s, e)
}

// absent ends a practice that a list of all practices does not have: after the
// last day that anything tells of it.
func (r *report) absent() {
	if !r.current || r.s.Closed.Practice != "" {
		return
	}
	r.record(fact.PracticeClosed{
		Practice: r.a.Code, LastDay: r.a.AsAt.AddDays(-1), Dating: fact.Dating{Undated: true, NotBefore: r.alive()}, Cited: r.a.Cited(),
	})
}

// alive is the last day, before the one described, on which the practice is
// known to have been there.
func (r *report) alive() (day events.Date) {
	see := func(d events.Date) {
		if day.Before(d) && d.Before(r.a.AsAt) {
			day = d
		}
	}
	for _, m := range r.s.Memberships {
		see(m.From)
		if m.To.IsZero() {
			see(r.last)
		} else {
			see(m.To)
		}
	}
	for of := range r.s.Sizes {
		see(of.on)
	}
	return day
}

// standing settles that the practice exists, its name and where it is.
func (r *report) standing(known view.State) {
	a, was := r.a, r.s.Registered
	if !r.s.exists() {
		r.record(fact.PracticeRegistered{Practice: a.Code, Name: a.Name, System: a.System, SubICB: a.SubICB, Cited: a.Cited()})
		if list := known.Listing(); a.AsAt.Before(list.AsAt) { // which did not have it
			r.record(fact.PracticeClosed{
				Practice: a.Code, LastDay: list.AsAt.AddDays(-1), Dating: fact.Dating{Undated: true, NotBefore: a.AsAt}, Cited: list,
			})
		}
		return
	}
	if !r.current || !a.Source.Kind().Members() {
		return
	}
	if was.Name != a.Name {
		r.record(fact.PracticeRenamed{Practice: a.Code, Name: a.Name, Cited: a.Cited()})
	}
	if closed := r.s.Closed; a.Now != nil && closed.Practice != "" && closed.LastDay.Before(a.AsAt) {
		r.record(fact.PracticeReopened{Practice: a.Code, From: a.AsAt, Dating: fact.Dating{Undated: true, NotBefore: closed.LastDay.AddDays(1)}, Cited: a.Cited()})
	}
	to := fact.PracticeLocated{Practice: a.Code, System: a.System, SubICB: a.SubICB, From: a.AsAt, Dating: fact.Dating{Undated: true}, Cited: a.Cited()}
	if to.SubICB == "" {
		to.SubICB = was.SubICB
	}
	if to.System == "" && to.SubICB == was.SubICB {
		to.System = was.System
	}
	if to.SubICB == was.SubICB && (to.System == was.System || to.System == known.Standing(was.System, a.AsAt)) {
		return
	}
	if was.System != "" || was.SubICB != "" && was.SubICB != to.SubICB { // it was somewhere else
		to.NotBefore = r.last.AddDays(1)
	}
	r.record(to)
}

// dated settles a membership whose days the source gives.
func (r *report) dated(m network.Membership) {
	period := events.Period{From: m.From, To: m.LastDay}
	i := r.same(m.Network, period)
	if i < 0 {
		r.record(fact.Joined{Practice: r.a.Code, Network: m.Network, Period: period, Cited: r.a.Cited()})
		r.superseded(m.Network, period)
		return
	}
	was := r.s.Memberships[i]
	switch {
	case was.Period == period && !was.First.Undated && !was.Last.Undated:
		return
	case was.From == period.From && !was.First.Undated && was.To.IsZero():
		r.record(fact.Left{Practice: r.a.Code, Network: m.Network, LastDay: period.To, Cited: r.a.Cited()})
		return
	case period.To.IsZero() && !was.To.IsZero(): // the source does not know of its end, or takes it back
		if !r.current || was.To.After(r.a.AsAt) {
			period.To = was.To
		}
	}
	if period.To == was.To && was.Last.Undated { // the end is as little known as before
		if was.From == period.From && !was.First.Undated {
			return
		}
		r.record(fact.Redated{Practice: r.a.Code, Network: m.Network, Was: was.From, Period: events.Period{From: period.From}, Cited: r.a.Cited()})
		r.record(fact.Left{Practice: r.a.Code, Network: m.Network, LastDay: was.To, Dating: was.Last, Cited: r.a.Cited()})
		return
	}
	if was.Period == period && !was.First.Undated && !was.Last.Undated {
		return
	}
	r.record(fact.Redated{Practice: r.a.Code, Network: m.Network, Was: was.From, Period: period, Cited: r.a.Cited()})
}

// same finds the membership that a dated one tells of: of the same network,
// with the same first day or else with a day in common.
func (r *report) same(network events.PCN, p events.Period) int {
	i := slices.IndexFunc(r.s.Memberships, func(m Membership) bool { return m.Network == network && m.From == p.From })
	if i >= 0 {
		return i
	}
	return slices.IndexFunc(r.s.Memberships, func(m Membership) bool {
		if m.Network != network {
			return false
		}
		begins := m.Period
		if m.First.Undated { // it may have begun earlier
			begins.From = m.First.NotBefore
		}
		return begins.Overlaps(p) && !r.told(m)
	})
}

// told reports whether the source has a membership with that first day itself.
func (r *report) told(m Membership) bool {
	return slices.ContainsFunc(r.a.Memberships, func(o network.Membership) bool { return o.Network == m.Network && o.From == m.From })
}

// superseded ends an open membership that a newer source knows to be over.
func (r *report) superseded(network events.PCN, p events.Period) {
	if !p.To.IsZero() || r.current {
		return
	}
	end := r.s.Closed.LastDay
	for _, m := range r.s.Memberships {
		if m.Network != network && m.First.Undated && r.a.AsAt.Before(m.From) && (end.IsZero() || m.From.Before(end)) {
			end = m.From.AddDays(-1)
		}
	}
	if !end.IsZero() && r.a.AsAt.Before(end) {
		r.record(fact.Left{Practice: r.a.Code, Network: network, LastDay: end, Dating: fact.Dating{Undated: true, NotBefore: r.a.AsAt}, Cited: r.a.Cited()})
	}
}

// now settles which network the practice is in on the day the source describes;
// in none when network is empty.
func (r *report) now(network events.PCN) {
	day := r.a.AsAt
	earliest := r.last.AddDays(1)
	for _, m := range slices.Clone(r.s.Memberships) {
		switch {
		case !m.Includes(day):
			if m.Period.To.Before(day) && !m.To.IsZero() && earliest.Before(m.To.AddDays(1)) && !m.Last.Undated {
				earliest = m.To.AddDays(1)
			}
			continue
		case m.Network == network:
			return // it is there, also when it is recorded somewhere else as well
		}
	}
	for _, m := range slices.Clone(r.s.Memberships) {
		if m.Includes(day) && m.To.IsZero() {
			left := fact.Dating{Undated: true, NotBefore: r.last}
			if left.NotBefore.Before(m.From) {
				left.NotBefore = m.From
			}
			last := day.AddDays(-1)
			if last.Before(m.From) { // they disagree about this very day: it shows as a conflict
				last = m.From
			}
			r.record(fact.Left{Practice: r.a.Code, Network: m.Network, LastDay: last, Dating: left, Cited: r.a.Cited()})
			if earliest.Before(left.NotBefore.AddDays(1)) {
				earliest = left.NotBefore.AddDays(1)
			}
		}
	}
	if network != "" {
		r.record(fact.Joined{
			Practice: r.a.Code, Network: network, Period: events.Period{From: day},
			Dating: fact.Dating{Undated: true, NotBefore: earliest}, Cited: r.a.Cited(),
		})
	}
}

// figures settles what is counted and measured. A source never corrects a newer
// one, nor what a person has told, who knows what the files say.
func (r *report) figures() {
	a := r.a
	for _, l := range a.ListSizes {
		was, exists := r.s.Sizes[counted{l.Basis, l.On}]
		if !exists || was.patients != l.Patients && !was.asAt.IsZero() && !a.AsAt.Before(was.asAt) {
			r.record(fact.ListSizeRecorded{Practice: a.Code, Basis: l.Basis, On: l.On, Patients: l.Patients, Cited: a.Cited()})
		}
	}
	if a.Supplier != "" && a.Supplier != r.s.Supplier && (r.current || r.s.Supplier == "") {
		r.record(fact.ClinicalSystemRecorded{Practice: a.Code, Supplier: a.Supplier, Cited: a.Cited()})
	}
	if d := a.Deprivation; d != nil {
		if was, exists := r.s.Deprivation[d.Year]; !exists || was.Cmp(d.Score) != 0 {
			r.record(fact.DeprivationRecorded{Practice: a.Code, Year: d.Year, Score: d.Score, Cited: a.Cited()})
		}
	}
}
