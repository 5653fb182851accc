package events_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/events"
)

func TestYear(t *testing.T) {
	y, err := events.ParseYear("2025/26")
	if err != nil {
		t.Fatal(err)
	}
	for what, got := range map[string]string{
		"2025-04-01": y.First().String(), "2026-03-31": y.Last().String(), "2025-01-01": y.Freeze().String(),
		"2026/27": string(y.Next()), "2025-26": y.Token(), "contract-2025-26": string(y.Contract()),
		"1999/00": string(events.YearOf(events.Day(2000, time.March, 31))),
	} {
		if got != what {
			t.Errorf("got %q, want %q", got, what)
		}
	}
	if !y.Contract().Valid() || !events.Year("").Contract().Valid() || !events.Year("2025 . *").Contract().Valid() {
		t.Error("a contract's name cannot be part of a subject")
	}
	for text, says := range map[string]string{
		"": "write it as 2025/26", "2025": "write it as 2025/26", "2025-26": "write it as 2025/26", "25/26": "write it as 2025/26",
		"2025/2026": "write it as 2025/26", "2025/27": "is 2025/26", "1999/99": "is 1999/00", "٢٠٢٥/٢٦": "write it as 2025/26",
	} {
		got, err := events.ParseYear(text)
		if err == nil || !strings.Contains(err.Error(), says) || events.Year(text).Valid() {
			t.Errorf("%q is read as %q: %v", text, got, err)
		}
		if d := events.Year(text).First(); !d.IsZero() {
			t.Errorf("%q begins on %s", text, d)
		}
	}
}

// Every day is in exactly one year, and each year follows the one before.
func TestEveryDayIsInOneYear(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := events.DateOf(onDay(rapid.IntRange(400, 3_600_000).Draw(t, "day")))
		y := events.YearOf(d)
		if !y.Valid() || !y.Period().Includes(d) || events.YearOf(y.First()) != y || events.YearOf(y.Last()) != y {
			t.Fatalf("%s is in %q, %v", d, y, y.Period())
		}
		if y.Next().First() != y.Last().AddDays(1) {
			t.Fatalf("after %s comes %s", y, y.Next())
		}
	})
}

func TestMonths(t *testing.T) {
	y := events.Year("2023/24")
	for text, want := range map[string][2]int{
		"2023-04-01 2024-03-31": {1, 12}, "2023-07-01 2024-03-31": {4, 12}, "2023-10-01 2023-12-31": {7, 9},
		"2024-02-01 2024-02-29": {11, 11}, "2023-04-01 2023-04-30": {1, 1},
		"2023-04-02 2024-03-31": {}, "2023-04-01 2024-03-30": {}, "2023-03-01 2024-03-31": {}, "2023-04-01 2024-04-30": {},
		"2024-02-01 2024-02-28": {}, "2023-06-01 2023-04-30": {},
	} {
		from, to, _ := strings.Cut(text, " ")
		first, last, ok := y.Months(events.Period{From: date(t, from), To: date(t, to)})
		if ok != (want != [2]int{}) || [2]int{first, last} != want {
			t.Errorf("%s: months %d to %d, %t", text, first, last, ok)
		}
	}
	if _, _, ok := y.Months(events.Period{From: y.First()}); ok {
		t.Error("a period without an end is in months")
	}
}

func date(t *testing.T, s string) events.Date {
	t.Helper()
	d, err := events.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
