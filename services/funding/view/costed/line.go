package costed

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/costing"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// Line is a line of what a specification costs, with all that was ever said of it.
type Line struct {
	Key contract.Key

	of   *Specification
	said []*Statement // the oldest first; at least one
}

func (l *Line) state(s *Statement) { l.said = append(l.said, s) }

// now is what was said last.
func (l *Line) now() *Statement { return l.said[len(l.said)-1] }

// stated is what was said last of the line itself.
func (l *Line) stated() fact.Line {
	for _, s := range slices.Backward(l.said) {
		if s.Line != nil {
			return *s.Line
		}
	}
	return fact.Line{} // cannot be: what was never stated is not taken back
}

// What it is for.
func (l *Line) What() string { return l.stated().What }

// Role is who does it, or what kind of cost it is.
func (l *Line) Role() *string { return given(l.stated().Role) }

// Volume is how many there are in the year.
func (l *Line) Volume() *decimal.Decimal { return l.stated().Volume }

// Unit is what there are so many of.
func (l *Line) Unit() *string { return given(l.stated().Unit) }

// Each is the time that each takes.
func (l *Line) Each() *decimal.Decimal { return l.stated().Each }

// In is what that is counted in.
func (l *Line) In() *fact.TimeUnit { return given(l.stated().In) }

// Hourly is the cost of an hour, on-costs included.
func (l *Line) Hourly() *events.Rate { return l.stated().Hourly }

// Fixed is the amount, where it is a fixed one.
func (l *Line) Fixed() *events.GBP { return l.stated().Fixed }

// Source is where the figures are known from.
func (l *Line) Source() string { return l.stated().Source }

// Note is what else the network says.
func (l *Line) Note() *string { return given(l.stated().Note) }

// History is all that was ever said of the line, the oldest first.
func (l *Line) History() []*Statement { return l.said }

// Cost is what the line comes to.
func (l *Line) Cost() figure.Amount {
	now, is := l.now(), l.stated()
	if l.of.unknown != nil {
		return figure.NoAmount(l.of.unknown)
	}
	if !is.Stated() {
		return figure.NoAmount(l.of.owed("COST_NOT_STATED", &now.entry.Time,
			"Network %s has not stated all of what “%s” costs: %s.", l.of.of.Network, is.What, strings.Join(missing(is), ", ")))
	}
	cost, err := is.Cost()
	if err != nil { // cannot be: what is beyond all bounds is not recorded
		return figure.NoAmount(l.of.owed("COST_NOT_STATED", &now.entry.Time, "“%s” costs more than an amount can hold.", is.What))
	}
	return figure.Known(cost, rule(is), func() []figure.Term { return []figure.Term{term(is, cost, now.entry.ID)} })
}

func rule(l fact.Line) string {
	if l.Fixed != nil {
		return "A fixed amount."
	}
	return "Volume × time × hourly cost, rounded once to the penny."
}

func term(l fact.Line, cost events.GBP, said events.ID) figure.Term {
	t := figure.Term{Label: l.What, Amount: cost, Entries: []events.ID{said}}
	if l.Fixed != nil {
		return t
	}
	t.Label = fmt.Sprintf("%s: %s %s × %s %s × £%s an hour", l.What, l.Volume, l.Unit, l.Each, strings.ToLower(string(l.In)), l.Hourly)
	if hours, exact := l.Hours(); exact {
		t.Quantity, t.Rate = &hours, &l.Hourly.Decimal
	}
	return t
}

// missing is what has to be said for a cost to be known.
func missing(l fact.Line) (all []string) {
	if l.Volume == nil {
		all = append(all, "how many there are")
	}
	if l.Each == nil {
		all = append(all, "how long each takes")
	}
	if l.Hourly == nil {
		all = append(all, "what an hour costs")
	}
	return all
}

// Statement is what was said of a line at a time.
type Statement struct {
	Line *fact.Line // nil where it was taken back

	reason string
	entry  entry
}

// Withdrawn reports whether the line was taken back.
func (s *Statement) Withdrawn() bool { return s.Line == nil }

// Cost is what the line came to then; nil where it was taken back, or not all was
// stated.
func (s *Statement) Cost() *events.GBP {
	if s.Line == nil {
		return nil
	}
	if cost, err := s.Line.Cost(); err == nil {
		return &cost
	}
	return nil
}

// Reason is why it was said, or nil.
func (s *Statement) Reason() *string { return given(s.reason) }

// Recorded is when the book was told.
func (s *Statement) Recorded() time.Time { return s.entry.Time }

// Entry is the fact that says so.
func (s *Statement) Entry() events.ID { return s.entry.ID }

// given returns nil for what has not been given.
func given[T comparable](v T) *T {
	if v == *new(T) {
		return nil
	}
	return &v
}
