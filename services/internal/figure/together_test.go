package figure_test

import (
	"math"
	"testing"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

func TestTogether(t *testing.T) {
	known := func(m events.GBP) figure.Amount {
		return figure.Known(m, "One.", func() []figure.Term { return []figure.Term{{Label: m.String(), Amount: m}} })
	}
	unknown := figure.NoAmount(&figure.Unknown{Code: "PARKED"})
	for name, c := range map[string]struct {
		all  []figure.Amount
		want string
	}{
		"nothing":   {nil, "nothing = £0.00"},
		"two":       {[]figure.Amount{known(1_50), known(-50)}, "£1.50 + (−£0.50) = £1.00"},
		"a doubt":   {[]figure.Amount{known(1), unknown}, "PARKED"},
		"too large": {[]figure.Amount{known(math.MaxInt64), known(1)}, "OUT_OF_RANGE"},
		"too small": {[]figure.Amount{known(math.MinInt64), known(-1)}, "OUT_OF_RANGE"},
	} {
		a := figure.Together("All.", c.all...)
		got := ""
		if a.Unknown != nil {
			got = a.Unknown.Code
		} else if got = a.Passport.Arithmetic(); a.Passport.Rule != "All." {
			t.Errorf("%s: %q", name, a.Passport.Rule)
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
