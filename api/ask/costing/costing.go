// Package costing says what may be asked of what it costs a network to deliver the
// contract's specifications. The funding service decides it.
package costing

import (
	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/costing"
)

// About is which specification of which network and year an ask is about.
type About struct {
	ask.Given
	Network       events.PCN  `json:"network"`
	Year          events.Year `json:"year"`
	Specification string      `json:"specification"` // as the contract's requirements name it
}

// Costing is the costing as facts name it.
func (a About) Costing() costing.Costing {
	return costing.Costing{Network: a.Network, Year: a.Year}
}

// Stream is the history it is decided on.
func (a About) Stream() events.Stream { return a.Costing().Stream() }

// Concerns is the network: what it costs is its own word.
func (a About) Concerns() events.Entity { return a.Network.Entity() }

// StateCost asks to say what a line of the cost is, or to correct it, for a reason.
type StateCost struct {
	About
	costing.Line
	Reason string `json:"reason,omitempty"`
}

// WithdrawCost asks to take a line back.
type WithdrawCost struct {
	About
	Key    contract.Key `json:"key"`
	Reason string       `json:"reason"`
}

// StatePayment asks to say what share of a stream of money pays for the
// specification.
type StatePayment struct {
	About
	StreamKey contract.Key    `json:"stream"`
	Share     decimal.Decimal `json:"share"` // per cent; 0 takes back what was said before
	Reason    string          `json:"reason"`
}

func (StateCost) Subject() string    { return "ask.funding.state_cost" }
func (WithdrawCost) Subject() string { return "ask.funding.withdraw_cost" }
func (StatePayment) Subject() string { return "ask.funding.state_payment" }
