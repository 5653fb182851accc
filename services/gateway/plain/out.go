package plain

import (
	"bytes"
	"context"
	"io"
	"strconv"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
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

// none writes that there is nothing. Where there must be something, the general
// way says what follows from that.
func (o *out) none(surely bool) {
	o.cannot = o.cannot || surely
	o.null()
}

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

// from writes what it takes from an object.
func from[T, U any](get func(T) U, write writer[U]) writer[T] {
	if write == nil {
		return nil
	}
	return func(o *out, v T) { write(o, get(v)) }
}

// The scalars.

func text[S ~string](o *out, s S) { o.text(string(s)) }

func whole[N ~int](o *out, n N) { o.b = strconv.AppendInt(o.b, int64(n), 10) }

func yes[B ~bool](o *out, b B) { o.b = strconv.AppendBool(o.b, bool(b)) }

// date writes a day; none is null, where there may be none.
func date(surely bool) writer[events.Date] {
	return func(o *out, d events.Date) {
		if d.IsZero() {
			o.none(surely)
			return
		}
		o.b = append(o.b, '"')
		o.b, _ = d.AppendText(o.b) // its error is always nil
		o.b = append(o.b, '"')
	}
}

func exact(o *out, d decimal.Decimal) {
	o.b = append(o.b, '"')
	o.b, _ = d.AppendText(o.b) // its error is always nil
	o.b = append(o.b, '"')
}

// as writes a scalar the general way.
func as[T any](surely bool, marshal func(T) graphql.Marshaler) writer[T] {
	return func(o *out, v T) {
		m := marshal(v)
		if m == graphql.Null {
			o.none(surely)
			return
		}
		o.as(m)
	}
}

// pointed writes a scalar that a pointer may point to.
func pointed[T any](surely bool, write writer[T]) writer[*T] {
	return func(o *out, v *T) {
		if v == nil {
			o.none(surely)
			return
		}
		write(o, *v)
	}
}

// there writes an object that may be there.
func there[T any](surely bool, write writer[*T]) writer[*T] {
	if write == nil {
		return nil
	}
	return func(o *out, v *T) {
		if v == nil {
			o.none(surely)
			return
		}
		write(o, v)
	}
}

// each writes a list, for as long as anybody waits for it. No list is an empty
// one, where there must be one.
func each[T any](surely bool, write writer[T]) writer[[]T] {
	if write == nil {
		return nil
	}
	return func(o *out, all []T) {
		if all == nil && !surely {
			o.null()
			return
		}
		o.raw("[")
		for i, v := range all {
			if o.cannot = o.cannot || o.ctx.Err() != nil; o.cannot {
				return
			}
			if i > 0 {
				o.raw(",")
			}
			write(o, v)
		}
		o.raw("]")
	}
}
