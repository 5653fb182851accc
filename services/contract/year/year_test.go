package year_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/api/ask/contract"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/services/contract/year"
	"github.com/ics-openbook/openbook/services/internal/decider/decidertest"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

const y = events.Year("2024/25")

var (
	found       = fact.Cited{Source: "a paper", Confidence: fact.Found}
	core        = fact.FundingStream{Key: "core", Title: "Core", Payee: fact.Network, Cited: found}
	ended       = fact.FundingStream{Key: "casp", Title: "CASP", Payee: fact.Network, Ended: true, Cited: found}
	april       = line("2.218", y.Period())
	uplift      = line("2.266", y.Period())
	half        = line("2.3", events.Period{From: events.Day(2024, time.October, 1), To: y.Last()})
	nurse       = fact.Role{Key: "nurse", Title: "Nurse", Maximum: 4_000_000, Period: y.Period(), Cited: found}
	limit       = fact.Limit{Key: "nurse-limit", Role: "nurse", Posts: 1, Cited: found}
	use         = fact.Use{Key: "core-anything", StreamKey: "core", Purpose: fact.Anything, Allowed: true, Text: "so", Cited: found}
	aboutPeople = fact.Dispute{Key: "people-doubt", About: "people-1", Says: "They are asked.", Because: "It is the older print.", Cited: found}
	doubt       = fact.Dispute{Key: "doubt", About: "core-registered", Says: "2.3", Value: rate("2.3"), Because: "older", Cited: found}
	matrix      = fact.Framework{
		Key: "matrix", Title: "Maturity matrix", Publisher: "NHS England", Version: "1", Period: events.Period{From: y.First()}, Cited: found,
		Domains: []fact.Domain{{Key: "leadership", Title: "Leadership"}, {Key: "people", Title: "People"}},
		Levels:  []fact.Level{{Key: "foundation", Title: "Foundation"}, {Key: "step-1", Title: "Step 1"}},
	}
	heard = fact.Descriptor{Key: "people-1", Framework: "matrix", Domain: "people", Level: "step-1", Text: "They are heard.", Cited: found}
	visit = fact.Requirement{Key: "visit", Service: "EHCH", Text: "Visit.", Period: y.Period(), Cited: found}
)

func rate(s string) events.Rate {
	r, err := events.ParseRate(s)
	if err != nil {
		panic(err)
	}
	return r
}

func line(r string, in events.Period) fact.Line {
	return fact.Line{Key: "core-registered", StreamKey: "core", Basis: fact.Registered, Rate: rate(r), Per: fact.PerYear, Period: in, Cited: found}
}

func is(s fact.FundingStream) fact.Event { return fact.StreamListed{Year: y, FundingStream: s} }
func pays(l fact.Line) fact.Event        { return fact.RateSet{Year: y, Line: l} }

func TestYear(t *testing.T) {
	type when = func(year.State) ([]fact.Event, error)
	type facts = []fact.Event
	publish := func(a contract.Publish) when {
		a.Year = y
		return func(s year.State) ([]fact.Event, error) { return year.Publish(s, struct{}{}, a) }
	}
	set := func(l fact.Line) when {
		return func(s year.State) ([]fact.Event, error) {
			return year.SetRate(s, struct{}{}, contract.SetRate{Year: y, Line: l})
		}
	}
	withdraw := func(key fact.Key) when {
		return func(s year.State) ([]fact.Event, error) {
			return year.Withdraw(s, struct{}{}, contract.WithdrawTerm{Year: y, Key: key, Reason: "wrong year"})
		}
	}
	withdrawn := func(key fact.Key) fact.Event { return fact.TermWithdrawn{Year: y, Key: key, Reason: "wrong year"} }
	other := april
	other.Basis = fact.Weighted
	key := april
	key.Key = "core"
	zeros := line("2.2180", y.Period())
	lined := facts{is(core), pays(april)}
	all := contract.Publish{
		Streams: []fact.FundingStream{core}, Lines: []fact.Line{april}, Uses: []fact.Use{use}, Roles: []fact.Role{nurse},
		Limits: []fact.Limit{limit}, Requirements: []fact.Requirement{visit}, MaturityFrameworks: []fact.Framework{matrix},
		MaturityDescriptors: []fact.Descriptor{heard}, Disputes: []fact.Dispute{doubt},
	}
	everything := facts{
		is(core), pays(april), fact.UseStated{Year: y, Use: use}, fact.RoleSet{Year: y, Role: nurse}, fact.RoleLimited{Year: y, Limit: limit},
		fact.RequirementSet{Year: y, Requirement: visit}, sets(matrix), states(heard), fact.FigureDisputed{Year: y, Dispute: doubt},
	}
	reset := func(change func(*fact.Framework)) when {
		m := changed(change)
		return func(s year.State) ([]fact.Event, error) {
			return year.SetFramework(s, struct{}{}, contract.SetFramework{Year: y, Framework: m})
		}
	}
	describe := func(change func(*fact.Descriptor)) when {
		d := heard
		change(&d)
		return func(s year.State) ([]fact.Event, error) {
			return year.StateDescriptor(s, struct{}{}, contract.StateDescriptor{Year: y, Descriptor: d})
		}
	}
	longer := changed(func(m *fact.Framework) { m.Levels = append(m.Levels, fact.Level{Key: "step-2", Title: "Step 2"}) })
	beside, louder := heard, heard
	beside.Key, louder.Text = "people-2", "They decide."
	described := facts{sets(matrix), states(heard)}
	decidertest.Run(t, year.Evolve, []decidertest.Case[year.State, fact.Event]{
		{Name: "a year is published", When: publish(all), Then: everything},
		{Name: "it is published again", Given: everything, When: publish(all)},
		{Name: "only what differs is recorded", Given: everything, Then: facts{pays(uplift)},
			When: publish(contract.Publish{Streams: all.Streams, Lines: []fact.Line{uplift}, Roles: all.Roles})},
		{Name: "what was announced first is recorded first", Then: facts{is(core), pays(april), pays(uplift)},
			When: publish(contract.Publish{Streams: all.Streams, Lines: []fact.Line{april, uplift}})},
		{Name: "an uplift makes the older rate no news", Given: append(lined, pays(uplift)), When: publish(contract.Publish{Lines: []fact.Line{april, uplift}})},
		{Name: "a document without the uplift takes it back", Given: append(lined, pays(uplift)), Then: facts{pays(april)},
			When: publish(contract.Publish{Lines: []fact.Line{april}})},
		{Name: "and with it, brings it back", Given: append(lined, pays(uplift), pays(april)), Then: facts{pays(uplift)},
			When: publish(contract.Publish{Lines: []fact.Line{april, uplift}})},
		{Name: "a rate from October on", Given: lined, When: set(half), Then: facts{pays(half)}},
		{Name: "what it was before October is still so", Given: append(lined, pays(half)), When: publish(contract.Publish{Lines: []fact.Line{april, half}})},
		{Name: "the year's rate over it takes October back", Given: append(lined, pays(half)), When: set(april), Then: facts{pays(april)}},
		{Name: "a rate with another zero is the same rate", Given: lined, When: set(zeros)},
		{Name: "a rate of no stream", When: set(april), Refused: year.ErrStream},
		{Name: "a rate of a stream that has ended", Given: facts{is(ended)}, Refused: year.ErrEnded,
			When: set(fact.Line{Key: "casp-adjusted", StreamKey: "casp", Basis: fact.Adjusted, Rate: rate("1"), Per: fact.PerYear, Period: y.Period(), Cited: found})},
		{Name: "a line on another basis", Given: lined, When: set(other), Refused: year.ErrLine},
		{Name: "a line with the key of a stream", Given: lined, When: set(key), Refused: year.ErrKind},
		{Name: "a use of no stream", When: publish(contract.Publish{Uses: all.Uses}), Refused: year.ErrStream},
		{Name: "a limit of no role", When: publish(contract.Publish{Limits: all.Limits}), Refused: year.ErrRole},
		{Name: "a dispute about nothing", When: publish(contract.Publish{Disputes: all.Disputes}), Refused: year.ErrUnknown},
		{Name: "a term is withdrawn", Given: lined, When: withdraw("core-registered"), Then: facts{withdrawn("core-registered")}},
		{Name: "a term that never was", When: withdraw("core"), Refused: year.ErrUnknown},
		{Name: "a stream that has rates", Given: lined, When: withdraw("core"), Refused: year.ErrInUse},
		{Name: "a stream whose rates are withdrawn", Given: append(lined, withdrawn("core-registered")), When: withdraw("core"), Then: facts{withdrawn("core")}},
		{Name: "a rate that another source disputes", Given: everything, When: withdraw("core-registered"), Refused: year.ErrInUse},
		{Name: "a line of a stream that is withdrawn", Given: append(lined, withdrawn("core-registered"), withdrawn("core")), When: set(april), Refused: year.ErrStream},
		{Name: "on another basis once it is withdrawn", Given: append(lined, withdrawn("core-registered")), When: set(other), Then: facts{pays(other)}},
		{Name: "what is withdrawn may be of another kind", Given: append(lined, withdrawn("core-registered"), withdrawn("core")), Then: facts{fact.RoleSet{Year: y, Role: asCore(nurse)}},
			When: func(s year.State) ([]fact.Event, error) {
				return year.SetRole(s, struct{}{}, contract.SetRole{Year: y, Role: asCore(nurse)})
			}},
		{Name: "a stream is listed", Then: facts{is(core)}, When: func(s year.State) ([]fact.Event, error) {
			return year.ListStream(s, struct{}{}, contract.ListStream{Year: y, FundingStream: core})
		}},
		{Name: "a use is stated", Given: lined, Then: everything[2:3], When: func(s year.State) ([]fact.Event, error) {
			return year.StateUse(s, struct{}{}, contract.StateUse{Year: y, Use: use})
		}},
		{Name: "a role is limited", Given: everything[3:4], Then: everything[4:5], When: func(s year.State) ([]fact.Event, error) {
			return year.LimitRole(s, struct{}{}, contract.LimitRole{Year: y, Limit: limit})
		}},
		{Name: "a requirement is set", Then: everything[5:6], When: func(s year.State) ([]fact.Event, error) {
			return year.SetRequirement(s, struct{}{}, contract.SetRequirement{Year: y, Requirement: visit})
		}},
		{Name: "a figure is disputed", Given: lined, Then: everything[8:9], When: func(s year.State) ([]fact.Event, error) {
			return year.DisputeFigure(s, struct{}{}, contract.DisputeFigure{Year: y, Dispute: doubt})
		}},
		{Name: "a framework is set", Then: described[:1], When: reset(func(*fact.Framework) {})},
		{Name: "it is set again", Given: described[:1], When: reset(func(*fact.Framework) {})},
		{Name: "it has another level", Given: described, Then: facts{sets(longer)}, When: reset(func(m *fact.Framework) { *m = longer })},
		{Name: "and has it no more", Given: append(described, sets(longer)), Then: described[:1], When: reset(func(*fact.Framework) {})},
		{Name: "it has its last day", Given: described, Then: facts{sets(changed(ends))}, When: reset(ends)},
		{Name: "it loses a domain that nobody describes", Given: described, Then: facts{sets(changed(unled))}, When: reset(unled)},
		{Name: "it loses a domain that is described", Given: described, When: reset(func(m *fact.Framework) { m.Domains = m.Domains[:1] }), Refused: year.ErrInUse},
		{Name: "it loses a level that is described", Given: described, When: reset(func(m *fact.Framework) { m.Levels = m.Levels[:1] }), Refused: year.ErrInUse},
		{Name: "the same once the descriptor is withdrawn", Given: append(described, withdrawn("people-1")), When: reset(unheard), Then: facts{sets(changed(unheard))}},
		{Name: "a framework that is described is withdrawn", Given: described, When: withdraw("matrix"), Refused: year.ErrInUse},
		{Name: "a descriptor is stated", Given: described[:1], Then: described[1:], When: describe(func(*fact.Descriptor) {})},
		{Name: "it is stated again", Given: described, When: describe(func(*fact.Descriptor) {})},
		{Name: "it is corrected", Given: described, Then: facts{states(louder)}, When: describe(func(d *fact.Descriptor) { *d = louder })},
		{Name: "another source describes the same step", Given: described, Then: facts{states(beside)}, When: describe(func(d *fact.Descriptor) { *d = beside })},
		{Name: "another source disputes it", Given: described, Then: facts{fact.FigureDisputed{Year: y, Dispute: aboutPeople}}, When: func(s year.State) ([]fact.Event, error) {
			return year.DisputeFigure(s, struct{}{}, contract.DisputeFigure{Year: y, Dispute: aboutPeople})
		}},
		{Name: "a descriptor of no framework", When: describe(func(*fact.Descriptor) {}), Refused: year.ErrFramework},
		{Name: "of one that is withdrawn", Given: append(described[:1:1], withdrawn("matrix")), When: describe(func(*fact.Descriptor) {}), Refused: year.ErrFramework},
		{Name: "of what is no framework", Given: lined, When: describe(func(d *fact.Descriptor) { d.Framework = "core" }), Refused: year.ErrFramework},
		{Name: "of a domain that is not there", Given: described, When: describe(func(d *fact.Descriptor) { d.Domain = "money" }), Refused: year.ErrDomain},
		{Name: "of a level that is not there", Given: described, When: describe(func(d *fact.Descriptor) { d.Level = "step-9" }), Refused: year.ErrLevel},
		{Name: "a descriptor with the key of a framework", Given: described, When: describe(func(d *fact.Descriptor) { d.Key = "matrix" }), Refused: year.ErrKind},
		{Name: "a framework with the key of a stream", Given: lined, When: reset(func(m *fact.Framework) { m.Key = "core" }), Refused: year.ErrKind},
	})
}

func sets(m fact.Framework) fact.Event    { return fact.FrameworkSet{Year: y, Framework: m} }
func states(d fact.Descriptor) fact.Event { return fact.DescriptorStated{Year: y, Descriptor: d} }

// changed is the matrix with a change.
func changed(change func(*fact.Framework)) fact.Framework {
	m := matrix
	m.Domains, m.Levels = slices.Clone(m.Domains), slices.Clone(m.Levels)
	change(&m)
	return m
}

func ends(m *fact.Framework)    { m.To = y.Last() }
func unled(m *fact.Framework)   { m.Domains = m.Domains[1:] }
func unheard(m *fact.Framework) { m.Domains = m.Domains[:1] }

// A framework is another as soon as one thing about it is: what is said of it is
// compared field by field.
func TestAFrameworkIsAnotherByEachField(t *testing.T) {
	s := year.Evolve(year.State{}, sets(matrix))
	for name, change := range map[string]func(*fact.Framework){
		"title":       func(m *fact.Framework) { m.Title = "x" },
		"publisher":   func(m *fact.Framework) { m.Publisher = "x" },
		"version":     func(m *fact.Framework) { m.Version = "x" },
		"from":        func(m *fact.Framework) { m.From = m.From.AddDays(1) },
		"to":          ends,
		"domain":      func(m *fact.Framework) { m.Domains[1].Title = "x" },
		"description": func(m *fact.Framework) { m.Domains[1].Description = "x" },
		"order":       func(m *fact.Framework) { slices.Reverse(m.Levels) },
		"note":        func(m *fact.Framework) { m.Note = "x" },
		"source":      func(m *fact.Framework) { m.Source = "x" },
		"sourceDate":  func(m *fact.Framework) { m.SourceDate = y.First() },
		"confidence":  func(m *fact.Framework) { m.Confidence = fact.Local },
	} {
		facts, err := year.SetFramework(s, struct{}{}, contract.SetFramework{Year: y, Framework: changed(change)})
		if err != nil || len(facts) != 1 {
			t.Errorf("with another %s it records %d facts: %v", name, len(facts), err)
		}
	}
}

func asCore(r fact.Role) fact.Role {
	r.Key = "core"
	return r
}

// All that is wrong with a document is said at once, each where it is.
func TestEverythingWrongIsSaid(t *testing.T) {
	nowhere := heard
	nowhere.Domain = "money"
	_, err := year.Publish(year.State{}, struct{}{}, contract.Publish{
		Year: y, MaturityFrameworks: []fact.Framework{matrix}, MaturityDescriptors: []fact.Descriptor{heard, nowhere}, Lines: []fact.Line{april, april}, Uses: []fact.Use{use}, Limits: []fact.Limit{limit},
	})
	var at []string
	for _, r := range refuse.All(err) {
		at = append(at, r.Path)
	}
	if want := "lines.0.stream lines.1.stream uses.0.stream limits.0.role maturityDescriptors.1.domain"; !errors.Is(err, year.ErrRole) || want != strings.Join(at, " ") {
		t.Errorf("it is wrong at %v: %v", at, err)
	}
}

// Whatever has been said before, after a document is published its rates are in
// force, and publishing it again records nothing.
func TestAPublishedDocumentHolds(t *testing.T) {
	draw := func(t *rapid.T, name string) (all []fact.Line) {
		for range rapid.IntRange(1, 4).Draw(t, name) {
			first := rapid.IntRange(0, 11).Draw(t, "first")
			from := y.First().Time().AddDate(0, first, 0)
			to := from.AddDate(0, rapid.IntRange(1, 12-first).Draw(t, "months"), -1)
			all = append(all, line(rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "rate"), events.Period{From: events.DateOf(from), To: events.DateOf(to)}))
		}
		return all
	}
	on := func(all []fact.Line, day events.Date) (held events.Rate) {
		for _, l := range all {
			if l.Includes(day) {
				held = l.Rate
			}
		}
		return held
	}
	rapid.Check(t, func(t *rapid.T) {
		s := year.Evolve(year.State{}, is(core))
		var recorded []fact.Line
		for range rapid.IntRange(1, 4).Draw(t, "documents") {
			document := draw(t, "lines")
			ask := contract.Publish{Year: y, Lines: document}
			facts, err := year.Publish(s, struct{}{}, ask)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range facts {
				s = year.Evolve(s, f)
				recorded = append(recorded, f.(fact.RateSet).Line)
			}
			for day := y.First(); !day.After(y.Last()); day = day.AddDays(1) {
				if want := on(document, day); !want.IsZero() && on(recorded, day) != want {
					t.Fatalf("on %s it is %s, the document says %s", day, on(recorded, day), want)
				}
			}
			if again, err := year.Publish(s, struct{}{}, ask); err != nil || len(again) > 0 {
				t.Fatalf("published again, it records %v: %v", again, err)
			}
		}
	})
}
