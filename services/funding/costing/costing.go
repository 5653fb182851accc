// Package costing decides what a network states of what it costs to deliver the
// contract's specifications, and of which streams of money pay for it. It is pure.
package costing

import (
	"maps"
	"slices"
	"strings"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/api/ask/costing"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/costing"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/funding/view/costed"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

// MostLines is how many lines a network may state for a year: their sum stays
// within what an amount can hold.
const MostLines = 500

// State is what a network states of a year. The zero State is nothing.
type State struct {
	lines  map[line]fact.Line // never changed in place, nor are the others
	gone   map[line]bool      // those taken back
	shares map[payment]decimal.Decimal
}

type line struct {
	specification string
	key           contract.Key
}

type payment struct {
	specification string
	stream        contract.Key
}

// Evolve returns s as it stands after e.
func Evolve(s State, e fact.Event) State {
	switch e := e.(type) {
	case fact.CostStated:
		at := line{e.Specification, e.Key}
		s.lines = with(s.lines, at, e.Line)
		s.gone = without(s.gone, at)
	case fact.CostWithdrawn:
		at := line{e.Specification, e.Key}
		s.lines = without(s.lines, at)
		s.gone = with(s.gone, at, true)
	case fact.PaymentStated:
		s.shares = with(s.shares, payment{e.Specification, e.StreamKey}, e.Share)
	}
	return s
}

func with[K comparable, V any](m map[K]V, key K, v V) map[K]V {
	m = maps.Clone(m)
	if m == nil {
		m = map[K]V{}
	}
	m[key] = v
	return m
}

func without[K comparable, V any](m map[K]V, key K) map[K]V {
	if _, has := m[key]; !has {
		return m
	}
	m = maps.Clone(m)
	delete(m, key)
	return m
}

// Known is what a decision looks at besides what the network has stated.
type Known struct {
	Registry  registry.State
	Contracts *terms.Reading
}

var (
	ErrNetwork = refuse.New(refuse.NotFound, "NETWORK_UNKNOWN",
		"There is no network %s in the book. Register it first, or check the code.")
	ErrSpecification = refuse.New(refuse.NotFound, "SPECIFICATION_UNKNOWN",
		"The contract of %s has no specification %q. It has: %s.")
	ErrStream = refuse.New(refuse.NotFound, "STREAM_UNKNOWN",
		"The contract of %s has no stream %s. Check its name and the year, or have a steward add the stream with its source.")
	ErrPractices = refuse.New(refuse.Invalid, "PAID_TO_PRACTICES",
		"Stream %s of %s is paid to each practice: the network receives none of it, so it pays for nothing of the network's.")
	ErrCost = refuse.New(refuse.NotFound, "COST_UNKNOWN",
		"Nothing was stated under the key %s for this specification. Look at its costs.")
	ErrUnexplained = refuse.New(refuse.Invalid, "RESTATEMENT_UNEXPLAINED",
		"The book has something else under this key already. It stays, and yours takes its place: say why they differ.")
	ErrMany = refuse.New(refuse.Invalid, "TOO_MANY",
		"There are %d lines already, which is the most for a network and a year. Put small ones together, or take back what is no cost.")
	ErrShares = refuse.New(refuse.Conflict, "SHARES_EXCEED",
		"Of stream %s, %s per cent are said to pay for other specifications: with this it would be more than all of it.")
)

// StateCost says what a line of the cost is.
func StateCost(s State, k Known, a costing.StateCost) ([]fact.Event, error) {
	if err := k.specification(a.About); err != nil {
		return nil, err
	}
	at := line{a.Specification, a.Key}
	was, there := s.lines[at]
	switch {
	case there && was.Same(a.Line):
		return nil, nil
	case (there || s.gone[at]) && strings.TrimSpace(a.Reason) == "":
		return nil, ErrUnexplained.About("reason")
	case !there && len(s.lines) >= MostLines:
		return nil, ErrMany.About("", MostLines)
	}
	return []fact.Event{fact.CostStated{Costing: a.Costing(), Specification: a.Specification, Line: a.Line, Reason: a.Reason}}, nil
}

// Withdraw takes a line back.
func Withdraw(s State, _ Known, a costing.WithdrawCost) ([]fact.Event, error) {
	at := line{a.Specification, a.Key}
	if _, there := s.lines[at]; !there {
		if s.gone[at] {
			return nil, nil
		}
		return nil, ErrCost.About("key", a.Key)
	}
	return []fact.Event{fact.CostWithdrawn{Costing: a.Costing(), Specification: a.Specification, Key: a.Key, Reason: a.Reason}}, nil
}

// StatePayment says what share of a stream pays for a specification.
func StatePayment(s State, k Known, a costing.StatePayment) ([]fact.Event, error) {
	if err := k.specification(a.About); err != nil {
		return nil, err
	}
	if err := k.stream(a.Year, a.StreamKey); err != nil && !a.Share.IsZero() {
		return nil, err
	}
	at := payment{a.Specification, a.StreamKey}
	was, there := s.shares[at]
	if there && was.Equal(a.Share) || !there && a.Share.IsZero() {
		return nil, nil
	}
	others := decimal.Zero
	for one, share := range s.shares {
		if one.stream != a.StreamKey || one == at {
			continue
		}
		var err error
		if others, err = others.Add(share); err != nil {
			return nil, err // cannot be: each has two decimals, and together they are a hundred
		}
	}
	all, err := others.Add(a.Share)
	switch {
	case err != nil:
		return nil, err
	case all.Cmp(decimal.MustNew(100, 0)) > 0:
		return nil, ErrShares.About("share", a.StreamKey, others)
	}
	return []fact.Event{fact.PaymentStated{
		Costing: a.Costing(), Specification: a.Specification, StreamKey: a.StreamKey, Share: a.Share, Reason: a.Reason,
	}}, nil
}

// specification refuses a network that the book does not know, and what the year's
// contract does not require. Of a year whose contract the book does not have,
// nothing is refused.
func (k Known) specification(a costing.About) error {
	if !k.Registry.HasNetwork(a.Network) {
		return ErrNetwork.About("network", a.Network)
	}
	all := costed.Specifications(k.Contracts, a.Year)
	if len(all) == 0 || slices.Contains(all, a.Specification) {
		return nil
	}
	return ErrSpecification.About("specification", a.Year, a.Specification, strings.Join(all, ", "))
}

// stream refuses a stream that the year's contract does not have, or that does not
// come to networks.
func (k Known) stream(year events.Year, key contract.Key) error {
	c := k.Contracts.Contract(year)
	if c == nil {
		return nil
	}
	switch s := c.Stream(key); {
	case s == nil || s.Ended():
		return ErrStream.About("stream", year, key)
	case s.Payee() == contract.Practice:
		return ErrPractices.About("stream", key, year)
	}
	return nil
}
