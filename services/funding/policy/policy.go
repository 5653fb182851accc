// Package policy decides what a system may undertake. It is pure.
//
// A policy holds from the day it is stated, or from a later one: nobody loosens
// what was undertaken before, so that a day let go by stays let go by.
package policy

import (
	"github.com/ics-openbook/openbook/api/ask/policy"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/policy"
	"github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/funding/view/policies"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

// State is what a system has stated so far.
type State = policies.State

// Known is what a decision looks at besides.
type Known struct {
	By       events.PersonRef // who asks
	Today    events.Date      // in England
	Registry registry.State
}

var (
	ErrSystemUnknown = refuse.New(refuse.NotFound, "SYSTEM_UNKNOWN",
		"There is no system %s in the book. Register it first, or check the code.")
	ErrBackdated = refuse.New(refuse.Conflict, "POLICY_BACKDATED",
		"A policy holds from the day it is stated at the earliest, which is %s. What was undertaken before stays so.")
)

// Evolve returns s as it stands after e.
func Evolve(s State, e fact.Event) State {
	next, _ := policies.Evolve(s, e, view.Place{}) // its error is of views whose facts can break laws
	return next
}

// Set states a policy. What holds already is not stated again.
func Set(s State, k Known, a policy.SetFundingPolicy) ([]fact.Event, error) {
	now := s.On(a.System, a.From)
	switch {
	case now.Stated != nil && now.Days == a.Days && now.Stated.Source == a.Source:
		return nil, nil
	case !k.Registry.HasSystem(a.System):
		return nil, ErrSystemUnknown.About("system", a.System)
	case a.From.Before(k.Today):
		return nil, ErrBackdated.About("from", k.Today)
	}
	return []fact.Event{fact.Set{System: a.System, From: a.From, Days: a.Days, Source: a.Source, By: k.By}}, nil
}
