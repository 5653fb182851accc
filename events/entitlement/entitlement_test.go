package entitlement_test

import (
	"testing"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/entitlement"
	"github.com/ics-openbook/openbook/events/eventstest"
)

func TestFacts(t *testing.T) {
	rate, err := events.ParseRate("1.761")
	if err != nil {
		t.Fatal(err)
	}
	of := entitlement.Subject{Network: "U99001", Year: "2025/26"}
	computed := entitlement.Computed{
		Subject: of, ReadTo: 4711,
		Counts: []entitlement.Count{{
			Basis: contract.Weighted, Quantity: 9345, Of: []entitlement.Part{{Practice: "Z99001", Patients: 9345}}, Source: "populations-2025-01-01-3b5ad648",
		}},
		Lines: []entitlement.Line{{
			Stream: "network_participation", Key: "network_participation-weighted", Practice: "Z99001", Basis: contract.Weighted, Quantity: 9345, Maximum: true,
			Rates: []entitlement.Rate{{Rate: rate, Per: contract.PerYear, Period: of.Year.Period(), Amount: 1645655, Entry: "0190c2f1"}},
		}},
		Owed: []entitlement.Owed{{Stream: "iif", Key: "iif-points", Practice: "Z99001", Code: "NOT_STATED", Reason: "Nobody has said how many points.", By: "england"}},
	}
	eventstest.Run(t, entitlement.Family, []entitlement.Event{
		computed,
		entitlement.QuantityStated{Subject: of, Line: "care_home_premium-beds", Quantity: 87, Source: "CQC Care Directory of April 2025", By: "person-7c9e", Reason: "a home has closed"},
	})
	if got := computed.Lines[0].Amount(); got != 1645655 {
		t.Errorf("the line comes to %s", got)
	}
}
