package entitlement_test

import (
	"fmt"
	"time"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/entitlement"
	"github.com/ics-openbook/openbook/events/network"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/funding/entitlement"
	"github.com/ics-openbook/openbook/services/internal/figure"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

const (
	year = events.Year("2025/26")
	file = "populations-2025-01-01-00000000"
)

var (
	of = fact.Subject{Network: "U99001", Year: year}
	// cedar is a network of two practices.
	cedar = []events.Fact{
		network.SystemRegistered{System: "QZ1", Name: "One"},
		network.NetworkRegistered{Network: of.Network, Name: "Cedar", System: "QZ1"},
		network.PracticeRegistered{Practice: "Z99001", Name: "Mill Lane", System: "QZ1"},
		network.PracticeRegistered{Practice: "Z99002", Name: "Bridge Street", System: "QZ1"},
		network.Joined{Practice: "Z99001", Network: of.Network, Period: events.Period{From: year.First()}},
		network.Joined{Practice: "Z99002", Network: of.Network, Period: events.Period{From: year.First()}},
	}
	// lists are its patients on the day that counts, another number on each basis.
	lists = []events.Fact{
		list("Z99001", network.Registered, 6000), list("Z99002", network.Registered, 4000),
		list("Z99001", network.Adjusted, 5500), list("Z99002", network.Adjusted, 3500),
		list("Z99001", network.Weighted, 6400), list("Z99002", network.Weighted, 4200),
	}
)

func list(p events.Practice, b network.Basis, patients int) events.Fact {
	return network.ListSizeRecorded{Practice: p, Basis: b, On: year.Freeze(), Patients: patients, Cited: network.Cited{Source: file}}
}

func stream(key contract.Key, payee contract.Payee) events.Fact {
	return contract.StreamListed{Year: year, FundingStream: contract.FundingStream{Key: key, Title: string(key), Payee: payee}}
}

func decimal(s string) events.Rate {
	r, err := events.ParseRate(s)
	if err != nil {
		panic(err)
	}
	return r
}

// paid is a line of a stream, of the whole year.
func paid(key, of contract.Key, b contract.Basis, rate string) contract.RateSet {
	return contract.RateSet{Year: year, Line: contract.Line{Key: key, StreamKey: of, Basis: b, Rate: decimal(rate), Per: contract.PerYear, Period: year.Period()}}
}

// pays is a stream of one line, of the whole year.
func pays(key contract.Key, payee contract.Payee, b contract.Basis, rate string) []events.Fact {
	return []events.Fact{stream(key, payee), paid(key+"-line", key, b, rate)}
}

// known is what there is to know once all has happened. A fact's id is its place.
func known(all ...events.Fact) entitlement.Known { return doubting("", all...) }

// doubting is known, where what the book has of an entity cannot all be read.
func doubting(parked events.Entity, all ...events.Fact) entitlement.Known {
	unknown := func(e events.Entity) *figure.Unknown {
		if e != parked {
			return nil
		}
		return &figure.Unknown{Code: "PARKED", Reason: "It cannot be read."}
	}
	contracts, bodies := terms.Reading{Unknown: unknown}, registry.Reading{On: year.First(), Unknown: unknown}
	for i, f := range all {
		switch f := f.(type) {
		case contract.Event:
			contracts.State = terms.Evolve(contracts.State, terms.Entry{Fact: f, ID: events.ID(fmt.Sprint(i + 1)), Time: time.Unix(0, 0)})
		case network.Event:
			bodies.State = registry.Evolve(bodies.State, f)
		}
	}
	return entitlement.Known{
		By: "person-1", ReadTo: events.Ordinal(len(all)),
		Contract: contracts.Contract(year), Counting: bodies.Counting(year.Freeze()), Registry: &bodies,
	}
}
