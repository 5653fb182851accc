package reconcile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/staffing"
	"github.com/ics-openbook/openbook/events/workforce"
	"github.com/ics-openbook/openbook/services/internal/figure"
	"github.com/ics-openbook/openbook/services/workforce/view"
	"github.com/ics-openbook/openbook/services/workforce/view/staffing"
)

// people holds the claims against the posts, person by person.
func (m *month) people() {
	claimed := map[string]bool{}
	for _, l := range m.lines {
		claimed[l.Employee] = true
		in, other := m.of(l.Employee, true), m.of(l.Employee, false)
		switch {
		case len(in) > 0:
			m.line(l, in)
			m.additional(l, in)
		case len(other) > 0:
			m.additional(l, other)
		case m.lacks[Posts] == nil: // else there is nothing that they could be in
			m.absent(l)
		}
	}
	for _, s := range m.spells {
		if claimed[s.employee] || !s.ends(m.of(s.employee, true)) || m.from.Staff.AdditionalOn(s.post, s.to).Verdict == staffing.NotAdditional {
			continue // rightly so, where it is not additional
		}
		m.differ(PostNotClaimed, nil, s.post, s.terms.Role, [2]Side{hours(Claims, "", 0, nothing), hours(Posts, s.terms.Role, s.hours(), ofPosts([]spell{s}, s.to))},
			"%s is in post %d, a %s of %s hours a week, and no claim for %s has a line for them: claim for them, or record in the post when they left.",
			s.employee, s.post.Number, s.terms.Role, written(s.hours()), m.Month).Employee = s.employee
	}
}

// ends reports whether s is the last of somebody's spells in its post.
func (s spell) ends(all []spell) bool {
	return !slices.ContainsFunc(all, func(o spell) bool { return o.post == s.post && o.to.After(s.to) })
}

// line holds a line against the posts of the scheme that the person was in. Where
// terms changed within the month, the line may say either.
func (m *month) line(l view.Line, in []spell) {
	day := end(in)
	at, total, from := in[0], 0, in[0].from
	role, agrees := false, false
	claimed, _ := workforce.Hundredths(l.Hours) // its form has been looked at
	for _, s := range in {
		from = earlier(from, s.from)
		role = role || s.terms.Role == l.Role
		if s.on(day) {
			if total == 0 {
				at = s
			}
			total += s.hours()
		}
		agrees = agrees || together(in, s.from) == claimed || together(in, s.to) == claimed
	}
	if !role {
		m.differ(RoleDiffers, &l, at.post, l.Role, [2]Side{hours(Claims, l.Role, claimed, ofLine(l)), hours(Posts, at.terms.Role, total, ofPosts(in, day))},
			"%s is claimed for as %s and is in post %d as %s: correct the claim, or change the post.", l.Employee, l.Role, at.post.Number, at.terms.Role)
	}
	if !agrees {
		m.differ(HoursDiffer, &l, at.post, l.Role, [2]Side{hours(Claims, l.Role, claimed, ofLine(l)), hours(Posts, at.terms.Role, total, ofPosts(in, day))},
			"%s is claimed for with %s hours a week and has %s in %s: correct the claim, or change the post from the day on which the hours changed.", l.Employee, written(claimed), written(total), called(in, day))
	}
	first, last := span(l, m.first, m.last)
	sides := [2]Side{lasting(Claims, l.Role, first, last, ofLine(l)), lasting(Posts, at.terms.Role, from, day, ofAll(in))}
	if first != from {
		m.differ(StartedDiffers, &l, at.post, l.Role, sides,
			"%s is claimed for from %s and is in post %d from %s: correct whichever is wrong, because a month is reimbursed by the day.", l.Employee, first, at.post.Number, from)
	}
	if last != day {
		m.differ(LeftDiffers, &l, at.post, l.Role, sides,
			"%s is claimed for until %s and is in post %d until %s: correct whichever is wrong, because a month is reimbursed by the day.", l.Employee, last, at.post.Number, day)
	}
}

// called names the posts that somebody is in on a day: "post 3 and post 4".
func called(all []spell, day events.Date) string {
	var names []string
	for _, s := range all {
		if s.on(day) {
			names = append(names, fmt.Sprint("post ", s.post.Number))
		}
	}
	return strings.Join(names, " and ")
}

// together are the hours of all spells on a day.
func together(all []spell, day events.Date) (sum int) {
	for _, s := range all {
		if s.on(day) {
			sum += s.hours()
		}
	}
	return sum
}

// span is which days of the month a line claims.
func span(l view.Line, first, last events.Date) (from, to events.Date) {
	if to = last; !l.LeftOn.IsZero() {
		to = earlier(last, l.LeftOn)
	}
	return later(first, l.StartedOn), to
}

// lasting is how many days of the month there are from one to another, and what
// says so.
func lasting(a Account, role contract.Key, from, to events.Date, of func() []figure.Part) Side {
	n := 0
	for d := from; !d.After(to); d = d.AddDays(1) {
		n++
	}
	f := figure.Of(n, days)
	return Side{a, role, f.By("The days of the month from the first that it has for them to the last, both counted.", func() (string, []events.ID) {
		if n == 0 {
			return f.Equals(""), figure.Behind(of())
		}
		return f.Equals(to.String() + " − " + from.String() + " + 1"), figure.Behind(of())
	})}
}

// additional notes each post of a person who is claimed for that is not additional,
// with the reasons.
func (m *month) additional(l view.Line, in []spell) {
	claimed, _ := workforce.Hundredths(l.Hours)
	for _, s := range in {
		a := m.from.Staff.AdditionalOn(s.post, s.to)
		if a.Verdict != staffing.NotAdditional || !s.ends(in) {
			continue
		}
		m.differ(NotAdditional, &l, s.post, l.Role, [2]Side{hours(Claims, l.Role, claimed, ofLine(l)), hours(Posts, s.terms.Role, s.hours(), ofPosts([]spell{s}, s.to))},
			"%s is claimed for, and on %s nothing may be claimed for post %d. %s Take them out of the claim, or correct what is recorded of the post.",
			l.Employee, s.to, s.post.Number, strings.Join(a.Why, " ")).Why = a.Why
	}
}

// absent notes that a person who is claimed for was in no post in the month.
func (m *month) absent(l view.Line) {
	var left, comes *staffing.Holder
	for _, p := range m.from.Staff.Posts() {
		for _, h := range p.Holders() {
			switch {
			case h.Employee != l.Employee:
			case h.StartsOn.After(m.last):
				if comes == nil || h.StartsOn.Before(comes.StartsOn) {
					comes = &h
				}
			case p.DetailsOn(h.Left.LastDay).Purpose == fact.Additional && (left == nil || h.Left.LastDay.After(left.Left.LastDay)):
				left = &h // else they would be in it
			}
		}
	}
	claimed, _ := workforce.Hundredths(l.Hours)
	sides := [2]Side{hours(Claims, l.Role, claimed, ofLine(l)), hours(Posts, "", 0, nothing)}
	switch {
	case left != nil:
		from, to := span(l, m.first, m.last)
		m.differ(ClaimedAfterLeaving, &l, m.from.Staff.Post(left.Post), l.Role, [2]Side{lasting(Claims, l.Role, from, to, ofLine(l)), lasting(Posts, "", m.last.AddDays(1), m.last, nothing)},
			"%s is claimed for in %s and left post %d on %s: take them out of the claim, or correct the day on which they left.", l.Employee, m.Month, left.Post, left.Left.LastDay)
	case comes != nil:
		m.differ(ClaimedWithoutPost, &l, m.from.Staff.Post(comes.Post), l.Role, sides,
			"%s is claimed for in %s and starts in post %d on %s: take them out of the claim until then, or correct the day on which they started.", l.Employee, m.Month, comes.Post, comes.StartsOn)
	default:
		m.differ(ClaimedWithoutPost, &l, nil, l.Role, sides,
			"%s is claimed for as %s and is in no post in %s: record the post and since when they are in it, or take them out of the claim.", l.Employee, l.Role, m.Month)
	}
}
