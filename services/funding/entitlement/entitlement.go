// Package entitlement works out what the Network Contract entitles a network to
// in a year: each rate times what counts for it, rounded once. It is pure.
//
// Patients count who were on the lists frozen on 1 January before the year, of
// the practices that count for the network in that year: those that NHS
// England's own file names, or else its members on the year's first day. One
// basis never stands for another, and what is not known is owed, never nothing.
package entitlement

import (
	"bytes"
	"encoding/json"

	"github.com/ics-openbook/openbook/api/ask/entitlement"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/entitlement"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

var (
	ErrNoContract = refuse.New(refuse.NotFound, "CONTRACT_UNKNOWN",
		"The book has no contract of %s. A steward publishes it first.")
	ErrNoLine = refuse.New(refuse.NotFound, "LINE_UNKNOWN",
		"The contract of %s has no line %s that is paid by beds or points. Look at its lines, and check the year.")
	ErrCounted = refuse.New(refuse.Invalid, "LINE_COUNTED",
		"Line %s is paid by %s, which the registry counts. Only beds and points are stated here; lists are recorded for each practice.")
)

// State is what the rules need to know of an entitlement's past. The zero State
// has none.
type State struct {
	last   *fact.Computed
	stated []fact.QuantityStated // the newest of each line; never changed in place
}

// Evolve returns s as it stands after e.
func Evolve(s State, e fact.Event) State {
	switch e := e.(type) {
	case fact.Computed:
		s.last = &e
	case fact.QuantityStated:
		next := make([]fact.QuantityStated, 0, len(s.stated)+1)
		for _, was := range s.stated {
			if was.Line != e.Line {
				next = append(next, was)
			}
		}
		s.stated = append(next, e)
	}
	return s
}

func (s State) quantity(line contract.Key) (fact.QuantityStated, bool) {
	for _, q := range s.stated {
		if q.Line == line {
			return q, true
		}
	}
	return fact.QuantityStated{}, false
}

// Known is what is worked out from: the year's contract, and who counts in it.
type Known struct {
	By       events.PersonRef // who asks, where somebody does
	ReadTo   events.Ordinal   // how far the book has been read
	Contract *terms.Contract  // nil where the book has none
	Counting *registry.Counting
	Registry *registry.Reading // of the year's first day
}

// Compute records what follows from what is known, where that is not what was
// computed last. Nothing follows where nothing is known, and an older book says
// nothing about a newer one.
func Compute(s State, k Known, of fact.Subject) ([]fact.Event, error) {
	if k.Contract == nil || s.last != nil && k.ReadTo < s.last.ReadTo {
		return nil, nil
	}
	next := compute(s, k, of)
	switch {
	case s.last == nil && len(next.Lines) == 0:
		return nil, nil
	case s.last != nil:
		next.ReadTo = s.last.ReadTo
		if same(*s.last, next) {
			return nil, nil
		}
	}
	next.ReadTo = k.ReadTo
	return []fact.Event{next}, nil
}

// StateQuantity records how many there are of what no registry counts, and what
// follows from it. An older book than was computed by last is refused with
// [refuse.ErrStale].
func StateQuantity(s State, k Known, a entitlement.StateQuantity) ([]fact.Event, error) {
	line, err := lineOf(k.Contract, a)
	if err != nil {
		return nil, err
	}
	if b := line.Basis(); b != contract.Beds && b != contract.Points {
		return nil, ErrCounted.About("line", a.Line, b)
	}
	said := fact.QuantityStated{Subject: a.Of(), Line: a.Line, Quantity: a.Quantity, Source: a.Source, By: k.By, Reason: a.Reason}
	if was, there := s.quantity(a.Line); there && was.Quantity == said.Quantity && was.Source == said.Source {
		return nil, nil
	}
	if s.last != nil && k.ReadTo < s.last.ReadTo {
		return nil, refuse.ErrStale // nothing would follow from it until the book changes
	}
	follows, err := Compute(Evolve(s, said), k, a.Of())
	return append([]fact.Event{said}, follows...), err
}

func lineOf(c *terms.Contract, a entitlement.StateQuantity) (*terms.Line, error) {
	if c == nil {
		return nil, ErrNoContract.About("year", a.Year)
	}
	for _, s := range c.Streams() {
		for _, l := range s.Lines() {
			if l.Key() == a.Line {
				return l, nil
			}
		}
	}
	return nil, ErrNoLine.About("line", a.Year, a.Line)
}

func same(a, b fact.Computed) bool {
	x, err1 := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && bytes.Equal(x, y)
}
