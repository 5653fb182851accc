// Package staffing names the facts of who works for a network: its posts and the
// people in them, what it had before the scheme for additional roles began, what
// it has returned to the national workforce collection, and what time its clinical
// director has for it.
//
// There is one history for each network: posts outlive years. No fact names
// anybody: who is in a post is "Role 1", as claims have it.
//
// A director's time is never shown as an entry, to nobody. It is recorded at once
// and with who told it all the same, unlike what else is never shown singly: a
// network has one director, who is published, and reads the hours back as they were
// reported, so that there is nobody among whom to hide.
package staffing

import (
	"time"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
)

// Event is any fact in this package. The unexported method closes the set.
//
//sumtype:decl
type Event interface {
	events.Fact
	// Of is the network it is about.
	Of() events.PCN
	isStaffing()
}

// Family is every fact of staffing.
var Family = events.NewFamily[Event](BaselineStated{}, PostPlanned{}, PostChanged{}, PostAdvanced{}, PostFilled{}, PostVacated{}, PostWithdrawn{}, StaffReturned{}, DirectorTimeReported{})

// BaselineDay is the day by whose staff the roles are judged to be additional.
var BaselineDay = events.Day(2019, time.March, 31)

// Entity is a network's staffing as the book names it: staffing-U12345.
func Entity(network events.PCN) events.Entity { return events.Entity("staffing-" + network) }

// Whose is the network that a fact is about: every fact that embeds it is half an
// [Event].
type Whose struct {
	Network events.PCN `json:"network"`
}

// Of is the network.
func (w Whose) Of() events.PCN { return w.Network }

// Entities names the network's staffing and the network.
func (w Whose) Entities() []events.Entity {
	return []events.Entity{Entity(w.Network), w.Network.Entity()}
}

func (Whose) isStaffing() {}

// BaselineStated says how many WTE of a role the network's practices had on
// [BaselineDay]. Said again, it takes the place of what was said before.
type BaselineStated struct {
	Whose
	Role   contract.Key    `json:"role"`
	WTE    decimal.Decimal `json:"wte"`
	Source string          `json:"source"`
}

// StaffReturned is what a network has in the national workforce collection at the
// end of a month. A later one of the same month takes its place.
type StaffReturned struct {
	Whose
	Month  events.Month `json:"month"`
	Source string       `json:"source"`
	Staff  []Returned   `json:"staff"` // one of each role, in order
}

// Returned is how many there are of a role, as the collection names it.
type Returned struct {
	Group   string          `json:"group"`
	Role    string          `json:"role"` // the detailed one
	Records int             `json:"records"`
	People  int             `json:"people,omitzero"` // with an identifier: services that are bought have none
	WTE     decimal.Decimal `json:"wte"`
}

// DirectorTimeReported is what time a network's clinical director had in a month,
// and for what. A later one of the same month takes its place.
type DirectorTimeReported struct {
	Whose
	Month  events.Month    `json:"month"`
	Funded decimal.Decimal `json:"funded"` // hours that the network pays for
	Spent  DirectorHours   `json:"spent"`
}

// DirectorHours are hours of a month, by what they went into.
type DirectorHours struct {
	Leadership     decimal.Decimal `json:"leadership"`
	Administration decimal.Decimal `json:"administration"`
	Meetings       decimal.Decimal `json:"meetings"`
	Finance        decimal.Decimal `json:"finance"`
	HR             decimal.Decimal `json:"hr"`
}

// Each returns them in their order.
func (h DirectorHours) Each() [5]decimal.Decimal {
	return [...]decimal.Decimal{h.Leadership, h.Administration, h.Meetings, h.Finance, h.HR}
}

// EventType names the fact.
func (BaselineStated) EventType() string { return "staffing.baseline_stated.v1" }

// EventType names the fact.
func (StaffReturned) EventType() string { return "staffing.staff_returned.v1" }

// EventType names the fact.
func (DirectorTimeReported) EventType() string { return "staffing.director_time_reported.v1" }
