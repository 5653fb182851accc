package scalar

import (
	"github.com/99designs/gqlgen/graphql"

	"github.com/ics-openbook/openbook/events"
)

// MarshalGBP writes an amount of money as a string of pounds and pence.
func MarshalGBP(m events.GBP) graphql.Marshaler { return quoted(m.String()) }

// UnmarshalGBP reads an amount of money; never a number, which would be rounded
// before it is here.
func UnmarshalGBP(v any) (events.GBP, error) {
	s, err := text(v, "149950.00")
	if err != nil {
		return 0, err
	}
	return events.ParseGBP(s)
}

// MarshalRate writes a rate as a string, with all its decimals.
func MarshalRate(r events.Rate) graphql.Marshaler { return quoted(r.String()) }

// UnmarshalRate reads a rate.
func UnmarshalRate(v any) (events.Rate, error) {
	s, err := text(v, "1.761")
	if err != nil {
		return events.Rate{}, err
	}
	return events.ParseRate(s)
}
