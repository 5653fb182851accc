package view

import (
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// Conflict is where what has been recorded does not agree with itself. A
// national file is recorded as it says; a person would have been refused.
type Conflict struct {
	practice *practice
	a, b     membership
	of       *Reading
}

// Conflicts returns the conflicts there are, of one system's practices or of
// all, by practice.
func (r *Reading) Conflicts(in events.ICB) (all []*Conflict) {
	for itr := r.practices.iterate(); !itr.Done(); {
		_, p, _ := itr.Next()
		if in != "" && (&Practice{p, r}).Within() != in {
			continue
		}
		for i, a := range p.Memberships {
			for _, b := range p.Memberships[i+1:] {
				if a.Overlaps(b.Period) {
					all = append(all, &Conflict{p, a, b, r})
				}
			}
		}
	}
	return all
}

func (c *Conflict) Code() string        { return "CONFLICTING_SOURCE" }
func (c *Conflict) Practice() *Practice { return &Practice{c.practice, c.of} }
func (c *Conflict) Within() events.ICB  { return c.Practice().Within() }

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
	if !c.LastDay().IsZero() {
		days = "from " + c.From().String() + " to " + c.LastDay().String()
	}
	return string(c.practice.Code) + " " + c.practice.Name + " is recorded in two networks at once, " +
		string(c.a.Network) + " and " + string(c.b.Network) + ", " + days + "."
}

// Gap is something that is not known, and who could make it known.
type Gap struct {
	figure.Unknown
	About events.Entity
}

// Gaps returns what is not known on the day, of one system or of all: the
// networks' gaps first, then the practices'.
func (r *Reading) Gaps(in events.ICB) (all []*Gap) {
	note := func(about, by events.Entity, code, reason string, since events.Date) {
		all = append(all, &Gap{*owed(by, code, reason, since), about})
	}
	for itr := r.networks.iterate(); !itr.Done(); {
		_, row, _ := itr.Next()
		n := &Network{row, r}
		if row.Name == "" || !n.Open() || in != "" && n.Within() != in {
			continue
		}
		e, what := row.Code.Entity(), string(row.Code)+" "+row.Name
		if n.at().System == "" {
			note(e, england, "SYSTEM_NOT_KNOWN", "No source tells which system "+what+" is in.", latest(row.Located).From)
		}
		if members, why := n.members(); len(members) == 0 && why == nil {
			note(e, e, "NO_MEMBERS", what+" is open and has no member practice.", events.Date{})
		}
		if !n.directed() {
			note(e, e, "DIRECTOR_NOT_KNOWN", "Nobody has said who is clinical director of "+what+".", n.vacant())
		}
	}
	for itr := r.practices.iterate(); !itr.Done(); {
		_, row, _ := itr.Next()
		p := &Practice{row, r}
		if row.Name == "" || !p.Open() || in != "" && p.Within() != in {
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
				all = append(all, &Gap{*f.Unknown, e})
			}
		}
		for _, m := range row.Memberships {
			if m.Undated || m.End.Undated {
				all = append(all, &Gap{*undated(row, m), e})
			}
		}
	}
	return all
}

// england is who publishes the national files.
const england events.Entity = "england"

// directed reports whether the network has a clinical director on the day.
func (n *Network) directed() bool {
	for _, d := range n.row.Directors {
		if d.Includes(n.of.On) {
			return true
		}
	}
	return false
}

// vacant is the first day after the last director's, or none if there never was
// one.
func (n *Network) vacant() (since events.Date) {
	for _, d := range n.row.Directors {
		if next := d.To.AddDays(1); !next.IsZero() && since.Before(next) && !n.of.On.Before(next) {
			since = next
		}
	}
	return since
}
