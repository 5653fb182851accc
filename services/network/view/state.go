// Package view is the registry as the book tells it: systems, places, networks,
// practices, and which practice is in which network on a day. It is a pure
// fold, which the gateway shows and the network service decides by.
package view

import (
	"encoding/json"
	"slices"

	"github.com/benbjohnson/immutable"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
)

// Version changes when the shape of State or the meaning of the fold does.
const Version = 1

// State is the registry. It is a value: its maps are persistent, so evolving a
// copy costs little and leaves the original as it was. The zero State is empty.
type State struct {
	systems   table[events.ICB, system]
	networks  table[events.PCN, network]
	practices table[events.Practice, practice]
}

type system struct {
	Code      events.ICB        `json:"code"`
	Name      string            `json:"name"`
	Region    events.Region     `json:"region,omitempty"`
	Places    []place           `json:"places,omitempty"`    // by code; never changed in place
	Networks  []events.PCN      `json:"networks,omitempty"`  // by code; never changed in place
	Practices []events.Practice `json:"practices,omitempty"` // by code; never changed in place
}

type place struct {
	Code fact.Place `json:"code"`
	Name string     `json:"name"`
}

type network struct {
	Code    events.PCN        `json:"code"`
	Name    string            `json:"name"`
	System  events.ICB        `json:"system"`
	Place   fact.Place        `json:"place,omitempty"`
	Members []events.Practice `json:"members,omitempty"` // whoever ever was one, by code; never changed in place
}

type practice struct {
	Code        events.Practice `json:"code"`
	Name        string          `json:"name"`
	System      events.ICB      `json:"system"`
	Memberships []membership    `json:"memberships,omitempty"` // in the order recorded; never changed in place
}

type membership struct {
	Network events.PCN `json:"network"`
	events.Period
}

// Evolve returns s as it stands after e.
func Evolve(s State, e fact.Event) State {
	switch e := e.(type) {
	case fact.SystemRegistered:
		s.systems = s.systems.with(e.System, func(r *system) { r.Code, r.Name, r.Region = e.System, e.Name, e.Region })
	case fact.SystemRenamed:
		s.systems = s.systems.with(e.System, func(r *system) { r.Name = e.Name })
	case fact.PlaceRegistered:
		s.systems = s.systems.with(e.System, func(r *system) { r.Places = placed(r.Places, place{e.Place, e.Name}) })
	case fact.PlaceRenamed:
		s.systems = s.systems.with(e.System, func(r *system) { r.Places = placed(r.Places, place{e.Place, e.Name}) })
	case fact.NetworkRegistered:
		s.networks = s.networks.with(e.Network, func(r *network) {
			r.Code, r.Name, r.System, r.Place = e.Network, e.Name, e.System, e.Place
		})
		s.systems = s.systems.with(e.System, func(r *system) { r.Networks = inserted(r.Networks, e.Network) })
	case fact.NetworkRenamed:
		s.networks = s.networks.with(e.Network, func(r *network) { r.Name = e.Name })
	case fact.PracticeRegistered:
		s.practices = s.practices.with(e.Practice, func(r *practice) { r.Code, r.Name, r.System = e.Practice, e.Name, e.System })
		s.systems = s.systems.with(e.System, func(r *system) { r.Practices = inserted(r.Practices, e.Practice) })
	case fact.PracticeRenamed:
		s.practices = s.practices.with(e.Practice, func(r *practice) { r.Name = e.Name })
	case fact.Joined:
		s.practices = s.practices.with(e.Practice, func(r *practice) {
			r.Memberships = append(slices.Clip(r.Memberships), membership{e.Network, e.Period})
		})
		s.networks = s.networks.with(e.Network, func(r *network) { r.Members = inserted(r.Members, e.Practice) })
	case fact.Left:
		s.practices = s.practices.with(e.Practice, func(r *practice) { r.Memberships = ended(r.Memberships, e) })
	}
	return s
}

// inserted is sorted with one more code in its place, as a new slice.
func inserted[T ~string](sorted []T, code T) []T {
	i, found := slices.BinarySearch(sorted, code)
	if found {
		return sorted
	}
	return slices.Insert(slices.Clone(sorted), i, code)
}

func placed(places []place, p place) []place {
	places = slices.Clone(places)
	i, found := slices.BinarySearchFunc(places, p.Code, func(q place, code fact.Place) int {
		return compare(q.Code, code)
	})
	if found {
		places[i] = p
		return places
	}
	return slices.Insert(places, i, p)
}

func ended(ms []membership, e fact.Left) []membership {
	ms = slices.Clone(ms)
	for i := range ms {
		if ms[i].Network == e.Network && ms[i].To.IsZero() {
			ms[i].To = e.LastDay
			break
		}
	}
	return ms
}

// HasSystem reports whether the book knows a system.
func (s State) HasSystem(code events.ICB) bool { return s.systems.get(code) != nil }

// HasNetwork reports whether the book knows a network.
func (s State) HasNetwork(code events.PCN) bool { return s.networks.get(code) != nil }

// HasPlace reports whether a system has a place.
func (s State) HasPlace(in events.ICB, code fact.Place) bool {
	r := s.systems.get(in)
	return r != nil && slices.ContainsFunc(r.Places, func(p place) bool { return p.Code == code })
}

// Above returns an organisation and those it belongs to; none for one that is
// not in the book. A practice belongs to its system; the network it is in
// depends on the day, so a right held through that is for a decision to judge.
func (s State) Above(e events.Entity) []events.Entity {
	kind, code := split(e)
	switch kind {
	case "system":
		if s.HasSystem(events.ICB(code)) {
			return []events.Entity{e}
		}
	case "network":
		if r := s.networks.get(events.PCN(code)); r != nil {
			return []events.Entity{e, r.System.Entity()}
		}
	case "practice":
		if r := s.practices.get(events.Practice(code)); r != nil {
			return []events.Entity{e, r.System.Entity()}
		}
	case "place":
		for itr := s.systems.iterate(); !itr.Done(); {
			_, r, _ := itr.Next()
			for _, p := range r.Places {
				if p.Code.Entity(r.Code) == e {
					return []events.Entity{e, r.Code.Entity()}
				}
			}
		}
	}
	return nil
}

// table is a persistent sorted map of rows. A row is never changed once it is
// in the table.
type table[K ~string, R any] struct{ rows *immutable.SortedMap[K, *R] }

func (t table[K, R]) get(k K) *R {
	if t.rows == nil {
		return nil
	}
	r, _ := t.rows.Get(k)
	return r
}

func (t table[K, R]) with(k K, change func(*R)) table[K, R] {
	if t.rows == nil {
		t.rows = immutable.NewSortedMap[K, *R](byCode[K]{})
	}
	var r R
	if old, ok := t.rows.Get(k); ok {
		r = *old
	}
	change(&r)
	return table[K, R]{t.rows.Set(k, &r)}
}

func (t table[K, R]) len() int {
	if t.rows == nil {
		return 0
	}
	return t.rows.Len()
}

func (t table[K, R]) iterate() *immutable.SortedMapIterator[K, *R] {
	if t.rows == nil {
		return immutable.NewSortedMap[K, *R](byCode[K]{}).Iterator()
	}
	return t.rows.Iterator()
}

type byCode[K ~string] struct{}

func (byCode[K]) Compare(a, b K) int { return compare(a, b) }

type frozen struct {
	Systems   []*system   `json:"systems"`
	Networks  []*network  `json:"networks"`
	Practices []*practice `json:"practices"`
}

// Freeze writes s; Thaw reads it.
func Freeze(s State) ([]byte, error) {
	return json.Marshal(frozen{rows(s.systems), rows(s.networks), rows(s.practices)})
}

// Thaw reads what Freeze of the same Version wrote.
func Thaw(b []byte) (s State, err error) {
	var f frozen
	if err := json.Unmarshal(b, &f); err != nil {
		return s, err
	}
	s.systems = tableOf(f.Systems, func(r *system) events.ICB { return r.Code })
	s.networks = tableOf(f.Networks, func(r *network) events.PCN { return r.Code })
	s.practices = tableOf(f.Practices, func(r *practice) events.Practice { return r.Code })
	return s, nil
}

func rows[K ~string, R any](t table[K, R]) (all []*R) {
	for itr := t.iterate(); !itr.Done(); {
		_, r, _ := itr.Next()
		all = append(all, r)
	}
	return all
}

func tableOf[K ~string, R any](all []*R, key func(*R) K) table[K, R] {
	b := immutable.NewSortedMapBuilder[K, *R](byCode[K]{})
	for _, r := range all {
		b.Set(key(r), r)
	}
	return table[K, R]{b.Map()}
}
