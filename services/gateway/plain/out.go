package plain

import (
	"bytes"
	"context"
	"io"
	"strconv"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/govalues/decimal"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/gateway/scalar"
)

// out is an answer as it is written.
type out struct {
	ctx    context.Context
	b      []byte
	cannot bool // what has been written is not the answer
}

// buffers are those that are free. An answer that is left out of the whole, for
// an error beside it, keeps its own.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

func recycle(b []byte) {
	b = b[:0]
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

func (o *out) raw(s string) { o.b = append(o.b, s...) }

func (o *out) null() { o.raw("null") }

// text writes a string as GraphQL does.
func (o *out) text(s string) {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' {
			o.as(graphql.MarshalString(s))
			return
		}
	}
	o.b = append(append(append(o.b, '"'), s...), '"')
}

// as writes a scalar the general way.
func (o *out) as(m graphql.Marshaler) {
	var b bytes.Buffer
	m.MarshalGQL(&b)
	o.b = append(o.b, b.Bytes()...)
}

func (o *out) date(d events.Date) {
	if d.IsZero() {
		o.null()
		return
	}
	o.text(d.String())
}

// The scalars. Each takes from an object what it writes.

func text[T any, S ~string](get func(T) S) writer[T] {
	return func(o *out, v T) { o.text(string(get(v))) }
}

func optional[T any, S ~string](get func(T) *S) writer[T] {
	return func(o *out, v T) {
		if s := get(v); s != nil {
			o.text(string(*s))
		} else {
			o.null()
		}
	}
}

func texts[T any](get func(T) []string) writer[T] {
	return func(o *out, v T) {
		o.raw("[")
		for i, s := range get(v) {
			if i > 0 {
				o.raw(",")
			}
			o.text(s)
		}
		o.raw("]")
	}
}

func date[T any](get func(T) events.Date) writer[T] {
	return func(o *out, v T) { o.date(get(v)) }
}

// day is a date that there always is.
func day[T any](get func(T) events.Date) writer[T] {
	return func(o *out, v T) {
		d := get(v)
		o.cannot = o.cannot || d.IsZero()
		o.date(d)
	}
}

func whole[T any](get func(T) int) writer[T] {
	return func(o *out, v T) { o.b = strconv.AppendInt(o.b, int64(get(v)), 10) }
}

func yes[T any](get func(T) bool) writer[T] {
	return func(o *out, v T) { o.b = strconv.AppendBool(o.b, get(v)) }
}

func exact[T any](get func(T) *decimal.Decimal) writer[T] {
	return func(o *out, v T) {
		if d := get(v); d != nil {
			o.text(d.String())
		} else {
			o.null()
		}
	}
}

func moment[T any](get func(T) *time.Time) writer[T] {
	return func(o *out, v T) {
		if t := get(v); t != nil {
			o.as(scalar.MarshalDateTime(*t))
		} else {
			o.null()
		}
	}
}

// The objects within an object.

// one writes what is there once, by value.
func one[T, U any](p *plan, selected ast.SelectionSet, get func(T) U, k kind[U]) writer[T] {
	write := object(p, selected, k)
	if write == nil {
		return nil
	}
	return func(o *out, v T) { write(o, get(v)) }
}

// maybe writes what may not be there.
func maybe[T, U any](p *plan, selected ast.SelectionSet, get func(T) *U, k kind[*U]) writer[T] {
	write := object(p, selected, k)
	if write == nil {
		return nil
	}
	return func(o *out, v T) {
		if u := get(v); u != nil {
			write(o, u)
		} else {
			o.null()
		}
	}
}

// surely writes what must be there.
func surely[T, U any](p *plan, selected ast.SelectionSet, get func(T) *U, k kind[*U]) writer[T] {
	write := object(p, selected, k)
	if write == nil {
		return nil
	}
	return func(o *out, v T) {
		if u := get(v); u != nil {
			write(o, u)
		} else {
			o.cannot = true
		}
	}
}

// each writes a list, for as long as anybody waits for it.
func each[T, U any](p *plan, selected ast.SelectionSet, get func(T) []U, k kind[U]) writer[T] {
	write := object(p, selected, k)
	if write == nil {
		return nil
	}
	return func(o *out, v T) {
		o.raw("[")
		for i, u := range get(v) {
			if o.cannot = o.cannot || o.ctx.Err() != nil; o.cannot {
				return
			}
			if i > 0 {
				o.raw(",")
			}
			write(o, u)
		}
		o.raw("]")
	}
}
