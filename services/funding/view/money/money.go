// Package money is everything that the book says of money, folded together, so
// that who reads it has all of one moment: the ledgers, and what else is said of
// what is in them. Each part is a package of its own; here they are put together.
package money

import (
	"encoding/json"
	"errors"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/challenge"
	"github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/events/policy"
	"github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/funding/view/challenged"
	"github.com/ics-openbook/openbook/services/funding/view/policies"
)

// Version changes when that of a part does, and when a part is added.
const Version = view.Version + challenged.Version + policies.Version

// Domains are those whose facts are folded.
var Domains = []string{"funding", "challenge", "policy"}

// State is all parts, as of one moment. It is a value, as they are.
type State struct {
	Ledgers    view.State
	Challenges challenged.State
	Policies   policies.State
}

// Follow returns s as it stands after what was recorded. A fact that cannot be
// read, or breaks the laws of its part, leaves s as it was.
func Follow(s State, r events.Recorded) (State, error) {
	var err error
	switch r.Domain() {
	case "funding":
		s.Ledgers, err = evolve(s.Ledgers, funding.Family, r, view.Evolve)
	case "challenge":
		s.Challenges, err = evolve(s.Challenges, challenge.Family, r, challenged.Evolve)
	case "policy":
		s.Policies, err = evolve(s.Policies, policy.Family, r, policies.Evolve)
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
	Ledgers    json.RawMessage `json:"ledgers"`
	Challenges json.RawMessage `json:"challenges"`
	Policies   json.RawMessage `json:"policies"`
}

// Freeze writes s; Thaw reads it.
func Freeze(s State) ([]byte, error) {
	var f frozen
	var err1, err2, err3 error
	f.Ledgers, err1 = view.Freeze(s.Ledgers)
	f.Challenges, err2 = challenged.Freeze(s.Challenges)
	f.Policies, err3 = policies.Freeze(s.Policies)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	return json.Marshal(f)
}

// Thaw reads what Freeze of the same Version wrote.
func Thaw(b []byte) (s State, err error) {
	var f frozen
	if err = json.Unmarshal(b, &f); err != nil {
		return s, err
	}
	var err1, err2, err3 error
	s.Ledgers, err1 = view.Thaw(f.Ledgers)
	s.Challenges, err2 = challenged.Thaw(f.Challenges)
	s.Policies, err3 = policies.Thaw(f.Policies)
	return s, errors.Join(err1, err2, err3)
}
