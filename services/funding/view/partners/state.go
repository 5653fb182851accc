// Package partners is where the partner organisations of each system stand: what
// each is to end a year with, what it has reported month by month, and how that
// was restated; and the system's sum, where all have reported. It is a pure fold.
package partners

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/benbjohnson/immutable"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/partner"
	"github.com/ics-openbook/openbook/services/funding/view"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

// Version changes when the shape of State or the meaning of the fold does.
const Version = 1

// State is every partner organisation. It is a value: its map is persistent. The
// zero State has none.
type State struct {
	all *immutable.SortedMap[fact.Organisation, *history]
}

// history is all that is said of an organisation. It is never changed once it is
// in a State. There are some twenty facts a year.
type history struct {
	code    fact.Organisation
	name    string
	stays   []stay
	entries []entry
}

// stay is the system an organisation is a partner of from a year on, until the
// next; none where it is a partner of none.
type stay struct {
	from   events.Year
	system events.ICB
}

// entry is a fact with its place in the book.
type entry struct {
	fact.Event
	view.Place
}

type byCode struct{}

func (byCode) Compare(a, b fact.Organisation) int { return cmp.Compare(a, b) }

// Evolve returns s as it stands after e.
func Evolve(s State, e fact.Event, at view.Place) (State, error) {
	h := history{code: e.Of()}
	if before := s.history(e.Of()); before != nil {
		h = *before
	}
	h.entries = append(slices.Clip(h.entries), entry{e, at})
	switch e := e.(type) {
	case fact.Registered:
		h.name = e.Name
		h.stays = from(h.stays, stay{e.From, e.System})
	case fact.Left:
		h.stays = from(h.stays, stay{e.Last.Next(), ""})
	case fact.ControlTotalSet, fact.PositionReported:
	}
	if s.all == nil {
		s.all = immutable.NewSortedMap[fact.Organisation, *history](byCode{})
	}
	return State{s.all.Set(h.code, &h)}, nil
}

// from is stays with another in place of those that begin when it does, or later.
func from(stays []stay, next stay) []stay {
	at, _ := slices.BinarySearchFunc(stays, next, func(a, b stay) int { return cmp.Compare(a.from, b.from) })
	return append(slices.Clip(stays[:at]), next)
}

func (s State) history(code fact.Organisation) *history {
	if s.all == nil {
		return nil
	}
	h, _ := s.all.Get(code)
	return h
}

// in is the system that the organisation is a partner of in a year, or none.
func (h *history) in(y events.Year) (system events.ICB) {
	for _, one := range h.stays {
		if one.from <= y {
			system = one.system
		}
	}
	return system
}

// always is later than any day that is recorded.
var always = events.Day(9999, 12, 31)

// Above returns a partner organisation and the system it belongs to: the last that
// it was registered with, or what stands in that one's place. It is none for what
// is no partner in the book.
func (s State) Above(e events.Entity, bodies registry.State) []events.Entity {
	code, is := strings.CutPrefix(string(e), "partner-")
	if !is {
		return nil
	}
	h := s.history(fact.Organisation(code))
	if h == nil {
		return nil
	}
	for _, one := range slices.Backward(h.stays) {
		if system := bodies.Standing(one.system, always); system != "" {
			return []events.Entity{e, system.Entity()}
		}
	}
	return []events.Entity{e}
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
		_, h, _ := itr.Next()
		for _, e := range h.entries {
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
