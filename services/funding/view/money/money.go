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

// Freeze writes s; Thaw reads it. The ledgers, which are long, go out entry by entry.
func Freeze(s State, w io.Writer) error {
	if _, err := io.WriteString(w, `{"ledgers":`); err != nil {
		return err
	}
	return errors.Join(
		view.Freeze(s.Ledgers, w),
		write(w, "entitled", entitled.Freeze, s.Entitled),
		write(w, "challenges", challenged.Freeze, s.Challenges),
		write(w, "policies", policies.Freeze, s.Policies),
		write(w, "partners", partners.Freeze, s.Partners),
		write(w, "costed", costed.Freeze, s.Costed),
		write(w, "claims", claims.Freeze, s.Claims),
		write(w, "staffing", staff.Freeze, s.Staffing),
		end(w),
	)
}

func write[S any](w io.Writer, name string, freeze func(S) ([]byte, error), s S) error {
	b, err := freeze(s)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, ",%q:%s", name, b)
	return err
}

func end(w io.Writer) error {
	_, err := io.WriteString(w, "}")
	return err
}

// Thaw reads what Freeze of the same Version wrote.
func Thaw(from io.Reader) (s State, err error) {
	d := json.NewDecoder(from)
	for _, read := range []func() error{
		func() error { return expect(d, json.Delim('{')) },
		func() error { return thaw(d, "ledgers", view.Thaw, &s.Ledgers) },
		func() error { return thaw(d, "entitled", whole(entitled.Thaw), &s.Entitled) },
		func() error { return thaw(d, "challenges", whole(challenged.Thaw), &s.Challenges) },
		func() error { return thaw(d, "policies", whole(policies.Thaw), &s.Policies) },
		func() error { return thaw(d, "partners", whole(partners.Thaw), &s.Partners) },
		func() error { return thaw(d, "costed", whole(costed.Thaw), &s.Costed) },
		func() error { return thaw(d, "claims", whole(claims.Thaw), &s.Claims) },
		func() error { return thaw(d, "staffing", whole(staff.Thaw), &s.Staffing) },
		func() error { return expect(d, json.Delim('}')) },
	} {
		if err := read(); err != nil {
			return State{}, err
		}
	}
	return s, nil
}

func thaw[S any](d *json.Decoder, name string, read func(*json.Decoder) (S, error), to *S) error {
	if err := expect(d, name); err != nil {
		return err
	}
	var err error
	*to, err = read(d)
	return err
}

// whole reads a part that is short.
func whole[S any](thaw func([]byte) (S, error)) func(*json.Decoder) (S, error) {
	return func(d *json.Decoder) (s S, err error) {
		var b json.RawMessage
		if err := d.Decode(&b); err != nil {
			return s, err
		}
		return thaw(b)
	}
}

// expect reads a token that has to be there.
func expect(d *json.Decoder, want json.Token) error {
	is, err := d.Token()
	if err == nil && is != want {
		err = fmt.Errorf("%v in place of %v", is, want)
	}
	return err
}
