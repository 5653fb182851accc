package pcn_test

import (
	"testing"

	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/decider/decidertest"
	"github.com/ics-openbook/openbook/services/network/pcn"
	"github.com/ics-openbook/openbook/services/network/source"
	"github.com/ics-openbook/openbook/services/network/system"
	"github.com/ics-openbook/openbook/services/network/view"
)

func day(text string) events.Date {
	d, err := events.ParseDate(text)
	if err != nil {
		panic(err) // of a test's own text
	}
	return d
}

func of(kind fact.Kind, asAt string) fact.Cited {
	return fact.Cited{Source: fact.NewSource(kind, day(asAt), "00000000"), AsAt: day(asAt)}
}

func TestReport(t *testing.T) {
	book23, book24, list26 := of(fact.EPCN, "2023-01-31"), of(fact.EPCN, "2024-10-01"), of(fact.Registrations, "2026-07-01")
	registry := view.State{}
	for _, e := range []fact.Event{
		fact.SystemRegistered{System: "QZ1", Name: "One"}, fact.SystemRegistered{System: "QZ2", Name: "Two"}, fact.SystemRegistered{System: "QZ3", Name: "Three"},
		fact.SystemSucceeded{System: "QZ2", By: []events.ICB{"QZ3"}, On: day("2026-04-01")},
	} {
		registry = view.Evolve(registry, e)
	}
	says := func(c fact.Cited, a network.ReportNetwork, complete ...fact.Cited) func(pcn.State) ([]fact.NetworkEvent, error) {
		known := view.Evolve(registry, fact.SourceCited{Source: c.Source, AsAt: c.AsAt})
		for _, c := range complete {
			known = view.Evolve(known, fact.SourceCited{Source: c.Source, AsAt: c.AsAt})
			known = view.Evolve(known, fact.SourceCompleted{Source: c.Source})
		}
		if a.Name == "" {
			a.Name = "North"
		}
		a.Code, a.Source, a.AsAt = "U99001", c.Source, c.AsAt
		return func(s pcn.State) ([]fact.NetworkEvent, error) { return pcn.Report(s, known, a) }
	}
	at := func(system events.ICB, sub events.SubICB) network.ReportNetwork {
		return network.ReportNetwork{System: system, SubICB: sub}
	}
	closes := func(last string) network.ReportNetwork {
		return network.ReportNetwork{SubICB: "99A", Opened: day("2019-07-01"), Closed: day(last)}
	}
	registered := func(c fact.Cited, system events.ICB) fact.NetworkRegistered {
		return fact.NetworkRegistered{Network: "U99001", Name: "North", System: system, SubICB: "99A", Cited: c}
	}
	opened := fact.NetworkRegistered{Network: "U99001", Name: "North", SubICB: "99A", Opened: day("2019-07-01"), Cited: book24}
	located := func(system events.ICB, sub events.SubICB, notBefore string) fact.NetworkLocated {
		e := fact.NetworkLocated{Network: "U99001", System: system, SubICB: sub, From: list26.AsAt, Dating: fact.Dating{Undated: true}, Cited: list26}
		if notBefore != "" {
			e.NotBefore = day(notBefore)
		}
		return e
	}
	closed := func(c fact.Cited, last string) fact.NetworkClosed {
		return fact.NetworkClosed{Network: "U99001", LastDay: day(last), Cited: c}
	}
	dry := network.ReportNetwork{Code: "U99001", Name: "North", System: "QZ9", SubICB: "99A", Report: network.Report{Source: list26.Source, AsAt: list26.AsAt, DryRun: true}}
	type facts = []fact.NetworkEvent
	placed := fact.NetworkRegistered{Network: "U99001", Name: "North", System: "QZ2", Place: "WEST"}
	decidertest.Run(t, pcn.Evolve, []decidertest.Case[pcn.State, fact.NetworkEvent]{
		{Name: "the first registers", When: says(list26, at("QZ1", "99A")), Then: facts{registered(list26, "QZ1")}},
		{Name: "the first registers one that has closed", When: says(book24, closes("2023-03-31")), Then: facts{opened, closed(book24, "2023-03-31")}},
		{Name: "the first registers one that had closed by a newer workbook's day", When: says(book24, closes("2023-03-31"), of(fact.EPCN, "2025-01-31")), Then: facts{opened, closed(book24, "2023-03-31")}},
		{Name: "the same from another source", Given: facts{registered(book24, "QZ1")}, When: says(list26, at("QZ1", "99A"), book24)},
		{Name: "another name", Given: facts{opened}, When: says(list26, network.ReportNetwork{Name: "South", SubICB: "99A"}, book24), Then: facts{fact.NetworkRenamed{Network: "U99001", Name: "South", Cited: list26}}},
		{Name: "another name and place in an older source", Given: facts{registered(list26, "QZ1")}, When: says(book24, network.ReportNetwork{Name: "South", SubICB: "99B"}, list26)},
		{Name: "another name in a source older than one not complete", Given: facts{registered(list26, "QZ1")}, When: says(book24, network.ReportNetwork{Name: "South", SubICB: "99A"}), Then: facts{fact.NetworkRenamed{Network: "U99001", Name: "South", Cited: book24}}},
		{Name: "another system", Given: facts{registered(book24, "QZ1")}, When: says(list26, at("QZ3", "99B"), book24), Then: facts{located("QZ3", "99B", "2024-10-02")}},
		{Name: "another system, where no source before is complete", Given: facts{registered(book24, "QZ1")}, When: says(list26, at("QZ3", "99A")), Then: facts{located("QZ3", "99A", "")}},
		{Name: "the system, which was not known", Given: facts{opened}, When: says(list26, at("QZ1", "99A"), book24), Then: facts{located("QZ1", "99A", "")}},
		{Name: "where it is, of which nothing was known", Given: facts{fact.NetworkRegistered{Network: "U99001", Name: "North"}}, When: says(list26, at("QZ1", "99A"), book24), Then: facts{located("QZ1", "99A", "")}},
		{Name: "the sub-ICB location alone, which is another", Given: facts{registered(book24, "QZ1")}, When: says(list26, at("", "99B"), book24), Then: facts{located("", "99B", "2024-10-02")}},
		{Name: "nothing of where it is", Given: facts{registered(book24, "QZ1")}, When: says(list26, at("", ""), book24)},
		{Name: "the sub-ICB location of one in a place", Given: facts{placed}, When: says(list26, at("QZ3", "99A"), book24),
			Then: facts{fact.NetworkLocated{Network: "U99001", System: "QZ3", Place: "WEST", SubICB: "99A", From: list26.AsAt, Dating: fact.Dating{Undated: true, NotBefore: day("2024-10-02")}, Cited: list26}}},
		{Name: "a system that stands in its system's place", Given: facts{registered(book24, "QZ2")}, When: says(list26, at("QZ3", "99A"), book24)},
		{Name: "a system that will stand in its system's place later", Given: facts{registered(book23, "QZ2")}, When: says(of(fact.Registrations, "2026-03-01"), at("QZ3", "99A"), book23),
			Then: facts{fact.NetworkLocated{Network: "U99001", System: "QZ3", SubICB: "99A", From: day("2026-03-01"), Dating: fact.Dating{Undated: true, NotBefore: day("2023-02-01")}, Cited: of(fact.Registrations, "2026-03-01")}}},
		{Name: "that it has closed", Given: facts{opened}, When: says(book24, closes("2023-03-31"), book23), Then: facts{closed(book24, "2023-03-31")}},
		{Name: "that it closed another day", Given: facts{opened, closed(book23, "2022-12-31")}, When: says(book24, closes("2023-03-31"), book23), Then: facts{closed(book24, "2023-03-31")}},
		{Name: "that it closed another day, in an older source", Given: facts{opened, closed(book24, "2023-03-31")}, When: says(book23, closes("2022-12-31"), book24)},
		{Name: "that it has closed, in a workbook older than a list", Given: facts{registered(list26, "QZ1")}, When: says(book24, closes("2023-03-31"), list26), Then: facts{closed(book24, "2023-03-31")}},
		{Name: "that it has closed, in a workbook older than one that has it open", Given: facts{opened}, When: says(book23, closes("2022-12-31"), book24)},
		{Name: "that it is open again", Given: facts{opened, closed(book23, "2022-12-31")}, When: says(book24, network.ReportNetwork{SubICB: "99A"}, book23), Then: facts{fact.NetworkReopened{Network: "U99001", Cited: book24}}},
		{Name: "that it is open, in an older source", Given: facts{opened, closed(book24, "2022-12-31")}, When: says(book23, network.ReportNetwork{SubICB: "99A"}, book24)},
		{Name: "that it is open, before it closes", Given: facts{opened, closed(book23, "2025-03-31")}, When: says(book24, network.ReportNetwork{SubICB: "99A"}, book23)},
		{Name: "of a system that is not in the book", When: says(list26, at("QZ9", "99A")), Refused: system.ErrUnknown},
		{Name: "of a system that is not in the book, as a dry run", Then: facts{registered(list26, "QZ9")}, When: func(s pcn.State) ([]fact.NetworkEvent, error) { return pcn.Report(s, registry, dry) }},
		{Name: "by a source that nobody has cited", Refused: source.ErrUnknown, When: func(s pcn.State) ([]fact.NetworkEvent, error) {
			return pcn.Report(s, registry, network.ReportNetwork{Code: "U99001", Name: "North", Report: network.Report{Source: list26.Source, AsAt: list26.AsAt}})
		}},
	})
}
