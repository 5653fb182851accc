// Package policy says what may be asked about what a system undertakes.
package policy

import (
	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/policy"
)

// SetFundingPolicy asks to state what a system undertakes from a day on. Those of
// its finance may, who are held to it, and the steward: the board that decides it
// writes nothing here, so the source says where it did.
type SetFundingPolicy struct {
	ask.Given
	System events.ICB  `json:"system"`
	From   events.Date `json:"from"` // today at the earliest
	policy.Days
	Source string `json:"source"` // who has decided so, and where that is written
}

// Limits of what may be undertaken, in days, and typed.
const (
	mostDays   = 365
	longSource = 200 // characters
)

func (SetFundingPolicy) Subject() string { return "ask.funding.set_policy" }

// Stream is the history it is decided on.
func (a SetFundingPolicy) Stream() events.Stream { return events.Stream(policy.Of(a.System)) }

// Concerns is the system.
func (a SetFundingPolicy) Concerns() events.Entity { return a.System.Entity() }

// Problems are what is wrong with the request by its form alone.
func (a SetFundingPolicy) Problems() []ask.Problem {
	var f ask.Form
	f.Code("system", a.System.Valid(), string(a.System), "system", "QZ1 or D4U1Y")
	f.Day("from", a.From)
	for _, days := range []struct {
		path  string
		n     int
		least int
	}{{"acknowledge", a.Acknowledge, 1}, {"answer", a.Answer, max(1, a.Acknowledge)}, {"pay", a.Pay, 1}, {"notice", a.Notice, 1}} {
		if days.n < days.least || days.n > mostDays {
			f.Note("DAYS_INVALID", days.path, "%d days cannot be undertaken here. Write a number from %d to %d; an answer is never due before the acknowledgement.", days.n, days.least, mostDays)
		}
	}
	f.Text("source", a.Source, longSource, ask.Required)
	return f
}
