package spending_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/funding"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	ledgers "github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/funding/view/spending"
	"github.com/ics-openbook/openbook/services/funding/view/totality"
	"github.com/ics-openbook/openbook/services/internal/figure"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

const (
	year    = events.Year("2025/26")
	network = events.PCN("U99001")
)

// book is a network with £100 of core received for anything, of which £30 is set
// aside, £50 allocated to it, and £7 received for management support alone.
func book(t *testing.T) *totality.Reading {
	t.Helper()
	r := &totality.Reading{Contracts: &terms.Reading{}, Registry: &registry.Reading{On: year.First()}}
	cited := contract.Cited{Source: "the specification, 4.2", Confidence: contract.Found}
	use := func(key contract.Key, purpose contract.Purpose, allowed bool) contract.Event {
		return contract.UseStated{Year: year, Use: contract.Use{Key: key, StreamKey: "core", Purpose: purpose, Allowed: allowed, Cited: cited}}
	}
	for i, e := range []contract.Event{
		contract.StreamListed{Year: year, FundingStream: contract.FundingStream{Key: "core", Title: "Core", Payee: contract.Network, Cited: cited}},
		use("core-managers", "management-support", true), use("core-printers", "printers", false),
		use("core-cars", "cars", true), use("core-no-cars", "cars", false),
	} {
		r.Contracts.State = terms.Evolve(r.Contracts.State, terms.Entry{Fact: e, ID: events.ID(rune('a' + i))})
	}
	at := func(holder events.Entity, stage funding.Stage, purpose funding.Purpose) funding.Account {
		return funding.Account{Holder: holder, Stage: stage, Stream: "core", Purpose: purpose}
	}
	own := network.Entity()
	for i, p := range [][]funding.Posting{
		funding.Transfer(100_00, at(funding.England, funding.StageSource, "anything"), at(own, funding.StageConfirmed, "anything")),
		funding.Transfer(30_00, at(own, funding.StageConfirmed, "anything"), at(own, funding.StageCommitted, "anything")),
		funding.Transfer(50_00, at(funding.England, funding.StageSource, "anything"), at(own, funding.StageAllocated, "anything")),
		funding.Transfer(7_00, at(funding.England, funding.StageSource, "management-support"), at(own, funding.StageConfirmed, "management-support")),
	} {
		head := funding.Head{Ledger: funding.Ledger{System: "QZ1", Year: year}, Number: i + 1, On: year.First(), Party: "system-QZ1"}
		var err error
		e := funding.Received{Move: funding.Move{Head: head, Reference: "R", Postings: p}}
		if r.Money.Ledgers, err = ledgers.Evolve(r.Money.Ledgers, e, ledgers.Place{ID: events.ID(rune('k' + i)), Ordinal: events.Ordinal(i + 1)}); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func TestMay(t *testing.T) {
	r := book(t)
	for on, want := range map[contract.Purpose]struct {
		permission      terms.Permission
		available, left string
		fenced          int
		sentence        string
	}{
		"management-support": {terms.Allowed, "77.00", "157.00", 0, "“Core” may be spent on management-support, as core-managers (the specification, 4.2) says. £77.00 is there for it, until 2026-03-31."},
		"printers":           {terms.Forbidden, "70.00", "150.00", 1, "“Core” may not be spent on printers, as core-printers (the specification, 4.2) says. It may be entered all the same with a reason, and is then shown as outside the permitted use. £70.00 is there for it, until 2026-03-31."},
		"cars":               {terms.Conflicting, "70.00", "150.00", 1, "Sources do not agree whether “Core” may be spent on cars: core-cars (the specification, 4.2), core-no-cars (the specification, 4.2). Ask the system before you spend it. £70.00 is there for it, until 2026-03-31."},
		"tea":                {terms.NotStated, "70.00", "150.00", 1, "No source says whether “Core” may be spent on tea. Ask the system before you spend it. £70.00 is there for it, until 2026-03-31."},
	} {
		a, err := spending.May(r, network, year, "core", on)
		if err != nil {
			t.Fatal(err)
		}
		if a.Ruling.Permission != want.permission || a.Available.Value.String() != want.available || a.Left.Value.String() != want.left || len(a.Fenced) != want.fenced || a.Until != year.Last() {
			t.Errorf("%s: %s, %s available, %s left, %d fenced", on, a.Ruling.Permission, a.Available.Value, a.Left.Value, len(a.Fenced))
		}
		if a.Sentence() != want.sentence {
			t.Errorf("%s: %s\nwant %s", on, a.Sentence(), want.sentence)
		}
		var sum events.GBP
		for _, term := range a.Available.Passport.Sum() {
			sum += term.Amount
		}
		if sum != *a.Available.Value {
			t.Errorf("%s: the terms come to %s", on, sum)
		}
	}
	if _, err := spending.May(r, network, year, "none", "tea"); !errors.Is(err, spending.ErrStream) {
		t.Errorf("of a stream that nobody knows: %v", err)
	}
	r.Unknown = func(events.Entity) *figure.Unknown {
		return &figure.Unknown{Code: "PARKED", Reason: "It cannot be read."}
	}
	a, err := spending.May(r, network, year, "core", "tea")
	if err != nil || a.Available.Value != nil || !strings.HasSuffix(a.Sentence(), "How much there is for it is not known: It cannot be read.") {
		t.Errorf("%v: %s", err, a.Sentence())
	}
}

// Where nothing is entered it is not known how much there is.
func TestMayWhereNoLedgerIsKept(t *testing.T) {
	r := book(t)
	r.Money.Ledgers = ledgers.State{}
	a, err := spending.May(r, network, year, "core", "management-support")
	if err != nil {
		t.Fatal(err)
	}
	if a.Available.Value != nil || a.Left.Value != nil || a.Available.Unknown.Code != "LEDGER_NOT_KEPT" || !strings.Contains(a.Sentence(), "How much there is for it is not known: ") {
		t.Errorf("available %v, left %v: %s", a.Available.Value, a.Left.Value, a.Sentence())
	}
}
