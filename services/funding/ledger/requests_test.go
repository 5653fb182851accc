package ledger_test

import (
	"testing"

	"github.com/ics-openbook/openbook/api/ask/funding"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/funding/ledger"
)

func approve(who events.PersonRef, n int) when {
	return do(ledger.Approve, who, funding.ApproveRequest{Answer: about(n)})
}

func reject(who events.PersonRef, n int) when {
	return do(ledger.Reject, who, funding.RejectRequest{Answer: about(n)})
}

func withdraw(who events.PersonRef, n int) when {
	return do(ledger.Withdraw, who, funding.WithdrawRequest{Answer: about(n)})
}

var (
	takeBack = do(ledger.RequestTakeBack, maker, funding.RequestTakeBack{Upon: upon(one, "W1", 500)})
	divert   = do(ledger.RequestDiversion, maker, funding.RequestDiversion{Upon: upon(one, "V1", 500)})
	heldBack = do(ledger.Hold, maker, funding.HoldFunding{Upon: upon(one, "H1", 600)})
)

// Whoever makes does not check: payments, what is taken back, diversions.
func TestRequests(t *testing.T) {
	there := told(t, received, allocated)
	request := func(from, to fact.Account, ref string, amount int) fact.Request {
		return fact.Request{Head: head(3, home, maker), Reference: ref, Proposed: fact.Transfer(pounds(amount), from, to)}
	}
	promised, pot := core(network, fact.StageAllocated), core(home, fact.StagePot)
	yes := func(from, to fact.Account, amount int) fact.Answer {
		return fact.Answer{Head: seen(4, home, checker), Entry: 3, Postings: fact.Transfer(pounds(amount), from, to)}
	}
	note := func(who events.PersonRef) fact.Note {
		return fact.Note{Head: seen(4, home, who), Entry: 3, Holder: network}
	}
	asked := told(t, received, allocated, requested)
	twice := told(t, received, allocated, requested, do(ledger.RequestPayment, maker, funding.RequestPayment{Upon: upon(one, "P2", 400)}), paid)
	fromHeld := funding.RequestDiversion{Upon: upon(one, "V1", 500), From: fact.StageHeld}
	check(t, []test{
		{Name: "a payment", Given: there, When: requested, Then: facts{fact.PaymentRequested{Request: request(promised, core(network, fact.StagePaid), "P1", 400)}}},
		{Name: "a payment of more than is promised", Given: there, When: do(ledger.RequestPayment, maker, funding.RequestPayment{Upon: upon(one, "P1", 601)}), Refused: ledger.ErrNotEnough},
		{Name: "a payment again, of another amount", Given: asked, When: do(ledger.RequestPayment, maker, funding.RequestPayment{Upon: upon(one, "P1", 399)}), Refused: ledger.ErrReferenceUsed},
		{Name: "is approved by another", Given: asked, When: paid, Then: facts{fact.Paid{Answer: yes(promised, core(network, fact.StagePaid), 400)}}},
		{Name: "is not approved by its maker", Given: asked, When: approve(maker, 3), Refused: ledger.ErrMaker},
		{Name: "nor again by its maker", Given: told(t, received, allocated, requested, paid), When: approve(maker, 3), Refused: ledger.ErrMaker},
		{Name: "when the money is no longer there", Given: twice, When: approve(checker, 4), Refused: ledger.ErrNotEnough},
		{Name: "is rejected by another", Given: asked, When: reject(checker, 3), Then: facts{fact.RequestRejected{Note: note(checker)}}},
		{Name: "is not rejected by its maker", Given: asked, When: reject(maker, 3), Refused: ledger.ErrMaker},
		{Name: "is withdrawn by its maker", Given: asked, When: withdraw(maker, 3), Then: facts{fact.RequestWithdrawn{Note: note(maker)}}},
		{Name: "is not withdrawn by another", Given: asked, When: withdraw(checker, 3), Refused: ledger.ErrNotMaker},
		{Name: "what is rejected is not approved", Given: told(t, received, allocated, requested, reject(checker, 3)), When: paid, Refused: ledger.ErrSettled},
		{Name: "what is withdrawn is not approved", Given: told(t, received, allocated, requested, withdraw(maker, 3)), When: paid, Refused: ledger.ErrSettled},
		{Name: "what is approved is not rejected", Given: told(t, received, allocated, requested, paid), When: reject(checker, 3), Refused: ledger.ErrSettled},
		{Name: "what is approved is not withdrawn", Given: told(t, received, allocated, requested, paid), When: withdraw(maker, 3), Refused: ledger.ErrSettled},
		{Name: "what is rejected may be asked for again, by the same reference", Given: told(t, received, allocated, requested, reject(checker, 3)), When: do(ledger.RequestPayment, maker, funding.RequestPayment{Upon: upon(one, "P1", 399)}), Then: facts{
			fact.PaymentRequested{Request: fact.Request{Head: head(5, home, maker), Reference: "P1", Proposed: fact.Transfer(pounds(399), promised, core(network, fact.StagePaid))}},
		}},
		{Name: "what asks for nothing", Given: asked, When: approve(checker, 2), Refused: ledger.ErrNoRequest},
		{Name: "what is not there", Given: asked, When: approve(checker, 4), Refused: ledger.ErrEntryUnknown},
		{Name: "an allocation is asked back", Given: there, When: takeBack, Then: facts{fact.TakeBackRequested{Request: request(promised, pot, "W1", 500)}}},
		{Name: "and taken back", Given: told(t, received, allocated, takeBack), When: approve(checker, 3), Then: facts{fact.TakenBack{Answer: yes(promised, pot, 500)}}},
		{Name: "not by its maker", Given: told(t, received, allocated, takeBack), When: approve(maker, 3), Refused: ledger.ErrMaker},
		{Name: "a diversion", Given: there, When: divert, Then: facts{fact.DiversionRequested{Request: request(promised, core(network, fact.StageDiverted), "V1", 500)}}},
		{Name: "is approved by another", Given: told(t, received, allocated, divert), When: approve(checker, 3), Then: facts{fact.Diverted{Answer: yes(promised, core(network, fact.StageDiverted), 500)}}},
		{Name: "is not approved by its maker", Given: told(t, received, allocated, divert), When: approve(maker, 3), Refused: ledger.ErrMaker},
		{Name: "of what is held", Given: told(t, received, allocated, heldBack), When: do(ledger.RequestDiversion, maker, fromHeld), Then: facts{fact.DiversionRequested{Request: fact.Request{
			Head: head(4, home, maker), Reference: "V1", Proposed: transfer(500, network, fact.StageHeld, fact.StageDiverted),
		}}}},
	})
}

// What is promised to one who is not paid the stream, because the contract was
// read later or the money was another's first, is not paid to them either.
func TestPayees(t *testing.T) {
	unread := by(maker)
	unread.Terms = noTerms{}
	money := func(p funding.Payee, ref string, stream fact.Stream) funding.Upon {
		a := funding.Upon{Act: act(ref, 100), Payee: p}
		a.FundingStream = stream
		return a
	}
	of := funding.Payee{Practice: practice}
	promised := func(p funding.Payee, stream fact.Stream) []when {
		return []when{
			doing(ledger.Receive, unread, funding.ReceiveFunding{Act: money(p, "E1", stream).Act}),
			doing(ledger.Allocate, unread, funding.AllocateFunding{Upon: money(p, "A1", stream)}),
		}
	}
	request := func(p funding.Payee, stream fact.Stream) when {
		return do(ledger.RequestPayment, maker, funding.RequestPayment{Upon: money(p, "P1", stream)})
	}
	asked := func(p funding.Payee, stream fact.Stream) facts {
		return told(t, append(promised(p, stream), doing(ledger.RequestPayment, unread, funding.RequestPayment{Upon: money(p, "P1", stream)}))...)
	}
	takenBack := func(p funding.Payee, stream fact.Stream) facts {
		return told(t, append(promised(p, stream), do(ledger.RequestTakeBack, maker, funding.RequestTakeBack{Upon: money(p, "W1", stream)}))...)
	}
	pot := core(home, fact.StagePot)
	from := core(network, fact.StageAllocated)
	pot.Stream, from.Stream = "participation", "participation"
	check(t, []test{
		{Name: "a practice's stream is not asked for for a network", Given: told(t, promised(payee(one), "participation")...), When: request(payee(one), "participation"), Refused: ledger.ErrPracticeStream},
		{Name: "nor a network's for a practice", Given: told(t, promised(of, "core")...), When: request(of, "core"), Refused: ledger.ErrNetworkStream},
		{Name: "nor approved", Given: asked(payee(one), "participation"), When: approve(checker, 3), Refused: ledger.ErrPracticeStream},
		{Name: "nor approved the other way", Given: asked(of, "core"), When: approve(checker, 3), Refused: ledger.ErrNetworkStream},
		{Name: "but taken back", Given: takenBack(payee(one), "participation"), When: approve(checker, 3), Then: facts{
			fact.TakenBack{Answer: fact.Answer{Head: seen(4, home, checker), Entry: 3, Postings: fact.Transfer(pounds(100), from, pot)}},
		}},
		{Name: "or turned down", Given: asked(of, "core"), When: reject(checker, 3), Then: facts{
			fact.RequestRejected{Note: fact.Note{Head: seen(4, home, checker), Entry: 3, Holder: practice.Entity()}},
		}},
	})
}

func TestDiversions(t *testing.T) {
	ack := func(p events.PCN) when {
		return do(ledger.AcknowledgeDiversion, maker, funding.AcknowledgeDiversion{OwnAnswer: ownAbout(p, 4)})
	}
	protest := func(p events.PCN) when {
		return do(ledger.ProtestDiversion, maker, funding.ProtestDiversion{OwnAnswer: ownAbout(p, 4)})
	}
	diverted := []when{received, allocated, divert, approve(checker, 3)}
	given := told(t, diverted...)
	closed := told(t, append(diverted[:4:4], closeYear)...)
	note := fact.Note{Head: seen(5, network, maker), Entry: 4, Holder: network}
	late := note
	late.Number = len(closed) + 1
	check(t, []test{
		{Name: "is known", Given: given, When: ack(one), Then: facts{fact.DiversionAcknowledged{Note: note}}},
		{Name: "is protested against", Given: given, When: protest(one), Then: facts{fact.DiversionProtested{Note: note}}},
		{Name: "is another network's business", Given: given, When: protest(two), Refused: ledger.ErrNotYours},
		{Name: "known, then protested", Given: told(t, append(diverted[:4:4], ack(one))...), When: protest(one), Refused: ledger.ErrSettled},
		{Name: "protested, then known", Given: told(t, append(diverted[:4:4], protest(one))...), When: ack(one), Refused: ledger.ErrSettled},
		{Name: "is known after the year's end", Given: closed, When: ack(one), Then: facts{fact.DiversionAcknowledged{Note: late}}},
		{Name: "is protested against after the year's end", Given: closed, When: protest(one), Then: facts{fact.DiversionProtested{Note: late}}},
		{Name: "no diversion", Given: told(t, received, allocated, requested, paid), When: ack(one), Refused: ledger.ErrNotDiverted},
	})
}

func TestReversing(t *testing.T) {
	undo := func(n int) when { return do(ledger.Reverse, maker, funding.ReverseEntry{Answer: about(n)}) }
	undoOwn := func(p events.PCN, n int) when {
		return do(ledger.ReverseOwn, maker, funding.ReverseOwnEntry{OwnAnswer: ownAbout(p, n)})
	}
	answer := func(n, entry int, party events.Entity, who events.PersonRef, back []fact.Posting) fact.Answer {
		return fact.Answer{Head: seen(n, party, who), Entry: entry, Postings: back}
	}
	spend := do(ledger.Spend, maker, funding.SpendFunding{Own: own(one, "S1", 300), For: "work"})
	ack := do(ledger.AcknowledgeSpending, maker, funding.AcknowledgeSpending{OwnAnswer: ownAbout(one, 3)})
	behalf := do(ledger.SpendOnBehalf, maker, funding.SpendOnBehalf{Upon: upon(one, "O1", 600), For: "training"})
	half := func(ref string) when {
		return do(ledger.SpendOnBehalf, maker, funding.SpendOnBehalf{Upon: upon(one, ref, 300), For: "training"})
	}
	refuse := do(ledger.RefuseSpending, maker, funding.RefuseSpending{OwnAnswer: ownAbout(one, 3)})
	whole := []when{received, allocated, requested, paid, confirmed, spend}
	given := told(t, whole...)
	backToPromised := fact.Negated(transfer(400, network, fact.StageAllocated, fact.StagePaid))
	check(t, []test{
		{Name: "what was spent", Given: given, When: undoOwn(one, 6), Then: facts{fact.Reversed{Answer: answer(7, 6, network, maker, fact.Negated(transfer(300, network, fact.StageConfirmed, fact.StageSpent)))}}},
		{Name: "what was received", Given: given[:1], When: undo(1), Then: facts{fact.Reversed{Answer: answer(2, 1, home, maker, fact.Negated(fact.Transfer(pounds(1000), core(fact.England, fact.StageSource), core(home, fact.StagePot))))}}},
		{Name: "what others rest on", Given: given, When: undo(1), Refused: ledger.ErrInTheWay},
		{Name: "what was confirmed and is spent", Given: given, When: undoOwn(one, 5), Refused: ledger.ErrInTheWay},
		{Name: "what somebody else did", Given: given, When: undo(6), Refused: ledger.ErrNotYours},
		{Name: "what the system did", Given: given, When: undoOwn(one, 2), Refused: ledger.ErrNotYours},
		{Name: "what only asked", Given: given, When: undo(3), Refused: ledger.ErrNotReversible},
		{Name: "what is not there", Given: given, When: undo(7), Refused: ledger.ErrEntryUnknown},
		{Name: "a reversal", Given: told(t, append(whole[:6:6], undoOwn(one, 6))...), When: undoOwn(one, 7), Refused: ledger.ErrNotReversible},
		{Name: "a payment needs another", Given: given[:4], When: undo(4), Then: facts{fact.ReversalRequested{Request: fact.Request{Head: seen(5, home, maker), Proposed: backToPromised}, Entry: 4}}},
		{Name: "after which what asked for it is not approved as if it stood", Given: told(t, append(whole[:4:4], undo(4), approve(checker, 5))...), When: paid, Refused: ledger.ErrUndone},
		{Name: "nor is it rejected", Given: told(t, append(whole[:4:4], undo(4), approve(checker, 5))...), When: reject(checker, 3), Refused: ledger.ErrSettled},
		{Name: "while the approval of the reversal stands", Given: told(t, append(whole[:4:4], undo(4), approve(checker, 5))...), When: approve(checker, 5)},
		{Name: "who approves", Given: told(t, append(whole[:4:4], undo(4))...), When: approve(checker, 5), Then: facts{fact.Reversed{Answer: answer(6, 4, home, checker, backToPromised), Request: 5}}},
		{Name: "and is not its maker", Given: told(t, append(whole[:4:4], undo(4))...), When: approve(maker, 5), Refused: ledger.ErrMaker},
		{Name: "unless it has been confirmed meanwhile", Given: told(t, append(whole[:4:4], undo(4), confirmed)...), When: approve(checker, 5), Refused: ledger.ErrInTheWay},
		{Name: "a rejected reversal may be asked for again", Given: told(t, append(whole[:4:4], undo(4), reject(checker, 5))...), When: undo(4), Then: facts{fact.ReversalRequested{Request: fact.Request{Head: seen(7, home, maker), Proposed: backToPromised}, Entry: 4}}},
		{Name: "an allocation needs another", Given: given[:2], When: undo(2), Then: facts{fact.ReversalRequested{
			Request: fact.Request{Head: seen(3, home, maker), Proposed: fact.Negated(fact.Transfer(pounds(600), core(home, fact.StagePot), core(network, fact.StageAllocated)))}, Entry: 2,
		}}},
		{Name: "a reference is free again", Given: told(t, append(whole[:6:6], undoOwn(one, 6))...), When: spend, Then: facts{fact.Spent{Work: fact.Work{
			Move: within(8, network, "S1", 300, fact.StageConfirmed, fact.StageSpent), For: "work", Use: fact.UseUnknown,
		}}}},
		{Name: "what the network has acknowledged", Given: told(t, received, allocated, behalf, ack), When: undo(3), Refused: ledger.ErrInTheWay},
		{Name: "what it has acknowledged, beside more of the kind", Given: told(t, received, allocated, half("O1"), half("O2"), ack), When: undo(3), Refused: ledger.ErrInTheWay},
		{Name: "a refusal, which can then be an acknowledgement", Given: told(t, received, allocated, behalf, refuse, undoOwn(one, 4)), When: ack, Then: facts{
			fact.SpendingAcknowledged{Answer: answer(6, 3, network, maker, transfer(600, network, fact.StageSpentFor, fact.StageSpentBySystem))},
		}},
		{Name: "an acknowledgement", Given: told(t, received, allocated, behalf, ack), When: undoOwn(one, 4), Then: facts{fact.Reversed{Answer: answer(5, 4, network, maker, fact.Negated(transfer(600, network, fact.StageSpentFor, fact.StageSpentBySystem)))}}},
		{Name: "and then it can be refused", Given: told(t, received, allocated, behalf, ack, undoOwn(one, 4)), When: do(ledger.RefuseSpending, maker, funding.RefuseSpending{OwnAnswer: ownAbout(one, 3)}), Then: facts{
			fact.SpendingRefused{Answer: answer(6, 3, network, maker, transfer(600, network, fact.StageSpentFor, fact.StageHeld))},
		}},
	})
}

// The refusal says which entries have to be reversed first.
func TestWhatIsInTheWayIsNamed(t *testing.T) {
	var s ledger.State
	for _, e := range told(t, received, allocated, requested, paid) {
		s = ledger.Evolve(s, e)
	}
	_, err := do(ledger.Reverse, maker, funding.ReverseEntry{Answer: about(2)})(s)
	const want = "Entry 2 cannot be undone while later entries rest on it: 4. Reverse those first."
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	_, err = do(ledger.Hold, maker, funding.HoldFunding{Upon: upon(one, "H9", 201)})(s)
	const enough = "network-U99001 has £200.00 allocated out of stream core for anything, and this needs £201.00. Enter no more than is there, or first what is missing."
	if err == nil || err.Error() != enough {
		t.Errorf("got %v\nwant %s", err, enough)
	}
}
