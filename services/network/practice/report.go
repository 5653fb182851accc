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
	r.outdated = len(a.Memberships) > 0 && source.Outdated(known, a.Report)
	if a.Absent {
		r.absent()
		return r.facts, nil
	}
	r.standing(known)
	for range a.Memberships { // what one of them settles may be what another waited for
		for _, m := range a.Memberships {
			r.dated(known, m)
		}
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
	s        State
	a        network.ReportPractice
	last     events.Date // the last day before that a source of every member describes
	current  bool        // whether no such source is newer
	outdated bool        // whether one of its own kind is newer
	facts    []fact.PracticeEvent
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
	if was := r.s.Registered; was.Source.Kind() == fact.Registrations {
		see(was.AsAt)
	}
	return day
}

// shown is the last day on which the report shows the practice to be there: a
// workbook has those too that closed long before it.
func (r *report) shown() (day events.Date) {
	if r.a.Source.Kind() != fact.EPCN {
		return r.a.AsAt
	}
	for _, m := range r.a.Memberships {
		last := r.a.AsAt
		if p := (events.Period{From: m.From, To: m.LastDay}); !p.Includes(last) {
			last = m.LastDay
		}
		if day.Before(last) && !r.a.AsAt.Before(last) {
			day = last
		}
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
				Practice: a.Code, LastDay: list.AsAt.AddDays(-1), Dating: fact.Dating{Undated: true, NotBefore: r.shown()}, Cited: list,
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
func (r *report) dated(known view.State, m network.Membership) {
	period := events.Period{From: m.From, To: m.LastDay}
	i := r.same(m.Network, period)
	if i < 0 {
		r.record(fact.Joined{Practice: r.a.Code, Network: m.Network, Period: period, Cited: r.a.Cited()})
		r.superseded(known.Listing())
		return
	}
	was := r.s.Memberships[i]
	begins := !was.First.Undated && was.From == period.From
	switch {
	case begins && was.To == period.To && !was.Last.Undated,
		r.outdated && !was.First.Undated: // a newer source has told
		return
	case begins && was.To.IsZero() && r.s.open(m.Network) == i:
		r.record(fact.Left{Practice: r.a.Code, Network: m.Network, LastDay: period.To, Cited: r.a.Cited()})
		return
	}
	// The source does not know of an end, or takes it back.
	unaware := period.To.IsZero() && !was.To.IsZero() && (!r.current || was.To.After(r.a.AsAt))
	switch {
	case unaware && begins, unaware && was.Last.Undated && r.s.open(m.Network) >= 0: // Left would end another
		return
	case unaware && was.Last.Undated: // the end is as little known as before
		last := was.Last
		if last.NotBefore.Before(period.From) {
			last.NotBefore = period.From
		}
		r.record(fact.Redated{Practice: r.a.Code, Network: m.Network, Was: was.From, Period: period, Cited: r.a.Cited()})
		r.record(fact.Left{Practice: r.a.Code, Network: m.Network, LastDay: was.To, Dating: last, Cited: r.a.Cited()})
		return
	case unaware:
		period.To = was.To
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
		return m.Network == network && m.Overlaps(p) && !r.told(m)
	})
}

// told reports whether the source has a membership with that first day itself.
func (r *report) told(m Membership) bool {
	return slices.ContainsFunc(r.a.Memberships, func(o network.Membership) bool { return o.Network == m.Network && o.From == m.From })
}

// superseded ends the membership recorded last, if it is open and newer sources
// know it to be over: the practice has closed, has come into another network, or
// is not in this one by the newest list.
func (r *report) superseded(list fact.Cited) {
	n := len(r.s.Memberships) - 1
	last := r.s.Memberships[n]
	if !last.To.IsZero() || r.current || r.s.open(last.Network) != n {
		return
	}
	var end events.Date
	see := func(next events.Date) { // a day on which it was over
		if day := next.AddDays(-1); r.a.AsAt.Before(next) && (end.IsZero() || day.Before(end)) {
			end = day
		}
	}
	see(r.s.Closed.LastDay.AddDays(1))
	listed := false
	for _, m := range r.s.Memberships[:n] {
		if m.Network != last.Network && m.First.Undated {
			see(m.From)
		}
		listed = listed || m.Network == last.Network && m.Includes(list.AsAt)
	}
	if !listed {
		see(list.AsAt)
	}
	left := fact.Dating{Undated: true, NotBefore: r.a.AsAt}
	if left.NotBefore.Before(last.From) {
		left.NotBefore = last.From
	}
	if !end.Before(left.NotBefore) {
		r.record(fact.Left{Practice: r.a.Code, Network: last.Network, LastDay: end, Dating: left, Cited: r.a.Cited()})
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
			if m.To.Before(day) && !m.To.IsZero() && earliest.Before(m.To.AddDays(1)) && !m.Last.Undated {
				earliest = m.To.AddDays(1)
			}
			continue
		case m.Network == network:
			return // it is there, also when it is recorded somewhere else as well
		}
	}
	for i, m := range slices.Clone(r.s.Memberships) {
		if m.Includes(day) && m.To.IsZero() && r.s.open(m.Network) == i { // Left would end another
			left := fact.Dating{Undated: true, NotBefore: r.last}
			if left.NotBefore.Before(m.From) {
				left.NotBefore = m.From
			}
			last := day.AddDays(-1)
			if last.Before(m.From) { // they disagree about this very day: it shows as a conflict
				last = m.From
			}
			r.record(fact.Left{Practice: r.a.Code, Network: m.Network, LastDay: last, Dating: left, Cited: r.a.Cited()})
			if next := left.NotBefore.AddDays(1); earliest.Before(next) && !day.Before(next) {
				earliest = next
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
		if !exists || was.patients != l.Patients && corrects(a, was.asAt) {
			r.record(fact.ListSizeRecorded{Practice: a.Code, Basis: l.Basis, On: l.On, Patients: l.Patients, Cited: a.Cited()})
		}
	}
	for _, c := range a.CountedFor {
		i := slices.IndexFunc(r.s.CountsFor, func(m member) bool { return m.On == c.On })
		if i < 0 || r.s.CountsFor[i].CountedFor != c && corrects(a, r.s.CountsFor[i].asAt) {
			r.record(fact.ContractMemberRecorded{Practice: a.Code, On: c.On, Network: c.Network, System: c.System, Cited: a.Cited()})
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

// corrects reports whether a report may correct what was told by a source that
// describes a day; by a person, when there is none.
func corrects(a network.ReportPractice, was events.Date) bool {
	return !was.IsZero() && !a.AsAt.Before(was)
}
