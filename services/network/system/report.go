package system

import (
	"github.com/ics-openbook/openbook/api/ask/network"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/network/source"
	"github.com/ics-openbook/openbook/services/network/view"
)

// Report records what a source says of the system that the book does not hold
// yet. A source older than the newest in the book renames nothing.
func Report(s State, known view.State, a network.ReportSystem) (facts []fact.SystemEvent, err error) {
	if err := source.Cited(known, a.Report); err != nil {
		return nil, err
	}
	_, latest := known.Described(a.AsAt)
	current := !a.AsAt.Before(latest)
	switch {
	case !s.exists():
		facts = append(facts, fact.SystemRegistered{System: a.Code, Name: a.Name, Region: a.Region, Cited: a.Cited()})
	case current && s.Registered.Name != a.Name:
		facts = append(facts, fact.SystemRenamed{System: a.Code, Name: a.Name, Cited: a.Cited()})
	}
	for _, sub := range a.SubICBs {
		name, exists := s.SubICBs[sub.Code]
		moves := !exists && known.Above(sub.Code.Entity()) != nil // from another system
		if current && name != sub.Name || !exists && !moves {
			facts = append(facts, fact.SubICBRegistered{System: a.Code, SubICB: sub.Code, Name: sub.Name, Cited: a.Cited()})
		}
	}
	return facts, nil
}
