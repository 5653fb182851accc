// Package staffing is who works for networks, as the book tells it: posts with
// those who are or were in them, what networks had before the scheme for
// additional roles began, and what they have returned nationally. It is a pure
// fold, and answers what follows from it.
package staffing

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/benbjohnson/immutable"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/staffing"
)

// Version changes when the shape of State or the meaning of the fold does.
const Version = 1

// ErrUnlawful means that a fact is about a post that is not there: what posts
// there are from there on is not known.
var ErrUnlawful = errors.New("a post that does not follow")

// State is the staffing of every network. It is a value: its map is persistent.
// The zero State has none.
type State struct {
	all *immutable.SortedMap[events.PCN, *Staff]
}

// Place is where a fact lies in the book.
type Place struct {
	ID      events.ID      `json:"id"`
	Ordinal events.Ordinal `json:"ordinal"`
	Time    time.Time      `json:"time"`
}

// Entry is a fact with its place in the book.
type Entry[E fact.Event] struct {
	Is E
	Place
}

// Staff is a network's. It is never changed once it is in a State; nil is that of
// a network of which nothing is said.
type Staff struct {
	Network  events.PCN
	entries  []Entry[fact.Event] // as they came
	posts    []*Post             // by number
	baseline []Entry[fact.BaselineStated]
	returns  []Entry[fact.StaffReturned]
	director []Entry[fact.DirectorTimeReported]
}

// Evolve returns s as it stands after e. Its error wraps [ErrUnlawful], and then
// s is as it was.
func Evolve(s State, e fact.Event, at Place) (State, error) {
	if s.all == nil {
		s.all = immutable.NewSortedMap[events.PCN, *Staff](nil)
	}
	was, _ := s.all.Get(e.Of())
	next, err := was.With(e, at)
	if err != nil {
		return s, err
	}
	s.all = s.all.Set(e.Of(), next)
	return s, nil
}

// Of is a network's staff; nil where nothing is said of it.
func (s State) Of(network events.PCN) *Staff {
	if s.all == nil {
		return nil
	}
	n, _ := s.all.Get(network)
	return n
}

// With is the staff after a fact, which is its network's. Its error wraps
// [ErrUnlawful].
func (s *Staff) With(e fact.Event, at Place) (*Staff, error) {
	next := &Staff{Network: e.Of()}
	if s != nil {
		*next = *s
	}
	next.entries = append(slices.Clip(next.entries), Entry[fact.Event]{e, at})
	switch e := e.(type) {
	case fact.BaselineStated:
		next.baseline = said(next.baseline, Entry[fact.BaselineStated]{e, at}, func(b fact.BaselineStated) string { return string(b.Role) })
	case fact.StaffReturned:
		next.returns = said(next.returns, Entry[fact.StaffReturned]{e, at}, func(r fact.StaffReturned) string { return string(r.Month) })
	case fact.DirectorTimeReported:
		next.director = said(next.director, Entry[fact.DirectorTimeReported]{e, at}, func(d fact.DirectorTimeReported) string { return string(d.Month) })
	case fact.PostPlanned:
		if e.Post != len(next.posts)+1 {
			return nil, fmt.Errorf("%w: %s has %d, and this is %d", ErrUnlawful, fact.Entity(e.Network), len(next.posts), e.Post)
		}
		next.posts = append(slices.Clip(next.posts), &Post{Network: e.Network, Number: e.Post, planned: Entry[fact.PostPlanned]{e, at}, entries: []Entry[fact.Event]{{e, at}}})
	case fact.PostChanged:
		return next.change(e.Post, e, at, func(p *Post) { p.changes = append(slices.Clip(p.changes), e) })
	case fact.PostAdvanced:
		return next.change(e.Post, e, at, func(p *Post) { p.steps = append(slices.Clip(p.steps), step{e.On, e.To}) })
	case fact.PostFilled:
		return next.change(e.Post, e, at, func(p *Post) {
			p.holders = append(slices.Clip(p.holders), Holder{PostFilled: e})
		})
	case fact.PostVacated:
		return next.change(e.Post, e, at, func(p *Post) {
			if n := len(p.holders); n > 0 {
				p.holders = slices.Clone(p.holders)
				p.holders[n-1].Left = &e
			}
		})
	case fact.PostWithdrawn:
		return next.change(e.Post, e, at, func(p *Post) { p.withdrawn = &e })
	}
	return next, nil
}

// said is all with one more, in place of what was said of the same before, in
// their order.
func said[E fact.Event](all []Entry[E], one Entry[E], of func(E) string) []Entry[E] {
	at, there := slices.BinarySearchFunc(all, of(one.Is), func(e Entry[E], key string) int { return cmp.Compare(of(e.Is), key) })
	all = slices.Clone(all)
	if there {
		all[at] = one
		return all
	}
	return slices.Insert(all, at, one)
}

// change changes a post; s is not in a State yet.
func (s *Staff) change(number int, e fact.Event, at Place, change func(*Post)) (*Staff, error) {
	was := s.Post(number)
	if was == nil {
		return nil, fmt.Errorf("%w: %s of %s, number %d", ErrUnlawful, e.EventType(), fact.Entity(s.Network), number)
	}
	next := *was
	next.entries = append(slices.Clip(was.entries), Entry[fact.Event]{e, at})
	change(&next)
	s.posts = slices.Clone(s.posts)
	s.posts[number-1] = &next
	return s, nil
}

// Posts are all there ever were, by number.
func (s *Staff) Posts() []*Post {
	if s == nil {
		return nil
	}
	return s.posts
}

// Post is one of them, or nil.
func (s *Staff) Post(number int) *Post {
	if s == nil || number < 1 || number > len(s.posts) {
		return nil
	}
	return s.posts[number-1]
}

// Baseline is what is said of each role on [fact.BaselineDay], by role.
func (s *Staff) Baseline() []Entry[fact.BaselineStated] {
	if s == nil {
		return nil
	}
	return s.baseline
}

// BaselineOf is what is said of a role, or nil.
func (s *Staff) BaselineOf(role contract.Key) *Entry[fact.BaselineStated] {
	for _, b := range s.Baseline() {
		if b.Is.Role == role {
			return &b
		}
	}
	return nil
}

// Returned is what was returned for a month, or nil.
func (s *Staff) Returned(month events.Month) *Entry[fact.StaffReturned] {
	if s == nil {
		return nil
	}
	for i := range s.returns {
		if s.returns[i].Is.Month == month {
			return &s.returns[i]
		}
	}
	return nil
}

// DirectorTime is what is reported of the clinical director's time, by month.
func (s *Staff) DirectorTime() []Entry[fact.DirectorTimeReported] {
	if s == nil {
		return nil
	}
	return s.director
}

// Networks are those of which something is said, by code.
func (s State) Networks(yield func(*Staff) bool) {
	if s.all == nil {
		return
	}
	for itr := s.all.Iterator(); !itr.Done(); {
		if _, n, _ := itr.Next(); !yield(n) {
			return
		}
	}
}

type frozen struct {
	Type string          `json:"type"`
	Data json.RawMessage `json:"data"`
	Place
}

// Freeze writes s; Thaw reads it.
func Freeze(s State) ([]byte, error) {
	all := []frozen{}
	for n := range s.Networks {
		for _, e := range n.entries {
			data, err := json.Marshal(e.Is)
			if err != nil {
				return nil, err
			}
			all = append(all, frozen{e.Is.EventType(), data, e.Place})
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
	}
	return s, nil
}
