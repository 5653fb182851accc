package costing

import (
	"errors"
	"math"
	"math/bits"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
)

// TimeUnit is what the time that each takes is counted in.
type TimeUnit string

const (
	Minutes TimeUnit = "MINUTES"
	Hours   TimeUnit = "HOURS"
)

// TimeUnits is every unit.
var TimeUnits = []TimeUnit{Minutes, Hours}

// perHour is how many of the unit make an hour.
func (u TimeUnit) perHour() uint64 {
	if u == Minutes {
		return 60
	}
	return 1
}

// Line is one part of what a specification costs: so many of something, each of
// which takes so long at an hourly cost; or a fixed amount. What is nil has not
// been said: then the cost is not known.
type Line struct {
	Key    contract.Key     `json:"key"`              // names it within its specification
	What   string           `json:"what"`             // "weekly home round"
	Role   string           `json:"role,omitempty"`   // who does it, or what kind of cost it is
	Volume *decimal.Decimal `json:"volume,omitempty"` // how many in the year
	Unit   string           `json:"unit,omitempty"`   // of what: "visit"
	Each   *decimal.Decimal `json:"each,omitempty"`   // the time that each takes
	In     TimeUnit         `json:"in,omitempty"`     // what that is counted in
	Hourly *events.Rate     `json:"hourly,omitempty"` // pounds for an hour, on-costs included
	Fixed  *events.GBP      `json:"fixed,omitempty"`  // in place of volume, time and hourly cost
	Source string           `json:"source"`           // where the figures are known from
	Note   string           `json:"note,omitempty"`
}

// Most of what a line may say. Within these, a cost is worked out exactly.
const (
	MostVolume    = 10_000_000
	MostEach      = 100_000
	MostHourly    = 10_000
	VolumeDigits  = 3 // decimals
	EachDigits    = 2
	HourlyDigits  = 4
	MostOfALine   = events.GBP(10_000_000_000_00)
	DigitsOfShare = 2
)

// Stated reports whether everything is said that the cost is worked out from.
func (l Line) Stated() bool {
	return l.Fixed != nil || l.Volume != nil && l.Each != nil && l.Hourly != nil
}

// ErrNotStated means that nobody has said all that a cost is worked out from.
var ErrNotStated = errors.New("not all of the cost is stated")

// Cost is what a line that is [Line.Stated] comes to: volume × time × hourly cost,
// rounded once, half a penny away from zero.
func (l Line) Cost() (events.GBP, error) {
	switch {
	case !l.Stated():
		return 0, ErrNotStated
	case l.Fixed != nil:
		return *l.Fixed, nil
	}
	quantity, scale, ok := l.time()
	if !ok {
		return 0, events.ErrOverflow
	}
	parts := l.In.perHour()
	for range scale {
		parts *= 10
	}
	return l.Hourly.Of(quantity, parts)
}

// time is the time that the line takes, in its unit: so many of the last of scale
// decimals.
func (l Line) time() (quantity int64, scale int, ok bool) {
	volume, each := l.Volume.Trim(0), l.Each.Trim(0)
	over, product := bits.Mul64(volume.Coef(), each.Coef())
	scale = volume.Scale() + each.Scale()
	return int64(product), scale, over == 0 && product <= math.MaxInt64 && scale <= VolumeDigits+EachDigits
}

// Hours is the time that the line takes, where a decimal number can say it: twenty
// minutes are no such number of hours.
func (l Line) Hours() (hours decimal.Decimal, exact bool) {
	if l.Volume == nil || l.Each == nil {
		return hours, false
	}
	quantity, scale, ok := l.time()
	if l.In == Minutes { // 1/60 is 5/100 of 1/3
		ok = ok && quantity%3 == 0
		quantity, scale = quantity/3*5, scale+2
	}
	hours, err := decimal.New(quantity, scale)
	return hours.Trim(0), ok && err == nil
}

// Same reports whether two lines say the same, however many zeros they write a
// figure with.
func (l Line) Same(m Line) bool {
	if !sameNumber(l.Volume, m.Volume) || !sameNumber(l.Each, m.Each) || !sameRate(l.Hourly, m.Hourly) || !sameAmount(l.Fixed, m.Fixed) {
		return false
	}
	l.Volume, l.Each, l.Hourly, l.Fixed = m.Volume, m.Each, m.Hourly, m.Fixed
	return l == m
}

func sameNumber(a, b *decimal.Decimal) bool { return a == b || a != nil && b != nil && a.Equal(*b) }
func sameRate(a, b *events.Rate) bool       { return a == b || a != nil && b != nil && a.Same(*b) }
func sameAmount(a, b *events.GBP) bool      { return a == b || a != nil && b != nil && *a == *b }
