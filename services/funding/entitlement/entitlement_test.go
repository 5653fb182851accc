package entitlement_test

import (
	"slices"
	"testing"

	ask "github.com/ics-openbook/openbook/api/ask/entitlement"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/entitlement"
	"github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/funding/entitlement"
	"github.com/ics-openbook/openbook/services/internal/decider/decidertest"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

// signed is a contract of one stream by patients and one by beds; there is that,
// and all that is known of Cedar.
var (
	signed = slices.Concat(pays("core", contract.Network, contract.Registered, "2"), pays("homes", contract.Network, contract.Beds, "100"))
	there  = slices.Concat(cedar, lists, signed)
)

// computed is what follows for Cedar from so much of the book: the patients of
// its two practices at the rate that an entry says, and beds, if they are known.
func computed(k entitlement.Known, patients [2]int, rate string, entry events.ID, beds ...fact.QuantityStated) fact.Event {
	sum := patients[0] + patients[1]
	line := func(stream contract.Key, b contract.Basis, quantity int, rate string, entry events.ID) fact.Line {
		amount, err := decimal(rate).For(int64(quantity))
		if err != nil {
			panic(err)
		}
		return fact.Line{Stream: stream, Key: stream + "-line", Basis: b, Quantity: quantity, Rates: []fact.Rate{
			{Rate: decimal(rate), Per: contract.PerYear, Period: year.Period(), Amount: amount, Entry: entry},
		}}
	}
	c := fact.Computed{
		Subject: of, ReadTo: k.ReadTo,
		Counts: []fact.Count{{Basis: contract.Registered, Quantity: sum, Source: file, Of: []fact.Part{{Practice: "Z99001", Patients: patients[0]}, {Practice: "Z99002", Patients: patients[1]}}}},
		Lines:  []fact.Line{line("core", contract.Registered, sum, rate, entry)},
	}
	for _, b := range beds {
		c.Counts = append(c.Counts, fact.Count{Basis: contract.Beds, Quantity: b.Quantity, Source: b.Source})
		c.Lines = append(c.Lines, line("homes", contract.Beds, b.Quantity, "100", "16"))
	}
	if len(beds) == 0 {
		c.Owed = []fact.Owed{{Stream: "homes", Key: "homes-line", Code: "NOT_STATED", By: "system-QZ1",
			Reason: "Nobody has said how many beds count for U99001 in 2025/26. The commissioner of its system can."}}
	}
	return c
}

// saying is a quantity of Cedar's beds as it is recorded.
func saying(quantity int, source, reason string) fact.QuantityStated {
	return fact.QuantityStated{Subject: of, Line: "homes-line", Quantity: quantity, Source: source, By: "person-1", Reason: reason}
}

func TestEntitlement(t *testing.T) {
	type (
		when = func(entitlement.State) ([]fact.Event, error)
		all  = []fact.Event
	)
	compute := func(k entitlement.Known) when {
		return func(s entitlement.State) ([]fact.Event, error) { return entitlement.Compute(s, k, of) }
	}
	state := func(k entitlement.Known, line contract.Key, quantity int, source, reason string) when {
		return func(s entitlement.State) ([]fact.Event, error) {
			return entitlement.StateQuantity(s, k, ask.StateQuantity{Network: of.Network, Year: of.Year, Line: line, Quantity: quantity, Source: source, Reason: reason})
		}
	}
	then := func(more ...events.Fact) entitlement.Known { return known(slices.Concat(there, more)...) }
	now, none := then(), known(slices.Concat(cedar, lists)...)
	first := computed(now, [2]int{6000, 4000}, "2", "14")
	elsewhere := network.NetworkRenamed{Network: "U99009", Name: "Elm"}
	dearer, fewer := then(paid("core-line", "core", contract.Registered, "2.266")), then(list("Z99002", network.Registered, 3999))
	later := then(elsewhere)
	eighty, corrected := saying(80, "CQC", ""), saying(87, "CQC", "A home has opened.")
	withBeds := computed(now, [2]int{6000, 4000}, "2", "14", eighty)
	apart := then(stream("iif", contract.Network), paid("iif-line", "iif", contract.Points, "10"))
	decidertest.Run(t, entitlement.Evolve, []decidertest.Case[entitlement.State, fact.Event]{
		{Name: "computed", When: compute(now), Then: all{first}},
		{Name: "nothing has changed", Given: all{first}, When: compute(now)},
		{Name: "nothing that matters has changed", Given: all{first}, When: compute(later)},
		{Name: "without a contract", When: compute(none)},
		{Name: "without a contract any more", Given: all{first}, When: compute(none)},
		{Name: "nothing but what is owed", When: compute(known(slices.Concat(cedar, signed)...))},
		{Name: "a rate is corrected", Given: all{first}, When: compute(dearer), Then: all{computed(dearer, [2]int{6000, 4000}, "2.266", "17")}},
		{Name: "a population is corrected", Given: all{first}, When: compute(fewer), Then: all{computed(fewer, [2]int{6000, 3999}, "2", "14")}},
		{Name: "and corrected back", Given: all{first, computed(fewer, [2]int{6000, 3999}, "2", "14")}, When: compute(then(elsewhere, elsewhere)), Then: all{computed(then(elsewhere, elsewhere), [2]int{6000, 4000}, "2", "14")}},
		{Name: "by an older book than before", Given: all{computed(dearer, [2]int{6000, 4000}, "2.266", "17")}, When: compute(now)},

		{Name: "beds", Given: all{first}, When: state(now, "homes-line", 80, "CQC", ""), Then: all{eighty, withBeds}},
		{Name: "beds, before anything was computed", When: state(now, "homes-line", 80, "CQC", ""), Then: all{eighty, withBeds}},
		{Name: "the same beds again", Given: all{eighty, withBeds}, When: state(now, "homes-line", 80, "CQC", "")},
		{Name: "as many beds, from elsewhere", Given: all{eighty, withBeds}, When: state(now, "homes-line", 80, "A visit", ""), Then: all{saying(80, "A visit", ""), computed(now, [2]int{6000, 4000}, "2", "14", saying(80, "A visit", ""))}},
		{Name: "beds corrected, and why", Given: all{eighty, withBeds}, When: state(now, "homes-line", 87, "CQC", "A home has opened."), Then: all{corrected, computed(now, [2]int{6000, 4000}, "2", "14", corrected)}},
		{Name: "beds, after a rate was corrected", Given: all{first}, When: state(dearer, "homes-line", 80, "CQC", ""), Then: all{eighty, computed(dearer, [2]int{6000, 4000}, "2.266", "17", eighty)}},
		{Name: "what was stated stays when a population is corrected", Given: all{eighty, withBeds}, When: compute(fewer), Then: all{computed(fewer, [2]int{6000, 3999}, "2", "14", eighty)}},
		{Name: "points beside beds", Given: all{eighty}, When: state(apart, "iif-line", 9, "QOF", ""), Then: all{
			fact.QuantityStated{Subject: of, Line: "iif-line", Quantity: 9, Source: "QOF", By: "person-1"},
			func() fact.Event {
				c := computed(apart, [2]int{6000, 4000}, "2", "14", eighty).(fact.Computed)
				c.Counts = append(c.Counts, fact.Count{Basis: contract.Points, Quantity: 9, Source: "QOF"})
				c.Lines = append(c.Lines, fact.Line{Stream: "iif", Key: "iif-line", Basis: contract.Points, Quantity: 9, Rates: []fact.Rate{
					{Rate: decimal("10"), Per: contract.PerYear, Period: year.Period(), Amount: 90_00, Entry: "18"}}})
				return c
			}(),
		}},
		{Name: "beds, by an older book than was computed by", Given: all{computed(later, [2]int{6000, 4000}, "2", "14")}, When: state(now, "homes-line", 80, "CQC", ""), Refused: refuse.ErrStale},
		{Name: "beds of a year whose contract is not there", When: state(none, "homes-line", 80, "CQC", ""), Refused: entitlement.ErrNoContract},
		{Name: "beds of a line that the year does not have", When: state(now, "homes", 80, "CQC", ""), Refused: entitlement.ErrNoLine},
		{Name: "patients, whom the registry counts", When: state(now, "core-line", 10_000, "A count", ""), Refused: entitlement.ErrCounted},
	})
}
