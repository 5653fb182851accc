package scalar

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

// What a text in a mutation's input may be refused for.
var (
	ErrNoDate = refuse.New(refuse.Invalid, "DATE_MALFORMED",
		"“%s” is not a date. Write year, month and day, such as 2026-04-01.")
	ErrNoNumber = refuse.New(refuse.Invalid, "NUMBER_MALFORMED",
		"“%s” is not a number. Write digits, with a point before decimals and without a currency sign or commas, such as 1.761.")
	ErrPenny = refuse.New(refuse.Invalid, "PENNY_FRACTION",
		"“%s” has a fraction of a penny. Money is entered in pounds and whole pence, such as 1234.56: round it as your accounts do.")
	ErrNoAmount = refuse.New(refuse.Invalid, "AMOUNT_MALFORMED",
		"“%s” is not an amount of money. Write pounds and pence without a currency sign or commas, such as 1234.56.")
	ErrTooLarge = refuse.New(refuse.Invalid, "AMOUNT_INVALID",
		"“%s” is more than any entry can hold. Look whether a decimal point is missing.")
)

// unread are the texts of one mutation's input that cannot be read.
type unread struct{ all []error }

type unreadKey struct{}

// Mutation notes the amounts, dates and numbers that one mutation's input has and
// that cannot be read, so that the mutation refuses them as it does everything else
// that is wrong: see [Unread].
func Mutation(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
	if graphql.GetOperationContext(ctx).Operation.Operation == ast.Mutation {
		ctx = context.WithValue(ctx, unreadKey{}, &unread{})
	}
	return next(ctx)
}

// Unread are the refusals of what cannot be read in a mutation's input. Where there is
// any, the input holds nothing in its place and must not be used.
func Unread(ctx context.Context) error {
	if noted, is := ctx.Value(unreadKey{}).(*unread); is {
		return errors.Join(noted.all...)
	}
	return nil
}

// note has a mutation refuse a text of its input; it reports false outside of one.
func note(ctx context.Context, why *refuse.Refusal, text string) bool {
	noted, is := ctx.Value(unreadKey{}).(*unread)
	if is {
		noted.all = append(noted.all, why.About(inputPath(ctx), ask.Clip(text)))
	}
	return is
}

// MarshalGBP writes an amount of money as a string of pounds and pence.
func MarshalGBP(m events.GBP) graphql.ContextMarshaler {
	return quoted(m.String())
}

// UnmarshalGBP reads an amount of money; never a number, which would be rounded
// before it is here. In a mutation's input a text that is no amount is noted, and
// is no error.
func UnmarshalGBP(ctx context.Context, v any) (events.GBP, error) {
	s, err := text(v, "149950.00")
	if err != nil {
		return 0, err
	}
	m, err := events.ParseGBP(s)
	why := ErrNoAmount
	switch {
	case errors.Is(err, events.ErrFraction):
		why = ErrPenny
	case errors.Is(err, events.ErrOverflow):
		why = ErrTooLarge
	}
	if err != nil && note(ctx, why, s) {
		return 0, nil
	}
	return m, err
}

// inputPath is where in its input a value stands: "lines.0.amount".
func inputPath(ctx context.Context) string {
	var path []string
	for _, step := range graphql.GetPath(ctx) {
		path = append(path, fmt.Sprint(step))
	}
	if len(path) > 2 {
		path = path[2:] // the mutation, and its argument
	}
	return strings.Join(path, ".")
}

// MarshalRate writes a rate as a string, with all its decimals.
func MarshalRate(r events.Rate) graphql.ContextMarshaler { return quoted(r.String()) }

// UnmarshalRate reads a rate. In a mutation's input what is none is noted.
func UnmarshalRate(ctx context.Context, v any) (events.Rate, error) {
	s, err := text(v, "1.761")
	if err != nil {
		return events.Rate{}, err
	}
	r, err := events.ParseRate(s)
	if err != nil && note(ctx, ErrNoNumber, s) {
		return events.Rate{}, nil
	}
	return r, err
}
