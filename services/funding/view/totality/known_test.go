package totality_test

import (
	"strings"
	"testing"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/entitlement"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/funding/view/totality"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// listed is a contract of the year with streams: those of "core" are paid to
// networks, "participation" to practices.
func listed(r *totality.Reading, streams ...contract.Key) {
	for i, key := range streams {
		payee := contract.Network
		if key == "participation" {
			payee = contract.Practice
		}
		e := contract.StreamListed{Year: year, FundingStream: contract.FundingStream{Key: key, Title: string(key), Payee: payee}}
		r.Contracts.State = terms.Evolve(r.Contracts.State, terms.Entry{Fact: e, ID: events.ID(rune('a' + i))})
	}
}

// line is what core comes to for a network of 10,000.
func line(t *testing.T, per contract.Per, in events.Period, amount events.GBP) entitlement.Line {
	t.Helper()
	rate, err := events.ParseRate("2.266")
	if err != nil {
		t.Fatal(err)
	}
	return entitlement.Line{
		Stream: "core", Key: "core-registered", Basis: contract.Registered, Quantity: 10_000,
		Rates: []entitlement.Rate{{Rate: rate, Per: per, Period: in, Amount: amount, Entry: "r"}},
	}
}

func why(a *figure.Amount) string {
	if a == nil {
		return "nothing"
	}
	return says(*a)
}

// What a practice is entitled to is owed by whom the book says, not by those who
// count populations; and what is known of the network's is known all the same.
func TestWhatIsOwedOfAPracticeIsOwed(t *testing.T) {
	b := &book{t: t}
	of := entitlement.Subject{Network: "U99001", Year: year}
	b.tell(entitlement.Computed{
		Subject: of, Lines: []entitlement.Line{line(t, contract.PerYear, year.Period(), 22_660_00)},
		Owed: []entitlement.Owed{{Stream: "participation", Key: "participation-weighted", Practice: "Z99001", Code: "NOT_SUBMITTED", Reason: "The weighted list is not known.", By: "england"}},
	})
	r := b.reading()
	listed(r, "core", "participation")
	f := r.Network("U99001", year)
	if got := why(f.Practices[0].Stages().Entitled()); got != "NOT_SUBMITTED" {
		t.Errorf("the practice's is %s", got)
	}
	if got := why(f.Practices[0].Stages().EntitledSoFar()); got != "NOT_SUBMITTED" {
		t.Errorf("of which is known %s, though nothing is", got)
	}
	if all, known := why(f.Totality().Entitled()), why(f.Totality().EntitledSoFar()); all != "NOT_SUBMITTED" || known != "22660.00" {
		t.Errorf("in all it is %s, of which is known %s", all, known)
	}
}

// What nobody has computed of a practice does not hide what is known of its
// network.
func TestWhatIsKnownIsKnownBesideWhatIsNot(t *testing.T) {
	b := &book{t: t}
	b.tell(entitlement.Computed{Subject: entitlement.Subject{Network: "U99001", Year: year}, Lines: []entitlement.Line{line(t, contract.PerYear, year.Period(), 22_660_00)}})
	r := b.reading()
	r.Unknown = func(e events.Entity) *figure.Unknown {
		if e == "practice-Z99001" {
			return &figure.Unknown{Code: "PARKED", Reason: "It cannot be read."}
		}
		return nil
	}
	listed(r, "core")
	for whose, s := range map[string]*totality.Stages{"the network": r.Network("U99001", year).Totality(), "the system": r.System("QZ1", year).Stages()} {
		if all, known := why(s.Entitled()), why(s.EntitledSoFar()); strings.Contains(all, ".") || known != "22660.00" {
			t.Errorf("%s: in all it is %s, of which is known %s", whose, all, known)
		}
	}
}

// A stream that was listed since is not worth nothing: it has not been worked out.
func TestAStreamThatWasListedSinceIsNotComputed(t *testing.T) {
	b := &book{t: t}
	b.tell(entitlement.Computed{Subject: entitlement.Subject{Network: "U99001", Year: year}, Lines: []entitlement.Line{line(t, contract.PerYear, year.Period(), 22_660_00)}})
	r := b.reading()
	listed(r, "core", "care_homes", "participation")
	f := r.Network("U99001", year)
	for whose, s := range map[string]*totality.Stages{
		"the stream": f.Stream("care_homes").Stages(), "the network": f.Stages(), "all streams": f.Totality(),
		"a practice's stream": f.Practices[0].Streams()[0].Stages(), "the system's": r.System("QZ1", year).Streams()[1].Stages(),
	} {
		if got := why(s.Entitled()); got != "NOT_COMPUTED" || s.Entitled().Unknown.Reason == "" {
			t.Errorf("%s: entitled to %s", whose, got)
		}
	}
	if got := why(f.Stream("core").Stages().Entitled()); got != "22660.00" {
		t.Errorf("core is %s", got)
	}
	for _, s := range r.England(year).Streams {
		if got := says(s.Members); s.Key != "core" && (got != "NOT_COMPUTED" || s.Networks != 0) || s.Key == "core" && got != "22660.00" {
			t.Errorf("all England's %s is %s, of %d networks", s.Key, got, s.Networks)
		}
	}
}
