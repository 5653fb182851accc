package view

import (
	"cmp"
	"slices"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
)

func evolveSystem(s State, e fact.SystemEvent) State {
	row := func(code events.ICB, change func(*system)) {
		s.systems = s.systems.with(code, func(r *system) { r.Code = code; change(r) })
	}
	switch e := e.(type) {
	case fact.SystemRegistered:
		row(e.System, func(r *system) { r.Name, r.Region = e.Name, e.Region })
	case fact.SystemRenamed:
		row(e.System, func(r *system) { r.Name = e.Name })
	case fact.SystemSucceeded:
		row(e.System, func(r *system) { r.Ends, r.By = e.On, e.By })
	case fact.SubICBRegistered:
		s.subICBs = s.subICBs.with(e.SubICB, func(r *subICB) { *r = subICB{e.SubICB, e.Name, e.System} })
		row(e.System, func(r *system) { r.SubICBs = inserted(r.SubICBs, e.SubICB) })
	case fact.PlaceRegistered:
		row(e.System, func(r *system) { r.Places = placed(r.Places, place{e.Place, e.Name}) })
	case fact.PlaceRenamed:
		row(e.System, func(r *system) { r.Places = placed(r.Places, place{e.Place, e.Name}) })
	case fact.LMCRecorded:
		row(e.System, func(r *system) {
			r.LMCs = replaced(r.LMCs, lmc{e.LMC, e.Name, e.Places}, func(l lmc) bool { return l.Code == e.LMC })
		})
	case fact.Mandated:
		row(e.System, func(r *system) {
			r.Mandates = replaced(r.Mandates, mandate{e.Person, e.Body, e.Networks, e.Topics, e.Period},
				func(m mandate) bool { return m.Person == e.Person && m.Body == e.Body })
		})
		return s.serving(e.Person, e.System.Entity())
	case fact.MandateEnded:
		row(e.System, func(r *system) {
			r.Mandates = changed(r.Mandates, func(m mandate) bool { return m.Person == e.Person && m.Body == e.Body },
				func(m *mandate) { m.To = e.LastDay })
		})
	}
	return s
}

func evolveNetwork(s State, e fact.NetworkEvent, by entry) State {
	row := func(code events.PCN, change func(*network)) {
		s.networks = s.networks.with(code, func(r *network) { r.Code = code; change(r) })
	}
	within := func(in events.ICB, code events.PCN) {
		if in != "" {
			s.systems = s.systems.with(in, func(r *system) { r.Code = in; r.Networks = inserted(r.Networks, code) })
		}
	}
	switch e := e.(type) {
	case fact.NetworkRegistered:
		row(e.Network, func(r *network) {
			r.Name, r.Opened = e.Name, e.Opened
			r.Located = []located{{e.System, e.Place, e.SubICB, e.AsAt, fact.Dating{Undated: !e.AsAt.IsZero()}, by}}
		})
		within(e.System, e.Network)
	case fact.NetworkRenamed:
		row(e.Network, func(r *network) { r.Name = e.Name })
	case fact.NetworkLocated:
		row(e.Network, func(r *network) {
			r.Located = append(slices.Clip(r.Located), located{e.System, e.Place, e.SubICB, e.From, e.Dating, by})
		})
		within(e.System, e.Network)
	case fact.NetworkClosed:
		row(e.Network, func(r *network) { r.Closed = ending{e.LastDay, e.Dating} })
	case fact.NetworkReopened:
		row(e.Network, func(r *network) { r.Shut, r.Closed = reopened(r.Shut, r.Closed, e.From), ending{} })
	case fact.Merged:
		row(e.Network, func(r *network) { r.Into, r.Closed = e.Into, ending{LastDay: e.On.AddDays(-1)} })
		return s.move(e.Network, move{Into: e.Into, On: e.On, By: by})
	case fact.Split:
		return s.move(e.Network, move{Into: e.Into, On: e.On, Practices: e.Practices, By: by})
	case fact.DirectorAppointed:
		row(e.Network, func(r *network) {
			r.Directors = replaced(r.Directors, director{Person: e.Person, Share: e.Share, Profession: e.Profession, FirstRole: e.FirstRole, Period: e.Period, By: by},
				func(d director) bool { return d.Person == e.Person })
		})
		return s.serving(e.Person, e.Network.Entity())
	case fact.DirectorNoticeGiven:
		row(e.Network, func(r *network) {
			r.Directors = changed(r.Directors, func(d director) bool { return d.Person == e.Person },
				func(d *director) { d.Notice, d.To, d.Ended = e.GivenOn, e.LastDay, by })
		})
	case fact.DirectorLeft:
		row(e.Network, func(r *network) {
			r.Directors = changed(r.Directors, func(d director) bool { return d.Person == e.Person }, func(d *director) { d.To, d.Ended = e.LastDay, by })
		})
	case fact.DeputyNamed:
		row(e.Network, func(r *network) {
			r.Deputies = replaced(r.Deputies, deputy{e.Person, e.Period}, func(d deputy) bool { return d.Person == e.Person })
		})
		return s.serving(e.Person, e.Network.Entity())
	}
	return s
}

func evolvePractice(s State, e fact.PracticeEvent, by entry) State {
	row := func(code events.Practice, change func(*practice)) {
		s.practices = s.practices.with(code, func(r *practice) { r.Code = code; change(r) })
	}
	within := func(in events.ICB, code events.Practice) {
		if in != "" {
			s.systems = s.systems.with(in, func(r *system) { r.Code = in; r.Practices = inserted(r.Practices, code) })
		}
	}
	member := func(code events.Practice, change func([]membership) []membership) {
		var told []membership
		if r := s.practices.get(code); r != nil {
			told = r.told()
		}
		s = s.settle(code, change(told))
	}
	switch e := e.(type) {
	case fact.PracticeRegistered:
		row(e.Practice, func(r *practice) {
			r.Name = e.Name
			r.Located = []located{{s.sameSystem(e.System), "", s.sameSubICB(e.SubICB), e.AsAt, fact.Dating{Undated: !e.AsAt.IsZero()}, by}}
		})
		within(e.System, e.Practice)
	case fact.PracticeRenamed:
		row(e.Practice, func(r *practice) { r.Name = e.Name })
	case fact.PracticeLocated:
		row(e.Practice, func(r *practice) {
			r.Located = append(slices.Clip(r.Located), located{s.sameSystem(e.System), "", s.sameSubICB(e.SubICB), e.From, e.Dating, by})
		})
		within(e.System, e.Practice)
	case fact.PracticeClosed:
		row(e.Practice, func(r *practice) { r.Closed = ending{e.LastDay, e.Dating} })
		member(e.Practice, func(all []membership) []membership {
			// a file that dates a membership beyond may still be right about the membership
			beyond := func(m membership) bool { return m.To.IsZero() || e.Source == "" && e.LastDay.Before(m.To) }
			return changed(all, func(m membership) bool { return beyond(m) && !e.LastDay.Before(m.From) },
				func(m *membership) { m.To, m.End = e.LastDay, e.Dating })
		})
	case fact.PracticeReopened:
		row(e.Practice, func(r *practice) { r.Shut, r.Closed = reopened(r.Shut, r.Closed, e.From), ending{} })
	case fact.Joined:
		member(e.Practice, func(all []membership) []membership {
			return append(slices.Clip(all), membership{Network: s.sameNetwork(e.Network), Period: e.Period, Dating: e.Dating, Source: s.sameSource(e.Source), By: by})
		})
	case fact.Left:
		member(e.Practice, func(all []membership) []membership { return left(all, e) })
	case fact.Redated:
		member(e.Practice, func(all []membership) []membership {
			return changed(all, func(m membership) bool { return m.Network == e.Network && m.From == e.Was },
				func(m *membership) {
					*m = membership{Network: m.Network, Period: e.Period, Source: s.sameSource(e.Source), By: by}
				})
		})
	case fact.NoticeGiven:
		row(e.Practice, func(r *practice) {
			r.Notices = replaced(r.Notices, notice{Network: e.Network, Notice: e.Notice, GivenOn: e.GivenOn, LastDay: e.LastDay}, func(n notice) bool { return n.Network == e.Network })
		})
	case fact.NoticeWithdrawn:
		row(e.Practice, func(r *practice) {
			r.Notices = changed(r.Notices, func(n notice) bool { return n.Network == e.Network }, func(n *notice) { n.Until = e.On })
		})
	case fact.Covered:
		row(e.Practice, func(r *practice) {
			r.Covered = replaced(r.Covered, cover{e.Network, e.Period}, func(c cover) bool { return c.Network == e.Network })
		})
		s.networks = s.networks.with(e.Network, func(r *network) { r.Code = e.Network; r.Covers = inserted(r.Covers, e.Practice) })
	case fact.ListSizeRecorded:
		row(e.Practice, func(r *practice) {
			r.Sizes = sized(r.Sizes, size{e.On, sameBasis(e.Basis), e.Patients, s.sameSource(e.Source), by})
		})
	case fact.ContractMemberRecorded:
		row(e.Practice, func(r *practice) {
			r.Counted = replaced(r.Counted, count{e.On, s.sameNetwork(e.Network), s.sameSystem(e.System), s.sameSource(e.Source), by}, func(c count) bool { return c.On == e.On })
			slices.SortFunc(r.Counted, func(a, b count) int { return a.On.Compare(b.On) })
		})
	case fact.ClinicalSystemRecorded:
		row(e.Practice, func(r *practice) { r.Supplier = e.Supplier })
	case fact.DeprivationRecorded:
		row(e.Practice, func(r *practice) {
			r.Deprivation = replaced(r.Deprivation, deprivation{e.Year, e.Score, by}, func(d deprivation) bool { return d.Year == e.Year })
			slices.SortFunc(r.Deprivation, func(a, b deprivation) int { return cmp.Compare(a.Year, b.Year) })
		})
	}
	return s
}

func placed(places []place, p place) []place {
	places = slices.Clone(places)
	i, found := slices.BinarySearchFunc(places, p.Code, func(q place, code fact.Place) int {
		return compare(q.Code, code)
	})
	if found {
		places[i] = p
		return places
	}
	return slices.Insert(places, i, p)
}

// left ends the first membership of a network that has no end yet.
func left(ms []membership, e fact.Left) []membership {
	ms = slices.Clone(ms)
	if i := slices.IndexFunc(ms, func(m membership) bool { return m.Network == e.Network && m.To.IsZero() }); i >= 0 {
		ms[i].To, ms[i].End = e.LastDay, e.Dating
	}
	return ms
}

// sized keeps one size a day and basis: the one recorded last.
func sized(all []size, one size) []size {
	i, found := slices.BinarySearchFunc(all, one, func(a, b size) int {
		return cmp.Or(a.On.Compare(b.On), cmp.Compare(a.Basis, b.Basis))
	})
	if found {
		all = slices.Clone(all)
		all[i] = one
		return all
	}
	return slices.Concat(all[:i], []size{one}, all[i:]) // with no room to spare: there are tens of thousands
}
