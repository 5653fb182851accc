package contract

import "github.com/ics-openbook/openbook/events"

// Key names a term within its year: "core-registered", "EHCH-04". It is a plain
// string so that a wrong one can be carried to where it is refused.
type Key string

// Valid reports whether k is 1 to 60 letters, digits, hyphens, underscores and
// dots of ASCII.
func (k Key) Valid() bool {
	for i := range len(k) {
		c := k[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return 1 <= len(k) && len(k) <= 60
}

// Kind is what a term is of.
type Kind string

const (
	Streams      Kind = "STREAM"
	Rates        Kind = "RATE"
	Uses         Kind = "USE"
	Roles        Kind = "ROLE"
	Limits       Kind = "LIMIT"
	Requirements Kind = "REQUIREMENT"
	Frameworks   Kind = "FRAMEWORK"
	Descriptors  Kind = "DESCRIPTOR"
	Disputes     Kind = "DISPUTE"
)

// Confidence is how well something is known. What is remembered is never shown
// as if it had been verified.
type Confidence string

const (
	Found            Confidence = "FOUND"             // read at the source named
	FoundSecondHand  Confidence = "FOUND_SECOND_HAND" // read where another quotes the source
	Computed         Confidence = "COMPUTED"          // worked out from published data
	RememberedHigh   Confidence = "REMEMBERED_HIGH"   // not verified; hardly in doubt
	RememberedMedium Confidence = "REMEMBERED_MEDIUM" // not verified
	RememberedLow    Confidence = "REMEMBERED_LOW"    // not verified, and in doubt
	Local            Confidence = "LOCAL"             // a steward has stated it
)

// Confidences is every confidence, the best first.
var Confidences = []Confidence{Found, FoundSecondHand, Computed, RememberedHigh, RememberedMedium, RememberedLow, Local}

// Verified reports whether somebody can look it up where the term says.
func (c Confidence) Verified() bool { return c == Found || c == FoundSecondHand || c == Computed }

// Cited is where a term is known from, and how well.
type Cited struct {
	Source     string      `json:"source"` // a citation, as text
	SourceDate events.Date `json:"sourceDate,omitzero"`
	Confidence Confidence  `json:"confidence"`
}

// Known is where the term is known from, and how well.
func (c Cited) Known() Cited { return c }

// Payee is whom a stream is paid to.
type Payee string

const (
	Network  Payee = "NETWORK"  // the network's nominated payee
	Practice Payee = "PRACTICE" // each practice itself
)

// Payees is every payee.
var Payees = []Payee{Network, Practice}

// Basis is what a rate is multiplied by. Populations are those of 1 January
// before the year; one never stands for another.
type Basis string

const (
	Registered Basis = "REGISTERED" // patients on the list
	Adjusted   Basis = "ADJUSTED"   // PCN adjusted population
	Weighted   Basis = "WEIGHTED"   // contractor weighted, by the Carr-Hill formula
	Beds       Basis = "BEDS"       // of care homes
	Points     Basis = "POINTS"     // achieved
	Flat       Basis = "FLAT"       // nothing: one sum for the payee
)

// Bases is every basis.
var Bases = []Basis{Registered, Adjusted, Weighted, Beds, Points, Flat}

// Unit is what there is one of for each rate: "patient", "bed".
func (b Basis) Unit() string {
	switch b {
	case Registered, Adjusted, Weighted:
		return "patient"
	case Beds:
		return "bed"
	case Points:
		return "point"
	case Flat:
		return "payee"
	}
	return ""
}

// Per is how long a rate is for.
type Per string

const (
	PerYear   Per = "YEAR"   // a whole year: in force for six months, half of it is due
	PerPeriod Per = "PERIOD" // the whole of the rate's own period
)

// FundingStream is a stream of money. Its key is what ledgers know it by.
type FundingStream struct {
	Key   Key    `json:"key"`
	Title string `json:"title"`
	Payee Payee  `json:"payee"`
	Ended bool   `json:"ended,omitempty"` // the contract of this year has it no more
	Note  string `json:"note,omitempty"`
	Cited
}

// Line is what a stream is paid by, for a period within the year: whole months,
// as such streams are paid.
type Line struct {
	Key       Key         `json:"key"`
	StreamKey Key         `json:"stream"`
	Basis     Basis       `json:"basis"`
	Rate      events.Rate `json:"rate"` // pounds for one of the basis
	Per       Per         `json:"per"`
	events.Period
	Maximum     bool   `json:"maximum,omitempty"`     // up to so much, on conditions
	Instalments int    `json:"instalments,omitempty"` // payments a year, or in the period; 0 where no source says
	Note        string `json:"note,omitempty"`
	Cited
}

// Purpose is what money is spent on: "additional-roles", "printers".
type Purpose string

// Anything is the purpose that stands for every other one of which nothing is
// said.
const Anything Purpose = "anything"

// Valid reports whether p has the form of a [Key].
func (p Purpose) Valid() bool { return Key(p).Valid() }

// Use says whether a purpose may be served with a stream.
type Use struct {
	Key       Key     `json:"key"`
	StreamKey Key     `json:"stream"`
	Purpose   Purpose `json:"purpose"`
	Allowed   bool    `json:"allowed"`
	Text      string  `json:"text"` // the rule, in a sentence
	Cited
}

// Role is a role that is reimbursed up to a maximum for each WTE and year,
// on-costs included. A maximum of 0 is not known.
type Role struct {
	Key         Key        `json:"key"`
	Title       string     `json:"title"`
	Band        string     `json:"band,omitempty"` // Agenda for Change
	Maximum     events.GBP `json:"maximum,omitzero"`
	OuterLondon events.GBP `json:"outerLondon,omitzero"`
	InnerLondon events.GBP `json:"innerLondon,omitzero"`
	London      events.GBP `json:"london,omitzero"` // where there is one figure for all of London
	Share       int        `json:"share,omitempty"` // of the cost that is reimbursed, in per cent; 0 where no source says
	events.Period
	Note string `json:"note,omitempty"`
	Cited
}

// Limit is how many posts of a role a network may claim for. Posts is 0 where
// there was a limit and no source says which.
type Limit struct {
	Key        Key    `json:"key"`
	Role       Key    `json:"role"`
	Posts      int    `json:"posts,omitempty"`
	LargePosts int    `json:"largePosts,omitempty"` // of a large network; 0 where there is no such rule
	LargeFrom  int    `json:"largeFrom,omitempty"`  // patients from which on a network is large
	Note       string `json:"note,omitempty"`
	Cited
}

// Requirement is one thing that a specification requires.
type Requirement struct {
	Key     Key    `json:"key"`
	Service string `json:"service"` // the specification
	Text    string `json:"text"`
	events.Period
	Cited
}

// Dispute is what another source says of a term: both are kept.
type Dispute struct {
	Key     Key         `json:"key"`
	About   Key         `json:"about"`          // the term: a rate, a stream or a role
	Says    string      `json:"says"`           // in a sentence
	Value   events.Rate `json:"value,omitzero"` // where it is a figure of the same kind
	Because string      `json:"because"`        // why the term's own figure is the one used
	Cited
}

// Term is the term's key.
func (s FundingStream) Term() Key { return s.Key }

// Term is the term's key.
func (l Line) Term() Key { return l.Key }

// Term is the term's key.
func (u Use) Term() Key { return u.Key }

// Term is the term's key.
func (r Role) Term() Key { return r.Key }

// Term is the term's key.
func (l Limit) Term() Key { return l.Key }

// Term is the term's key.
func (r Requirement) Term() Key { return r.Key }

// Term is the term's key.
func (d Dispute) Term() Key { return d.Key }
