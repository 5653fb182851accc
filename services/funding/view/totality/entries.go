package totality

import (
	"cmp"
	"slices"
	"time"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/funding/view"
)

// Entry is an entry of a ledger, with what has become of it.
type Entry struct {
	*view.Entry
	in *view.Ledger
}

// Entries are the entries about the payee, ledger by ledger, the oldest first.
func (f *Funding) Entries() (all []*Entry) {
	for _, l := range f.ledgers {
		for _, n := range l.About(f.Holder) {
			all = append(all, &Entry{l.Entry(n), l})
		}
	}
	slices.SortStableFunc(all, func(a, b *Entry) int { return cmp.Compare(a.Ordinal, b.Ordinal) })
	return all
}

// Entries are the entries of the system's ledger, the oldest first.
func (s *System) Entries() (all []*Entry) {
	if s.ledger == nil {
		return nil
	}
	for n := 1; n <= s.ledger.Len(); n++ {
		all = append(all, &Entry{s.ledger.Entry(n), s.ledger})
	}
	return all
}

func (e *Entry) System() events.ICB   { return e.in.System }
func (e *Entry) Within() events.ICB   { return e.in.System }
func (e *Entry) Year() events.Year    { return e.in.Year }
func (e *Entry) Number() int          { return e.Heading().Number }
func (e *Entry) Type() string         { return e.EventType() }
func (e *Entry) On() events.Date      { return e.Heading().On }
func (e *Entry) Time() time.Time      { return e.Place.Time }
func (e *Entry) ID() events.ID        { return e.Place.ID }
func (e *Entry) Party() events.Entity { return e.Heading().Party }
func (e *Entry) By() events.PersonRef { return e.Heading().By }
func (e *Entry) Reason() *string      { return given(e.Heading().Reason) }
func (e *Entry) Reference() *string   { return given(e.Called()) }
func (e *Entry) About() *int          { return given(e.Answers()) }
func (e *Entry) Later() []int         { return e.in.Later(e.Number()) }

// Cause is the fact of another history that led to it, or nil.
func (e *Entry) Cause() *events.ID { return given(e.Place.Cause) }

// ApprovedBy is who approved it: of a request whoever has carried it out, and of
// what carries one out whoever recorded it; nil where nobody had to, or has yet.
func (e *Entry) ApprovedBy() *events.PersonRef {
	if len(e.Asked()) > 0 {
		for _, n := range e.Later() {
			if later := e.in.Entry(n); len(later.Posted()) > 0 {
				return given(later.Heading().By)
			}
		}
		return nil
	}
	request := e.Answers()
	if undone, is := e.Event.(funding.Reversed); is {
		request = undone.Request
	}
	if asked := e.in.Entry(request); asked != nil && len(asked.Asked()) > 0 && len(e.Posted()) > 0 {
		by := e.By()
		return &by
	}
	return nil
}

// Postings is what it moves.
func (e *Entry) Postings() []funding.Posting { return e.Posted() }

// Proposed is what it would move, if it is a request.
func (e *Entry) Proposed() []funding.Posting { return e.Asked() }

// For is what was bought, in words, or nil.
func (e *Entry) For() *string { return given(e.work().For) }

// Category is the same as the contract names it, or nil.
func (e *Entry) Category() *string { return given(e.work().Category) }

// Use is whether the contract permits it, or nil where nothing was bought.
func (e *Entry) Use() *funding.Use { return given(e.work().Use) }

func (e *Entry) work() funding.Work {
	if is, spent := e.Event.(funding.Spent); spent {
		return is.Work
	}
	if is, spent := e.Event.(funding.SpentOnBehalf); spent {
		return is.Work
	}
	return funding.Work{}
}

// given is what v points to, or nil for nothing.
func given[T comparable](v T) *T {
	var nothing T
	if v == nothing {
		return nil
	}
	return &v
}
