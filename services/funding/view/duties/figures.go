package duties

import (
	"cmp"
	"slices"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

const (
	days    = "day"
	percent = "per cent"
)

// nothing says why there is no figure: there is nothing yet that it could be
// worked out of.
func (a Asked) nothing(reason string) *figure.Unknown {
	system := a.System.Entity()
	return &figure.Unknown{Code: "NOTHING_TO_MEASURE", Reason: reason, OwedBy: &system}
}

// between is how many days lie between two, or 0 for no date.
func between(from, to events.Date) int {
	if from.IsZero() || to.IsZero() {
		return 0
	}
	const day = 24 // hours, of midnights in UTC
	return int(to.Time().Sub(from.Time()).Hours()) / day
}

// median is the middle of all, or half-way between the two in the middle.
func median(all []int, none *figure.Unknown) figure.Figure {
	if len(all) == 0 {
		return figure.Not(days, none)
	}
	sorted := slices.Sorted(slices.Values(all))
	half := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return figure.Of(sorted[half], days)
	}
	sum := sorted[half-1] + sorted[half]
	if sum%2 == 0 {
		return figure.Of(sum/2, days)
	}
	v := decimal.MustNew(int64(sum)*5, 1)
	return figure.Figure{Value: &v, Unit: days}
}

func longest(all []int, none *figure.Unknown) figure.Figure {
	if len(all) == 0 {
		return figure.Not(days, none)
	}
	return figure.Of(slices.Max(all), days)
}

func shortest(all []int, none *figure.Unknown) figure.Figure {
	if len(all) == 0 {
		return figure.Not(days, none)
	}
	return figure.Of(slices.Min(all), days)
}

// share is part of whole, in per cent with two decimals, rounded down: what is
// not wholly so is never shown as if it were.
func share(part, whole int, none *figure.Unknown) figure.Figure {
	if whole == 0 {
		return figure.Not(percent, none)
	}
	p, err1 := decimal.New(int64(part), 0)
	w, err2 := decimal.New(int64(whole), 0)
	q, err3 := p.Quo(w)
	h, err4 := q.Mul(decimal.Hundred)
	if err := cmp.Or(err1, err2, err3, err4); err != nil {
		return figure.Not(percent, none)
	}
	v := h.Trunc(2).Trim(0)
	return figure.Figure{Value: &v, Unit: percent}
}

func compare(a, b fact.Account) int {
	return cmp.Or(cmp.Compare(a.Holder, b.Holder), cmp.Compare(a.Stream, b.Stream), cmp.Compare(a.Purpose, b.Purpose), cmp.Compare(a.Stage, b.Stage))
}
