package funding

import (
	"math"
	"strings"

	"github.com/ics-openbook/openbook/events"
)

// Ledger is which ledger: there is one for each system and year.
type Ledger struct {
	System events.ICB  `json:"system"`
	Year   events.Year `json:"year"`
}

// Entity is the ledger as the book names it: ledger-QZ1-2025-26.
func (l Ledger) Entity() events.Entity {
	return events.Entity("ledger-" + string(l.System) + "-" + l.Year.Token())
}

// Stream is the ledger's own history.
func (l Ledger) Stream() events.Stream { return events.Stream(l.Entity()) }

// England is where the money comes from.
const England events.Entity = "england"

// Account is a place money is in: whose it is, how far it has come, out of which
// stream, and for what it is meant.
type Account struct {
	Holder  events.Entity `json:"holder"` // england, a system, a network, a practice; of [StageTransit], the ledger the money comes from
	Stage   Stage         `json:"stage"`
	Stream  Stream        `json:"stream"`
	Purpose Purpose       `json:"purpose"`
}

// Stage is how far money has come.
type Stage string

const (
	StageSource Stage = "SOURCE" // England, from where it comes: below zero by what has come

	StagePot Stage = "POT" // the system has received it and allocated it to nobody

	StageAllocated     Stage = "ALLOCATED"       // a network's or practice's, not yet paid
	StageHeld          Stage = "HELD"            // held back, with a reason
	StagePaid          Stage = "PAID"            // the system says that it has paid it
	StageConfirmed     Stage = "CONFIRMED"       // the network says that it has it
	StageCommitted     Stage = "COMMITTED"       // to be spent on something that is agreed
	StageSpent         Stage = "SPENT"           // by the network
	StageSpentFor      Stage = "SPENT_FOR"       // by the system for the network, which has not said whether that is so
	StageSpentBySystem Stage = "SPENT_BY_SYSTEM" // likewise, and the network says that it is so
	StageDiverted      Stage = "DIVERTED"        // used by the system for something else: still shown as the network's
	StageDeclared      Stage = "DECLARED"        // the network will not spend it
	StageRetained      Stage = "RETAINED"        // and may keep it, as the system has agreed
	StageOffered       Stage = "OFFERED"         // or another network may have it
	StageReturned      Stage = "RETURNED"        // or England has it back

	StageTransit Stage = "TRANSIT" // between two ledgers
)

// Stages is every stage, in the order in which money goes through them.
var Stages = []Stage{
	StageSource, StagePot, StageAllocated, StageHeld, StagePaid, StageConfirmed, StageCommitted, StageSpent, StageSpentFor, StageSpentBySystem,
	StageDiverted, StageDeclared, StageRetained, StageOffered, StageReturned, StageTransit,
}

// Final reports whether money stays at s when the year is closed: it has been
// used, or never was the holder's to carry on.
func (s Stage) Final() bool {
	switch s {
	case StageSource, StageSpent, StageSpentFor, StageSpentBySystem, StageDiverted, StageReturned, StageTransit:
		return true
	case StagePot, StageAllocated, StageHeld, StagePaid, StageConfirmed, StageCommitted, StageDeclared, StageRetained, StageOffered:
	}
	return false
}

// Arrives is the stage at which money that was at s when the year was closed
// begins the next. What a network may keep, it may spend.
func (s Stage) Arrives() Stage {
	if s == StageRetained {
		return StageConfirmed
	}
	return s
}

// Stream names a stream of money as the year's contract does: "core",
// "arrs". A system may have streams that no contract knows.
type Stream string

// Purpose is what money is meant for within its stream: "anything", or what it
// is ring-fenced for, such as "management-support".
type Purpose string

// Valid reports whether s is 1 to 60 letters, digits, hyphens, underscores and
// dots of ASCII.
func (s Stream) Valid() bool { return key(string(s)) }

// Valid reports whether p has the form of a stream.
func (p Purpose) Valid() bool { return key(string(p)) }

func key(s string) bool {
	return 1 <= len(s) && len(s) <= 60 && !strings.ContainsFunc(s, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.'
	})
}

// Posting is what an entry puts into an account, or, below zero, takes out.
type Posting struct {
	Account
	Amount events.GBP `json:"amount"`
}

// Transfer takes an amount out of one account and puts it into another.
func Transfer(amount events.GBP, from, to Account) []Posting {
	return []Posting{{from, -amount}, {to, amount}}
}

// Negated takes back what the postings put in, and gives back what they took.
func Negated(all []Posting) []Posting {
	back := make([]Posting, len(all))
	for i, p := range all {
		back[i] = Posting{p.Account, -p.Amount}
	}
	return back
}

// Balanced reports whether the postings of each stream and purpose come to
// nothing, with none of them empty or beyond what can be added up.
func Balanced(all []Posting) bool {
	type fence struct {
		Stream
		Purpose
	}
	var few [4]struct { // an entry is rarely of more than one
		fence
		sum events.GBP
	}
	sums := few[:0]
	for _, p := range all {
		if p.Amount == 0 || p.Amount == math.MinInt64 {
			return false
		}
		f := fence{p.Stream, p.Purpose}
		at := 0
		for at < len(sums) && sums[at].fence != f {
			at++
		}
		if at == len(sums) {
			sums = append(sums, struct {
				fence
				sum events.GBP
			}{fence: f})
		}
		sum, ok := Sum(sums[at].sum, p.Amount)
		if !ok {
			return false
		}
		sums[at].sum = sum
	}
	for _, s := range sums {
		if s.sum != 0 {
			return false
		}
	}
	return true
}

// Sum is a and b, unless that is beyond what an amount can hold.
func Sum(a, b events.GBP) (sum events.GBP, ok bool) {
	sum = a + b
	return sum, (sum > a) == (b > 0)
}
