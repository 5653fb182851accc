package gateway

import (
	"context"
	"time"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/gateway/graph"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// contracts are those of one year, which do not move: something of everything.
var contracts = stillContracts{&graph.Contracts{State: func() (s view.State) {
	const year = events.Year("2025/26")
	rate := func(text string) events.Rate {
		r, err := events.ParseRate(text)
		if err != nil {
			panic(err)
		}
		return r
	}
	whole := year.Period()
	from := fact.Cited{Source: "a paper", SourceDate: events.Day(2025, time.April, 14), Confidence: fact.Found}
	for i, f := range []fact.Event{
		fact.StreamListed{Year: year, FundingStream: fact.FundingStream{Key: "core", Title: "Core", Payee: fact.Network, Note: "A note.", Cited: from}},
		fact.StreamListed{Year: year, FundingStream: fact.FundingStream{Key: "owed", Title: "Owed", Payee: fact.Practice, Cited: from}},
		fact.RateSet{Year: year, Line: fact.Line{
			Key: "core-registered", StreamKey: "core", Basis: fact.Registered, Rate: rate("2.266"), Per: fact.PerYear, Period: whole, Instalments: 12, Note: "A note.", Cited: from,
		}},
		fact.UseStated{Year: year, Use: fact.Use{Key: "core-printers", StreamKey: "core", Purpose: "printers", Text: "No.", Cited: from}},
		fact.RoleSet{Year: year, Role: fact.Role{
			Key: "nurse", Title: "Nurse", Band: "5", Maximum: 1, OuterLondon: 2, InnerLondon: 3, London: 4, Share: 100, Period: whole, Note: "A note.", Cited: from,
		}},
		fact.RoleSet{Year: year, Role: fact.Role{Key: "owed-role", Title: "Owed", Period: whole, Cited: from}},
		fact.RoleLimited{Year: year, Limit: fact.Limit{Key: "nurse-limit", Role: "nurse", Posts: 1, LargePosts: 2, LargeFrom: 100_000, Note: "A note.", Cited: from}},
		fact.RequirementSet{Year: year, Requirement: fact.Requirement{Key: "F25-01", Service: "CAIP", Text: "Do.", Period: whole, Cited: from}},
		fact.FrameworkSet{Year: year, Framework: fact.Framework{
			Key: "matrix", Title: "Maturity matrix", Publisher: "NHS England", Version: "1", Period: whole, Note: "A note.", Cited: from,
			Domains: []fact.Domain{{Key: "leadership", Title: "Leadership", Description: "Who leads."}}, Levels: []fact.Level{{Key: "foundation", Title: "Foundation"}, {Key: "step-1", Title: "Step 1"}},
		}},
		fact.DescriptorStated{Year: year, Descriptor: fact.Descriptor{Key: "leadership-foundation", Framework: "matrix", Domain: "leadership", Level: "foundation", Text: "There is a plan.", Cited: from}},
		fact.FigureDisputed{Year: year, Dispute: fact.Dispute{Key: "d-3", About: "leadership-foundation", Says: "There are plans.", Because: "It is older.", Cited: from}},
		fact.FigureDisputed{Year: year, Dispute: fact.Dispute{Key: "d-1", About: "core-registered", Says: "It is 2.3.", Value: rate("2.3"), Because: "It is older.", Cited: from}},
		fact.FigureDisputed{Year: year, Dispute: fact.Dispute{Key: "d-2", About: "nurse", Says: "It is 2.", Value: rate("2"), Because: "It is older.", Cited: from}},
	} {
		s = view.Evolve(s, view.Entry{Fact: f, ID: events.ID(string(rune('a' + i))), Time: recorded})
	}
	return s
}()}}

// stillContracts are contracts that do not move.
type stillContracts struct{ of *graph.Contracts }

func (s stillContracts) Seen() *graph.Contracts { return s.of }

func (s stillContracts) Wait(context.Context, events.Position) (*graph.Contracts, error) {
	return s.of, nil
}

func (s stillContracts) AsAt(context.Context, store.Mark) (*graph.Contracts, error) {
	return s.of, nil
}
