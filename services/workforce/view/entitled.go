package view

import (
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/entitlement"
	fact "github.com/ics-openbook/openbook/events/workforce"
)

// Entitled is the sum that a network may claim in a year, as it was computed;
// nil where it is not known, or where the year has no such sum.
func Entitled(e entitlement.Computed) *events.GBP {
	for _, o := range e.Owed {
		if o.Stream == fact.Stream {
			return nil
		}
	}
	var sum *events.GBP
	for _, l := range e.Lines {
		if l.Stream == fact.Stream && l.Practice == "" {
			if sum == nil {
				sum = new(events.GBP)
			}
			*sum += l.Amount()
		}
	}
	return sum
}

// Patients are those registered with a network, as a year counts them; nil where that
// is not known.
func Patients(e entitlement.Computed) *int {
	for _, c := range e.Counts {
		if c.Basis == contract.Registered {
			return &c.Quantity
		}
	}
	return nil
}
