package network

import "github.com/ics-openbook/openbook/events"

// SystemEvent is a fact in the history of a system.
//
//sumtype:decl
type SystemEvent interface {
	Event
	isSystem()
}

var systemFacts = []SystemEvent{
	SystemRegistered{}, SystemRenamed{}, SystemSucceeded{},
	SubICBRegistered{}, PlaceRegistered{}, PlaceRenamed{},
	LMCRecorded{}, Mandated{}, MandateEnded{},
}

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
	Cited
}

// SystemRenamed gives a system another name; its code stays.
type SystemRenamed struct {
	System events.ICB `json:"system"`
	Name   string     `json:"name"`
	Cited
}

// SystemSucceeded ends a system: from On, its first day without it, others
// stand in its place. What was in it is in its successor if there is one; where
// there are several, each network and practice has yet to be located.
type SystemSucceeded struct {
	System events.ICB   `json:"system"`
	By     []events.ICB `json:"by"`
	On     events.Date  `json:"on"`
}

// SubICBRegistered adds a sub-ICB location to a system, or moves it there.
type SubICBRegistered struct {
	System events.ICB    `json:"system"`
	SubICB events.SubICB `json:"subICB"`
	Name   string        `json:"name"`
	Cited
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

// LMCRecorded says which places a Local Medical Committee speaks for; the same
// code again replaces what was said before.
type LMCRecorded struct {
	System events.ICB `json:"system"`
	LMC    Place      `json:"lmc"` // a short code of the system's own
	Name   string     `json:"name"`
	Places []Place    `json:"places,omitempty"` // none: the whole system
}

// Mandated makes a person speak for networks on a body, on topics, for a period.
// The same person on the same body again replaces what was said before.
type Mandated struct {
	System   events.ICB       `json:"system"`
	Person   events.PersonRef `json:"person"`
	Body     string           `json:"body"` // where: "Primary Care Board"
	Networks []events.PCN     `json:"networks"`
	Topics   []string         `json:"topics,omitempty"` // about what; none: all
	events.Period
}

// MandateEnded ends a mandate early. LastDay still counts.
type MandateEnded struct {
	System  events.ICB       `json:"system"`
	Person  events.PersonRef `json:"person"`
	Body    string           `json:"body"`
	LastDay events.Date      `json:"lastDay"`
}

// EventType names the fact.
func (SystemRegistered) EventType() string { return "network.system_registered.v1" }

// Entities names whom the fact is about.
func (e SystemRegistered) Entities() []events.Entity {
	return []events.Entity{e.System.Entity()}
}

// EventType names the fact.
func (SystemRenamed) EventType() string { return "network.system_renamed.v1" }

// Entities names whom the fact is about.
func (e SystemRenamed) Entities() []events.Entity {
	return []events.Entity{e.System.Entity()}
}

// EventType names the fact.
func (SystemSucceeded) EventType() string { return "network.system_succeeded.v1" }

// Entities names whom the fact is about.
func (e SystemSucceeded) Entities() []events.Entity {
	return append([]events.Entity{e.System.Entity()}, systems(e.By)...)
}

// EventType names the fact.
func (SubICBRegistered) EventType() string { return "network.sub_icb_registered.v1" }

// Entities names whom the fact is about.
func (e SubICBRegistered) Entities() []events.Entity {
	return []events.Entity{e.SubICB.Entity(), e.System.Entity()}
}

// EventType names the fact.
func (PlaceRegistered) EventType() string { return "network.place_registered.v1" }

// Entities names whom the fact is about.
func (e PlaceRegistered) Entities() []events.Entity {
	return []events.Entity{e.Place.Entity(e.System), e.System.Entity()}
}

// EventType names the fact.
func (PlaceRenamed) EventType() string { return "network.place_renamed.v1" }

// Entities names whom the fact is about.
func (e PlaceRenamed) Entities() []events.Entity {
	return []events.Entity{e.Place.Entity(e.System), e.System.Entity()}
}

// EventType names the fact.
func (LMCRecorded) EventType() string { return "network.lmc_recorded.v1" }

// Entities names whom the fact is about.
func (e LMCRecorded) Entities() []events.Entity {
	return []events.Entity{e.System.Entity()}
}

// EventType names the fact.
func (Mandated) EventType() string { return "network.mandated.v1" }

// Entities names whom the fact is about.
func (e Mandated) Entities() []events.Entity {
	return append([]events.Entity{e.System.Entity()}, networks(e.Networks)...)
}

// EventType names the fact.
func (MandateEnded) EventType() string { return "network.mandate_ended.v1" }

// Entities names whom the fact is about.
func (e MandateEnded) Entities() []events.Entity {
	return []events.Entity{e.System.Entity()}
}

func (SystemRegistered) isRegistry() {}
func (SystemRegistered) isSystem()   {}

func (SystemRenamed) isRegistry() {}
func (SystemRenamed) isSystem()   {}

func (SystemSucceeded) isRegistry() {}
func (SystemSucceeded) isSystem()   {}

func (SubICBRegistered) isRegistry() {}
func (SubICBRegistered) isSystem()   {}

func (PlaceRegistered) isRegistry() {}
func (PlaceRegistered) isSystem()   {}

func (PlaceRenamed) isRegistry() {}
func (PlaceRenamed) isSystem()   {}

func (LMCRecorded) isRegistry() {}
func (LMCRecorded) isSystem()   {}

func (Mandated) isRegistry() {}
func (Mandated) isSystem()   {}

func (MandateEnded) isRegistry() {}
func (MandateEnded) isSystem()   {}

func systems(codes []events.ICB) (all []events.Entity) {
	for _, c := range codes {
		all = append(all, c.Entity())
	}
	return all
}

func networks(codes []events.PCN) (all []events.Entity) {
	for _, c := range codes {
		all = append(all, c.Entity())
	}
	return all
}
