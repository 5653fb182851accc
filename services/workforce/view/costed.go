package view

import (
	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/workforce"
	terms "github.com/ics-openbook/openbook/services/contract/view"
)

// Costed is what a line comes to by the contract's maxima of its role, and on how
// many of its days the role is one.
func Costed(role *terms.Role, month events.Month, l fact.Claimed) (line fact.Line, held int) {
	days := Employed(month, l)
	line = fact.Line{Claimed: l, Days: span(days), Maxima: ceilings(role, l.Area, days)}
	for _, c := range line.Maxima {
		held += c.Days
	}
	return Computed(line, month), held
}

// Until is the most that the contract reimburses for a post of so many hours a week
// in a period of its year; false where that is not known of each day.
func Until(role *terms.Role, area fact.Area, hours decimal.Decimal, in events.Period) (sum events.GBP, known bool) {
	for m := events.MonthOf(in.From); !m.First().After(in.To); m = events.MonthOf(m.Last().AddDays(1)) {
		line, held := Costed(role, m, fact.Claimed{Area: area, Hours: hours, StartedOn: in.From, LeftOn: in.To})
		if line.Limit == nil || held < line.Days {
			return 0, false
		}
		sum += *line.Limit
	}
	return sum, true
}

// Computed is a line with what its hours, days and ceilings come to.
func Computed(l fact.Line, month events.Month) fact.Line {
	l.Limit, l.Reimbursable = nil, nil
	if limit, known := fact.Most(month, l.Hours, l.Maxima); known {
		amount := fact.Reimbursed(l.Total(), limit, l.Maxima)
		l.Limit, l.Reimbursable = &limit, &amount
	}
	return l
}

// Employed are the days of a month that somebody is employed on.
func Employed(month events.Month, l fact.Claimed) events.Period {
	p := events.Period{From: month.First(), To: month.Last()}
	if l.StartedOn.After(p.From) {
		p.From = l.StartedOn
	}
	if !l.LeftOn.IsZero() && l.LeftOn.Before(p.To) {
		p.To = l.LeftOn
	}
	return p
}

// span is how many days a period of one month has.
func span(p events.Period) int {
	n := 0
	for d := p.From; !d.After(p.To); d = d.AddDays(1) {
		n++
	}
	return n
}

// ceilings are the maxima that hold on some days of a month.
func ceilings(role *terms.Role, area fact.Area, days events.Period) (all []fact.Ceiling) {
	for _, m := range role.Maxima() {
		p := days
		if m.From().After(p.From) {
			p.From = m.From()
		}
		if !m.To().IsZero() && m.To().Before(p.To) {
			p.To = m.To()
		}
		if n := span(p); n > 0 {
			all = append(all, fact.Ceiling{Maximum: maximum(m.Is.Role, area), Share: m.Is.Share, Days: n, Entry: m.Entry().ID})
		}
	}
	for i := range all {
		if all[i].Share == 0 { // no source says: whoever gives the maximum settles it
			all[i].Maximum, all[i].Share = 0, 100
		}
	}
	return all
}

// maximum is what a role is paid up to in an area, share and all; 0 where that
// is not known.
func maximum(r contract.Role, area fact.Area) events.GBP {
	one := r.Maximum
	switch area {
	case fact.OuterLondon:
		one = r.OuterLondon
	case fact.InnerLondon:
		one = r.InnerLondon
	case fact.Elsewhere:
		return one
	}
	if one == 0 {
		return r.London
	}
	return one
}

// SinceApproval is what an approved line of a month's claim comes to by today's
// maxima, with what the month has cost as far as that is claimed, less what it has been reimbursed,
// adjustments included; nil where that is not known.
func (w *Workforce) SinceApproval(l Line, role *terms.Role) *events.GBP {
	was := l.Approved()
	if was == nil || l.Added != nil || role == nil {
		return nil
	}
	last, so := l.Line.Claimed, *was
	for _, c := range w.Claims() {
		if c.Month() != "" || c.Approval() == nil {
			continue // it adds to none
		}
		for _, a := range c.Lines() {
			if a.Added != nil && a.Added.Claim == l.Claim.Number && a.Added.At == l.Number && a.Approved() != nil {
				last, so = a.Line.Claimed, so+*a.Approved()
			}
		}
	}
	now, held := Costed(role, l.Month(), last)
	if now.Reimbursable == nil || held < now.Days {
		return nil
	}
	more := *now.Reimbursable - so
	return &more
}
