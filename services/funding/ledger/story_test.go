package ledger_test

import (
	"testing"
	"time"

	"github.com/ics-openbook/openbook/api/ask/funding"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/funding"
	registered "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/funding/ledger"
	"github.com/ics-openbook/openbook/services/internal/decider/decidertest"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

type (
	when  = func(ledger.State) ([]fact.Event, error)
	test  = decidertest.Case[ledger.State, fact.Event]
	facts = []fact.Event
)

const (
	one, two, merged events.PCN       = "U99001", "U99002", "U99003"
	moved, elsewhere events.PCN       = "U99004", "U99005"
	practice         events.Practice  = "Z99001"
	system           events.ICB       = "QZ1"
	maker, checker   events.PersonRef = "person-maker", "person-checker"
)

var (
	july  = events.Day(2025, time.July, 1)
	books = fact.Ledger{System: system, Year: "2025/26"}
	next  = fact.Ledger{System: system, Year: "2026/27"}
	today = next.Year.Next().First() // both are over
)

func check(t *testing.T, cases []test) {
	t.Helper()
	decidertest.Run(t, ledger.Evolve, cases, ledger.Hashers)
}

// country is what the registry knows in these tests: U99003 was merged into
// U99001 on 1 January 2026, U99004 goes to another system on 1 April.
func country() (s registry.State) {
	newYear, april := events.Day(2026, time.January, 1), events.Day(2026, time.April, 1)
	for _, e := range []registered.Event{
		registered.SystemRegistered{System: system, Name: "Home"},
		registered.SystemRegistered{System: "QZ2", Name: "Away"},
		registered.NetworkRegistered{Network: one, Name: "One", System: system},
		registered.NetworkRegistered{Network: two, Name: "Two", System: system},
		registered.NetworkRegistered{Network: merged, Name: "Merged", System: system},
		registered.NetworkRegistered{Network: moved, Name: "Moved", System: system},
		registered.NetworkRegistered{Network: elsewhere, Name: "Elsewhere", System: "QZ2"},
		registered.PracticeRegistered{Practice: practice, Name: "Practice", System: system},
		registered.Merged{Network: merged, Into: one, On: newYear},
		registered.NetworkLocated{Network: moved, System: "QZ2", From: april},
	} {
		s = registry.Evolve(s, e)
	}
	return s
}

// terms knows three streams of 2025/26, of which development is not for just
// anything.
type terms struct{}

func (terms) Listed(y events.Year, s fact.Stream) (contract.Payee, ledger.Listing) {
	switch {
	case y != "2025/26":
		return "", ledger.Unread
	case s == "core", s == "development":
		return contract.Network, ledger.Present
	case s == "participation":
		return contract.Practice, ledger.Present
	}
	return "", ledger.Absent
}

func (terms) Use(_ events.Year, s fact.Stream, category string) fact.Use {
	switch {
	case category == "staff":
		return fact.UsePermitted
	case category == "printers", category == "anything" && s == "development":
		return fact.UseOutside
	}
	return fact.UseUnknown
}

func by(p events.PersonRef) ledger.Known {
	return ledger.Known{By: p, Today: today, Registry: country(), Terms: terms{}}
}

func pounds(n int) events.GBP { return events.GBP(n * 100) }

// act is an act upon core money for anything.
func act(ref string, amount int) funding.Act {
	return funding.Act{
		Ledger: funding.Ledger{System: system, Year: "2025/26"}, On: july, Reference: ref, Reason: "agreed",
		Money: funding.Money{FundingStream: "core", Purpose: "anything", Amount: pounds(amount)},
	}
}

func payee(p events.PCN) funding.Payee { return funding.Payee{Network: p} }

func upon(p events.PCN, ref string, amount int) funding.Upon {
	return funding.Upon{Act: act(ref, amount), Payee: payee(p)}
}

func own(p events.PCN, ref string, amount int) funding.Own { return funding.Own(upon(p, ref, amount)) }

func about(entry int) funding.Answer {
	return funding.Answer{Ledger: act("", 0).Ledger, On: july, Entry: entry, Reason: "seen"}
}

func ownAbout(p events.PCN, entry int) funding.OwnAnswer {
	return funding.OwnAnswer{Answer: about(entry), Payee: payee(p)}
}

// do is an ask as a step of a story: decide, with what is known and what is asked.
func do[A any](decide func(ledger.State, ledger.Known, A) ([]fact.Event, error), p events.PersonRef, a A) when {
	return doing(decide, by(p), a)
}

func doing[A any](decide func(ledger.State, ledger.Known, A) ([]fact.Event, error), k ledger.Known, a A) when {
	return func(s ledger.State) ([]fact.Event, error) { return decide(s, k, a) }
}

// told is what has happened after steps, none of which may be refused.
func told(t testing.TB, steps ...when) (all facts) {
	t.Helper()
	var s ledger.State
	for i, step := range steps {
		es, err := step(s)
		if err != nil || len(es) == 0 {
			t.Fatalf("step %d: %d facts, %v", i+1, len(es), err)
		}
		for _, e := range es {
			s = ledger.Evolve(s, e)
		}
		all = append(all, es...)
	}
	if err := s.Sound(); err != nil {
		t.Fatal(err)
	}
	return all
}

// The story that most cases begin with: what is received, allocated, and paid.
var (
	received  = do(ledger.Receive, maker, funding.ReceiveFunding{Act: act("E1", 1000)})
	allocated = do(ledger.Allocate, maker, funding.AllocateFunding{Upon: upon(one, "A1", 600)})
	requested = do(ledger.RequestPayment, maker, funding.RequestPayment{Upon: upon(one, "P1", 400)})
	paid      = do(ledger.Approve, checker, funding.ApproveRequest{Answer: about(3)})
	confirmed = do(ledger.Confirm, maker, funding.ConfirmReceipt{Own: own(one, "B1", 300)})
)

// An entry as the cases expect it.
func head(n int, party events.Entity, who events.PersonRef) fact.Head {
	return fact.Head{Ledger: books, Number: n, On: july, Party: party, By: who, Reason: "agreed"}
}

func seen(n int, party events.Entity, who events.PersonRef) fact.Head {
	h := head(n, party, who)
	h.Reason = "seen"
	return h
}

func core(holder events.Entity, stage fact.Stage) fact.Account {
	return fact.Account{Holder: holder, Stage: stage, Stream: "core", Purpose: "anything"}
}

func transfer(amount int, holder events.Entity, from, to fact.Stage) []fact.Posting {
	return fact.Transfer(pounds(amount), core(holder, from), core(holder, to))
}

func within(n int, party events.Entity, ref string, amount int, from, to fact.Stage) fact.Move {
	return fact.Move{Head: head(n, party, maker), Reference: ref, Postings: transfer(amount, "network-U99001", from, to)}
}
