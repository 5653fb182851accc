// Package registrytest invents a registry for tests and measurements of what
// faces people: as many systems, networks and practices as England has.
package registrytest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/network/view"
)

// How many there are of each.
const (
	Systems   = 36
	SubICBs   = 106
	Networks  = 1_298
	Practices = 6_139
)

// Today is a day on which all of them are open.
var Today = events.Day(2026, time.November, 2)

// Fold is the registry after facts.
func Fold(facts []fact.Event) (s view.State) {
	for _, f := range facts {
		s = view.Evolve(s, f)
	}
	return s
}

// Country is the history of an invented country: two years of list sizes, some
// memberships that have ended, and some that no source dates.
func Country() (facts []fact.Event) {
	r := rand.New(rand.NewPCG(1, 2))
	system := func(i int) events.ICB { return events.ICB(fmt.Sprintf("Q%c%c", 'A'+i/10, '0'+i%10)) }
	subICB := func(i int) events.SubICB { return events.SubICB(fmt.Sprintf("%02d%c", i%90, 'A'+i/90)) }
	network := func(i int) events.PCN { return events.PCN(fmt.Sprintf("U%05d", 10_000+i)) }
	practice := func(i int) events.Practice { return events.Practice(fmt.Sprintf("A%05d", 80_000+i)) }
	cited := fact.Cited{Source: "epcn-2026-10-01-9f86d081", AsAt: events.Day(2026, time.October, 1)}
	facts = append(facts, fact.SourceCited{Source: cited.Source, Title: "ePCN.xlsx", AsAt: cited.AsAt, SHA256: fmt.Sprintf("%064x", 7)})

	for i := range Systems {
		facts = append(facts, fact.SystemRegistered{System: system(i), Name: "NHS " + name(r) + " Integrated Care Board", Region: "Y59", Cited: cited})
	}
	for i := range SubICBs {
		facts = append(facts, fact.SubICBRegistered{SubICB: subICB(i), Name: "NHS " + name(r) + " ICB", System: system(i % Systems), Cited: cited})
	}
	for i := range Networks {
		in := i % SubICBs
		facts = append(facts, fact.NetworkRegistered{
			Network: network(i), Name: name(r) + " PCN", System: system(in % Systems), SubICB: subICB(in), Opened: events.Day(2019, time.July, 1), Cited: cited,
		})
	}
	for i := range Practices {
		net := i % Networks
		in := net % SubICBs
		code, joined := practice(i), events.Period{From: events.Day(2019, time.July, 1)}
		facts = append(facts, fact.PracticeRegistered{Practice: code, Name: name(r) + " Surgery", System: system(in % Systems), SubICB: subICB(in), Cited: cited})
		if i%20 == 0 { // it has been in another before
			before := events.Period{From: joined.From, To: events.Day(2023, time.March, 31)}
			facts = append(facts, fact.Joined{Practice: code, Network: network((net + SubICBs) % Networks), Period: before, Cited: cited})
			joined.From = before.To.AddDays(1)
		}
		f := fact.Joined{Practice: code, Network: network(net), Period: joined, Cited: cited}
		f.Undated = i%50 == 1
		facts = append(facts, f)
		facts = append(facts, fact.ClinicalSystemRecorded{Practice: code, Supplier: [...]string{"EMIS", "TPP"}[i%2], Cited: cited},
			fact.DeprivationRecorded{Practice: code, Year: 2025, Score: decimal.MustNew(r.Int64N(70_000), 3), Cited: cited})
		patients := 2_000 + r.IntN(14_000)
		for month := range 24 {
			on := events.DateOf(time.Date(2024, time.November+time.Month(month), 1, 0, 0, 0, 0, time.UTC))
			patients += r.IntN(200) - 95
			facts = append(facts, fact.ListSizeRecorded{Practice: code, Basis: fact.Registered, On: on, Patients: patients, Cited: cited})
		}
		for year := range 2 {
			on := events.Day(2025+year, time.January, 1)
			facts = append(facts, fact.ListSizeRecorded{Practice: code, Basis: fact.Adjusted, On: on, Patients: patients * 9 / 10, Cited: cited},
				fact.ContractMemberRecorded{Practice: code, On: on, Network: network(net), System: system(in % Systems), Cited: cited})
		}
	}
	return facts
}

func name(r *rand.Rand) string {
	first := [...]string{"Mill", "Bridge", "Church", "Station", "Park", "Quay", "Abbey", "Castle", "Meadow", "Harbour", "Forest", "Orchard"}
	second := [...]string{"Lane", "Street", "Road", "Hill", "View", "Green", "Gate", "Side", "Field", "Cross"}
	return first[r.IntN(len(first))] + " " + second[r.IntN(len(second))] + fmt.Sprintf(" %d", r.IntN(99)+1)
}
