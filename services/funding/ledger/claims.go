package ledger

import (
	"cmp"
	"slices"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/funding"
)

// Claim is a claim of a network for its workforce, made by one person and
// approved by another, that is to be paid.
type Claim struct {
	fact.Ledger
	Network   events.PCN
	Stream    fact.Stream
	Reference string // names the claim
	Amount    events.GBP
	On        events.Date // it was approved
	Maker     events.PersonRef
	Checker   events.PersonRef
}

// PayClaim pays a claim: out of what is allocated to the network, and then, since
// the claim is what calls for it, out of the pot, which is allocated with it. The
// request is whoever's who claimed, and the payment whoever's who approved.
func PayClaim(s State, k Known, c Claim) ([]fact.Event, error) {
	if err := s.open(c.Ledger); err != nil {
		return nil, err
	}
	payee, pot := c.Network.Entity(), c.System.Entity()
	if s.references != nil {
		if _, used := s.references.Get(reference{payee, c.Reference}); used {
			return nil, nil
		}
	}
	if err := k.mayHold("network", c.Ledger, payee, c.Stream, c.On); err != nil {
		return nil, err
	}
	heading := func(number int, party events.Entity, by events.PersonRef) fact.Head {
		return fact.Head{Ledger: c.Ledger, Number: s.Len() + number, On: c.On, Party: party, By: by, Reason: c.Reference}
	}
	has := func(holder events.Entity, stage fact.Stage, need events.GBP) (all []fact.Posting, missing events.GBP) {
		for _, from := range s.holding(holder, stage, c.Stream) {
			take := min(need, from.Amount)
			if take <= 0 {
				break
			}
			all, need = append(all, fact.Posting{Account: from.Account, Amount: take}), need-take
		}
		return all, need
	}
	own, missing := has(payee, fact.StageAllocated, c.Amount)
	more, missing := has(pot, fact.StagePot, missing)
	if missing > 0 {
		return nil, ErrNotEnough.About("amount", pot, c.Amount-missing, inWords(fact.StagePot), c.Stream, "claims", c.Amount)
	}
	var all []fact.Event
	if len(more) > 0 {
		moved := fact.Allocated{Move: fact.Move{Head: heading(1, pot, c.Checker)}}
		for i, m := range more {
			to := m.Account
			to.Holder, to.Stage = payee, fact.StageAllocated
			moved.Postings = append(moved.Postings, fact.Transfer(m.Amount, m.Account, to)...)
			more[i].Account = to
		}
		all = append(all, moved)
	}
	var paid []fact.Posting
	for _, m := range together(append(own, more...)) {
		to := m.Account
		to.Stage = fact.StagePaid
		paid = append(paid, fact.Transfer(m.Amount, m.Account, to)...)
	}
	asked := heading(len(all)+1, payee, c.Maker)
	all = append(all, fact.PaymentRequested{Request: fact.Request{Head: asked, Reference: c.Reference, Proposed: paid}})
	all = append(all, fact.Paid{Answer: fact.Answer{Head: heading(len(all)+1, pot, c.Checker), Entry: asked.Number, Postings: paid}})
	return s.checked(all...)
}

// holding is what a holder has at a stage out of a stream, by purpose.
func (s State) holding(holder events.Entity, stage fact.Stage, stream fact.Stream) (all []fact.Posting) {
	if s.balances == nil {
		return nil
	}
	for itr := s.balances.Iterator(); !itr.Done(); {
		a, amount, _ := itr.Next()
		if a.Holder == holder && a.Stage == stage && a.Stream == stream && amount > 0 {
			all = append(all, fact.Posting{Account: a, Amount: amount})
		}
	}
	slices.SortFunc(all, func(a, b fact.Posting) int { return cmp.Compare(a.Purpose, b.Purpose) })
	return all
}

// together is all, with what is in one account put together.
func together(all []fact.Posting) (sums []fact.Posting) {
	for _, p := range all {
		if at := slices.IndexFunc(sums, func(q fact.Posting) bool { return q.Account == p.Account }); at >= 0 {
			sums[at].Amount += p.Amount
			continue
		}
		sums = append(sums, p)
	}
	return sums
}
