package costing_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/govalues/decimal"

	ask "github.com/ics-openbook/openbook/api/ask/costing"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/costing"
	"github.com/ics-openbook/openbook/events/network"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/funding/costing"
	"github.com/ics-openbook/openbook/services/internal/decider/decidertest"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

const (
	year = events.Year("2025/26")
	ehch = "Enhanced Health in Care Homes"
)

var (
	of    = fact.Costing{Network: "U99001", Year: year}
	known = costing.Known{
		Registry: func() (s registry.State) {
			for _, e := range []network.Event{
				network.SystemRegistered{System: "QZ1", Name: "One"}, network.NetworkRegistered{Network: "U99001", Name: "Cedar", System: "QZ1"},
			} {
				s = registry.Evolve(s, e)
			}
			return s
		}(),
		Contracts: &terms.Reading{State: func() (s terms.State) {
			stream := func(key contract.Key, payee contract.Payee, ended bool) contract.Event {
				return contract.StreamListed{Year: year, FundingStream: contract.FundingStream{Key: key, Title: string(key), Payee: payee, Ended: ended}}
			}
			need := func(key contract.Key, service string) contract.Event {
				return contract.RequirementSet{Year: year, Requirement: contract.Requirement{Key: key, Service: service, Text: "Do.", Period: events.Period{From: year.First()}}}
			}
			for _, e := range []contract.Event{
				stream("core", contract.Network, false), stream("casp", contract.Network, true), stream("participation", contract.Practice, false),
				need("E1", ehch), need("E2", ehch), need("S1", "Structured Medication Review"),
			} {
				s = terms.Evolve(s, terms.Entry{Fact: e, Time: time.Unix(0, 0)})
			}
			return s
		}()},
	}
)

type (
	when  = func(costing.State) ([]fact.Event, error)
	facts = []fact.Event
)

func do[A any](decide func(costing.State, costing.Known, A) ([]fact.Event, error), a A) when {
	return func(s costing.State) ([]fact.Event, error) { return decide(s, known, a) }
}

func about(specification string) ask.About {
	return ask.About{Network: of.Network, Year: of.Year, Specification: specification}
}

func line(key contract.Key, pence events.GBP) fact.Line {
	return fact.Line{Key: key, What: "kit", Fixed: &pence, Source: "invoice"}
}

func stated(l fact.Line, reason string) fact.Event {
	return fact.CostStated{Costing: of, Specification: ehch, Line: l, Reason: reason}
}

func state(l fact.Line, reason string) when {
	return do(costing.StateCost, ask.StateCost{About: about(ehch), Line: l, Reason: reason})
}

func withdrawn(key contract.Key) fact.Event {
	return fact.CostWithdrawn{Costing: of, Specification: ehch, Key: key, Reason: "Twice."}
}

func withdraw(key contract.Key) when {
	return do(costing.Withdraw, ask.WithdrawCost{About: about(ehch), Key: key, Reason: "Twice."})
}

func paid(specification string, stream contract.Key, share string) fact.Event {
	return fact.PaymentStated{Costing: of, Specification: specification, StreamKey: stream, Share: decimal.MustParse(share), Reason: "so"}
}

func pay(specification string, stream contract.Key, share string) when {
	return do(costing.StatePayment, ask.StatePayment{About: about(specification), StreamKey: stream, Share: decimal.MustParse(share), Reason: "so"})
}

func TestCosting(t *testing.T) {
	const smr = "Structured Medication Review"
	there := facts{stated(line("kit", 100), "")}
	gone := append(there[:1:1], withdrawn("kit"))
	var full facts
	for n := range costing.MostLines {
		full = append(full, stated(line(contract.Key(fmt.Sprint("k", n)), 1), ""))
	}
	elsewhere := about(ehch)
	elsewhere.Network = "U99002"
	unread := about("Whatever")
	unread.Year = "2019/20"
	early := fact.Costing{Network: of.Network, Year: "2019/20"}
	// A share that is no longer paid, because its stream has ended, can be taken back.
	ended := fact.PaymentStated{Costing: of, Specification: ehch, StreamKey: "casp", Share: decimal.MustParse("50"), Reason: "so"}
	decidertest.Run(t, costing.Evolve, []decidertest.Case[costing.State, fact.Event]{
		{Name: "a cost", When: state(line("kit", 100), ""), Then: there},
		{Name: "of what nobody requires", When: do(costing.StateCost, ask.StateCost{About: about("Tea"), Line: line("kit", 100)}), Refused: costing.ErrSpecification},
		{Name: "of a network that is not there", When: do(costing.StateCost, ask.StateCost{About: elsewhere, Line: line("kit", 100)}), Refused: costing.ErrNetwork},
		{Name: "of a year whose contract is not there", When: do(costing.StateCost, ask.StateCost{About: unread, Line: line("kit", 100)}), Then: facts{fact.CostStated{Costing: early, Specification: "Whatever", Line: line("kit", 100)}}},
		{Name: "again", Given: there, When: state(line("kit", 100), "again")},
		{Name: "another, without a reason", Given: there, When: state(line("kit", 101), " "), Refused: costing.ErrUnexplained},
		{Name: "another, with one", Given: there, When: state(line("kit", 101), "Dearer."), Then: facts{stated(line("kit", 101), "Dearer.")}},
		{Name: "beside it", Given: there, When: state(line("more", 100), ""), Then: facts{stated(line("more", 100), "")}},
		{Name: "as many as there can be", Given: full[1:], When: state(line("k0", 1), ""), Then: full[:1]},
		{Name: "one more", Given: full, When: state(line("kit", 100), ""), Refused: costing.ErrMany},
		{Name: "another of as many as there can be", Given: full, When: state(line("k0", 2), "Dearer."), Then: facts{stated(line("k0", 2), "Dearer.")}},

		{Name: "a cost taken back", Given: there, When: withdraw("kit"), Then: facts{withdrawn("kit")}},
		{Name: "twice", Given: gone, When: withdraw("kit")},
		{Name: "that never was", Given: there, When: withdraw("cat"), Refused: costing.ErrCost},
		{Name: "and stated again, without a reason", Given: gone, When: state(line("kit", 100), ""), Refused: costing.ErrUnexplained},
		{Name: "and stated again", Given: gone, When: state(line("kit", 100), "It was not."), Then: facts{stated(line("kit", 100), "It was not.")}},

		{Name: "a stream pays", When: pay(ehch, "core", "62.5"), Then: facts{paid(ehch, "core", "62.5")}},
		{Name: "a stream pays the same", Given: facts{paid(ehch, "core", "62.5")}, When: pay(ehch, "core", "62.50")},
		{Name: "a stream pays another share", Given: facts{paid(ehch, "core", "62.5")}, When: pay(ehch, "core", "100"), Then: facts{paid(ehch, "core", "100")}},
		{Name: "a stream pays the rest of another", Given: facts{paid(ehch, "core", "62.5")}, When: pay(smr, "core", "37.5"), Then: facts{paid(smr, "core", "37.5")}},
		{Name: "a stream pays more than there is", Given: facts{paid(ehch, "core", "62.5")}, When: pay(smr, "core", "37.51"), Refused: costing.ErrShares},
		{Name: "a stream pays nothing any more", Given: facts{paid(ehch, "core", "62.5")}, When: pay(ehch, "core", "0"), Then: facts{paid(ehch, "core", "0")}},
		{Name: "a stream never paid", When: pay(ehch, "core", "0")},
		{Name: "a stream that there is not", When: pay(ehch, "none", "1"), Refused: costing.ErrStream},
		{Name: "a stream that has ended", When: pay(ehch, "casp", "1"), Refused: costing.ErrStream},
		{Name: "a stream that has ended since", Given: facts{ended}, When: pay(ehch, "casp", "0"), Then: facts{paid(ehch, "casp", "0")}},
		{Name: "a stream of practices", When: pay(ehch, "participation", "1"), Refused: costing.ErrPractices},
		{Name: "a stream pays what nobody requires", When: pay("Tea", "core", "1"), Refused: costing.ErrSpecification},
	})
}
