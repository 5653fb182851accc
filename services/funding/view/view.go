// Package view is the ledgers as the book tells them: for each account what is in
// it, what went in and out, and which entries made it so; and the entries, each
// with its reason and where it stands in the book. It is a pure fold, which the
// funding service looks into for what one ledger has sent another.
package view

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/benbjohnson/immutable"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/funding"
)

// Version changes when the shape of State or the meaning of the fold does.
const Version = 2

// State is every ledger. It is a value: its maps are persistent. The zero State
// has none.
type State struct {
	ledgers *immutable.SortedMap[events.Entity, *Ledger]
	sent    *immutable.List[InTransit]            // by one ledger to another
	arrived *immutable.SortedMap[InTransit, bool] // what of that has
	some    bool                                  // whether ledgers may have gaps
}

// Some is a State of which only some entries are folded: those between are left
// out, and what they would add is not there.
func Some() State { return State{some: true} }

// Ledger is a system's ledger of a year. It is never changed once it is in a
// State.
type Ledger struct {
	fact.Ledger
	Closed   bool // whether its year has been closed
	accounts *immutable.SortedMap[fact.Account, *Account]
	entries  *immutable.List[*Entry]
	about    *immutable.SortedMap[events.Entity, *immutable.List[int]] // entries by the network or practice they are about
	later    *immutable.Map[int, []int]                                // entries that answer an earlier one, by its number
}

// Account is a place money is in, with what it holds and how that has come
// about. It is never changed once it is in a Ledger.
type Account struct {
	fact.Account
	In, Out events.GBP // all that went in, and all that went out
	// Brought is what of In came along from another year or a merged network, less
	// what of Out has gone along to one: it has come as far as this elsewhere.
	Brought events.GBP
	entries *immutable.List[int]
	brought []int // those that did so; never changed in place
}

// Balance is what the account holds.
func (a *Account) Balance() events.GBP { return a.In - a.Out }

// Entry is a fact with its place in the book.
type Entry struct {
	fact.Event
	Place
}

// Place is where in the book a fact stands.
type Place struct {
	ID      events.ID      `json:"id"`
	Ordinal events.Ordinal `json:"ordinal"`
	Time    time.Time      `json:"time"`            // when it was recorded
	Cause   events.ID      `json:"cause,omitempty"` // the fact it answers, where that is in another history
}

// ErrUnlawful means that a fact breaks the laws of a ledger: what is in the
// ledger from there on is not known.
var ErrUnlawful = errors.New("an entry that does not add up")

// Evolve returns s as it stands after e. Its error wraps [ErrUnlawful], and then
// s is as it was.
func Evolve(s State, e fact.Event, at Place) (State, error) {
	h := e.Heading()
	l := s.Ledger(h.Ledger)
	if l == nil {
		l = &Ledger{
			Ledger:   h.Ledger,
			accounts: immutable.NewSortedMap[fact.Account, *Account](byAccount{}),
			entries:  immutable.NewList[*Entry](),
			about:    immutable.NewSortedMap[events.Entity, *immutable.List[int]](byName{}),
			later:    immutable.NewMap[int, []int](nil),
		}
	}
	all := l.entries
	for s.some && h.Number > all.Len()+1 {
		all = all.Append(nil)
	}
	switch {
	case h.Number != all.Len()+1:
		return s, fmt.Errorf("%w: entry %d of %s follows entry %d", ErrUnlawful, h.Number, h.Entity(), l.entries.Len())
	case !fact.Balanced(e.Posted()):
		return s, fmt.Errorf("%w: entry %d of %s does not come to nothing", ErrUnlawful, h.Number, h.Entity())
	}
	next := *l
	next.entries = all.Append(&Entry{e, at})
	along := brought(l.meant(e))
	for _, p := range e.Posted() {
		account, err := l.at(p.Account).with(p.Amount, h.Number, along)
		if err != nil {
			return s, fmt.Errorf("%w: entry %d of %s: %w", ErrUnlawful, h.Number, h.Entity(), err)
		}
		next.accounts = next.accounts.Set(p.Account, account)
		l = &next // where an entry names an account twice
	}
	for _, whose := range e.Entities() {
		if Payee(whose) {
			all, there := next.about.Get(whose)
			if !there {
				all = immutable.NewList[int]()
			}
			next.about = next.about.Set(whose, all.Append(h.Number))
		}
	}
	for _, earlier := range answered(e) {
		all, _ := next.later.Get(earlier)
		next.later = next.later.Set(earlier, append(slices.Clip(all), h.Number))
	}
	if _, ends := e.(fact.YearClosed); ends {
		next.Closed = true
	}
	if s.ledgers == nil {
		s.ledgers = immutable.NewSortedMap[events.Entity, *Ledger](byName{})
	}
	s.ledgers = s.ledgers.Set(next.Entity(), &next)
	return s.between(e), nil
}

// answered are the earlier entries that e is about.
func answered(e fact.Event) (all []int) {
	if n := e.Answers(); n != 0 {
		all = append(all, n)
	}
	if undone, is := e.(fact.Reversed); is && undone.Request != 0 {
		all = append(all, undone.Request)
	}
	return all
}

func (l *Ledger) at(a fact.Account) *Account {
	if there, ok := l.accounts.Get(a); ok {
		return there
	}
	return &Account{Account: a, entries: immutable.NewList[int]()}
}

var errBeyond = errors.New("an account is beyond what an amount can hold")

// with is the account after a posting of an entry, which only brings money along
// or does not.
func (a *Account) with(amount events.GBP, number int, along bool) (*Account, error) {
	next := *a
	var ok bool
	if amount > 0 {
		next.In, ok = fact.Sum(a.In, amount)
	} else {
		next.Out, ok = fact.Sum(a.Out, -amount)
	}
	if !ok {
		return nil, errBeyond
	}
	next.entries = a.entries.Append(number)
	if along {
		next.Brought += amount // no more than In and Out, which fit
		next.brought = append(slices.Clip(a.brought), number)
	}
	return &next, nil
}

// Ledger is a ledger, or nil where nothing is entered in it.
func (s State) Ledger(of fact.Ledger) *Ledger {
	if s.ledgers == nil {
		return nil
	}
	l, _ := s.ledgers.Get(of.Entity())
	return l
}

// Ledgers is every ledger, by name.
func (s State) Ledgers() (all []*Ledger) {
	if s.ledgers == nil {
		return nil
	}
	for itr := s.ledgers.Iterator(); !itr.Done(); {
		_, l, _ := itr.Next()
		all = append(all, l)
	}
	return all
}

// Entry is an entry by its number, or nil.
func (l *Ledger) Entry(number int) *Entry {
	if number < 1 || number > l.entries.Len() {
		return nil
	}
	return l.entries.Get(number - 1)
}

// About are the numbers of the entries about a network or a practice, in order.
func (l *Ledger) About(holder events.Entity) (all []int) {
	if list, there := l.about.Get(holder); there {
		for itr := list.Iterator(); !itr.Done(); {
			_, n := itr.Next()
			all = append(all, n)
		}
	}
	return all
}

// Later are the numbers of the entries that answer an entry or undo it, in order.
func (l *Ledger) Later(number int) []int {
	all, _ := l.later.Get(number)
	return all
}

// Len is how many entries there are.
func (l *Ledger) Len() int { return l.entries.Len() }

// Accounts is every account of a holder, or of everybody where none is named, in
// the order of holder, stream, purpose and stage.
func (l *Ledger) Accounts(holder events.Entity) (all []*Account) {
	itr := l.accounts.Iterator()
	if holder != "" {
		itr.Seek(fact.Account{Holder: holder})
	}
	for !itr.Done() {
		_, a, _ := itr.Next()
		if holder != "" && a.Holder != holder {
			break
		}
		all = append(all, a)
	}
	return all
}

// Account is an account, empty where nothing has ever gone through it.
func (l *Ledger) Account(a fact.Account) *Account { return l.at(a) }

// Entries are the entries that made an account what it is. What they put in and
// take out adds up to its balance.
func (l *Ledger) Entries(a *Account) (all []*Entry) {
	for itr := a.entries.Iterator(); !itr.Done(); {
		_, number := itr.Next()
		all = append(all, l.Entry(number))
	}
	return all
}

// Along are those of them that only brought money along, from another year or a
// merged network, or let it go along to one.
func (l *Ledger) Along(a *Account) (all []*Entry) {
	for _, number := range a.brought {
		all = append(all, l.Entry(number))
	}
	return all
}

// Own are the others.
func (l *Ledger) Own(a *Account) []*Entry {
	return slices.DeleteFunc(l.Entries(a), func(e *Entry) bool { return slices.Contains(a.brought, e.Heading().Number) })
}

// Total is a stage, stream and purpose over all holders of a ledger.
type Total struct {
	Stage   fact.Stage
	Stream  fact.Stream
	Purpose fact.Purpose
	Balance events.GBP
}

// Totals are the balances of a ledger without saying whose: what another system
// may see.
func (l *Ledger) Totals() (all []Total) {
	at := map[fact.Account]int{}
	for _, a := range l.Accounts("") {
		whose := a.Account
		whose.Holder = ""
		i, there := at[whose]
		if !there {
			i = len(all)
			at[whose] = i
			all = append(all, Total{Stage: a.Stage, Stream: a.Stream, Purpose: a.Purpose})
		}
		all[i].Balance += a.Balance()
	}
	return all
}

// Sent is what one ledger has put on its way into another.
func (s State) Sent(from, to fact.Ledger) (all []fact.CarriedForward) {
	l := s.Ledger(from)
	if l == nil {
		return nil
	}
	for itr := l.entries.Iterator(); !itr.Done(); {
		_, e := itr.Next()
		if e == nil {
			continue
		}
		if sent, is := e.Event.(fact.CarriedForward); is && sent.To == to {
			all = append(all, sent)
		}
	}
	return all
}

// InTransit is an entry that has sent money into a ledger where it has not
// arrived.
type InTransit struct {
	From, To fact.Ledger
	Entry    int // its number in From
}

// InTransit is what has been sent and has not arrived, in the order sent; nothing
// when all is done.
func (s State) InTransit() (all []InTransit) {
	if s.sent == nil {
		return nil
	}
	for itr := s.sent.Iterator(); !itr.Done(); {
		_, sent := itr.Next()
		if _, arrived := s.arrived.Get(sent); !arrived {
			all = append(all, sent)
		}
	}
	return all
}

// between is s with what e sends or lets arrive.
func (s State) between(e fact.Event) State {
	if s.sent == nil {
		s.sent, s.arrived = immutable.NewList[InTransit](), immutable.NewSortedMap[InTransit, bool](byTransit{})
	}
	if out, is := e.(fact.CarriedForward); is {
		s.sent = s.sent.Append(InTransit{out.Ledger, out.To, out.Number})
	}
	if in, is := e.(fact.CarriedIn); is {
		s.arrived = s.arrived.Set(InTransit{in.From, in.Ledger, in.Entry}, true)
	}
	return s
}
