package ledger

import fact "github.com/ics-openbook/openbook/events/funding"

// kind is what the rules make of a fact.
type kind uint8

const (
	late       kind = 1 << iota // may follow the end of the year
	ending                      // may follow what begins that end
	request                     // waits for somebody else
	dropped                     // a request has come to nothing
	reversible                  // may be undone
	twoPeople                   // and takes two to undo: it took two itself, or takes back what was promised
)

// kindOf has a case for every fact: none is forgotten.
func kindOf(e fact.Event) kind {
	switch e.(type) {
	case fact.Received, fact.Held, fact.Released, fact.SpentOnBehalf, fact.Committed, fact.CommitmentReleased, fact.Spent,
		fact.Confirmed, fact.UnderspendDeclared, fact.Retained, fact.Offered, fact.Returned:
		return reversible
	case fact.Allocated, fact.Reallocated, fact.Paid, fact.TakenBack, fact.Diverted:
		return reversible | twoPeople
	case fact.SpendingAcknowledged, fact.SpendingRefused:
		return reversible | late
	case fact.CarriedForward:
		return late | ending
	case fact.YearClosed:
		return ending
	case fact.CarriedIn, fact.DiversionAcknowledged, fact.DiversionProtested:
		return late
	case fact.PaymentRequested, fact.TakeBackRequested, fact.DiversionRequested, fact.ReversalRequested:
		return request
	case fact.RequestRejected, fact.RequestWithdrawn:
		return dropped
	case fact.Reversed, fact.MovedToSuccessor:
	}
	return 0
}

// is reports whether e is of a kind.
func is(e fact.Event, k kind) bool { return kindOf(e)&k != 0 }
