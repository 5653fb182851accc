package totality

import (
	"fmt"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// rounding is the rule that each rate is worked out by.
const rounding = "rounded once to the penny, half a penny up; of a rate that is in force for some months, what is due by the last of them less what was due before, each rounded"

// rated is a rate in the days that it is in force.
type rated struct {
	events.Rate
	per contract.Per
	own events.Period // what it is for, of one that is for a period; none where that is not known any more
	in  events.Period
}

// term is what it comes to for so many: all that it is for, or some months of it,
// and then by which rule, so that whoever reads it can work it out.
func (r rated) term(label string, quantity int64, amount events.GBP) figure.Term {
	t := figure.Term{Label: fmt.Sprintf("%s: %d × £%s", label, quantity, r.Rate), Amount: amount}
	year, own, each := events.YearOf(r.in.From), r.own, "for its whole period"
	if r.per == contract.PerYear {
		own, each = year.Period(), "a year"
	}
	n, err := decimal.New(quantity, 0)
	whole, err2 := r.For(quantity)
	if err != nil || err2 != nil {
		return t // cannot be: a quantity is a number of people or things, and has come to an amount
	}
	begins, ends, known := year.Months(own)
	first, last, ok := year.Months(r.in)
	switch {
	case own == r.in, !known && whole == amount:
		t.Quantity, t.Rate = &n, &r.Decimal
	case !known || !ok:
		t.Label += fmt.Sprintf(" %s = £%s, of which that from %s to %s", each, whole, r.in.From, r.in.To)
	default:
		t.Label += fmt.Sprintf(" %s = £%s, of which %s, from %s to %s: %s", each, whole, months(first-begins+1, last-begins+1, ends-begins+1), r.in.From, r.in.To, due(first-begins, last-begins+1, ends-begins+1))
	}
	return t
}

func months(first, last, of int) string {
	if first == last {
		return fmt.Sprintf("month %d of %d", first, of)
	}
	return fmt.Sprintf("months %d to %d of %d", first, last, of)
}

func due(before, by, of int) string {
	if before == 0 {
		return fmt.Sprintf("%d/%d, rounded to the penny", by, of)
	}
	return fmt.Sprintf("%d/%d less %d/%d, each rounded to the penny", by, of, before, of)
}

// own is the period that a rate was said to be for, or none where the contract does
// not say so any more.
func own(c *terms.Contract, stream, key contract.Key, said events.ID) events.Period {
	if c == nil {
		return events.Period{}
	}
	s := c.Stream(stream)
	if s == nil {
		return events.Period{}
	}
	for _, l := range s.Lines() {
		if l.Key() != key {
			continue
		}
		for _, e := range l.History() {
			if set, is := e.Fact.(contract.RateSet); is && e.ID == said {
				return set.Period
			}
		}
	}
	return events.Period{}
}
