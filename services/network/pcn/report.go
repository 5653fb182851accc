package pcn

import (
	"github.com/ics-openbook/openbook/api/ask/network"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/network/source"
	"github.com/ics-openbook/openbook/services/network/system"
	"github.com/ics-openbook/openbook/services/network/view"
)

// Report records what a source says of the network that the book does not hold
// yet. What has no date of its own, its name and where it is, an older source
// than the newest in the book leaves alone.
func Report(s State, known view.State, a network.ReportNetwork) (facts []fact.NetworkEvent, err error) {
	if err := source.Cited(known, a.Report); err != nil {
		return nil, err
	}
	if a.System != "" && !a.DryRun && !known.HasSystem(a.System) {
		return nil, system.ErrUnknown.About("system", a.System)
	}
	last, latest := known.Described(a.AsAt)
	current := !a.AsAt.Before(latest)
	r := s.Registered
	if !s.exists() {
		facts = append(facts, fact.NetworkRegistered{
			Network: a.Code, Name: a.Name, System: a.System, SubICB: a.SubICB, Opened: a.Opened, Cited: a.Cited(),
		})
	} else if current {
		if r.Name != a.Name {
			facts = append(facts, fact.NetworkRenamed{Network: a.Code, Name: a.Name, Cited: a.Cited()})
		}
		if to, moved := relocated(known, r, a); moved {
			to.Dating = fact.Dating{Undated: true}
			if r.System != "" || r.SubICB != "" && r.SubICB != to.SubICB { // it was somewhere else
				to.NotBefore = last.AddDays(1)
			}
			facts = append(facts, to)
		}
	}
	switch {
	case s.Merged.Network != "": // files lag behind: none takes a merger back, or dates it otherwise
	case !a.Closed.IsZero() && s.Closed != a.Closed && (!s.exists() || current || s.Closed.IsZero() && !source.Outdated(known, a.Report)):
		facts = append(facts, fact.NetworkClosed{Network: a.Code, LastDay: a.Closed, Cited: a.Cited()})
	case a.Closed.IsZero() && !s.Closed.IsZero() && s.Closed.Before(a.AsAt) && current:
		facts = append(facts, fact.NetworkReopened{Network: a.Code, Cited: a.Cited()})
	}
	return facts, nil
}

// relocated is where a report says that the network is, if that is news. What
// the report leaves out stays, unless the rest has changed under it.
func relocated(known view.State, r fact.NetworkRegistered, a network.ReportNetwork) (fact.NetworkLocated, bool) {
	to := fact.NetworkLocated{Network: a.Code, System: a.System, SubICB: a.SubICB, From: a.AsAt, Cited: a.Cited()}
	if to.SubICB == "" {
		to.SubICB = r.SubICB
	}
	if to.System == "" && to.SubICB == r.SubICB {
		to.System = r.System
	}
	stands := known.Standing(r.System, a.AsAt)
	if to.System == r.System || to.System == stands && r.System != "" {
		to.Place = r.Place
	}
	return to, to.SubICB != r.SubICB || to.System != r.System && to.System != stands
}
