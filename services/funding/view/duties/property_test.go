package duties_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/api/ask/funding"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/funding"
	registered "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/funding/ledger"
	"github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/funding/view/duties"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

type noTerms struct{}

func (noTerms) Listed(events.Year, fact.Stream) (contract.Payee, ledger.Listing) {
	return "", ledger.Unread
}
func (noTerms) Use(events.Year, fact.Stream, string) fact.Use { return fact.UseUnknown }

// Whatever is entered in a ledger that its rules take, the money whose age is
// known is all that waits, to the penny, in each account; and each payment has
// the age of all that it paid.
func TestNoMoneyLosesItsAge(t *testing.T) {
	country := registry.State{}
	for _, e := range []registered.Event{
		registered.SystemRegistered{System: "QZ1", Name: "Home"},
		registered.NetworkRegistered{Network: "U99001", Name: "One", System: "QZ1"},
		registered.NetworkRegistered{Network: "U99002", Name: "Two", System: "QZ1"},
	} {
		country = registry.Evolve(country, e)
	}
	rapid.Check(t, func(t *rapid.T) {
		var shown view.State
		states := map[fact.Ledger]ledger.State{}
		enter := func(of fact.Ledger, decide func(ledger.State, ledger.Known) ([]fact.Event, error)) {
			all, err := decide(states[of], ledger.Known{By: events.PersonRef(fmt.Sprint("person-", states[of].Len())), Today: next.Year.Next().First(), Registry: country, Terms: noTerms{}, Sent: shown.Sent})
			if err != nil {
				return // a refusal is as good as any act: nothing has happened
			}
			for _, e := range all {
				states[of] = ledger.Evolve(states[of], e)
				if shown, err = view.Evolve(shown, e, view.Place{}); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, of := range []fact.Ledger{books, next} {
			if of == next {
				enter(books, func(s ledger.State, k ledger.Known) ([]fact.Event, error) {
					return ledger.Close(s, k, funding.CloseYear{Ledger: funding.Ledger{System: books.System, Year: books.Year}})
				})
				enter(next, func(s ledger.State, k ledger.Known) ([]fact.Event, error) {
					return ledger.CarryIn(s, k, funding.CarryIn{Ledger: funding.Ledger{System: next.System, Year: next.Year}, FromSystem: books.System, FromYear: books.Year})
				})
			}
			for n := range rapid.IntRange(0, 40).Draw(t, "acts") {
				enter(of, act(t, of, n))
			}
			compare(t, shown, of)
		}
	})
}

// act is any act upon a ledger that moves money which waits to be paid.
func act(t *rapid.T, of fact.Ledger, n int) func(ledger.State, ledger.Known) ([]fact.Event, error) {
	l := funding.Ledger{System: of.System, Year: of.Year}
	on := of.Year.First().AddDays(rapid.IntRange(0, 360).Draw(t, "on"))
	amount := events.GBP(rapid.IntRange(1, 100).Draw(t, "amount"))
	a := funding.Act{Ledger: l, Money: funding.Money{FundingStream: "core", Purpose: "anything", Amount: amount}, On: on, Reference: fmt.Sprint(n), Reason: "why"}
	upon := funding.Upon{Act: a, Payee: funding.Payee{Network: rapid.SampledFrom([]events.PCN{"U99001", "U99002"}).Draw(t, "whose")}}
	answer := funding.Answer{Ledger: l, On: on, Entry: rapid.IntRange(1, 40).Draw(t, "entry"), Reason: "why"}
	own := funding.OwnAnswer{Answer: answer, Payee: upon.Payee}
	from := rapid.SampledFrom([]fact.Stage{fact.StageAllocated, fact.StageHeld}).Draw(t, "from")
	return func(s ledger.State, k ledger.Known) ([]fact.Event, error) {
		switch rapid.IntRange(0, 12).Draw(t, "act") {
		case 0:
			a.Amount *= 10
			return ledger.Receive(s, k, funding.ReceiveFunding{Act: a})
		case 1, 2:
			return ledger.Allocate(s, k, funding.AllocateFunding{Upon: upon})
		case 3:
			return ledger.Hold(s, k, funding.HoldFunding{Upon: upon})
		case 4:
			return ledger.Release(s, k, funding.ReleaseFunding{Upon: upon})
		case 5:
			return ledger.SpendOnBehalf(s, k, funding.SpendOnBehalf{Upon: upon, From: from, For: "it"})
		case 6:
			return ledger.RefuseSpending(s, k, funding.RefuseSpending{OwnAnswer: own})
		case 7:
			return ledger.RequestPayment(s, k, funding.RequestPayment{Upon: upon})
		case 8:
			return ledger.RequestDiversion(s, k, funding.RequestDiversion{Upon: upon, From: from})
		case 9:
			return ledger.RequestTakeBack(s, k, funding.RequestTakeBack{Upon: upon})
		case 10, 11:
			return ledger.Approve(s, k, funding.ApproveRequest{Answer: answer})
		}
		return ledger.Reverse(s, k, funding.ReverseEntry{Answer: answer})
	}
}

// compare holds what is kept of ages to the accounts of the ledger itself.
func compare(t *rapid.T, s view.State, of fact.Ledger) {
	l := s.Ledger(of)
	if l == nil {
		return
	}
	at, paid, allocated := duties.Waiting(s, of)
	for _, a := range l.Accounts("") {
		if a.Stage == fact.StageAllocated || a.Stage == fact.StageHeld || a.Stage == fact.StageSpentFor {
			if at[a.Account] != a.Balance() {
				t.Fatalf("%s: %s has £%s, of which the age of £%s is known", of.Entity(), a.Holder, a.Balance(), at[a.Account])
			}
		}
	}
	var all events.GBP
	undone := map[int]bool{}
	for n := 1; n <= l.Len(); n++ {
		if back, is := l.Entry(n).Event.(fact.Reversed); is {
			undone[back.Entry] = true
		}
	}
	for n := 1; n <= l.Len(); n++ {
		switch e := l.Entry(n).Event.(type) {
		case fact.Paid:
			if want := max(e.Postings[0].Amount, e.Postings[1].Amount); !undone[n] && paid[n] != want {
				t.Fatalf("%s: payment %d is of £%s, of which the age of £%s is known", of.Entity(), n, want, paid[n])
			}
		case fact.Allocated:
			if !undone[n] {
				all += max(e.Postings[0].Amount, e.Postings[1].Amount)
			}
		case fact.CarriedIn:
			for _, p := range e.Postings {
				if p.Stage == fact.StageAllocated || p.Stage == fact.StageHeld {
					all += p.Amount
				}
			}
		}
	}
	if allocated != all {
		t.Fatalf("%s: £%s was allocated, and £%s is counted", of.Entity(), all, allocated)
	}
}
