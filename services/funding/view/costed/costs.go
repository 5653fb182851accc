package costed

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/costing"
	"github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// Received is the money that a network has received out of a stream, and by whose
// word: [funding.StageConfirmed] is the network's own, [funding.StagePaid] that of
// its system.
type Received struct {
	figure.Amount
	Said funding.Stage
}

// ReceivedOf is what the network has confirmed or, where it has confirmed nothing,
// what its system says it has paid.
func ReceivedOf(confirmed, paid figure.Amount) Received {
	if confirmed.Value != nil && *confirmed.Value == 0 && paid.Value != nil && *paid.Value != 0 {
		return Received{paid, funding.StagePaid}
	}
	return Received{confirmed, funding.StageConfirmed}
}

// Costs are the specifications of a network's year, each with what it costs and
// what was received for it: those that the contract requires, and then those that
// only the network names. received says what has come out of a stream; why says
// that the costing cannot be relied on, or is nil.
func (s State) Costs(of fact.Costing, required []string, received func(contract.Key) Received, why *figure.Unknown) []*Specification {
	var all []*Specification
	named := func(name string) *Specification {
		if i := slices.IndexFunc(all, func(s *Specification) bool { return s.Name == name }); i >= 0 {
			return all[i]
		}
		all = append(all, &Specification{Name: name, of: of, unknown: why})
		return all[len(all)-1]
	}
	for _, name := range required {
		named(name)
	}
	for _, e := range s.of(of) {
		switch f := e.Event.(type) {
		case fact.CostStated:
			named(f.Specification).line(f.Key).state(&Statement{Line: &f.Line, reason: f.Reason, entry: e})
		case fact.CostWithdrawn:
			named(f.Specification).line(f.Key).state(&Statement{reason: f.Reason, entry: e})
		case fact.PaymentStated:
			named(f.Specification).pays(&Payment{Stream: f.StreamKey, Share: f.Share, Reason: f.Reason, Received: received(f.StreamKey), entry: e, unknown: why})
		}
	}
	return all
}

// Specification is one that a network delivers in a year: what it costs, and what
// has been received for it.
type Specification struct {
	Name string

	of       fact.Costing
	unknown  *figure.Unknown
	all      []*Line // those taken back too
	payments []*Payment
}

// line is a line of the cost, new if nobody has stated it yet.
func (s *Specification) line(key contract.Key) *Line {
	for _, l := range s.all {
		if l.Key == key {
			return l
		}
	}
	l := &Line{Key: key, of: s}
	s.all = append(s.all, l)
	return l
}

// pays puts a payment in the place of the one out of the same stream.
func (s *Specification) pays(p *Payment) {
	for i, before := range s.payments {
		if before.Stream == p.Stream {
			s.payments[i] = p
			return
		}
	}
	s.payments = append(s.payments, p)
}

// Lines are the lines of the cost that have not been taken back.
func (s *Specification) Lines() []*Line {
	return slices.DeleteFunc(slices.Clone(s.all), func(l *Line) bool { return l.now().Line == nil })
}

// Withdrawn are those that have been taken back.
func (s *Specification) Withdrawn() []*Line {
	return slices.DeleteFunc(slices.Clone(s.all), func(l *Line) bool { return l.now().Line != nil })
}

// Payments are the streams that are to pay for it.
func (s *Specification) Payments() []*Payment {
	return slices.DeleteFunc(slices.Clone(s.payments), func(p *Payment) bool { return p.Share.IsZero() })
}

// owed says what the network has not stated.
func (s *Specification) owed(code string, since *time.Time, format string, args ...any) *figure.Unknown {
	by := s.of.Network.Entity()
	return &figure.Unknown{Code: code, OwedBy: &by, Since: since, Reason: fmt.Sprintf(format, args...)}
}

// Cost is what all lines come to.
func (s *Specification) Cost() figure.Amount {
	lines := s.Lines()
	if len(lines) == 0 {
		return figure.NoAmount(cmp.Or(s.unknown, s.owed("COST_NOT_STATED", nil,
			"Network %s has not stated what “%s” costs it in %s.", s.of.Network, s.Name, s.of.Year)))
	}
	return sum("What all lines of the cost come to.", lines, (*Line).Cost)
}

// Received is the money that has come for it.
func (s *Specification) Received() figure.Amount {
	payments := s.Payments()
	if len(payments) == 0 {
		return figure.NoAmount(cmp.Or(s.unknown, s.owed("PAYMENT_NOT_STATED", nil,
			"Network %s has not stated which streams of money pay for “%s” in %s.", s.of.Network, s.Name, s.of.Year)))
	}
	return sum("The shares of what the network has received that are to pay for it.", payments, (*Payment).Amount)
}

// Difference is the cost less the money received for it: above zero, nobody has
// paid for that much.
func (s *Specification) Difference() figure.Amount {
	cost, received := s.Cost(), s.Received()
	switch {
	case cost.Unknown != nil:
		return cost
	case received.Unknown != nil:
		return received
	}
	return figure.Known(*cost.Value-*received.Value, "The cost less the money received for it.", func() []figure.Term {
		terms := slices.Clone(cost.Passport.Sum())
		for _, t := range received.Passport.Sum() {
			t.Label, t.Amount = "less "+t.Label, -t.Amount
			terms = append(terms, t)
		}
		return terms
	})
}

// sum is an amount of each; where one of them is not known, it is not either.
func sum[T any](rule string, all []T, of func(T) figure.Amount) figure.Amount {
	var total events.GBP
	var terms []figure.Term
	for _, one := range all {
		a := of(one)
		if a.Unknown != nil {
			return a
		}
		total += *a.Value
		terms = append(terms, a.Passport.Sum()...)
	}
	return figure.Known(total, rule, func() []figure.Term { return terms })
}

// Payment is a stream of money a share of which is to pay for a specification.
type Payment struct {
	Stream   contract.Key
	Share    decimal.Decimal // per cent
	Reason   string
	Received Received // all that has come out of the stream

	entry   entry
	unknown *figure.Unknown
}

// Said is by whose word it has come.
func (p *Payment) Said() funding.Stage { return p.Received.Said }

// Whole is all that has come out of the stream.
func (p *Payment) Whole() figure.Amount { return p.Received.Amount }

// Entry is the fact that says which share.
func (p *Payment) Entry() events.ID { return p.entry.ID }

// Recorded is when the book was told.
func (p *Payment) Recorded() time.Time { return p.entry.Time }

// Amount is the share of what has come, rounded once.
func (p *Payment) Amount() figure.Amount {
	whole := p.Received.Amount
	switch {
	case p.unknown != nil:
		return figure.NoAmount(p.unknown)
	case whole.Unknown != nil:
		return whole
	}
	part := p.part(*whole.Value)
	return figure.Known(part, "The share that the network has stated of what it has received out of the stream.", func() []figure.Term {
		term := figure.Term{
			Label:  fmt.Sprintf("%s %% of £%s out of %s, %s", p.Share, whole.Value, p.Stream, p.word()),
			Amount: part, Entries: []events.ID{p.entry.ID},
		}
		for _, t := range whole.Passport.Sum() {
			term.Entries = append(term.Entries, t.Entries...)
		}
		return []figure.Term{term}
	})
}

func (p *Payment) part(of events.GBP) events.GBP {
	share := p.Share.Trim(0)
	parts := 100
	for range share.Scale() {
		parts *= 10
	}
	return of.Part(int(share.Coef()), parts) // at most a hundred per cent, with two decimals
}

func (p *Payment) word() string {
	if p.Received.Said == funding.StagePaid {
		return "which the system says it has paid"
	}
	return "which the network has confirmed"
}
