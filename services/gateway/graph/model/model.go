// Package model is what the graph is made of where no domain's view has it
// already: receipts, pages, entries, and what mutations answer.
package model

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/decider"
	"github.com/ics-openbook/openbook/services/internal/follow"
	"github.com/ics-openbook/openbook/services/network/view"
)

// Node is anything with a global id, which is its entity.
type Node interface{ ID() string }

// Problem is one reason why nothing was recorded.
type Problem struct {
	Code    string
	Message string
	Path    *string
}

// Docs is where the problem's code is explained.
func (p Problem) Docs() string { return "/docs/problems#" + strings.ToLower(p.Code) }

// Receipt says what was recorded, and where.
type Receipt struct {
	ID       events.ID
	Entries  int
	Types    []string
	Revision events.Revision
	Position events.Position
	Time     time.Time
	Visible  bool
	Proposed []decider.Proposal                             // of a rehearsal; no part of the contract's receipt
	Count    func(context.Context) (*events.Ordinal, error) // looked up only where it is asked for
	Sign     func(context.Context) (*SignedReceipt, error)  // so is this
}

// Ordinal is the entry's place in the whole book, or nil before it is counted.
func (r Receipt) Ordinal(ctx context.Context) (*events.Ordinal, error) { return r.Count(ctx) }

// Signed is the book's signed word, or nil where it cannot be had now.
func (r Receipt) Signed(ctx context.Context) (*SignedReceipt, error) { return r.Sign(ctx) }

// Done is what every mutation answers: a receipt or problems.
type Done struct {
	Receipt  *Receipt
	Problems []Problem
}

// The payloads, each with what was asked about.
type (
	SystemPayload struct {
		Done
		System *view.System
	}
	PlacePayload struct {
		Done
		Place *view.Place
	}
	NetworkPayload struct {
		Done
		Network *view.Network
	}
	PracticePayload struct {
		Done
		Practice *view.Practice
	}
	FundingPayload struct{ Done }
	ReportPayload  struct {
		Done
		Proposed []decider.Proposal
	}
)

// BookStatus is how the book and this replica's view of it are.
type BookStatus struct {
	Book       string
	Epoch      string
	Recorded   events.Ordinal
	Relayed    events.Ordinal
	Visible    events.Ordinal
	LagFacts   int
	LagSeconds float64
	Parked     []follow.Parking
	// Transit finds what is on its way between ledgers, for whoever asks.
	Transit func() []MoneyInTransit
}

// InTransit is what is on its way between ledgers.
func (s BookStatus) InTransit() []MoneyInTransit { return s.Transit() }

// MoneyInTransit is what one ledger has sent into another, where it has not
// arrived.
type MoneyInTransit struct {
	FromSystem, ToSystem events.ICB
	FromYear, ToYear     events.Year
	Amount               events.GBP
	Entry                int // its number in the ledger it comes from
	Since                time.Time
}

// Entry is one fact, as it was recorded.
type Entry struct{ events.Recorded }

// Actor is who asked for it, or nil for a fact that has none.
func (e Entry) Actor() *events.PersonRef {
	if e.Recorded.Actor == "" {
		return nil
	}
	return &e.Recorded.Actor
}

// Data is what was recorded.
func (e Entry) Data() json.RawMessage { return e.Recorded.Data }

// NetworkChange is a network and what led to it, or why there are no more.
type NetworkChange struct {
	Is       *view.Network
	Entries  []*Entry
	Position events.Position
	End      error // ends the subscription with a reason
}

// Network is the network as it is now.
func (c NetworkChange) Network() (*view.Network, error) { return c.Is, c.End }
