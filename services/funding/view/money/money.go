// Package money is everything that the book says of money, folded together, so
// that who reads it has all of one moment: the ledgers, and what else is said of
// what is in them, down to the posts that claims are for. Each part is a package of
// its own; here they are put together.
package money

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/challenge"
	"github.com/ics-openbook/openbook/events/costing"
	"github.com/ics-openbook/openbook/events/entitlement"
	"github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/events/partner"
	"github.com/ics-openbook/openbook/events/policy"
	"github.com/ics-openbook/openbook/events/staffing"
	"github.com/ics-openbook/openbook/events/workforce"
	"github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/funding/view/challenged"
	"github.com/ics-openbook/openbook/services/funding/view/costed"
	"github.com/ics-openbook/openbook/services/funding/view/entitled"
	"github.com/ics-openbook/openbook/services/funding/view/partners"
	"github.com/ics-openbook/openbook/services/funding/view/policies"
	claims "github.com/ics-openbook/openbook/services/workforce/view"
	staff "github.com/ics-openbook/openbook/services/workforce/view/staffing"
)

// Version changes when that of a part does, and when a part is added.
const Version = ((((((view.Version*100+entitled.Version)*100+challenged.Version)*100+policies.Version)*100+partners.Version)*100+costed.Version)*100+claims.Version)*100 + staff.Version

// Domains are those whose facts are folded.
var Domains = []string{"funding", "entitlement", "challenge", "policy", "partner", "costing", "workforce", "staffing"}

// State is all parts, as of one moment. It is a value, as they are.
type State struct {
	Ledgers    view.State
	Entitled   entitled.State
	Challenges challenged.State
	Policies   policies.State
	Partners   partners.State
	Costed     costed.State
	Claims     claims.State // and which entries of the ledgers have paid them
	Staffing   staff.State
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
	case "challenge":
		return challenge.Family.Decode(r)
	case "policy":
		return policy.Family.Decode(r)
	case "workforce":
		return workforce.Family.Decode(r)
	case "staffing":
		return staffing.Family.Decode(r)
	}
	return nil, fmt.Errorf("%s is no fact about money", r.Type)
}

// Fold is s after a fact of any part.
func Fold(s State, f events.Fact, at view.Place) (_ State, err error) {
	switch f := f.(type) {
	case funding.Event:
		s.Ledgers, err = view.Evolve(s.Ledgers, f, at)
		if paid, pays := f.(funding.Paid); pays && err == nil && at.Cause != "" {
			s.Claims = claims.WithPayment(s.Claims, at.Cause, claims.Payment{Ledger: paid.Entity(), Number: paid.Number, Place: place(at)})
		}
		if back, undoes := f.(funding.Reversed); undoes && err == nil {
			s.Claims = claims.WithReversal(s.Claims, s.Ledgers.Ledger(back.Ledger).Entry(back.Entry).Cause)
		}
	case entitlement.Event:
		s.Entitled, err = entitled.Evolve(s.Entitled, f, at)
	case partner.Event:
		s.Partners, err = partners.Evolve(s.Partners, f, at)
	case costing.Event:
		s.Costed, err = costed.Evolve(s.Costed, f, at)
	case challenge.Event:
		s.Challenges, err = challenged.Evolve(s.Challenges, f, at)
	case policy.Event:
		s.Policies, err = policies.Evolve(s.Policies, f, at)
	case workforce.Event:
		s.Claims, err = claims.Evolve(s.Claims, f, place(at))
	case staffing.Event:
		s.Staffing, err = staff.Evolve(s.Staffing, f, staff.Place(place(at)))
	default:
		err = fmt.Errorf("%s is no fact about money", f.EventType())
	}
	return s, err
}

func place(at view.Place) claims.Place {
	return claims.Place{ID: at.ID, Ordinal: at.Ordinal, Time: at.Time}
}

// frozen is a State as a snapshot keeps it, after its ledgers.
type frozen struct {
	Entitled   json.RawMessage `json:"entitled"`
	Challenges json.RawMessage `json:"challenges"`
	Policies   json.RawMessage `json:"policies"`
	Partners   json.RawMessage `json:"partners"`
	Costed     json.RawMessage `json:"costed"`
	Claims     json.RawMessage `json:"claims"`
	Staffing   json.RawMessage `json:"staffing"`
}

// Freeze writes s; Thaw reads it. The ledgers, which are long, come first, entry by
// entry.
func Freeze(s State, w io.Writer) error {
	var f frozen
	if err := errors.Join(
		view.Freeze(s.Ledgers, w),
		write(&f.Entitled, entitled.Freeze, s.Entitled),
		write(&f.Challenges, challenged.Freeze, s.Challenges),
		write(&f.Policies, policies.Freeze, s.Policies),
		write(&f.Partners, partners.Freeze, s.Partners),
		write(&f.Costed, costed.Freeze, s.Costed),
		write(&f.Claims, claims.Freeze, s.Claims),
		write(&f.Staffing, staff.Freeze, s.Staffing),
	); err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(f)
}

func write[S any](to *json.RawMessage, freeze func(S) ([]byte, error), s S) (err error) {
	*to, err = freeze(s)
	return err
}

// Thaw reads what Freeze of the same Version wrote.
func Thaw(from io.Reader) (s State, err error) {
	d := json.NewDecoder(from)
	if s.Ledgers, err = view.Thaw(d); err != nil {
		return s, err
	}
	var f frozen
	if err := d.Decode(&f); err != nil {
		return s, err
	}
	err = errors.Join(
		thaw(&s.Entitled, entitled.Thaw, f.Entitled),
		thaw(&s.Challenges, challenged.Thaw, f.Challenges),
		thaw(&s.Policies, policies.Thaw, f.Policies),
		thaw(&s.Partners, partners.Thaw, f.Partners),
		thaw(&s.Costed, costed.Thaw, f.Costed),
		thaw(&s.Claims, claims.Thaw, f.Claims),
		thaw(&s.Staffing, staff.Thaw, f.Staffing),
	)
	return s, err
}

func thaw[S any](to *S, read func([]byte) (S, error), b []byte) (err error) {
	*to, err = read(b)
	return err
}
