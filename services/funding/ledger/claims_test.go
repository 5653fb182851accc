package ledger_test

import (
	"testing"

	"github.com/ics-openbook/openbook/api/ask/funding"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/funding/ledger"
)

func TestPayingClaims(t *testing.T) {
	name := "workforce-U99001-2025-26 claim 1"
	claim := ledger.Claim{Ledger: books, Network: one, Stream: "core", Reference: name, Amount: pounds(100), On: july, Maker: "person-manager", Checker: "person-commissioner"}
	pay := func(change func(*ledger.Claim)) when {
		c := claim
		change(&c)
		return func(s ledger.State) ([]fact.Event, error) { return ledger.PayClaim(s, by("platform"), c) }
	}
	as := func(amount int) when { return pay(func(c *ledger.Claim) { c.Amount = pounds(amount) }) }
	fenced := act("E2", 50)
	fenced.Purpose = "additional-roles"
	ring := do(ledger.Receive, maker, funding.ReceiveFunding{Act: fenced})
	heading := func(n int, party events.Entity, who events.PersonRef) fact.Head {
		return fact.Head{Ledger: books, Number: n, On: july, Party: party, By: who, Reason: name}
	}
	paid := func(n int, moved []fact.Posting) facts {
		return facts{
			fact.PaymentRequested{Request: fact.Request{Head: heading(n, network, claim.Maker), Reference: name, Proposed: moved}},
			fact.Paid{Answer: fact.Answer{Head: heading(n+1, home, claim.Checker), Entry: n, Postings: moved}},
		}
	}
	promise := func(n, amount int) fact.Event {
		return fact.Allocated{Move: fact.Move{Head: heading(n, home, claim.Checker), Postings: fact.Transfer(pounds(amount), core(home, fact.StagePot), core(network, fact.StageAllocated))}}
	}
	inRing := func(holder events.Entity, stage fact.Stage) fact.Account {
		a := core(holder, stage)
		a.Purpose = "additional-roles"
		return a
	}
	both := fact.Allocated{Move: fact.Move{Head: heading(3, home, claim.Checker), Postings: append(
		fact.Transfer(pounds(50), inRing(home, fact.StagePot), inRing(network, fact.StageAllocated)),
		fact.Transfer(pounds(1000), core(home, fact.StagePot), core(network, fact.StageAllocated))...,
	)}}
	check(t, []test{
		{Name: "out of what is allocated", Given: told(t, received, allocated), When: as(600), Then: paid(3, transfer(600, network, fact.StageAllocated, fact.StagePaid))},
		{Name: "and out of the pot", Given: told(t, received, allocated), When: as(601), Then: append(facts{promise(3, 1)}, paid(4, transfer(601, network, fact.StageAllocated, fact.StagePaid))...)},
		{Name: "out of the pot alone", Given: told(t, received), When: as(1000), Then: append(facts{promise(2, 1000)}, paid(3, transfer(1000, network, fact.StageAllocated, fact.StagePaid))...)},
		{Name: "out of what is for that alone, and the rest", Given: told(t, received, ring), When: as(1050), Then: append(facts{both}, paid(4, append(
			fact.Transfer(pounds(50), inRing(network, fact.StageAllocated), inRing(network, fact.StagePaid)), transfer(1000, network, fact.StageAllocated, fact.StagePaid)...))...)},
		{Name: "more than there is", Given: told(t, received, allocated), When: as(1001), Refused: ledger.ErrNotEnough},
		{Name: "out of nothing", When: as(1), Refused: ledger.ErrNotEnough},
		{Name: "to a network of another system", Given: told(t, received), When: pay(func(c *ledger.Claim) { c.Network = elsewhere }), Refused: ledger.ErrPayeeElsewhere},
		{Name: "of a stream that is paid to practices", Given: told(t, received), When: pay(func(c *ledger.Claim) { c.Stream = "participation" }), Refused: ledger.ErrPracticeStream},
		{Name: "paid already", Given: told(t, received, as(100)), When: as(100)},
		{Name: "another claim", Given: told(t, received, as(100)), When: pay(func(c *ledger.Claim) { c.Reference = "workforce-U99001-2025-26 claim 2" }), Then: func() facts {
			again := append(facts{promise(5, 100)}, paid(6, transfer(100, network, fact.StageAllocated, fact.StagePaid))...)
			for i, e := range again {
				switch e := e.(type) {
				case fact.Allocated:
					e.Reason = "workforce-U99001-2025-26 claim 2"
					again[i] = e
				case fact.PaymentRequested:
					e.Reason, e.Reference = "workforce-U99001-2025-26 claim 2", "workforce-U99001-2025-26 claim 2"
					again[i] = e
				case fact.Paid:
					e.Reason = "workforce-U99001-2025-26 claim 2"
					again[i] = e
				}
			}
			return again
		}()},
	})
}
