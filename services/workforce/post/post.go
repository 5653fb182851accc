// Package post decides what is said of who works for a network: its posts and who
// is in them, what it had before, what it has returned nationally, and its
// director's time. It is pure.
//
// Nothing is refused for not being additional: a network may employ whom it likes.
// Whether a post is additional is an answer of the view, which explains itself.
package post

import (
	"fmt"
	"slices"
	"time"

	"github.com/ics-openbook/openbook/api/ask/workforce"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/staffing"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	registry "github.com/ics-openbook/openbook/services/network/view"
	"github.com/ics-openbook/openbook/services/workforce/view/staffing"
)

// State is a network's staff; nil while nothing is said of it.
type State = *staffing.Staff

// Evolve returns s as it stands after e. What does not follow, which no history
// has that was decided here, changes nothing.
func Evolve(s State, e fact.Event) State {
	next, err := s.With(e, staffing.Place{})
	if err != nil {
		return s
	}
	return next
}

// Known is what a decision looks at besides.
type Known struct {
	Today    events.Date
	Registry registry.State
	Contract func(events.Year) *terms.Contract // nil of a year that the book has none of
}

// MostPosts is how many posts a network may ever have planned: the largest has some
// 300 people. Each is looked at for every answer about the others.
const MostPosts = 1_000

var (
	ErrTooMany = refuse.New(refuse.Conflict, "POSTS_FULL",
		"Network %s has planned %d posts, which is the most. Fill those that are vacant.")
	ErrNetwork = refuse.New(refuse.NotFound, "NETWORK_UNKNOWN",
		"There is no network %s in the book. Register it first, or check the code.")
	ErrPractice = refuse.New(refuse.NotFound, "PRACTICE_UNKNOWN",
		"There is no practice %s in the book. Register it first, or check the code.")
	ErrRole = refuse.New(refuse.NotFound, "ROLE_UNKNOWN",
		"The contract of %s reimburses no role %s. Look up its roles, have a steward add it with its source, or plan the post as the network's own.")
	ErrRoleAbsent = refuse.New(refuse.Invalid, "ROLE_NOT_IN_FORCE",
		"The contract of %s reimburses %s %s, and not on %s. Name a day on which it does, or have the post as the network's own.")
	ErrBaselineRole = refuse.New(refuse.Invalid, "BASELINE_ROLE",
		"%s is none of the roles that were counted on %s.")
	ErrPost = refuse.New(refuse.NotFound, "POST_UNKNOWN",
		"Network %s has no post %d. Look up its number.")
	ErrWithdrawn = refuse.New(refuse.Conflict, "POST_WITHDRAWN",
		"Post %d was withdrawn on %s. Plan another.")
	ErrFilled = refuse.New(refuse.Conflict, "POST_FILLED",
		"%s is in post %d from %s on. Say first when they leave, or that they never came.")
	ErrEmpty = refuse.New(refuse.Conflict, "POST_EMPTY",
		"Nobody is in post %d, so that nobody can leave it.")
	ErrLeft = refuse.New(refuse.Conflict, "LEFT_ALREADY",
		"%s left post %d on %s. Say who is in it now, before they leave.")
	ErrBefore = refuse.New(refuse.Invalid, "DAY_BEFORE",
		"%s is before %s, since when post %d is as it stands. What happens to a post comes in the order of its days.")
	ErrStarts = refuse.New(refuse.Invalid, "LEAVES_BEFORE_START",
		"%s started on %s: their last day is that at the earliest. If they never came, write RECORDED_IN_ERROR.")
	ErrAhead = refuse.New(refuse.Invalid, "MONTH_AHEAD",
		"%s has not begun. Report a month once it has.")
)

// StateBaseline says what a network had of a role.
func StateBaseline(s State, k Known, a workforce.StateBaseline) ([]fact.Event, error) {
	if !k.Registry.HasNetwork(a.Network) {
		return nil, ErrNetwork.About("network", a.Network)
	}
	if !slices.Contains(fact.BaselineRoles, a.Role) {
		return nil, ErrBaselineRole.About("role", a.Role, fact.BaselineDay)
	}
	if was := s.BaselineOf(a.Role); was != nil && was.Is.WTE.Equal(a.WTE) && was.Is.Source == a.Source {
		return nil, nil
	}
	return []fact.Event{fact.BaselineStated{Whose: whose(a.StaffOf), Role: a.Role, WTE: a.WTE.Trim(0), Source: a.Source}}, nil
}

// Plan makes a post. Who plans the same once more has two of them: that one ask
// comes twice is known by its id, not here.
func Plan(s State, k Known, a workforce.PlanPost) ([]fact.Event, error) {
	if err := k.terms(a.Network, a.Details, "plannedFrom", a.PlannedFrom); err != nil {
		return nil, err
	}
	if len(s.Posts()) >= MostPosts {
		return nil, ErrTooMany.About("", a.Network, MostPosts)
	}
	return []fact.Event{fact.PostPlanned{Whose: whose(a.StaffOf), Post: len(s.Posts()) + 1, Details: a.Details}}, nil
}

// Change says what a post is from a day on.
func Change(s State, k Known, a workforce.ChangePost) ([]fact.Event, error) {
	p, err := find(s, a.PostOf)
	if err == nil {
		err = k.terms(a.Network, a.Details, "since", a.Since)
	}
	if err != nil || p.Stays(a.Details, a.Since) {
		return nil, err
	}
	return []fact.Event{fact.PostChanged{Whose: whose(a.StaffOf), Post: a.Post, From: a.Since, Details: a.Details, Reason: a.Reason}}, nil
}

// Advance says that somebody is sought for a post, or is offered it.
func Advance(s State, _ Known, a workforce.AdvancePost) ([]fact.Event, error) {
	p, err := find(s, a.PostOf)
	if err != nil {
		return nil, err
	}
	if stage, _ := p.StageOn(a.On); stage == a.To {
		return nil, nil
	}
	if err := free(p, "on", a.On); err != nil {
		return nil, err
	}
	return []fact.Event{fact.PostAdvanced{Whose: whose(a.StaffOf), Post: a.Post, To: a.To, On: a.On}}, nil
}

// Fill says who is in a post.
func Fill(s State, _ Known, a workforce.FillPost) ([]fact.Event, error) {
	p, err := find(s, a.PostOf)
	if err != nil {
		return nil, err
	}
	filled := fact.PostFilled{Whose: whose(a.StaffOf), Post: a.Post, Employee: a.Employee, StartsOn: a.StartsOn, From: a.From, Scheme: a.Scheme, Before: a.Before}
	if slices.ContainsFunc(p.Holders(), func(h staffing.Holder) bool { return same(h.PostFilled, filled) }) {
		return nil, nil
	}
	if err := free(p, "startsOn", a.StartsOn); err != nil {
		return nil, err
	}
	return []fact.Event{filled}, nil
}

// Vacate says that somebody leaves a post.
func Vacate(s State, _ Known, a workforce.VacatePost) ([]fact.Event, error) {
	p := s.Post(a.Post)
	if p == nil {
		return nil, ErrPost.About("post", a.Network, a.Post)
	}
	so := func(h staffing.Holder) bool {
		return h.Left != nil && h.Left.LastDay == a.LastDay && h.Left.Why == a.Why
	}
	if n := p.Newest(); slices.ContainsFunc(p.Holders(), so) || n != nil && so(*n) {
		return nil, nil
	}
	if _, err := find(s, a.PostOf); err != nil {
		return nil, err
	}
	h := p.Last()
	switch {
	case h == nil:
		return nil, ErrEmpty.About("post", a.Post)
	case h.Left != nil:
		return nil, ErrLeft.About("post", h.Employee, a.Post, h.Left.LastDay)
	case a.Why != fact.Mistaken && a.LastDay.Before(h.StartsOn):
		return nil, ErrStarts.About("lastDay", h.Employee, h.StartsOn)
	}
	return []fact.Event{fact.PostVacated{Whose: whose(a.StaffOf), Post: a.Post, LastDay: a.LastDay, Why: a.Why}}, nil
}

// Withdraw gives a post up.
func Withdraw(s State, _ Known, a workforce.WithdrawPost) ([]fact.Event, error) {
	p := s.Post(a.Post)
	switch {
	case p == nil:
		return nil, ErrPost.About("post", a.Network, a.Post)
	case p.Withdrawn() != nil && p.Withdrawn().On == a.On:
		return nil, nil
	}
	p, err := find(s, a.PostOf)
	if err != nil {
		return nil, err
	}
	if err := free(p, "on", a.On); err != nil {
		return nil, err
	}
	return []fact.Event{fact.PostWithdrawn{Whose: whose(a.StaffOf), Post: a.Post, On: a.On, Reason: a.Reason}}, nil
}

// Return records what a network has returned for a month.
func Return(s State, k Known, a workforce.ReturnStaff) ([]fact.Event, error) {
	if err := k.month(a.StaffOf, a.Month); err != nil {
		return nil, err
	}
	if was := s.Returned(a.Month); was != nil && was.Is.Source == a.Source && slices.EqualFunc(was.Is.Staff, a.Staff, func(r, q fact.Returned) bool {
		wte := r.WTE.Equal(q.WTE)
		r.WTE = q.WTE
		return wte && r == q
	}) {
		return nil, nil
	}
	return []fact.Event{fact.StaffReturned{Whose: whose(a.StaffOf), Month: a.Month, Source: a.Source, Staff: a.Staff}}, nil
}

// ReportDirectorTime records what time the clinical director had in a month.
func ReportDirectorTime(s State, k Known, a workforce.ReportDirectorTime) ([]fact.Event, error) {
	if err := k.month(a.StaffOf, a.Month); err != nil {
		return nil, err
	}
	for _, was := range s.DirectorTime() {
		if was.Is.Month != a.Month || !was.Is.Funded.Equal(a.Funded) {
			continue
		}
		before, now := was.Is.Spent.Each(), a.Spent.Each()
		same := true
		for i := range now {
			same = same && before[i].Equal(now[i])
		}
		if same {
			return nil, nil
		}
	}
	return []fact.Event{fact.DirectorTimeReported{Whose: whose(a.StaffOf), Month: a.Month, Funded: a.Funded, Spent: a.Spent}}, nil
}

func whose(a workforce.StaffOf) fact.Whose { return fact.Whose{Network: a.Network} }

// find is a post that has not been withdrawn.
func find(s State, a workforce.PostOf) (*staffing.Post, error) {
	p := s.Post(a.Post)
	if p == nil {
		return nil, ErrPost.About("post", a.Network, a.Post)
	}
	if w := p.Withdrawn(); w != nil {
		return nil, ErrWithdrawn.About("post", a.Post, w.On)
	}
	return p, nil
}

// ever is after all that is said of a post.
var ever = events.Day(9999, time.December, 31)

// free refuses a day on which somebody is in a post or is to come, or which is
// before the last on which something happened to it.
func free(p *staffing.Post, path string, on events.Date) error {
	switch stage, since := p.StageOn(ever); {
	case stage == fact.Filled:
		h := p.Last()
		return ErrFilled.About("post", h.Employee, p.Number, h.StartsOn)
	case on.Before(since):
		return ErrBefore.About(path, on, since, p.Number)
	}
	return nil
}

func same(a, b fact.PostFilled) bool {
	if (a.Scheme == nil) != (b.Scheme == nil) || a.Scheme != nil && *a.Scheme != *b.Scheme {
		return false
	}
	if (a.Before == nil) != (b.Before == nil) || a.Before != nil && *a.Before != *b.Before {
		return false
	}
	return a.Employee == b.Employee && a.StartsOn == b.StartsOn && a.From == b.From
}

func (k Known) month(a workforce.StaffOf, m events.Month) error {
	if !k.Registry.HasNetwork(a.Network) {
		return ErrNetwork.About("network", a.Network)
	}
	if k.Today.Before(m.First()) {
		return ErrAhead.About("month", m)
	}
	return nil
}

// terms refuses what a post cannot be from a day on, which path names.
func (k Known) terms(network events.PCN, t fact.Details, path string, from events.Date) error {
	if !k.Registry.HasNetwork(network) {
		return ErrNetwork.About("network", network)
	}
	for i, p := range t.Practices {
		if !k.Registry.HasPractice(p) {
			return ErrPractice.About(fmt.Sprintf("practices.%d", i), p)
		}
	}
	switch t.Purpose {
	case fact.Baseline:
		if !slices.Contains(fact.BaselineRoles, t.Role) {
			return ErrBaselineRole.About("role", t.Role, fact.BaselineDay)
		}
	case fact.Additional:
		return k.reimbursed(t.Role, path, from)
	case fact.Own:
	}
	return nil
}

// reimbursed refuses a role that the year's contract does not reimburse on a day.
// Of a year that has no contract yet nobody can say so, and posts are planned ahead.
func (k Known) reimbursed(role contract.Key, path string, on events.Date) error {
	year := events.YearOf(on)
	c := k.Contract(year)
	if c == nil {
		return nil
	}
	r := c.Role(role)
	if r == nil {
		return ErrRole.About("role", year, role)
	}
	var when string                                 // it begins next, or has ended last
	for _, m := range slices.Backward(r.Maxima()) { // in order
		switch {
		case (events.Period{From: m.From(), To: m.To()}).Includes(on):
			return nil
		case m.From().After(on):
			when = fmt.Sprintf("from %s", m.From())
		case when == "":
			when = fmt.Sprintf("until %s", m.To())
		}
	}
	return ErrRoleAbsent.About(path, year, role, when, on)
}
