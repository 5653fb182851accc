package policies_test

import (
	"testing"
	"time"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/policy"
	"github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/funding/view/policies"
)

// What holds is what begins last of all that have begun, and of one day what was
// said last; the default until then, and for others.
func TestWhatHolds(t *testing.T) {
	july := events.Day(2025, time.July, 1)
	var s policies.State
	for i, from := range []int{0, 30, 10, 10} {
		var err error
		set := fact.Set{System: "QZ1", From: july.AddDays(from), Days: fact.Days{Answer: i + 1}, Source: "Board"}
		if s, err = policies.Evolve(s, set, view.Place{ID: "f", Ordinal: events.Ordinal(i)}); err != nil {
			t.Fatal(err)
		}
	}
	b, err := policies.Freeze(s)
	if err != nil {
		t.Fatal(err)
	}
	back, err := policies.Thaw(b)
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]policies.State{"as folded": s, "as read back": back} {
		for after, want := range map[int]int{0: 1, 9: 1, 10: 4, 29: 4, 30: 2, 300: 2} {
			if p := s.On("QZ1", july.AddDays(after)); p.Stated == nil || p.Answer != want || p.Stated.Place.Ordinal != events.Ordinal(want-1) {
				t.Errorf("%s, on day %d: %+v, want the one of %d", name, after, p, want)
			}
		}
		for _, p := range []policies.Policy{s.On("QZ1", july.AddDays(-1)), s.On("QZ2", july)} {
			if p.Stated != nil || p.Days != fact.Default {
				t.Errorf("%s, without one: %+v", name, p)
			}
		}
		if all := s.Of("QZ1"); len(all) != 4 {
			t.Errorf("%s, there are %d", name, len(all))
		}
	}
}
