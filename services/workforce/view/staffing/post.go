package staffing

import (
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/staffing"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// Post is a post of a network. It is never changed once it is in a State.
type Post struct {
	Network events.PCN
	Number  int

	planned   Entry[fact.PostPlanned]
	entries   []Entry[fact.Event] // all that is said of it, as it came
	changes   []fact.PostChanged
	steps     []step
	holders   []Holder
	withdrawn *fact.PostWithdrawn
}

type step struct {
	on events.Date
	to fact.Stage
}

// Holder is somebody who is or was in a post.
type Holder struct {
	fact.PostFilled
	Left *fact.PostVacated // nil for who has not left
}

// Mistaken reports whether they never were in it.
func (h Holder) Mistaken() bool { return h.Left != nil && h.Left.Why == fact.Mistaken }

// On reports whether they were in it on a day.
func (h Holder) On(day events.Date) bool {
	return !h.Mistaken() && !day.Before(h.StartsOn) && (h.Left == nil || !day.After(h.Left.LastDay))
}

// Entity is the network: it is whose the post is.
func (p *Post) Entity() events.Entity { return p.Network.Entity() }

// History is every entry about the post, the oldest first.
func (p *Post) History() []Entry[fact.Event] { return p.entries }

// Behind are the ids of those entries.
func (p *Post) Behind() []events.ID {
	all := make([]events.ID, len(p.entries))
	for i, e := range p.entries {
		all[i] = e.ID
	}
	return all
}

// DetailsOn are what the post is on a day.
func (p *Post) DetailsOn(day events.Date) fact.Details {
	t := p.planned.Is.Details
	for _, c := range p.changes {
		if !day.Before(c.From) {
			t = c.Details
		}
	}
	return t
}

// Stays reports whether the post is t on every day from one on, by all that is
// said of it.
func (p *Post) Stays(t fact.Details, since events.Date) bool {
	if !t.Same(p.DetailsOn(since)) {
		return false
	}
	for _, c := range p.changes {
		if c.From.After(since) && !t.Same(p.DetailsOn(c.From)) {
			return false
		}
	}
	return true
}

// PlannedOn reports whether there was the post on a day: whether the book had been
// told of it by then, or it was to be there, or something had happened to it.
func (p *Post) PlannedOn(day events.Date) bool {
	_, since := p.StageOn(day)
	return !since.IsZero() || !p.DetailsOn(day).PlannedFrom.After(day) || !events.DateOf(p.planned.Time).After(day)
}

// Holders are all who were ever in it, the first first; not those recorded in
// error.
func (p *Post) Holders() (all []Holder) {
	for _, h := range p.holders {
		if !h.Mistaken() {
			all = append(all, h)
		}
	}
	return all
}

// Last is the last of them, or nil.
func (p *Post) Last() *Holder {
	all := p.Holders()
	if len(all) == 0 {
		return nil
	}
	return &all[len(all)-1]
}

// Newest is whoever was recorded in it last, in error or not; nil where nobody was.
func (p *Post) Newest() *Holder {
	if n := len(p.holders); n > 0 {
		return &p.holders[n-1]
	}
	return nil
}

// Withdrawn is the fact that gives it up, or nil.
func (p *Post) Withdrawn() *fact.PostWithdrawn { return p.withdrawn }

// HolderOn is who is in the post on a day, or nil.
func (p *Post) HolderOn(day events.Date) *Holder {
	for _, h := range p.Holders() {
		if h.On(day) {
			return &h
		}
	}
	return nil
}

// ComingOn is who is to come next after a day, or nil.
func (p *Post) ComingOn(day events.Date) *Holder {
	for _, h := range p.Holders() { // in the order of their days
		if h.StartsOn.After(day) {
			return &h
		}
	}
	return nil
}

// StageOn is how far the post has come on a day, and since when: the zero date is
// since it was planned.
func (p *Post) StageOn(day events.Date) (stage fact.Stage, since events.Date) {
	if w := p.withdrawn; w != nil && !w.On.After(day) {
		return fact.Withdrawn, w.On
	}
	if h := p.HolderOn(day); h != nil {
		return fact.Filled, h.StartsOn
	}
	stage = fact.Planned
	if left, empty := p.EmptyOn(day); empty {
		stage, since = fact.Vacant, left
	}
	for _, s := range p.steps { // those before are of whoever has left
		if !s.on.After(day) && !s.on.Before(since) {
			stage, since = s.to, s.on
		}
	}
	return stage, since
}

// EmptyOn is since when nobody has been in a post on a day that somebody was in
// before; false where somebody is, or never was.
func (p *Post) EmptyOn(day events.Date) (since events.Date, empty bool) {
	for _, h := range p.Holders() {
		if h.On(day) {
			return events.Date{}, false
		}
		if h.Left != nil && h.Left.LastDay.Before(day) {
			since, empty = h.Left.LastDay.AddDays(1), true
		}
	}
	return since, empty
}

// Pension says whether those in the post may be in the NHS Pension Scheme: whether
// their employer is an employing authority, and why. Eligible is nil where nobody
// has said what it takes to know.
type Pension struct {
	Eligible *bool
	Why      string
	Unknown  *figure.Unknown
}

// PensionOn is that answer for a day. An employing authority is who holds a
// contract of the NHS for services: a practice does, a trust is one by law, a
// company of practices may not be.
func (p *Post) PensionOn(day events.Date) Pension {
	t := p.DetailsOn(day)
	yes, no := true, false
	switch {
	case t.NHSContract != nil && *t.NHSContract:
		return Pension{Eligible: &yes, Why: t.Employer + " holds a contract of the NHS, so that it is an employing authority."}
	case t.NHSContract != nil:
		return Pension{Eligible: &no, Why: t.Employer + " holds no contract of the NHS, and only who does is an employing authority."}
	case t.Model == fact.FlatPractice || t.Model == fact.LeadPractice || t.Model == fact.SuperPractice:
		return Pension{Eligible: &yes, Why: t.Employer + " is a practice: it holds a contract for primary medical services, so that it is an employing authority."}
	}
	by := p.Network.Entity()
	return Pension{Unknown: &figure.Unknown{
		Code: "CONTRACT_NOT_STATED", OwedBy: &by,
		Reason: "Nobody has said whether " + t.Employer + " holds a contract of the NHS. A federation that holds none, or a company, is no employing authority.",
	}}
}
