package ledger

import (
	"github.com/ics-openbook/openbook/api/ask/funding"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

var (
	ErrNotReversible = refuse.New(refuse.Invalid, "NOT_REVERSIBLE",
		"Entry %d moves no money that could be moved back, or is a reversal or the end of a year. Enter what is wanted as an act of its own.")
	ErrInTheWay = refuse.New(refuse.Conflict, "LATER_ENTRIES_IN_THE_WAY",
		"Entry %d cannot be undone while later entries rest on it: %s. Reverse those first.")
)

// Reverse undoes an entry of the system's. What needed a second person's
// approval needs it again.
func Reverse(s State, k Known, a funding.ReverseEntry) ([]fact.Event, error) {
	return s.reverse(k, a.Answer, a.Concerns())
}

// ReverseOwn undoes an entry of a network's or practice's own.
func ReverseOwn(s State, k Known, a funding.ReverseOwnEntry) ([]fact.Event, error) {
	return s.reverse(k, a.Answer, a.Concerns())
}

func (s State) reverse(k Known, a funding.Answer, party events.Entity) ([]fact.Event, error) {
	if err := s.open(a.Books()); err != nil {
		return nil, err
	}
	e := s.at(a.Entry)
	switch {
	case e == nil:
		return nil, ErrEntryUnknown.About("entry", a.System, a.Year, a.Entry)
	case e.Heading().Party != party:
		return nil, ErrNotYours.About("entry", a.Entry, e.Heading().Party)
	case e.reversed != 0, e.undoing != 0:
		return nil, nil
	}
	if err := s.reversible(a.Entry); err != nil {
		return nil, err
	}
	head, back := s.head(k, a.Books(), party, a.On, a.Reason), fact.Negated(e.Posted())
	if is(e.Event, twoPeople) {
		return s.record(fact.ReversalRequested{Request: fact.Request{Head: head, Proposed: back}, Entry: a.Entry})
	}
	return s.record(fact.Reversed{Answer: fact.Answer{Head: head, Entry: a.Entry, Postings: back}})
}

// reversible refuses an entry that cannot be undone as things are.
func (s State) reversible(number int) error {
	e := s.at(number)
	if !is(e.Event, reversible) {
		return ErrNotReversible.About("entry", number)
	}
	if onBehalf(e.Event) && e.settled != 0 {
		return ErrInTheWay.About("entry", number, numbers([]int{e.settled}))
	}
	_, below, err := s.after(fact.Negated(e.Posted()), false)
	if err != nil {
		return err
	}
	if below != nil {
		return ErrInTheWay.About("entry", number, numbers(s.takers(below.Account, number)))
	}
	return nil
}

// takers are the entries after one that have taken money out of an account and
// still stand.
func (s State) takers(a fact.Account, after int) (all []int) {
	for n := after + 1; n <= s.Len(); n++ {
		e := s.at(n)
		if _, reversal := e.Event.(fact.Reversed); reversal || e.reversed != 0 {
			continue
		}
		for _, p := range e.Posted() {
			if p.Account == a && p.Amount < 0 {
				all = append(all, n)
				break
			}
		}
	}
	return all
}
