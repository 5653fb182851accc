package source_test

import (
	"strings"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/decider/decidertest"
	"github.com/ics-openbook/openbook/services/network/source"
	"github.com/ics-openbook/openbook/services/network/view"
)

func TestSource(t *testing.T) {
	july, sum := events.Day(2026, time.July, 1), strings.Repeat("ab", 32)
	name := fact.NewSource(fact.Registrations, july, sum)
	type when = func(source.State) ([]fact.SourceEvent, error)
	cite := func(title, sum string, asAt events.Date) when {
		return func(s source.State) ([]fact.SourceEvent, error) {
			return source.Cite(s, view.State{}, network.CiteSource{Source: name, Title: title, AsAt: asAt, SHA256: sum})
		}
	}
	complete := func(reports int) when {
		return func(s source.State) ([]fact.SourceEvent, error) {
			return source.Complete(s, view.State{}, network.CompleteSource{Source: name, Reports: reports})
		}
	}
	type facts = []fact.SourceEvent
	cited := fact.SourceCited{Source: name, Title: "map.csv", AsAt: july, SHA256: sum}
	completed := fact.SourceCompleted{Source: name, Reports: 7}
	decidertest.Run(t, source.Evolve, []decidertest.Case[source.State, fact.SourceEvent]{
		{Name: "a file is cited", When: cite("map.csv", sum, july), Then: facts{cited}},
		{Name: "the same file under another name", Given: facts{cited}, When: cite("map (1).csv", sum, july)},
		{Name: "another file with the same first digits", Given: facts{cited}, When: cite("map.csv", sum[:8]+strings.Repeat("cd", 28), july), Refused: source.ErrExists},
		{Name: "the same file of another day", Given: facts{cited}, When: cite("map.csv", sum, july.AddDays(1)), Refused: source.ErrExists},
		{Name: "all of it has been reported", Given: facts{cited}, When: complete(7), Then: facts{completed}},
		{Name: "all of it has been reported again", Given: facts{cited, completed}, When: complete(8)},
		{Name: "a file that nobody has cited", When: complete(7), Refused: source.ErrUnknown},
	})
}

func TestOutdated(t *testing.T) {
	source25, list := fact.Source("epcn-2025-01-31-00000000"), fact.Source("registrations-2026-07-01-00000000")
	cited := view.Evolve(view.State{}, fact.SourceCited{Source: source25, AsAt: events.Day(2025, time.January, 31)})
	complete := view.Evolve(cited, fact.SourceCompleted{Source: source25})
	for _, c := range []struct {
		what     string
		known    view.State
		of       fact.Source
		asAt     events.Date
		outdated bool
	}{
		{"older than a complete one", complete, "epcn-2025-01-30-1", events.Day(2025, time.January, 30), true},
		{"older than one that is not", cited, "epcn-2025-01-30-1", events.Day(2025, time.January, 30), false},
		{"the same", complete, source25, events.Day(2025, time.January, 31), false},
		{"newer", complete, "epcn-2025-02-01-1", events.Day(2025, time.February, 1), false},
		{"of another kind", complete, list, events.Day(2024, time.January, 1), false},
	} {
		if got := source.Outdated(c.known, network.Report{Source: c.of, AsAt: c.asAt}); got != c.outdated {
			t.Errorf("%s: %t", c.what, got)
		}
	}
}

func TestCited(t *testing.T) {
	name := fact.Source("epcn-2024-10-01-00000000")
	known := view.Evolve(view.State{}, fact.SourceCited{Source: name})
	for _, c := range []struct {
		what   string
		known  view.State
		report network.Report
		cited  bool
	}{
		{"a source in the book", known, network.Report{Source: name}, true},
		{"a source that is not", view.State{}, network.Report{Source: name}, false},
		{"a rehearsal", view.State{}, network.Report{Source: name, DryRun: true}, true},
		{"what a person says, which is no report", known, network.Report{}, false},
	} {
		if err := source.Cited(c.known, c.report); (err == nil) != c.cited {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}
