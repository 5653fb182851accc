// Package policies is what systems have undertaken, from which day on. It is a
// pure fold.
package policies

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/benbjohnson/immutable"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/policy"
	"github.com/ics-openbook/openbook/services/funding/view"
)

// Version changes when the shape of State or the meaning of the fold does.
const Version = 1

// State is the policies of every system. It is a value; the zero State has none.
type State struct {
	systems *immutable.SortedMap[events.ICB, []Stated] // never changed in place
}

// Stated is a policy that a system has stated.
type Stated struct {
	fact.Set
	Place view.Place `json:"place"`
}

// Policy is what holds for a system on a day: what it has stated, or the
// product's default.
type Policy struct {
	fact.Days
	Stated *Stated // nil where it is the default
}

// Evolve returns s as it stands after e.
func Evolve(s State, e fact.Event, at view.Place) (State, error) {
	switch e := e.(type) {
	case fact.Set:
		if s.systems == nil {
			s.systems = immutable.NewSortedMap[events.ICB, []Stated](bySystem{})
		}
		s.systems = s.systems.Set(e.System, append(slices.Clip(s.Of(e.System)), Stated{e, at}))
	}
	return s, nil
}

// Of is every policy that a system has stated, in the order it did.
func (s State) Of(system events.ICB) []Stated {
	if s.systems == nil {
		return nil
	}
	all, _ := s.systems.Get(system)
	return all
}

// On is what holds for a system on a day. Of those stated for the day or before
// it, the one that begins last holds, and of those that begin on one day the
// one stated last.
func (s State) On(system events.ICB, day events.Date) Policy {
	var holds *Stated
	all := s.Of(system)
	for i := range all {
		if p := &all[i]; !day.Before(p.From) && (holds == nil || !p.From.Before(holds.From)) {
			holds = p
		}
	}
	if holds == nil {
		return Policy{Days: fact.Default}
	}
	return Policy{holds.Days, holds}
}

type bySystem struct{}

func (bySystem) Compare(a, b events.ICB) int { return cmp.Compare(a, b) }

// Freeze writes s; Thaw reads it.
func Freeze(s State) ([]byte, error) {
	all := []Stated{}
	if s.systems != nil {
		for itr := s.systems.Iterator(); !itr.Done(); {
			_, stated, _ := itr.Next()
			all = append(all, stated...)
		}
	}
	return json.Marshal(all)
}

// Thaw reads what Freeze of the same Version wrote.
func Thaw(b []byte) (s State, err error) {
	var all []Stated
	if err := json.Unmarshal(b, &all); err != nil {
		return s, err
	}
	for _, p := range all {
		if s, err = Evolve(s, p.Set, p.Place); err != nil {
			return s, err
		}
	}
	return s, nil
}
