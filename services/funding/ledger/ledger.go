package ledger

import (
	"errors"
	"fmt"
	"slices"

	"github.com/benbjohnson/immutable"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/funding"
)

// State is what the rules need to know of a ledger's past. It is a value: its
// maps are persistent, so that an entry costs the same however many there are.
// The zero State is a ledger without entries.
type State struct {
	ledger     fact.Ledger
	entries    *immutable.List[*entry]
	balances   *immutable.Map[fact.Account, events.GBP] // none is zero
	references *immutable.Map[reference, int]
	arrived    []arrival // never changed in place
	closing    bool      // some of what is left is on its way, and the year is not closed yet
	closed     bool
	unsound    error // what the first fact that breaks the laws has broken
}

// empty is a ledger without entries, with maps to put some into.
var empty = State{
	entries:    immutable.NewList[*entry](),
	balances:   immutable.NewMap[fact.Account, events.GBP](byAccount{}),
	references: immutable.NewMap[reference, int](byReference{}),
}

// entry is a fact with what became of it.
type entry struct {
	fact.Event
	settled  int // the number of the entry that answered it, or 0
	reversed int // likewise, that undid it
	undoing  int // likewise, that asks for it to be undone and waits for an answer
}

// reference is what a party calls an entry.
type reference struct {
	party events.Entity
	name  string
}

// arrival is an entry of another ledger that was carried into this one.
type arrival struct {
	from  fact.Ledger
	entry int
}

// Evolve returns s as it stands after e.
func Evolve(s State, e fact.Event) State {
	if s.unsound != nil {
		return s
	}
	next, err := s.enter(e)
	if err != nil {
		s.unsound = fmt.Errorf("entry %d of %s: %w", e.Heading().Number, e.Heading().Entity(), err)
		return s
	}
	return next
}

// What a fact that breaks the laws breaks.
var (
	errLedger     = errors.New("it is of another ledger")
	errNumber     = errors.New("its number is not the next")
	errAfterwards = errors.New("the year is closed, or being closed")
	errUnbalanced = errors.New("its postings do not come to nothing for each stream and purpose")
	errNegative   = errors.New("it leaves an account below zero")
	errBeyond     = errors.New("it leaves an account beyond what an amount can hold")
	errAnswers    = errors.New("it is about an entry that is not there")
)

// enter is s with e in it, and with what e says of earlier entries.
func (s State) enter(e fact.Event) (State, error) {
	h := e.Heading()
	if s.entries == nil {
		s = empty
		s.ledger = h.Ledger
	}
	_, carriesIn := e.(fact.CarriedIn)
	switch {
	case h.Ledger != s.ledger:
		return s, errLedger
	case h.Number != s.entries.Len()+1:
		return s, errNumber
	case s.closing && !is(e, ending), s.closed && !is(e, late):
		return s, errAfterwards
	case e.Answers() < 0 || e.Answers() >= h.Number:
		return s, errAnswers
	case !fact.Balanced(e.Posted()):
		return s, errUnbalanced
	}
	balances, below, err := s.after(e.Posted(), carriesIn)
	switch {
	case err != nil:
		return s, err
	case below != nil:
		return s, errNegative
	}
	s.balances = balances
	s.entries = s.entries.Append(&entry{Event: e})
	if name := e.Called(); name != "" {
		s.references = s.references.Set(reference{h.Party, name}, h.Number)
	}
	return s.consequences(e), nil
}

// consequences is s with what e means for earlier entries.
func (s State) consequences(e fact.Event) State {
	number := e.Heading().Number
	switch e := e.(type) {
	case fact.Paid:
		return s.settle(e.Entry, number)
	case fact.TakenBack:
		return s.settle(e.Entry, number)
	case fact.Diverted:
		return s.settle(e.Entry, number)
	case fact.RequestRejected:
		return s.drop(e.Note)
	case fact.RequestWithdrawn:
		return s.drop(e.Note)
	case fact.SpendingAcknowledged:
		return s.settle(e.Entry, number)
	case fact.SpendingRefused:
		return s.settle(e.Entry, number)
	case fact.DiversionAcknowledged:
		return s.settle(e.Entry, number)
	case fact.DiversionProtested:
		return s.settle(e.Entry, number)
	case fact.ReversalRequested:
		return s.change(e.Entry, func(was *entry) { was.undoing = number })
	case fact.Reversed:
		return s.undo(e)
	case fact.CarriedIn:
		s.arrived = append(slices.Clip(s.arrived), arrival{e.From, e.Entry})
	case fact.YearClosed:
		s.closing, s.closed = false, true
	case fact.CarriedForward:
		s.closing = !s.closed
	case fact.Received, fact.Allocated, fact.Held, fact.Released, fact.SpentOnBehalf,
		fact.Committed, fact.CommitmentReleased, fact.Spent,
		fact.UnderspendDeclared, fact.Retained, fact.Offered, fact.Reallocated, fact.Returned,
		fact.PaymentRequested, fact.TakeBackRequested, fact.DiversionRequested, fact.Confirmed,
		fact.MovedToSuccessor:
	}
	return s
}

// undo is s with an earlier entry marked as reversed, and without what that one
// meant for others.
func (s State) undo(e fact.Reversed) State {
	number := e.Number
	if e.Request != 0 {
		s = s.settle(e.Request, number)
	}
	s = s.change(e.Entry, func(was *entry) { was.reversed = number }).free(e.Entry)
	switch was := s.at(e.Entry); {
	case is(was.Event, late): // a word on what was spent on somebody's behalf
		return s.settle(was.Answers(), 0)
	case was.Answers() != 0 && is(was.Event, twoPeople):
		return s.free(was.Answers())
	}
	return s
}

func (s State) settle(number, by int) State {
	return s.change(number, func(e *entry) { e.settled = by })
}

// drop is s without a request that has come to nothing.
func (s State) drop(n fact.Note) State {
	if r, is := s.at(n.Entry).Event.(fact.ReversalRequested); is {
		s = s.change(r.Entry, func(was *entry) { was.undoing = 0 })
	}
	return s.settle(n.Entry, n.Number).free(n.Entry)
}

// change is s with an entry changed; s itself is not.
func (s State) change(number int, do func(*entry)) State {
	changed := *s.at(number)
	do(&changed)
	s.entries = s.entries.Set(number-1, &changed)
	return s
}

// free lets the reference of an entry be used again.
func (s State) free(number int) State {
	e := s.at(number)
	if name := e.Called(); name != "" {
		s.references = s.references.Delete(reference{e.Heading().Party, name})
	}
	return s
}

// at is an entry by its number, or nil.
func (s State) at(number int) *entry {
	if s.entries == nil || number < 1 || number > s.entries.Len() {
		return nil
	}
	return s.entries.Get(number - 1)
}

// Len is how many entries there are.
func (s State) Len() int {
	if s.entries == nil {
		return 0
	}
	return s.entries.Len()
}

// Sound reports why the ledger can no longer be decided on, or nil.
func (s State) Sound() error { return s.unsound }

// Balance is what is in an account.
func (s State) Balance(a fact.Account) events.GBP {
	if s.balances == nil {
		return 0
	}
	b, _ := s.balances.Get(a)
	return b
}

// Balances is what is in every account that is not empty, in a settled order.
func (s State) Balances() (all []fact.Posting) {
	if s.balances == nil {
		return nil
	}
	for itr := s.balances.Iterator(); !itr.Done(); {
		a, b, _ := itr.Next()
		all = append(all, fact.Posting{Account: a, Amount: b})
	}
	slices.SortFunc(all, func(a, b fact.Posting) int { return compare(a.Account, b.Account) })
	return all
}

// shortage is an account that would be below zero.
type shortage struct {
	fact.Account
	has, asked events.GBP
}

// after is the balances with postings in them, and the first account that would
// be below zero without being one of those that may be.
func (s State) after(all []fact.Posting, carriesIn bool) (balances *immutable.Map[fact.Account, events.GBP], below *shortage, err error) {
	balances = s.balances
	for _, p := range all {
		was, _ := balances.Get(p.Account)
		now, ok := fact.Sum(was, p.Amount)
		switch {
		case !ok:
			return nil, nil, errBeyond
		case now == 0:
			balances = balances.Delete(p.Account)
		default:
			balances = balances.Set(p.Account, now)
		}
	}
	for _, p := range all {
		if p.Amount > 0 || p.Holder == fact.England && p.Stage == fact.StageSource || carriesIn && p.Stage == fact.StageTransit {
			continue
		}
		if now, _ := balances.Get(p.Account); now < 0 {
			return balances, &shortage{p.Account, s.Balance(p.Account), s.Balance(p.Account) - now}, nil
		}
	}
	return balances, nil, nil
}
