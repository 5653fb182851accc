package ledger

import (
	"strings"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

// Known is what a decision looks at besides the ledger itself.
type Known struct {
	By       events.PersonRef // who asks
	Today    events.Date      // in England
	Registry registry.State
	Terms    Terms
	// Sent is what a ledger has put on its way into another, by the number of the
	// entry that did.
	Sent func(from, to fact.Ledger) []fact.CarriedForward
}

// Terms is what the Network Contract of a year says of its streams. It may know
// nothing of a year: then nothing is refused by it.
type Terms interface {
	// Listed says whether the year's contract has a stream, and whom the stream
	// is paid to.
	Listed(events.Year, fact.Stream) (contract.Payee, Listing)
	// Use says whether a stream may be spent on a category of what is bought.
	Use(y events.Year, s fact.Stream, category string) fact.Use
}

// Listing is whether a contract has a stream.
type Listing uint8

const (
	// Unread is the state of a year whose contract the book does not have.
	Unread Listing = iota
	// Present streams are in the contract.
	Present
	// Absent streams are not.
	Absent
)

var (
	ErrSystemUnknown = refuse.New(refuse.NotFound, "SYSTEM_UNKNOWN",
		"There is no system %s in the book. Register it first, or check the code.")
	ErrPayeeUnknown = refuse.New(refuse.NotFound, "PAYEE_UNKNOWN",
		"There is no %s %s in the book. Register it first, or check the code.")
	ErrPayeeElsewhere = refuse.New(refuse.Conflict, "PAYEE_ELSEWHERE",
		"%s %s is not in system %s on %s. Its money comes out of the ledger of the system it is in.")
	ErrPayeeClosed = refuse.New(refuse.Conflict, "PAYEE_CLOSED",
		"%s %s is not open on %s. Money is promised to those that are open on the day.")
	ErrStreamUnknown = refuse.New(refuse.NotFound, "STREAM_UNKNOWN",
		"The contract of %s has no stream %s. Check its name and the year, or have a steward add the stream with its source.")
	ErrPracticeStream = refuse.New(refuse.Invalid, "PAID_TO_PRACTICES",
		"Stream %s of %s is paid to each practice, not to its network. Name the practice.")
	ErrNetworkStream = refuse.New(refuse.Invalid, "PAID_TO_NETWORKS",
		"Stream %s of %s is paid to the network, not to a practice. Name the network.")
)

// stream refuses a stream that the year's contract does not have.
func (k Known) stream(l fact.Ledger, s fact.Stream) error {
	if _, listing := k.Terms.Listed(l.Year, s); listing == Absent {
		return ErrStreamUnknown.About("fundingStream", l.Year, s)
	}
	return nil
}

// paidTo refuses a payee of the kind that the stream is not paid to.
func (k Known) paidTo(path string, l fact.Ledger, holder events.Entity, s fact.Stream) error {
	kind, _, _ := strings.Cut(string(holder), "-")
	switch payee, listing := k.Terms.Listed(l.Year, s); {
	case listing != Present:
	case kind == "network" && payee == contract.Practice:
		return ErrPracticeStream.About(path, s, l.Year)
	case kind == "practice" && payee == contract.Network:
		return ErrNetworkStream.About(path, s, l.Year)
	}
	return nil
}

// mayHold refuses a payee that no money of the stream can be promised to on the
// day; path is where it is named.
func (k Known) mayHold(path string, l fact.Ledger, holder events.Entity, s fact.Stream, on events.Date) error {
	if err := k.stream(l, s); err != nil {
		return err
	}
	if err := k.paidTo(path, l, holder, s); err != nil {
		return err
	}
	kind, code, _ := strings.Cut(string(holder), "-")
	r := &registry.Reading{State: k.Registry, On: on}
	var system *registry.System
	var there, open bool
	switch kind {
	case "network":
		if n := r.Network(events.PCN(code)); n != nil {
			there, open, system = true, n.Open(), n.System()
		}
	case "practice":
		if p := r.Practice(events.Practice(code)); p != nil {
			there, open, system = true, p.Open(), p.System()
		}
	}
	switch {
	case !there:
		return ErrPayeeUnknown.About(path, kind, code)
	case system == nil || system.Code() != l.System:
		return ErrPayeeElsewhere.About(path, kind, code, l.System, on)
	case !open:
		return ErrPayeeClosed.About(path, kind, code, on)
	}
	return nil
}
