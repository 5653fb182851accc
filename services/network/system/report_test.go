package system_test

import (
	"testing"
	"time"

	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/decider/decidertest"
	"github.com/ics-openbook/openbook/services/network/source"
	"github.com/ics-openbook/openbook/services/network/system"
	"github.com/ics-openbook/openbook/services/network/view"
)

func TestReport(t *testing.T) {
	of := func(year int) fact.Cited {
		day := events.Day(year, time.July, 1)
		return fact.Cited{Source: fact.NewSource(fact.Registrations, day, "00000000"), AsAt: day}
	}
	list25, list26 := of(2025), of(2026)
	begun := func(s view.State, c fact.Cited) view.State {
		return view.Evolve(s, fact.SourceCited{Source: c.Source, AsAt: c.AsAt})
	}
	says := func(c fact.Cited, name, sub string, known view.State, complete ...fact.Cited) when {
		known = begun(known, c)
		for _, c := range complete {
			known = view.Evolve(begun(known, c), fact.SourceCompleted{Source: c.Source})
		}
		a := network.ReportSystem{Code: "QZ1", Name: name, Region: "Y59", Report: network.Report{Source: c.Source, AsAt: c.AsAt}}
		if sub != "" {
			a.SubICBs = []network.SubICB{{Code: "99A", Name: sub}}
		}
		return func(s system.State) ([]fact.SystemEvent, error) { return system.Report(s, known, a) }
	}
	registered := func(c fact.Cited) fact.SystemRegistered {
		return fact.SystemRegistered{System: "QZ1", Name: "One", Region: "Y59", Cited: c}
	}
	sub := func(c fact.Cited, name string) fact.SubICBRegistered {
		return fact.SubICBRegistered{System: "QZ1", SubICB: "99A", Name: name, Cited: c}
	}
	var none view.State
	elsewhere := view.Evolve(none, fact.SystemRegistered{System: "QZ2", Name: "Two"})
	elsewhere = view.Evolve(elsewhere, fact.SubICBRegistered{System: "QZ2", SubICB: "99A", Name: "Sub"})
	dry := network.ReportSystem{Code: "QZ1", Name: "One", Region: "Y59", Report: network.Report{Source: list26.Source, AsAt: list26.AsAt, DryRun: true}}
	type facts = []fact.SystemEvent
	decidertest.Run(t, system.Evolve, []test{
		{Name: "the first registers", When: says(list26, "One", "Sub", none), Then: facts{registered(list26), sub(list26, "Sub")}},
		{Name: "the same from a newer source", Given: facts{registered(list25), sub(list25, "Sub")}, When: says(list26, "One", "Sub", none, list25)},
		{Name: "other names", Given: facts{registered(list25), sub(list25, "Sub")}, When: says(list26, "Uno", "Sotto", none, list25), Then: facts{fact.SystemRenamed{System: "QZ1", Name: "Uno", Cited: list26}, sub(list26, "Sotto")}},
		{Name: "other names in an older source", Given: facts{registered(list26), sub(list26, "Sub")}, When: says(list25, "Uno", "Sotto", none, list26)},
		{Name: "other names in a source older than one not complete", Given: facts{registered(list26)}, When: says(list25, "Uno", "", begun(none, list26)), Then: facts{fact.SystemRenamed{System: "QZ1", Name: "Uno", Cited: list25}}},
		{Name: "a sub-ICB location that only an older source has", Given: facts{registered(list26)}, When: says(list25, "One", "Sub", none, list26), Then: facts{sub(list25, "Sub")}},
		{Name: "a sub-ICB location of another system moves here", Given: facts{registered(list25)}, When: says(list26, "One", "Sub", elsewhere, list25), Then: facts{sub(list26, "Sub")}},
		{Name: "a sub-ICB location is not moved by an older source", Given: facts{registered(list26)}, When: says(list25, "One", "Sub", elsewhere, list26)},
		{Name: "what a person has registered stays", Given: facts{registered(fact.Cited{})}, When: says(list26, "One", "", none)},
		{Name: "a dry run needs no source", When: func(s system.State) ([]fact.SystemEvent, error) { return system.Report(s, none, dry) }, Then: facts{registered(list26)}},
		{Name: "by a source that nobody has cited", Refused: source.ErrUnknown, When: func(s system.State) ([]fact.SystemEvent, error) {
			a := dry
			a.DryRun = false
			return system.Report(s, none, a)
		}},
	})
}
