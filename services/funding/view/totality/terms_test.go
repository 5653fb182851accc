package totality_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/entitlement"
	terms "github.com/ics-openbook/openbook/services/contract/view"
)

// Of a rate that is in force for some months, a passport says which and by what
// rule: whoever reads it can work the amount out.
func TestAPassportOfAPartOfTheYear(t *testing.T) {
	rate, err := events.ParseRate("2.266")
	if err != nil {
		t.Fatal(err)
	}
	months := func(first, last int) events.Period {
		from := events.Day(2025, time.Month(first+3), 1)
		return events.Period{From: from, To: events.Day(2025, time.Month(last+4), 1).AddDays(-1)}
	}
	quantity := 10_001
	whole, err := rate.For(int64(quantity)) // 22,662.266
	if err != nil {
		t.Fatal(err)
	}
	set := contract.RateSet{Year: year, Line: contract.Line{Key: "core-winter", StreamKey: "core", Basis: contract.Registered, Rate: rate, Per: contract.PerPeriod, Period: months(7, 12)}}
	for name, c := range map[string]struct {
		per      contract.Per
		in       events.Period
		amount   events.GBP
		label    string
		quantity bool
	}{
		"the year":              {contract.PerYear, months(1, 12), whole, "core-winter: 10001 × £2.266", true},
		"its first months":      {contract.PerYear, months(1, 5), whole.Instalments(1, 5, 12), "core-winter: 10001 × £2.266 a year = £22662.27, of which months 1 to 5 of 12, from 2025-04-01 to 2025-08-31: 5/12, rounded to the penny", false},
		"its last months":       {contract.PerYear, months(6, 12), whole.Instalments(6, 12, 12), "core-winter: 10001 × £2.266 a year = £22662.27, of which months 6 to 12 of 12, from 2025-09-01 to 2026-03-31: 12/12 less 5/12, each rounded to the penny", false},
		"its own period":        {contract.PerPeriod, months(7, 12), whole, "core-winter: 10001 × £2.266", true},
		"a month of its period": {contract.PerPeriod, months(8, 8), whole.Instalments(2, 2, 6), "core-winter: 10001 × £2.266 for its whole period = £22662.27, of which month 2 of 6, from 2025-11-01 to 2025-11-30: 2/6 less 1/6, each rounded to the penny", false},
	} {
		b := &book{t: t}
		b.tell(entitlement.Computed{Subject: entitlement.Subject{Network: "U99001", Year: year}, Lines: []entitlement.Line{{
			Stream: "core", Key: "core-winter", Basis: contract.Registered, Quantity: quantity,
			Rates: []entitlement.Rate{{Rate: rate, Per: c.per, Period: c.in, Amount: c.amount, Entry: "r"}},
		}}})
		r := b.reading()
		listed(r, "core")
		r.Contracts.State = terms.Evolve(r.Contracts.State, terms.Entry{Fact: set, ID: "r"})
		got := r.Network("U99001", year).Stages().Entitled().Passport.Sum()
		if len(got) != 1 || got[0].Amount != c.amount || (got[0].Quantity != nil) != c.quantity || (got[0].Rate != nil) != c.quantity {
			t.Errorf("%s: %+v", name, got)
		}
		if diff := cmp.Diff(c.label, got[0].Label); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
