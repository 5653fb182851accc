// Package wire is the part of the contract that every mutation shares, where
// the generated code and the client both reach it. The client's names for it
// are the ones to use.
package wire

import (
	"encoding/json"
	"time"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/challenge"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/events/network"
)

// PlaceCode is [network.Place], under a package name that no other package
// generated code imports has: the generator numbers those in any order.
type PlaceCode = network.Place

// SourceID is [network.Source], for the same reason.
type SourceID = network.Source

// The contract's words, for the same reason.
type (
	TermKey    = contract.Key
	Purpose    = contract.Purpose
	Payee      = contract.Payee
	RateBasis  = contract.Basis
	RatePer    = contract.Per
	Confidence = contract.Confidence
)

// FundingStreamName is [funding.Stream], for the same reason.
type FundingStreamName = funding.Stream

// ChallengeName is [challenge.ID], for the same reason.
type ChallengeName = challenge.ID

// PatientBasis is [network.Basis], for the same reason.
type PatientBasis = network.Basis

// EquityRule is a rule by which money is divided among networks.
type EquityRule struct {
	Basis             network.Basis   `json:"basis"`
	DeprivationWeight decimal.Decimal `json:"deprivationWeight"`
}

// Answer is what a mutation answers: a receipt, or problems.
type Answer struct {
	Receipt  *Receipt   `json:"receipt"`
	Problems []Problem  `json:"problems"`
	Proposed []Proposal `json:"proposed"` // of a dry run, which has no receipt
}

// Proposal is an entry that has not been recorded.
type Proposal struct {
	Type string          `json:"type"` // what would have happened: network.joined.v1
	Data json.RawMessage `json:"data"`
}

// Receipt says what was recorded, and where. It is given once the entry is on
// disk.
type Receipt struct {
	ID       events.ID       `json:"id"`       // of the last entry
	Entries  int             `json:"entries"`  // 0 when it was so already; ID is then the last entry before
	Types    []string        `json:"types"`    // of the entries recorded just now; none when it had been answered before
	Revision events.Revision `json:"revision"` // its place in its own history
	Position events.Position `json:"position"` // its place in the book
	Ordinal  events.Ordinal  `json:"ordinal"`  // 0 until it is counted
	Time     time.Time       `json:"time"`     // when it was recorded
	Visible  bool            `json:"visible"`  // whether the replica that answered shows it
}

// Problem is one reason why a request was turned down.
type Problem struct {
	Code    string `json:"code"`           // stable, for programs: MEMBERSHIP_OVERLAPS
	Message string `json:"message"`        // whole sentences that say what to do
	Path    string `json:"path,omitempty"` // the input field: from
	Docs    string `json:"docs,omitempty"` // where the code is explained
}

// Marshal writes an ask with its terms beside it, as the contract's inputs have
// it.
func Marshal[A ask.Ask](a *A) ([]byte, error) {
	body, err := json.Marshal(a)
	if err != nil {
		return nil, err
	}
	given := (*a).Terms()
	terms, err := json.Marshal(struct {
		Key        string           `json:"idempotencyKey"`
		IfRevision *events.Revision `json:"ifRevision,omitempty"`
		Wait       ask.Wait         `json:"wait,omitempty"`
	}{given.IdempotencyKey, given.IfRevision, given.Wait})
	if err != nil {
		return nil, err
	}
	body[len(body)-1] = ',' // every ask has a field of its own before its terms
	return append(body, terms[1:]...), nil
}
