package reconcile

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/workforce"
	"github.com/ics-openbook/openbook/services/internal/figure"
	"github.com/ics-openbook/openbook/services/workforce/view"
	"github.com/ics-openbook/openbook/services/workforce/view/staffing"
)

// Code names a kind of difference. It is stable.
type Code string

const (
	NotRead                Code = "NOT_READ"                  // what the book has of an account cannot be read
	NotClaimed             Code = "NOT_CLAIMED"               // no claim for the month stands
	NoPosts                Code = "NO_POSTS"                  // no post of the scheme is recorded
	NotReturned            Code = "NOT_RETURNED"              // no return for the month
	ClaimedWithoutPost     Code = "CLAIMED_WITHOUT_POST"      // who is in no post in the month
	ClaimedAfterLeaving    Code = "CLAIMED_AFTER_LEAVING"     // who left their post before the month
	NotAdditional          Code = "NOT_ADDITIONAL"            // who is in a post for which nothing may be claimed
	RoleDiffers            Code = "ROLE_DIFFERS"              // claim and post name different roles
	HoursDiffer            Code = "HOURS_DIFFER"              // likewise, different hours a week
	StartedDiffers         Code = "STARTED_DIFFERS"           // likewise, different first days in the month
	LeftDiffers            Code = "LEFT_DIFFERS"              // likewise, different last days in the month
	PostNotClaimed         Code = "POST_NOT_CLAIMED"          // somebody may be claimed for, and is not
	ReturnDiffers          Code = "RETURN_DIFFERS"            // the return has more or less of a role
	ReturnedRoleNotClaimed Code = "RETURNED_ROLE_NOT_CLAIMED" // the return has a role that is claimed for nobody
	ClaimedRoleNotReturned Code = "CLAIMED_ROLE_NOT_RETURNED" // the return has nobody of a role that is claimed
)

const hoursAWeek, days, wholeTime = "hour a week", "day", "WTE"

// Codes are all of them, in the order in which they are told.
var Codes = []Code{
	NotRead, NotClaimed, NoPosts, NotReturned,
	ClaimedWithoutPost, ClaimedAfterLeaving, NotAdditional, RoleDiffers, HoursDiffer, StartedDiffers, LeftDiffers, PostNotClaimed,
	ReturnDiffers, ReturnedRoleNotClaimed, ClaimedRoleNotReturned,
}

// Difference is one between two accounts.
type Difference struct {
	Code     Code
	Employee string       // "Role 1"; none where it is about no one person
	Claim    int          // the number of the claim that the person has a line in; 0 for none
	Line     int          // that line's, likewise
	Post     int          // the number of the post; 0 for none
	Role     contract.Key // none where it is about the whole month
	Sides    [2]Side
	Why      []string // of NotAdditional: the reasons of [staffing.Staff.AdditionalOn]
	Sentence string   // what differs, and what to do
}

// Side is what one account says.
type Side struct {
	Account Account
	Role    contract.Key // as this account has it; none where it has none
	figure.Figure
}

// differ notes a difference about a line, or about a post where there is none.
func (m *month) differ(code Code, l *view.Line, p *staffing.Post, role contract.Key, sides [2]Side, format string, args ...any) *Difference {
	d := Difference{Code: code, Role: role, Sides: sides, Sentence: fmt.Sprintf(format, args...)}
	if l != nil {
		d.Employee, d.Claim, d.Line = l.Employee, l.Claim.Number, l.Number
	}
	if p != nil {
		d.Post = p.Number
	}
	m.Differences = append(m.Differences, d)
	return &m.Differences[len(m.Differences)-1]
}

// hours are hundredths of them, of one role of an account, and what they are of.
func hours(a Account, role contract.Key, hundredths int, of func() []figure.Part) Side {
	h := decimal.MustNew(int64(hundredths), 2).Trim(0)
	rule := "The hours a week that the claim has for them."
	if a == Posts {
		rule = "The hours a week of the posts that they are in."
	}
	return Side{a, role, figure.Figure{Value: &h, Unit: hoursAWeek}.Adding(rule, of)}
}

// nothing is what an account without an entry is of.
func nothing() []figure.Part { return nil }

// ofLine is what a line says.
func ofLine(l view.Line) func() []figure.Part {
	return func() []figure.Part {
		h, _ := workforce.Hundredths(l.Hours)
		return []figure.Part{{Is: written(h), Entries: []events.ID{l.Claim.Submitted().ID}}}
	}
}

// ofAll is every post that somebody was in.
func ofAll(in []spell) func() []figure.Part {
	return func() (all []figure.Part) {
		for _, s := range in {
			all = append(all, figure.Part{Entries: s.post.Behind()})
		}
		return all
	}
}

// ofPosts is what the posts say that somebody is in on a day.
func ofPosts(in []spell, day events.Date) func() []figure.Part {
	return func() (all []figure.Part) {
		for _, s := range in {
			if s.on(day) {
				all = append(all, figure.Part{Is: written(s.hours()), Entries: s.post.Behind()})
			}
		}
		return all
	}
}

// written are hours without a point where none is needed.
func written(hundredths int) string { return decimal.MustNew(int64(hundredths), 2).Trim(0).String() }

// missing notes which accounts there are not.
func (m *month) missing() {
	for _, one := range []struct {
		code    Code
		is      Account
		against Account
		do      string
	}{
		{NotClaimed, Claims, Posts, "Submit one for the people in its posts; what is not claimed by the end of the year is lost."},
		{NoPosts, Posts, Claims, "Record its posts and who is in them, so that claims can be held against them."},
		{NotReturned, Return, Claims, "Enter its staff in the national workforce collection (NWRS); once NHS England has published the month, a steward imports it."},
	} {
		switch why := m.lacks[one.is]; {
		case why != nil && m.unread[one.is]:
			m.differ(NotRead, nil, nil, "", [2]Side{{Account: one.is, Figure: m.total(one.is)}, {Account: one.against, Figure: m.total(one.against)}}, "%s", why.Reason)
		case why != nil:
			m.differ(one.code, nil, nil, "", [2]Side{{Account: one.is, Figure: m.total(one.is)}, {Account: one.against, Figure: m.total(one.against)}}, "%s %s", why.Reason, one.do)
		}
	}
}

// compare is the order in which differences are told; of equals, the order of posts.
func compare(a, b Difference) int {
	return cmp.Or(
		cmp.Compare(about(a), about(b)), cmp.Compare(number(a.Employee), number(b.Employee)), onlyRole(a, b),
		cmp.Compare(slices.Index(Codes, a.Code), slices.Index(Codes, b.Code)),
	)
}

// about is 0 of the whole month, 1 of a person, 2 of a role.
func about(d Difference) int {
	switch {
	case d.Employee != "":
		return 1
	case d.Role != "":
		return 2
	}
	return 0
}

// onlyRole orders what is about roles.
func onlyRole(a, b Difference) int {
	if about(a) != 2 {
		return 0
	}
	return cmp.Compare(a.Role, b.Role)
}

// number is that of "Role 12"; 0 for what is no such word.
func number(employee string) int {
	_, digits, _ := strings.Cut(employee, " ")
	n, _ := strconv.Atoi(digits)
	return n
}
