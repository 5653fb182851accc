// Package practice decides what may happen to a practice's entry in the
// registry, and which network it is in when: never in two on one day. It is
// pure.
package practice

import (
	"maps"
	"slices"

	"github.com/govalues/decimal"

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
	Registered  fact.PracticeRegistered // as of today; zero before
	Closed      fact.PracticeClosed     // zero while it is open
	Memberships []Membership            // in the order recorded; never changed in place
	Sizes       map[counted]size        // never changed in place
	CountsFor   []member                // one a day; never changed in place
	Supplier    string
	Deprivation map[int]decimal.Decimal // by year; never changed in place
	Since       events.Date             // it has been where it is; zero for ever
	Notices     map[events.PCN]notice   // never changed in place
	Covered     map[events.PCN]events.Period
}

// Membership is a practice's time in one network. Its first and last day are
// the latest they can have been where no source tells them.
type Membership struct {
	Network events.PCN
	events.Period
	First, Last fact.Dating
	moved, cut  bool // here by a merger or a split, or ended by one: the practice's own history does not tell
}

type counted struct {
	basis fact.Basis
	on    events.Date
}

type size struct {
	patients int
	asAt     events.Date // of the source; none for what a person has told
}

// member is for which network the practice counts in the contract year after a day.
type member struct {
	network.CountedFor
	asAt events.Date // of the source; none for what a person has told
}

// Evolve returns s as it stands after e.
func Evolve(s State, e fact.PracticeEvent) State {
	switch e := e.(type) {
	case fact.PracticeRegistered:
		s.Registered, s.Since = e, e.AsAt
	case fact.PracticeRenamed:
		s.Registered.Name = e.Name
	case fact.PracticeLocated:
		s.Registered.System, s.Registered.SubICB = e.System, e.SubICB
		s.Since = e.From
	case fact.PracticeClosed:
		s.Closed = e
		s.Memberships = slices.Clone(s.Memberships)
		for i, m := range s.Memberships {
			if (m.To.IsZero() || e.Source == "" && e.LastDay.Before(m.To)) && !e.LastDay.Before(m.From) {
				s.Memberships[i].To, s.Memberships[i].Last = e.LastDay, e.Dating
			}
		}
	case fact.PracticeReopened:
		s.Closed = fact.PracticeClosed{}
	case fact.Joined:
		s.Memberships = append(slices.Clip(s.Memberships), Membership{Network: e.Network, Period: e.Period, First: e.Dating})
	case fact.Left:
		if i := s.open(e.Network); i >= 0 {
			s.Memberships = slices.Clone(s.Memberships)
			s.Memberships[i].To, s.Memberships[i].Last = e.LastDay, e.Dating
		}
	case fact.Redated:
		s.Memberships = slices.Clone(s.Memberships)
		for i, m := range s.Memberships {
			if m.Network == e.Network && m.From == e.Was {
				s.Memberships[i] = Membership{Network: e.Network, Period: e.Period}
			}
		}
	case fact.ListSizeRecorded:
		s.Sizes = with(s.Sizes, counted{e.Basis, e.On}, size{e.Patients, e.AsAt})
	case fact.ContractMemberRecorded:
		now := member{network.CountedFor{On: e.On, Network: e.Network, System: e.System}, e.AsAt}
		s.CountsFor = append(slices.DeleteFunc(slices.Clone(s.CountsFor), func(m member) bool { return m.On == e.On }), now)
	case fact.ClinicalSystemRecorded:
		s.Supplier = e.Supplier
	case fact.DeprivationRecorded:
		s.Deprivation = with(s.Deprivation, e.Year, e.Score)
	case fact.NoticeGiven:
		s.Notices = with(s.Notices, e.Network, notice{e, events.Date{}})
	case fact.NoticeWithdrawn:
		s.Notices = with(s.Notices, e.Network, notice{s.Notices[e.Network].NoticeGiven, e.On})
	case fact.Covered:
		s.Covered = with(s.Covered, e.Network, e.Period)
	}
	return s
}

func with[K comparable, V any](all map[K]V, key K, value V) map[K]V {
	all = maps.Clone(all)
	if all == nil {
		all = map[K]V{}
	}
	all[key] = value
	return all
}

// open finds the membership of network that has no end yet, or -1.
func (s State) open(network events.PCN) int {
	return slices.IndexFunc(s.Memberships, func(m Membership) bool { return m.Network == network && m.To.IsZero() })
}

// open refuses to join where either of the two is closed on some of the days.
func open(s State, known view.State, a network.Join) error {
	closes := known.Closed(a.Network)
	switch {
	case s.Closed.Practice != "" && (a.LastDay.IsZero() || s.Closed.LastDay.Before(a.LastDay)):
		return ErrClosed.About("practice", a.Practice, s.Closed.LastDay)
	case !closes.IsZero() && (a.LastDay.IsZero() || closes.Before(a.LastDay)):
		return pcn.ErrClosed.About("network", a.Network, closes)
	}
	return nil
}

func (s State) exists() bool { return s.Registered.Practice != "" }

// Register opens the practice's part of the book.
func Register(s State, known view.State, a network.RegisterPractice) ([]fact.PracticeEvent, error) {
	e := fact.PracticeRegistered{Practice: a.Code, Name: a.Name, System: a.System}
	switch {
	case s.Registered == e:
		return nil, nil
	case s.exists():
		return nil, ErrExists.About("code", a.Code, s.Registered.Name, s.Registered.System)
	}
	if err := system.Open(known, "system", a.System); err != nil {
		return nil, err
	}
	return []fact.PracticeEvent{e}, nil
}

// Rename gives the practice another name.
func Rename(s State, _ view.State, a network.RenamePractice) ([]fact.PracticeEvent, error) {
	switch {
	case !s.exists():
		return nil, ErrUnknown.About("code", a.Code)
	case s.Registered.Name == a.Name:
		return nil, nil
	}
	return []fact.PracticeEvent{fact.PracticeRenamed{Practice: a.Code, Name: a.Name}}, nil
}

// Join makes the practice a member of a network for a period in which it is in
// no other.
func Join(s State, known view.State, a network.Join) ([]fact.PracticeEvent, error) {
	e := fact.Joined{Practice: a.Practice, Network: a.Network, Period: events.Period{From: a.From, To: a.LastDay}}
	s = s.settled(known, a.Practice)
	switch {
	case !s.exists():
		return nil, ErrUnknown.About("practice", a.Practice)
	case !known.HasNetwork(a.Network):
		return nil, pcn.ErrUnknown.About("network", a.Network)
	}
	for _, m := range s.Memberships {
		if m.Network == e.Network && m.Period == e.Period {
			return nil, nil
		}
		if m.Overlaps(e.Period) {
			return nil, ErrOverlaps.About("from", a.Practice, m.Network, days(known, m, a.Network))
		}
	}
	if err := open(s, known, a); err != nil {
		return nil, err
	}
	if course := known.Course(a.Practice, []view.Stay{{Network: e.Network, Period: e.Period}})[0]; len(course) > 1 {
		return nil, ErrSplitOff.About("lastDay", a.Practice, a.Network, course[1].Network, course[1].From)
	}
	return []fact.PracticeEvent{e}, nil
}

// Leave ends the practice's open membership of a network.
func Leave(s State, known view.State, a network.Leave) ([]fact.PracticeEvent, error) {
	s = s.settled(known, a.Practice)
	if !s.exists() {
		return nil, ErrUnknown.About("practice", a.Practice)
	}
	ended := slices.ContainsFunc(s.Memberships, func(m Membership) bool {
		return m.Network == a.Network && m.To == a.LastDay
	})
	i := s.open(a.Network)
	e := fact.Left{Practice: a.Practice, Network: a.Network, LastDay: a.LastDay}
	before := slices.ContainsFunc(s.Memberships, func(m Membership) bool {
		return m.Network == a.Network && m.cut && m.Includes(a.LastDay)
	})
	switch {
	case ended:
		return nil, nil
	case before: // it had gone when the others were moved
		return []fact.PracticeEvent{e}, nil
	case i < 0:
		return nil, ErrNotMember.About("network", a.Practice, a.Network)
	case a.LastDay.Before(s.Memberships[i].From):
		return nil, ErrEndsBeforeStart.About("lastDay", a.Practice, a.Network, s.Memberships[i].From, a.LastDay)
	}
	return s.told(e), nil
}

// days says when a membership is, to somebody who may act for a network: of
// another system only that it is on some of the days asked for.
func days(known view.State, m Membership, actor events.PCN) string {
	switch {
	case known.Within(m.Network) != known.Within(actor):
		return "on some of these days"
	case m.To.IsZero():
		return "since " + m.From.String()
	}
	return "from " + m.From.String() + " to " + m.To.String()
}
