package challenged

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/benbjohnson/immutable"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/challenge"
	"github.com/ics-openbook/openbook/services/funding/view"
)

// Version changes when the shape of State or the meaning of the fold does.
const Version = 1

// State is every challenge. It is a value: its maps are persistent. The zero
// State has none.
type State struct {
	challenges *immutable.SortedMap[fact.ID, *Entry]
	systems    *immutable.SortedMap[key, *Entry] // the same, those of a system together
	due        *immutable.SortedMap[Due, *Entry] // what is owed and not yet noted as let go by
}

// Entry is a challenge with what the book holds of it. It is never changed once
// it is in a State.
type Entry struct {
	Challenge
	ID    fact.ID
	Facts []Recorded // never changed in place
}

// Recorded is a fact with its place in the book.
type Recorded struct {
	fact.Event
	view.Place
}

// Due is a step that is owed, by its last day.
type Due struct {
	Day       events.Date
	Challenge fact.ID
	Step      fact.Step
}

type key struct {
	system events.ICB
	id     fact.ID
}

// ErrUnlawful means that a fact does not fit its challenge: nobody has opened
// it, or somebody had.
var ErrUnlawful = errors.New("a fact that does not fit its challenge")

// Evolve returns s as it stands after e. Its error wraps [ErrUnlawful], and then
// s is as it was.
func Evolve(s State, e fact.Event, at view.Place) (State, error) {
	if s.challenges == nil {
		s.challenges = immutable.NewSortedMap[fact.ID, *Entry](byID{})
		s.systems = immutable.NewSortedMap[key, *Entry](bySystem{})
		s.due = immutable.NewSortedMap[Due, *Entry](byDay{})
	}
	id := e.Heading().Challenge
	was, there := s.challenges.Get(id)
	if _, opens := e.(fact.Opened); opens == there {
		return s, fmt.Errorf("%w: %s on %s", ErrUnlawful, e.EventType(), id)
	}
	if !there {
		was = &Entry{ID: id}
	}
	now := &Entry{
		Challenge: was.After(e), ID: id,
		Facts: append(was.Facts[:len(was.Facts):len(was.Facts)], Recorded{e, at}),
	}
	s.challenges = s.challenges.Set(id, now)
	s.systems = s.systems.Set(key{now.Opened.System, id}, now)
	for _, step := range fact.Steps {
		d := Due{now.Opened.Due.Of(step), id, step}
		if now.Owed(step) && !now.Noted(step) {
			s.due = s.due.Set(d, now)
		} else {
			s.due = s.due.Delete(d)
		}
	}
	return s, nil
}

// Challenge is a challenge by its name, or nil.
func (s State) Challenge(id fact.ID) *Entry {
	if s.challenges == nil {
		return nil
	}
	c, _ := s.challenges.Get(id)
	return c
}

// By is every challenge of a network or practice, by name.
func (s State) By(challenger events.Entity) (all []*Entry) {
	if s.challenges == nil {
		return nil
	}
	itr := s.challenges.Iterator()
	_, code, _ := strings.Cut(string(challenger), "-")
	itr.Seek(fact.ID(code))
	for !itr.Done() {
		id, c, _ := itr.Next()
		if id.Challenger() != challenger {
			break
		}
		all = append(all, c)
	}
	return all
}

// About is every challenge that is about a system's ledgers, by name.
func (s State) About(system events.ICB) (all []*Entry) {
	if s.systems == nil {
		return nil
	}
	itr := s.systems.Iterator()
	itr.Seek(key{system: system})
	for !itr.Done() {
		k, c, _ := itr.Next()
		if k.system != system {
			break
		}
		all = append(all, c)
	}
	return all
}

// All is every challenge, by name.
func (s State) All() (all []*Entry) {
	if s.challenges == nil {
		return nil
	}
	for itr := s.challenges.Iterator(); !itr.Done(); {
		_, c, _ := itr.Next()
		all = append(all, c)
	}
	return all
}

// Filter chooses challenges. What is not given leaves the choice open.
type Filter struct {
	Network  events.PCN
	Practice events.Practice
	Year     events.Year
	Status   Status
	Overdue  *bool
}

// Chooses reports whether f chooses a challenge, as it stands on a day.
func (f Filter) Chooses(c *Entry, today events.Date) bool {
	return (f.Network == "" || c.ID.Challenger() == f.Network.Entity()) &&
		(f.Practice == "" || c.ID.Challenger() == f.Practice.Entity()) &&
		(f.Year == "" || c.ID.Year() == f.Year) &&
		(f.Status == "" || c.Status() == f.Status) &&
		(f.Overdue == nil || *f.Overdue == (len(c.LateNow(today)) > 0))
}

// LetGoBy yields what is owed, was due before a day, and has not been noted as
// let go by, the longest overdue first.
func (s State) LetGoBy(today events.Date) iter.Seq2[Due, *Entry] {
	return func(yield func(Due, *Entry) bool) {
		if s.due == nil {
			return
		}
		for itr := s.due.Iterator(); !itr.Done(); {
			if d, c, _ := itr.Next(); !d.Day.Before(today) || !yield(d, c) {
				return
			}
		}
	}
}

type (
	byID     struct{}
	bySystem struct{}
	byDay    struct{}
)

func (byID) Compare(a, b fact.ID) int { return cmp.Compare(a, b) }

func (bySystem) Compare(a, b key) int {
	return cmp.Or(cmp.Compare(a.system, b.system), cmp.Compare(a.id, b.id))
}

func (byDay) Compare(a, b Due) int {
	return cmp.Or(a.Day.Compare(b.Day), cmp.Compare(a.Challenge, b.Challenge), cmp.Compare(a.Step, b.Step))
}

// frozen is a fact as a snapshot keeps it: all else follows from the facts.
type frozen struct {
	Type string          `json:"type"`
	Data json.RawMessage `json:"data"`
	view.Place
}

// Freeze writes s; Thaw reads it.
func Freeze(s State) ([]byte, error) {
	all := []frozen{}
	if s.challenges != nil {
		for itr := s.challenges.Iterator(); !itr.Done(); {
			_, c, _ := itr.Next()
			for _, f := range c.Facts {
				data, err := json.Marshal(f.Event)
				if err != nil {
					return nil, err
				}
				all = append(all, frozen{f.EventType(), data, f.Place})
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
	}
	return s, nil
}
