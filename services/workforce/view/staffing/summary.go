package staffing

import (
	"cmp"
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
	for _, s := range networks {
		for _, p := range s.Posts() {
			stage, _ := p.StageOn(day)
			if stage == fact.Withdrawn || !p.PlannedOn(day) {
				continue
			}
			t := p.DetailsOn(day)
			r := by[t.Role]
			if r == nil {
				r = &RolePosts{Role: t.Role}
				by[t.Role] = r
			}
			hours, _ := workforce.Hundredths(t.Hours)
			r.Posts++
			switch _, empty := p.EmptyOn(day); {
			case stage == fact.Filled:
				r.People, r.Filled = r.People+1, r.Filled+hours
			case empty:
				r.Vacant += hours
			default:
				r.Sought += hours
			}
		}
	}
	all := make([]RolePosts, 0, len(by))
	for _, r := range by {
		all = append(all, *r)
	}
	slices.SortFunc(all, func(a, b RolePosts) int { return cmp.Compare(a.Role, b.Role) })
	return all
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
	if day.After(year.Last()) {
		day = year.Last()
	}
	in := 0
	for _, s := range networks {
		for _, p := range s.Posts() {
			for _, d := range []events.Date{year.First(), day} {
				if p.HolderOn(d) != nil {
					in++
				}
			}
			for _, h := range p.Holders() {
				if h.Left != nil && h.Left.Why != fact.Moved && !h.Left.LastDay.Before(year.First()) && !h.Left.LastDay.After(day) {
					leavers++
				}
			}
		}
	}
	if in == 0 {
		return leavers, figure.Not("%", &figure.Unknown{Code: "NOBODY_IN_POST", Reason: "Nobody was in post on either day, so that those who have left cannot be held against anybody."})
	}
	percent, _ := decimal.MustNew(int64(leavers)*200, 0).Quo(decimal.MustNew(int64(in), 0))
	percent = percent.Round(1)
	return leavers, figure.Figure{Value: &percent, Unit: "%"}
}

// Hours is what a clinical director's time of a month comes to.
func Hours(h fact.DirectorHours) decimal.Decimal {
	sum := decimal.Zero
	for _, one := range h.Each() {
		sum, _ = sum.Add(one) // a month has 744 at most
	}
	return sum
}
