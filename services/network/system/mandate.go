package system

import (
	"slices"

	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/network/view"
)

var (
	ErrNetworkElsewhere = refuse.New(refuse.Conflict, "NETWORK_ELSEWHERE",
		"Network %s is not in system %s, so nobody can speak for it there. Leave it out, or move it first.")
	ErrMandateUnknown = refuse.New(refuse.NotFound, "MANDATE_UNKNOWN",
		"%s has no mandate on “%s”. Check who it is, and the body's name.")
	ErrEndsBeforeStart = refuse.New(refuse.Invalid, "ENDS_BEFORE_START",
		"The mandate of %s began on %s. Its last day, %s, cannot be earlier.")
	ErrEndsAlready = refuse.New(refuse.Conflict, "ENDS_ALREADY",
		"The mandate of %s ends on %s already. To lengthen it, record it again.")
)

// mandate is who speaks where: one person has one mandate on a body.
type mandate struct {
	person events.PersonRef
	body   string
}

// RecordLMC says for which places a Local Medical Committee speaks.
func RecordLMC(s State, _ view.State, a network.RecordLMC) ([]fact.SystemEvent, error) {
	if !s.exists() {
		return nil, ErrUnknown.About("system", a.System)
	}
	for _, p := range a.Places {
		if _, exists := s.Places[p]; !exists {
			return nil, ErrPlaceUnknown.About("places", a.System, p)
		}
	}
	if was, exists := s.LMCs[a.Code]; exists && was.Name == a.Name && slices.Equal(was.Places, a.Places) {
		return nil, nil
	}
	return []fact.SystemEvent{fact.LMCRecorded{System: a.System, LMC: a.Code, Name: a.Name, Places: a.Places}}, nil
}

// Mandate makes a person speak for networks of the system.
func Mandate(s State, known view.State, a network.MandateRepresentative) ([]fact.SystemEvent, error) {
	e := fact.Mandated{
		System: a.System, Person: a.Person, Body: a.Body, Networks: a.Networks, Topics: a.Topics,
		Period: events.Period{From: a.From, To: a.LastDay},
	}
	was := s.Mandates[mandate{a.Person, a.Body}]
	switch {
	case !s.exists():
		return nil, ErrUnknown.About("system", a.System)
	case was.Period == e.Period && slices.Equal(was.Networks, e.Networks) && slices.Equal(was.Topics, e.Topics):
		return nil, nil
	case s.Succeeded.System != "" && !a.From.Before(s.Succeeded.On):
		return nil, ErrSucceeded.About("system", a.System, inWords(s.Succeeded.By), s.Succeeded.On)
	}
	for _, n := range a.Networks {
		if known.Within(n) != a.System {
			return nil, ErrNetworkElsewhere.About("networks", n, a.System)
		}
	}
	return []fact.SystemEvent{e}, nil
}

// EndMandate ends a mandate before its time.
func EndMandate(s State, _ view.State, a network.EndMandate) ([]fact.SystemEvent, error) {
	m, exists := s.Mandates[mandate{a.Person, a.Body}]
	switch {
	case !exists:
		return nil, ErrMandateUnknown.About("person", a.Person, a.Body)
	case m.To == a.LastDay:
		return nil, nil
	case a.LastDay.Before(m.From):
		return nil, ErrEndsBeforeStart.About("lastDay", a.Person, m.From, a.LastDay)
	case !m.To.IsZero() && m.To.Before(a.LastDay):
		return nil, ErrEndsAlready.About("lastDay", a.Person, m.To)
	}
	return []fact.SystemEvent{fact.MandateEnded{System: a.System, Person: a.Person, Body: a.Body, LastDay: a.LastDay}}, nil
}
