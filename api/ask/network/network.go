// Package network says what may be asked of the registry: to register and
// rename systems, places, networks and practices, and to join and leave.
package network

import (
	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/network"
)

// RegisterSystem asks to open an Integrated Care System's part of the book.
type RegisterSystem struct {
	ask.Given
	Code   events.ICB    `json:"code"`
	Name   string        `json:"name"`
	Region events.Region `json:"region,omitempty"`
}

// RenameSystem asks to give a system another name.
type RenameSystem struct {
	ask.Given
	Code events.ICB `json:"code"`
	Name string     `json:"name"`
}

// RegisterPlace asks to add a place to a system.
type RegisterPlace struct {
	ask.Given
	System events.ICB    `json:"system"`
	Code   network.Place `json:"code"`
	Name   string        `json:"name"`
}

// RenamePlace asks to give a place another name.
type RenamePlace struct {
	ask.Given
	System events.ICB    `json:"system"`
	Code   network.Place `json:"code"`
	Name   string        `json:"name"`
}

// RegisterNetwork asks to open a network's part of the book, in a system and,
// where known, in a place of it.
type RegisterNetwork struct {
	ask.Given
	Code   events.PCN    `json:"code"`
	Name   string        `json:"name"`
	System events.ICB    `json:"system"`
	Place  network.Place `json:"place,omitempty"`
}

// RenameNetwork asks to give a network another name.
type RenameNetwork struct {
	ask.Given
	Code events.PCN `json:"code"`
	Name string     `json:"name"`
}

// RegisterPractice asks to open a practice's part of the book.
type RegisterPractice struct {
	ask.Given
	Code   events.Practice `json:"code"`
	Name   string          `json:"name"`
	System events.ICB      `json:"system"`
}

// RenamePractice asks to give a practice another name.
type RenamePractice struct {
	ask.Given
	Code events.Practice `json:"code"`
	Name string          `json:"name"`
}

// Join asks to record that a practice is a member of a network from a day on
// and, where it is known already, until a last day, which still counts.
type Join struct {
	ask.Given
	Practice events.Practice `json:"practice"`
	Network  events.PCN      `json:"network"`
	From     events.Date     `json:"from"`
	LastDay  events.Date     `json:"lastDay,omitzero"`
}

// Leave asks to record the last day of a practice's membership, which still
// counts.
type Leave struct {
	ask.Given
	Practice events.Practice `json:"practice"`
	Network  events.PCN      `json:"network"`
	LastDay  events.Date     `json:"lastDay"`
}

func (RegisterSystem) Subject() string   { return "ask.network.register_system" }
func (RenameSystem) Subject() string     { return "ask.network.rename_system" }
func (RegisterPlace) Subject() string    { return "ask.network.register_place" }
func (RenamePlace) Subject() string      { return "ask.network.rename_place" }
func (RegisterNetwork) Subject() string  { return "ask.network.register_network" }
func (RenameNetwork) Subject() string    { return "ask.network.rename_network" }
func (RegisterPractice) Subject() string { return "ask.network.register_practice" }
func (RenamePractice) Subject() string   { return "ask.network.rename_practice" }
func (Join) Subject() string             { return "ask.network.join" }
func (Leave) Subject() string            { return "ask.network.leave" }

func (a RegisterSystem) Stream() events.Stream   { return stream(a.Code.Entity()) }
func (a RenameSystem) Stream() events.Stream     { return stream(a.Code.Entity()) }
func (a RegisterPlace) Stream() events.Stream    { return stream(a.System.Entity()) }
func (a RenamePlace) Stream() events.Stream      { return stream(a.System.Entity()) }
func (a RegisterNetwork) Stream() events.Stream  { return stream(a.Code.Entity()) }
func (a RenameNetwork) Stream() events.Stream    { return stream(a.Code.Entity()) }
func (a RegisterPractice) Stream() events.Stream { return stream(a.Code.Entity()) }
func (a RenamePractice) Stream() events.Stream   { return stream(a.Code.Entity()) }
func (a Join) Stream() events.Stream             { return stream(a.Practice.Entity()) }
func (a Leave) Stream() events.Stream            { return stream(a.Practice.Entity()) }

func stream(e events.Entity) events.Stream { return events.Stream(e) }

// What is opened is the business of the system it is opened in.
func (a RegisterSystem) Concerns() events.Entity   { return a.Code.Entity() }
func (a RenameSystem) Concerns() events.Entity     { return a.Code.Entity() }
func (a RegisterPlace) Concerns() events.Entity    { return a.System.Entity() }
func (a RenamePlace) Concerns() events.Entity      { return a.System.Entity() }
func (a RegisterNetwork) Concerns() events.Entity  { return a.System.Entity() }
func (a RenameNetwork) Concerns() events.Entity    { return a.Code.Entity() }
func (a RegisterPractice) Concerns() events.Entity { return a.System.Entity() }
func (a RenamePractice) Concerns() events.Entity   { return a.Code.Entity() }
func (a Join) Concerns() events.Entity             { return a.Network.Entity() }
func (a Leave) Concerns() events.Entity            { return a.Network.Entity() }

func (a RegisterSystem) Problems() []ask.Problem {
	f := named(a.Name)
	system(&f, "code", a.Code)
	if a.Region != "" {
		f.Code("region", a.Region.Valid(), string(a.Region), "region", "Y59")
	}
	return f
}

func (a RenameSystem) Problems() []ask.Problem {
	f := named(a.Name)
	system(&f, "code", a.Code)
	return f
}

func (a RegisterPlace) Problems() []ask.Problem {
	f := named(a.Name)
	system(&f, "system", a.System)
	place(&f, "code", a.Code)
	return f
}

func (a RenamePlace) Problems() []ask.Problem { return RegisterPlace(a).Problems() }

func (a RegisterNetwork) Problems() []ask.Problem {
	f := named(a.Name)
	pcn(&f, "code", a.Code)
	system(&f, "system", a.System)
	if a.Place != "" {
		place(&f, "place", a.Place)
	}
	return f
}

func (a RenameNetwork) Problems() []ask.Problem {
	f := named(a.Name)
	pcn(&f, "code", a.Code)
	return f
}

func (a RegisterPractice) Problems() []ask.Problem {
	f := named(a.Name)
	practice(&f, "code", a.Code)
	system(&f, "system", a.System)
	return f
}

func (a RenamePractice) Problems() []ask.Problem {
	f := named(a.Name)
	practice(&f, "code", a.Code)
	return f
}

func (a Join) Problems() []ask.Problem {
	var f ask.Form
	practice(&f, "practice", a.Practice)
	pcn(&f, "network", a.Network)
	f.Day("from", a.From)
	f.Order("lastDay", events.Period{From: a.From, To: a.LastDay})
	return f
}

func (a Leave) Problems() []ask.Problem {
	var f ask.Form
	practice(&f, "practice", a.Practice)
	pcn(&f, "network", a.Network)
	f.Day("lastDay", a.LastDay)
	return f
}

func named(name string) (f ask.Form) {
	f.Name("name", name)
	return f
}

func system(f *ask.Form, path string, c events.ICB) {
	f.Code(path, c.Valid(), string(c), "system", "QU9 or D4U1Y")
}

func pcn(f *ask.Form, path string, c events.PCN) {
	f.Code(path, c.Valid(), string(c), "Primary Care Network", "U12345")
}

func practice(f *ask.Form, path string, c events.Practice) {
	f.Code(path, c.Valid(), string(c), "GP practice", "A81001")
}

func place(f *ask.Form, path string, c network.Place) {
	f.Code(path, c.Valid(), string(c), "place", "WEST: 1 to 20 capital letters, digits and hyphens")
}
