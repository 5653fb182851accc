package importing

import (
	"fmt"

	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/sheet"
)

// The Organisation Data Service's ePCN workbook: every network there ever was,
// and every dated membership. Sub-ICB locations were called CCGs until 2022.
var (
	pcnDetails = sheet.Layout{Name: "the networks", Sheet: "PCNDetails", Columns: []sheet.Column{
		{Key: "network", Headers: []string{"PCN Code"}},
		{Key: "name", Headers: []string{"PCN Name"}},
		{Key: "subICB", Headers: []string{"Current Sub ICB Loc Code", "Current CCG Code"}},
		{Key: "opened", Headers: []string{"Open Date"}},
		{Key: "closed", Headers: []string{"Close Date"}},
	}}
	partners = sheet.Layout{Name: "the members of the networks", Sheet: "PCN Core Partner Details", Columns: []sheet.Column{
		{Key: "practice", Headers: []string{"Partner Organisation Code"}},
		{Key: "name", Headers: []string{"Partner Name"}},
		{Key: "subICB", Headers: []string{"Practice Parent Sub ICB Loc Code", "Practice Parent CCG Code"}},
		{Key: "network", Headers: []string{"PCN Code"}},
		{Key: "from", Headers: []string{"Practice to PCN Relationship Start Date"}},
		{Key: "lastDay", Headers: []string{"Practice to PCN Relationship End Date"}},
	}}
	epcn = reader{
		called: "epcn", most: 1, layouts: []sheet.Layout{pcnDetails, partners}, read: readEPCN,
		wants: "epcn needs one workbook (ePCN.xlsx) at a time, the oldest first",
	}
)

func readEPCN(o Options, files []*sheet.File, watch func()) (*reports, error) {
	f := files[0]
	for _, l := range []sheet.Layout{pcnDetails, partners} {
		if _, err := f.Recognise(l); err != nil {
			return nil, err
		}
	}
	said := newReports()
	wrong := &WrongRows{}
	newest := &newest{saved: events.DateOf(f.Saved())}
	lines := map[events.PCN]int{}
	for r, err := range f.Rows(pcnDetails) {
		if err != nil {
			return nil, err
		}
		watch()
		if err := said.network(r, newest, lines); err != nil {
			wrong.add(err)
		}
	}
	for r, err := range f.Rows(partners) {
		if err != nil {
			return nil, err
		}
		watch()
		if err := said.partner(r, newest, lines); err != nil {
			wrong.add(err)
		}
	}
	if err := wrong.err(); err != nil {
		return nil, err
	}
	said.asAt = o.AsAt
	switch {
	case said.asAt.IsZero() && newest.day.IsZero():
		return nil, fmt.Errorf("%s: it says that it was saved on %s, before any day in it, so which day it describes is not known. Say --as-at 2025-01-31", f.Name(), newest.saved)
	case said.asAt.IsZero():
		said.asAt = newest.day
		said.notes = append(said.notes, fmt.Sprintf("The workbook does not say which day it describes. It is taken to be %s, the newest day in it; say --as-at if you know better.", newest.day))
	}
	return said, nil
}

// newest is the newest day that the workbook knows of: it is complete to then
// at least. What is planned lies after the day it was saved.
type newest struct{ saved, day events.Date }

func (n *newest) see(days ...events.Date) {
	for _, day := range days {
		if n.day.Before(day) && (n.saved.IsZero() || !n.saved.Before(day)) {
			n.day = day
		}
	}
}

func (s *reports) network(r sheet.Row, n *newest, lines map[events.PCN]int) error {
	code, err := networkOf(r, "network")
	if err != nil {
		return err
	}
	if lines[code] > 0 {
		return r.Problem("network", "Network %s is here twice: line %d has it too.", code, lines[code])
	}
	lines[code] = r.Line() // it is here, whatever else is wrong with it
	name, err1 := nameOf(r, "name")
	sub, err2 := subICBOf(r, "subICB")
	opened, err3 := dayOf(r, "opened")
	closed, err4 := r.Date("closed")
	if err := first(err1, err2, err3, err4); err != nil {
		return err
	}
	if !closed.IsZero() && closed.Before(opened) {
		return r.Problem("closed", "Network %s closed on %s, before it opened on %s.", code, closed, opened)
	}
	n.see(opened, closed)
	s.networks[code] = &network.ReportNetwork{Code: code, Name: name, SubICB: sub, Opened: opened, Closed: closed}
	return nil
}

func (s *reports) partner(r sheet.Row, n *newest, networks map[events.PCN]int) error {
	code, err1 := practiceOf(r, "practice")
	name, err2 := nameOf(r, "name")
	sub, err3 := subICBOf(r, "subICB")
	pcn, err4 := networkOf(r, "network")
	from, err5 := dayOf(r, "from")
	last, err6 := r.Date("lastDay")
	if err := first(err1, err2, err3, err4, err5, err6); err != nil {
		return err
	}
	m := network.Membership{Network: pcn, From: from, LastDay: last}
	switch {
	case networks[pcn] == 0:
		return r.Problem("network", "Practice %s is a member of network %s, which the sheet %s does not have.", code, pcn, pcnDetails.Sheet)
	case !last.IsZero() && last.Before(from):
		return r.Problem("lastDay", "The membership ends on %s, before it begins on %s.", last, from)
	}
	n.see(from, last)
	p := s.practices[code]
	if p == nil {
		p = &network.ReportPractice{Code: code, Name: name, SubICB: sub}
		s.practices[code] = p
	}
	for _, other := range p.Memberships {
		if other.Network == m.Network && other.From == m.From {
			return r.Problem("practice", "The membership of practice %s in network %s from %s is here twice.", code, pcn, from)
		}
	}
	p.Memberships = append(p.Memberships, m)
	return nil
}
