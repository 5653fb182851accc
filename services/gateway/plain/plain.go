// Package plain writes the answers of which everything is at hand already: lists
// of what a view shows, of which no field can fail. What is to be written is
// worked out once for a request, and then written for each item, where the
// general way works it out for every field of every item.
//
// It knows the fields that are values or methods which cannot fail: their writers
// are generated from the contract. An answer with any other, or one that a rule
// withholds something from, is left to the general way, which then says the same,
// byte for byte, or why not.
package plain

//go:generate go run ./generate

import (
	"context"
	"io"
	"sync"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/gateway/guard"
)

// Fields answers the fields of a query plainly where it can. It comes after the
// guard, which has judged the field that leads there.
func Fields(viewer func(context.Context) (guard.Viewer, bool)) graphql.FieldMiddleware {
	return func(ctx context.Context, next graphql.Resolver) (any, error) {
		fc := graphql.GetFieldContext(ctx)
		if fc.Object != "Query" {
			return next(ctx)
		}
		found, err := next(ctx)
		if err != nil {
			return found, err
		}
		v, somebody := viewer(ctx)
		if !somebody {
			return found, nil
		}
		p := &plan{op: graphql.GetOperationContext(ctx), viewer: v}
		if write := p.root(fc.Field, found); write != nil {
			o := &out{ctx: ctx, b: *buffers.Get().(*[]byte)}
			if write(o); !o.cannot {
				if t, is := ctx.Value(tallyKey{}).(*Tally); is {
					t.fields.Add(1)
				}
				return &answer{o.b[:o.n]}, nil
			}
			recycle(o.b)
		}
		return found, nil
	}
}

// Tally counts the fields of a query that have been answered plainly.
type Tally struct{ fields atomic.Int32 }

type tallyKey struct{}

// Counting returns a context in which they are counted.
func Counting(ctx context.Context) (context.Context, *Tally) {
	t := &Tally{}
	return context.WithValue(ctx, tallyKey{}, t), t
}

// Fields is how many there have been.
func (t *Tally) Fields() int { return int(t.fields.Load()) }

// buffers are those that are free. An answer that is left out of the whole, for
// an error beside it, keeps its own.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

func recycle(b []byte) {
	b = b[:cap(b)]
	buffers.Put(&b)
}

// answer is one that has been written.
type answer struct{ b []byte }

// MarshalGQL writes it to the rest of the answer, once. Whoever reads that sees
// the writer's error.
func (a *answer) MarshalGQL(w io.Writer) {
	_, _ = w.Write(a.b)
	recycle(a.b)
	a.b = nil
}

// plan is what is known of a request when its answer is planned.
type plan struct {
	op     *graphql.OperationContext
	viewer guard.Viewer
	sees   map[events.ICB]bool // whether the viewer belongs to a system
}

type field = graphql.CollectedField

// kind is a type of the contract, and how its fields are written. A field is
// nil where there is no plain way to write it.
type kind[T any] struct {
	satisfies []string // its name, and those of its interfaces
	field     func(*plan, field) writer[T]
}

// writer writes a value, or says that it cannot. There is none, nil, for what is
// made of something that has none.
type writer[T any] func(*out, T)

// rooted writes what a field of the query has found.
func rooted[T any](found any, write writer[T]) func(*out) {
	v, is := found.(T)
	if !is || write == nil {
		return nil
	}
	return func(o *out) { write(o, v) }
}

// object writes what is selected of a kind, or is nil.
func object[T any](p *plan, selected ast.SelectionSet, k kind[T]) writer[T] {
	type part struct {
		key   string
		write writer[T]
	}
	var parts []part
	written := map[string]bool{}
	for _, f := range graphql.CollectFields(p.op, selected, k.satisfies) {
		if written[f.Alias] {
			continue
		}
		written[f.Alias] = true
		write := ruled(p, k.satisfies[0], f, k.field)
		if write == nil || f.Deferrable != nil {
			return nil
		}
		key := `"` + f.Alias + `":` // a GraphQL name needs no escape
		if len(parts) > 0 {
			key = "," + key
		}
		parts = append(parts, part{key, write})
	}
	return func(o *out, v T) {
		o.raw("{")
		for _, p := range parts {
			o.raw(p.key)
			p.write(o, v)
		}
		o.raw("}")
	}
}

// ruled is how a field is written under its rule: to everybody, or to those who
// belong to the system of the object.
func ruled[T any](p *plan, object string, f field, of func(*plan, field) writer[T]) writer[T] {
	if f.Name == "__typename" {
		name := `"` + object + `"`
		return func(o *out, _ T) { o.raw(name) }
	}
	rule, exists := guard.RuleOf(object, f.Name)
	switch {
	case exists && rule.Everyones():
		return of(p, f)
	case exists && rule.Owns():
		write := of(p, f)
		if write == nil {
			return nil
		}
		return func(o *out, v T) {
			if w, is := any(v).(guard.Within); !is || !p.belongs(w.Within()) {
				o.cannot = true
				return
			}
			write(o, v)
		}
	}
	return nil
}

func (p *plan) belongs(system events.ICB) bool {
	sees, known := p.sees[system]
	if !known {
		if p.sees == nil {
			p.sees = map[events.ICB]bool{}
		}
		sees = guard.Sees(p.viewer, system.Entity()) == nil
		p.sees[system] = sees
	}
	return sees
}

// argument reads an argument of a field; what cannot be read is for the general
// way to refuse.
func argument[A any](p *plan, f field, name string, read func(any) (A, error)) (value A, is bool) {
	value, err := read(f.ArgumentMap(p.op.Variables)[name])
	return value, err == nil
}
