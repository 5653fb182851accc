// Package entitlement names the facts of what the Network Contract entitles a
// network to in a year: rate by rate, with the populations that count, and what
// cannot be worked out yet.
//
// There is one history for each network and year. Nobody asks for what is
// computed: it follows from the contract and the registry, and whenever either is
// corrected the platform computes it again, as a new fact. What was computed
// before stays, so that the difference, and since when it is known, can be shown.
package entitlement

import (
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
)

// Event is any fact in this package. The unexported method closes the set.
//
//sumtype:decl
type Event interface {
	events.Fact
	// Of is whose it is, and for which year.
	Of() Subject
	isEntitlement()
}

// Family is every fact of entitlements.
var Family = events.NewFamily[Event](Computed{}, QuantityStated{})

// Subject is a network and a year.
type Subject struct {
	Network events.PCN  `json:"network"`
	Year    events.Year `json:"year"`
}

// Entity is the entitlement as the book names it: entitlement-U12345-2025-26.
func (s Subject) Entity() events.Entity {
	return events.Entity("entitlement-" + string(s.Network) + "-" + s.Year.Token())
}

// Stream is the entitlement's own history.
func (s Subject) Stream() events.Stream { return events.Stream(s.Entity()) }

// Of is s: it makes every fact that embeds Subject half an [Event].
func (s Subject) Of() Subject { return s }

func (Subject) isEntitlement() {}

// Computed is what the contract entitles a network and its practices to, as far
// as it can be known. It replaces what was computed before.
type Computed struct {
	Subject
	ReadTo events.Ordinal `json:"readTo"` // how far the book had been read that it follows from
	Counts []Count        `json:"counts,omitempty"`
	Lines  []Line         `json:"lines,omitempty"`
	Owed   []Owed         `json:"owed,omitempty"`
}

// Count is how many of a basis count for the network.
type Count struct {
	Basis    contract.Basis `json:"basis"`
	Quantity int            `json:"quantity"`
	Of       []Part         `json:"of,omitempty"`     // whose they are, where they are patients
	Source   string         `json:"source,omitempty"` // where that is known from
}

// Part is how many patients one practice adds.
type Part struct {
	Practice events.Practice `json:"practice"`
	Patients int             `json:"patients"`
}

// Line is what one line of the contract comes to.
type Line struct {
	Stream   contract.Key    `json:"stream"`
	Key      contract.Key    `json:"key"`
	Practice events.Practice `json:"practice,omitempty"` // whose it is, where the stream is paid to practices
	Basis    contract.Basis  `json:"basis"`
	Quantity int             `json:"quantity"`
	Maximum  bool            `json:"maximum,omitempty"` // up to so much, on conditions
	Rates    []Rate          `json:"rates"`
}

// Amount is what the line comes to.
func (l Line) Amount() (sum events.GBP) {
	for _, r := range l.Rates {
		sum += r.Amount
	}
	return sum
}

// Rate is a rate for the days that it is in force, and what it comes to, rounded
// once to the penny.
type Rate struct {
	Rate events.Rate  `json:"rate"`
	Per  contract.Per `json:"per"`
	events.Period
	Amount events.GBP `json:"amount"`
	Entry  events.ID  `json:"entry"` // the fact that says so
}

// Owed is what cannot be worked out, and who could say what is missing. It is
// never taken for nothing.
type Owed struct {
	Stream   contract.Key    `json:"stream"`
	Key      contract.Key    `json:"key,omitempty"` // the line; none where it is not known what the stream is paid by
	Practice events.Practice `json:"practice,omitempty"`
	Code     string          `json:"code"`
	Reason   string          `json:"reason"`
	By       events.Entity   `json:"by,omitempty"`
}

// QuantityStated says how many there are of what no registry counts: beds of
// care homes, points achieved. A later one of the same line corrects it.
type QuantityStated struct {
	Subject
	Line     contract.Key     `json:"line"` // the contract's
	Quantity int              `json:"quantity"`
	Source   string           `json:"source"`
	By       events.PersonRef `json:"by"`
	Reason   string           `json:"reason,omitempty"` // of a correction
}

// EventType names the fact.
func (Computed) EventType() string { return "entitlement.computed.v1" }

// EventType names the fact.
func (QuantityStated) EventType() string { return "entitlement.quantity_stated.v1" }

// Entities names whom the fact is about: the entitlement, its network, and the
// practices that are entitled themselves.
func (e Computed) Entities() []events.Entity {
	all := []events.Entity{e.Entity(), e.Network.Entity()}
	seen := map[events.Practice]bool{}
	for _, l := range e.Lines {
		if l.Practice != "" && !seen[l.Practice] {
			seen[l.Practice] = true
			all = append(all, l.Practice.Entity())
		}
	}
	return all
}

// Entities names whom the fact is about.
func (e QuantityStated) Entities() []events.Entity {
	return []events.Entity{e.Entity(), e.Network.Entity()}
}
