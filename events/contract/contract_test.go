package contract_test

import (
	"testing"
	"time"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/eventstest"
)

func TestFacts(t *testing.T) {
	const year = events.Year("2025/26")
	rate := func(s string) events.Rate {
		r, err := events.ParseRate(s)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	cited := contract.Cited{Source: "pulsetoday.co.uk", SourceDate: events.Day(2025, time.April, 14), Confidence: contract.Found}
	eventstest.Run(t, contract.Family, []contract.Event{
		contract.StreamListed{Year: year, FundingStream: contract.FundingStream{Key: "casp", Title: "Capacity and access support payment", Payee: contract.Network, Ended: true, Note: "Removed.", Cited: cited}},
		contract.RateSet{Year: year, Line: contract.Line{
			Key: "caip-adjusted", StreamKey: "caip", Basis: contract.Adjusted, Rate: rate("1.375"), Per: contract.PerYear,
			Period: year.Period(), Maximum: true, Instalments: 12, Note: "One third for risk stratification.", Cited: cited,
		}},
		contract.UseStated{Year: year, Use: contract.Use{Key: "core-anything", StreamKey: "core", Purpose: contract.Anything, Allowed: true, Text: "The network decides.", Cited: cited}},
		contract.RoleSet{Year: year, Role: contract.Role{
			Key: "clinical-pharmacist", Title: "Clinical pharmacist", Band: "7-8a", Maximum: 6697200, OuterLondon: 7439200, InnerLondon: 7754500,
			London: 7754500, Share: 100, Period: year.Period(), Note: "Before the uplift.", Cited: cited,
		}},
		contract.RoleLimited{Year: year, Limit: contract.Limit{Key: "advanced-practitioner-limit", Role: "advanced-practitioner", Posts: 3, LargePosts: 6, LargeFrom: 100_000, Note: "Doubled.", Cited: cited}},
		contract.RequirementSet{Year: year, Requirement: contract.Requirement{Key: "F25-01", Service: "CAIP 2025/26", Text: "Risk-stratify patients.", Period: year.Period(), Cited: cited}},
		contract.FrameworkSet{Year: year, Framework: contract.Framework{
			Key: "matrix", Title: "Maturity matrix", Publisher: "NHS England", Version: "August 2019", Period: year.Period(),
			Domains: []contract.Domain{{Key: "leadership", Title: "Leadership", Description: "Who leads, and how."}, {Key: "people", Title: "People"}},
			Levels:  []contract.Level{{Key: "foundation", Title: "Foundation"}, {Key: "step-1", Title: "Step 1"}}, Note: "The day is not known.", Cited: cited,
		}},
		contract.DescriptorStated{Year: year, Descriptor: contract.Descriptor{Key: "leadership-foundation", Framework: "matrix", Domain: "leadership", Level: "foundation", Text: "There is a plan.", Cited: cited}},
		contract.FigureDisputed{Year: year, Dispute: contract.Dispute{Key: "core-reckoner", About: "core", Says: "£107,179 for 30,000 patients", Value: rate("3.573"), Because: "The rates add up to less.", Cited: cited}},
		contract.TermWithdrawn{Year: year, Key: "casp", Reason: "Said of the wrong year."},
	})
}

// What is withdrawn is no statement; all else is, and can be compared.
func TestEveryOtherFactIsAStatement(t *testing.T) {
	kinds := map[contract.Kind]bool{}
	for _, e := range contract.Family.Facts() {
		s, is := e.(contract.Statement)
		if _, withdrawn := e.(contract.TermWithdrawn); is == withdrawn {
			t.Errorf("%s is a statement: %t", e.EventType(), is)
		}
		if is && kinds[s.Kind()] {
			t.Errorf("there are two statements of kind %s", s.Kind())
		}
		if is {
			kinds[s.Kind()] = true
		}
	}
}

func TestKeys(t *testing.T) {
	for _, k := range []contract.Key{"core", "EHCH-01", "core.registered_2", "x"} {
		if !k.Valid() {
			t.Errorf("%q is not accepted", k)
		}
	}
	for _, k := range []contract.Key{"", "a b", "a/b", "é", "0123456789012345678901234567890123456789012345678901234567890"} {
		if k.Valid() {
			t.Errorf("%q is accepted", k)
		}
	}
}

func TestEveryBasisHasAUnit(t *testing.T) {
	for _, b := range contract.Bases {
		if b.Unit() == "" {
			t.Errorf("%s has none", b)
		}
	}
}
