// Package funding says what may be asked of the ledgers: what a system does with
// the money of its networks, and what they do with it themselves.
package funding

import (
	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/funding"
)

// Ledger is which ledger an ask is about: that of a system for a year.
type Ledger struct {
	ask.Given
	System events.ICB  `json:"system"`
	Year   events.Year `json:"year"`
}

// Books is the ledger as facts name it.
func (l Ledger) Books() funding.Ledger { return funding.Ledger{System: l.System, Year: l.Year} }

// Stream is the history it is decided on.
func (l Ledger) Stream() events.Stream { return l.Books().Stream() }

// Concerns is the system, unless the ask is a network's or a practice's own.
func (l Ledger) Concerns() events.Entity { return l.System.Entity() }

// Payee is a network or a practice: exactly one of the two.
type Payee struct {
	Network  events.PCN      `json:"network,omitempty"`
	Practice events.Practice `json:"practice,omitempty"`
}

// Holder is the payee as the book names it; none where none is named.
func (p Payee) Holder() events.Entity {
	switch {
	case p.Network != "":
		return p.Network.Entity()
	case p.Practice != "":
		return p.Practice.Entity()
	}
	return ""
}

// Money is an amount out of a stream, for a purpose within it.
type Money struct {
	FundingStream funding.Stream  `json:"fundingStream"`
	Purpose       funding.Purpose `json:"purpose"`
	Amount        events.GBP      `json:"amount"`
}

// Act is what every act upon money says. Reference is what it is called in the
// asker's own books, such as the number of a payment or of an invoice: the same
// again is the same act.
type Act struct {
	Ledger
	Money
	On        events.Date `json:"on"` // the day it counts for, in the year
	Reference string      `json:"reference"`
	Reason    string      `json:"reason,omitempty"`
}

// Answer is what every answer to an earlier entry says.
type Answer struct {
	Ledger
	On     events.Date `json:"on"`
	Entry  int         `json:"entry"` // its number in the ledger
	Reason string      `json:"reason,omitempty"`
}

// Upon is an act of the system upon money of a network or practice.
type Upon struct {
	Act
	Payee
}

// Own is an act of a network or practice upon its own money.
type Own struct {
	Act
	Payee
}

// Concerns is the network or practice itself.
func (a Own) Concerns() events.Entity { return a.Holder() }

// OwnAnswer is an answer of a network or practice to what the system did.
type OwnAnswer struct {
	Answer
	Payee
}

// Concerns is the network or practice itself.
func (a OwnAnswer) Concerns() events.Entity { return a.Holder() }

// Trial is of an ask that may be rehearsed: what comes in files is, line by
// line, before any of it is recorded.
type Trial struct {
	DryRun bool `json:"dryRun,omitempty"` // say what would be recorded, and record nothing
}

// Rehearses reports whether nothing is to be recorded.
func (t Trial) Rehearses() bool { return t.DryRun }

// What the system asks to record of its own acts.
type (
	// ReceiveFunding asks to record money from England.
	ReceiveFunding struct{ Act }
	// AllocateFunding asks to promise money in the pot to a network or practice.
	AllocateFunding struct{ Upon }
	// HoldFunding asks to keep back what is allocated, for a reason.
	HoldFunding struct{ Upon }
	// ReleaseFunding asks to let go what is held.
	ReleaseFunding struct{ Upon }
	// SpendOnBehalf asks to record what the system spent for a network.
	SpendOnBehalf struct {
		Upon
		From     funding.Stage `json:"from,omitempty"` // ALLOCATED or HELD; ALLOCATED when not said
		For      string        `json:"for"`
		Category string        `json:"category,omitempty"`
	}
	// RequestPayment asks for the payment of what is allocated.
	RequestPayment struct {
		Upon
		Trial
	}
	// RequestTakeBack asks for an allocation to go back into the pot, for a reason.
	RequestTakeBack struct{ Upon }
	// RequestDiversion asks to use a network's money for something else, for a
	// reason.
	RequestDiversion struct {
		Upon
		From funding.Stage `json:"from,omitempty"` // ALLOCATED or HELD; ALLOCATED when not said
	}
	// ApproveRequest asks to carry out what somebody else has requested.
	ApproveRequest struct{ Answer }
	// RejectRequest asks to turn down what somebody else has requested.
	RejectRequest struct{ Answer }
	// WithdrawRequest asks to take one's own request back.
	WithdrawRequest struct{ Answer }
	// ReverseEntry asks to undo an entry of the system's, for a reason.
	ReverseEntry struct{ Answer }
	// RetainUnderspend asks to let a network keep what it has declared.
	RetainUnderspend struct{ Upon }
	// OfferUnderspend asks to offer what a network has declared to the others.
	OfferUnderspend struct{ Upon }
	// ReallocateUnderspend asks to promise what is offered to another network.
	ReallocateUnderspend struct {
		Upon
		To events.PCN `json:"to"`
	}
	// ReturnFunding asks to record what England has back: of what a network has
	// declared or offered, or, with no payee, of the pot.
	ReturnFunding struct {
		Upon
		From funding.Stage `json:"from,omitempty"` // DECLARED or OFFERED; DECLARED when not said
	}
	// MoveToSuccessor asks to move what a merged network has to the network it
	// was merged into.
	MoveToSuccessor struct {
		Ledger
		Network   events.PCN  `json:"network"`
		On        events.Date `json:"on"`
		Reference string      `json:"reference"`
	}
	// CloseYear asks to end the ledger, and to send on what is left.
	CloseYear struct{ Ledger }
	// CarryIn asks to begin the ledger with what another has sent. How much that
	// is stands in the book.
	CarryIn struct {
		Ledger
		FromSystem events.ICB  `json:"fromSystem"`
		FromYear   events.Year `json:"fromYear"`
	}
)

// What a network or practice asks to record of its own money.
type (
	// ConfirmReceipt asks to record that money which was paid has come.
	ConfirmReceipt struct{ Own }
	// CommitFunding asks to set money aside for something agreed.
	CommitFunding struct{ Own }
	// ReleaseCommitment asks to make committed money available again.
	ReleaseCommitment struct{ Own }
	// SpendFunding asks to record what has been bought.
	SpendFunding struct {
		Own
		From     funding.Stage `json:"from,omitempty"` // CONFIRMED or COMMITTED; CONFIRMED when not said
		For      string        `json:"for"`
		Category string        `json:"category,omitempty"`
		Trial
	}
	// DeclareUnderspend asks to record what will not be spent.
	DeclareUnderspend struct{ Own }
	// AcknowledgeSpending asks to record that what was spent on one's behalf was.
	AcknowledgeSpending struct{ OwnAnswer }
	// RefuseSpending asks to record that it was not, for a reason.
	RefuseSpending struct{ OwnAnswer }
	// AcknowledgeDiversion asks to record that a diversion is known.
	AcknowledgeDiversion struct{ OwnAnswer }
	// ProtestDiversion asks to record a word against a diversion.
	ProtestDiversion struct{ OwnAnswer }
	// ReverseOwnEntry asks to undo an entry of one's own, for a reason.
	ReverseOwnEntry struct{ OwnAnswer }
)

func (ReceiveFunding) Subject() string       { return "ask.funding.receive" }
func (AllocateFunding) Subject() string      { return "ask.funding.allocate" }
func (HoldFunding) Subject() string          { return "ask.funding.hold" }
func (ReleaseFunding) Subject() string       { return "ask.funding.release" }
func (SpendOnBehalf) Subject() string        { return "ask.funding.spend_on_behalf" }
func (RequestPayment) Subject() string       { return "ask.funding.request_payment" }
func (RequestTakeBack) Subject() string      { return "ask.funding.request_take_back" }
func (RequestDiversion) Subject() string     { return "ask.funding.request_diversion" }
func (ApproveRequest) Subject() string       { return "ask.funding.approve_request" }
func (RejectRequest) Subject() string        { return "ask.funding.reject_request" }
func (WithdrawRequest) Subject() string      { return "ask.funding.withdraw_request" }
func (RetainUnderspend) Subject() string     { return "ask.funding.retain" }
func (OfferUnderspend) Subject() string      { return "ask.funding.offer" }
func (ReallocateUnderspend) Subject() string { return "ask.funding.reallocate" }
func (ReturnFunding) Subject() string        { return "ask.funding.return" }
func (MoveToSuccessor) Subject() string      { return "ask.funding.move_to_successor" }
func (CloseYear) Subject() string            { return "ask.funding.close_year" }
func (CarryIn) Subject() string              { return "ask.funding.carry_in" }
func (ConfirmReceipt) Subject() string       { return "ask.funding.confirm_receipt" }
func (CommitFunding) Subject() string        { return "ask.funding.commit" }
func (ReleaseCommitment) Subject() string    { return "ask.funding.release_commitment" }
func (SpendFunding) Subject() string         { return "ask.funding.spend" }
func (DeclareUnderspend) Subject() string    { return "ask.funding.declare_underspend" }
func (AcknowledgeSpending) Subject() string  { return "ask.funding.acknowledge_spending" }
func (RefuseSpending) Subject() string       { return "ask.funding.refuse_spending" }
func (AcknowledgeDiversion) Subject() string { return "ask.funding.acknowledge_diversion" }
func (ProtestDiversion) Subject() string     { return "ask.funding.protest_diversion" }
func (ReverseEntry) Subject() string         { return "ask.funding.reverse" }
func (ReverseOwnEntry) Subject() string      { return "ask.funding.reverse_own" }
