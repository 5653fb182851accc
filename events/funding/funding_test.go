package funding_test

import (
	"math"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/eventstest"
	"github.com/ics-openbook/openbook/events/funding"
)

func account(holder events.Entity, stage funding.Stage) funding.Account {
	return funding.Account{Holder: holder, Stage: stage, Stream: "development", Purpose: "management-support"}
}

func TestFacts(t *testing.T) {
	const network, other, system = "network-U99001", "network-U99002", "system-QZ1"
	ledger := funding.Ledger{System: "QZ1", Year: "2025/26"}
	next := funding.Ledger{System: "QZ1", Year: "2026/27"}
	head := func(party events.Entity) funding.Head {
		return funding.Head{
			Ledger: ledger, Number: 17, On: events.Day(2025, time.July, 1), Party: party,
			By: "person-7c9e", Reason: "as agreed by the board",
		}
	}
	moves := func(from, to funding.Account) []funding.Posting { return funding.Transfer(1850000, from, to) }
	move := func(party events.Entity, from, to funding.Account) funding.Move {
		return funding.Move{Head: head(party), Reference: "DEV-07", Postings: moves(from, to)}
	}
	within := func(party events.Entity, from, to funding.Stage) funding.Move {
		return move(party, account(network, from), account(network, to))
	}
	answer := func(party events.Entity, from, to funding.Stage) funding.Answer {
		return funding.Answer{Head: head(party), Entry: 16, Postings: moves(account(network, from), account(network, to))}
	}
	request := func(from, to funding.Account) funding.Request {
		return funding.Request{Head: head(system), Reference: "DEV-07", Proposed: moves(from, to)}
	}
	note := func(party events.Entity) funding.Note {
		return funding.Note{Head: head(party), Entry: 16, Holder: network}
	}
	pot, allocated := account(system, funding.StagePot), account(network, funding.StageAllocated)
	transit := account(ledger.Entity(), funding.StageTransit)
	eventstest.Run(t, funding.Family, []funding.Event{
		funding.Received{Move: move(system, account(funding.England, funding.StageSource), pot)},
		funding.Allocated{Move: move(system, pot, allocated)},
		funding.Held{Move: within(system, funding.StageAllocated, funding.StageHeld)},
		funding.Released{Move: within(system, funding.StageHeld, funding.StageAllocated)},
		funding.SpentOnBehalf{Work: funding.Work{Move: within(system, funding.StageHeld, funding.StageSpentFor), For: "training days", Category: "training", Use: funding.UseUnknown}},
		funding.Committed{Move: within(network, funding.StageConfirmed, funding.StageCommitted)},
		funding.CommitmentReleased{Move: within(network, funding.StageCommitted, funding.StageConfirmed)},
		funding.Spent{Work: funding.Work{Move: within(network, funding.StageConfirmed, funding.StageSpent), For: "a printer", Category: "printers", Use: funding.UseOutside}},
		funding.UnderspendDeclared{Move: within(network, funding.StageConfirmed, funding.StageDeclared)},
		funding.Retained{Move: within(system, funding.StageDeclared, funding.StageRetained)},
		funding.Offered{Move: within(system, funding.StageDeclared, funding.StageOffered)},
		funding.Reallocated{Move: move(system, account(network, funding.StageOffered), account(other, funding.StageAllocated))},
		funding.Returned{Move: within(system, funding.StageDeclared, funding.StageReturned)},
		funding.PaymentRequested{Request: request(allocated, account(network, funding.StagePaid))},
		funding.TakeBackRequested{Request: request(allocated, pot)},
		funding.DiversionRequested{Request: request(allocated, account(network, funding.StageDiverted))},
		funding.ReversalRequested{Request: request(account(network, funding.StagePaid), allocated), Entry: 16},
		funding.RequestRejected{Note: note(system)},
		funding.RequestWithdrawn{Note: note(system)},
		funding.Paid{Answer: answer(system, funding.StageAllocated, funding.StagePaid)},
		funding.TakenBack{Answer: funding.Answer{Head: head(system), Entry: 16, Postings: moves(allocated, pot)}},
		funding.Diverted{Answer: answer(system, funding.StageAllocated, funding.StageDiverted)},
		funding.Reversed{Answer: answer(system, funding.StagePaid, funding.StageAllocated), Request: 15},
		funding.Confirmed{Move: within(network, funding.StagePaid, funding.StageConfirmed)},
		funding.SpendingAcknowledged{Answer: answer(network, funding.StageSpentFor, funding.StageSpentBySystem)},
		funding.SpendingRefused{Answer: answer(network, funding.StageSpentFor, funding.StageHeld)},
		funding.DiversionAcknowledged{Note: note(network)},
		funding.DiversionProtested{Note: note(network)},
		funding.MovedToSuccessor{Move: move(system, allocated, account(other, funding.StageAllocated)), From: network, Into: other},
		funding.CarriedForward{Head: head(system), To: next, Postings: moves(allocated, transit), Arriving: []funding.Posting{{Account: allocated, Amount: 1850000}}},
		funding.CarriedIn{Head: head(system), From: ledger, Entry: 90, Postings: moves(transit, allocated)},
		funding.YearClosed{Head: head(system)},
	})
}

func TestBalanced(t *testing.T) {
	a, b := account("network-U99001", funding.StageAllocated), account("network-U99001", funding.StageHeld)
	otherPurpose, otherStream := b, b
	otherPurpose.Purpose, otherStream.Stream = "anything", "core"
	for name, c := range map[string]struct {
		postings []funding.Posting
		want     bool
	}{
		"out of one into another": {funding.Transfer(1, a, b), true},
		"a penny too much":        {[]funding.Posting{{a, -1}, {b, 2}}, false},
		"into another purpose":    {funding.Transfer(1, a, otherPurpose), false},
		"into another stream":     {funding.Transfer(1, a, otherStream), false},
		"two purposes, each":      {append(funding.Transfer(1, a, b), funding.Transfer(2, otherPurpose, otherPurpose)...), true},
		"nothing":                 {[]funding.Posting{{a, 0}}, false},
		"round the world": {[]funding.Posting{
			{a, math.MaxInt64}, {b, math.MaxInt64}, {a, 2},
		}, false},
		"what cannot be negated": {[]funding.Posting{{a, math.MinInt64}, {b, math.MinInt64}}, false},
		"no posting":             {nil, true},
	} {
		if got := funding.Balanced(c.postings); got != c.want {
			t.Errorf("%s: balanced is %t", name, got)
		}
	}
}

// What is left at the year's end is what can still be used.
func TestFinalStages(t *testing.T) {
	final := map[funding.Stage]bool{
		funding.StageSource: true, funding.StageSpent: true, funding.StageSpentFor: true,
		funding.StageSpentBySystem: true, funding.StageDiverted: true, funding.StageReturned: true, funding.StageTransit: true,
	}
	for _, s := range funding.Stages {
		if s.Final() != final[s] {
			t.Errorf("%s is final: %t", s, s.Final())
		}
		if !s.Final() && s.Arrives().Final() {
			t.Errorf("%s arrives as %s, where nothing can be done with it", s, s.Arrives())
		}
	}
}
