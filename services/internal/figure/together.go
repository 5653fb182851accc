package figure

import (
	"math"

	"github.com/ics-openbook/openbook/events"
)

// Together is several amounts as one, which is not known while one of them is
// not. Its terms are all of theirs.
func Together(rule string, all ...Amount) Amount {
	var sum events.GBP
	for _, a := range all {
		switch {
		case a.Value == nil:
			return a
		case *a.Value > 0 && sum > math.MaxInt64-*a.Value, *a.Value < 0 && sum < math.MinInt64-*a.Value:
			return NoAmount(&Unknown{Code: "OUT_OF_RANGE", Reason: "The figure is larger than can be shown."})
		}
		sum += *a.Value
	}
	return Known(sum, rule, func() (terms []Term) {
		for _, a := range all {
			terms = append(terms, a.Passport.Sum()...)
		}
		return terms
	})
}
