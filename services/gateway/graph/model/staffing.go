package model

import (
	"slices"
	"strconv"
	"time"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/staffing"
	"github.com/ics-openbook/openbook/services/internal/figure"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	claims "github.com/ics-openbook/openbook/services/workforce/view"
	"github.com/ics-openbook/openbook/services/workforce/view/staffing"
)

// Staffing is the staff of some networks on a day, and why it is not known, if it
// is not.
type Staffing struct {
	Of      []*staffing.Staff
	Year    events.Year
	Day     events.Date
	Missing *figure.Unknown
	Ahead   bool // whether the year has not begun
	Named   bool // whether whoever asks may be told of single posts and people
}

// Together is the staff of all networks.
func Together(year events.Year, all ...Staffing) Staffing {
	sum := Staffing{Year: year}
	for _, s := range all {
		sum.Of, sum.Day, sum.Ahead = append(sum.Of, s.Of...), s.Day, s.Ahead
		if sum.Missing == nil {
			sum.Missing = s.Missing
		}
	}
	return sum
}

// Readable refuses what rests on a history that cannot be read.
func (s Staffing) Readable() error {
	if s.Missing == nil {
		return nil
	}
	var of events.Stream
	for _, one := range s.Of {
		of = events.Stream(fact.Entity(one.Network))
	}
	return refuse.ErrParked.About("", of)
}

// byRole is how the posts of each role stand; few says of which it is withheld who
// is in them.
func (s Staffing) byRole(few func(staffing.RolePosts) bool) []RolePosts {
	all := []RolePosts{}
	for _, r := range staffing.ByRole(s.Day, s.Of...) {
		all = append(all, RolePosts{r, s, few(r)})
	}
	return all
}

// unknown is why nobody can say who has left, or nil: nothing is recorded, or the
// year has not begun.
func (s Staffing) unknown() *figure.Unknown {
	recorded := 0
	for _, one := range s.Of {
		recorded += len(one.Posts())
	}
	switch {
	case s.Missing != nil:
		return s.Missing
	case s.Ahead:
		return &figure.Unknown{Code: "YEAR_AHEAD", Reason: string(s.Year) + " has not begun."}
	case recorded == 0:
		return &figure.Unknown{Code: "NO_POSTS", Reason: "No post is recorded."}
	}
	return nil
}

// Leavers is how many have left since the year began.
func (s Staffing) Leavers() figure.Figure {
	if why := s.unknown(); why != nil {
		return figure.Not("person", why)
	}
	n, _ := staffing.Turnover(s.Year, s.Day, s.Of...)
	return s.shown(figure.Of(n, "person").Counting("Who has left since the year began, but for those who moved to another post of the network.", func() []figure.Part {
		return staffing.Leavers(s.Year, s.Day, s.Of...)
	}))
}

// shown is a figure for whoever asks: who may not be told of single posts is not
// told of those that it is of either.
func (s Staffing) shown(f figure.Figure) figure.Figure {
	if s.Named {
		return f
	}
	return f.Alone()
}

// Turnover is how many in a hundred that is.
func (s Staffing) Turnover() figure.Figure {
	if why := s.unknown(); why != nil {
		return figure.Not("%", why)
	}
	_, rate := staffing.Turnover(s.Year, s.Day, s.Of...)
	return s.shown(rate)
}

// RolePosts is how the posts of a role stand.
type RolePosts struct {
	staffing.RolePosts
	in  Staffing
	few bool
}

// Count is how many there are.
func (r RolePosts) Count() figure.Figure {
	if r.in.Missing != nil {
		return figure.Not("post", r.in.Missing)
	}
	return r.in.shown(figure.Of(r.Posts, "post").Counting("The posts of the role on the day that are not withdrawn, each by its hours a week.", r.parts(everyStanding)))
}

var everyStanding = []staffing.Standing{staffing.Filled, staffing.Sought, staffing.Vacant}

// parts are the posts that stand in one of some ways.
func (r RolePosts) parts(how []staffing.Standing) func() []figure.Part {
	return func() []figure.Part { return staffing.PartsOf(r.Role, r.in.Day, r.in.Of, how...) }
}

func (r RolePosts) wte(which string, hundredths int, how ...staffing.Standing) figure.Figure {
	if r.in.Missing != nil {
		return figure.Not("WTE", r.in.Missing)
	}
	wte := staffing.WTE(hundredths)
	f, parts := figure.Figure{Value: &wte, Unit: "WTE"}, r.parts(how)
	return r.in.shown(f.By("The hours a week of the posts of the role "+which+", in whole-time equivalents of 37.5 hours to two places.", func() (string, []events.ID) {
		all := parts()
		return f.Equals(hoursOf(all)), figure.Behind(all)
	}))
}

// hoursOf are the hours of posts in whole-time equivalents: "(37.5 + 15) ÷ 37.5".
func hoursOf(posts []figure.Part) string {
	if len(posts) == 0 {
		return ""
	}
	return figure.Sum(posts) + " ÷ 37.5"
}

// Planned is all of them.
func (r RolePosts) Planned() figure.Figure {
	return r.wte("that are not withdrawn", r.RolePosts.Planned(), everyStanding...)
}

// Filled are those that somebody is in.
func (r RolePosts) Filled() figure.Figure {
	if r.few && r.in.Missing == nil {
		return claims.TooFew("WTE")
	}
	return r.wte("that somebody is in", r.RolePosts.Filled, staffing.Filled)
}

// Vacant are those that somebody was in.
func (r RolePosts) Vacant() figure.Figure {
	if r.few && r.in.Missing == nil {
		return claims.TooFew("WTE") // what is not vacant or sought is filled
	}
	return r.wte("that somebody was in", r.RolePosts.Vacant, staffing.Vacant)
}

// Sought are those that nobody was in yet.
func (r RolePosts) Sought() figure.Figure {
	return r.wte("that nobody was in yet", r.RolePosts.Sought, staffing.Sought)
}

// BaselineRole is what a network had of a role.
type BaselineRole struct {
	said staffing.Entry[fact.BaselineStated]
}

// Role is which role.
func (b BaselineRole) Role() contract.Key { return b.said.Is.Role }

// WTE is how many.
func (b BaselineRole) WTE() decimal.Decimal { return b.said.Is.WTE }

// Source is where it is known from.
func (b BaselineRole) Source() string { return b.said.Is.Source }

// Entry is the fact that says so.
func (b BaselineRole) Entry() events.ID { return b.said.ID }

// Post is a post on a day, as the API shows it.
type Post struct {
	*staffing.Post
	of  *staffing.Staff
	day events.Date
}

// Posts are a network's, on a day.
func Posts(s *staffing.Staff, day events.Date) []*Post {
	all := []*Post{}
	for _, p := range s.Posts() {
		all = append(all, &Post{p, s, day})
	}
	return all
}

// PostPage makes a page of posts.
func PostPage(c Cut[*Post]) *PostConnection { return &PostConnection{listOf[*Post, PostEdge](c)} }

// Key is what its cursor is made of.
func (p *Post) Key() string { return strconv.Itoa(1_000_000 + p.Number) }

func (p *Post) details() fact.Details { return p.DetailsOn(p.day) }

// Stage is how far it has come.
func (p *Post) Stage() fact.Stage {
	stage, _ := p.StageOn(p.day)
	if stage == fact.Planned && p.ComingOn(p.day) != nil {
		return fact.Offered
	}
	return stage
}

// Since is since when.
func (p *Post) Since() *events.Date {
	_, since := p.StageOn(p.day)
	return unlessZero(since)
}

// Role is which role.
func (p *Post) Role() contract.Key { return p.details().Role }

// Band is its band.
func (p *Post) Band() *string { return unlessZero(p.details().Band) }

// HoursPerWeek are its hours.
func (p *Post) HoursPerWeek() decimal.Decimal { return p.details().Hours }

// Purpose is why there is the post.
func (p *Post) Purpose() fact.Purpose { return p.details().Purpose }

// Employer is who employs.
func (p *Post) Employer() string { return p.details().Employer }

// Model is how the network's people are employed.
func (p *Post) Model() fact.Model { return p.details().Model }

// Practices are those that share it.
func (p *Post) Practices() []events.Practice {
	return slices.Concat([]events.Practice{}, p.details().Practices)
}

// PlannedFrom is the day it is planned from.
func (p *Post) PlannedFrom() events.Date { return p.details().PlannedFrom }

// holder is who is in it, or is to be.
func (p *Post) holder() *staffing.Holder {
	if h := p.HolderOn(p.day); h != nil {
		return h
	}
	return p.ComingOn(p.day)
}

// Employee is who is in it, or is to be.
func (p *Post) Employee() *string {
	if h := p.holder(); h != nil {
		return &h.Employee
	}
	return nil
}

// StartsOn is their first day.
func (p *Post) StartsOn() *events.Date {
	if h := p.holder(); h != nil {
		return &h.StartsOn
	}
	return nil
}

// From is where they worked before.
func (p *Post) From() *fact.Sector {
	if h := p.holder(); h != nil {
		return &h.From
	}
	return nil
}

// LastDay is that of whoever was in it last.
func (p *Post) LastDay() *events.Date {
	if h := p.Last(); h != nil && h.Left != nil {
		return &h.Left.LastDay
	}
	return nil
}

// Recorded is when the book was told of it last.
func (p *Post) Recorded() time.Time {
	all := p.History()
	return all[len(all)-1].Time
}

// Pension says whether those in it may be in the NHS Pension Scheme.
func (p *Post) Pension() PensionAnswer { return PensionAnswer{p.PensionOn(p.day)} }

// PensionAnswer is that answer.
type PensionAnswer struct{ staffing.Pension }

// Why is why.
func (p PensionAnswer) Why() *string { return unlessZero(p.Pension.Why) }

// Additionality says whether it is additional.
func (p *Post) Additionality() Additionality { return Additionality{p.of.AdditionalOn(p.Post, p.day)} }

// Additionality is that answer.
type Additionality struct{ staffing.Answer }

// Why is why.
func (a Additionality) Why() []string { return slices.Concat([]string{}, a.Answer.Why) }

// Until is the last day of grace.
func (a Additionality) Until() *events.Date { return unlessZero(a.Answer.Until) }
