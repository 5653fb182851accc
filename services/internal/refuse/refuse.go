// Package refuse is how a service says no. A refusal keeps its kind, code and
// place across NATS and GraphQL; every other error is a fault, which is logged
// where it happens and shown elsewhere only as a fault with an id.
package refuse

import (
	"errors"
	"fmt"
	"slices"
)

// Kind groups refusals by what the asker can do about them.
type Kind string

const (
	Invalid   Kind = "invalid"   // mend the request
	NotFound  Kind = "not_found" // name something that exists
	Conflict  Kind = "conflict"  // look again, then decide
	Forbidden Kind = "forbidden" // ask somebody who may
	Busy      Kind = "busy"      // wait, then ask the same again
	Broken    Kind = "fault"     // tell the operator
)

// Refusal is a request turned down by a rule. Code is stable and for programs,
// Message is for people and says what to do about it.
type Refusal struct {
	Kind    Kind   `json:"kind"`
	Code    string `json:"code"`           // "MEMBERSHIP_OVERLAPS"
	Message string `json:"message"`        // a whole sentence in plain English
	Path    string `json:"path,omitempty"` // the input field it is about: "from"
}

func (r *Refusal) Error() string { return r.Message }

// Is reports whether target is the same refusal, whatever its wording.
func (r *Refusal) Is(target error) bool {
	t, ok := target.(*Refusal)
	return ok && t.Code == r.Code
}

// New returns a refusal about the request as a whole. It serves as the thing
// to compare with [errors.Is] too.
func New(kind Kind, code, message string) *Refusal {
	return &Refusal{Kind: kind, Code: code, Message: message}
}

// About returns r about one input field and with its message filled in.
func (r *Refusal) About(path string, args ...any) *Refusal {
	filled := *r
	filled.Path = path
	if len(args) > 0 {
		filled.Message = fmt.Sprintf(r.Message, args...)
	}
	return &filled
}

// From returns the refusal in err's chain, if there is one.
func From(err error) (*Refusal, bool) {
	var r *Refusal
	return r, errors.As(err, &r)
}

// All returns every refusal in err's tree, each once, however many errors on
// the way have given it the same meaning.
func All(err error) (all []*Refusal) {
	for _, r := range every(err) {
		if !slices.ContainsFunc(all, func(before *Refusal) bool { return *before == *r }) {
			all = append(all, r)
		}
	}
	return all
}

func every(err error) (all []*Refusal) {
	switch e := err.(type) { //nolint:errorlint // this walks the tree itself
	case nil:
	case *Refusal:
		all = append(all, e)
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			all = append(all, every(one)...)
		}
	case interface{ Unwrap() error }:
		all = every(e.Unwrap())
	}
	return all
}

// Fault is what others see of a fault: an id that finds it in the log and the
// trace, and nothing of what it was.
func Fault(id string) *Refusal {
	return New(Broken, "FAULT", "Something went wrong on our side. The operator finds it under "+id+".")
}

// What any service may say.
var (
	ErrBusy = New(Busy, "BUSY",
		"The service has as much to do as it can hold. Nothing was recorded; ask the same again in a moment.")
	ErrStale = New(Busy, "STALE",
		"This replica has not yet seen what you have seen. Nothing was recorded; ask the same again in a moment.")
	ErrContended = New(Busy, "CONTENDED",
		"Others kept writing to the same history. Nothing was recorded; ask the same again in a moment.")
	ErrFull = New(Busy, "BOOK_FULL",
		"The book's disk is full. Nothing was recorded; the operator must make room, then ask the same again.")
	ErrUnavailable = New(Busy, "UNAVAILABLE",
		"A part of the platform is not answering. It is not known whether anything was recorded; ask the same again with the same idempotency key.")
	ErrAbsent = New(Busy, "UNAVAILABLE",
		"The service that decides this is not running. Nothing was recorded; ask the same again in a moment.")
	ErrIdempotency = New(Conflict, "IDEMPOTENCY_CONFLICT",
		"This idempotency key was used before with other input. Use a new key for a new request.")
	ErrRevision = New(Conflict, "REVISION_CONFLICT",
		"This has changed since you read it: it is at revision %d, you named %d. Look again, then decide.")
	ErrParked = New(Conflict, "PARKED",
		"The history of %s holds a fact this release cannot read, so nothing may be decided on it. The operator sees it in `openbook doctor`.")
	ErrForbidden = New(Forbidden, "FORBIDDEN",
		"Your roles do not allow this. It may be done by: %s.")
)
