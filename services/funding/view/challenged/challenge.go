// Package challenged is the challenges as the book tells them: how far each has
// come, and what a system still owes it. It is a pure fold and knows no clock: a
// step that is overdue is so by the day it is looked at.
package challenged

import (
	"slices"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/challenge"
)

// Challenge is a challenge as far as it has come. It is a value: what it points
// to is never changed. The zero Challenge has not been opened.
type Challenge struct {
	Opened       *fact.Opened
	Acknowledged *fact.Acknowledged
	Answered     *fact.Answered
	Accepted     *fact.Accepted
	Escalated    *fact.Escalated
	Resolved     *fact.Resolved
	Overdue      []fact.Overdue // what the book says the system has let go by
}

// After is c with one more fact.
func (c Challenge) After(e fact.Event) Challenge {
	switch e := e.(type) {
	case fact.Opened:
		c.Opened = &e
	case fact.Acknowledged:
		c.Acknowledged = &e
	case fact.Answered:
		c.Answered = &e
	case fact.Accepted:
		c.Accepted = &e
	case fact.Escalated:
		c.Escalated = &e
	case fact.Resolved:
		c.Resolved = &e
	case fact.Overdue:
		c.Overdue = append(slices.Clip(c.Overdue), e)
	}
	return c
}

// Status is how far a challenge has come.
type Status string

const (
	Open         Status = "OPEN"         // nobody has answered
	Acknowledged Status = "ACKNOWLEDGED" // the system has read it
	Answered     Status = "ANSWERED"     // it is for the challenger to accept or escalate
	Escalated    Status = "ESCALATED"    // it is with somebody else
	Accepted     Status = "ACCEPTED"     // closed: the answer is accepted
	Resolved     Status = "RESOLVED"     // closed: after it was escalated
)

// Status is how far c has come.
func (c Challenge) Status() Status {
	switch {
	case c.Resolved != nil:
		return Resolved
	case c.Accepted != nil:
		return Accepted
	case c.Escalated != nil:
		return Escalated
	case c.Answered != nil:
		return Answered
	case c.Acknowledged != nil:
		return Acknowledged
	}
	return Open
}

// Closed is the day on which c came to its end; no date while it has not.
func (c Challenge) Closed() events.Date {
	switch {
	case c.Resolved != nil:
		return c.Resolved.On
	case c.Accepted != nil:
		return c.Accepted.On
	}
	return events.Date{}
}

// Done is the day on which the system did what it owed; no date while it has
// not. An answer acknowledges too.
func (c Challenge) Done(s fact.Step) events.Date {
	switch {
	case s == fact.Acknowledgement && c.Acknowledged != nil:
		return c.Acknowledged.On
	case c.Answered != nil:
		return c.Answered.On
	}
	return events.Date{}
}

// Owed reports whether the system still owes a step: it does not once c is
// closed.
func (c Challenge) Owed(s fact.Step) bool {
	return c.Opened != nil && c.Closed().IsZero() && c.Done(s).IsZero()
}

// Late reports whether a step came, or is to come, after the last day it was in
// time on, as it stands on a day. A step that a closed challenge no longer needs
// is late if its day had gone by before.
func (c Challenge) Late(s fact.Step, today events.Date) bool {
	if c.Opened == nil {
		return false
	}
	end := today
	if done := c.Done(s); !done.IsZero() {
		end = done
	} else if closed := c.Closed(); !closed.IsZero() {
		end = closed
	}
	return end.After(c.Opened.Due.Of(s))
}

// LateNow is every step that the system still owes and should have done before a
// day: what silence comes to, whether or not it has been recorded yet.
func (c Challenge) LateNow(today events.Date) (all []fact.Step) {
	for _, s := range fact.Steps {
		if c.Owed(s) && c.Late(s, today) {
			all = append(all, s)
		}
	}
	return all
}

// Noted reports whether the book says already that a step was let go by.
func (c Challenge) Noted(s fact.Step) bool {
	return slices.ContainsFunc(c.Overdue, func(o fact.Overdue) bool { return o.Step == s })
}
