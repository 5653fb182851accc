// Package money is everything that the book says of money, folded together, so
// that who reads it has all of one moment: the ledgers, and what else is said of
// what is in them. Each part is a package of its own; here they are put together.
package money

import (
	"encoding/json"
	"errors"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/events/partner"
	"github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/funding/view/partners"
)

// Version changes when that of a part does, and when a part is added.
const Version = 100*view.Version + partners.Version

// Domains are those whose facts are folded.
var Domains = []string{"funding", "partner"}

// State is all parts, as of one moment. It is a value, as they are.
type State struct {
	Ledgers  view.State
	Partners partners.State
}

// Follow returns s as it stands after what was recorded. A fact that cannot be
// read, or breaks the laws of its part, leaves s as it was.
func Follow(s State, r events.Recorded) (State, error) {
	var err error
	switch r.Domain() {
	case "funding":
		s.Ledgers, err = evolve(s.Ledgers, funding.Family, r, view.Evolve)
	case "partner":
		s.Partners, err = evolve(s.Partners, partner.Family, r, partners.Evolve)
	}
	return s, err
}

// evolve reads a fact of a part, and folds it.
func evolve[S any, E events.Fact](s S, family events.Family[E], r events.Recorded, fold func(S, E, view.Place) (S, error)) (S, error) {
	e, err := family.Decode(r)
	if err != nil {
		return s, err
	}
	return fold(s, e, view.Place{ID: r.ID, Ordinal: r.Ordinal, Time: r.Time, Cause: r.Cause})
}

// frozen is a State as a snapshot keeps it.
type frozen struct {
	Ledgers  json.RawMessage `json:"ledgers"`
	Partners json.RawMessage `json:"partners"`
}

// Freeze writes s; Thaw reads it.
func Freeze(s State) ([]byte, error) {
	var f frozen
	var err1, err2 error
	f.Ledgers, err1 = view.Freeze(s.Ledgers)
	f.Partners, err2 = partners.Freeze(s.Partners)
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
	s.Partners, err2 = partners.Thaw(f.Partners)
	return s, errors.Join(err1, err2)
}
