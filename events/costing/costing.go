// Package costing names the facts of what it costs a network to deliver the
// specifications of a year's contract: who does what for how long and at which
// hourly cost, as the network itself states it, and which streams of money are to
// pay for it. What is stated again is corrected; nothing is altered.
//
// The history is called costing-<network>-<year>. The one called delivery is kept
// for what is delivered and with which evidence; what it costs is another matter,
// which other people write. A fact names its costing alone, and not the network:
// one that cannot be read makes the costs unknown, and nothing else of the network.
package costing

import (
	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
)

// Event is any fact in this package. The unexported method closes the set.
//
//sumtype:decl
type Event interface {
	events.Fact
	// Of is the costing it belongs to.
	Of() Costing
	isCosting()
}

// Family is every fact of costings.
var Family = events.NewFamily[Event](CostStated{}, CostWithdrawn{}, PaymentStated{})

// Costing is what a network states of a year.
type Costing struct {
	Network events.PCN  `json:"network"`
	Year    events.Year `json:"year"`
}

// Entity is the costing as the book names it: costing-U12345-2025-26.
func (c Costing) Entity() events.Entity {
	return events.Entity("costing-" + string(c.Network) + "-" + c.Year.Token())
}

// Stream is the costing's own history.
func (c Costing) Stream() events.Stream { return events.Stream(c.Entity()) }

// Of is c: it makes every fact that embeds it half an [Event].
func (c Costing) Of() Costing { return c }

// Entities names the costing.
func (c Costing) Entities() []events.Entity { return []events.Entity{c.Entity()} }

func (Costing) isCosting() {}

// CostStated says what a line of a specification's cost is, or corrects it.
type CostStated struct {
	Costing
	Specification string `json:"specification"` // as the contract's requirements name it
	Line
	Reason string `json:"reason,omitempty"`
}

// CostWithdrawn takes a line back: there is no such cost.
type CostWithdrawn struct {
	Costing
	Specification string       `json:"specification"`
	Key           contract.Key `json:"key"`
	Reason        string       `json:"reason"`
}

// PaymentStated says what share of a stream of money pays for a specification. A
// share of nothing takes back what was said before.
type PaymentStated struct {
	Costing
	Specification string          `json:"specification"`
	StreamKey     contract.Key    `json:"stream"`
	Share         decimal.Decimal `json:"share"` // per cent
	Reason        string          `json:"reason"`
}

// EventType names the fact.
func (CostStated) EventType() string { return "costing.cost_stated.v1" }

// EventType names the fact.
func (CostWithdrawn) EventType() string { return "costing.cost_withdrawn.v1" }

// EventType names the fact.
func (PaymentStated) EventType() string { return "costing.payment_stated.v1" }
