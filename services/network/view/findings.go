package view

import (
	"fmt"
	"slices"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// Own is whose findings are shown: those of all systems, or of some. What is in
// no system that is known belongs to all of them alone.
type Own struct {
	All     bool
	Systems []events.ICB
}

func (o Own) has(system events.ICB) bool {
	return o.All || system != "" && slices.Contains(o.Systems, system)
}

// Conflict is where what has been recorded does not agree with itself. A
// national file is recorded as it says; a person would have been refused.
type Conflict struct {
	practice *practice
	a, b     membership
	of       *Reading
	nth      int // of the practice's
}

// Conflicts returns the conflicts there are, by practice.
func (r *Reading) Conflicts(of Own) (all []*Conflict) {
	for itr := r.practices.iterate(); !itr.Done(); {
		_, p, _ := itr.Next()
		nth := 0
		for i, a := range p.Memberships {
			for _, b := range p.Memberships[i+1:] {
				if a.Overlaps(b.Period) && of.has((&Practice{p, r}).Within()) {
					all = append(all, &Conflict{p, a, b, r, nth})
					nth++
				}
			}
		}
	}
	return all
}

func (c *Conflict) Code() string        { return "CONFLICTING_SOURCE" }
func (c *Conflict) Practice() *Practice { return &Practice{c.practice, c.of} }
func (c *Conflict) Within() events.ICB  { return c.Practice().Within() }

// Key is where the conflict stands in the list of them.
func (c *Conflict) Key() string { return fmt.Sprintf("%s %04d", c.practice.Code, c.nth) }

// Memberships are the two that share days.
func (c *Conflict) Memberships() []*Membership {
	return []*Membership{{c.a, c.practice, c.of}, {c.b, c.practice, c.of}}
}

// From is the first day they share.
func (c *Conflict) From() events.Date {
	if c.a.From.Before(c.b.From) {
		return c.b.From
	}
	return c.a.From
}

// LastDay is the last day they share, or none.
func (c *Conflict) LastDay() events.Date {
	if c.a.To.IsZero() || !c.b.To.IsZero() && c.b.To.Before(c.a.To) {
		return c.b.To
	}
	return c.a.To
}

// Reason says it in a sentence.
func (c *Conflict) Reason() string {
	days := "since " + c.From().String()
	switch c.LastDay() {
	case events.Date{}:
	case c.From():
		days = "on " + c.From().String()
	default:
		days = "from " + c.From().String() + " to " + c.LastDay().String()
	}
	return string(c.practice.Code) + " " + c.practice.Name + " is recorded in two networks at once, " +
		string(c.a.Network) + " and " + string(c.b.Network) + ", " + days + "."
}

// Gap is something that is not known, and who could make it known.
type Gap struct {
	figure.Unknown
	About events.Entity
	nth   int // of the gaps about it
}

// Key is where the gap stands in the list of them.
func (g *Gap) Key() string { return fmt.Sprintf("%s %04d", g.About, g.nth) }

// OfCode returns the gaps of one code; all of them where it is empty.
func OfCode(gaps []*Gap, code string) []*Gap {
	return slices.DeleteFunc(gaps, func(g *Gap) bool { return code != "" && g.Code != code })
}

// Gaps returns what is not known on the day: the networks' gaps first, then the
// practices'.
func (r *Reading) Gaps(of Own) (all []*Gap) {
	add := func(about events.Entity, why figure.Unknown) {
		nth := 0
		if n := len(all); n > 0 && all[n-1].About == about {
			nth = all[n-1].nth + 1
		}
		all = append(all, &Gap{why, about, nth})
	}
	note := func(about, by events.Entity, code, reason string, since events.Date) {
		add(about, *owed(by, code, reason, since))
	}
	for itr := r.networks.iterate(); !itr.Done(); {
		_, row, _ := itr.Next()
		n := r.network(row)
		if row.Name == "" || !n.Open() || !of.has(n.Within()) {
			continue
		}
		e, what := row.Code.Entity(), string(row.Code)+" "+row.Name
		if n.at().System == "" {
			note(e, england, "SYSTEM_NOT_KNOWN", "No source tells which system "+what+" is in.", latest(row.Located).From)
		}
		if members, why := n.members(); len(members) == 0 && why == nil {
			note(e, e, "NO_MEMBERS", what+" is open and has no member practice.", events.Date{})
		}
		if len(row.Directors) == 0 { // a post that is vacant is known to be
			note(e, e, "DIRECTOR_NOT_KNOWN", "Nobody has said who is clinical director of "+what+".", events.Date{})
		}
	}
	for itr := r.practices.iterate(); !itr.Done(); {
		_, row, _ := itr.Next()
		p := &Practice{row, r}
		if row.Name == "" || !p.Open() || !of.has(p.Within()) {
			continue
		}
		e, what := row.Code.Entity(), string(row.Code)+" "+row.Name
		if at(row.Located, r.On).System == "" {
			note(e, england, "SYSTEM_NOT_KNOWN", "No source tells which system "+what+" is in.", latest(row.Located).From)
		}
		if row.Supplier == "" {
			note(e, e, "CLINICAL_SYSTEM_NOT_KNOWN", "No source tells which clinical system "+what+" uses.", latest(row.Located).From)
		}
		for _, basis := range fact.Bases[:2] { // weighted ones are not published
			if f := p.Patients(basis); f.Unknown != nil {
				add(e, *f.Unknown)
			}
		}
		for _, c := range row.Counted {
			if c.Network != "" && !r.named(c.Network) {
				note(e, england, "NETWORK_NOT_KNOWN", what+" counts for "+string(c.Network)+" in the contract year "+string(contract(c.On))+", and no source tells what that network is.", c.On)
			}
		}
		for _, m := range row.Memberships {
			if m.Undated || m.End.Undated {
				add(e, between(row, m))
			}
		}
	}
	return all
}

// england is who publishes the national files.
const england events.Entity = "england"
