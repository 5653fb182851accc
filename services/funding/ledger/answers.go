package ledger

import (
	"github.com/ics-openbook/openbook/api/ask/funding"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

var (
	ErrNotYours = refuse.New(refuse.Forbidden, "NOT_YOUR_ENTRY",
		"Entry %d is %s's own: only they can say this of it. Check the number of the entry.")
	ErrNotOnBehalf = refuse.New(refuse.Invalid, "NOT_SPENT_ON_BEHALF",
		"Entry %d is not money spent on somebody's behalf. Check the number of the entry.")
	ErrNotDiverted = refuse.New(refuse.Invalid, "NOT_A_DIVERSION",
		"Entry %d is not a diversion. Check the number of the entry.")
	ErrReversed = refuse.New(refuse.Conflict, "REVERSED_ALREADY",
		"Entry %d has been undone by entry %d, so nothing more is to be said of it.")
)

// holder is whose money an entry is about: the first that is neither England nor
// the system.
func holder(e fact.Event) events.Entity {
	all := movedBy(e)
	for _, p := range all {
		if p.Stage != fact.StageSource && p.Stage != fact.StagePot {
			return p.Holder
		}
	}
	return e.Heading().System.Entity()
}

// asked is the entry that somebody is asked about, and false where it has been
// answered.
func (s State) asked(a funding.OwnAnswer, meant func(fact.Event) bool, isNot *refuse.Refusal) (e *entry, waits bool, err error) {
	if err := s.listens(a.Books()); err != nil {
		return nil, false, err
	}
	e = s.at(a.Entry)
	switch {
	case e == nil:
		return nil, false, ErrEntryUnknown.About("entry", a.System, a.Year, a.Entry)
	case !meant(e.Event):
		return nil, false, isNot.About("entry", a.Entry)
	case holder(e.Event) != a.Holder():
		return nil, false, ErrNotYours.About("entry", a.Entry, holder(e.Event))
	case e.reversed != 0:
		return nil, false, ErrReversed.About("entry", a.Entry, e.reversed)
	}
	return e, e.settled == 0, nil
}

func onBehalf(e fact.Event) bool { _, is := e.(fact.SpentOnBehalf); return is }

func diverted(e fact.Event) bool { _, is := e.(fact.Diverted); return is }

// answer moves what an entry has put at a stage on to another, as an act of the
// holder.
func (s State) answer(k Known, a funding.OwnAnswer, e *entry, to fact.Stage) fact.Answer {
	answer := fact.Answer{Head: s.head(k, a.Books(), a.Concerns(), a.On, a.Reason), Entry: a.Entry}
	for _, p := range e.Posted() {
		if p.Amount > 0 {
			next := p.Account
			next.Stage = to
			answer.Postings = append(answer.Postings, fact.Transfer(p.Amount, p.Account, next)...)
		}
	}
	return answer
}

// AcknowledgeSpending is a network's word that what was spent for it was. It may
// be said after the year's end too.
func AcknowledgeSpending(s State, k Known, a funding.AcknowledgeSpending) ([]fact.Event, error) {
	e, waits, err := s.asked(a.OwnAnswer, onBehalf, ErrNotOnBehalf)
	if err != nil {
		return nil, err
	}
	if _, so := s.answerTo(e).(fact.SpendingAcknowledged); so {
		return nil, nil
	}
	if !waits {
		return nil, ErrSettled.About("entry", a.Entry, e.settled)
	}
	return s.checked(fact.SpendingAcknowledged{Answer: s.answer(k, a.OwnAnswer, e, fact.StageSpentBySystem)})
}

// RefuseSpending is a network's word that it was not: the money is held for it
// again. Said after the year's end, it goes into the next ledger at once.
func RefuseSpending(s State, k Known, a funding.RefuseSpending) ([]fact.Event, error) {
	e, waits, err := s.asked(a.OwnAnswer, onBehalf, ErrNotOnBehalf)
	if err != nil {
		return nil, err
	}
	if _, so := s.answerTo(e).(fact.SpendingRefused); so {
		return nil, nil
	}
	if !waits {
		return nil, ErrSettled.About("entry", a.Entry, e.settled)
	}
	return s.sendingOn(k, a.Concerns(), fact.SpendingRefused{Answer: s.answer(k, a.OwnAnswer, e, fact.StageHeld)})
}

// AcknowledgeDiversion is a network's word that it knows of a diversion. It moves
// nothing, and may be said after the year's end too.
func AcknowledgeDiversion(s State, k Known, a funding.AcknowledgeDiversion) ([]fact.Event, error) {
	e, waits, err := s.asked(a.OwnAnswer, diverted, ErrNotDiverted)
	if err != nil {
		return nil, err
	}
	if _, so := s.answerTo(e).(fact.DiversionAcknowledged); so {
		return nil, nil
	}
	if !waits {
		return nil, ErrSettled.About("entry", a.Entry, e.settled)
	}
	return s.checked(fact.DiversionAcknowledged{Note: s.word(k, a.OwnAnswer)})
}

// ProtestDiversion is a network's word against a diversion, likewise.
func ProtestDiversion(s State, k Known, a funding.ProtestDiversion) ([]fact.Event, error) {
	e, waits, err := s.asked(a.OwnAnswer, diverted, ErrNotDiverted)
	if err != nil {
		return nil, err
	}
	if _, so := s.answerTo(e).(fact.DiversionProtested); so {
		return nil, nil
	}
	if !waits {
		return nil, ErrSettled.About("entry", a.Entry, e.settled)
	}
	return s.checked(fact.DiversionProtested{Note: s.word(k, a.OwnAnswer)})
}

// word is an answer of a holder that moves nothing.
func (s State) word(k Known, a funding.OwnAnswer) fact.Note {
	return fact.Note{Head: s.head(k, a.Books(), a.Concerns(), a.On, a.Reason), Entry: a.Entry, Holder: a.Holder()}
}
