package workforce

import (
	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/staffing"
)

// StaffOf is whose staffing an ask is about.
type StaffOf struct {
	ask.Given
	Network events.PCN `json:"network"`
}

// Staffs is the network.
func (a StaffOf) Staffs() events.PCN { return a.Network }

// Stream is the history it is decided on.
func (a StaffOf) Stream() events.Stream { return events.Stream(staffing.Entity(a.Network)) }

// Concerns is the network.
func (a StaffOf) Concerns() events.Entity { return a.Network.Entity() }

// StateBaseline asks to say how many WTE of a role the network's practices had on
// [staffing.BaselineDay].
type StateBaseline struct {
	StaffOf
	Role   contract.Key    `json:"role"`
	WTE    decimal.Decimal `json:"wte"`
	Source string          `json:"source"`
}

// PlanPost asks for a post. It has the next number of the network's.
type PlanPost struct {
	StaffOf
	staffing.Details
}

// PostOf is which post an ask is about.
type PostOf struct {
	StaffOf
	Post int `json:"post"` // its number
}

// ChangePost asks to say what a post is from a day on.
type ChangePost struct {
	PostOf
	Since events.Date `json:"since"`
	staffing.Details
	Reason string `json:"reason"`
}

// AdvancePost asks to say that somebody is sought for a post, or is offered it.
type AdvancePost struct {
	PostOf
	To staffing.Stage `json:"to"`
	On events.Date    `json:"on"`
}

// FillPost asks to say who is in a post from a day on.
type FillPost struct {
	PostOf
	Employee string           `json:"employee"` // "Role 1", as claims have it
	StartsOn events.Date      `json:"startsOn"`
	From     staffing.Sector  `json:"from"`
	Scheme   *staffing.Scheme `json:"scheme,omitempty"`
	Before   *staffing.Before `json:"before,omitempty"`
}

// VacatePost asks to say that somebody leaves a post.
type VacatePost struct {
	PostOf
	LastDay events.Date      `json:"lastDay"`
	Why     staffing.Leaving `json:"why"`
}

// WithdrawPost asks to give a post up.
type WithdrawPost struct {
	PostOf
	On     events.Date `json:"on"`
	Reason string      `json:"reason"`
}

// ReturnStaff asks to record what a network has in the national workforce
// collection at the end of a month. It may be rehearsed.
type ReturnStaff struct {
	StaffOf
	Month  events.Month        `json:"month"`
	Source string              `json:"source"`
	Staff  []staffing.Returned `json:"staff"`
	DryRun bool                `json:"dryRun,omitempty"`
}

// Rehearses reports whether nothing is to be recorded.
func (a ReturnStaff) Rehearses() bool { return a.DryRun }

// ReportDirectorTime asks to record what time the clinical director had in a month,
// and for what.
type ReportDirectorTime struct {
	StaffOf
	Month  events.Month           `json:"month"`
	Funded decimal.Decimal        `json:"funded"`
	Spent  staffing.DirectorHours `json:"spent"`
}

func (StateBaseline) Subject() string      { return "ask.workforce.state_baseline" }
func (PlanPost) Subject() string           { return "ask.workforce.plan_post" }
func (ChangePost) Subject() string         { return "ask.workforce.change_post" }
func (AdvancePost) Subject() string        { return "ask.workforce.advance_post" }
func (FillPost) Subject() string           { return "ask.workforce.fill_post" }
func (VacatePost) Subject() string         { return "ask.workforce.vacate_post" }
func (WithdrawPost) Subject() string       { return "ask.workforce.withdraw_post" }
func (ReturnStaff) Subject() string        { return "ask.workforce.return_staff" }
func (ReportDirectorTime) Subject() string { return "ask.workforce.report_director_time" }
