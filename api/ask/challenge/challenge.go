// Package challenge says what may be asked about challenges: by the network or
// practice whose they are, and by the system that owes an answer.
//
// A challenge has the name its challenger gives it, a short reference, unique
// among its own of a year. That is what people say on the telephone and write in
// a letter, and it makes asking twice harmless: the same reference with the same
// words is the same challenge, whatever idempotency key it comes with, and with
// other words it is refused, so that nothing said can be replaced. Nobody else
// can take the name, for it begins with the challenger's own code.
package challenge

import (
	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/challenge"
)

// OpenChallenge asks to challenge an entry of a ledger, or one that is missing
// there: Entry or Missing, not both.
type OpenChallenge struct {
	ask.Given
	Network   events.PCN      `json:"network,omitempty"`  // who challenges: a network
	Practice  events.Practice `json:"practice,omitempty"` // or a practice
	System    events.ICB      `json:"system"`             // whose ledger
	Year      events.Year     `json:"year"`
	Reference string          `json:"reference"`
	Entry     int             `json:"entry,omitempty"`
	Missing   *MissingEntry   `json:"missing,omitempty"`
	Words     string          `json:"words"`
}

// MissingEntry is what should be in a ledger and is not.
type MissingEntry struct {
	FundingStream string     `json:"fundingStream"`
	Amount        events.GBP `json:"amount,omitzero"` // none where that is not said
}

// Challenger is who challenges, as the book names it.
func (a OpenChallenge) Challenger() events.Entity {
	if a.Practice != "" {
		return a.Practice.Entity()
	}
	return a.Network.Entity()
}

// ID is the challenge's name.
func (a OpenChallenge) ID() challenge.ID { return challenge.Of(a.Challenger(), a.Year, a.Reference) }

// Stream is the history it is decided on.
func (a OpenChallenge) Stream() events.Stream { return a.ID().Stream() }

// Concerns is the challenger.
func (a OpenChallenge) Concerns() events.Entity { return a.Challenger() }

// Step is what every later word on a challenge says.
type Step struct {
	ask.Given
	Challenge challenge.ID `json:"challenge"`
	Words     string       `json:"words,omitempty"`
}

// Stream is the history it is decided on.
func (a Step) Stream() events.Stream { return a.Challenge.Stream() }

// Own is a word of the challenger.
type Own struct{ Step }

// Concerns is the challenger.
func (a Own) Concerns() events.Entity { return a.Challenge.Challenger() }

// Owed is a word of the system that the challenge is about.
type Owed struct {
	Step
	System events.ICB `json:"system"`
}

// Concerns is the system.
func (a Owed) Concerns() events.Entity { return a.System.Entity() }

type (
	// AcknowledgeChallenge asks to record that the system has read a challenge.
	AcknowledgeChallenge struct{ Owed }
	// AnswerChallenge asks to record the system's answer.
	AnswerChallenge struct {
		Owed
		Outcome     challenge.Outcome      `json:"outcome"`
		Corrections []challenge.Correction `json:"corrections,omitempty"`
	}
	// AcceptAnswer asks to end a challenge whose answer is accepted.
	AcceptAnswer struct{ Own }
	// EscalateChallenge asks to take a challenge to somebody else.
	EscalateChallenge struct {
		Own
		To string `json:"to"`
	}
	// ResolveChallenge asks to end a challenge that was escalated.
	ResolveChallenge struct{ Own }
)

func (OpenChallenge) Subject() string        { return "ask.funding.open_challenge" }
func (AcknowledgeChallenge) Subject() string { return "ask.funding.acknowledge_challenge" }
func (AnswerChallenge) Subject() string      { return "ask.funding.answer_challenge" }
func (AcceptAnswer) Subject() string         { return "ask.funding.accept_answer" }
func (EscalateChallenge) Subject() string    { return "ask.funding.escalate_challenge" }
func (ResolveChallenge) Subject() string     { return "ask.funding.resolve_challenge" }
