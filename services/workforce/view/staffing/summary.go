package staffing

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/staffing"
	"github.com/ics-openbook/openbook/events/workforce"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// RolePosts is how a role's posts stand on a day: the hours a week of each, in
// hundredths.
type RolePosts struct {
	Role   contract.Key
	Posts  int // that are not withdrawn
	People int // in post
	Filled int
	Sought int // planned, recruiting or offered, and never filled
	Vacant int // somebody was in it
}

// Planned is what all of it comes to.
func (r RolePosts) Planned() int { return r.Filled + r.Sought + r.Vacant }

// ByRole is how the posts of networks stand on a day, by role. Posts that are paid
// for otherwise are among them.
func ByRole(day events.Date, networks ...*Staff) []RolePosts {
	by := map[contract.Key]*RolePosts{}
	each(day, networks, func(p *Post, role contract.Key, stands Standing, hours int) {
		r := by[role]
		if r == nil {
			r = &RolePosts{Role: role}
			by[role] = r
		}
		r.Posts++
		switch stands {
		case Filled:
			r.People, r.Filled = r.People+1, r.Filled+hours
		case Vacant:
			r.Vacant += hours
		case Sought:
			r.Sought += hours
		}
	})
	all := make([]RolePosts, 0, len(by))
	for _, r := range by {
		all = append(all, *r)
	}
	slices.SortFunc(all, func(a, b RolePosts) int { return cmp.Compare(a.Role, b.Role) })
	return all
}

// Standing is how a post stands on a day.
type Standing int

const (
	Filled Standing = iota
	Sought          // planned, recruiting or offered, and never filled
	Vacant          // somebody was in it
)

// each looks at every post of networks on a day that is not withdrawn, with its
// hours a week in hundredths.
func each(day events.Date, networks []*Staff, look func(p *Post, role contract.Key, stands Standing, hours int)) {
	for _, s := range networks {
		for _, p := range s.Posts() {
			stage, _ := p.StageOn(day)
			if stage == fact.Withdrawn || !p.PlannedOn(day) {
				continue
			}
			t := p.DetailsOn(day)
			hours, _ := workforce.Hundredths(t.Hours)
			stands := Sought
			if _, empty := p.EmptyOn(day); stage == fact.Filled {
				stands = Filled
			} else if empty {
				stands = Vacant
			}
			look(p, t.Role, stands, hours)
		}
	}
}

// PartsOf are the posts of a role on a day that stand in one of some ways, each with
// its hours a week and the entries about it.
func PartsOf(role contract.Key, day events.Date, networks []*Staff, how ...Standing) (all []figure.Part) {
	each(day, networks, func(p *Post, is contract.Key, stands Standing, hours int) {
		if is == role && slices.Contains(how, stands) {
			all = append(all, figure.Part{Is: decimal.MustNew(int64(hours), 2).Trim(0).String(), Entries: p.Behind()})
		}
	})
	return all
}

// Leavers are who has left posts of networks from the first day of a year to a day,
// each by the post and the entries about it.
func Leavers(year events.Year, day events.Date, networks ...*Staff) (all []figure.Part) {
	day = within(year, day)
	for _, s := range networks {
		for _, p := range s.Posts() {
			for _, h := range p.Holders() {
				if h.leaves(year.First(), day) {
					all = append(all, figure.Part{Is: fmt.Sprintf("post %d of %s", p.Number, p.Network), Entries: p.Behind()})
				}
			}
		}
	}
	return all
}

// within is a day, or the last of a year that was over by then.
func within(year events.Year, day events.Date) events.Date {
	if day.After(year.Last()) {
		return year.Last()
	}
	return day
}

// leaves reports whether they leave from one day to another. Who moves to another
// post of the network does not.
func (h Holder) leaves(from, to events.Date) bool {
	return h.Left != nil && h.Left.Why != fact.Moved && !h.Left.LastDay.Before(from) && !h.Left.LastDay.After(to)
}

// WTE are hours a week, in hundredths, in whole-time equivalents to two places.
func WTE(hundredths int) decimal.Decimal {
	wte := decimal.MustNew(int64(hundredths), 0)
	wte, _ = wte.Quo(decimal.MustNew(workforce.FullTime, 0)) // of some thousand people at most
	return wte.Round(2)
}

// Turnover is how many in a hundred have left posts of networks from the first day
// of a year to a day, of those in post on average: of the two days. Who moved to
// another post of the network has not left.
func Turnover(year events.Year, day events.Date, networks ...*Staff) (leavers int, rate figure.Figure) {
	day = within(year, day)
	var then, now int // in post on the first day, and on the last
	for _, s := range networks {
		for _, p := range s.Posts() {
			if p.HolderOn(year.First()) != nil {
				then++
			}
			if p.HolderOn(day) != nil {
				now++
			}
			for _, h := range p.Holders() {
				if h.leaves(year.First(), day) {
					leavers++
				}
			}
		}
	}
	in := then + now
	if in == 0 {
		return leavers, figure.Not("%", &figure.Unknown{Code: "NOBODY_IN_POST", Reason: "Nobody was in post on either day, so that those who have left cannot be held against anybody."})
	}
	percent, _ := decimal.MustNew(int64(leavers)*200, 0).Quo(decimal.MustNew(int64(in), 0))
	percent = percent.Round(1)
	f := figure.Figure{Value: &percent, Unit: "%"}
	return leavers, f.By("Who has left since the year began, of those in post on average of its first day and the last that is counted, to one place.", func() (string, []events.ID) {
		return f.Equals(fmt.Sprintf("%d ÷ ((%d + %d) ÷ 2)", leavers, then, now)), held(year.First(), day, networks)
	})
}

// held are the entries about posts that somebody was in from one day to another.
func held(from, to events.Date, networks []*Staff) (all []events.ID) {
	for _, s := range networks {
		for _, p := range s.Posts() {
			if p.HolderOn(from) != nil || p.HolderOn(to) != nil || slices.ContainsFunc(p.Holders(), func(h Holder) bool { return h.leaves(from, to) }) {
				all = append(all, p.Behind()...)
			}
		}
	}
	return all
}

// Hours is what a clinical director's time of a month comes to.
func Hours(h fact.DirectorHours) decimal.Decimal {
	sum := decimal.Zero
	for _, one := range h.Each() {
		sum, _ = sum.Add(one) // a month has 744 at most
	}
	return sum
}
