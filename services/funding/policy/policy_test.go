package policy_test

import (
	"testing"
	"time"

	ask "github.com/ics-openbook/openbook/api/ask/policy"
	"github.com/ics-openbook/openbook/events"
	registered "github.com/ics-openbook/openbook/events/network"
	fact "github.com/ics-openbook/openbook/events/policy"
	"github.com/ics-openbook/openbook/services/funding/policy"
	"github.com/ics-openbook/openbook/services/internal/decider/decidertest"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

func TestSetting(t *testing.T) {
	july := events.Day(2025, time.July, 1)
	strict, loose := fact.Days{Acknowledge: 2, Answer: 10, Pay: 14, Notice: 60}, fact.Days{Acknowledge: 100, Answer: 100, Pay: 100, Notice: 1}
	set := func(from events.Date, d fact.Days) fact.Set {
		return fact.Set{System: "QZ1", From: from, Days: d, Source: "Board of June", By: "person-1"}
	}
	known := policy.Known{By: "person-1", Today: july, Registry: registry.Evolve(registry.State{}, registered.SystemRegistered{System: "QZ1", Name: "Home"})}
	do := func(s fact.Set) func(policy.State) ([]fact.Event, error) {
		return func(was policy.State) ([]fact.Event, error) {
			return policy.Set(was, known, ask.SetFundingPolicy{System: s.System, From: s.From, Days: s.Days, Source: s.Source})
		}
	}
	elsewhere := set(july, strict)
	elsewhere.System = "QZ9"
	cited := set(july, strict)
	cited.Source = "Board of July"
	type facts = []fact.Event
	decidertest.Run(t, policy.Evolve, []decidertest.Case[policy.State, fact.Event]{
		{Name: "from today on", When: do(set(july, strict)), Then: facts{set(july, strict)}},
		{Name: "what the product does anyway", When: do(set(july, fact.Default)), Then: facts{set(july, fact.Default)}},
		{Name: "from yesterday on", When: do(set(july.AddDays(-1), loose)), Refused: policy.ErrBackdated},
		{Name: "of nobody the book knows", When: do(elsewhere), Refused: policy.ErrSystemUnknown},
		{Name: "the same again", Given: facts{set(july, strict)}, When: do(set(july, strict))},
		{Name: "the same from another source", Given: facts{set(july, strict)}, When: do(cited), Then: facts{cited}},
		{Name: "the same from yesterday on, when it held already", Given: facts{set(july.AddDays(-9), strict)}, When: do(set(july.AddDays(-1), strict))},
		{Name: "another for the same day", Given: facts{set(july, strict)}, When: do(set(july, loose)), Then: facts{set(july, loose)}},
		{Name: "one that begins later, back again", Given: facts{set(july, strict), set(july.AddDays(5), loose)}, When: do(set(july.AddDays(9), strict)), Then: facts{set(july.AddDays(9), strict)}},
	})
}
