// Package workforce says what may be asked of a network's workforce: its claims
// for the people in additional roles, and the commissioner's word on them.
package workforce

import (
	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/workforce"
)

// SubmitClaim asks to claim for a month. It may be rehearsed.
type SubmitClaim struct {
	ask.Given
	Network events.PCN          `json:"network"`
	Month   events.Month        `json:"month"`
	Lines   []workforce.Claimed `json:"lines"`
	DryRun  bool                `json:"dryRun,omitempty"`
}

// AdjustClaims asks to claim what lines of approved claims come to more by
// today's maxima, with what the month has cost by now.
type AdjustClaims struct {
	ask.Given
	Network events.PCN   `json:"network"`
	Year    events.Year  `json:"year"`
	Lines   []Adjustment `json:"lines"`
	Reason  string       `json:"reason"`
	DryRun  bool         `json:"dryRun,omitempty"`
}

// Adjustment is which line, and what it has cost by now.
type Adjustment struct {
	Claim    int    `json:"claim"`    // its number
	Employee string `json:"employee"` // as that claim has it: "Role 1"
	workforce.Pay
}

// About is a claim, by its number within a network and year.
type About struct {
	ask.Given
	Network events.PCN  `json:"network"`
	Year    events.Year `json:"year"`
	Claim   int         `json:"claim"`
}

// ApproveClaim asks to have a claim paid. Where a line lacks a maximum, the
// commissioner gives it, with its source.
type ApproveClaim struct {
	About
	Figures []workforce.Figure `json:"figures,omitempty"`
}

// RejectClaim asks to turn a claim down, with what is wrong with its lines.
type RejectClaim struct {
	About
	Reasons []workforce.Reason `json:"reasons"`
}

// WithdrawClaim asks to take back a claim that nobody has judged.
type WithdrawClaim struct {
	About
	Reason string `json:"reason"`
}

func (SubmitClaim) Subject() string   { return "ask.workforce.submit_claim" }
func (AdjustClaims) Subject() string  { return "ask.workforce.adjust_claims" }
func (ApproveClaim) Subject() string  { return "ask.workforce.approve_claim" }
func (RejectClaim) Subject() string   { return "ask.workforce.reject_claim" }
func (WithdrawClaim) Subject() string { return "ask.workforce.withdraw_claim" }

// Workforce is whose it is, in the year that the month is in.
func (a SubmitClaim) Workforce() workforce.Workforce {
	return workforce.Workforce{Network: a.Network, Year: a.Month.Year()}
}

// Workforce is whose it is.
func (a AdjustClaims) Workforce() workforce.Workforce {
	return workforce.Workforce{Network: a.Network, Year: a.Year}
}

// Workforce is whose it is.
func (a About) Workforce() workforce.Workforce {
	return workforce.Workforce{Network: a.Network, Year: a.Year}
}

func (a SubmitClaim) Stream() events.Stream  { return a.Workforce().Stream() }
func (a AdjustClaims) Stream() events.Stream { return a.Workforce().Stream() }

// Stream is the history it is decided on.
func (a About) Stream() events.Stream { return a.Workforce().Stream() }

func (a SubmitClaim) Concerns() events.Entity  { return a.Network.Entity() }
func (a AdjustClaims) Concerns() events.Entity { return a.Network.Entity() }

// Concerns is the network.
func (a About) Concerns() events.Entity { return a.Network.Entity() }

// Rehearses reports whether nothing is to be recorded.
func (a SubmitClaim) Rehearses() bool { return a.DryRun }

// Rehearses reports whether nothing is to be recorded.
func (a AdjustClaims) Rehearses() bool { return a.DryRun }
