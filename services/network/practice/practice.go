// Package practice decides what may happen to a practice's entry in the
// registry, and which network it is in when: never in two on one day. It is
// pure.
package practice

import (
	"slices"

	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/network/pcn"
	"github.com/ics-openbook/openbook/services/network/system"
	"github.com/ics-openbook/openbook/services/network/view"
)

var (
	ErrUnknown = refuse.New(refuse.NotFound, "PRACTICE_UNKNOWN",
		"There is no practice %s in the book. Register it first, or check the code.")
	ErrExists = refuse.New(refuse.Conflict, "PRACTICE_EXISTS",
		"Practice %s is in the book already, as “%s” in system %s. To change its name, rename it.")
	ErrOverlaps = refuse.New(refuse.Conflict, "MEMBERSHIP_OVERLAPS",
		"Practice %s is in network %s %s. A practice is in one network at a time: record its last day there first, or choose other dates.")
	ErrNotMember = refuse.New(refuse.NotFound, "NOT_A_MEMBER",
		"Practice %s is not in network %s with an open end, so there is nothing to end.")
	ErrEndsBeforeStart = refuse.New(refuse.Invalid, "ENDS_BEFORE_START",
		"Practice %s joined network %s on %s. Its last day, %s, cannot be earlier.")
)

// State is what the rules below need to know of a practice's past.
type State struct {
	Registered  fact.PracticeRegistered // with its name of today; zero before
	Memberships []Membership            // in the order recorded; never changed in place
}

// Membership is a practice's time in one network.
type Membership struct {
	Network events.PCN
	events.Period
}

// Evolve returns s as it stands after e.
func Evolve(s State, e fact.Event) State {
	switch e := e.(type) {
	case fact.PracticeRegistered:
		s.Registered = e
	case fact.PracticeRenamed:
		s.Registered.Name = e.Name
	case fact.Joined:
		s.Memberships = append(slices.Clip(s.Memberships), Membership{e.Network, e.Period})
	case fact.Left:
		if i := s.open(e.Network); i >= 0 {
			s.Memberships = slices.Clone(s.Memberships)
			s.Memberships[i].To = e.LastDay
		}
	case fact.SystemRegistered, fact.SystemRenamed, fact.PlaceRegistered, fact.PlaceRenamed,
		fact.NetworkRegistered, fact.NetworkRenamed:
		// of other streams
	}
	return s
}

// open finds the membership of network that has no end yet, or -1.
func (s State) open(network events.PCN) int {
	return slices.IndexFunc(s.Memberships, func(m Membership) bool { return m.Network == network && m.To.IsZero() })
}

func (s State) exists() bool { return s.Registered.Practice != "" }

// Register opens the practice's part of the book.
func Register(s State, known view.State, a network.RegisterPractice) ([]fact.Event, error) {
	e := fact.PracticeRegistered{Practice: a.Code, Name: a.Name, System: a.System}
	switch {
	case s.Registered == e:
		return nil, nil
	case s.exists():
		return nil, ErrExists.About("code", a.Code, s.Registered.Name, s.Registered.System)
	case !known.HasSystem(a.System):
		return nil, system.ErrUnknown.About("system", a.System)
	}
	return []fact.Event{e}, nil
}

// Rename gives the practice another name.
func Rename(s State, _ view.State, a network.RenamePractice) ([]fact.Event, error) {
	switch {
	case !s.exists():
		return nil, ErrUnknown.About("code", a.Code)
	case s.Registered.Name == a.Name:
		return nil, nil
	}
	return []fact.Event{fact.PracticeRenamed{Practice: a.Code, Name: a.Name}}, nil
}

// Join makes the practice a member of a network for a period in which it is in
// no other.
func Join(s State, known view.State, a network.Join) ([]fact.Event, error) {
	e := fact.Joined{Practice: a.Practice, Network: a.Network, Period: events.Period{From: a.From, To: a.LastDay}}
	switch {
	case !s.exists():
		return nil, ErrUnknown.About("practice", a.Practice)
	case !known.HasNetwork(a.Network):
		return nil, pcn.ErrUnknown.About("network", a.Network)
	}
	for _, m := range s.Memberships {
		if m == (Membership{e.Network, e.Period}) {
			return nil, nil
		}
		if m.Overlaps(e.Period) {
			return nil, ErrOverlaps.About("from", a.Practice, m.Network, inWords(m.Period))
		}
	}
	return []fact.Event{e}, nil
}

// Leave ends the practice's open membership of a network.
func Leave(s State, _ view.State, a network.Leave) ([]fact.Event, error) {
	if !s.exists() {
		return nil, ErrUnknown.About("practice", a.Practice)
	}
	ended := slices.ContainsFunc(s.Memberships, func(m Membership) bool {
		return m.Network == a.Network && m.To == a.LastDay
	})
	i := s.open(a.Network)
	switch {
	case ended:
		return nil, nil
	case i < 0:
		return nil, ErrNotMember.About("network", a.Practice, a.Network)
	case a.LastDay.Before(s.Memberships[i].From):
		return nil, ErrEndsBeforeStart.About("lastDay", a.Practice, a.Network, s.Memberships[i].From, a.LastDay)
	}
	return []fact.Event{fact.Left{Practice: a.Practice, Network: a.Network, LastDay: a.LastDay}}, nil
}

func inWords(p events.Period) string {
	if p.To.IsZero() {
		return "since " + p.From.String()
	}
	return "from " + p.From.String() + " to " + p.To.String()
}
