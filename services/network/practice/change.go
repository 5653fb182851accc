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
	ErrClosed = refuse.New(refuse.Conflict, "PRACTICE_CLOSED",
		"Practice %s has %s as its last day. Choose an earlier day, or check the code.")
	ErrJoinsLater = refuse.New(refuse.Conflict, "JOINS_LATER",
		"Practice %s joins network %s on %s, after it would have closed. Check both days.")
	ErrSplitOff = refuse.New(refuse.Conflict, "SPLIT_OFF",
		"Practice %s was split off from network %s into %s from %s on. Record its membership up to the day before, or from that day on.")
	ErrNotThen = refuse.New(refuse.NotFound, "NOT_A_MEMBER",
		"Practice %s is not in network %s on %s, so no notice of it can end then. Check the day and the network.")
	ErrNoticeUnknown = refuse.New(refuse.NotFound, "NOTICE_UNKNOWN",
		"Practice %s has given network %s no notice, so there is none to take back.")
	ErrNoticeLater = refuse.New(refuse.Invalid, "ENDS_BEFORE_START",
		"Practice %s gave network %s notice on %s. It cannot have taken it back on %s, before that.")
	ErrInNetwork = refuse.New(refuse.Conflict, "COVERS_A_MEMBER",
		"Practice %s is in network %s %s, which looks after its patients then. Choose days on which it is in none.")
)

// notice is a practice's word to its network.
type notice struct {
	fact.NoticeGiven
	withdrawn events.Date // zero while it stands
}

// settled is s with its memberships as mergers and splits have moved them.
func (s State) settled(known view.State, p events.Practice) State {
	stays := make([]view.Stay, len(s.Memberships))
	for i, m := range s.Memberships {
		stays[i] = view.Stay{Network: m.Network, Period: m.Period}
	}
	var all []Membership
	for i, course := range known.Course(p, stays) {
		was := s.Memberships[i]
		for j, stay := range course {
			one := Membership{Network: stay.Network, Period: stay.Period, moved: j > 0}
			if j == 0 {
				one.First, one.cut = was.First, was.To.IsZero() && !stay.To.IsZero()
			}
			if stay.To == was.To {
				one.Last = was.Last
			}
			all = append(all, one)
		}
	}
	s.Memberships = all
	return s
}

// told is facts, after those memberships that they build on and of which the
// practice's history does not tell itself. s is settled.
func (s State) told(facts ...fact.PracticeEvent) (all []fact.PracticeEvent) {
	of := s.Registered.Practice
	for rest := s.Memberships; len(rest) > 0; {
		n := 1 // the memberships that follow one from another
		for n < len(rest) && rest[n].moved {
			n++
		}
		first, moved := rest[0], rest[1:n]
		rest = rest[n:]
		if !slices.ContainsFunc(moved, func(m Membership) bool { return ends(facts, m) }) {
			continue
		}
		if first.cut {
			all = append(all, fact.Left{Practice: of, Network: first.Network, LastDay: first.To})
		}
		for _, m := range moved {
			if m.Last.Undated {
				all = append(all, fact.Joined{Practice: of, Network: m.Network, Period: events.Period{From: m.From}},
					fact.Left{Practice: of, Network: m.Network, LastDay: m.To, Dating: m.Last})
			} else {
				all = append(all, fact.Joined{Practice: of, Network: m.Network, Period: m.Period})
			}
		}
	}
	return append(all, facts...)
}

// ends reports whether a membership is among those that facts change.
func ends(facts []fact.PracticeEvent, m Membership) bool {
	for _, e := range facts {
		switch e := e.(type) {
		case fact.Left:
			if e.Network == m.Network && m.To.IsZero() {
				return true
			}
		case fact.Redated:
			if e.Network == m.Network && e.Was == m.From {
				return true
			}
		case fact.PracticeRegistered, fact.PracticeRenamed, fact.PracticeLocated, fact.PracticeClosed, fact.PracticeReopened,
			fact.Joined, fact.NoticeGiven, fact.NoticeWithdrawn, fact.Covered, fact.ListSizeRecorded,
			fact.ContractMemberRecorded, fact.ClinicalSystemRecorded, fact.DeprivationRecorded:
		}
	}
	return false
}

// Close ends the practice, and its membership with it.
func Close(s State, known view.State, a network.ClosePractice) ([]fact.PracticeEvent, error) {
	switch {
	case !s.exists():
		return nil, ErrUnknown.About("code", a.Code)
	case s.Closed.Practice != "" && s.Closed.LastDay == a.LastDay:
		return nil, nil
	case s.Closed.Practice != "":
		return nil, ErrClosed.About("code", a.Code, s.Closed.LastDay)
	}
	for _, m := range s.settled(known, a.Code).Memberships {
		if a.LastDay.Before(m.From) {
			return nil, ErrJoinsLater.About("lastDay", a.Code, m.Network, m.From)
		}
	}
	return []fact.PracticeEvent{fact.PracticeClosed{Practice: a.Code, LastDay: a.LastDay}}, nil
}

// Move says in which system the practice is from a day on.
func Move(s State, known view.State, a network.MovePractice) ([]fact.PracticeEvent, error) {
	r := s.Registered
	switch {
	case !s.exists():
		return nil, ErrUnknown.About("code", a.Code)
	case r.System == a.System:
		return nil, nil
	case a.From.Before(s.Since):
		return nil, pcn.ErrMovedSince.About("from", a.Code, r.System, s.Since)
	}
	if err := system.Stands(known, "system", a.System, a.From); err != nil {
		return nil, err
	}
	e := fact.PracticeLocated{Practice: a.Code, System: a.System, From: a.From}
	if known.SubICBOf(r.SubICB) == a.System {
		e.SubICB = r.SubICB
	}
	return []fact.PracticeEvent{e}, nil
}

// GiveNotice says that the practice will leave its network or the contract. A
// notice is not yet a departure: the membership goes on until that is recorded.
func GiveNotice(s State, known view.State, a network.GiveNotice) ([]fact.PracticeEvent, error) {
	e := fact.NoticeGiven{Practice: a.Practice, Network: a.Network, Notice: a.Notice, GivenOn: a.GivenOn, LastDay: a.LastDay}
	switch {
	case !s.exists():
		return nil, ErrUnknown.About("practice", a.Practice)
	case s.Notices[a.Network] == notice{NoticeGiven: e}:
		return nil, nil
	}
	for _, m := range s.settled(known, a.Practice).Memberships {
		if m.Network == a.Network && m.Includes(a.LastDay) {
			return []fact.PracticeEvent{e}, nil
		}
	}
	return nil, ErrNotThen.About("network", a.Practice, a.Network, a.LastDay)
}

// WithdrawNotice takes the practice's notice back.
func WithdrawNotice(s State, _ view.State, a network.WithdrawNotice) ([]fact.PracticeEvent, error) {
	n, given := s.Notices[a.Network]
	switch {
	case !s.exists():
		return nil, ErrUnknown.About("practice", a.Practice)
	case !given:
		return nil, ErrNoticeUnknown.About("network", a.Practice, a.Network)
	case !n.withdrawn.IsZero():
		return nil, nil
	case a.On.Before(n.GivenOn):
		return nil, ErrNoticeLater.About("on", a.Practice, a.Network, n.GivenOn, a.On)
	}
	return []fact.PracticeEvent{fact.NoticeWithdrawn{Practice: a.Practice, Network: a.Network, On: a.On}}, nil
}

// Cover makes a network look after the practice's patients while it is in none.
func Cover(s State, known view.State, a network.CoverPatients) ([]fact.PracticeEvent, error) {
	e := fact.Covered{Practice: a.Practice, Network: a.Network, Period: events.Period{From: a.From, To: a.LastDay}}
	was, exists := s.Covered[a.Network]
	switch {
	case !s.exists():
		return nil, ErrUnknown.About("practice", a.Practice)
	case !known.HasNetwork(a.Network):
		return nil, pcn.ErrUnknown.About("network", a.Network)
	case exists && was == e.Period:
		return nil, nil
	}
	s = s.settled(known, a.Practice)
	for _, m := range s.Memberships {
		if m.Overlaps(e.Period) {
			return nil, ErrInNetwork.About("from", a.Practice, m.Network, days(known, m, a.Network))
		}
	}
	if err := open(s, known, network.Join{Practice: a.Practice, Network: a.Network, From: a.From, LastDay: a.LastDay}); err != nil {
		return nil, err
	}
	return []fact.PracticeEvent{e}, nil
}

// RecordListSize says how many patients the practice had, by somebody who knows
// better than a file.
func RecordListSize(s State, _ view.State, a network.RecordListSize) ([]fact.PracticeEvent, error) {
	was, exists := s.Sizes[counted{a.Basis, a.On}]
	switch {
	case !s.exists():
		return nil, ErrUnknown.About("practice", a.Practice)
	case exists && was == size{patients: a.Patients}:
		return nil, nil
	}
	return []fact.PracticeEvent{fact.ListSizeRecorded{Practice: a.Practice, Basis: a.Basis, On: a.On, Patients: a.Patients}}, nil
}
