// Package contract says what may be asked of the Network Contract: to publish a
// year's terms at once, and to state, dispute or withdraw one.
package contract

import (
	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
)

// Publish asks to record what is new in a year's terms, all of it or nothing.
// What the book holds and this leaves out stays: to take a term back is an ask
// of its own. Of one term there may be several rates or maxima, the one
// announced first before the others: where they are for the same days, the last
// one holds.
type Publish struct {
	ask.Given
	Year                events.Year              `json:"year"`
	Streams             []contract.FundingStream `json:"streams,omitempty"`
	Lines               []contract.Line          `json:"lines,omitempty"`
	Uses                []contract.Use           `json:"uses,omitempty"`
	Roles               []contract.Role          `json:"roles,omitempty"`
	Limits              []contract.Limit         `json:"limits,omitempty"`
	Requirements        []contract.Requirement   `json:"requirements,omitempty"`
	MaturityFrameworks  []contract.Framework     `json:"maturityFrameworks,omitempty"`
	MaturityDescriptors []contract.Descriptor    `json:"maturityDescriptors,omitempty"`
	Disputes            []contract.Dispute       `json:"disputes,omitempty"`
	DryRun              bool                     `json:"dryRun,omitempty"` // answer with what would be recorded, and record nothing
}

// ListStream asks to say that a year's contract has a stream of money.
type ListStream struct {
	ask.Given
	Year events.Year `json:"year"`
	contract.FundingStream
}

// SetRate asks to say what a stream is paid by, from a day on, or to correct it.
type SetRate struct {
	ask.Given
	Year events.Year `json:"year"`
	contract.Line
}

// StateUse asks to say whether something may be bought with a stream.
type StateUse struct {
	ask.Given
	Year events.Year `json:"year"`
	contract.Use
}

// SetRole asks to say that a role is reimbursed, and up to what.
type SetRole struct {
	ask.Given
	Year events.Year `json:"year"`
	contract.Role
}

// LimitRole asks to say how many posts of a role a network may claim for.
type LimitRole struct {
	ask.Given
	Year events.Year `json:"year"`
	contract.Limit
}

// SetRequirement asks to say what a specification requires.
type SetRequirement struct {
	ask.Given
	Year events.Year `json:"year"`
	contract.Requirement
}

// SetFramework asks to say by which domains and levels networks may look at their
// own maturity.
type SetFramework struct {
	ask.Given
	Year events.Year `json:"year"`
	contract.Framework
}

// StateDescriptor asks to say how a framework describes a domain at a level.
type StateDescriptor struct {
	ask.Given
	Year events.Year `json:"year"`
	contract.Descriptor
}

// DisputeFigure asks to keep what another source says of a term.
type DisputeFigure struct {
	ask.Given
	Year events.Year `json:"year"`
	contract.Dispute
}

// WithdrawTerm asks to take a term back.
type WithdrawTerm struct {
	ask.Given
	Year   events.Year  `json:"year"`
	Key    contract.Key `json:"key"`
	Reason string       `json:"reason"`
}

func (Publish) Subject() string         { return "ask.contract.publish" }
func (ListStream) Subject() string      { return "ask.contract.list_stream" }
func (SetRate) Subject() string         { return "ask.contract.set_rate" }
func (StateUse) Subject() string        { return "ask.contract.state_use" }
func (SetRole) Subject() string         { return "ask.contract.set_role" }
func (LimitRole) Subject() string       { return "ask.contract.limit_role" }
func (SetRequirement) Subject() string  { return "ask.contract.set_requirement" }
func (SetFramework) Subject() string    { return "ask.contract.set_framework" }
func (StateDescriptor) Subject() string { return "ask.contract.state_descriptor" }
func (DisputeFigure) Subject() string   { return "ask.contract.dispute_figure" }
func (WithdrawTerm) Subject() string    { return "ask.contract.withdraw_term" }

func (a Publish) Stream() events.Stream         { return stream(a.Year) }
func (a ListStream) Stream() events.Stream      { return stream(a.Year) }
func (a SetRate) Stream() events.Stream         { return stream(a.Year) }
func (a StateUse) Stream() events.Stream        { return stream(a.Year) }
func (a SetRole) Stream() events.Stream         { return stream(a.Year) }
func (a LimitRole) Stream() events.Stream       { return stream(a.Year) }
func (a SetRequirement) Stream() events.Stream  { return stream(a.Year) }
func (a SetFramework) Stream() events.Stream    { return stream(a.Year) }
func (a StateDescriptor) Stream() events.Stream { return stream(a.Year) }
func (a DisputeFigure) Stream() events.Stream   { return stream(a.Year) }
func (a WithdrawTerm) Stream() events.Stream    { return stream(a.Year) }

func stream(y events.Year) events.Stream { return events.Stream(y.Contract()) }

// The contract is national: nobody states it for a part of England alone.
func (Publish) Concerns() events.Entity         { return ask.England }
func (ListStream) Concerns() events.Entity      { return ask.England }
func (SetRate) Concerns() events.Entity         { return ask.England }
func (StateUse) Concerns() events.Entity        { return ask.England }
func (SetRole) Concerns() events.Entity         { return ask.England }
func (LimitRole) Concerns() events.Entity       { return ask.England }
func (SetRequirement) Concerns() events.Entity  { return ask.England }
func (SetFramework) Concerns() events.Entity    { return ask.England }
func (StateDescriptor) Concerns() events.Entity { return ask.England }
func (DisputeFigure) Concerns() events.Entity   { return ask.England }
func (WithdrawTerm) Concerns() events.Entity    { return ask.England }

// Rehearses reports whether nothing is to be recorded.
func (a Publish) Rehearses() bool { return a.DryRun }
