// Package partner decides what is said of a system's partner organisations: with
// which system each is, what it is to end a year with, and where it reports that
// it stands. It is pure.
//
// What has been reported is never taken back. Other figures for the same month
// are another report, which has to say why; so are those of a control total.
package partner

import (
	"cmp"
	"maps"
	"slices"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/partner"
)

// State is what the rules need to know of an organisation's past. The zero State
// is one that the book does not know.
type State struct {
	name    string
	stays   []stay // by year; never changed in place
	totals  map[events.Year]total
	reports map[month]fact.Position
}

// stay is the system an organisation is a partner of from a year on, until the
// next; none where it is a partner of none.
type stay struct {
	from   events.Year
	system events.ICB
}

type total struct {
	amount   events.GBP
	agreedOn events.Date
}

type month struct {
	year   events.Year
	number int
}

// Evolve returns s as it stands after e.
func Evolve(s State, e fact.Event) State {
	switch e := e.(type) {
	case fact.Registered:
		s.name = e.Name
		s.stays = from(s.stays, stay{e.From, e.System})
	case fact.Left:
		s.stays = from(s.stays, stay{e.Last.Next(), ""})
	case fact.ControlTotalSet:
		s.totals = with(s.totals, e.Year, total{e.Amount, e.AgreedOn})
	case fact.PositionReported:
		s.reports = with(s.reports, month{e.Year, e.Month}, e.Position)
	}
	return s
}

// from is stays with another in place of those that begin when it does, or later.
func from(stays []stay, next stay) []stay {
	at, _ := slices.BinarySearchFunc(stays, next, func(a, b stay) int { return cmp.Compare(a.from, b.from) })
	return append(slices.Clip(stays[:at]), next)
}

func with[K comparable, V any](m map[K]V, key K, v V) map[K]V {
	m = maps.Clone(m)
	if m == nil {
		m = map[K]V{}
	}
	m[key] = v
	return m
}

// known reports whether the book has ever had the organisation.
func (s State) known() bool { return len(s.stays) > 0 }

// in is the system that the organisation is a partner of in a year, or none.
func (s State) in(y events.Year) (system events.ICB) {
	for _, one := range s.stays {
		if one.from <= y {
			system = one.system
		}
	}
	return system
}

// after is every stay that is in force in a year or later.
func (s State) after(y events.Year) []stay {
	for i, one := range slices.Backward(s.stays) {
		if one.from <= y {
			return s.stays[i:]
		}
	}
	return s.stays
}
