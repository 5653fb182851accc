package policy_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ics-openbook/openbook/api/ask/policy"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/policy"
)

// The form says all that is wrong with it, and where.
func TestForm(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*policy.SetFundingPolicy)
		want   []string // code and path
	}{
		"all well":                         {func(*policy.SetFundingPolicy) {}, nil},
		"of nobody":                        {func(a *policy.SetFundingPolicy) { a.System = "" }, []string{"CODE_INVALID system"}},
		"from no day":                      {func(a *policy.SetFundingPolicy) { a.From = events.Date{} }, []string{"DATE_MISSING from"}},
		"decided nowhere":                  {func(a *policy.SetFundingPolicy) { a.Source = "" }, []string{"REASON_MISSING source"}},
		"at once":                          {func(a *policy.SetFundingPolicy) { a.Days = fact.Days{} }, []string{"DAYS_INVALID acknowledge", "DAYS_INVALID answer", "DAYS_INVALID pay", "DAYS_INVALID notice"}},
		"a year and a day":                 {func(a *policy.SetFundingPolicy) { a.Pay = 366 }, []string{"DAYS_INVALID pay"}},
		"a year":                           {func(a *policy.SetFundingPolicy) { a.Pay = 365 }, nil},
		"answered, but not acknowledged":   {func(a *policy.SetFundingPolicy) { a.Acknowledge = 29 }, []string{"DAYS_INVALID answer"}},
		"answered when it is acknowledged": {func(a *policy.SetFundingPolicy) { a.Acknowledge = 28 }, nil},
	} {
		a := policy.SetFundingPolicy{System: "QZ1", From: events.Day(2025, time.July, 1), Days: fact.Default, Source: "Board"}
		c.change(&a)
		var got []string
		for _, p := range a.Problems() {
			got = append(got, p.Code+" "+p.Path)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
	if a := (policy.SetFundingPolicy{System: "QZ1"}); a.Stream() != "policy-QZ1" || a.Concerns() != "system-QZ1" {
		t.Errorf("it is decided on %s, and concerns %s", a.Stream(), a.Concerns())
	}
}
