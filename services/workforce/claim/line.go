package claim

import (
	"fmt"
	"slices"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/workforce"
	terms "github.com/ics-openbook/openbook/services/contract/view"
)

// may refuses a network that the book does not know, and a year without a
// contract.
func (k Known) may(network events.PCN, year events.Year) error {
	switch {
	case !k.Registry.HasNetwork(network):
		return ErrNetwork.About("network", network)
	case k.Contract == nil:
		return ErrContract.About("year", year)
	}
	return nil
}

// line is what a line comes to by the contract; at is where it stands.
func (k Known) line(at string, month events.Month, l fact.Claimed) (fact.Line, error) {
	none := fact.Line{}
	role := k.Contract.Role(l.Role)
	in, left := month.First(), l.LeftOn
	switch {
	case role == nil:
		return none, ErrRole.About(at+"role", month.Year(), l.Role)
	case month.Last().Before(l.StartedOn):
		return none, ErrNotYet.About(at+"startedOn", l.Employee, l.StartedOn, month)
	case !left.IsZero() && left.Before(in):
		return none, ErrLeft.About(at+"leftOn", l.Employee, left, month)
	}
	days := employed(month, l)
	line := fact.Line{Claimed: l, Days: span(days), Maxima: ceilings(role, l.Area, days)}
	held := 0
	for _, c := range line.Maxima {
		held += c.Days
	}
	if held < line.Days {
		return none, ErrRoleAbsent.About(at+"role", l.Role, held, line.Days, month)
	}
	return computed(line, month), nil
}

// computed is a line with what its hours, days and ceilings come to.
func computed(l fact.Line, month events.Month) fact.Line {
	l.Limit, l.Reimbursable = nil, nil
	if limit, known := fact.Most(month, l.Hours, l.Maxima); known {
		amount := fact.Reimbursed(l.Total(), limit, l.Maxima)
		l.Limit, l.Reimbursable = &limit, &amount
	}
	return l
}

// employed are the days of a month that somebody is employed on.
func employed(month events.Month, l fact.Claimed) events.Period {
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

// limits refuses more posts of a role, on any day of the month, than the contract
// reimburses; before are lines that are claimed already. Where it is not known how
// large the network is, the larger number holds.
func (k Known) limits(month events.Month, before, lines []fact.Claimed) error {
	for i, l := range lines {
		role := k.Contract.Role(l.Role)
		if role == nil {
			continue // which is refused already
		}
		for _, one := range role.Limits() {
			posts := one.Is.Posts
			if one.Is.LargePosts > posts && (k.Patients == nil || *k.Patients >= one.Is.LargeFrom) {
				posts = one.Is.LargePosts
			}
			if posts > 0 && busiest(month, l.Role, before, lines[:i+1]) > posts*fact.FullTime {
				return ErrLimit.About(fmt.Sprintf("lines.%d.role", i), month.Year(), posts, l.Role)
			}
		}
	}
	return nil
}

// busiest is the most hours a week, in hundredths, that a role is filled for on any
// day of a month: who follows somebody fills the same post.
func busiest(month events.Month, role contract.Key, all ...[]fact.Claimed) (most int) {
	for day := month.First(); !day.After(month.Last()); day = day.AddDays(1) {
		sum := 0
		for _, l := range slices.Concat(all...) {
			if l.Role == role && employed(month, l).Includes(day) {
				hours, _ := fact.Hundredths(l.Hours)
				sum += min(hours, fact.FullTime) // long hours make no second post
			}
		}
		most = max(most, sum)
	}
	return most
}
