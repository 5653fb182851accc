package network

import (
	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
)

// NetworkEvent is a fact in the history of a network.
//
//sumtype:decl
type NetworkEvent interface {
	Event
	isNetwork()
}

var networkFacts = []NetworkEvent{
	NetworkRegistered{}, NetworkRenamed{}, NetworkLocated{},
	NetworkClosed{}, NetworkReopened{}, Merged{},
	Split{}, DirectorAppointed{}, DirectorNoticeGiven{},
	DirectorLeft{}, DeputyNamed{},
}

// NetworkRegistered opens a Primary Care Network's part of the book.
type NetworkRegistered struct {
	Network events.PCN    `json:"network"`
	Name    string        `json:"name"`
	System  events.ICB    `json:"system,omitempty"` // unknown when empty
	Place   Place         `json:"place,omitempty"`  // of that system; unknown when empty
	SubICB  events.SubICB `json:"subICB,omitempty"`
	Opened  events.Date   `json:"opened,omitzero"` // its first day, if known
	Cited
}

// NetworkRenamed gives a network another name; its code stays.
type NetworkRenamed struct {
	Network events.PCN `json:"network"`
	Name    string     `json:"name"`
	Cited
}

// NetworkLocated says in which system, place and sub-ICB location a network is
// from a day on: another one than before, or one not known before.
type NetworkLocated struct {
	Network events.PCN    `json:"network"`
	System  events.ICB    `json:"system,omitempty"`
	Place   Place         `json:"place,omitempty"`
	SubICB  events.SubICB `json:"subICB,omitempty"`
	From    events.Date   `json:"from"`
	Dating
	Cited
}

// NetworkClosed ends a network. LastDay still counts.
type NetworkClosed struct {
	Network events.PCN  `json:"network"`
	LastDay events.Date `json:"lastDay"`
	Dating
	Cited
}

// NetworkReopened takes a closure back: the network has gone on, or does so again
// from a day.
type NetworkReopened struct {
	Network events.PCN  `json:"network"`
	From    events.Date `json:"from,omitzero"` // none: it was never closed
	Cited
}

// Merged ends a network in favour of another, whose members its own are from On.
type Merged struct {
	Network events.PCN  `json:"network"`
	Into    events.PCN  `json:"into"`
	On      events.Date `json:"on"`
}

// Split sets practices off from a network into another from On.
type Split struct {
	Network   events.PCN        `json:"network"`
	Into      events.PCN        `json:"into"`
	Practices []events.Practice `json:"practices"`
	On        events.Date       `json:"on"`
}

// DirectorAppointed makes a person clinical director of a network, alone or in a
// job share. The same person again replaces what was said before.
type DirectorAppointed struct {
	Network       events.PCN       `json:"network"`
	Person        events.PersonRef `json:"person"`
	Share         decimal.Decimal  `json:"share"`                // of the post: 1, or 0.5 in a job share of two
	Profession    string           `json:"profession,omitempty"` // "GP", "nurse", "pharmacist"; a director need not be a GP
	FirstRole     *bool            `json:"firstRole,omitempty"`  // whether it is a first leadership role; unknown when absent
	events.Period                  // the term
}

// DirectorNoticeGiven says that a director will go, and when at the latest day in post.
type DirectorNoticeGiven struct {
	Network events.PCN       `json:"network"`
	Person  events.PersonRef `json:"person"`
	GivenOn events.Date      `json:"givenOn"`
	LastDay events.Date      `json:"lastDay"`
}

// DirectorLeft ends a director's term. LastDay still counts.
type DirectorLeft struct {
	Network events.PCN       `json:"network"`
	Person  events.PersonRef `json:"person"`
	LastDay events.Date      `json:"lastDay"`
}

// DeputyNamed makes a person stand in for a network's director for a period. The
// same person again replaces what was said before.
type DeputyNamed struct {
	Network events.PCN       `json:"network"`
	Person  events.PersonRef `json:"person"`
	events.Period
}

// EventType names the fact.
func (NetworkRegistered) EventType() string { return "network.network_registered.v1" }

// Entities names whom the fact is about.
func (e NetworkRegistered) Entities() []events.Entity {
	return inSystem(e.System, e.Network.Entity())
}

// EventType names the fact.
func (NetworkRenamed) EventType() string { return "network.network_renamed.v1" }

// Entities names whom the fact is about.
func (e NetworkRenamed) Entities() []events.Entity {
	return []events.Entity{e.Network.Entity()}
}

// EventType names the fact.
func (NetworkLocated) EventType() string { return "network.network_located.v1" }

// Entities names whom the fact is about.
func (e NetworkLocated) Entities() []events.Entity {
	return inSystem(e.System, e.Network.Entity())
}

// EventType names the fact.
func (NetworkClosed) EventType() string { return "network.network_closed.v1" }

// Entities names whom the fact is about.
func (e NetworkClosed) Entities() []events.Entity {
	return []events.Entity{e.Network.Entity()}
}

// EventType names the fact.
func (NetworkReopened) EventType() string { return "network.network_reopened.v1" }

// Entities names whom the fact is about.
func (e NetworkReopened) Entities() []events.Entity {
	return []events.Entity{e.Network.Entity()}
}

// EventType names the fact.
func (Merged) EventType() string { return "network.merged.v1" }

// Entities names whom the fact is about.
func (e Merged) Entities() []events.Entity {
	return []events.Entity{e.Network.Entity(), e.Into.Entity()}
}

// EventType names the fact.
func (Split) EventType() string { return "network.split.v1" }

// Entities names whom the fact is about.
func (e Split) Entities() []events.Entity {
	return []events.Entity{e.Network.Entity(), e.Into.Entity()}
}

// EventType names the fact.
func (DirectorAppointed) EventType() string { return "network.director_appointed.v1" }

// Entities names whom the fact is about.
func (e DirectorAppointed) Entities() []events.Entity {
	return []events.Entity{e.Network.Entity()}
}

// EventType names the fact.
func (DirectorNoticeGiven) EventType() string { return "network.director_notice_given.v1" }

// Entities names whom the fact is about.
func (e DirectorNoticeGiven) Entities() []events.Entity {
	return []events.Entity{e.Network.Entity()}
}

// EventType names the fact.
func (DirectorLeft) EventType() string { return "network.director_left.v1" }

// Entities names whom the fact is about.
func (e DirectorLeft) Entities() []events.Entity {
	return []events.Entity{e.Network.Entity()}
}

// EventType names the fact.
func (DeputyNamed) EventType() string { return "network.deputy_named.v1" }

// Entities names whom the fact is about.
func (e DeputyNamed) Entities() []events.Entity {
	return []events.Entity{e.Network.Entity()}
}

func (NetworkRegistered) isRegistry() {}
func (NetworkRegistered) isNetwork()  {}

func (NetworkRenamed) isRegistry() {}
func (NetworkRenamed) isNetwork()  {}

func (NetworkLocated) isRegistry() {}
func (NetworkLocated) isNetwork()  {}

func (NetworkClosed) isRegistry() {}
func (NetworkClosed) isNetwork()  {}

func (NetworkReopened) isRegistry() {}
func (NetworkReopened) isNetwork()  {}

func (Merged) isRegistry() {}
func (Merged) isNetwork()  {}

func (Split) isRegistry() {}
func (Split) isNetwork()  {}

func (DirectorAppointed) isRegistry() {}
func (DirectorAppointed) isNetwork()  {}

func (DirectorNoticeGiven) isRegistry() {}
func (DirectorNoticeGiven) isNetwork()  {}

func (DirectorLeft) isRegistry() {}
func (DirectorLeft) isNetwork()  {}

func (DeputyNamed) isRegistry() {}
func (DeputyNamed) isNetwork()  {}

// inSystem names an entity and the system it is in, where that is known.
func inSystem(system events.ICB, e events.Entity) []events.Entity {
	if system == "" {
		return []events.Entity{e}
	}
	return []events.Entity{e, system.Entity()}
}
