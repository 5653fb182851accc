package plain

import (
	"bytes"
	"context"
	"encoding"
	"encoding/binary"
	"slices"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
)

// out is an answer as it is written: the first n bytes of b. (Storing a slice as
// it grows would be a store of a pointer each time, which costs while the
// garbage is collected.)
type out struct {
	ctx    context.Context
	b      []byte
	n      int
	cannot bool // what has been written is not the answer
}

// room is what may be written next: at least so many bytes.
func (o *out) room(bytes int) []byte {
	if len(o.b)-o.n < bytes {
		b := slices.Grow(o.b[:o.n], bytes)
		o.b = b[:cap(b)]
	}
	return o.b[o.n:]
}

func (o *out) raw(s string) { o.n += copy(o.room(len(s)), s) }

func (o *out) null() { o.raw("null") }

// none writes that there is nothing. Where there must be something, the general
// way says what follows from that.
func (o *out) none(surely bool) {
	o.cannot = o.cannot || surely
	o.null()
}

// text writes a string as GraphQL does.
func (o *out) text(s string) {
	b := o.room(len(s) + 2)
	b[0] = '"'
	copy(b[1:], s)
	if escaped(b[1 : len(s)+1]) {
		o.as(graphql.MarshalString(s))
		return
	}
	b[len(s)+1] = '"'
	o.n += len(s) + 2
}

// escaped reports whether any byte of a string must be escaped: a quote, a
// backslash, or what is less than a blank. It looks at eight at a time: a byte
// from which one is taken borrows from its highest bit if it was zero.
func escaped(b []byte) bool {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	for ; len(b) >= 8; b = b[8:] {
		u := binary.LittleEndian.Uint64(b)
		quote, slash := u^ones*'"', u^ones*'\\'
		if ((u-ones*' ')&^u|(quote-ones)&^quote|(slash-ones)&^slash)&high != 0 {
			return true
		}
	}
	for _, c := range b {
		if c < ' ' || c == '"' || c == '\\' {
			return true
		}
	}
	return false
}

// as writes a scalar the general way.
func (o *out) as(m graphql.Marshaler) {
	var b bytes.Buffer
	m.MarshalGQL(&b)
	o.n += copy(o.room(b.Len()), b.Bytes())
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

// longest is as long as a number or a day can be.
const longest = 32

func whole[N ~int](o *out, n N) { o.n += len(strconv.AppendInt(o.room(longest)[:0], int64(n), 10)) }

func yes[B ~bool](o *out, b B) { o.raw(strconv.FormatBool(bool(b))) }

// date writes a day; none is null, where there may be none.
func date(surely bool) writer[events.Date] {
	return func(o *out, d events.Date) {
		if d.IsZero() {
			o.none(surely)
			return
		}
		quoted(o, d)
	}
}

func exact(o *out, d decimal.Decimal) { quoted(o, d) }

func money(o *out, m events.GBP) { exact(o, decimal.MustNew(int64(m), 2)) }

func rate(o *out, r events.Rate) { exact(o, r.Decimal) }

func quoted[V encoding.TextAppender](o *out, v V) {
	b, _ := v.AppendText(append(o.room(longest)[:0], '"')) // neither has an error
	o.n += len(append(b, '"'))
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
