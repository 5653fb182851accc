// Package network names the facts of the registry: which systems, places,
// networks and practices there are, which practice was in which network from
// when until when, who leads and speaks for a network, what they are called, and how
// many patients a practice had.
package network

import "github.com/ics-openbook/openbook/events"

// Event is any fact in this package. The unexported method closes the set.
//
//sumtype:decl
type Event interface {
	events.Fact
	isRegistry()
}

// Family is every fact of the registry.
var Family = events.NewFamily(all()...)

// Each kind of history has a set of facts of its own: what folds one need not
// name the others'.
var (
	SystemFamily   = events.NewFamily[SystemEvent](systemFacts...)
	NetworkFamily  = events.NewFamily[NetworkEvent](networkFacts...)
	PracticeFamily = events.NewFamily[PracticeEvent](practiceFacts...)
	SourceFamily   = events.NewFamily[SourceEvent](SourceCited{}, SourceCompleted{})
	PersonFamily   = events.NewFamily[PersonEvent](PersonNamed{}, PersonErased{})
)

func all() (facts []Event) {
	for _, f := range systemFacts {
		facts = append(facts, f)
	}
	for _, f := range networkFacts {
		facts = append(facts, f)
	}
	for _, f := range practiceFacts {
		facts = append(facts, f)
	}
	return append(facts, SourceCited{}, SourceCompleted{}, PersonNamed{}, PersonErased{})
}
