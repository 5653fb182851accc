package network

import (
	"strconv"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/network"
)

// RecordLMC asks to record for which places of a system a Local Medical
// Committee speaks; for all of it when none is named. The same code again
// replaces what was said before.
type RecordLMC struct {
	ask.Given
	System events.ICB      `json:"system"`
	Code   network.Place   `json:"code"` // a short code of the system's own
	Name   string          `json:"name"`
	Places []network.Place `json:"places,omitempty"`
}

// MandateRepresentative asks to record that a person speaks for networks of a
// system on a body, on topics or on all, for a period. The same person on the
// same body again replaces what was said before.
type MandateRepresentative struct {
	ask.Given
	System   events.ICB       `json:"system"`
	Person   events.PersonRef `json:"person"`
	Body     string           `json:"body"`
	Networks []events.PCN     `json:"networks"`
	Topics   []string         `json:"topics,omitempty"`
	From     events.Date      `json:"from"`
	LastDay  events.Date      `json:"lastDay,omitzero"`
}

// EndMandate asks to record the last day of a mandate that ends early.
type EndMandate struct {
	ask.Given
	System  events.ICB       `json:"system"`
	Person  events.PersonRef `json:"person"`
	Body    string           `json:"body"`
	LastDay events.Date      `json:"lastDay"`
}

// AppointDirector asks to record a network's clinical director, alone or in a
// job share, for a term. The same person again replaces what was said before.
type AppointDirector struct {
	ask.Given
	Network    events.PCN       `json:"network"`
	Person     events.PersonRef `json:"person"`
	Share      decimal.Decimal  `json:"share"` // of the post
	Profession string           `json:"profession,omitempty"`
	FirstRole  *bool            `json:"firstRole,omitempty"`
	From       events.Date      `json:"from"`
	LastDay    events.Date      `json:"lastDay,omitzero"`
}

// GiveDirectorNotice asks to record that a director will go, and the last day in
// post.
type GiveDirectorNotice struct {
	ask.Given
	Network events.PCN       `json:"network"`
	Person  events.PersonRef `json:"person"`
	GivenOn events.Date      `json:"givenOn"`
	LastDay events.Date      `json:"lastDay"`
}

// EndDirector asks to record a director's last day in post, which still counts.
type EndDirector struct {
	ask.Given
	Network events.PCN       `json:"network"`
	Person  events.PersonRef `json:"person"`
	LastDay events.Date      `json:"lastDay"`
}

// NameDeputy asks to record who stands in for a network's director, for a
// period. The same person again replaces what was said before.
type NameDeputy struct {
	ask.Given
	Network events.PCN       `json:"network"`
	Person  events.PersonRef `json:"person"`
	From    events.Date      `json:"from"`
	LastDay events.Date      `json:"lastDay,omitzero"`
}

func (RecordLMC) Subject() string             { return "ask.network.record_lmc" }
func (MandateRepresentative) Subject() string { return "ask.network.mandate_representative" }
func (EndMandate) Subject() string            { return "ask.network.end_mandate" }
func (AppointDirector) Subject() string       { return "ask.network.appoint_director" }
func (GiveDirectorNotice) Subject() string    { return "ask.network.give_director_notice" }
func (EndDirector) Subject() string           { return "ask.network.end_director" }
func (NameDeputy) Subject() string            { return "ask.network.name_deputy" }

func (a RecordLMC) Stream() events.Stream             { return stream(a.System.Entity()) }
func (a MandateRepresentative) Stream() events.Stream { return stream(a.System.Entity()) }
func (a EndMandate) Stream() events.Stream            { return stream(a.System.Entity()) }
func (a AppointDirector) Stream() events.Stream       { return stream(a.Network.Entity()) }
func (a GiveDirectorNotice) Stream() events.Stream    { return stream(a.Network.Entity()) }
func (a EndDirector) Stream() events.Stream           { return stream(a.Network.Entity()) }
func (a NameDeputy) Stream() events.Stream            { return stream(a.Network.Entity()) }

func (a RecordLMC) Concerns() events.Entity             { return a.System.Entity() }
func (a MandateRepresentative) Concerns() events.Entity { return a.System.Entity() }
func (a EndMandate) Concerns() events.Entity            { return a.System.Entity() }
func (a AppointDirector) Concerns() events.Entity       { return a.Network.Entity() }
func (a GiveDirectorNotice) Concerns() events.Entity    { return a.Network.Entity() }
func (a EndDirector) Concerns() events.Entity           { return a.Network.Entity() }
func (a NameDeputy) Concerns() events.Entity            { return a.Network.Entity() }

func (a RecordLMC) Problems() []ask.Problem {
	f := named(a.Name)
	system(&f, "system", a.System)
	f.Code("code", a.Code.Valid(), string(a.Code), "committee", "BERKS: 1 to 20 capital letters, digits and hyphens")
	most(&f, "places", len(a.Places))
	for i, p := range a.Places {
		place(&f, "places."+strconv.Itoa(i), p)
	}
	once(&f, "places", a.Places)
	return f
}

func (a MandateRepresentative) Problems() []ask.Problem {
	var f ask.Form
	system(&f, "system", a.System)
	person(&f, a.Person)
	f.Name("body", a.Body)
	some(&f, "networks", len(a.Networks))
	for i, n := range a.Networks {
		pcn(&f, "networks."+strconv.Itoa(i), n)
	}
	once(&f, "networks", a.Networks)
	most(&f, "topics", len(a.Topics))
	for i, t := range a.Topics {
		f.Name("topics."+strconv.Itoa(i), t)
	}
	once(&f, "topics", a.Topics)
	term(&f, a.From, a.LastDay)
	return f
}

func (a EndMandate) Problems() []ask.Problem {
	var f ask.Form
	system(&f, "system", a.System)
	person(&f, a.Person)
	f.Name("body", a.Body)
	f.Day("lastDay", a.LastDay)
	return f
}

func (a AppointDirector) Problems() []ask.Problem {
	var f ask.Form
	pcn(&f, "network", a.Network)
	person(&f, a.Person)
	if !a.Share.IsPos() || a.Share.Cmp(decimal.One) > 0 {
		f.Note("SHARE_INVALID", "share", "A share of the post is more than 0 and at most 1: 1 for all of it, 0.5 in a job share of two.")
	}
	if a.Profession != "" {
		f.Name("profession", a.Profession)
	}
	term(&f, a.From, a.LastDay)
	return f
}

func (a GiveDirectorNotice) Problems() []ask.Problem {
	var f ask.Form
	pcn(&f, "network", a.Network)
	person(&f, a.Person)
	f.Day("givenOn", a.GivenOn)
	f.Day("lastDay", a.LastDay)
	f.Order("lastDay", events.Period{From: a.GivenOn, To: a.LastDay})
	return f
}

func (a EndDirector) Problems() []ask.Problem {
	var f ask.Form
	pcn(&f, "network", a.Network)
	person(&f, a.Person)
	f.Day("lastDay", a.LastDay)
	return f
}

func (a NameDeputy) Problems() []ask.Problem {
	var f ask.Form
	pcn(&f, "network", a.Network)
	person(&f, a.Person)
	term(&f, a.From, a.LastDay)
	return f
}

// term notes what is wrong with a period that must begin.
func term(f *ask.Form, from, last events.Date) {
	f.Day("from", from)
	f.Order("lastDay", events.Period{From: from, To: last})
}

// person notes what is no reference to a person: above all, a name.
func person(f *ask.Form, ref events.PersonRef) {
	if !ref.Valid() {
		f.Note("PERSON_INVALID", "person", "A person is named by a reference such as person-7c9e, never by name: “person-” and 1 to 100 letters, digits, hyphens, dots or underscores.")
	}
}
