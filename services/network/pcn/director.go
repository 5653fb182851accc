package pcn

import (
	"slices"
	"strings"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/network/view"
)

var (
	ErrShares = refuse.New(refuse.Conflict, "POST_IS_FULL",
		"Network %s has one post of clinical director. Beside %s, the shares would make %s of it from %s on. End a term first, or give smaller shares.")
	ErrDirectorUnknown = refuse.New(refuse.NotFound, "DIRECTOR_UNKNOWN",
		"%s has not been appointed clinical director of network %s. Check who it is.")
	ErrEndsBeforeStart = refuse.New(refuse.Invalid, "ENDS_BEFORE_START",
		"The term of %s began on %s. Its last day, %s, cannot be earlier.")
	ErrEndsAlready = refuse.New(refuse.Conflict, "ENDS_ALREADY",
		"The term of %s ends on %s already. To lengthen it, appoint them again.")
)

// Director is somebody's time in post.
type Director struct {
	fact.DirectorAppointed             // its period ends when it did, or will by notice
	Term                   events.Date // the last day it was to have; zero for none
	Notice                 events.Date // when it was given; zero for none
}

// inPost returns directors as they stand after e.
func inPost(all []Director, e fact.NetworkEvent) []Director {
	all = slices.Clone(all)
	of := func(p events.PersonRef) int {
		return slices.IndexFunc(all, func(d Director) bool { return d.Person == p })
	}
	switch e := e.(type) {
	case fact.DirectorAppointed:
		d := Director{DirectorAppointed: e, Term: e.To}
		if i := of(e.Person); i >= 0 {
			all[i] = d
		} else {
			all = append(all, d)
		}
	case fact.DirectorNoticeGiven:
		if i := of(e.Person); i >= 0 {
			all[i].To, all[i].Notice = e.LastDay, e.GivenOn
		}
	case fact.DirectorLeft:
		if i := of(e.Person); i >= 0 {
			all[i].To = e.LastDay
		}
	case fact.NetworkRegistered, fact.NetworkRenamed, fact.NetworkLocated, fact.NetworkClosed, fact.NetworkReopened,
		fact.Merged, fact.Split, fact.DeputyNamed:
	}
	return all
}

func (s State) director(p events.PersonRef) (Director, bool) {
	for _, d := range s.Directors {
		if d.Person == p {
			return d, true
		}
	}
	return Director{}, false
}

// Appoint makes a person clinical director, alone or in a job share: on no day
// do shares make more than one post.
func Appoint(s State, _ view.State, a network.AppointDirector) ([]fact.NetworkEvent, error) {
	e := fact.DirectorAppointed{
		Network: a.Network, Person: a.Person, Share: a.Share, Profession: a.Profession, FirstRole: a.FirstRole,
		Period: events.Period{From: a.From, To: a.LastDay},
	}
	was, _ := s.director(a.Person)
	switch {
	case !s.exists():
		return nil, ErrUnknown.About("network", a.Network)
	case was.Period == e.Period && was.Notice.IsZero() && was.Share.Cmp(e.Share) == 0 && was.Profession == e.Profession && same(was.FirstRole, e.FirstRole):
		return nil, nil
	case !s.Closed.IsZero() && (a.LastDay.IsZero() || s.Closed.Before(a.LastDay)):
		return nil, ErrClosed.About("network", a.Network, s.Closed)
	}
	if err := s.room("share", e); err != nil {
		return nil, err
	}
	return []fact.NetworkEvent{e}, nil
}

// GiveNotice says that a director will go.
func GiveNotice(s State, _ view.State, a network.GiveDirectorNotice) ([]fact.NetworkEvent, error) {
	if d, _ := s.director(a.Person); d.Person != "" && d.Notice == a.GivenOn && d.To == a.LastDay {
		return nil, nil
	}
	if err := s.ends(a.Network, a.Person, a.LastDay); err != nil {
		return nil, err
	}
	return []fact.NetworkEvent{fact.DirectorNoticeGiven{Network: a.Network, Person: a.Person, GivenOn: a.GivenOn, LastDay: a.LastDay}}, nil
}

// End ends a director's term.
func End(s State, _ view.State, a network.EndDirector) ([]fact.NetworkEvent, error) {
	if d, _ := s.director(a.Person); d.Person != "" && d.To == a.LastDay {
		return nil, nil
	}
	if err := s.ends(a.Network, a.Person, a.LastDay); err != nil {
		return nil, err
	}
	return []fact.NetworkEvent{fact.DirectorLeft{Network: a.Network, Person: a.Person, LastDay: a.LastDay}}, nil
}

// ends refuses a last day that a director's term cannot have. Whoever has given
// notice may stay longer after all, if the post is not another's by then.
func (s State) ends(of events.PCN, person events.PersonRef, last events.Date) error {
	d, exists := s.director(person)
	switch {
	case !s.exists():
		return ErrUnknown.About("network", of)
	case !exists:
		return ErrDirectorUnknown.About("person", person, of)
	case last.Before(d.From):
		return ErrEndsBeforeStart.About("lastDay", person, d.From, last)
	case !d.Term.IsZero() && d.Term.Before(last):
		return ErrEndsAlready.About("lastDay", person, d.Term)
	}
	d.To = last
	return s.room("lastDay", d.DirectorAppointed)
}

// room refuses what the others leave no room for. It is enough to look at the
// days on which somebody begins.
func (s State) room(path string, e fact.DirectorAppointed) error {
	days := []events.Date{e.From}
	for _, d := range s.Directors {
		days = append(days, d.From)
	}
	for _, day := range days {
		if !e.Includes(day) {
			continue
		}
		var beside []string
		held := e.Share
		for _, d := range s.Directors {
			if d.Person != e.Person && d.Includes(day) {
				beside = append(beside, string(d.Person)+" ("+d.Share.String()+")")
				held, _ = held.Add(d.Share) // a handful of numbers of at most 1
			}
		}
		if held.Cmp(decimal.One) > 0 {
			return ErrShares.About(path, e.Network, strings.Join(beside, ", "), held, day)
		}
	}
	return nil
}

// NameDeputy makes a person stand in for the director.
func NameDeputy(s State, _ view.State, a network.NameDeputy) ([]fact.NetworkEvent, error) {
	e := fact.DeputyNamed{Network: a.Network, Person: a.Person, Period: events.Period{From: a.From, To: a.LastDay}}
	was, named := s.Deputies[a.Person]
	switch {
	case !s.exists():
		return nil, ErrUnknown.About("network", a.Network)
	case named && was == e.Period:
		return nil, nil
	}
	return []fact.NetworkEvent{e}, nil
}

func same(a, b *bool) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }
