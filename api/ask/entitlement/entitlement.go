// Package entitlement says what may be asked of entitlements: all but what is
// stated here follows from the contract and the registry by itself.
package entitlement

import (
	"strings"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/entitlement"
)

// StateQuantity asks to record how many there are of what no registry counts:
// beds of care homes, points achieved. The commissioner says it, or the system's
// finance officers.
type StateQuantity struct {
	ask.Given
	Network  events.PCN   `json:"network"`
	Year     events.Year  `json:"year"`
	Line     contract.Key `json:"line"` // of the contract: "care_home_premium-beds"
	Quantity int          `json:"quantity"`
	Source   string       `json:"source"`
	Reason   string       `json:"reason,omitempty"` // of a correction
}

// Most is how many beds or points a network can have: more is a slip.
const Most = 1_000_000

// Of is whose entitlement it is about.
func (a StateQuantity) Of() entitlement.Subject {
	return entitlement.Subject{Network: a.Network, Year: a.Year}
}

// Subject is where it is asked.
func (StateQuantity) Subject() string { return "ask.entitlement.state_quantity" }

// Stream is the history it is decided on.
func (a StateQuantity) Stream() events.Stream { return a.Of().Stream() }

// Concerns is the network.
func (a StateQuantity) Concerns() events.Entity { return a.Network.Entity() }

// Problems are what is wrong with the request by its form alone.
func (a StateQuantity) Problems() []ask.Problem {
	var f ask.Form
	f.Code("network", a.Network.Valid(), string(a.Network), "network", "U12345")
	f.Year("year", a.Year)
	if !a.Line.Valid() {
		f.Note("KEY_INVALID", "line", "%q is not the key of a line of the contract. It looks like care_home_premium-beds.", ask.Clip(string(a.Line)))
	}
	if a.Quantity < 0 || a.Quantity > Most {
		f.Note("QUANTITY_INVALID", "quantity", "%d is no such number: write one from 0 to %d.", a.Quantity, Most)
	}
	if strings.TrimSpace(a.Source) == "" {
		f.Note("SOURCE_MISSING", "source", "Say where the number is known from, such as the CQC Care Directory of a day.")
	}
	f.Reason("source", a.Source, ask.Optional)
	f.Reason("reason", a.Reason, ask.Optional)
	return f
}
