package totality

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/entitlement"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/funding/view/entitled"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// entitling is what a payee is entitled to: out of one stream, or of all.
type entitling struct {
	lines []line
	owed  []entitlement.Owed
	why   *figure.Unknown // why nothing is computed, of a part at least
}

// line is what a line of the contract comes to, and the computation that says so.
type line struct {
	entitlement.Line
	by events.ID
	in *terms.Contract // nil where there is none any more
}

// england owes what nobody else can know.
const england events.Entity = "england"

// computed is what was computed for the payee last.
func (f *Funding) computed() entitling {
	var e *entitled.Entitlement
	var own func(events.Practice) bool
	switch f.as {
	case contract.Network:
		e = f.of.Money.Entitled.Of(events.PCN(code(f.Holder)), f.Year)
		own = func(p events.Practice) bool { return p == "" }
	case contract.Practice:
		e = f.of.Money.Entitled.OfPractice(events.Practice(code(f.Holder)), f.Year)
		own = func(p events.Practice) bool { return p.Entity() == f.Holder }
	}
	if why := f.of.unknown(f.Holder); why != nil {
		return entitling{why: why}
	}
	if e == nil {
		return entitling{why: f.nothing()}
	}
	if why := f.of.unknown(e.Entity()); why != nil {
		return entitling{why: why}
	}
	last, at := e.Last()
	if last == nil {
		return entitling{why: f.nothing()}
	}
	var is entitling
	c := f.of.Contracts.Contract(f.Year)
	for _, l := range last.Lines {
		if own(l.Practice) {
			is.lines = append(is.lines, line{l, at.ID, c})
		}
	}
	for _, o := range last.Owed {
		// What a stream is paid by concerns all payees of such a stream.
		if o.Practice != "" && own(o.Practice) || o.Practice == "" && f.paid(o.Stream) {
			is.owed = append(is.owed, o)
		}
	}
	for _, s := range f.streams() {
		if !is.has(s.Key()) {
			is.owed = append(is.owed, since(s.Key(), code(f.Holder)))
		}
	}
	return is
}

// since is owed where a computation has no word of a stream: it was listed, or the
// payee came to be one of such, afterwards. The next is under way.
func since(stream contract.Key, whose string) entitlement.Owed {
	return entitlement.Owed{
		Stream: stream, Code: "NOT_COMPUTED",
		Reason: fmt.Sprintf("What %s is entitled to out of %s has not been worked out since the contract has it.", whose, stream),
	}
}

// streams are those of the year's contract that are paid to such a payee.
func (f *Funding) streams() (all []*terms.Stream) {
	if c := f.of.Contracts.Contract(f.Year); c != nil {
		for _, s := range c.Streams() {
			if s.Payee() == f.as && !s.Ended() {
				all = append(all, s)
			}
		}
	}
	return all
}

// paid reports whether a stream is paid to such a payee.
func (f *Funding) paid(stream contract.Key) bool {
	c := f.of.Contracts.Contract(f.Year)
	if c == nil {
		return false
	}
	s := c.Stream(stream)
	return s != nil && s.Payee() == f.as
}

func (f *Funding) nothing() *figure.Unknown {
	by := england
	if f.of.Contracts.Contract(f.Year) == nil {
		return &figure.Unknown{Code: "CONTRACT_UNKNOWN", Reason: fmt.Sprintf("The book has no contract of %s. A steward publishes it.", f.Year), OwedBy: &by}
	}
	return &figure.Unknown{
		Code:   "NOT_COMPUTED",
		Reason: fmt.Sprintf("The populations of %s that count for %s in %s are not in the book. They are owed by NHS England.", f.Year.Freeze(), code(f.Holder), f.Year),
		OwedBy: &by,
	}
}

// entitled is what the payee is entitled to in all.
func (f *Funding) entitled() *entitling {
	e := f.computed()
	return &e
}

// everything is what the payee and its practices are entitled to together.
func (f *Funding) everything() *entitling {
	all := f.computed()
	for _, p := range f.Practices {
		one := p.computed()
		if all.why == nil && one.why != nil {
			all.why = one.why
		}
		all.lines = append(all.lines, one.lines...)
		all.owed = append(all.owed, one.owed...)
	}
	return &all
}

// outOf is the part of it that comes out of one stream.
func (e entitling) outOf(stream contract.Key) *entitling {
	one := &entitling{why: e.why}
	for _, l := range e.lines {
		if l.Stream == stream {
			one.lines = append(one.lines, l)
		}
	}
	for _, o := range e.owed {
		if o.Stream == stream {
			one.owed = append(one.owed, o)
		}
	}
	return one
}

// has reports whether it says anything of a stream.
func (e entitling) has(stream contract.Key) bool {
	return slices.ContainsFunc(e.lines, func(l line) bool { return l.Stream == stream }) ||
		slices.ContainsFunc(e.owed, func(o entitlement.Owed) bool { return o.Stream == stream })
}

// amount is what it comes to in all, or why that is not known: a sum of which a
// part is owed is not known.
func (e *entitling) amount() *figure.Amount {
	if e == nil {
		return nil
	}
	if e.why != nil {
		is := figure.NoAmount(e.why)
		return &is
	}
	if len(e.owed) > 0 {
		is := figure.NoAmount(e.owing())
		return &is
	}
	return e.known()
}

// known is what the part comes to that is known, or why nothing is.
func (e *entitling) known() *figure.Amount {
	if e == nil {
		return nil
	}
	if len(e.lines) == 0 && (e.why != nil || len(e.owed) > 0) {
		return e.amount()
	}
	var sum events.GBP
	for _, l := range e.lines {
		sum += l.Amount()
	}
	is := figure.Known(sum, "Each rate of the contract times what counts for it, "+rounding+".", func() []figure.Term {
		var all []figure.Term
		for _, l := range e.lines {
			all = append(all, termsOf(l)...)
		}
		return all
	})
	return &is
}

// owing is why the sum is not known: the one reason, or all there are.
func (e *entitling) owing() *figure.Unknown {
	first := e.owed[0]
	why := &figure.Unknown{Code: first.Code, Reason: first.Reason}
	if first.By != "" {
		by := first.By
		why.OwedBy = &by
	}
	if len(e.owed) == 1 {
		return why
	}
	var streams []string
	for _, o := range e.owed {
		if !slices.Contains(streams, string(o.Stream)) {
			streams = append(streams, string(o.Stream))
		}
		if why.OwedBy != nil && o.By != *why.OwedBy {
			why.OwedBy = nil // of several, nobody owes it alone
		}
	}
	if len(streams) > 1 {
		why.Code = "NOT_KNOWN_IN_FULL"
		why.Reason = fmt.Sprintf("Not known in full: what %s come to is owed.", strings.Join(streams, ", "))
	}
	return why
}

// termsOf are the rates of a line, each with what it comes to.
func termsOf(l line) (all []figure.Term) {
	label := string(l.Key)
	if l.Practice != "" {
		label += " of " + string(l.Practice)
	}
	for _, r := range l.Rates {
		is := rated{r.Rate, r.Per, events.Period{}, r.Period}
		if r.Per == contract.PerPeriod {
			is.own = own(l.in, l.Stream, l.Key, r.Entry)
		}
		t := is.term(label, int64(l.Quantity), r.Amount)
		t.Entries = []events.ID{l.by, r.Entry}
		all = append(all, t)
	}
	return all
}

// Line is what a line of the contract comes to for a payee, or that it is owed.
type Line struct {
	Key      contract.Key
	Basis    contract.Basis // none where it is not known what the stream is paid by
	Quantity *int           // nil where that is not known
	Maximum  bool
	Rates    []entitlement.Rate
	Amount   figure.Amount
}

// Lines is what the stream is paid by, line by line.
func (s *Stream) Lines() (all []*Line) {
	e := s.due
	if e == nil {
		return nil
	}
	for _, l := range e.lines {
		quantity := l.Quantity
		all = append(all, &Line{
			Key: l.Key, Basis: l.Basis, Quantity: &quantity, Maximum: l.Maximum, Rates: l.Rates,
			Amount: figure.Known(l.Amount(), "The rate times what counts for it, "+rounding+".", func() []figure.Term { return termsOf(l) }),
		})
	}
	for _, o := range e.owed {
		why := (&entitling{owed: []entitlement.Owed{o}}).owing()
		all = append(all, &Line{Key: o.Key, Amount: figure.NoAmount(why)})
	}
	return all
}

// UpTo reports whether the stream, or a part of it, is paid on conditions: what
// it entitles to is the most it can come to.
func (s *Stream) UpTo() bool {
	e := s.due
	return e != nil && slices.ContainsFunc(e.lines, func(l line) bool { return l.Maximum })
}

// Counts is how many count for the payee, by basis; none where nothing is
// computed.
func (f *Funding) Counts() []entitlement.Count {
	if f.as != contract.Network {
		return nil
	}
	e := f.of.Money.Entitled.Of(events.PCN(code(f.Holder)), f.Year)
	if e == nil {
		return nil
	}
	last, _ := e.Last()
	if last == nil {
		return nil
	}
	return last.Counts
}

// Changes are the computations of what the payee is entitled to, the oldest
// first, each with what it changed.
func (f *Funding) Changes() []entitled.Change {
	if f.as != contract.Network {
		return nil
	}
	if e := f.of.Money.Entitled.Of(events.PCN(code(f.Holder)), f.Year); e != nil {
		return e.Changes()
	}
	return nil
}
