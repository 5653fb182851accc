package view

import (
	"cmp"
	"slices"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// england owes what no source tells: the contract is national.
const england events.Entity = "england"

// Reading is a State as it is read: all that holds in a year, or what holds on
// one day of it.
type Reading struct {
	State
	On events.Date // no date: in the whole year
	// Unknown says why what is known of an entity cannot be relied on, or nil.
	Unknown func(events.Entity) *figure.Unknown
}

// Contract returns a year's contract, or nil where the book has none.
func (r *Reading) Contract(of events.Year) *Contract {
	if terms := r.years[of]; terms != nil {
		return &Contract{of, terms, r}
	}
	return nil
}

// Contracts returns every contract there is, the oldest first.
func (r *Reading) Contracts() (all []*Contract) {
	for _, y := range r.Years() {
		all = append(all, r.Contract(y))
	}
	return all
}

// shows reports whether a period has days that are read.
func (r *Reading) shows(p events.Period) bool { return r.On.IsZero() || p.Includes(r.On) }

// Contract is the Network Contract of a year.
type Contract struct {
	year  events.Year
	terms *year
	of    *Reading
}

func (c *Contract) ID() string          { return string(c.year.Contract()) }
func (c *Contract) Year() events.Year   { return c.year }
func (c *Contract) First() events.Date  { return c.year.First() }
func (c *Contract) Last() events.Date   { return c.year.Last() }
func (c *Contract) Freeze() events.Date { return c.year.Freeze() }

// Unknown says why the contract cannot be relied on as a whole, or nil.
func (c *Contract) Unknown() *figure.Unknown {
	if c.of.Unknown == nil {
		return nil
	}
	return c.of.Unknown(c.year.Contract())
}

// each yields the terms of a kind that have not been withdrawn.
func (c *Contract) each(kind fact.Kind, do func(*term)) {
	for _, t := range c.terms.terms {
		if t.kind == kind && len(t.now()) > 0 {
			do(t)
		}
	}
}

// Streams returns the contract's streams of money, those that have ended too.
func (c *Contract) Streams() (all []*Stream) {
	c.each(fact.Streams, func(t *term) {
		if f, _, ok := last[fact.StreamListed](t); ok {
			all = append(all, &Stream{Said[fact.FundingStream]{f.FundingStream, t, c}})
		}
	})
	return all
}

// Stream returns a stream, or nil.
func (c *Contract) Stream(key fact.Key) *Stream {
	for _, s := range c.Streams() {
		if s.Is.Key == key {
			return s
		}
	}
	return nil
}

// Lines returns the lines in force of the streams that are paid to payee.
func (c *Contract) Lines(payee fact.Payee) (all []*Line) {
	for _, s := range c.Streams() {
		if s.Is.Payee == payee {
			all = append(all, s.Lines()...)
		}
	}
	return all
}

// Roles returns the roles that are reimbursed.
func (c *Contract) Roles() (all []*Role) {
	c.each(fact.Roles, func(t *term) {
		in := maxima(t, c.of)
		if len(in) > 0 {
			all = append(all, &Role{Said[fact.Role]{in[len(in)-1].Is.Role, t, c}, in})
		}
	})
	return all
}

// Role returns a role, or nil.
func (c *Contract) Role(key fact.Key) *Role {
	for _, r := range c.Roles() {
		if r.Is.Key == key {
			return r
		}
	}
	return nil
}

// Requirements returns what is required in the year, by whichever year's
// contract it began: those that began first come first.
func (c *Contract) Requirements() (all []*Requirement) {
	for _, began := range c.of.Contracts() {
		if c.year < began.year {
			break
		}
		began.each(fact.Requirements, func(t *term) {
			f, _, ok := last[fact.RequirementSet](t)
			if ok && f.Overlaps(c.year.Period()) && c.of.shows(f.Period) {
				all = append(all, &Requirement{Said[fact.Requirement]{f.Requirement, t, began}})
			}
		})
	}
	return all
}

// MayBuy says whether a purpose may be served with a stream, and who says so.
// Where nothing is said of the purpose, what is said of [fact.Anything] counts.
func (c *Contract) MayBuy(stream fact.Key, purpose fact.Purpose) Ruling {
	r := Ruling{Purpose: purpose, Permission: NotStated}
	for _, about := range []fact.Purpose{purpose, fact.Anything} {
		for _, u := range c.uses(stream) {
			if u.Is.Purpose == about {
				r.Uses = append(r.Uses, u)
			}
		}
		if len(r.Uses) > 0 {
			break
		}
	}
	for _, u := range r.Uses {
		p := Forbidden
		if u.Is.Allowed {
			p = Allowed
		}
		if r.Permission != NotStated && r.Permission != p {
			p = Conflicting
		}
		if r.Permission = p; p == Conflicting {
			break
		}
	}
	return r
}

func (c *Contract) uses(stream fact.Key) (all []*Use) {
	c.each(fact.Uses, func(t *term) {
		if f, _, ok := last[fact.UseStated](t); ok && f.StreamKey == stream {
			all = append(all, &Use{Said[fact.Use]{f.Use, t, c}})
		}
	})
	return all
}

// Disputes returns everything that another source says otherwise.
func (c *Contract) Disputes() []*Dispute { return c.disputes("") }

// disputes are those about a term; about every term where none is named.
func (c *Contract) disputes(about fact.Key) (all []*Dispute) {
	c.each(fact.Disputes, func(t *term) {
		if f, _, ok := last[fact.FigureDisputed](t); ok && (about == "" || f.About == about) {
			all = append(all, &Dispute{Said[fact.Dispute]{f.Dispute, t, c}})
		}
	})
	return all
}

// owed says that no source tells a figure.
func (c *Contract) owed(code, what string) *figure.Unknown {
	by := england
	return cmp.Or(c.Unknown(), &figure.Unknown{
		Code: code, OwedBy: &by,
		Reason: "No source tells " + what + " in " + string(c.year) + ". It is owed by NHS England.",
	})
}

// within reports whether a segment is read, and is of the year.
func within[F fact.Statement](of *Reading, all []said[F]) []said[F] {
	return slices.DeleteFunc(all, func(s said[F]) bool { return !of.shows(s.Period) })
}
