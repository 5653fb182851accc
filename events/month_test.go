package events_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/events"
)

func TestMonth(t *testing.T) {
	for m, want := range map[events.Month]struct {
		last   string
		days   int
		year   events.Year
		inYear int
	}{
		"2025-04": {"2025-04-30", 30, "2025/26", 1},
		"2025-12": {"2025-12-31", 31, "2025/26", 9},
		"2024-02": {"2024-02-29", 29, "2023/24", 11},
		"2023-02": {"2023-02-28", 28, "2022/23", 11},
		"2026-03": {"2026-03-31", 31, "2025/26", 12},
	} {
		if !m.Valid() || m.Last().String() != want.last || m.Days() != want.days || m.Year() != want.year || m.InYear() != want.inYear {
			t.Errorf("%s ends on %s, has %d days, is month %d of %s", m, m.Last(), m.Days(), m.InYear(), m.Year())
		}
	}
	for _, m := range []events.Month{"", "2025", "2025-13", "2025-00", "0000-01", "2025-6", "2025-06-01", "June"} {
		if m.Valid() || !m.First().IsZero() || !m.Last().IsZero() || m.Days() != 0 || m.Year() != "" {
			t.Errorf("%q is a month", m)
		}
	}
}

func TestEveryDayIsInItsMonth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := events.DateOf(onDay(days().Draw(t, "day")))
		m := events.MonthOf(d)
		if d.Before(m.First()) || m.Last().Before(d) || m.Year() != events.YearOf(d) || m.Last().AddDays(1) != events.MonthOf(m.Last().AddDays(1)).First() {
			t.Errorf("%s is in %s: %s to %s of %s", d, m, m.First(), m.Last(), m.Year())
		}
	})
}
