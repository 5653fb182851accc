// Package money is everything that the book says of money, folded together, so
// that who reads it has all of one moment: the ledgers, and what else is said of
// what is in them. Each part is a package of its own; here they are put together.
package money

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/entitlement"
	"github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/funding/view/entitled"
)

// Version changes when that of a part does, and when a part is added.
const Version = 100*view.Version + entitled.Version

// Domains are those whose facts are folded.
var Domains = []string{"funding", "entitlement"}

// State is all parts, as of one moment. It is a value, as they are.
type State struct {
	Ledgers  view.State
	Entitled entitled.State
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
	default:
		err = fmt.Errorf("%s is no fact about money", f.EventType())
	}
	return s, err
}

// frozen is a State as a snapshot keeps it.
type frozen struct {
	Ledgers  json.RawMessage `json:"ledgers"`
	Entitled json.RawMessage `json:"entitled"`
}

// Freeze writes s; Thaw reads it.
func Freeze(s State) ([]byte, error) {
	var f frozen
	var err1, err2 error
	f.Ledgers, err1 = view.Freeze(s.Ledgers)
	f.Entitled, err2 = entitled.Freeze(s.Entitled)
	if err := errors.Join(err1, err2); err != nil {
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
	var err1, err2 error
	s.Ledgers, err1 = view.Thaw(f.Ledgers)
	s.Entitled, err2 = entitled.Thaw(f.Entitled)
	return s, errors.Join(err1, err2)
}
