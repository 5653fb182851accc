package partner

import (
	"strings"

	"github.com/ics-openbook/openbook/api/ask/partner"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/partner"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

// Known is what a decision looks at besides the organisation's own history.
type Known struct{ Registry registry.State }

var (
	ErrSystemUnknown = refuse.New(refuse.NotFound, "SYSTEM_UNKNOWN",
		"There is no system %s in the book. Register it first, or check the code.")
	ErrUnknown = refuse.New(refuse.NotFound, "PARTNER_UNKNOWN",
		"No partner %s is in the book. Have its system register it first, or check the code.")
	ErrElsewhere = refuse.New(refuse.Conflict, "PARTNER_ELSEWHERE",
		"%s is a partner of system %s from %s on. That system says when it ends; then it can be one of yours.")
	ErrNotThen = refuse.New(refuse.Conflict, "PARTNER_NOT_THEN",
		"%s was not a partner of %s in %s. Check the year, or have it registered from that year on.")
	ErrUnexplained = refuse.New(refuse.Invalid, "RESTATEMENT_UNEXPLAINED",
		"The book has other figures for this already. They stay, and yours are shown beside them: say why they differ.")
)

// Register makes an organisation a partner of a system from a year on.
func Register(s State, k Known, a partner.RegisterPartner) ([]fact.Event, error) {
	if !k.Registry.HasSystem(a.System) {
		return nil, ErrSystemUnknown.About("system", a.System)
	}
	news := s.name != a.Name
	for i, one := range s.after(a.From) {
		if one.system != "" && !k.same(one.system, a.System) {
			return nil, ErrElsewhere.About("organisation", a.Organisation, one.system, one.from)
		}
		news = news || one.system != a.System || i == 0 && a.From < one.from
	}
	if !news {
		return nil, nil
	}
	return []fact.Event{fact.Registered{Organisation: a.Organisation, Name: a.Name, System: a.System, From: a.From}}, nil
}

// End says which year was the last in which an organisation was a partner.
func End(s State, k Known, a partner.EndPartner) ([]fact.Event, error) {
	if err := k.partner(s, a.Organisation, a.System, a.Last); err != nil {
		return nil, err
	}
	news := false
	for _, one := range s.after(a.Last.Next()) {
		if one.system != "" && !k.same(one.system, a.System) {
			return nil, ErrElsewhere.About("organisation", a.Organisation, one.system, one.from)
		}
		news = news || one.system != ""
	}
	if !news {
		return nil, nil
	}
	return []fact.Event{fact.Left{Organisation: a.Organisation, System: a.System, Last: a.Last, Reason: a.Reason}}, nil
}

// SetControlTotal says what an organisation is to end a year with.
func SetControlTotal(s State, k Known, a partner.SetControlTotal) ([]fact.Event, error) {
	if err := k.partner(s, a.Organisation, a.System, a.Year); err != nil {
		return nil, err
	}
	was, set := s.totals[a.Year]
	switch {
	case set && was == total{a.Amount, a.AgreedOn}:
		return nil, nil
	case set && strings.TrimSpace(a.Reason) == "":
		return nil, ErrUnexplained.About("reason")
	}
	return []fact.Event{fact.ControlTotalSet{
		Organisation: a.Organisation, System: a.System, Year: a.Year, Amount: a.Amount, AgreedOn: a.AgreedOn, Reason: a.Reason,
	}}, nil
}

// Report records where an organisation says that it stands.
func Report(s State, _ Known, a partner.ReportPosition) ([]fact.Event, error) {
	switch {
	case !s.known():
		return nil, ErrUnknown.About("organisation", a.Organisation)
	case s.in(a.Year) == "":
		return nil, ErrNotThen.About("year", a.Organisation, "any system", a.Year)
	}
	was, reported := s.reports[month{a.Year, a.Month}]
	switch {
	case reported && was.Same(a.Position):
		return nil, nil
	case reported && strings.TrimSpace(a.Reason) == "":
		return nil, ErrUnexplained.About("reason")
	}
	return []fact.Event{fact.PositionReported{
		Organisation: a.Organisation, Year: a.Year, Month: a.Month, Position: a.Position, On: a.On, Reason: a.Reason,
	}}, nil
}

// partner refuses an organisation that was not a partner of a system in a year.
func (k Known) partner(s State, o fact.Organisation, system events.ICB, y events.Year) error {
	switch in := s.in(y); {
	case !k.Registry.HasSystem(system):
		return ErrSystemUnknown.About("system", system)
	case !s.known():
		return ErrUnknown.About("organisation", o)
	case in == "" || !k.same(in, system):
		return ErrNotThen.About("organisation", o, system, y)
	}
	return nil
}

// same reports whether a system is another, or has taken its place by now.
func (k Known) same(was, is events.ICB) bool {
	return was == is || k.Registry.Standing(was, always) == is
}

// always is later than any day that is recorded.
var always = events.Day(9999, 12, 31)
