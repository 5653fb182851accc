package ledger

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ics-openbook/openbook/api/ask/funding"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

var (
	ErrYearClosed = refuse.New(refuse.Conflict, "YEAR_CLOSED",
		"The ledger of %s for %s is closed. Enter this in the ledger of the year after.")
	ErrYearEnding = refuse.New(refuse.Conflict, "YEAR_ENDING",
		"The ledger of %s for %s is being closed, which takes a moment. Enter this in the ledger of the year after; what may be said of a closed one, say again in a moment. If it stays so, ask for it to be closed again.")
	ErrNotEnough = refuse.New(refuse.Conflict, "NOT_ENOUGH_MONEY",
		"%s has £%s %s out of stream %s for %s, and this needs £%s. Enter no more than is there, or first what is missing.")
	ErrReferenceUsed = refuse.New(refuse.Conflict, "REFERENCE_USED",
		"Reference %q is that of entry %d, which says something else. Use another reference for another act, or reverse that entry first.")
)

// head is what the next entry says of itself.
func (s State) head(k Known, l fact.Ledger, party events.Entity, on events.Date, reason string) fact.Head {
	return fact.Head{Ledger: l, Number: s.Len() + 1, On: on, Party: party, By: k.By, Reason: reason}
}

// record is e alone, unless the ledger cannot have it.
func (s State) record(e fact.Event) ([]fact.Event, error) {
	if err := s.open(e.Heading().Ledger); err != nil {
		return nil, err
	}
	if name := e.Called(); name != "" && s.references != nil {
		if n, used := s.references.Get(reference{e.Heading().Party, name}); used {
			if same(s.at(n).Event, e) {
				return nil, nil
			}
			return nil, ErrReferenceUsed.About("reference", name, n)
		}
	}
	if err := s.affords(movedBy(e)); err != nil {
		return nil, err
	}
	return s.checked(e)
}

// open refuses a ledger that takes no more entries.
func (s State) open(l fact.Ledger) error {
	if err := s.listens(l); err != nil || !s.closed {
		return err
	}
	return ErrYearClosed.About("year", l.System, l.Year)
}

// listens refuses a ledger that does not even take what may come late.
func (s State) listens(l fact.Ledger) error {
	switch {
	case s.unsound != nil:
		return fmt.Errorf("nothing is decided on a ledger that does not add up: %w", s.unsound)
	case s.closing:
		return ErrYearEnding.About("year", l.System, l.Year)
	}
	return nil
}

// affords refuses what would leave an account below zero.
func (s State) affords(postings []fact.Posting) error {
	if s.entries == nil {
		s.balances = empty.balances
	}
	_, below, err := s.after(postings, false)
	if err != nil {
		return err
	}
	if below != nil {
		return ErrNotEnough.About("amount", below.Holder, below.has, inWords(below.Stage), below.Stream, below.Purpose, below.asked)
	}
	return nil
}

// checked is what has been decided, once it is sure that the ledger can have it:
// a rule that forgets something is a fault of ours, and no fact.
func (s State) checked(all ...fact.Event) ([]fact.Event, error) {
	after := s
	for _, e := range all {
		if after = Evolve(after, e); after.unsound != nil {
			return nil, fmt.Errorf("what was decided does not add up: %w", after.unsound)
		}
	}
	return all, nil
}

// same reports whether two entries of one reference say the same.
func same(a, b fact.Event) bool {
	return saidBy(a) == saidBy(b) && slices.Equal(movedBy(a), movedBy(b))
}

// said is what an entry says besides its number, its maker and its postings.
type said struct {
	typ, reason, what, category string
	on                          events.Date
	about                       int
}

func saidBy(e fact.Event) said {
	what := said{typ: e.EventType(), reason: e.Heading().Reason, on: e.Heading().On, about: e.Answers()}
	if w, works := e.(fact.Spent); works {
		what.what, what.category = w.For, w.Category
	}
	if w, works := e.(fact.SpentOnBehalf); works {
		what.what, what.category = w.For, w.Category
	}
	return what
}

// movedBy is what an entry moves, or would.
func movedBy(e fact.Event) []fact.Posting {
	if is(e, request) {
		return e.Asked()
	}
	return e.Posted()
}

// at is an account of a holder for the stream and purpose of an ask.
func at(holder events.Entity, stage fact.Stage, m funding.Money) fact.Account {
	return fact.Account{Holder: holder, Stage: stage, Stream: m.FundingStream, Purpose: m.Purpose}
}

// move is the act that an ask asks for, between two accounts.
func (s State) move(k Known, a funding.Act, party events.Entity, from, to fact.Account) fact.Move {
	return fact.Move{
		Head: s.head(k, a.Books(), party, a.On, a.Reason), Reference: a.Reference,
		Postings: fact.Transfer(a.Amount, from, to),
	}
}

// inWords is a stage as a sentence has it: "£5.00 allocated".
func inWords(s fact.Stage) string {
	switch s {
	case fact.StagePot:
		return "in the pot"
	case fact.StageSpentFor:
		return "spent on its behalf and not yet answered"
	case fact.StageSpentBySystem:
		return "spent by the system"
	case fact.StageTransit:
		return "in transit"
	case fact.StageSource, fact.StageAllocated, fact.StageHeld, fact.StagePaid, fact.StageConfirmed, fact.StageCommitted,
		fact.StageSpent, fact.StageDiverted, fact.StageDeclared, fact.StageRetained, fact.StageOffered, fact.StageReturned:
	}
	return strings.ToLower(string(s))
}

func numbers(all []int) string {
	const most = 5
	var words []string
	for i, n := range all {
		if i == most {
			words = append(words, fmt.Sprintf("and %d more", len(all)-most))
			break
		}
		words = append(words, strconv.Itoa(n))
	}
	return strings.Join(words, ", ")
}
