package pcn

import (
	"slices"
	"strings"

	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/network/system"
	"github.com/ics-openbook/openbook/services/network/view"
)

var (
	ErrClosed = refuse.New(refuse.Conflict, "NETWORK_CLOSED",
		"Network %s has %s as its last day. Choose an earlier day or another network, or take its closure back first.")
	ErrNotOpen = refuse.New(refuse.Conflict, "NETWORK_NOT_OPEN",
		"Network %s opens on %s. Choose that day or a later one.")
	ErrMembers = refuse.New(refuse.Conflict, "NETWORK_HAS_MEMBERS",
		"Network %s has members after %s: %s. Record first when they leave, or merge it into another.")
	ErrMerged = refuse.New(refuse.Conflict, "NETWORK_MERGED",
		"Network %s was merged into %s from %s on. That is not taken back: register a new network, and split its practices off.")
	ErrReopens = refuse.New(refuse.Invalid, "REOPENS_TOO_EARLY",
		"Network %s closed on %s. Reopen it from a later day, or without a day if it never closed.")
	ErrMovedSince = refuse.New(refuse.Conflict, "MOVED_SINCE",
		"%s has been in system %s since %s. Choose that day, to correct it, or a later one.")
	ErrSame = refuse.New(refuse.Invalid, "SAME_NETWORK",
		"Network %s cannot go into itself. Name another network.")
	ErrApart = refuse.New(refuse.Conflict, "NETWORKS_APART",
		"Network %s is in system %s, network %s in %s. Move one of them first: practices stay in their system.")
	ErrJoinsLater = refuse.New(refuse.Conflict, "JOINS_LATER",
		"These join network %s only on or after %s: %s. Choose a later day, or record their membership of %s itself.")
	ErrNotMember = refuse.New(refuse.Conflict, "NOT_A_MEMBER",
		"These are not members of network %s on %s, or only from that day on: %s. Leave them out, or choose another day.")
)

// Close ends the network on a day after which it has no members.
func Close(s State, known view.State, a network.CloseNetwork) ([]fact.NetworkEvent, error) {
	switch {
	case !s.exists():
		return nil, ErrUnknown.About("code", a.Code)
	case s.Closed == a.LastDay:
		return nil, nil
	case !s.Closed.IsZero():
		return nil, ErrClosed.About("code", a.Code, s.Closed)
	case a.LastDay.Before(s.Registered.Opened):
		return nil, ErrNotOpen.About("lastDay", a.Code, s.Registered.Opened)
	}
	if late := members(known, a.Code, func(m view.Member) bool { return m.To.IsZero() || a.LastDay.Before(m.To) }); late != "" {
		return nil, ErrMembers.About("lastDay", a.Code, a.LastDay, late)
	}
	return []fact.NetworkEvent{fact.NetworkClosed{Network: a.Code, LastDay: a.LastDay}}, nil
}

// Reopen takes the network's closure back.
func Reopen(s State, _ view.State, a network.ReopenNetwork) ([]fact.NetworkEvent, error) {
	switch {
	case !s.exists():
		return nil, ErrUnknown.About("code", a.Code)
	case s.Merged.Network != "":
		return nil, ErrMerged.About("code", a.Code, s.Merged.Into, s.Merged.On)
	case s.Closed.IsZero():
		return nil, nil
	case !a.From.IsZero() && !s.Closed.Before(a.From):
		return nil, ErrReopens.About("from", a.Code, s.Closed)
	}
	return []fact.NetworkEvent{fact.NetworkReopened{Network: a.Code, From: a.From}}, nil
}

// Move says in which system and place the network is from a day on. Its
// practices stay where they are: each is moved by itself. A sub-ICB location
// is kept while it is of the system.
func Move(s State, known view.State, a network.MoveNetwork) ([]fact.NetworkEvent, error) {
	r := s.Registered
	if !s.exists() {
		return nil, ErrUnknown.About("code", a.Code)
	}
	if r.System == a.System && r.Place == a.Place {
		return nil, nil
	}
	if err := system.Stands(known, "system", a.System, a.From); err != nil {
		return nil, err
	}
	switch {
	case a.Place != "" && !known.HasPlace(a.System, a.Place):
		return nil, system.ErrPlaceUnknown.About("place", a.System, a.Place)
	case a.From.Before(s.Since):
		return nil, ErrMovedSince.About("from", a.Code, r.System, s.Since)
	}
	e := fact.NetworkLocated{Network: a.Code, System: a.System, Place: a.Place, From: a.From}
	if r.System == a.System || known.SubICBOf(r.SubICB) == a.System {
		e.SubICB = r.SubICB
	}
	return []fact.NetworkEvent{e}, nil
}

// Merge ends the network in favour of another. Its members' memberships follow
// from this one fact: see [view.State.Course].
func Merge(s State, known view.State, a network.MergeNetworks) ([]fact.NetworkEvent, error) {
	e := fact.Merged{Network: a.Network, Into: a.Into, On: a.On}
	switch {
	case s.Merged == e:
		return nil, nil
	case s.Merged.Network != "":
		return nil, ErrMerged.About("network", a.Network, s.Merged.Into, s.Merged.On)
	}
	if err := moveInto(s, known, a.Network, a.Into, a.On); err != nil {
		return nil, err
	}
	if later := members(known, a.Network, func(m view.Member) bool { return !m.From.Before(a.On) }); later != "" {
		return nil, ErrJoinsLater.About("on", a.Network, a.On, later, a.Into)
	}
	return []fact.NetworkEvent{e}, nil
}

// Split sets practices off from the network into another.
func Split(s State, known view.State, a network.SplitNetwork) ([]fact.NetworkEvent, error) {
	if slices.ContainsFunc(s.Splits, func(was fact.Split) bool {
		return was.Into == a.Into && was.On == a.On && slices.Equal(slices.Sorted(slices.Values(was.Practices)), slices.Sorted(slices.Values(a.Practices)))
	}) {
		return nil, nil
	}
	if err := moveInto(s, known, a.Network, a.Into, a.On); err != nil {
		return nil, err
	}
	there := known.Members(a.Network)
	var strangers []string
	for _, p := range a.Practices {
		if !slices.ContainsFunc(there, func(m view.Member) bool { return m.Practice == p && m.From.Before(a.On) && m.Includes(a.On) }) {
			strangers = append(strangers, string(p))
		}
	}
	if len(strangers) > 0 {
		return nil, ErrNotMember.About("practices", a.Network, a.On, strings.Join(strangers, ", "))
	}
	return []fact.NetworkEvent{fact.Split{Network: a.Network, Into: a.Into, Practices: a.Practices, On: a.On}}, nil
}

// moveInto refuses to move members where they cannot be on the day. Both
// networks are of one system: who is steward of the one alone could otherwise
// put practices into another's.
func moveInto(s State, known view.State, from, into events.PCN, on events.Date) error {
	switch {
	case !s.exists():
		return ErrUnknown.About("network", from)
	case from == into:
		return ErrSame.About("into", from)
	case !known.HasNetwork(into):
		return ErrUnknown.About("into", into)
	case !s.Closed.IsZero():
		return ErrClosed.About("network", from, s.Closed)
	case !known.Closed(into).IsZero():
		return ErrClosed.About("into", into, known.Closed(into))
	case !s.Registered.Opened.Before(on) && !s.Registered.Opened.IsZero():
		return ErrNotOpen.About("on", from, s.Registered.Opened)
	case on.Before(known.Opened(into)):
		return ErrNotOpen.About("on", into, known.Opened(into))
	case known.Within(from) != known.Within(into):
		return ErrApart.About("into", from, known.Within(from), into, known.Within(into))
	}
	return nil
}

// members names the members that are meant, or is empty.
func members(known view.State, of events.PCN, meant func(view.Member) bool) string {
	var all []string
	for _, m := range known.Members(of) {
		if meant(m) && !slices.Contains(all, string(m.Practice)) {
			all = append(all, string(m.Practice))
		}
	}
	return strings.Join(all, ", ")
}
