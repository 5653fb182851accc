// Package view is the Network Contract as the book tells it: a year's streams
// and what they are paid by, what may be bought with them, roles with their
// maxima, requirements, frameworks of maturity, and where sources disagree. It is a pure fold, which the
// gateway shows and other services compute by.
package view

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/contract"
)

// Version changes when the shape of State or the meaning of the fold does.
const Version = 2

// State is every year's contract. It is a value: evolving a copy leaves the
// original as it was. The zero State is empty.
type State struct {
	years map[events.Year]*year // never changed in place, nor is what it holds
	last  events.Ordinal
}

// Last is the last entry of any contract.
func (s State) Last() events.Ordinal { return s.last }

// year is what has been said of a year's contract.
type year struct{ terms []*term } // in the order first said

// term is what has been said of one thing, the oldest first.
type term struct {
	key  fact.Key
	kind fact.Kind
	said []Entry
	from int // the first that has not been withdrawn
}

// Entry is a fact of a contract and when it was recorded.
type Entry struct {
	Fact    fact.Event
	ID      events.ID
	Time    time.Time
	Ordinal events.Ordinal
}

// Type is what happened, such as "contract.rate_set.v1".
func (e Entry) Type() string { return e.Fact.EventType() }

// Data is what was recorded.
func (e Entry) Data() (json.RawMessage, error) { return json.Marshal(e.Fact) }

// Evolve returns s as it stands after what was recorded.
func Evolve(s State, e Entry) State {
	of := year{}
	if before := s.years[e.Fact.Of()]; before != nil {
		of.terms = before.terms
	}
	switch f := e.Fact.(type) {
	case fact.TermWithdrawn:
		of.change(f.Key, "", func(t *term) { t.said = append(slices.Clip(t.said), e); t.from = len(t.said) })
	case fact.StreamListed, fact.RateSet, fact.UseStated, fact.RoleSet, fact.RoleLimited, fact.RequirementSet, fact.FrameworkSet,
		fact.DescriptorStated, fact.FigureDisputed:
		says := f.(fact.Statement)
		of.change(says.Term(), says.Kind(), func(t *term) { t.kind, t.said = says.Kind(), append(slices.Clip(t.said), e) })
	}
	s.years = maps.Clone(s.years)
	if s.years == nil {
		s.years = map[events.Year]*year{}
	}
	s.years[e.Fact.Of()] = &of
	s.last = max(s.last, e.Ordinal)
	return s
}

// change puts a changed copy of a term in its place, or at the end. A key that
// has been withdrawn may be one of another kind afterwards.
func (y *year) change(key fact.Key, kind fact.Kind, change func(*term)) {
	y.terms = slices.Clone(y.terms)
	i := slices.IndexFunc(y.terms, func(t *term) bool { return t.key == key })
	if i < 0 {
		i = len(y.terms)
		y.terms = append(y.terms, &term{key: key, kind: kind})
	}
	t := *y.terms[i]
	change(&t)
	y.terms[i] = &t
}

// now is what is said of the term, since it was withdrawn last.
func (t *term) now() []Entry { return t.said[t.from:] }

type frozen struct {
	ID      events.ID       `json:"id"`
	Time    time.Time       `json:"time"`
	Ordinal events.Ordinal  `json:"ordinal"`
	Type    string          `json:"type"`
	Data    json.RawMessage `json:"data"`
}

// Freeze writes s; Thaw reads it. A contract is a few hundred facts at most, so
// it is kept as those.
func Freeze(s State) ([]byte, error) {
	all := []frozen{}
	for _, y := range slices.Sorted(maps.Keys(s.years)) {
		for _, t := range s.years[y].terms {
			for _, e := range t.said {
				data, err := e.Data()
				if err != nil {
					return nil, err
				}
				all = append(all, frozen{e.ID, e.Time, e.Ordinal, e.Type(), data})
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
		s = Evolve(s, Entry{e, f.ID, f.Time, f.Ordinal})
	}
	return s, nil
}

// said is what is said of one thing now, for a period.
type said[F fact.Statement] struct {
	events.Period
	Fact  F
	Entry Entry
	place int // among what is said of it
}

// segments are the periods in which one statement holds, in order: of two about
// the same day the one said last.
func segments[F fact.Statement](all []Entry) (in []said[F]) {
	var days []events.Date // from which another may hold
	for _, e := range all {
		if f, is := e.Fact.(F); is {
			days = append(days, f.In().From)
			if to := f.In().To; !to.IsZero() {
				days = append(days, to.AddDays(1))
			}
		}
	}
	slices.SortFunc(days, events.Date.Compare)
	days = slices.Compact(days)
	for i, day := range days {
		held, which := holding[F](all, day)
		if which < 0 {
			continue
		}
		next := said[F]{events.Period{From: day}, held, all[which], which}
		if i+1 < len(days) {
			next.To = days[i+1].AddDays(-1)
		}
		if n := len(in); n > 0 && in[n-1].place == which && in[n-1].To.AddDays(1) == day {
			in[n-1].To = next.To
			continue
		}
		in = append(in, next)
	}
	return in
}

// holding is the statement that holds on a day, and its place; -1 for none.
func holding[F fact.Statement](all []Entry, day events.Date) (held F, at int) {
	at = -1
	for i, e := range all {
		if f, is := e.Fact.(F); is && f.In().Includes(day) {
			held, at = f, i
		}
	}
	return held, at
}

// last is what was said last, for what is not of a period.
func last[F fact.Statement](t *term) (f F, e Entry, ok bool) {
	now := t.now()
	if len(now) == 0 {
		return f, e, false
	}
	e = now[len(now)-1]
	f, ok = e.Fact.(F)
	return f, e, ok
}

// Years are those of which the book has a contract, in order.
func (s State) Years() []events.Year {
	all := slices.Collect(maps.Keys(s.years))
	slices.SortFunc(all, func(a, b events.Year) int { return cmp.Compare(a, b) })
	return all
}

// Follow is Evolve for whoever follows the book.
func Follow(s State, r events.Recorded) (State, error) {
	f, err := fact.Family.Decode(r)
	if err != nil {
		return s, err
	}
	return Evolve(s, Entry{f, r.ID, r.Time, r.Ordinal}), nil
}
