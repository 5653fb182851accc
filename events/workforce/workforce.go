// Package workforce names the facts of what a network claims for the people in
// its additional roles, month by month, and of what becomes of its claims.
//
// There is one history for each network and year. A claim is never altered: what
// an uplift adds to it is claimed once more, the difference alone, and refers to
// it. People are named by no fact: a line says "Role 1", as the national portal
// does.
package workforce

import (
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
)

// Event is any fact in this package. The unexported method closes the set.
//
//sumtype:decl
type Event interface {
	events.Fact
	// Of is whose workforce it is about, in which year.
	Of() Workforce
	// About is the number of the claim it is about.
	About() int
	isWorkforce()
}

// Family is every fact of workforces.
var Family = events.NewFamily[Event](ClaimSubmitted{}, AdjustmentSubmitted{}, ClaimApproved{}, ClaimRejected{}, ClaimWithdrawn{})

// Stream is the stream of money, as the contract names it, that claims are paid
// out of.
const Stream contract.Key = "arrs_sum"

// Workforce is a network's in a year.
type Workforce struct {
	Network events.PCN  `json:"network"`
	Year    events.Year `json:"year"`
}

// Entity is the workforce as the book names it: workforce-U12345-2025-26.
func (w Workforce) Entity() events.Entity {
	return events.Entity("workforce-" + string(w.Network) + "-" + w.Year.Token())
}

// Stream is the workforce's own history.
func (w Workforce) Stream() events.Stream { return events.Stream(w.Entity()) }

// Of is w: it makes every fact that embeds it half an [Event].
func (w Workforce) Of() Workforce { return w }

// Entities names the workforce and its network.
func (w Workforce) Entities() []events.Entity {
	return []events.Entity{w.Entity(), w.Network.Entity()}
}

func (Workforce) isWorkforce() {}

// ClaimSubmitted is a network's claim for a month: one line for each person.
type ClaimSubmitted struct {
	Workforce
	Number int              `json:"number"` // from 1, within the history
	Month  events.Month     `json:"month"`
	Lines  []Line           `json:"lines"`
	Late   bool             `json:"late,omitempty"`
	By     events.PersonRef `json:"by"`
}

// AdjustmentSubmitted claims what lines of earlier claims come to more, since a
// maximum has been raised. The earlier claims stay as they are.
type AdjustmentSubmitted struct {
	Workforce
	Number int              `json:"number"`
	Lines  []Added          `json:"lines"`
	Reason string           `json:"reason"`
	By     events.PersonRef `json:"by"`
}

// ClaimApproved says that a claim is to be paid, by somebody other than whoever
// submitted it.
type ClaimApproved struct {
	Workforce
	Claim   int              `json:"claim"` // its number
	Figures []Figure         `json:"figures,omitempty"`
	Amounts []events.GBP     `json:"amounts"` // what each line is reimbursed, in their order
	Amount  events.GBP       `json:"amount"`  // what is to be paid
	Lost    events.GBP       `json:"lost,omitzero"`
	By      events.PersonRef `json:"by"`
}

// Figure is a yearly maximum that no contract in the book has, as the
// commissioner knows it: for the lines of a claim that lack one.
type Figure struct {
	Line    int        `json:"line"` // of the claim, from 1
	Maximum events.GBP `json:"maximum"`
	Source  string     `json:"source"`
}

// ClaimRejected turns a claim down: nothing of it is paid. The network may claim
// for the month anew.
type ClaimRejected struct {
	Workforce
	Claim   int              `json:"claim"`
	Reasons []Reason         `json:"reasons"`
	By      events.PersonRef `json:"by"`
}

// Reason says what is wrong with a line, or with the whole claim.
type Reason struct {
	Line   int    `json:"line,omitempty"` // from 1; none for the whole claim
	Reason string `json:"reason"`
}

// ClaimWithdrawn takes a claim back before it was judged.
type ClaimWithdrawn struct {
	Workforce
	Claim  int              `json:"claim"`
	Reason string           `json:"reason"`
	By     events.PersonRef `json:"by"`
}

// About is its own number.
func (e ClaimSubmitted) About() int { return e.Number }

// About is its own number.
func (e AdjustmentSubmitted) About() int { return e.Number }

// About is the number of the claim it is about.
func (e ClaimApproved) About() int { return e.Claim }

// About is the number of the claim it is about.
func (e ClaimRejected) About() int { return e.Claim }

// About is the number of the claim it is about.
func (e ClaimWithdrawn) About() int { return e.Claim }

// EventType names the fact.
func (ClaimSubmitted) EventType() string { return "workforce.claim_submitted.v1" }

// EventType names the fact.
func (AdjustmentSubmitted) EventType() string { return "workforce.adjustment_submitted.v1" }

// EventType names the fact.
func (ClaimApproved) EventType() string { return "workforce.claim_approved.v1" }

// EventType names the fact.
func (ClaimRejected) EventType() string { return "workforce.claim_rejected.v1" }

// EventType names the fact.
func (ClaimWithdrawn) EventType() string { return "workforce.claim_withdrawn.v1" }
