package totality_test

import (
	"strings"
	"testing"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/entitlement"
	"github.com/ics-openbook/openbook/events/funding"
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

// What a system has not entered is not zero: nobody knows it, and the system owes
// it.
func TestWhereNoLedgerIsKeptNothingIsKnown(t *testing.T) {
	b := &book{t: t}
	b.received(books, 100_00)
	r := b.reading()
	listed(r, "core", "participation")
	unkept := &totality.Reading{Contracts: r.Contracts, Registry: r.Registry}
	every := func(r *totality.Reading) map[string]*totality.Stages {
		f, s := r.Network("U99001", year), r.System("QZ1", year)
		return map[string]*totality.Stages{
			"the network": f.Stages(), "the totality": f.Totality(), "its stream": f.Stream("core").Stages(), "its practice": f.Practices[0].Stages(),
			"the practice": r.Practice("Z99001", year).Stages(), "the practice's stream": r.Practice("Z99001", year).Streams()[0].Stages(),
			"the system": s.Stages(), "the system's stream": s.Streams()[0].Stages(), "the system's network": s.Networks[0].Stages(),
		}
	}
	for whose, s := range every(unkept) {
		for name, is := range named(s) {
			if says(is) != "LEDGER_NOT_KEPT" || is.Unknown.OwedBy == nil || *is.Unknown.OwedBy != system || is.Passport != nil {
				t.Errorf("%s: %s is %s", whose, name, says(is))
			}
		}
	}
	for whose, s := range every(r) {
		if got := says(s.Allocated()); got != "0.00" {
			t.Errorf("%s: where a ledger is kept %s is allocated", whose, got)
		}
	}
	if got := says(unkept.System("QZ1", year).Pot()); got != "LEDGER_NOT_KEPT" {
		t.Errorf("in the pot there is %s", got)
	}
	if got := r.Network("U99404", year).Stages().Allocated(); got.Value != nil || got.Unknown.OwedBy != nil || got.Unknown.Reason == "" {
		t.Errorf("of a network that nobody knows %s is allocated", says(got))
	}
}

// A network that has moved is known by the ledger that it is in, whether or not
// the system it was in keeps one.
func TestWhatIsInALedgerIsKnown(t *testing.T) {
	b := &book{t: t}
	there := funding.Ledger{System: "QZ2", Year: year}
	b.received(there, 100_00)
	b.allocated(there, 50_00, "network-U99003")
	r := b.reading()
	if got := says(r.Network("U99003", year).Stages().Allocated()); got != "50.00" {
		t.Errorf("the network has %s", got)
	}
	if got := says(r.Network("U99001", year).Stages().Allocated()); got != "LEDGER_NOT_KEPT" {
		t.Errorf("another has %s", got)
	}
}
