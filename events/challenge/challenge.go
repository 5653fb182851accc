// Package challenge names the facts of challenges: what a network or practice
// says against an entry of a system's ledger, or of one that is missing there,
// what the system answers, and where it let a day go by on which it owed a word.
//
// Each challenge is a history of its own. What is counted is days of the
// calendar in England, and every fact carries the day it was said on, so that
// nobody who reads it needs to know where a day begins.
package challenge

import "github.com/ics-openbook/openbook/events"

// Event is any fact in this package. The unexported method closes the set.
//
//sumtype:decl
type Event interface {
	events.Fact
	// Heading is what every fact of a challenge says of itself.
	Heading() Head
	isChallenge()
}

// Family is every fact of challenges.
var Family = events.NewFamily[Event](Opened{}, Acknowledged{}, Answered{}, Accepted{}, Escalated{}, Resolved{}, Overdue{})

// Head is what every fact of a challenge says of itself.
type Head struct {
	Challenge ID               `json:"challenge"`
	System    events.ICB       `json:"system"`       // whose ledger it is about, and who has to answer
	On        events.Date      `json:"on"`           // the day it was said, in England
	By        events.PersonRef `json:"by,omitempty"` // who said it; nobody where time has
}

// Heading is h: it makes every fact that embeds Head half an [Event].
func (h Head) Heading() Head { return h }

// Entities names the challenge, whose it is, and the system.
func (h Head) Entities() []events.Entity {
	return []events.Entity{h.Challenge.Entity(), h.Challenge.Challenger(), h.System.Entity()}
}

func (Head) isChallenge() {}

// Opened challenges an entry of the ledger of the challenge's year, or says that
// one is missing there.
type Opened struct {
	Head
	Entry   int      `json:"entry,omitempty"`   // the number of the entry, or 0
	Missing *Missing `json:"missing,omitempty"` // what should be there, where nothing is
	Words   string   `json:"words"`
	Due     Due      `json:"due"`
}

// Missing is an entry that should be in a ledger and is not.
type Missing struct {
	Stream string     `json:"stream"`
	Amount events.GBP `json:"amount,omitzero"` // none where that is not said
}

// Due is by when a system owes what. It follows from the policy on the day the
// challenge was opened, and no later policy changes it.
type Due struct {
	Acknowledgement events.Date `json:"acknowledgement"` // the last day in time
	Answer          events.Date `json:"answer"`
	Default         bool        `json:"default,omitempty"` // whether the system had stated no policy, so that the product's own held
}

// Of is the last day on which a step is in time.
func (d Due) Of(s Step) events.Date {
	if s == Acknowledgement {
		return d.Acknowledgement
	}
	return d.Answer
}

// Step is what a system owes a challenge.
type Step string

const (
	Acknowledgement Step = "ACKNOWLEDGEMENT"
	Answer          Step = "ANSWER"
)

// Steps are both, in the order in which they are owed.
var Steps = []Step{Acknowledgement, Answer}

// Acknowledged says that the system has read the challenge and will answer.
type Acknowledged struct {
	Head
	Words string `json:"words,omitempty"`
}

// Answered is what the system says of the challenge. It acknowledges too, where
// that had not been done.
type Answered struct {
	Head
	Outcome     Outcome      `json:"outcome"`
	Words       string       `json:"words"`
	Corrections []Correction `json:"corrections,omitempty"` // the entries that put it right
}

// Outcome is what a system makes of a challenge.
type Outcome string

const (
	Upheld    Outcome = "UPHELD"    // the challenge is right
	Amended   Outcome = "AMENDED"   // something is changed, but not as the challenge has it
	Explained Outcome = "EXPLAINED" // nothing is changed, and the words say why
)

// Correction is an entry that puts right what was challenged. It may be in the
// ledger of a later year.
type Correction struct {
	Year  events.Year `json:"year"`
	Entry int         `json:"entry"`
}

// Accepted ends a challenge: the answer is accepted.
type Accepted struct {
	Head
	Words string `json:"words,omitempty"`
}

// Escalated takes a challenge to somebody else, because of the answer or because
// there was none.
type Escalated struct {
	Head
	To    string `json:"to"` // whom, in words
	Words string `json:"words"`
}

// Resolved ends a challenge that was escalated.
type Resolved struct {
	Head
	Words string `json:"words"`
}

// Overdue says that a system has let the last day go by on which it owed a step.
// It stays true when the step comes late.
type Overdue struct {
	Head
	Step Step        `json:"step"`
	Due  events.Date `json:"due"` // the last day in time
}

// EventType names the fact.
func (Opened) EventType() string { return "challenge.opened.v1" }

// EventType names the fact.
func (Acknowledged) EventType() string { return "challenge.acknowledged.v1" }

// EventType names the fact.
func (Answered) EventType() string { return "challenge.answered.v1" }

// EventType names the fact.
func (Accepted) EventType() string { return "challenge.accepted.v1" }

// EventType names the fact.
func (Escalated) EventType() string { return "challenge.escalated.v1" }

// EventType names the fact.
func (Resolved) EventType() string { return "challenge.resolved.v1" }

// EventType names the fact.
func (Overdue) EventType() string { return "challenge.overdue.v1" }
