package ledger

import (
	"cmp"

	"github.com/ics-openbook/openbook/api/ask/funding"
	fact "github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

var (
	ErrEntryUnknown = refuse.New(refuse.NotFound, "ENTRY_UNKNOWN",
		"The ledger of %s for %s has no entry %d. Look up the number of the entry you mean.")
	ErrNoRequest = refuse.New(refuse.Invalid, "NOT_A_REQUEST",
		"Entry %d asks for nothing that could be approved. Name the entry of the request.")
	ErrMaker = refuse.New(refuse.Forbidden, "MAKER_IS_CHECKER",
		"You asked for this yourself in entry %d, so somebody else has to judge it. You may withdraw it.")
	ErrNotMaker = refuse.New(refuse.Forbidden, "NOT_THE_MAKER",
		"Entry %d was asked for by somebody else, who alone may withdraw it. You may reject it.")
	ErrSettled = refuse.New(refuse.Conflict, "ANSWERED_ALREADY",
		"Entry %d has been answered already, by entry %d. Enter it again if it is wanted after all.")
	ErrUndone = refuse.New(refuse.Conflict, "APPROVAL_REVERSED",
		"Entry %d was approved by entry %d, which entry %d has undone. Request it again if it is wanted after all.")
)

// request is an act that an ask asks for, between two accounts, as one that
// waits for somebody else.
func (s State) request(k Known, a funding.Upon, from, to fact.Account) fact.Request {
	return fact.Request{
		Head: s.head(k, a.Books(), a.Concerns(), a.On, a.Reason), Reference: a.Reference,
		Proposed: fact.Transfer(a.Amount, from, to),
	}
}

// RequestPayment asks for the payment of what is allocated.
func RequestPayment(s State, k Known, a funding.RequestPayment) ([]fact.Event, error) {
	if err := k.paidTo(path(a.Payee), a.Books(), a.Holder(), a.FundingStream); err != nil {
		return nil, err
	}
	from, to := at(a.Holder(), fact.StageAllocated, a.Money), at(a.Holder(), fact.StagePaid, a.Money)
	return s.record(fact.PaymentRequested{Request: s.request(k, a.Upon, from, to)})
}

// RequestTakeBack asks for an allocation to go back into the pot.
func RequestTakeBack(s State, k Known, a funding.RequestTakeBack) ([]fact.Event, error) {
	from, to := at(a.Holder(), fact.StageAllocated, a.Money), at(a.System.Entity(), fact.StagePot, a.Money)
	return s.record(fact.TakeBackRequested{Request: s.request(k, a.Upon, from, to)})
}

// RequestDiversion asks to use a network's money for something else.
func RequestDiversion(s State, k Known, a funding.RequestDiversion) ([]fact.Event, error) {
	from := at(a.Holder(), cmp.Or(a.From, fact.StageAllocated), a.Money)
	return s.record(fact.DiversionRequested{Request: s.request(k, a.Upon, from, at(a.Holder(), fact.StageDiverted, a.Money))})
}

// waiting is the request that an answer is about, and false where it has been
// answered. Whoever asked for it cannot be the one who judges it.
func (s State) waiting(k Known, a funding.Answer, mine bool) (r *entry, waits bool, err error) {
	if err := s.open(a.Books()); err != nil {
		return nil, false, err
	}
	r = s.at(a.Entry)
	if r == nil {
		return nil, false, ErrEntryUnknown.About("entry", a.System, a.Year, a.Entry)
	}
	if !is(r.Event, request) {
		return nil, false, ErrNoRequest.About("entry", a.Entry)
	}
	switch maker := r.Heading().By; {
	case mine && maker != k.By:
		return nil, false, ErrNotMaker.About("entry", a.Entry)
	case !mine && maker == k.By:
		return nil, false, ErrMaker.About("entry", a.Entry)
	}
	return r, r.settled == 0, nil
}

// Approve carries out what somebody else has requested.
func Approve(s State, k Known, a funding.ApproveRequest) ([]fact.Event, error) {
	r, waits, err := s.waiting(k, a.Answer, false)
	if err != nil {
		return nil, err
	}
	if !waits {
		switch answer := s.at(r.settled); {
		case is(answer.Event, dropped):
			return nil, ErrSettled.About("entry", a.Entry, r.settled)
		case answer.reversed != 0:
			return nil, ErrUndone.About("entry", a.Entry, r.settled, answer.reversed)
		}
		return nil, nil
	}
	answer := fact.Answer{
		Head:  s.head(k, a.Books(), a.Concerns(), a.On, a.Reason),
		Entry: a.Entry, Postings: movedBy(r.Event),
	}
	if back, undoes := r.Event.(fact.ReversalRequested); undoes {
		if err := s.reversible(back.Entry); err != nil {
			return nil, err
		}
		answer.Entry = back.Entry
		return s.record(fact.Reversed{Answer: answer, Request: a.Entry})
	}
	if _, pays := r.Event.(fact.PaymentRequested); pays {
		for _, p := range answer.Postings {
			if err := k.paidTo("entry", a.Books(), p.Holder, p.Stream); err != nil {
				return nil, err
			}
		}
		return s.record(fact.Paid{Answer: answer})
	}
	if _, diverts := r.Event.(fact.DiversionRequested); diverts {
		return s.record(fact.Diverted{Answer: answer})
	}
	return s.record(fact.TakenBack{Answer: answer})
}

// Reject turns down what somebody else has requested.
func Reject(s State, k Known, a funding.RejectRequest) ([]fact.Event, error) {
	r, waits, err := s.waiting(k, a.Answer, false)
	if err != nil {
		return nil, err
	}
	if _, so := s.answerTo(r).(fact.RequestRejected); so {
		return nil, nil
	}
	if !waits {
		return nil, ErrSettled.About("entry", a.Entry, r.settled)
	}
	return s.record(fact.RequestRejected{Note: s.note(k, a.Answer, r)})
}

// Withdraw takes one's own request back.
func Withdraw(s State, k Known, a funding.WithdrawRequest) ([]fact.Event, error) {
	r, waits, err := s.waiting(k, a.Answer, true)
	if err != nil {
		return nil, err
	}
	if _, so := s.answerTo(r).(fact.RequestWithdrawn); so {
		return nil, nil
	}
	if !waits {
		return nil, ErrSettled.About("entry", a.Entry, r.settled)
	}
	return s.record(fact.RequestWithdrawn{Note: s.note(k, a.Answer, r)})
}

// answerTo is the entry that has answered an entry, or nil.
func (s State) answerTo(e *entry) fact.Event {
	if by := s.at(e.settled); by != nil {
		return by.Event
	}
	return nil
}

// note is an answer of the system that moves nothing.
func (s State) note(k Known, a funding.Answer, about *entry) fact.Note {
	return fact.Note{Head: s.head(k, a.Books(), a.Concerns(), a.On, a.Reason), Entry: a.Entry, Holder: holder(about.Event)}
}
