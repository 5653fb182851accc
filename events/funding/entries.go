package funding

import "github.com/ics-openbook/openbook/events"

// Work is an act of its own upon money that says what it bought.
type Work struct {
	Move
	For      string `json:"for"`                // what was bought, in words
	Category string `json:"category,omitempty"` // likewise, as the contract names what may be bought
	Use      Use    `json:"use"`
}

// Use is whether money may be spent so.
type Use string

const (
	UsePermitted Use = "PERMITTED"
	UseOutside   Use = "OUTSIDE"   // the contract does not permit it, or it is meant for something else: there is a reason
	UseUnknown   Use = "NOT_KNOWN" // no contract says, as far as the book knows
)

// Received is money from England in the system's pot.
type Received struct{ Move }

// Allocated promises money in the pot to a network or a practice.
type Allocated struct{ Move }

// Held keeps back what was allocated, for a reason.
type Held struct{ Move }

// Released lets go what was held: it is allocated as before.
type Released struct{ Move }

// SpentOnBehalf is money that the system spent for a network instead of paying
// it. It counts as spent once the network has acknowledged it.
type SpentOnBehalf struct{ Work }

// Committed sets aside what a network has for something agreed.
type Committed struct{ Move }

// CommitmentReleased undoes a commitment: the money is available again.
type CommitmentReleased struct{ Move }

// Spent is money that a network or practice has spent.
type Spent struct{ Work }

// UnderspendDeclared says that a network will not spend what it has.
type UnderspendDeclared struct{ Move }

// Retained lets a network keep what it has declared.
type Retained struct{ Move }

// Offered offers what a network has declared to the others.
type Offered struct{ Move }

// Reallocated promises to one network what another has offered, for the same
// purpose.
type Reallocated struct{ Move }

// Returned gives money back to England.
type Returned struct{ Move }

// PaymentRequested asks for the payment of what is allocated.
type PaymentRequested struct{ Request }

// TakeBackRequested asks for an allocation to go back into the pot.
type TakeBackRequested struct{ Request }

// DiversionRequested asks for money of a network to be used for something else.
type DiversionRequested struct{ Request }

// ReversalRequested asks for an entry to be undone that needed an approval
// itself.
type ReversalRequested struct {
	Request
	Entry int `json:"entry"` // the number of the one to be undone
}

// RequestRejected turns a request down: nothing moves.
type RequestRejected struct{ Note }

// RequestWithdrawn takes a request back: nothing moves.
type RequestWithdrawn struct{ Note }

// Paid approves a request: the system says that it has paid.
type Paid struct{ Answer }

// TakenBack approves a request: the money is in the pot again.
type TakenBack struct{ Answer }

// Diverted approves a request: money of a network is used for something else.
// It stays in sight as the network's, diverted.
type Diverted struct{ Answer }

// Reversed undoes an entry: each account is as it would be without it.
type Reversed struct {
	Answer
	Request int `json:"request,omitempty"` // the number of the request that asked for it, if it needed one
}

// Confirmed is a network's own word that money it was paid has come. It may be
// less than was paid: the rest stays in sight.
type Confirmed struct{ Move }

// SpendingAcknowledged is a network's word that what was spent on its
// behalf was.
type SpendingAcknowledged struct{ Answer }

// SpendingRefused is a network's word that it was not: the money is held for it
// again.
type SpendingRefused struct{ Answer }

// DiversionAcknowledged is a network's word that it knows of a diversion.
type DiversionAcknowledged struct{ Note }

// DiversionProtested is a network's word against a diversion.
type DiversionProtested struct{ Note }

// MovedToSuccessor moves all that a network still has to the one it was merged
// into, each amount at the stage it has reached.
type MovedToSuccessor struct {
	Move
	From events.Entity `json:"from"`
	Into events.Entity `json:"into"`
}

// CarriedForward puts what was left at the year's end on its way into another
// ledger.
type CarriedForward struct {
	Head
	To       Ledger    `json:"to"`
	Postings []Posting `json:"postings"`
	Arriving []Posting `json:"arriving"` // where it arrives
}

// CarriedIn begins a year with what was left of the one before.
type CarriedIn struct {
	Head
	From     Ledger    `json:"from"`
	Entry    int       `json:"entry"` // its number there
	Postings []Posting `json:"postings"`
}

// YearClosed ends a ledger: nothing more is recorded in it but what networks say
// of it later, and what arrives late and goes on at once.
type YearClosed struct{ Head }

// EventType names the fact.
func (Received) EventType() string { return "funding.received.v1" }

// EventType names the fact.
func (Allocated) EventType() string { return "funding.allocated.v1" }

// EventType names the fact.
func (Held) EventType() string { return "funding.held.v1" }

// EventType names the fact.
func (Released) EventType() string { return "funding.released.v1" }

// EventType names the fact.
func (SpentOnBehalf) EventType() string { return "funding.spent_on_behalf.v1" }

// EventType names the fact.
func (Committed) EventType() string { return "funding.committed.v1" }

// EventType names the fact.
func (CommitmentReleased) EventType() string { return "funding.commitment_released.v1" }

// EventType names the fact.
func (Spent) EventType() string { return "funding.spent.v1" }

// EventType names the fact.
func (UnderspendDeclared) EventType() string { return "funding.underspend_declared.v1" }

// EventType names the fact.
func (Retained) EventType() string { return "funding.retained.v1" }

// EventType names the fact.
func (Offered) EventType() string { return "funding.offered.v1" }

// EventType names the fact.
func (Reallocated) EventType() string { return "funding.reallocated.v1" }

// EventType names the fact.
func (Returned) EventType() string { return "funding.returned.v1" }

// EventType names the fact.
func (PaymentRequested) EventType() string { return "funding.payment_requested.v1" }

// EventType names the fact.
func (TakeBackRequested) EventType() string { return "funding.take_back_requested.v1" }

// EventType names the fact.
func (DiversionRequested) EventType() string { return "funding.diversion_requested.v1" }

// EventType names the fact.
func (ReversalRequested) EventType() string { return "funding.reversal_requested.v1" }

// EventType names the fact.
func (RequestRejected) EventType() string { return "funding.request_rejected.v1" }

// EventType names the fact.
func (RequestWithdrawn) EventType() string { return "funding.request_withdrawn.v1" }

// EventType names the fact.
func (Paid) EventType() string { return "funding.paid.v1" }

// EventType names the fact.
func (TakenBack) EventType() string { return "funding.taken_back.v1" }

// EventType names the fact.
func (Diverted) EventType() string { return "funding.diverted.v1" }

// EventType names the fact.
func (Reversed) EventType() string { return "funding.reversed.v1" }

// EventType names the fact.
func (Confirmed) EventType() string { return "funding.confirmed.v1" }

// EventType names the fact.
func (SpendingAcknowledged) EventType() string { return "funding.spending_acknowledged.v1" }

// EventType names the fact.
func (SpendingRefused) EventType() string { return "funding.spending_refused.v1" }

// EventType names the fact.
func (DiversionAcknowledged) EventType() string { return "funding.diversion_acknowledged.v1" }

// EventType names the fact.
func (DiversionProtested) EventType() string { return "funding.diversion_protested.v1" }

// EventType names the fact.
func (MovedToSuccessor) EventType() string { return "funding.moved_to_successor.v1" }

// EventType names the fact.
func (CarriedForward) EventType() string { return "funding.carried_forward.v1" }

// EventType names the fact.
func (CarriedIn) EventType() string { return "funding.carried_in.v1" }

// EventType names the fact.
func (YearClosed) EventType() string { return "funding.year_closed.v1" }

// Posted is what the entry moves.
func (e CarriedForward) Posted() []Posting { return e.Postings }

// Posted is what the entry moves.
func (e CarriedIn) Posted() []Posting { return e.Postings }

// Posted is nothing.
func (YearClosed) Posted() []Posting { return nil }

// Answers is the number of the entry to be undone.
func (e ReversalRequested) Answers() int { return e.Entry }

// Answers is no entry.
func (CarriedForward) Answers() int { return 0 }

// Answers is no entry of this ledger.
func (CarriedIn) Answers() int { return 0 }

// Answers is no entry.
func (YearClosed) Answers() int { return 0 }

// Entities names whom the entry is about, the ledger first.
func (e CarriedForward) Entities() []events.Entity { return e.about(e.Postings) }

// Entities names whom the entry is about, the ledger first.
func (e CarriedIn) Entities() []events.Entity { return e.about(e.Postings) }

// Entities names whom the entry is about, the ledger first.
func (e YearClosed) Entities() []events.Entity { return e.about(nil) }
