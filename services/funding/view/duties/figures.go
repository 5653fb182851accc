package duties

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

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

// measures are numbers of days, what there is if there are none, and the entries
// behind each.
type measures struct {
	all    []int
	none   *figure.Unknown
	behind func(i int) []events.ID
}

// parts are the measures, the shortest first.
func (m measures) parts() []figure.Part {
	order := make([]int, len(m.all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(m.all[a], m.all[b]) })
	all := make([]figure.Part, len(order))
	for n, i := range order {
		all[n] = figure.Part{Is: strconv.Itoa(m.all[i]), Entries: m.behind(i)}
	}
	return all
}

// median is the middle of all, or half-way between the two in the middle.
func (m measures) median(rule string) figure.Figure {
	if len(m.all) == 0 {
		return figure.Not(days, m.none)
	}
	sorted := slices.Sorted(slices.Values(m.all))
	half := len(sorted) / 2
	f := figure.Of(sorted[half], days)
	if len(sorted)%2 == 0 {
		v := decimal.MustNew(int64(sorted[half-1]+sorted[half])*5, 1).Trim(0)
		f.Value = &v
	}
	return f.By(rule, func() (string, []events.ID) {
		all := m.parts()
		said := figure.Joined(all, ", ")
		switch middle := fmt.Sprintf("(%d + %d) ÷ 2", sorted[half-1+len(sorted)%2], sorted[half]); {
		case len(sorted) == 2:
			said = middle
		case len(sorted)%2 == 0:
			said = "of " + said + ": " + middle
		case len(sorted) > 1:
			said = "the middle of " + said
		}
		return f.Equals(said), figure.Behind(all)
	})
}

func (m measures) longest(rule string) figure.Figure {
	return m.last("the longest of ", rule, slices.Max[[]int])
}

func (m measures) shortest(rule string) figure.Figure {
	return m.last("the shortest of ", rule, slices.Min[[]int])
}

func (m measures) last(which, rule string, of func([]int) int) figure.Figure {
	if len(m.all) == 0 {
		return figure.Not(days, m.none)
	}
	f := figure.Of(of(m.all), days)
	return f.By(rule, func() (string, []events.ID) {
		all := m.parts()
		said := figure.Joined(all, ", ")
		if len(all) > 1 {
			said = which + said
		}
		return f.Equals(said), figure.Behind(all)
	})
}

// inTime is how many of the measures were, in per cent.
func (m measures) inTime(n int, rule string) figure.Figure {
	return ratio(n, len(m.all), m.none, rule, func() []events.ID { return figure.Behind(m.parts()) })
}

// ratio is a share of a number.
func ratio(part, whole int, none *figure.Unknown, rule string, behind func() []events.ID) figure.Figure {
	f := share(part, whole, none)
	return f.By(rule, func() (string, []events.ID) {
		return f.Equals(fmt.Sprintf("%d ÷ %d", part, whole)), behind()
	})
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
