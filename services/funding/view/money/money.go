// Package money is everything that the book says of money, folded together, so
// that who reads it has all of one moment: the ledgers, and what else is said of
// what is in them. Each part is a package of its own; here they are put together.
package money

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/costing"
	"github.com/ics-openbook/openbook/events/entitlement"
	"github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/events/partner"
	"github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/funding/view/costed"
	"github.com/ics-openbook/openbook/services/funding/view/entitled"
	"github.com/ics-openbook/openbook/services/funding/view/partners"
)

// Version changes when that of a part does, and when a part is added.
const Version = 1_000_000*view.Version + 10_000*entitled.Version + 100*partners.Version + costed.Version

// Domains are those whose facts are folded.
var Domains = []string{"funding", "entitlement", "partner", "costing"}

// State is all parts, as of one moment. It is a value, as they are.
type State struct {
	Ledgers  view.State
	Entitled entitled.State
	Partners partners.State
	Costed   costed.State
}

// Follow returns s as it stands after what was recorded. A fact that cannot be
// read, or breaks the laws of its part, leaves s as it was.
func Follow(s State, r events.Recorded) (State, error) {
	f, err := read(r)
	if err != nil {
		return s, err
	}
	return Fold(s, f, view.Place{ID: r.ID, Ordinal: r.Ordinal, Time: r.Time, Cause: r.Cause})
}

func read(r events.Recorded) (events.Fact, error) {
	switch r.Domain() {
	case "funding":
		return funding.Family.Decode(r)
	case "entitlement":
		return entitlement.Family.Decode(r)
	case "partner":
		return partner.Family.Decode(r)
	case "costing":
		return costing.Family.Decode(r)
	}
	return nil, fmt.Errorf("%s is no fact about money", r.Type)
}

// Fold is s after a fact of any part.
func Fold(s State, f events.Fact, at view.Place) (_ State, err error) {
	switch f := f.(type) {
	case funding.Event:
		s.Ledgers, err = view.Evolve(s.Ledgers, f, at)
	case entitlement.Event:
		s.Entitled, err = entitled.Evolve(s.Entitled, f, at)
	case partner.Event:
		s.Partners, err = partners.Evolve(s.Partners, f, at)
	case costing.Event:
		s.Costed, err = costed.Evolve(s.Costed, f, at)
	default:
		err = fmt.Errorf("%s is no fact about money", f.EventType())
	}
	return s, err
}

// frozen is a State as a snapshot keeps it.
type frozen struct {
	Ledgers  json.RawMessage `json:"ledgers"`
	Entitled json.RawMessage `json:"entitled"`
	Partners json.RawMessage `json:"partners"`
	Costed   json.RawMessage `json:"costed"`
}

// Freeze writes s; Thaw reads it.
func Freeze(s State) ([]byte, error) {
	var f frozen
	var err1, err2, err3, err4 error
	f.Ledgers, err1 = view.Freeze(s.Ledgers)
	f.Entitled, err2 = entitled.Freeze(s.Entitled)
	f.Partners, err3 = partners.Freeze(s.Partners)
	f.Costed, err4 = costed.Freeze(s.Costed)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return nil, err
	}
	return json.Marshal(f)
}

// Thaw reads what Freeze of the same Version wrote.
func Thaw(b []byte) (s State, err error) {
	var f frozen
	if err := json.Unmarshal(b, &f); err != nil {
		return s, err
	}
	var err1, err2, err3, err4 error
	s.Ledgers, err1 = view.Thaw(f.Ledgers)
	s.Entitled, err2 = entitled.Thaw(f.Entitled)
	s.Partners, err3 = partners.Thaw(f.Partners)
	s.Costed, err4 = costed.Thaw(f.Costed)
	return s, errors.Join(err1, err2, err3, err4)
}
