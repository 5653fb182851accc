// Package funding names the facts of the ledgers: what money a system received,
// allocated, paid, held back, spent for a network or diverted, what the network
// says of it, and what became of it at the end of the year.
//
// There is one ledger for each system and year, and each fact is one entry in it,
// numbered from 1. An entry that moves money names every account it touches: it
// takes as much out of some as it puts into others, for each stream and purpose
// apart, so that no entry can turn money of one purpose into money of another.
// Nothing is ever altered: what was wrong is reversed by an entry of its own.
//
// A name that ends in Requested moves nothing yet: somebody else has to approve
// it, and what is recorded then says what has moved.
package funding

import "github.com/ics-openbook/openbook/events"

// Event is any fact in this package. The unexported method closes the set.
//
//sumtype:decl
type Event interface {
	events.Fact
	// Heading is what every entry says of itself.
	Heading() Head
	// Posted is what the entry moves; nothing for one that only says something.
	Posted() []Posting
	// Asked is what the entry would move once it is approved; nothing for one that
	// is no request.
	Asked() []Posting
	// Answers is the number of the earlier entry that it is about, or 0.
	Answers() int
	// Called is the entry's reference in the books of its party, or nothing.
	Called() string
	isFunding()
}

// Family is every fact of the ledgers.
var Family = events.NewFamily[Event](
	Received{}, Allocated{}, Held{}, Released{}, SpentOnBehalf{},
	Committed{}, CommitmentReleased{}, Spent{},
	UnderspendDeclared{}, Retained{}, Offered{}, Reallocated{}, Returned{},

	PaymentRequested{}, TakeBackRequested{}, DiversionRequested{}, ReversalRequested{},
	RequestRejected{}, RequestWithdrawn{},
	Paid{}, TakenBack{}, Diverted{}, Reversed{},

	Confirmed{}, SpendingAcknowledged{}, SpendingRefused{}, DiversionAcknowledged{}, DiversionProtested{},

	MovedToSuccessor{}, CarriedForward{}, CarriedIn{}, YearClosed{},
)

// Head is what every entry says of itself.
type Head struct {
	Ledger
	Number int              `json:"number"` // its place in the ledger, from 1
	On     events.Date      `json:"on"`     // the day it counts for
	Party  events.Entity    `json:"party"`  // whose act it is: the system, a network or a practice
	By     events.PersonRef `json:"by"`     // who asked for it
	Reason string           `json:"reason,omitempty"`
}

// Heading is h: it makes every fact that embeds Head half an [Event].
func (h Head) Heading() Head { return h }

// Called is nothing: most entries have the number alone.
func (Head) Called() string { return "" }

// Asked is nothing: most entries are no requests.
func (Head) Asked() []Posting { return nil }

func (Head) isFunding() {}

// Move is an act of its own upon money.
type Move struct {
	Head
	// Reference is what the entry is called in the party's own books, such as
	// the number of a payment or an invoice: one entry of the party has it.
	Reference string    `json:"reference"`
	Postings  []Posting `json:"postings"`
}

// Posted is what the entry moves.
func (m Move) Posted() []Posting { return m.Postings }

// Answers is no entry.
func (Move) Answers() int { return 0 }

// Called is the entry's reference.
func (m Move) Called() string { return m.Reference }

// Entities names whom the entry is about, the ledger first.
func (m Move) Entities() []events.Entity { return m.about(m.Postings) }

// Request is an act upon money that waits for somebody else's approval.
type Request struct {
	Head
	Reference string    `json:"reference,omitempty"` // as a [Move] has it; a [ReversalRequested] has none
	Proposed  []Posting `json:"proposed"`            // what is moved once it is approved
}

// Posted is nothing.
func (Request) Posted() []Posting { return nil }

// Asked is what is moved once it is approved.
func (r Request) Asked() []Posting { return r.Proposed }

// Answers is no entry.
func (Request) Answers() int { return 0 }

// Called is the entry's reference.
func (r Request) Called() string { return r.Reference }

// Entities names whom the entry is about, the ledger first.
func (r Request) Entities() []events.Entity { return r.about(r.Proposed) }

// Answer follows from an earlier entry, and moves money.
type Answer struct {
	Head
	Entry    int       `json:"entry"` // the number of the earlier one
	Postings []Posting `json:"postings"`
}

// Posted is what the entry moves.
func (a Answer) Posted() []Posting { return a.Postings }

// Answers is the number of the earlier entry.
func (a Answer) Answers() int { return a.Entry }

// Entities names whom the entry is about, the ledger first.
func (a Answer) Entities() []events.Entity { return a.about(a.Postings) }

// Note follows from an earlier entry, and moves nothing.
type Note struct {
	Head
	Entry  int           `json:"entry"`  // the number of the earlier one
	Holder events.Entity `json:"holder"` // whose money that is about
}

// Posted is nothing.
func (Note) Posted() []Posting { return nil }

// Answers is the number of the earlier entry.
func (n Note) Answers() int { return n.Entry }

// Entities names whom the entry is about, the ledger first.
func (n Note) Entities() []events.Entity {
	return n.about([]Posting{{Account: Account{Holder: n.Holder}}})
}

// about names the ledger, its system, and those whose money is moved.
func (h Head) about(moved []Posting) []events.Entity {
	all := []events.Entity{h.Entity(), h.System.Entity()}
	add := func(e events.Entity) {
		for _, named := range all {
			if named == e {
				return
			}
		}
		all = append(all, e)
	}
	add(h.Party)
	for _, p := range moved {
		add(p.Holder)
	}
	return all
}
