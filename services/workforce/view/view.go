// Package view is what networks have claimed for their workforces, as the book
// tells it: each claim with what became of it. It is a pure fold.
package view

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/benbjohnson/immutable"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/workforce"
)

// Version changes when the shape of State or the meaning of the fold does.
const Version = 1

// ErrUnlawful means that a fact is about a claim that is not there, or that has
// been judged: what is claimed from there on is not known.
var ErrUnlawful = errors.New("a claim that does not follow")

// State is every claim. It is a value: its maps are persistent. The zero State
// has none.
type State struct {
	all      *immutable.SortedMap[fact.Workforce, *Workforce]
	approved *immutable.SortedMap[events.ID, Ref] // by the fact that approved them
	unpaid   *immutable.SortedMap[events.ID, Ref] // of those, what no ledger has paid
}

// Ref names a claim.
type Ref struct {
	fact.Workforce
	Number int
}

// Workforce is a network's claims of a year, by number. It is never changed once
// it is in a State.
type Workforce struct {
	fact.Workforce
	claims []*Claim // by number; neither is changed in place
}

// Claim is one of them.
type Claim struct {
	Ref
	history []Entry // the first says what is claimed
	paid    *Payment

	claimed events.GBP // what its lines come to, of which lacking are not known
	lacking int
	roles   []Role // what it has of each; an adjustment has nobody anew
}

// Entry is a fact with its place in the book.
type Entry struct {
	Fact fact.Event
	Place
}

// Place is where a fact lies in the book.
type Place struct {
	ID      events.ID      `json:"id"`
	Ordinal events.Ordinal `json:"ordinal"`
	Time    time.Time      `json:"time"`
}

// Payment is the entry of a ledger that has paid a claim.
type Payment struct {
	Ledger events.Entity `json:"ledger"`
	Number int           `json:"number"`
	Place
	Reversed bool `json:"reversed,omitempty"` // by a later entry
}

// Evolve returns s as it stands after e. Its error wraps [ErrUnlawful], and then
// s is as it was.
func Evolve(s State, e fact.Event, at Place) (State, error) {
	if s.all == nil {
		none := immutable.NewSortedMap[events.ID, Ref](byID{})
		s = State{immutable.NewSortedMap[fact.Workforce, *Workforce](byYear{}), none, none}
	}
	next := &Workforce{Workforce: e.Of()}
	if was, there := s.all.Get(e.Of()); there {
		next.claims = was.claims
	}
	switch e := e.(type) {
	case fact.ClaimSubmitted, fact.AdjustmentSubmitted:
		if e.About() != len(next.claims)+1 {
			return s, fmt.Errorf("%w: %s has %d, and this is %d", ErrUnlawful, e.Of().Entity(), len(next.claims), e.About())
		}
		c := &Claim{Ref: Ref{e.Of(), e.About()}, history: []Entry{{e, at}}}
		c.count()
		next.claims = append(slices.Clip(next.claims), c)
	case fact.ClaimApproved, fact.ClaimRejected, fact.ClaimWithdrawn:
		c := next.Claim(e.About())
		if c == nil || len(c.history) != 1 {
			return s, fmt.Errorf("%w: %s of %s, number %d", ErrUnlawful, e.EventType(), e.Of().Entity(), e.About())
		}
		next.claims = slices.Clone(next.claims)
		judged := *c
		judged.history = append(slices.Clip(c.history), Entry{e, at})
		next.claims[e.About()-1] = &judged
		if a, approves := e.(fact.ClaimApproved); approves && a.Amount > 0 {
			s.approved, s.unpaid = s.approved.Set(at.ID, c.Ref), s.unpaid.Set(at.ID, c.Ref)
		}
	}
	s.all = s.all.Set(e.Of(), next)
	return s, nil
}

// WithPayment returns s with a claim paid by an entry of a ledger; approval is the fact
// that had it paid. Of what was approved nowhere here, nothing follows.
func WithPayment(s State, approval events.ID, by Payment) State {
	if s.unpaid == nil {
		return s
	}
	ref, there := s.unpaid.Get(approval)
	if !there {
		return s
	}
	return State{s.paid(ref, &by), s.approved, s.unpaid.Delete(approval)}
}

// paid is every workforce, with the payment of a claim.
func (s State) paid(ref Ref, by *Payment) *immutable.SortedMap[fact.Workforce, *Workforce] {
	was, _ := s.all.Get(ref.Workforce)
	next := &Workforce{ref.Workforce, slices.Clone(was.claims)}
	c := *next.claims[ref.Number-1]
	c.paid = by
	next.claims[ref.Number-1] = &c
	return s.all.Set(ref.Workforce, next)
}

// WithReversal returns s where the entry has been reversed that paid what a fact
// approved: it is not paid any more, and is not paid again by itself.
func WithReversal(s State, approval events.ID) State {
	if s.approved == nil {
		return s
	}
	ref, there := s.approved.Get(approval)
	if !there {
		return s
	}
	w, _ := s.all.Get(ref.Workforce)
	was := w.Claim(ref.Number).paid
	if was == nil {
		return s
	}
	by := *was
	by.Reversed = true
	s.all = s.paid(ref, &by)
	return s
}

// Of is a network's workforce of a year, or nil where nothing was claimed.
func (s State) Of(network events.PCN, year events.Year) *Workforce {
	if s.all == nil {
		return nil
	}
	w, _ := s.all.Get(fact.Workforce{Network: network, Year: year})
	return w
}

// Unpaid are the claims that are approved and paid by no entry yet, the oldest
// approval first.
func (s State) Unpaid() (all []*Claim) {
	if s.unpaid == nil {
		return nil
	}
	for itr := s.unpaid.Iterator(); !itr.Done(); {
		_, ref, _ := itr.Next()
		w, _ := s.all.Get(ref.Workforce)
		all = append(all, w.Claim(ref.Number))
	}
	slices.SortFunc(all, func(a, b *Claim) int { return cmp.Compare(a.Judged().Ordinal, b.Judged().Ordinal) })
	return all
}

// Claims are all of the year's, by number.
func (w *Workforce) Claims() []*Claim {
	if w == nil {
		return nil
	}
	return w.claims
}

// Claim is one of them, or nil.
func (w *Workforce) Claim(number int) *Claim {
	if w == nil || number < 1 || number > len(w.claims) {
		return nil
	}
	return w.claims[number-1]
}

type frozen struct {
	Type string          `json:"type"`
	Data json.RawMessage `json:"data"`
	Place
	Paid *Payment `json:"paid,omitempty"` // of the claim that the fact is the last of
}

// Freeze writes s; Thaw reads it.
func Freeze(s State) ([]byte, error) {
	all := []frozen{}
	if s.all != nil {
		for itr := s.all.Iterator(); !itr.Done(); {
			_, w, _ := itr.Next()
			for _, c := range w.claims {
				for i, h := range c.history {
					data, err := json.Marshal(h.Fact)
					if err != nil {
						return nil, err
					}
					f := frozen{Type: h.Fact.EventType(), Data: data, Place: h.Place}
					if i+1 == len(c.history) {
						f.Paid = c.paid
					}
					all = append(all, f)
				}
			}
		}
	}
	return json.Marshal(all)
}

// Thaw reads what Freeze of the same Version wrote.
func Thaw(b []byte) (s State, err error) {
	var all []frozen
	if err := json.Unmarshal(b, &all); err != nil {
		return s, err
	}
	for _, f := range all {
		e, err := fact.Family.Decode(events.Recorded{Envelope: events.Envelope{ID: f.ID, Type: f.Type}, Data: f.Data})
		if err != nil {
			return State{}, err
		}
		if s, err = Evolve(s, e, f.Place); err != nil {
			return State{}, err
		}
		if f.Paid != nil {
			s = WithPayment(s, f.ID, *f.Paid)
		}
	}
	return s, nil
}

type byYear struct{}

func (byYear) Compare(a, b fact.Workforce) int {
	return cmp.Or(cmp.Compare(a.Year, b.Year), cmp.Compare(a.Network, b.Network))
}

type byID struct{}

func (byID) Compare(a, b events.ID) int { return cmp.Compare(a, b) }
