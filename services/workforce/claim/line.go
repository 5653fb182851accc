package claim

import (
	"fmt"
	"slices"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/workforce"
	"github.com/ics-openbook/openbook/services/workforce/view"
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
	line, held := view.Costed(role, month, l)
	if held < line.Days {
		return none, ErrRoleAbsent.About(at+"role", l.Role, held, line.Days, month)
	}
	return line, nil
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
			if l.Role == role && view.Employed(month, l).Includes(day) {
				hours, _ := fact.Hundredths(l.Hours)
				sum += min(hours, fact.FullTime) // long hours make no second post
			}
		}
		most = max(most, sum)
	}
	return most
}
