package client

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/ics-openbook/openbook/api/client/wire"
)

// Problem is one reason why a request was turned down.
type Problem = wire.Problem

// Problems is the error of a request that the platform turned down, or could
// not carry out: at least one reason.
type Problems struct {
	Reasons []Problem
	Status  int // of the HTTP answer
}

func (p *Problems) Error() string {
	var all []string
	for _, reason := range p.Reasons {
		all = append(all, reason.Message)
	}
	return strings.Join(all, " ")
}

// Has reports whether one of the reasons has this code.
func (p *Problems) Has(code string) bool {
	return slices.ContainsFunc(p.Reasons, func(r Problem) bool { return r.Code == code })
}

// Temporary reports whether the same request may succeed later. What changes
// nothing is sent again by the client itself; this is for when it has given up.
func (p *Problems) Temporary() bool {
	return slices.ContainsFunc(p.Reasons, func(r Problem) bool { return slices.Contains(temporary, r.Code) })
}

// temporary are the codes of what is over sooner or later.
var temporary = []string{
	"BUSY", "STALE", "CONTENDED", "UNAVAILABLE", "BOOK_FULL", "SLOW_READER", "STOPPING",
	"TOO_MANY_SUBSCRIBERS", "TOO_MANY_OF_YOURS", "RATE_LIMITED", "TIMED_OUT",
}

// ErrUnreachable means that no answer came, or none that can be read. What was
// asked for may have been recorded all the same: asked again with the same
// idempotency key it is recorded once.
var ErrUnreachable = errors.New("the platform does not answer")

// ErrForeign means that what answered is not a platform.
var ErrForeign = errors.New("what answers is not a platform")

func unreachable(address string, err error) error {
	return fmt.Errorf("%w at %s: %w", ErrUnreachable, address, err)
}

// passing are the statuses of what stands before a platform, or of a platform
// that has too much to do.
var passing = []int{http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}

func unavailable(address string, status int) *Problems {
	return &Problems{Status: status, Reasons: []Problem{{
		Code:    "UNAVAILABLE",
		Message: fmt.Sprintf("The platform at %s cannot answer at the moment (%d %s). Try again later.", address, status, http.StatusText(status)),
	}}}
}
