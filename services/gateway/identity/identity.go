// Package identity says who is asking: it verifies the tokens of an OpenID
// Connect issuer, and is itself one for a platform that runs on one machine.
package identity

import (
	"context"
	"errors"
	"time"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
)

// Person is somebody who has signed in.
type Person struct {
	Ref     events.PersonRef
	Name    string      // as the issuer gives it, for the person's own eyes: never recorded in the clear
	Client  string      // the program the person uses
	Grants  []ask.Grant // not to be changed
	Expires time.Time   // of the sign-in
}

// ErrNobody means that a request says nothing about who asks.
var ErrNobody = errors.New("no token")

type key struct{}

// With returns a context in which p asks.
func With(ctx context.Context, p Person) context.Context {
	return context.WithValue(ctx, key{}, p)
}

// From returns who asks.
func From(ctx context.Context) (Person, bool) {
	p, ok := ctx.Value(key{}).(Person)
	return p, ok
}
