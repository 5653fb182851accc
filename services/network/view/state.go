// Package view is the registry as the book tells it: systems, places, networks,
// practices, and which practice is in which network on a day. It is a pure
// fold, which the gateway shows and the network service decides by.
package view

import (
	"slices"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
)

// Version changes when the shape of State or the meaning of the fold does.
const Version = 8

// State is the registry. It is a value: its maps are persistent, so evolving a
// copy costs little and leaves the original as it was. The zero State is empty.
type State struct {
	systems   table[events.ICB, system]
	subICBs   table[events.SubICB, subICB]
	networks  table[events.PCN, network]
	practices table[events.Practice, practice]
	sources   table[fact.Source, Source]
	persons   table[events.PersonRef, person]
}

// Follow is Evolve for whoever follows the book: s knows the entries behind its
// figures.
func Follow(s State, r events.Recorded) (State, error) {
	e, err := fact.Family.Decode(r)
	if err != nil {
		return s, err
	}
	return evolve(s, e, entryOf(r.ID)), nil
}

// Evolve returns s as it stands after e, whichever entry says so.
func Evolve(s State, e fact.Event) State { return evolve(s, e, entry{}) }

// evolve returns s as it stands after e, which an entry says. Each fact is of one
// kind of history; a test holds that, and the exhaustive check holds each fold to
// its kind.
func evolve(s State, e fact.Event, by entry) State {
	if e, is := e.(fact.SystemEvent); is {
		return evolveSystem(s, e)
	}
	if e, is := e.(fact.NetworkEvent); is {
		return evolveNetwork(s, e, by)
	}
	if e, is := e.(fact.PracticeEvent); is {
		return evolvePractice(s, e, by)
	}
	if e, is := e.(fact.SourceEvent); is {
		return evolveSource(s, e)
	}
	if e, is := e.(fact.PersonEvent); is {
		return evolvePerson(s, e)
	}
	return s
}

func evolveSource(s State, e fact.SourceEvent) State {
	switch e := e.(type) {
	case fact.SourceCited:
		s.sources = s.sources.with(e.Source, func(r *Source) { r.SourceCited = e })
	case fact.SourceCompleted:
		s.sources = s.sources.with(e.Source, func(r *Source) { r.Complete = true })
	}
	return s
}

// Source is a published file that the book rests on.
type Source struct {
	fact.SourceCited
	Complete bool `json:"complete,omitempty"` // whether all of it has been reported
}

// HasSystem reports whether the book knows a system.
func (s State) HasSystem(code events.ICB) bool { return s.systems.get(code) != nil }

// HasNetwork reports whether the book knows a network.
func (s State) HasNetwork(code events.PCN) bool { return s.networks.get(code) != nil }

// HasPractice reports whether the book knows a practice.
func (s State) HasPractice(code events.Practice) bool { return s.practices.get(code) != nil }

// HasSource reports whether a source has been cited.
func (s State) HasSource(code fact.Source) bool { return s.sources.get(code) != nil }

// HasPlace reports whether a system has a place.
func (s State) HasPlace(in events.ICB, code fact.Place) bool {
	r := s.systems.get(in)
	return r != nil && slices.ContainsFunc(r.Places, func(p place) bool { return p.Code == code })
}

// Described returns the days described by the sources that name every member of
// a network and have been reported in full: the last one before a day, and the
// last of all.
func (s State) Described(before events.Date) (last, latest events.Date) {
	for itr := s.sources.iterate(); !itr.Done(); {
		_, r, _ := itr.Next()
		if !r.Complete || !r.Source.Kind().Members() {
			continue
		}
		if latest.Before(r.AsAt) {
			latest = r.AsAt
		}
		if r.AsAt.Before(before) && last.Before(r.AsAt) {
			last = r.AsAt
		}
	}
	return last, latest
}

// Listing is the newest source that lists every practice with patients and has
// been reported in full; the zero one if there is none.
func (s State) Listing() (newest fact.Cited) {
	for itr := s.sources.iterate(); !itr.Done(); {
		if _, r, _ := itr.Next(); r.Complete && r.Source.Kind() == fact.Registrations && newest.AsAt.Before(r.AsAt) {
			newest = fact.Cited{Source: r.Source, AsAt: r.AsAt}
		}
	}
	return newest
}

// Standing returns the system that stands in a system's place on a day: itself
// until it is succeeded, then its successor if there is one alone; none where
// there are several.
func (s State) Standing(code events.ICB, on events.Date) events.ICB {
	for range s.systems.len() { // a chain cannot be longer
		r := s.systems.get(code)
		if r == nil || r.Ends.IsZero() || on.Before(r.Ends) {
			return code
		}
		if len(r.By) != 1 {
			return ""
		}
		code = r.By[0]
	}
	return ""
}

// Above returns an organisation and those it belongs to; none for one that is
// not in the book. A practice belongs to its system; the network it is in
// depends on the day, so a right held through that is for a decision to judge.
func (s State) Above(e events.Entity) []events.Entity {
	kind, code := split(e)
	switch kind {
	case "england":
		return []events.Entity{e}
	case "system":
		if s.HasSystem(events.ICB(code)) {
			return []events.Entity{e}
		}
	case "subicb":
		if r := s.subICBs.get(events.SubICB(code)); r != nil {
			return []events.Entity{e, r.System.Entity()}
		}
	case "network":
		if r := s.networks.get(events.PCN(code)); r != nil {
			return under(e, s.Standing(latest(r.Located).System, lastDay))
		}
	case "practice":
		if r := s.practices.get(events.Practice(code)); r != nil {
			return under(e, s.Standing(latest(r.Located).System, lastDay))
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

// Answering returns an organisation and those it belongs to, and whoever stands in
// the place of a system among them on a day: what a system leaves, its ledgers and
// its word, is for its successor to see to.
func (s State) Answering(e events.Entity, on events.Date) []events.Entity {
	all := s.Above(e)
	for _, above := range all {
		kind, code := split(above)
		if now := s.Standing(events.ICB(code), on); kind == "system" && now != "" && now != events.ICB(code) {
			all = append(all, now.Entity())
		}
	}
	return all
}

// lastDay is later than any day that is recorded.
var lastDay = events.Day(9999, 12, 31)

func under(e events.Entity, system events.ICB) []events.Entity {
	if system == "" {
		return []events.Entity{e}
	}
	return []events.Entity{e, system.Entity()}
}
