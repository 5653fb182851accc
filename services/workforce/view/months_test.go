package view_test

import (
	"fmt"
	"testing"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/workforce"
	"github.com/ics-openbook/openbook/services/internal/figure"
	"github.com/ics-openbook/openbook/services/workforce/view"
)

// A month may have several claims, for different people: its roles, and what the
// months to come are reckoned by, are of all that stand.
func TestAMonthOfSeveralClaims(t *testing.T) {
	all := []fact.Event{
		submitted(1, "2025-05", line(1, "coach", 100, of(100))),
		submitted(2, "2025-06", line(1, "coach", 200, of(200))),
		submitted(3, "2025-06", line(2, "coach", 40, of(40)), line(3, "nurse", 2, of(2))),
		submitted(4, "2025-06", line(4, "nurse", 7000, of(7000))),
		rejected(4),
	}
	w := fold(t, all...).Of("U99001", "2025/26")
	month, roles := w.Roles()
	if got, want := fmt.Sprint(month, roles), "2025-06[{coach 2 6000 0.00 0} {nurse 1 3000 0.00 0}]"; got != want {
		t.Errorf("the last month has %s, want %s", got, want)
	}
	if again := fmt.Sprint(w.Roles()); again != fmt.Sprint(month, roles) {
		t.Errorf("asked again it has %s", again)
	}
	s := view.Standing{Workforce: whose, Claims: w, Entitled: figure.Known(10_000, "so", func() []figure.Term { return nil })}
	// 342 wait, and the nine months since May that have no claim come to 242 each
	if got := s.Projected(); got.Value == nil || *got.Value != events.GBP(342+9*242) {
		t.Errorf("the year comes to %v", got.Value)
	}
}
