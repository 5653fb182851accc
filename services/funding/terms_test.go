package funding

import (
	"testing"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/funding"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/funding/ledger"
)

func TestTermsOfAContract(t *testing.T) {
	year, err := events.ParseYear("2025/26")
	if err != nil {
		t.Fatal(err)
	}
	var s terms.State
	for _, f := range []contract.Event{
		contract.StreamListed{Year: year, FundingStream: contract.FundingStream{Key: "core", Title: "Core", Payee: contract.Network}},
		contract.StreamListed{Year: year, FundingStream: contract.FundingStream{Key: "participation", Title: "Participation", Payee: contract.Practice}},
		contract.StreamListed{Year: year, FundingStream: contract.FundingStream{Key: "iif", Title: "IIF", Payee: contract.Network, Ended: true}},
		contract.UseStated{Year: year, Use: contract.Use{Key: "core-1", StreamKey: "core", Purpose: "clinical-director", Allowed: true}},
		contract.UseStated{Year: year, Use: contract.Use{Key: "core-2", StreamKey: "core", Purpose: "printers"}},
		contract.UseStated{Year: year, Use: contract.Use{Key: "core-3", StreamKey: "core", Purpose: "training", Allowed: true}},
		contract.UseStated{Year: year, Use: contract.Use{Key: "core-4", StreamKey: "core", Purpose: "training"}},
	} {
		s = terms.Evolve(s, terms.Entry{Fact: f})
	}
	c := &contracts{terms.Reading{State: s}}
	for stream, want := range map[fact.Stream]struct {
		payee   contract.Payee
		listing ledger.Listing
	}{"core": {contract.Network, ledger.Present}, "participation": {contract.Practice, ledger.Present}, "iif": {"", ledger.Absent}, "none": {"", ledger.Absent}} {
		if payee, listing := c.Listed(year, stream); payee != want.payee || listing != want.listing {
			t.Errorf("%s: %q, %d", stream, payee, listing)
		}
	}
	for category, want := range map[string]fact.Use{"clinical-director": fact.UsePermitted, "printers": fact.UseOutside, "training": fact.UseUnknown, "else": fact.UseUnknown} {
		if got := c.Use(year, "core", category); got != want {
			t.Errorf("%s: %s", category, got)
		}
	}
	other, err := events.ParseYear("2026/27")
	if err != nil {
		t.Fatal(err)
	}
	if _, listing := c.Listed(other, "core"); listing != ledger.Unread || c.Use(other, "core", "printers") != fact.UseUnknown {
		t.Errorf("of a year without a contract: %d", listing)
	}
}
