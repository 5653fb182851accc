// Package policy names the facts of a system's policy: how soon it undertakes to
// answer and to pay, and how much notice to give.
package policy

import "github.com/ics-openbook/openbook/events"

// Event is any fact in this package. The unexported method closes the set.
//
//sumtype:decl
type Event interface {
	events.Fact
	isPolicy()
}

// Family is every fact of policies.
var Family = events.NewFamily[Event](Set{})

// Days are what a system undertakes, in days of the calendar. Weekends and bank
// holidays count as other days do: a bank holiday can be proclaimed after a due
// date has been told, and a due date that moves is none.
type Days struct {
	Acknowledge int `json:"acknowledge"` // days from a challenge to its acknowledgement
	Answer      int `json:"answer"`      // days from a challenge to its answer
	Pay         int `json:"pay"`         // days from an allocation to its payment
	Notice      int `json:"notice"`      // days from the word of a change to the day it counts from
}

// Default is what holds where a system has stated nothing. It is the product's
// own choice, of whole weeks so that what is due falls on the weekday it was
// asked on, and no policy of the NHS.
var Default = Days{Acknowledge: 7, Answer: 28, Pay: 28, Notice: 28}

// Set states what a system undertakes from a day on, which is not before the day it
// is stated: what was undertaken is not taken back.
type Set struct {
	System events.ICB  `json:"system"`
	From   events.Date `json:"from"`
	Days
	Source string           `json:"source"` // who has decided so, and where that is written
	By     events.PersonRef `json:"by"`
}

// EventType names the fact.
func (Set) EventType() string { return "policy.set.v1" }

// Entities names the policy, and whose it is.
func (e Set) Entities() []events.Entity { return []events.Entity{Of(e.System), e.System.Entity()} }

func (Set) isPolicy() {}

// Of is a system's policy as the book names it.
func Of(system events.ICB) events.Entity { return events.Entity("policy-" + system) }
