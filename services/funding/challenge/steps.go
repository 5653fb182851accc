package challenge

import (
	"slices"

	"github.com/ics-openbook/openbook/api/ask/challenge"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/challenge"
	"github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

var (
	ErrUnknown = refuse.New(refuse.NotFound, "CHALLENGE_UNKNOWN",
		"There is no challenge %s in the book. Check the code, the year and the reference.")
	ErrOtherSystem = refuse.New(refuse.Forbidden, "CHALLENGE_OF_OTHERS",
		"Challenge %s is about the ledger of %s, which has to answer it: not %s.")
	ErrClosed = refuse.New(refuse.Conflict, "CHALLENGE_CLOSED",
		"Challenge %s was closed on %s, and nothing more is said of it. Open another if there is more to say.")
	ErrAcknowledged = refuse.New(refuse.Conflict, "ACKNOWLEDGED_ALREADY",
		"Challenge %s was acknowledged on %s. What it needs next is an answer.")
	ErrAnswered = refuse.New(refuse.Conflict, "CHALLENGE_ANSWERED",
		"Challenge %s was answered on %s, and an answer is not replaced. It is for the challenger to accept or to escalate it.")
	ErrNotAnswered = refuse.New(refuse.Conflict, "NOT_ANSWERED_YET",
		"Challenge %s has no answer that could be accepted. One is due by %s.")
	ErrInTime = refuse.New(refuse.Conflict, "STILL_IN_TIME",
		"Challenge %s has no answer yet, and the system still has time: %s is the last day for what it owes next. Escalate the answer, or the silence after that day.")
	ErrEscalated = refuse.New(refuse.Conflict, "ESCALATED_ALREADY",
		"Challenge %s was escalated on %s, to %s. Say how that ended with resolveChallenge.")
	ErrNotEscalated = refuse.New(refuse.Conflict, "NOT_ESCALATED",
		"Challenge %s has not been escalated. Accept the answer, or escalate it first.")
	ErrCorrectionEarlier = refuse.New(refuse.Invalid, "CORRECTION_EARLIER",
		"Entry %d is not later than entry %d, which is challenged, so it cannot put that right. Check the number.")
)

// of refuses what is said of a challenge that is not there, or by a system that
// it is not about. A system that has gone is answered for by the one in its
// place.
func (k Known) of(s State, a challenge.Owed) error {
	switch {
	case s.Opened == nil:
		return ErrUnknown.About("challenge", a.Challenge)
	case s.Opened.System != a.System && k.Registry.Standing(s.Opened.System, k.Today) != a.System:
		return ErrOtherSystem.About("system", a.Challenge, s.Opened.System, a.System)
	}
	return nil
}

// own refuses what is said of a challenge that is not there.
func own(s State, id fact.ID) error {
	if s.Opened == nil {
		return ErrUnknown.About("challenge", id)
	}
	return nil
}

// open refuses more words on a closed challenge.
func open(s State, id fact.ID) error {
	if on := s.Closed(); !on.IsZero() {
		return ErrClosed.About("challenge", id, on)
	}
	return nil
}

// Acknowledge says that the system has read the challenge.
func Acknowledge(s State, k Known, a challenge.AcknowledgeChallenge) ([]fact.Event, error) {
	if err := k.of(s, a.Owed); err != nil {
		return nil, err
	}
	if s.Acknowledged != nil && s.Acknowledged.Words == a.Words {
		return nil, nil
	}
	if err := open(s, a.Challenge); err != nil {
		return nil, err
	}
	switch {
	case s.Answered != nil:
		return nil, ErrAnswered.About("challenge", a.Challenge, s.Answered.On)
	case s.Acknowledged != nil:
		return nil, ErrAcknowledged.About("challenge", a.Challenge, s.Acknowledged.On)
	}
	return []fact.Event{fact.Acknowledged{Head: k.head(a.Challenge, s.Opened.System), Words: a.Words}}, nil
}

// Answer says what the system makes of the challenge.
func Answer(s State, k Known, a challenge.AnswerChallenge) ([]fact.Event, error) {
	if err := k.of(s, a.Owed); err != nil {
		return nil, err
	}
	if was := s.Answered; was != nil && was.Outcome == a.Outcome && was.Words == a.Words && slices.Equal(was.Corrections, a.Corrections) {
		return nil, nil
	}
	if err := open(s, a.Challenge); err != nil {
		return nil, err
	}
	if s.Answered != nil {
		return nil, ErrAnswered.About("challenge", a.Challenge, s.Answered.On)
	}
	for _, c := range a.Corrections {
		if err := k.corrects(s, c); err != nil {
			return nil, err
		}
	}
	return []fact.Event{fact.Answered{Head: k.head(a.Challenge, s.Opened.System), Outcome: a.Outcome, Words: a.Words, Corrections: a.Corrections}}, nil
}

// corrects refuses a correction that is not there, or was there before what it
// is to correct.
func (k Known) corrects(s State, c fact.Correction) error {
	o := s.Opened
	l := k.Ledgers.Ledger(funding.Ledger{System: o.System, Year: c.Year})
	switch {
	case l == nil || l.Entry(c.Entry) == nil:
		return ErrEntryUnknown.About("corrections", o.System, c.Year, c.Entry)
	case c.Year == o.Challenge.Year() && c.Entry <= o.Entry:
		return ErrCorrectionEarlier.About("corrections", c.Entry, o.Entry)
	}
	return nil
}

// Accept ends a challenge whose answer will do.
func Accept(s State, k Known, a challenge.AcceptAnswer) ([]fact.Event, error) {
	if err := own(s, a.Challenge); err != nil {
		return nil, err
	}
	if s.Accepted != nil && s.Accepted.Words == a.Words {
		return nil, nil
	}
	if err := open(s, a.Challenge); err != nil {
		return nil, err
	}
	if s.Answered == nil {
		return nil, ErrNotAnswered.About("challenge", a.Challenge, s.Opened.Due.Answer)
	}
	return []fact.Event{fact.Accepted{Head: k.head(a.Challenge, s.Opened.System), Words: a.Words}}, nil
}

// Escalate takes an answer, or silence, to somebody else.
func Escalate(s State, k Known, a challenge.EscalateChallenge) ([]fact.Event, error) {
	if err := own(s, a.Challenge); err != nil {
		return nil, err
	}
	if s.Escalated != nil && s.Escalated.To == a.To && s.Escalated.Words == a.Words {
		return nil, nil
	}
	if err := open(s, a.Challenge); err != nil {
		return nil, err
	}
	switch {
	case s.Escalated != nil:
		return nil, ErrEscalated.About("challenge", a.Challenge, s.Escalated.On, s.Escalated.To)
	case s.Answered == nil && len(s.LateNow(k.Today)) == 0:
		return nil, ErrInTime.About("challenge", a.Challenge, nextDue(s))
	}
	return []fact.Event{fact.Escalated{Head: k.head(a.Challenge, s.Opened.System), To: a.To, Words: a.Words}}, nil
}

// nextDue is the last day for the first step that the system owes.
func nextDue(s State) events.Date {
	for _, step := range fact.Steps {
		if s.Owed(step) {
			return s.Opened.Due.Of(step)
		}
	}
	return events.Date{}
}

// Resolve ends a challenge that was escalated, and says how.
func Resolve(s State, k Known, a challenge.ResolveChallenge) ([]fact.Event, error) {
	if err := own(s, a.Challenge); err != nil {
		return nil, err
	}
	if s.Resolved != nil && s.Resolved.Words == a.Words {
		return nil, nil
	}
	if err := open(s, a.Challenge); err != nil {
		return nil, err
	}
	if s.Escalated == nil {
		return nil, ErrNotEscalated.About("challenge", a.Challenge)
	}
	return []fact.Event{fact.Resolved{Head: k.head(a.Challenge, s.Opened.System), Words: a.Words}}, nil
}

// LetGoBy notes that the system has let the last day for a step go by; nothing
// where it has not, or where that is noted already.
func LetGoBy(s State, today events.Date, step fact.Step) ([]fact.Event, error) {
	if !s.Owed(step) || !s.Late(step, today) || s.Noted(step) {
		return nil, nil
	}
	o := s.Opened
	return []fact.Event{fact.Overdue{Head: fact.Head{Challenge: o.Challenge, System: o.System, On: today}, Step: step, Due: o.Due.Of(step)}}, nil
}
