package view

import (
	"slices"

	"github.com/ics-openbook/openbook/events"
)

// Stay is a practice's time in a network.
type Stay struct {
	Network events.PCN
	events.Period
}

// move is what a merger or a split does to a network's members from a day on.
type move struct {
	Into      events.PCN        `json:"into"`
	On        events.Date       `json:"on"`
	Practices []events.Practice `json:"practices,omitempty"` // none: all
	By        entry             `json:"by,omitzero"`
}

// Course returns what mergers and splits make of the stays that a practice's
// own history tells of: for each of them itself, up to the day before it was
// moved, and the stays that follow from it.
//
// The moved memberships follow from the one fact that moves them, wherever they
// are needed, and are in no fact of their own: so all practices move at once
// and none can be missed, whatever else is recorded at the same moment. A
// service that asked each practice to leave and join would need the authority
// to ask, which only the gateway has; and for a while, or after a crash, half of
// a network would have moved.
//
// A stay moves if it began before the day and includes it. What the practice's
// history itself says of the network it moves into goes before what follows.
func (s State) Course(p events.Practice, told []Stay) [][]Stay {
	all := make([][]Stay, len(told))
	for i, t := range told {
		stays := []Stay{t}
		for { // each stay begins later than the one before, by a move of its own
			last := &stays[len(stays)-1]
			m, moved := s.moved(p, *last)
			if !moved {
				break
			}
			next := Stay{m.Into, events.Period{From: m.On, To: last.To}}
			last.To = m.On.AddDays(-1)
			if tells(told, i, next) {
				break
			}
			stays = append(stays, next)
		}
		all[i] = stays
	}
	return all
}

// tells reports whether a practice's own history has a stay that another leads
// to: in the same network, on some of the same days.
func tells(told []Stay, but int, s Stay) bool {
	for i, t := range told {
		if i != but && t.Network == s.Network && t.Overlaps(s.Period) {
			return true
		}
	}
	return false
}

// moved is the first move that a stay meets.
func (s State) moved(p events.Practice, in Stay) (first move, moved bool) {
	n := s.networks.get(in.Network)
	if n == nil {
		return first, false
	}
	for _, m := range n.Moves {
		if in.From.Before(m.On) && in.Includes(m.On) && (!moved || m.On.Before(first.On)) &&
			(len(m.Practices) == 0 || slices.Contains(m.Practices, p)) {
			first, moved = m, true
		}
	}
	return first, moved
}

// movedBy is who says that one stay of a practice has led to the next.
func (s State) movedBy(p events.Practice, from, to Stay) entry {
	for _, m := range s.networks.get(from.Network).Moves {
		if m.Into == to.Network && m.On == to.From && (len(m.Practices) == 0 || slices.Contains(m.Practices, p)) {
			return m.By
		}
	}
	return entry{}
}

// told are the memberships as the practice's own history has them.
func (r *practice) told() []membership {
	if r.Told != nil {
		return r.Told
	}
	return r.Memberships
}

// settle makes a practice's memberships what its history and all moves say, and
// names it among those who ever were members where it was.
func (s State) settle(code events.Practice, told []membership) State {
	stays := make([]Stay, len(told))
	for i, m := range told {
		stays[i] = Stay{m.Network, m.Period}
	}
	all := make([]membership, 0, len(told))
	moved := false
	for i, course := range s.Course(code, stays) {
		m := told[i]
		moved = moved || course[0] != stays[i]
		for j, stay := range course {
			one := membership{Network: stay.Network, Period: stay.Period, By: m.By}
			if j == 0 {
				one.Dating, one.Source = m.Dating, m.Source
			} else {
				one.Moved = s.movedBy(code, course[j-1], stay)
			}
			if stay.To == m.To {
				one.End = m.End
			}
			all = append(all, one)
		}
	}
	s.practices = s.practices.with(code, func(r *practice) {
		r.Code, r.Memberships, r.Told = code, all, nil
		if moved {
			r.Told = told
		}
	})
	for _, m := range all {
		if n := s.networks.get(m.Network); n != nil {
			if _, listed := slices.BinarySearch(n.Members, code); listed {
				continue
			}
		}
		s.networks = s.networks.with(m.Network, func(r *network) { r.Code = m.Network; r.Members = inserted(r.Members, code) })
	}
	return s
}

// move notes a move, and moves whoever ever was a member.
func (s State) move(from events.PCN, m move) State {
	s.networks = s.networks.with(from, func(r *network) {
		r.Code = from
		r.Moves = append(slices.Clip(r.Moves), m)
	})
	for _, code := range s.networks.get(from).Members {
		if p := s.practices.get(code); p != nil {
			s = s.settle(code, p.told())
		}
	}
	return s
}

// Member is a practice's time in a network that is given.
type Member struct {
	Practice events.Practice
	events.Period
}

// Members returns every time that a practice was or will be in a network, by
// practice.
func (s State) Members(of events.PCN) (all []Member) {
	n := s.networks.get(of)
	if n == nil {
		return nil
	}
	for _, code := range n.Members {
		if p := s.practices.get(code); p != nil {
			for _, m := range p.Memberships {
				if m.Network == of {
					all = append(all, Member{code, m.Period})
				}
			}
		}
	}
	return all
}

// Closed returns a network's last day; none while it is open, or unknown.
func (s State) Closed(code events.PCN) events.Date {
	if n := s.networks.get(code); n != nil {
		return n.Closed.LastDay
	}
	return events.Date{}
}

// Opened returns a network's first day, if that is known.
func (s State) Opened(code events.PCN) events.Date {
	if n := s.networks.get(code); n != nil {
		return n.Opened
	}
	return events.Date{}
}

// Within returns the system that a network is in by the newest that is recorded;
// none where that is not known.
func (s State) Within(code events.PCN) events.ICB {
	if n := s.networks.get(code); n != nil {
		return s.Standing(latest(n.Located).System, lastDay)
	}
	return ""
}

// WithinOf returns the system that a practice is in by the newest that is
// recorded; none where that is not known.
func (s State) WithinOf(code events.Practice) events.ICB {
	if p := s.practices.get(code); p != nil {
		return s.Standing(latest(p.Located).System, lastDay)
	}
	return ""
}

// SubICBOf returns the system that a sub-ICB location is in; none for one that
// is not in the book.
func (s State) SubICBOf(code events.SubICB) events.ICB {
	if r := s.subICBs.get(code); r != nil {
		return r.System
	}
	return ""
}

// Successors returns the systems that stand in a system's place, and from when
// on; none while it stands itself.
func (s State) Successors(code events.ICB) (by []events.ICB, from events.Date) {
	if r := s.systems.get(code); r != nil {
		return r.By, r.Ends
	}
	return nil, events.Date{}
}
