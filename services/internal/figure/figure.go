// Package figure is what a view shows where it shows a number: the value with
// its unit, or why it is not known. Unknown is a state of its own, never zero.
// It is pure, and rooms may import it.
package figure

import (
	"time"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
)

// Figure is a number, or why there is none. Exactly one of Value and Unknown is
// set.
type Figure struct {
	Value   *decimal.Decimal
	Unit    string // "practice", "patient"
	Unknown *Unknown
	// Passport is nil where the figure is not known, or is itself what somebody has
	// stated and the answer says whose word it is.
	Passport *Passport
}

// By is f with how it has come about, which is worked out when somebody asks: the
// arithmetic written out, "(5 + 9) ÷ 2 = 7", and the entries behind it. What is
// not known has no passport.
func (f Figure) By(rule string, work func() (arithmetic string, entries []events.ID)) Figure {
	if f.Value != nil {
		f.Passport = &Passport{Rule: rule, work: work}
	}
	return f
}

// Unknown says why a figure is not known, who could make it known, and since
// when it has been so.
type Unknown struct {
	Code   string // "PARKED", "NOT_SUBMITTED"
	Reason string // a sentence
	OwedBy *events.Entity
	Since  *time.Time // nil where that is not known either
}

// Of is a figure that is known.
func Of(value int, unit string) Figure {
	v := decimal.MustNew(int64(value), 0)
	return Figure{Value: &v, Unit: unit}
}

// Not is a figure that is not known.
func Not(unit string, why *Unknown) Figure { return Figure{Unit: unit, Unknown: why} }
