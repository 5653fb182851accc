package reconcile

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/staffing"
	"github.com/ics-openbook/openbook/events/workforce"
	"github.com/ics-openbook/openbook/services/internal/figure"
	"github.com/ics-openbook/openbook/services/workforce/view/staffing"
)

// Table is what each account has of each role.
type Table struct {
	Roles []Role // of the scheme, by key; none where no account has any
	// Outside is what is returned of roles that are not of the scheme, by group and
	// role: with Roles it is all of the return.
	Outside    []fact.Returned
	OutsideWTE figure.Figure

	sums map[contract.Key]*sums
}

// Role is what the accounts have of one, in WTE to two places. A figure is unknown
// where its account is not given, and zero where it is and has none.
type Role struct {
	Key contract.Key
	// Lines is how many are claimed for, Ending how many of those are there on the
	// last day, and Holders how many are in posts. Figures of fewer than [view.Few]
	// are for those who may see lines alone, and differences of as few.
	Lines, Ending, Holders int

	Claimed  figure.Figure // all who are claimed for in the month
	AtEnd    figure.Figure // of those, who were there on its last day: what Returned is held against
	Posts    figure.Figure // who was in post in the month, as on their last day in it
	Returned figure.Figure // on the month's last day
}

// column is a figure of a table.
type column int

const (
	claimedIn column = iota
	atEnd
	postsIn
	returnedIn
	outsideOf
)

// rules are how each comes about.
var rules = [...]string{
	claimedIn:  "The hours a week of all who are claimed for in the month, in whole-time equivalents of 37.5 hours to two places.",
	atEnd:      "The hours a week of those claimed for who were there on the month's last day, in whole-time equivalents of 37.5 hours to two places.",
	postsIn:    "The hours a week of who was in a post of the scheme in the month, as on their last day in it, in whole-time equivalents of 37.5 hours to two places.",
	returnedIn: "The whole-time equivalents of the role in the staff return of the month, to two places.",
	outsideOf:  "The whole-time equivalents of the roles in the staff return of the month that are not of the scheme, to two places.",
}

// written is what parts of a column come to: hours are to be divided yet.
func (c column) written(parts []figure.Part) string {
	if c < returnedIn && len(parts) > 0 {
		return figure.Sum(parts) + " ÷ 37.5"
	}
	return figure.Joined(parts, " + ")
}

// behind are the parts of a column, of a role or, where none is named, of all.
type behind func(c column, role contract.Key) []figure.Part

// sums are exact: hours are a week's, in hundredths.
type sums struct {
	lines, ending, holders int
	claimed, atEnd, posted int
	returned               decimal.Decimal
	isReturned             bool
}

// tolerance is how far the return may be apart, in hundredths of hours a week:
// 0.05 WTE, as others round to one decimal.
var tolerance = decimal.MustParse("187.5")

// apart reports whether the return is, from who was claimed for on the last day.
func (s sums) apart() bool {
	returned, _ := s.returned.Mul(decimal.MustNew(workforce.FullTime, 0)) // of one network
	by, _ := returned.SubAbs(decimal.MustNew(int64(s.atEnd), 0))
	return by.Cmp(tolerance) > 0
}

// table adds up what there is.
func (m *month) table() Table {
	all := map[contract.Key]*sums{}
	of := func(key contract.Key) *sums {
		if all[key] == nil {
			all[key] = &sums{}
		}
		return all[key]
	}
	for _, l := range m.lines {
		s := of(l.Role)
		h, _ := workforce.Hundredths(l.Hours)
		s.lines, s.claimed = s.lines+1, s.claimed+h
		if _, to := span(l, m.first, m.last); to == m.last {
			s.ending, s.atEnd = s.ending+1, s.atEnd+h
		}
	}
	for i, p := range m.spells {
		if in := m.of(p.employee, true); p.scheme() && p.on(end(in)) { // once, who has moved
			s := of(p.terms.Role)
			s.holders, s.posted = s.holders+1, s.posted+m.spells[i].hours()
		}
	}
	var outside []fact.Returned
	if m.lacks[Return] == nil {
		for _, r := range m.from.Staff.Returned(m.Month).Is.Staff {
			key, is := KeyOf(r.Role, m.Month.Year())
			if !is {
				outside = append(outside, r)
				continue
			}
			s := of(key)
			s.isReturned = true
			s.returned, _ = s.returned.Add(r.WTE) // of a hundred roles at most
		}
	}
	return newTable(m.Month.Year(), all, outside, m.lacks, m.parts)
}

// parts are what a network's accounts have of a role, person by person.
func (m *month) parts(c column, role contract.Key) (all []figure.Part) {
	of := func(is contract.Key) bool { return role == "" || is == role }
	switch c {
	case claimedIn, atEnd:
		for _, l := range m.lines {
			if _, to := span(l, m.first, m.last); of(l.Role) && (c == claimedIn || to == m.last) {
				all = append(all, ofLine(l)()...)
			}
		}
	case postsIn:
		for _, p := range m.spells {
			if in := m.of(p.employee, true); p.scheme() && of(p.terms.Role) && p.on(end(in)) {
				all = append(all, figure.Part{Is: written(p.hours()), Entries: p.post.Behind()})
			}
		}
	case returnedIn, outsideOf:
		said := m.from.Staff.Returned(m.Month)
		if said == nil {
			return nil
		}
		for _, r := range said.Is.Staff {
			if key, is := KeyOf(r.Role, m.Month.Year()); is == (c == returnedIn) && of(key) {
				all = append(all, figure.Part{Is: r.WTE.String(), Entries: []events.ID{said.ID}})
			}
		}
	}
	return all
}

func newTable(year events.Year, all map[contract.Key]*sums, outside []fact.Returned, lacks map[Account]*figure.Unknown, of behind) Table {
	t := Table{Outside: outside, sums: all}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		s := all[key]
		r := Role{
			Key: key, Lines: s.lines, Ending: s.ending, Holders: s.holders,
			Claimed: of.known(claimedIn, key, staffing.WTE(s.claimed), lacks[Claims]), AtEnd: of.known(atEnd, key, staffing.WTE(s.atEnd), lacks[Claims]),
			Posts: of.known(postsIn, key, staffing.WTE(s.posted), lacks[Posts]), Returned: of.known(returnedIn, key, s.returned, lacks[Return]),
		}
		if lacks[Return] == nil && !collected(key, year) {
			r.Returned = figure.Not(wholeTime, &figure.Unknown{Code: "ROLE_NOT_COLLECTED", Reason: fmt.Sprintf("The national workforce collection has no role that is %s alone, so that nobody can say how much of it is returned.", key)})
		}
		t.Roles = append(t.Roles, r)
	}
	sum := decimal.Zero
	for _, r := range outside {
		sum, _ = sum.Add(r.WTE)
	}
	t.OutsideWTE = of.known(outsideOf, "", sum, lacks[Return])
	return t
}

func (of behind) known(c column, role contract.Key, wte decimal.Decimal, lacks *figure.Unknown) figure.Figure {
	if lacks != nil {
		return figure.Not(wholeTime, lacks)
	}
	wte = wte.Round(2).Trim(0)
	f := figure.Figure{Value: &wte, Unit: wholeTime}
	return f.By(rules[c], func() (string, []events.ID) {
		parts := of(c, role)
		return f.Equals(c.written(parts)), figure.Behind(parts)
	})
}

// total is what an account has of all roles of the scheme.
func (m *month) total(a Account) figure.Figure {
	hours, returned := 0, decimal.Zero
	for _, s := range m.sums {
		switch a {
		case Claims:
			hours += s.claimed
		case Posts:
			hours += s.posted
		case Return:
			returned, _ = returned.Add(s.returned)
		}
	}
	of := behind(m.parts)
	switch a {
	case Return:
		return of.known(returnedIn, "", returned, m.lacks[a])
	case Posts:
		return of.known(postsIn, "", staffing.WTE(hours), m.lacks[a])
	case Claims:
	}
	return of.known(claimedIn, "", staffing.WTE(hours), m.lacks[a])
}

// returned holds the return against the claims, role by role.
func (m *month) returned() {
	for _, r := range m.Roles {
		s := m.sums[r.Key]
		sides := [2]Side{{Claims, r.Key, r.AtEnd}, {Return, r.Key, r.Returned}}
		switch {
		case r.Returned.Unknown != nil: // its name is not collected
		case s.lines == 0 && s.returned.IsPos():
			m.differ(ReturnedRoleNotClaimed, nil, nil, r.Key, sides,
				"The staff return of %s has %s WTE of %s, and nobody is claimed for as one: claim for them, or see to it that the return names their role rightly. Who is paid for otherwise is not claimed for.", m.Month, r.Returned.Value, r.Key)
		case !s.isReturned && s.atEnd > 0:
			m.differ(ClaimedRoleNotReturned, nil, nil, r.Key, sides,
				"%s WTE of %s are claimed for, and the staff return of %s has nobody of that role: enter them in the national workforce collection (NWRS), because reimbursed staff have to be in both.", r.AtEnd.Value, r.Key, m.Month)
		case s.apart():
			m.differ(ReturnDiffers, nil, nil, r.Key, sides,
				"%s WTE of %s are claimed for on %s, and the staff return has %s: correct the claim or the national workforce collection (NWRS), because reimbursed hours have to be in both.", r.AtEnd.Value, r.Key, m.last, r.Returned.Value)
		}
	}
}

// merge is what is returned by several, by group and role. It sorts all.
func merge(all []fact.Returned) (sum []fact.Returned) {
	order := func(a, b fact.Returned) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Role, b.Role))
	}
	slices.SortStableFunc(all, order)
	for _, r := range all {
		if n := len(sum); n > 0 && order(sum[n-1], r) == 0 {
			s := &sum[n-1]
			s.Records, s.People = s.Records+r.Records, s.People+r.People
			s.WTE, _ = s.WTE.Add(r.WTE) // of some thousand networks
			continue
		}
		sum = append(sum, r)
	}
	return sum
}
