// Package year decides what is said in a year's Network Contract. It is pure.
package year

import (
	"maps"
	"slices"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/contract"
)

// State is what has been said of a year's terms.
type State struct {
	terms map[fact.Key]term // never changed in place
}

// term is what is said of one thing since it was withdrawn last, the oldest
// first; nothing where it is withdrawn.
type term struct {
	kind fact.Kind
	said []fact.Statement // never changed in place
}

// Evolve returns s as it stands after e.
func Evolve(s State, e fact.Event) State {
	switch e := e.(type) {
	case fact.StreamListed, fact.RateSet, fact.UseStated, fact.RoleSet, fact.RoleLimited, fact.RequirementSet, fact.FrameworkSet,
		fact.DescriptorStated, fact.FigureDisputed:
		said := e.(fact.Statement)
		return s.with(said.Term(), func(t term) term { return term{said.Kind(), append(slices.Clip(t.said), said)} })
	case fact.TermWithdrawn:
		return s.with(e.Key, func(term) term { return term{} })
	}
	return s
}

func (s State) with(key fact.Key, change func(term) term) State {
	s.terms = maps.Clone(s.terms)
	if s.terms == nil {
		s.terms = map[fact.Key]term{}
	}
	s.terms[key] = change(s.terms[key])
	return s
}

// now is what was said last of a term, if it is one of a kind F.
func now[F fact.Statement](s State, key fact.Key) (f F, ok bool) {
	said := s.terms[key].said
	if len(said) == 0 {
		return f, false
	}
	f, ok = said[len(said)-1].(F)
	return f, ok
}

// news is what has to be said of a term that is not said already, so that what
// holds on each day is what said says. What is older in said is kept in the
// book too, before what took its place.
func news(held, said []fact.Statement) (all []fact.Statement) {
	after := slices.Clone(held)
	say := func(f fact.Statement) { all, after = append(all, f), append(after, f) }
	for _, f := range said {
		if !slices.ContainsFunc(after, func(was fact.Statement) bool { return same(was, f) }) {
			say(f)
		}
	}
	days := []events.Date{{}}
	for _, f := range slices.Concat(held, said) {
		days = append(days, f.In().From)
		if to := f.In().To; !to.IsZero() {
			days = append(days, to.AddDays(1))
		}
	}
	for i, f := range said {
		if slices.ContainsFunc(days, func(day events.Date) bool {
			return holds(said, day) == i && !same(after[holds(after, day)], f)
		}) {
			say(f)
		}
	}
	return all
}

// holds is the place of the statement that holds on a day: the last one about
// it; -1 for none.
func holds(all []fact.Statement, day events.Date) int {
	for i, f := range slices.Backward(all) {
		if f.In().Includes(day) {
			return i
		}
	}
	return -1
}

// same reports whether two statements say the same, however many zeros they
// write a figure with.
func same(a, b fact.Statement) bool {
	if x, is := a.(fact.RateSet); is {
		if y, is := b.(fact.RateSet); is && x.Rate.Same(y.Rate) {
			x.Rate = y.Rate
			return x == y
		}
	}
	if x, is := a.(fact.FigureDisputed); is {
		if y, is := b.(fact.FigureDisputed); is && x.Value.Same(y.Value) {
			x.Value = y.Value
			return x == y
		}
	}
	if x, is := a.(fact.FrameworkSet); is {
		y, is := b.(fact.FrameworkSet)
		return is && x.Same(y.Framework)
	}
	return a == b
}
