// Package network names the facts of the registry: which systems, places,
// networks and practices there are, and which practice was in which network
// from when until when.
package network

import "github.com/ics-openbook/openbook/events"

// Event is any fact in this package. The unexported method closes the set.
//
//sumtype:decl
type Event interface {
	events.Fact
	isNetwork()
}

// Family is every fact of the registry.
var Family = events.NewFamily[Event](
	SystemRegistered{}, SystemRenamed{},
	PlaceRegistered{}, PlaceRenamed{},
	NetworkRegistered{}, NetworkRenamed{},
	PracticeRegistered{}, PracticeRenamed{},
	Joined{}, Left{},
)

// Place names a place within its system by a short code of the system's own,
// such as "WEST". The NHS has no national code for places.
type Place string

// Valid reports whether p is 1 to 20 capital letters, digits and hyphens.
func (p Place) Valid() bool {
	for i := range len(p) {
		c := p[i]
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return 1 <= len(p) && len(p) <= 20
}

// Entity is the place of one system: two systems may each have a WEST.
func (p Place) Entity(in events.ICB) events.Entity {
	return events.Entity("place-" + string(in) + "-" + string(p))
}

// SystemRegistered opens an Integrated Care System's part of the book.
type SystemRegistered struct {
	System events.ICB    `json:"system"`
	Name   string        `json:"name"`
	Region events.Region `json:"region,omitempty"`
}

// SystemRenamed gives a system another name; its code stays.
type SystemRenamed struct {
	System events.ICB `json:"system"`
	Name   string     `json:"name"`
}

// PlaceRegistered adds a place to a system.
type PlaceRegistered struct {
	System events.ICB `json:"system"`
	Place  Place      `json:"place"`
	Name   string     `json:"name"`
}

// PlaceRenamed gives a place another name; its code stays.
type PlaceRenamed struct {
	System events.ICB `json:"system"`
	Place  Place      `json:"place"`
	Name   string     `json:"name"`
}

// NetworkRegistered opens a Primary Care Network's part of the book.
type NetworkRegistered struct {
	Network events.PCN `json:"network"`
	Name    string     `json:"name"`
	System  events.ICB `json:"system"`
	Place   Place      `json:"place,omitempty"` // of that system; unknown when empty
}

// NetworkRenamed gives a network another name; its code stays.
type NetworkRenamed struct {
	Network events.PCN `json:"network"`
	Name    string     `json:"name"`
}

// PracticeRegistered opens a practice's part of the book.
type PracticeRegistered struct {
	Practice events.Practice `json:"practice"`
	Name     string          `json:"name"`
	System   events.ICB      `json:"system"`
}

// PracticeRenamed gives a practice another name; its code stays.
type PracticeRenamed struct {
	Practice events.Practice `json:"practice"`
	Name     string          `json:"name"`
}

// Joined makes a practice a member of a network for a period. Its last day,
// where there is one, still counts.
type Joined struct {
	Practice events.Practice `json:"practice"`
	Network  events.PCN      `json:"network"`
	events.Period
}

// Left ends a membership. LastDay still counts.
type Left struct {
	Practice events.Practice `json:"practice"`
	Network  events.PCN      `json:"network"`
	LastDay  events.Date     `json:"lastDay"`
}

func (SystemRegistered) EventType() string   { return "network.system_registered.v1" }
func (SystemRenamed) EventType() string      { return "network.system_renamed.v1" }
func (PlaceRegistered) EventType() string    { return "network.place_registered.v1" }
func (PlaceRenamed) EventType() string       { return "network.place_renamed.v1" }
func (NetworkRegistered) EventType() string  { return "network.network_registered.v1" }
func (NetworkRenamed) EventType() string     { return "network.network_renamed.v1" }
func (PracticeRegistered) EventType() string { return "network.practice_registered.v1" }
func (PracticeRenamed) EventType() string    { return "network.practice_renamed.v1" }
func (Joined) EventType() string             { return "network.joined.v1" }
func (Left) EventType() string               { return "network.left.v1" }

func (e SystemRegistered) Entities() []events.Entity { return []events.Entity{e.System.Entity()} }
func (e SystemRenamed) Entities() []events.Entity    { return []events.Entity{e.System.Entity()} }
func (e PlaceRegistered) Entities() []events.Entity {
	return []events.Entity{e.Place.Entity(e.System), e.System.Entity()}
}
func (e PlaceRenamed) Entities() []events.Entity {
	return []events.Entity{e.Place.Entity(e.System), e.System.Entity()}
}
func (e NetworkRegistered) Entities() []events.Entity {
	return []events.Entity{e.Network.Entity(), e.System.Entity()}
}
func (e NetworkRenamed) Entities() []events.Entity { return []events.Entity{e.Network.Entity()} }
func (e PracticeRegistered) Entities() []events.Entity {
	return []events.Entity{e.Practice.Entity(), e.System.Entity()}
}
func (e PracticeRenamed) Entities() []events.Entity { return []events.Entity{e.Practice.Entity()} }
func (e Joined) Entities() []events.Entity {
	return []events.Entity{e.Practice.Entity(), e.Network.Entity()}
}
func (e Left) Entities() []events.Entity {
	return []events.Entity{e.Practice.Entity(), e.Network.Entity()}
}

func (SystemRegistered) isNetwork()   {}
func (SystemRenamed) isNetwork()      {}
func (PlaceRegistered) isNetwork()    {}
func (PlaceRenamed) isNetwork()       {}
func (NetworkRegistered) isNetwork()  {}
func (NetworkRenamed) isNetwork()     {}
func (PracticeRegistered) isNetwork() {}
func (PracticeRenamed) isNetwork()    {}
func (Joined) isNetwork()             {}
func (Left) isNetwork()               {}
