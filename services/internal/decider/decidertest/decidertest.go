// Package decidertest checks decisions by example: given what has happened,
// when this is asked, then that follows.
package decidertest

import (
	"errors"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// Case is one example. With Refused set the decision must fail so; otherwise it
// must return exactly Then, which may be nothing.
type Case[S, E any] struct {
	Name    string
	Given   []E
	When    func(S) ([]E, error)
	Then    []E
	Refused error
}

// Run checks the cases, and for each of them two laws: evolving leaves its
// argument as it was, and the same ask again records nothing.
func Run[S, E any](t *testing.T, evolve func(S, E) S, cases []Case[S, E], opts ...cmp.Option) {
	whole := cmp.Exporter(func(reflect.Type) bool { return true }) // a state keeps some of itself to itself
	opts = append(opts, cmpopts.EquateEmpty(), whole)
	fold := func(s S, es []E) S {
		for _, e := range es {
			s = evolve(s, e)
		}
		return s
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			var initial S
			state := fold(initial, c.Given)
			got, err := c.When(state)
			if !errors.Is(err, c.Refused) {
				t.Fatalf("refused with %v, want %v", err, c.Refused)
			}
			if diff := cmp.Diff(c.Then, got, opts...); diff != "" {
				t.Fatalf("want (-), got (+):\n%s", diff)
			}
			after := fold(state, got)
			if diff := cmp.Diff(fold(initial, c.Given), state, opts...); diff != "" {
				t.Errorf("evolving changed its argument:\n%s", diff)
			}
			if again, err := c.When(after); c.Refused == nil && (err != nil || len(again) > 0) {
				t.Errorf("asked twice, it records %+v, %v", again, err)
			}
		})
	}
}
