package ledger_test

import (
	"errors"
	"testing"

	"github.com/ics-openbook/openbook/api/ask/funding"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/funding/ledger"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

const (
	home    = "system-QZ1"
	network = "network-U99001"
)

func TestAllocating(t *testing.T) {
	first := told(t, received)
	allocate := func(change func(*funding.Upon)) when {
		a := upon(one, "A1", 600)
		change(&a)
		return do(ledger.Allocate, maker, funding.AllocateFunding{Upon: a})
	}
	move := func(to fact.Account, amount int) fact.Move {
		return fact.Move{Head: head(2, home, maker), Reference: "A1", Postings: fact.Transfer(pounds(amount), core(home, fact.StagePot), to)}
	}
	participation := fact.Account{Holder: "practice-Z99001", Stage: fact.StageAllocated, Stream: "participation", Purpose: "anything"}
	toPractice := participation
	toPractice.Holder, toPractice.Stage = home, fact.StagePot
	forPractices := act("E1", 1000)
	forPractices.FundingStream = "participation"
	check(t, []test{
		{Name: "money comes into the pot", When: received, Then: facts{fact.Received{Move: fact.Move{
			Head: head(1, home, maker), Reference: "E1",
			Postings: fact.Transfer(pounds(1000), core(fact.England, fact.StageSource), core(home, fact.StagePot)),
		}}}},
		{Name: "into a system nobody knows", Refused: ledger.ErrSystemUnknown, When: func(s ledger.State) ([]fact.Event, error) {
			a := act("E1", 1)
			a.System = "QZ9"
			return ledger.Receive(s, by(maker), funding.ReceiveFunding{Act: a})
		}},
		{Name: "of a stream the contract has not", Refused: ledger.ErrStreamUnknown, When: func(s ledger.State) ([]fact.Event, error) {
			a := act("E1", 1)
			a.FundingStream = "cor"
			return ledger.Receive(s, by(maker), funding.ReceiveFunding{Act: a})
		}},
		{Name: "the same reference for another amount", Given: first, When: do(ledger.Receive, maker, funding.ReceiveFunding{Act: act("E1", 999)}), Refused: ledger.ErrReferenceUsed},
		{Name: "a promise", Given: first, When: allocated, Then: facts{fact.Allocated{Move: move(core(network, fact.StageAllocated), 600)}}},
		{Name: "more than is in the pot", Given: first, When: allocate(func(a *funding.Upon) { a.Amount = pounds(1001) }), Refused: ledger.ErrNotEnough},
		{Name: "out of an empty ledger", When: allocated, Refused: ledger.ErrNotEnough},
		{Name: "for another purpose than the money's", Given: first, When: allocate(func(a *funding.Upon) { a.Purpose = "leadership" }), Refused: ledger.ErrNotEnough},
		{Name: "to nobody the book knows", Given: first, When: allocate(func(a *funding.Upon) { a.Network = "U99999" }), Refused: ledger.ErrPayeeUnknown},
		{Name: "to a network of another system", Given: first, When: allocate(func(a *funding.Upon) { a.Network = elsewhere }), Refused: ledger.ErrPayeeElsewhere},
		{Name: "to a network that will be in another system", Given: first, When: allocate(func(a *funding.Upon) { a.Network = moved }), Then: facts{fact.Allocated{Move: move(core("network-U99004", fact.StageAllocated), 600)}}},
		{Name: "to a network that is no more", Given: first, When: allocate(func(a *funding.Upon) { a.Network, a.On = merged, books.Year.Last() }), Refused: ledger.ErrPayeeClosed},
		{Name: "of a practice's stream to a network", Given: told(t, do(ledger.Receive, maker, funding.ReceiveFunding{Act: forPractices})), When: allocate(func(a *funding.Upon) { a.FundingStream = "participation" }), Refused: ledger.ErrPracticeStream},
		{Name: "of a network's stream to a practice", Given: first, When: allocate(func(a *funding.Upon) { a.Network, a.Practice = "", practice }), Refused: ledger.ErrNetworkStream},
		{
			Name: "of a practice's stream to a practice", Given: told(t, do(ledger.Receive, maker, funding.ReceiveFunding{Act: forPractices})),
			When: allocate(func(a *funding.Upon) { a.FundingStream, a.Network, a.Practice = "participation", "", practice }),
			Then: facts{fact.Allocated{Move: fact.Move{Head: head(2, home, maker), Reference: "A1", Postings: fact.Transfer(pounds(600), toPractice, participation)}}},
		},
	})
}

// Where no contract is known, nothing is refused by one.
func TestWithoutTerms(t *testing.T) {
	k := by(maker)
	k.Terms = noTerms{}
	a := upon(one, "S1", 10)
	spent := fact.Spent{Work: fact.Work{Move: within(6, network, "S1", 10, fact.StageConfirmed, fact.StageSpent), For: "a printer", Category: "printers", Use: fact.UseUnknown}}
	strange := act("E9", 5)
	strange.FundingStream = "winter"
	pot := core(home, fact.StagePot)
	source := core(fact.England, fact.StageSource)
	pot.Stream, source.Stream = "winter", "winter"
	check(t, []test{
		{
			Name: "spending on what no contract speaks of", Given: told(t, received, allocated, requested, paid, confirmed),
			When: doing(ledger.Spend, k, funding.SpendFunding{Own: funding.Own(a), For: "a printer", Category: "printers"}), Then: facts{spent},
		},
		{
			Name: "a stream of the system's own", When: doing(ledger.Receive, k, funding.ReceiveFunding{Act: strange}),
			Then: facts{fact.Received{Move: fact.Move{Head: head(1, home, maker), Reference: "E9", Postings: fact.Transfer(pounds(5), source, pot)}}},
		},
	})
}

func TestHolding(t *testing.T) {
	there := told(t, received, allocated)
	held := do(ledger.Hold, maker, funding.HoldFunding{Upon: upon(one, "H1", 200)})
	behalf := func(from fact.Stage, amount int) when {
		return do(ledger.SpendOnBehalf, maker, funding.SpendOnBehalf{Upon: upon(one, "O1", amount), From: from, For: "training", Category: "staff"})
	}
	ack := func(n int) when {
		return do(ledger.AcknowledgeSpending, maker, funding.AcknowledgeSpending{OwnAnswer: ownAbout(one, n)})
	}
	no := func(n int) when {
		return do(ledger.RefuseSpending, maker, funding.RefuseSpending{OwnAnswer: ownAbout(one, n)})
	}
	work := fact.Work{Move: within(3, home, "O1", 600, fact.StageAllocated, fact.StageSpentFor), For: "training", Category: "staff", Use: fact.UsePermitted}
	answer := func(to fact.Stage) fact.Answer {
		return fact.Answer{Head: seen(4, network, maker), Entry: 3, Postings: transfer(600, network, fact.StageSpentFor, to)}
	}
	spent := told(t, received, allocated, behalf("", 600))
	check(t, []test{
		{Name: "money is held", Given: there, When: held, Then: facts{fact.Held{Move: within(3, home, "H1", 200, fact.StageAllocated, fact.StageHeld)}}},
		{Name: "more than is promised", Given: there, When: do(ledger.Hold, maker, funding.HoldFunding{Upon: upon(one, "H1", 601)}), Refused: ledger.ErrNotEnough},
		{Name: "and released", Given: told(t, received, allocated, held), When: do(ledger.Release, maker, funding.ReleaseFunding{Upon: upon(one, "R1", 200)}), Then: facts{fact.Released{Move: within(4, home, "R1", 200, fact.StageHeld, fact.StageAllocated)}}},
		{Name: "not more than is held", Given: told(t, received, allocated, held), When: do(ledger.Release, maker, funding.ReleaseFunding{Upon: upon(one, "R1", 201)}), Refused: ledger.ErrNotEnough},
		{Name: "spent on its behalf", Given: there, When: behalf("", 600), Then: facts{fact.SpentOnBehalf{Work: work}}},
		{Name: "out of what is held, of which there is none", Given: there, When: behalf(fact.StageHeld, 600), Refused: ledger.ErrNotEnough},
		{Name: "which is so", Given: spent, When: ack(3), Then: facts{fact.SpendingAcknowledged{Answer: answer(fact.StageSpentBySystem)}}},
		{Name: "which is not so", Given: spent, When: no(3), Then: facts{fact.SpendingRefused{Answer: answer(fact.StageHeld)}}},
		{Name: "which is both", Given: append(spent[:3:3], told(t, received, allocated, behalf("", 600), ack(3))[3:]...), When: no(3), Refused: ledger.ErrSettled},
		{Name: "which is both, the other way", Given: told(t, received, allocated, behalf("", 600), no(3)), When: ack(3), Refused: ledger.ErrSettled},
		{Name: "what another network was asked", Given: spent, When: do(ledger.AcknowledgeSpending, maker, funding.AcknowledgeSpending{OwnAnswer: ownAbout(two, 3)}), Refused: ledger.ErrNotYours},
		{Name: "what nobody was asked", Given: spent, When: ack(2), Refused: ledger.ErrNotOnBehalf},
		{Name: "an entry that is not there", Given: spent, When: ack(4), Refused: ledger.ErrEntryUnknown},
		{Name: "what has been undone", Given: told(t, received, allocated, behalf("", 600), do(ledger.Reverse, maker, funding.ReverseEntry{Answer: about(3)})), When: ack(3), Refused: ledger.ErrReversed},
	})
}

func TestSpending(t *testing.T) {
	has := told(t, received, allocated, requested, paid, confirmed)
	spend := func(from fact.Stage, amount int, category, reason string) when {
		a := own(one, "S1", amount)
		a.Reason = reason
		return do(ledger.Spend, maker, funding.SpendFunding{Own: a, From: from, For: "work", Category: category})
	}
	spent := func(use fact.Use, category, reason string) facts {
		m := within(6, network, "S1", 300, fact.StageConfirmed, fact.StageSpent)
		m.Reason = reason
		return facts{fact.Spent{Work: fact.Work{Move: m, For: "work", Category: category, Use: use}}}
	}
	commit := do(ledger.Commit, maker, funding.CommitFunding{Own: own(one, "C1", 250)})
	bound := append(has[:5:5], told(t, received, allocated, requested, paid, confirmed, commit)[5:]...)
	check(t, []test{
		{Name: "some of what was paid has come", Given: has[:4], When: confirmed, Then: facts{fact.Confirmed{Move: within(5, network, "B1", 300, fact.StagePaid, fact.StageConfirmed)}}},
		{Name: "more than was paid", Given: has[:4], When: do(ledger.Confirm, maker, funding.ConfirmReceipt{Own: own(one, "B1", 401)}), Refused: ledger.ErrNotEnough},
		{Name: "all that has come is spent", Given: has, When: spend("", 300, "staff", ""), Then: spent(fact.UsePermitted, "staff", "")},
		{Name: "more than has come", Given: has, When: spend("", 301, "staff", ""), Refused: ledger.ErrNotEnough},
		{Name: "what may not be bought", Given: has, When: spend("", 300, "printers", ""), Refused: ledger.ErrOutsideUse},
		{Name: "what may not be bought, with a reason", Given: has, When: spend("", 300, "printers", "none left"), Then: spent(fact.UseOutside, "printers", "none left")},
		{Name: "what nobody says may be bought", Given: has, When: spend("", 300, "chairs", ""), Then: spent(fact.UseUnknown, "chairs", "")},
		{Name: "what is called nothing", Given: has, When: spend("", 300, "", ""), Then: spent(fact.UseUnknown, "", "")},
		{Name: "money is set aside", Given: has, When: commit, Then: facts{fact.Committed{Move: within(6, network, "C1", 250, fact.StageConfirmed, fact.StageCommitted)}}},
		{Name: "and is not there any more", Given: bound, When: spend("", 51, "staff", ""), Refused: ledger.ErrNotEnough},
		{Name: "but for what it was set aside for", Given: bound, When: spend(fact.StageCommitted, 250, "staff", "agreed"), Then: facts{fact.Spent{Work: fact.Work{
			Move: within(7, network, "S1", 250, fact.StageCommitted, fact.StageSpent), For: "work", Category: "staff", Use: fact.UsePermitted,
		}}}},
		{Name: "or let go", Given: bound, When: do(ledger.ReleaseCommitment, maker, funding.ReleaseCommitment{Own: own(one, "C2", 250)}), Then: facts{fact.CommitmentReleased{Move: within(7, network, "C2", 250, fact.StageCommitted, fact.StageConfirmed)}}},
		{Name: "not more than was", Given: bound, When: do(ledger.ReleaseCommitment, maker, funding.ReleaseCommitment{Own: own(one, "C2", 251)}), Refused: ledger.ErrNotEnough},
		{Name: "another network has its own references", Given: has, When: do(ledger.Spend, maker, funding.SpendFunding{Own: own(two, "B1", 1), For: "work"}), Refused: ledger.ErrNotEnough},
	})
}

// Money is judged by what it is meant for, and by the contract: what names no
// category may be anything.
func TestUses(t *testing.T) {
	money := func(ref string, stream fact.Stream, purpose fact.Purpose, reason string) funding.Upon {
		a := upon(one, ref, 100)
		a.FundingStream, a.Purpose, a.Reason = stream, purpose, reason
		return a
	}
	check := func(name string, stream fact.Stream, purpose fact.Purpose, category, reason string, want fact.Use, refused *refuse.Refusal) {
		t.Helper()
		in := func(ref string) funding.Upon { return money(ref, stream, purpose, "agreed") }
		both := in("E1").Act
		both.Amount = pounds(200)
		var s ledger.State
		for _, e := range told(t,
			do(ledger.Receive, maker, funding.ReceiveFunding{Act: both}),
			do(ledger.Allocate, maker, funding.AllocateFunding{Upon: in("A1")}),
			do(ledger.Allocate, maker, funding.AllocateFunding{Upon: in("A2")}),
			do(ledger.RequestPayment, maker, funding.RequestPayment{Upon: in("P1")}), approve(checker, 4),
			do(ledger.Confirm, maker, funding.ConfirmReceipt{Own: funding.Own(in("B1"))}),
		) {
			s = ledger.Evolve(s, e)
		}
		asks := money("S1", stream, purpose, reason)
		for act, decide := range map[string]when{
			"spent":           do(ledger.Spend, maker, funding.SpendFunding{Own: funding.Own(asks), For: "work", Category: category}),
			"spent on behalf": do(ledger.SpendOnBehalf, maker, funding.SpendOnBehalf{Upon: asks, For: "work", Category: category}),
		} {
			got, err := decide(s)
			if refused != nil {
				if !errors.Is(err, refused) || len(got) > 0 {
					t.Errorf("%s, %s: %+v, %v", name, act, got, err)
				}
				continue
			}
			if err != nil || len(got) != 1 || useOf(got[0]) != want {
				t.Errorf("%s, %s: %+v, %v, want %s", name, act, got, err, want)
			}
		}
	}
	check("what names no category", "development", "anything", "", "", "", ledger.ErrUnnamedUse)
	check("what names no category, with a reason", "development", "anything", "", "why", fact.UseOutside, nil)
	check("what names one that may be bought", "development", "anything", "staff", "", fact.UsePermitted, nil)
	check("fenced money, on something else", "core", "management-support", "estates", "", "", ledger.ErrOutsidePurpose)
	check("fenced money, on what the contract permits", "core", "management-support", "staff", "", "", ledger.ErrOutsidePurpose)
	check("fenced money, on something else, with a reason", "core", "management-support", "staff", "why", fact.UseOutside, nil)
	check("fenced money, on nobody knows what", "core", "management-support", "", "", "", ledger.ErrOutsidePurpose)
	check("fenced money, on what it is for", "core", "management-support", "management-support", "", fact.UseUnknown, nil)
	check("money fenced for what may be bought", "core", "staff", "staff", "", fact.UsePermitted, nil)
	check("money fenced for what may not", "core", "printers", "printers", "", "", ledger.ErrOutsideUse)
}

func useOf(e fact.Event) fact.Use {
	switch e := e.(type) {
	case fact.Spent:
		return e.Use
	case fact.SpentOnBehalf:
		return e.Use
	}
	return ""
}

func TestUnderspends(t *testing.T) {
	has := []when{received, allocated, requested, paid, confirmed}
	declare := do(ledger.Declare, maker, funding.DeclareUnderspend{Own: own(one, "D1", 100)})
	offer := do(ledger.Offer, maker, funding.OfferUnderspend{Upon: upon(one, "O1", 100)})
	declared, offered := told(t, append(has[:5:5], declare)...), told(t, append(has[:5:5], declare, offer)...)
	reallocate := func(to funding.ReallocateUnderspend) when { return do(ledger.Reallocate, maker, to) }
	back := func(from fact.Stage, p funding.Payee) when {
		return do(ledger.Return, maker, funding.ReturnFunding{Upon: funding.Upon{Act: act("T1", 100), Payee: p}, From: from})
	}
	check(t, []test{
		{Name: "what will not be spent", Given: declared[:5], When: declare, Then: facts{fact.UnderspendDeclared{Move: within(6, network, "D1", 100, fact.StageConfirmed, fact.StageDeclared)}}},
		{Name: "is kept", Given: declared, When: do(ledger.Retain, maker, funding.RetainUnderspend{Upon: upon(one, "K1", 100)}), Then: facts{fact.Retained{Move: within(7, home, "K1", 100, fact.StageDeclared, fact.StageRetained)}}},
		{Name: "what nobody declared is not kept", Given: declared[:5], When: do(ledger.Retain, maker, funding.RetainUnderspend{Upon: upon(one, "K1", 100)}), Refused: ledger.ErrNotEnough},
		{Name: "is offered", Given: declared, When: offer, Then: facts{fact.Offered{Move: within(7, home, "O1", 100, fact.StageDeclared, fact.StageOffered)}}},
		{
			Name: "to another network", Given: offered, When: reallocate(funding.ReallocateUnderspend{Upon: upon(one, "R1", 100), To: two}),
			Then: facts{fact.Reallocated{Move: fact.Move{Head: head(8, home, maker), Reference: "R1", Postings: fact.Transfer(pounds(100), core(network, fact.StageOffered), core("network-U99002", fact.StageAllocated))}}},
		},
		{Name: "to one of another system", Given: offered, When: reallocate(funding.ReallocateUnderspend{Upon: upon(one, "R1", 100), To: elsewhere}), Refused: ledger.ErrPayeeElsewhere},
		{Name: "what is not offered", Given: declared, When: reallocate(funding.ReallocateUnderspend{Upon: upon(one, "R1", 100), To: two}), Refused: ledger.ErrNotEnough},
		{Name: "goes back to England", Given: declared, When: back("", payee(one)), Then: facts{fact.Returned{Move: within(7, home, "T1", 100, fact.StageDeclared, fact.StageReturned)}}},
		{Name: "goes back after an offer", Given: offered, When: back(fact.StageOffered, payee(one)), Then: facts{fact.Returned{Move: within(8, home, "T1", 100, fact.StageOffered, fact.StageReturned)}}},
		{
			Name: "goes back out of the pot", Given: declared, When: back("", funding.Payee{}),
			Then: facts{fact.Returned{Move: fact.Move{Head: head(7, home, maker), Reference: "T1", Postings: transfer(100, home, fact.StagePot, fact.StageReturned)}}},
		},
	})
}

// Money keeps its purpose through every move.
func TestPurposeIsKept(t *testing.T) {
	fenced := func(ref string) funding.Upon {
		a := upon(one, ref, 100)
		a.Purpose = "management-support"
		return a
	}
	in := fenced("E1").Act
	all := told(t,
		do(ledger.Receive, maker, funding.ReceiveFunding{Act: in}),
		do(ledger.Allocate, maker, funding.AllocateFunding{Upon: fenced("A1")}),
		do(ledger.RequestPayment, maker, funding.RequestPayment{Upon: fenced("P1")}),
		approve(checker, 3),
		do(ledger.Confirm, maker, funding.ConfirmReceipt{Own: funding.Own(fenced("B1"))}),
		do(ledger.Declare, maker, funding.DeclareUnderspend{Own: funding.Own(fenced("D1"))}),
		do(ledger.Offer, maker, funding.OfferUnderspend{Upon: fenced("O1")}),
		do(ledger.Reallocate, maker, funding.ReallocateUnderspend{Upon: fenced("R1"), To: two}),
		closeYear,
	)
	for _, e := range all {
		for _, p := range e.Posted() {
			if p.Purpose != "management-support" {
				t.Errorf("entry %d moves money for %s", e.Heading().Number, p.Purpose)
			}
		}
	}
}

// noTerms knows of no contract.
type noTerms struct{}

func (noTerms) Listed(events.Year, fact.Stream) (contract.Payee, ledger.Listing) {
	return "", ledger.Unread
}

func (noTerms) Use(events.Year, fact.Stream, string) fact.Use { return fact.UseUnknown }
