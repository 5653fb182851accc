package view

import (
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/services/internal/figure"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

// Standing says whether sources agree about a term.
type Standing string

const (
	Undisputed Standing = "UNDISPUTED"
	Disputed   Standing = "CONFLICTING"
)

// Said is a term of a contract: what is said of it, from where, and since when.
type Said[T interface{ Known() fact.Cited }] struct {
	Is   T
	term *term
	in   *Contract
}

func (s Said[T]) Key() fact.Key               { return s.term.key }
func (s Said[T]) Source() string              { return s.Is.Known().Source }
func (s Said[T]) SourceDate() events.Date     { return s.Is.Known().SourceDate }
func (s Said[T]) Confidence() fact.Confidence { return s.Is.Known().Confidence }

// Disputes returns what other sources say of the term.
func (s Said[T]) Disputes() []*Dispute { return s.in.disputes(s.term.key) }

// Standing says whether sources agree about the term.
func (s Said[T]) Standing() Standing {
	if len(s.Disputes()) > 0 {
		return Disputed
	}
	return Undisputed
}

// History returns everything that was ever said of the term, the oldest first.
func (s Said[T]) History() []Entry { return s.term.said }

// Stream is a stream of money of a year's contract.
type Stream struct{ Said[fact.FundingStream] }

func (s *Stream) Title() string     { return s.Is.Title }
func (s *Stream) Payee() fact.Payee { return s.Is.Payee }
func (s *Stream) Ended() bool       { return s.Is.Ended }
func (s *Stream) Note() *string     { return given(s.Is.Note) }
func (s *Stream) Uses() []*Use      { return s.in.uses(s.Is.Key) }

// MayBuy says whether a purpose may be served with the stream.
func (s *Stream) MayBuy(purpose fact.Purpose) Ruling { return s.in.MayBuy(s.Is.Key, purpose) }

// Disputes returns what other sources say of the stream, or of one of its lines.
func (s *Stream) Disputes() []*Dispute {
	all := s.Said.Disputes()
	for _, l := range s.Lines() {
		all = append(all, l.Disputes()...)
	}
	return all
}

// Standing says whether sources agree about the stream and its lines.
func (s *Stream) Standing() Standing {
	if len(s.Disputes()) > 0 {
		return Disputed
	}
	return Undisputed
}

// Lines returns what the stream is paid by; they add up.
func (s *Stream) Lines() (all []*Line) {
	s.in.each(fact.Rates, func(t *term) {
		in := within(s.in.of, segments[fact.RateSet](t.now()))
		if len(in) == 0 || in[len(in)-1].Fact.StreamKey != s.Is.Key {
			return
		}
		l := &Line{Said: Said[fact.Line]{in[len(in)-1].Fact.Line, t, s.in}, stream: s}
		for _, one := range in {
			l.rates = append(l.rates, &Rate{one.Fact.Line, one.Period, one.Entry, s.in.year})
		}
		all = append(all, l)
	})
	return all
}

// RateUnknown says why it is not known what the stream is paid by, or nil.
func (s *Stream) RateUnknown() *figure.Unknown {
	if why := s.in.Unknown(); why != nil {
		return why
	}
	if s.Is.Ended || len(s.Lines()) > 0 {
		return nil
	}
	when := "the rate of “" + s.Is.Title + "”"
	if on := s.in.of.On; !on.IsZero() {
		when += " on " + on.String()
	}
	return s.in.owed("RATE_NOT_KNOWN", when)
}

// Line is one of what a stream is paid by.
type Line struct {
	Said[fact.Line]
	stream *Stream
	rates  []*Rate // in force, in order; at least one
}

func (l *Line) Stream() *Stream   { return l.stream }
func (l *Line) Basis() fact.Basis { return l.Is.Basis }
func (l *Line) Unit() string      { return l.Is.Basis.Unit() }
func (l *Line) Rates() []*Rate    { return l.rates }

// Amount is what the line comes to for so many of its basis, in the days it is
// in force: in the whole year, unless it is read for a day. Each rate is
// rounded once, to the penny, for the whole that it is of.
func (l *Line) Amount(quantity int64) (sum events.GBP, err error) {
	for _, r := range l.rates {
		part, err := r.Amount(quantity)
		if err != nil {
			return 0, err
		}
		sum += part
	}
	return sum, nil
}

// ErrQuantity refuses to pay for fewer than none.
var ErrQuantity = refuse.New(refuse.Invalid, "QUANTITY_INVALID", "%d is no number of %ss. Write 0 or more.")

// Pays is Amount, for whoever asks over the API.
func (l *Line) Pays(quantity int) (events.GBP, error) {
	if quantity < 0 {
		return 0, ErrQuantity.About("quantity", quantity, l.Unit())
	}
	return l.Amount(int64(quantity))
}

// Rate is a rate in the days that it is in force.
type Rate struct {
	is    fact.Line
	in    events.Period
	entry Entry
	year  events.Year
}

func (r *Rate) Rate() events.Rate           { return r.is.Rate }
func (r *Rate) Per() fact.Per               { return r.is.Per }
func (r *Rate) From() events.Date           { return r.in.From }
func (r *Rate) To() events.Date             { return r.in.To }
func (r *Rate) Maximum() bool               { return r.is.Maximum }
func (r *Rate) Note() *string               { return given(r.is.Note) }
func (r *Rate) Source() string              { return r.is.Source }
func (r *Rate) SourceDate() events.Date     { return r.is.SourceDate }
func (r *Rate) Confidence() fact.Confidence { return r.is.Confidence }
func (r *Rate) Entry() Entry                { return r.entry }

// Instalments is how many payments there are, in the year or in the rate's own
// period; nil where no source says.
func (r *Rate) Instalments() *int { return given(r.is.Instalments) }

// Amount is what the rate comes to for so many, in the days it is in force. A
// rate that another has taken the place of for some months counts for the rest.
func (r *Rate) Amount(quantity int64) (events.GBP, error) {
	whole, err := r.is.Rate.For(quantity)
	if err != nil {
		return 0, err
	}
	first, last, ok := r.year.Months(r.in)
	if !ok {
		return whole, nil // cannot be: rates are for whole months of the year
	}
	if r.is.Per == fact.PerYear {
		return whole.Instalments(first, last, 12), nil
	}
	begins, ends, _ := r.year.Months(r.is.Period)
	return whole.Instalments(first-begins+1, last-begins+1, ends-begins+1), nil
}

// Use is something that may, or may not, be bought with a stream.
type Use struct{ Said[fact.Use] }

func (u *Use) Purpose() fact.Purpose { return u.Is.Purpose }
func (u *Use) Allowed() bool         { return u.Is.Allowed }
func (u *Use) Text() string          { return u.Is.Text }

// Permission is whether something may be bought.
type Permission string

const (
	Allowed     Permission = "ALLOWED"
	Forbidden   Permission = "FORBIDDEN"
	Conflicting Permission = "CONFLICTING" // one source allows it, another forbids it
	NotStated   Permission = "NOT_STATED"  // no source says
)

// Ruling answers whether a purpose may be served with a stream.
type Ruling struct {
	Purpose    fact.Purpose
	Permission Permission
	Uses       []*Use // what it follows from
}

// Role is a role that is reimbursed.
type Role struct {
	Said[fact.Role]
	maxima []*Maximum
}

func (r *Role) Title() string      { return r.Is.Title }
func (r *Role) Band() *string      { return given(r.Is.Band) }
func (r *Role) Maxima() []*Maximum { return r.maxima }

// Limits returns how many posts of the role a network may claim for, where there
// is a limit.
func (r *Role) Limits() (all []*Limit) {
	r.in.each(fact.Limits, func(t *term) {
		if f, _, ok := last[fact.RoleLimited](t); ok && f.Role == r.Is.Key {
			all = append(all, &Limit{Said[fact.Limit]{f.Limit, t, r.in}})
		}
	})
	return all
}

// Maximum is the most a role is reimbursed for each WTE and year, on-costs
// included, in the days that it is in force.
type Maximum struct {
	Is    fact.RoleSet
	in    events.Period
	entry Entry
	of    *Reading
}

func maxima(t *term, of *Reading) (all []*Maximum) {
	for _, one := range within(of, segments[fact.RoleSet](t.now())) {
		all = append(all, &Maximum{one.Fact, one.Period, one.Entry, of})
	}
	return all
}

func (m *Maximum) From() events.Date           { return m.in.From }
func (m *Maximum) To() events.Date             { return m.in.To }
func (m *Maximum) Value() *events.GBP          { return given(m.Is.Maximum) }
func (m *Maximum) OuterLondon() *events.GBP    { return given(m.Is.OuterLondon) }
func (m *Maximum) InnerLondon() *events.GBP    { return given(m.Is.InnerLondon) }
func (m *Maximum) London() *events.GBP         { return given(m.Is.London) }
func (m *Maximum) Share() *int                 { return given(m.Is.Share) }
func (m *Maximum) Note() *string               { return given(m.Is.Note) }
func (m *Maximum) Source() string              { return m.Is.Source }
func (m *Maximum) SourceDate() events.Date     { return m.Is.SourceDate }
func (m *Maximum) Confidence() fact.Confidence { return m.Is.Confidence }
func (m *Maximum) Entry() Entry                { return m.entry }

// Unknown says why the maximum is not known, or nil.
func (m *Maximum) Unknown() *figure.Unknown {
	c := m.of.Contract(m.Is.Year)
	switch {
	case c.Unknown() != nil:
		return c.Unknown()
	case m.Is.Maximum != 0:
		return nil
	}
	return c.owed("MAXIMUM_NOT_KNOWN", "what “"+m.Is.Title+"” is reimbursed up to")
}

// Limit is how many posts of a role a network may claim for.
type Limit struct{ Said[fact.Limit] }

func (l *Limit) Posts() *int      { return given(l.Is.Posts) }
func (l *Limit) LargePosts() *int { return given(l.Is.LargePosts) }
func (l *Limit) LargeFrom() *int  { return given(l.Is.LargeFrom) }
func (l *Limit) Note() *string    { return given(l.Is.Note) }

// Requirement is one thing that a specification requires.
type Requirement struct{ Said[fact.Requirement] }

func (r *Requirement) Service() string   { return r.Is.Service }
func (r *Requirement) Text() string      { return r.Is.Text }
func (r *Requirement) From() events.Date { return r.Is.From }
func (r *Requirement) To() events.Date   { return r.Is.To }

// Began is the year whose contract it is a term of.
func (r *Requirement) Began() events.Year { return r.in.year }

// Dispute is what another source says of a term, and why that is not used.
type Dispute struct{ Said[fact.Dispute] }

func (d *Dispute) About() fact.Key { return d.Is.About }
func (d *Dispute) Says() string    { return d.Is.Says }
func (d *Dispute) Because() string { return d.Is.Because }

// Value is the figure, where it is one of the same kind.
func (d *Dispute) Value() *events.Rate { return given(d.Is.Value) }

// given returns nil for what has not been given.
func given[T comparable](v T) *T {
	if v == *new(T) {
		return nil
	}
	return &v
}
