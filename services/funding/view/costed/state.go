// Package costed is what it costs each network to deliver the contract's
// specifications, as it states itself, against the money it has received for that.
// It is a pure fold; the money comes from the ledgers, and is brought together
// with it when it is read.
package costed

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/benbjohnson/immutable"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/costing"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/funding/view"
)

// Version changes when the shape of State or the meaning of the fold does.
const Version = 1

// State is what every network states. It is a value: its map is persistent. The
// zero State is nothing.
type State struct {
	all *immutable.SortedMap[fact.Costing, []entry] // lists are never changed in place
}

// entry is a fact with its place in the book.
type entry struct {
	fact.Event
	view.Place
}

type byNetwork struct{}

func (byNetwork) Compare(a, b fact.Costing) int {
	return cmp.Or(cmp.Compare(a.Network, b.Network), cmp.Compare(a.Year, b.Year))
}

// Evolve returns s as it stands after e.
func Evolve(s State, e fact.Event, at view.Place) (State, error) {
	if s.all == nil {
		s.all = immutable.NewSortedMap[fact.Costing, []entry](byNetwork{})
	}
	return State{s.all.Set(e.Of(), append(slices.Clip(s.of(e.Of())), entry{e, at}))}, nil
}

// of is everything that a network has stated of a year, the oldest first.
func (s State) of(c fact.Costing) []entry {
	if s.all == nil {
		return nil
	}
	all, _ := s.all.Get(c)
	return all
}

// Specifications are those that a year's contract requires, each once, as they
// come; none where the book does not have the contract.
func Specifications(of *terms.Reading, year events.Year) (all []string) {
	c := of.Contract(year)
	if c == nil {
		return nil
	}
	for _, r := range c.Requirements() {
		if !slices.Contains(all, r.Service()) {
			all = append(all, r.Service())
		}
	}
	return all
}

// frozen is an entry as a snapshot keeps it.
type frozen struct {
	Type string          `json:"type"`
	Data json.RawMessage `json:"data"`
	view.Place
}

// Freeze writes s; Thaw reads it.
func Freeze(s State) ([]byte, error) {
	all := []frozen{}
	if s.all == nil {
		return json.Marshal(all)
	}
	for itr := s.all.Iterator(); !itr.Done(); {
		_, entries, _ := itr.Next()
		for _, e := range entries {
			data, err := json.Marshal(e.Event)
			if err != nil {
				return nil, err
			}
			all = append(all, frozen{e.EventType(), data, e.Place})
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
