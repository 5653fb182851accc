// Package challenge decides what may be said of a challenge, by whom, and when.
// It is pure.
//
// A network or practice challenges what is about itself, or about nobody but the
// system, whose pot is everybody's. The system answers once: what it said cannot
// be replaced, only be accepted or escalated. Silence can be escalated too, once
// the day has gone by on which a word was owed.
//
// A second challenge of the same thing is refused while the first is open, as
// far as this replica has seen: two sent in the same moment may both be
// recorded. That does no harm, and each has its answer.
package challenge

import (
	"slices"
	"strings"

	"github.com/ics-openbook/openbook/api/ask/challenge"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/challenge"
	"github.com/ics-openbook/openbook/events/funding"
	ledgers "github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/funding/view/challenged"
	"github.com/ics-openbook/openbook/services/funding/view/policies"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

// State is how far a challenge has come.
type State = challenged.Challenge

// Evolve returns s as it stands after e.
func Evolve(s State, e fact.Event) State { return s.After(e) }

// Known is what a decision looks at besides the challenge itself.
type Known struct {
	By         events.PersonRef // who asks
	Today      events.Date      // in England
	Registry   registry.State
	Ledgers    ledgers.State
	Challenges challenged.State
	Policies   policies.State
}

var (
	ErrReferenceUsed = refuse.New(refuse.Conflict, "REFERENCE_USED",
		"You have opened challenge %s before, and it says something else. Give this one another reference.")
	ErrChallenged = refuse.New(refuse.Conflict, "CHALLENGED_ALREADY",
		"You have challenged this already, as %s, which is not closed yet. Go on there.")
	ErrEntryUnknown = refuse.New(refuse.NotFound, "ENTRY_UNKNOWN",
		"The ledger of %s for %s has no entry %d. Look up the number of the entry you mean.")
	ErrOthersEntry = refuse.New(refuse.Forbidden, "ENTRY_OF_OTHERS",
		"Entry %d of %s for %s is not about %s. You may challenge what is about yourself, or about the system's pot; others challenge what is theirs.")
	ErrElsewhere = refuse.New(refuse.Forbidden, "LEDGER_OF_OTHERS",
		"%s is not in system %s, and nothing in its ledger for %s is about it. Check the system and the year.")
)

// Open challenges an entry, or says that one is missing.
func Open(s State, k Known, a challenge.OpenChallenge) ([]fact.Event, error) {
	missing := missing(a)
	if s.Opened != nil {
		if was := s.Opened; was.System == a.System && was.Entry == a.Entry && was.Words == a.Words && equal(was.Missing, missing) {
			return nil, nil
		}
		return nil, ErrReferenceUsed.About("reference", a.ID())
	}
	if err := k.mayChallenge(a); err != nil {
		return nil, err
	}
	for _, c := range k.Challenges.By(a.Challenger()) {
		if o := c.Opened; c.Closed().IsZero() && o.System == a.System && c.ID.Year() == a.Year && o.Entry == a.Entry && equal(o.Missing, missing) {
			return nil, ErrChallenged.About("reference", c.ID)
		}
	}
	p := k.Policies.On(a.System, k.Today)
	return []fact.Event{fact.Opened{
		Head: k.head(a.ID(), a.System), Entry: a.Entry, Missing: missing, Words: a.Words,
		Due: fact.Due{Acknowledgement: k.Today.AddDays(p.Acknowledge), Answer: k.Today.AddDays(p.Answer), Default: p.Stated == nil},
	}}, nil
}

func missing(a challenge.OpenChallenge) *fact.Missing {
	if a.Missing == nil {
		return nil
	}
	return &fact.Missing{Stream: a.Missing.FundingStream, Amount: a.Missing.Amount}
}

func equal(a, b *fact.Missing) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

func (k Known) head(id fact.ID, system events.ICB) fact.Head {
	return fact.Head{Challenge: id, System: system, On: k.Today, By: k.By}
}

// mayChallenge refuses what is none of the challenger's business.
func (k Known) mayChallenge(a challenge.OpenChallenge) error {
	l := k.Ledgers.Ledger(funding.Ledger{System: a.System, Year: a.Year})
	if a.Entry == 0 {
		return k.ofTheSystem(a, l)
	}
	if l == nil || l.Entry(a.Entry) == nil {
		return ErrEntryUnknown.About("entry", a.System, a.Year, a.Entry)
	}
	about := l.Entry(a.Entry).Entities()
	if slices.Contains(about, a.Challenger()) {
		return nil
	}
	if slices.ContainsFunc(about, payee) {
		return ErrOthersEntry.About("entry", a.Entry, a.System, a.Year, a.Challenger())
	}
	return k.ofTheSystem(a, l)
}

// payee reports whether e is a network or a practice.
func payee(e events.Entity) bool {
	return strings.HasPrefix(string(e), "network-") || strings.HasPrefix(string(e), "practice-")
}

// ofTheSystem refuses a challenger that neither is in the system nor has
// anything in its ledger.
func (k Known) ofTheSystem(a challenge.OpenChallenge, l *ledgers.Ledger) error {
	in := k.Registry.Above(a.Challenger())
	now := k.Registry.Standing(a.System, k.Today)
	if slices.Contains(in, a.System.Entity()) || now != "" && slices.Contains(in, now.Entity()) {
		return nil
	}
	if l != nil && len(l.Accounts(a.Challenger())) > 0 {
		return nil
	}
	return ErrElsewhere.About("system", a.Challenger(), a.System, a.Year)
}
