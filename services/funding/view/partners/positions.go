package partners

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/partner"
	"github.com/ics-openbook/openbook/services/internal/figure"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

// Reading is a State as it is read.
type Reading struct {
	State
	Registry registry.State
	// Today is the day it is read for: a month that was over before it is owed by
	// whoever has not reported it.
	Today events.Date
	// Unknown says why what is known of an entity cannot be relied on, or nil; it
	// is nil itself where all can be.
	Unknown func(events.Entity) *figure.Unknown
}

// Positions is where the partners of a system stand in a year.
type Positions struct {
	System   events.ICB
	Year     events.Year
	Partners []*Partner // by code

	months []*Month
}

// Positions returns where the partners of a system stand in a year: of those that
// are its partners then, or were of a system that it has taken the place of by the
// year's end.
func (r *Reading) Positions(system events.ICB, year events.Year) *Positions {
	p := &Positions{System: system, Year: year}
	if r.all == nil {
		return p
	}
	for itr := r.all.Iterator(); !itr.Done(); {
		_, h, _ := itr.Next()
		if in := h.in(year); in != "" && r.Registry.Standing(in, year.Last()) == system {
			p.Partners = append(p.Partners, r.partner(h, system, year))
		}
	}
	for n := range fact.Months {
		m := &Month{Number: n + 1, Period: fact.Month(year, n+1), of: p}
		for _, one := range p.Partners {
			if one.report(m.Number) != nil || one.owes(m.Number) {
				p.months = append(p.months, m)
				break
			}
		}
	}
	return p
}

// Months are those that anybody has reported, or owes, in order.
func (p *Positions) Months() []*Month { return p.months }

// Newest is the newest month that anybody has reported; nil where nobody has any.
func (p *Positions) Newest() (newest *Month) {
	for _, m := range p.months {
		for _, one := range p.Partners {
			if one.report(m.Number) != nil {
				newest = m
			}
		}
	}
	return newest
}

// ControlTotal is what all partners together are to end the year with.
func (p *Positions) ControlTotal() figure.Amount {
	return p.sum("The control totals of all partners.", (*Partner).ControlTotal)
}

// sum is an amount of every partner; where one of them is not known, it is not
// either.
func (p *Positions) sum(rule string, of func(*Partner) figure.Amount) figure.Amount {
	if len(p.Partners) == 0 {
		by := p.System.Entity()
		return figure.NoAmount(&figure.Unknown{
			Code: "NO_PARTNERS", OwedBy: &by,
			Reason: fmt.Sprintf("No partner of %s is registered for %s. Its finance officers register them.", p.System, p.Year),
		})
	}
	var total events.GBP
	var terms []figure.Term
	var missing []string
	var why *figure.Unknown
	for _, one := range p.Partners {
		a := of(one)
		if a.Unknown != nil {
			why = cmp.Or(why, a.Unknown)
			missing = append(missing, one.Name())
			continue
		}
		total += *a.Value
		for _, t := range a.Passport.Sum() {
			t.Label = one.Name() + ": " + t.Label
			terms = append(terms, t)
		}
	}
	if why != nil {
		return figure.NoAmount(together(why, missing))
	}
	return figure.Known(total, rule, func() []figure.Term { return terms })
}

// together says of a sum what one of its parts says, and which parts there are.
func together(first *figure.Unknown, missing []string) *figure.Unknown {
	if len(missing) == 1 {
		return first
	}
	return &figure.Unknown{
		Code: first.Code, Since: first.Since,
		Reason: fmt.Sprintf("It is not known of %d partners: %s. Of the first: %s", len(missing), strings.Join(missing, ", "), first.Reason),
	}
}

// Month is a month of all partners.
type Month struct {
	Number int // 1 is April
	events.Period

	of *Positions
}

// First is the month's first day.
func (m *Month) First() events.Date { return m.From }

// Last is the month's last day.
func (m *Month) Last() events.Date { return m.To }

// Missing are the partners that have not reported the month.
func (m *Month) Missing() (all []*Partner) {
	for _, one := range m.of.Partners {
		if one.report(m.Number) == nil {
			all = append(all, one)
		}
	}
	return all
}

func (m *Month) sum(rule string, of func(*Report) figure.Amount) figure.Amount {
	return m.of.sum(rule, func(p *Partner) figure.Amount {
		if r := p.report(m.Number); r != nil {
			return of(r)
		}
		return figure.NoAmount(cmp.Or(p.unknown, p.missing(m.Number)))
	})
}

// Plan is what was planned for the year so far.
func (m *Month) Plan() figure.Amount {
	return m.sum("The plans of all partners, from April to the end of the month.", (*Report).Plan)
}

// Actual is what the year so far comes to.
func (m *Month) Actual() figure.Amount {
	return m.sum("The actual positions of all partners, from April to the end of the month.", (*Report).Actual)
}

// Forecast is what is expected of the whole year.
func (m *Month) Forecast() figure.Amount {
	return m.sum("The forecasts of all partners for the whole year.", (*Report).Forecast)
}

// Variance is the forecast less the control totals.
func (m *Month) Variance() figure.Amount {
	return m.sum("The forecasts of all partners, less their control totals.", (*Report).Variance)
}
