// Package scalar says how the contract's scalars are written and read. Codes
// are not here: a wrong one has to reach the place that refuses it with a
// sentence, so they are plain strings to GraphQL.
package scalar

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
)

// quoted writes a text that has nothing in it that JSON would escape.
type quoted string

func (q quoted) MarshalGQL(w io.Writer) { _, _ = io.WriteString(w, strconv.Quote(string(q))) } // the transport sees the writer's error

func (q quoted) MarshalGQLContext(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, strconv.Quote(string(q)))
	return err
}

func number(n int64) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { _, _ = io.WriteString(w, strconv.FormatInt(n, 10)) })
}

func text(v any, as string) (string, error) {
	s, ok := v.(string)
	if !ok {
		return "", fmt.Errorf("write it as a string, such as %q", as)
	}
	return s, nil
}

// MarshalDate writes a day, or null for none.
func MarshalDate(d events.Date) graphql.ContextMarshaler {
	if d.IsZero() {
		return graphql.Null
	}
	return quoted(d.String())
}

// UnmarshalDate reads a day. In a mutation's input a text that is none is noted.
func UnmarshalDate(ctx context.Context, v any) (events.Date, error) {
	s, err := text(v, "2026-04-01")
	if err != nil {
		return events.Date{}, err
	}
	d, err := events.ParseDate(s)
	if err != nil && note(ctx, ErrNoDate, s) {
		return events.Date{}, nil
	}
	return d, err
}

// MarshalDateTime writes a moment in UTC.
func MarshalDateTime(t time.Time) graphql.Marshaler {
	return quoted(t.UTC().Format(time.RFC3339Nano))
}

// UnmarshalDateTime reads a moment with its time zone.
func UnmarshalDateTime(v any) (time.Time, error) {
	s, err := text(v, "2026-04-01T09:30:00Z")
	if err != nil {
		return time.Time{}, err
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is not a moment: write it as 2026-04-01T09:30:00Z", s)
	}
	return t, nil
}

// MarshalDecimal writes an exact number as a string.
func MarshalDecimal(d decimal.Decimal) graphql.ContextMarshaler { return quoted(d.String()) }

// UnmarshalDecimal reads an exact number. In a mutation's input a text that is none is
// noted.
func UnmarshalDecimal(ctx context.Context, v any) (decimal.Decimal, error) {
	s, err := text(v, "1.761")
	if err != nil {
		return decimal.Decimal{}, err
	}
	d, err := decimal.Parse(s)
	switch {
	case err != nil && note(ctx, ErrNoNumber, s):
		return decimal.Decimal{}, nil
	case err != nil:
		return d, fmt.Errorf("%q is not a decimal number: write it as 1.761", s)
	}
	return d, nil
}

// MarshalJSON writes a value as it is.
func MarshalJSON(v json.RawMessage) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { _, _ = w.Write(v) })
}

// UnmarshalJSON reads nothing: no input takes a JSON value.
func UnmarshalJSON(any) (json.RawMessage, error) {
	return nil, errors.New("a JSON value is not taken here")
}

// MarshalPosition writes a place in the book.
func MarshalPosition(p events.Position) graphql.Marshaler { return quoted(p.String()) }

// UnmarshalPosition reads a place in the book.
func UnmarshalPosition(v any) (events.Position, error) {
	s, err := text(v, "2n9c")
	if err != nil {
		return events.Position{}, err
	}
	return events.ParsePosition(s)
}

// MarshalRevision writes a place in one history.
func MarshalRevision(r events.Revision) graphql.Marshaler { return number(int64(r)) }

// UnmarshalRevision reads a place in one history.
func UnmarshalRevision(v any) (events.Revision, error) {
	n, err := graphql.UnmarshalInt64(v)
	return events.Revision(n), err
}

// MarshalOrdinal writes a place in the whole book.
func MarshalOrdinal(o events.Ordinal) graphql.Marshaler { return number(int64(o)) }

// UnmarshalOrdinal reads a place in the whole book.
func UnmarshalOrdinal(v any) (events.Ordinal, error) {
	n, err := graphql.UnmarshalUint64(v)
	return events.Ordinal(n), err
}
