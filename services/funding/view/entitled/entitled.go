// Package entitled is what networks and their practices are entitled to, as the
// book tells it: what was computed last, and what before, with what has changed
// in between. It is a pure fold.
package entitled

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/benbjohnson/immutable"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/entitlement"
	"github.com/ics-openbook/openbook/services/funding/view"
)

// Version changes when the shape of State or the meaning of the fold does.
const Version = 2

// State is every entitlement. It is a value: its maps are persistent. The zero
// State has none.
type State struct {
	all       *immutable.SortedMap[fact.Subject, *Entitlement]
	practices *immutable.SortedMap[practiceYear, fact.Subject] // in whose entitlement a practice's is
}

type practiceYear struct {
	practice events.Practice
	year     events.Year
}

// Entitlement is a network's of a year. It is never changed once it is in a
// State.
type Entitlement struct {
	fact.Subject
	history []Entry // the oldest first; never changed in place
}

// Entry is a fact with its place in the book.
type Entry struct {
	fact.Event
	view.Place
}

// Evolve returns s as it stands after e.
func Evolve(s State, e fact.Event, at view.Place) (State, error) {
	if s.all == nil {
		s = State{immutable.NewSortedMap[fact.Subject, *Entitlement](bySubject{}), immutable.NewSortedMap[practiceYear, fact.Subject](byPractice{})}
	}
	next := &Entitlement{Subject: e.Of()}
	if was, there := s.all.Get(e.Of()); there {
		next.history = was.history
	}
	next.history = append(next.history[:len(next.history):len(next.history)], Entry{e, at})
	s.all = s.all.Set(e.Of(), next)
	if c, is := e.(fact.Computed); is {
		for _, l := range c.Lines {
			s = s.within(l.Practice, c.Subject)
		}
		for _, o := range c.Owed {
			s = s.within(o.Practice, c.Subject)
		}
	}
	return s, nil
}

// within is s with the entitlement that a practice's own is in.
func (s State) within(practice events.Practice, in fact.Subject) State {
	if practice != "" {
		s.practices = s.practices.Set(practiceYear{practice, in.Year}, in)
	}
	return s
}

// Of is a network's entitlement of a year, or nil where nothing is computed.
func (s State) Of(network events.PCN, year events.Year) *Entitlement {
	if s.all == nil {
		return nil
	}
	e, _ := s.all.Get(fact.Subject{Network: network, Year: year})
	return e
}

// OfPractice is the entitlement that a practice's own is in, or nil.
func (s State) OfPractice(practice events.Practice, year events.Year) *Entitlement {
	if s.practices == nil {
		return nil
	}
	in, there := s.practices.Get(practiceYear{practice, year})
	if !there {
		return nil
	}
	return s.Of(in.Network, year)
}

// In is every entitlement of a year, by network.
func (s State) In(year events.Year) (all []*Entitlement) {
	if s.all == nil {
		return nil
	}
	for itr := s.all.Iterator(); !itr.Done(); {
		_, e, _ := itr.Next()
		if e.Year == year {
			all = append(all, e)
		}
	}
	return all
}

// History is every fact of the entitlement, the oldest first.
func (e *Entitlement) History() []Entry { return e.history }

// Last is what was computed last, with its place in the book; nil where nothing
// was.
func (e *Entitlement) Last() (*fact.Computed, view.Place) {
	for i := len(e.history) - 1; i >= 0; i-- {
		if c, is := e.history[i].Event.(fact.Computed); is {
			return &c, e.history[i].Place
		}
	}
	return nil, view.Place{}
}

// Change is what one computation has changed of the one before.
type Change struct {
	Entry
	Lines []Difference // those that have changed, in the order of the later one
}

// Time is when it was recorded.
func (c Change) Time() time.Time { return c.Place.Time }

// ID is the fact's.
func (c Change) ID() events.ID { return c.Place.ID }

// Difference is how a line differs from what it was.
type Difference struct {
	Stream, Line contract.Key
	Whose        events.Practice // none where it is the network's
	Was, Is      *events.GBP     // nil where it was, or is, not known
}

// Practice is whose line it is, or nil where it is the network's.
func (d Difference) Practice() *events.Practice {
	if d.Whose == "" {
		return nil
	}
	return &d.Whose
}

// Difference is by how much it is more; nil where one of the two is not known.
func (d Difference) Difference() *events.GBP {
	if d.Was == nil || d.Is == nil {
		return nil
	}
	by := *d.Is - *d.Was
	return &by
}

// Changes are the computations, the oldest first, each with what it changed.
func (e *Entitlement) Changes() (all []Change) {
	var before fact.Computed
	for _, h := range e.history {
		c, is := h.Event.(fact.Computed)
		if !is {
			continue
		}
		all = append(all, Change{h, differences(before, c)})
		before = c
	}
	return all
}

func differences(before, after fact.Computed) (all []Difference) {
	find := func(in fact.Computed, like fact.Line) *events.GBP {
		for _, l := range in.Lines {
			if l.Key == like.Key && l.Practice == like.Practice {
				amount := l.Amount()
				return &amount
			}
		}
		return nil
	}
	for _, l := range after.Lines {
		is, was := find(after, l), find(before, l)
		if was == nil || *was != *is {
			all = append(all, Difference{l.Stream, l.Key, l.Practice, was, is})
		}
	}
	for _, l := range before.Lines {
		if find(after, l) == nil {
			all = append(all, Difference{l.Stream, l.Key, l.Practice, find(before, l), nil})
		}
	}
	return all
}

type bySubject struct{}

func (bySubject) Compare(a, b fact.Subject) int {
	return cmp.Or(cmp.Compare(a.Year, b.Year), cmp.Compare(a.Network, b.Network))
}

type byPractice struct{}

func (byPractice) Compare(a, b practiceYear) int {
	return cmp.Or(cmp.Compare(a.year, b.year), cmp.Compare(a.practice, b.practice))
}

type frozen struct {
	Type string          `json:"type"`
	Data json.RawMessage `json:"data"`
	view.Place
}

// Freeze writes s; Thaw reads it.
func Freeze(s State) ([]byte, error) {
	all := []frozen{}
	if s.all != nil {
		for itr := s.all.Iterator(); !itr.Done(); {
			_, e, _ := itr.Next()
			for _, h := range e.history {
				data, err := json.Marshal(h.Event)
				if err != nil {
					return nil, err
				}
				all = append(all, frozen{h.EventType(), data, h.Place})
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
	// As they were recorded: a practice is in the entitlement computed last.
	slices.SortStableFunc(all, func(a, b frozen) int { return cmp.Compare(a.Ordinal, b.Ordinal) })
	for _, f := range all {
		e, err := fact.Family.Decode(events.Recorded{Envelope: events.Envelope{ID: f.ID, Type: f.Type}, Data: f.Data})
		if err != nil {
			return State{}, err
		}
		if s, err = Evolve(s, e, f.Place); err != nil {
			return State{}, err
		}
	}
	return s, nil
}
