package ledger

import (
	"cmp"

	"github.com/ics-openbook/openbook/api/ask/funding"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

// Why money may not be spent so.
var (
	ErrOutsideUse = refuse.New(refuse.Invalid, "OUTSIDE_PERMITTED_USE",
		"Stream %s may not be spent on %s by the contract of %s. If it was all the same, say why: the entry is recorded with the reason, and marked.")
	ErrUnnamedUse = refuse.New(refuse.Invalid, "CATEGORY_MISSING",
		"Stream %s may not be spent on just anything by the contract of %s. Name the category of what was bought, or say why it has none: the entry is then recorded with the reason, and marked.")
	ErrOutsidePurpose = refuse.New(refuse.Invalid, "OUTSIDE_PURPOSE",
		"This money of stream %s is for %s alone. Name that as the category if it was spent on it, or say why it was not: the entry is then recorded with the reason, and marked.")
)

// Receive puts money from England into the system's pot.
func Receive(s State, k Known, a funding.ReceiveFunding) ([]fact.Event, error) {
	if !k.Registry.HasSystem(a.System) {
		return nil, ErrSystemUnknown.About("system", a.System)
	}
	if err := k.stream(a.Books(), a.FundingStream); err != nil {
		return nil, err
	}
	from, to := at(fact.England, fact.StageSource, a.Money), at(a.System.Entity(), fact.StagePot, a.Money)
	return s.record(fact.Received{Move: s.move(k, a.Act, a.Concerns(), from, to)})
}

// Allocate promises money in the pot to a network or practice of the system.
func Allocate(s State, k Known, a funding.AllocateFunding) ([]fact.Event, error) {
	if err := k.mayHold(path(a.Payee), a.Books(), a.Holder(), a.FundingStream, a.On); err != nil {
		return nil, err
	}
	from, to := at(a.System.Entity(), fact.StagePot, a.Money), at(a.Holder(), fact.StageAllocated, a.Money)
	return s.record(fact.Allocated{Move: s.move(k, a.Act, a.Concerns(), from, to)})
}

// path is the field in which a payee is named.
func path(p funding.Payee) string {
	if p.Practice != "" {
		return "practice"
	}
	return "network"
}

// within is an act of the system that takes money of a holder from one stage to
// another.
func (s State) within(k Known, a funding.Upon, from, to fact.Stage) fact.Move {
	return s.move(k, a.Act, a.Concerns(), at(a.Holder(), from, a.Money), at(a.Holder(), to, a.Money))
}

// own is the same, as an act of the holder.
func (s State) own(k Known, a funding.Own, from, to fact.Stage) fact.Move {
	return s.move(k, a.Act, a.Concerns(), at(a.Holder(), from, a.Money), at(a.Holder(), to, a.Money))
}

// Hold keeps back what is allocated.
func Hold(s State, k Known, a funding.HoldFunding) ([]fact.Event, error) {
	return s.record(fact.Held{Move: s.within(k, a.Upon, fact.StageAllocated, fact.StageHeld)})
}

// Release lets go what is held.
func Release(s State, k Known, a funding.ReleaseFunding) ([]fact.Event, error) {
	return s.record(fact.Released{Move: s.within(k, a.Upon, fact.StageHeld, fact.StageAllocated)})
}

// SpendOnBehalf spends a network's money for it. It is asked whether that is so.
func SpendOnBehalf(s State, k Known, a funding.SpendOnBehalf) ([]fact.Event, error) {
	use, err := k.use(a.Act, a.Category)
	if err != nil {
		return nil, err
	}
	move := s.within(k, a.Upon, cmp.Or(a.From, fact.StageAllocated), fact.StageSpentFor)
	return s.record(fact.SpentOnBehalf{Work: fact.Work{Move: move, For: a.For, Category: a.Category, Use: use}})
}

// Confirm is a network's word that money it was paid has come.
func Confirm(s State, k Known, a funding.ConfirmReceipt) ([]fact.Event, error) {
	return s.record(fact.Confirmed{Move: s.own(k, a.Own, fact.StagePaid, fact.StageConfirmed)})
}

// Commit sets money aside that a network has.
func Commit(s State, k Known, a funding.CommitFunding) ([]fact.Event, error) {
	return s.record(fact.Committed{Move: s.own(k, a.Own, fact.StageConfirmed, fact.StageCommitted)})
}

// ReleaseCommitment makes committed money available again.
func ReleaseCommitment(s State, k Known, a funding.ReleaseCommitment) ([]fact.Event, error) {
	return s.record(fact.CommitmentReleased{Move: s.own(k, a.Own, fact.StageCommitted, fact.StageConfirmed)})
}

// Spend records what a network or practice has bought.
func Spend(s State, k Known, a funding.SpendFunding) ([]fact.Event, error) {
	use, err := k.use(a.Act, a.Category)
	if err != nil {
		return nil, err
	}
	move := s.own(k, a.Own, cmp.Or(a.From, fact.StageConfirmed), fact.StageSpent)
	return s.record(fact.Spent{Work: fact.Work{Move: move, For: a.For, Category: a.Category, Use: use}})
}

// use is whether money may be spent so: by what it is meant for, and by the
// contract. What names no category may be anything. Where money may not be spent
// so, there has to be a reason.
func (k Known) use(a funding.Act, category string) (fact.Use, error) {
	const anything = string(contract.Anything)
	if a.Purpose != fact.Purpose(anything) && a.Purpose != fact.Purpose(category) {
		return outside(a, ErrOutsidePurpose.About("category", a.FundingStream, a.Purpose))
	}
	use := k.Terms.Use(a.Year, a.FundingStream, cmp.Or(category, anything))
	switch {
	case use != fact.UseOutside:
		return use, nil
	case category == "":
		return outside(a, ErrUnnamedUse.About("category", a.FundingStream, a.Year))
	}
	return outside(a, ErrOutsideUse.About("reason", a.FundingStream, category, a.Year))
}

// outside is the use of what is recorded with a reason, and else refused.
func outside(a funding.Act, refused error) (fact.Use, error) {
	if a.Reason == "" {
		return "", refused
	}
	return fact.UseOutside, nil
}

// Declare says that a network will not spend what it has.
func Declare(s State, k Known, a funding.DeclareUnderspend) ([]fact.Event, error) {
	return s.record(fact.UnderspendDeclared{Move: s.own(k, a.Own, fact.StageConfirmed, fact.StageDeclared)})
}

// Retain lets a network keep what it has declared.
func Retain(s State, k Known, a funding.RetainUnderspend) ([]fact.Event, error) {
	return s.record(fact.Retained{Move: s.within(k, a.Upon, fact.StageDeclared, fact.StageRetained)})
}

// Offer offers what a network has declared to the others.
func Offer(s State, k Known, a funding.OfferUnderspend) ([]fact.Event, error) {
	return s.record(fact.Offered{Move: s.within(k, a.Upon, fact.StageDeclared, fact.StageOffered)})
}

// Reallocate promises to one network what another has offered.
func Reallocate(s State, k Known, a funding.ReallocateUnderspend) ([]fact.Event, error) {
	if err := k.mayHold("to", a.Books(), a.To.Entity(), a.FundingStream, a.On); err != nil {
		return nil, err
	}
	from, to := at(a.Holder(), fact.StageOffered, a.Money), at(a.To.Entity(), fact.StageAllocated, a.Money)
	return s.record(fact.Reallocated{Move: s.move(k, a.Act, a.Concerns(), from, to)})
}

// Return gives money back to England: out of the pot, or of what a network has
// declared or offered.
func Return(s State, k Known, a funding.ReturnFunding) ([]fact.Event, error) {
	holder, from := a.Holder(), cmp.Or(a.From, fact.StageDeclared)
	if holder == "" {
		holder, from = a.System.Entity(), fact.StagePot
	}
	return s.record(fact.Returned{Move: s.move(k, a.Act, a.Concerns(), at(holder, from, a.Money), at(holder, fact.StageReturned, a.Money))})
}

// MoveToSuccessor moves what a merged network has to the one it was merged into.
func MoveToSuccessor(s State, k Known, a funding.MoveToSuccessor) ([]fact.Event, error) {
	from := a.Network.Entity()
	into, err := k.mergedInto(a.Network, a.On)
	if err != nil {
		return nil, err
	}
	move := fact.Move{Head: s.head(k, a.Books(), a.Concerns(), a.On, ""), Reference: a.Reference}
	for _, p := range s.Balances() {
		if p.Holder == from && !p.Stage.Final() {
			to := p.Account
			to.Holder = into.Entity()
			move.Postings = append(move.Postings, fact.Transfer(p.Amount, p.Account, to)...)
		}
	}
	if len(move.Postings) == 0 {
		return nil, s.open(a.Books())
	}
	return s.record(fact.MovedToSuccessor{Move: move, From: from, Into: into.Entity()})
}

// ErrNotMerged refuses to move the money of a network that stands.
var ErrNotMerged = refuse.New(refuse.Conflict, "NOT_MERGED",
	"Network %s has not been merged into another by %s, as far as the book knows. Record the merger first.")

// mergedInto is the network that stands in a merged one's place.
func (k Known) mergedInto(code events.PCN, on events.Date) (events.PCN, error) {
	into := k.successor(code, on)
	if into == code {
		return "", ErrNotMerged.About("network", code, on)
	}
	return into, nil
}
