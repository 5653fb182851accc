package events_test

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/events"
)

var epoch = time.Date(1, time.January, 1, 0, 0, 0, 0, time.UTC)

// A day is known here by its number since the epoch, so that what Date says can
// be held against what time.Time says.
func days() *rapid.Generator[int] { return rapid.IntRange(0, 3_600_000) }

func onDay(n int) time.Time { return epoch.AddDate(0, 0, n) }

func TestDateAgreesWithTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, n := days().Draw(t, "a"), days().Draw(t, "b"), rapid.IntRange(-40_000, 40_000).Draw(t, "n")
		d, e := events.DateOf(onDay(a)), events.DateOf(onDay(b))

		if d.Time() != onDay(a) {
			t.Fatalf("%s begins at %s", d, d.Time())
		}
		if d.String() != onDay(a).Format(time.DateOnly) {
			t.Fatalf("day %d is written %s", a, d)
		}
		if d.Before(e) != (a < b) || d.Compare(e) != onDay(a).Compare(onDay(b)) {
			t.Fatalf("%s and %s are in the wrong order", d, e)
		}
		if a+n >= 0 && d.AddDays(n) != events.DateOf(onDay(a+n)) {
			t.Fatalf("%d days after %s is not %s", n, d, d.AddDays(n))
		}
		year, month, day := onDay(a).Date()
		if events.Day(year, month, day) != d {
			t.Fatalf("%s is not Day(%d, %d, %d)", d, year, month, day)
		}
		var back events.Date
		text, err := d.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		if err := back.UnmarshalText(text); err != nil || back != d {
			t.Fatalf("%s reads back as %s: %v", d, back, err)
		}
	})
}

func TestNoDate(t *testing.T) {
	var none events.Date
	if !none.IsZero() || none.String() != "" || none.AddDays(7) != none {
		t.Errorf("no date is %q, and a week later %q", none, none.AddDays(7))
	}
	if !none.Before(events.Day(0, time.January, 1)) {
		t.Error("no date does not come first")
	}
	if d := events.Day(10_000, time.January, 1); !d.IsZero() {
		t.Errorf("a year of five digits is %s", d)
	}
	if d := events.Day(9999, time.December, 31).AddDays(1); !d.IsZero() {
		t.Errorf("the day after the last is %s", d)
	}
	for _, text := range []string{"2026-02-30", "2026-4-1", "01/04/2026", "2026-04-01T00:00:00Z", "tomorrow"} {
		if d, err := events.ParseDate(text); err == nil {
			t.Errorf("%q is read as %s", text, d)
		}
	}
}

// TestPeriodAgreesWithItsDays holds periods against the days in them, counted.
func TestPeriodAgreesWithItsDays(t *testing.T) {
	const window = 40 // small, so that ends meet often
	end := func(t *rapid.T, name string) (int, events.Date) {
		n := rapid.IntRange(-1, window).Draw(t, name) // -1 is no date
		if n < 0 {
			return n, events.Date{}
		}
		return n, events.DateOf(onDay(n))
	}
	period := func(t *rapid.T, name string) (events.Period, func(day int) bool) {
		from, first := end(t, name+" from")
		to, last := end(t, name+" to")
		p := events.Period{From: first, To: last}
		if p.Valid() != (to < 0 || from <= to) {
			t.Fatalf("Valid is %t for days %d to %d", p.Valid(), from, to)
		}
		return p, func(day int) bool { return from <= day && (to < 0 || day <= to) }
	}
	rapid.Check(t, func(t *rapid.T) {
		p, inP := period(t, "p")
		q, inQ := period(t, "q")
		shared := false
		for day := range window + 1 {
			if got := p.Includes(events.DateOf(onDay(day))); got != inP(day) {
				t.Fatalf("%v includes day %d: %t", p, day, got)
			}
			shared = shared || inP(day) && inQ(day)
		}
		if p.Valid() && q.Valid() && (p.Overlaps(q) != shared || q.Overlaps(p) != shared) {
			t.Fatalf("%v overlaps %v: %t, they share a day: %t", p, q, p.Overlaps(q), shared)
		}
	})
}

func TestPeriodIsWrittenWithoutAnUnknownEnd(t *testing.T) {
	for text, want := range map[string]events.Period{
		`{"from":"2026-04-01"}`:                   {From: events.Day(2026, time.April, 1)},
		`{"from":"2026-04-01","to":"2027-03-31"}`: {From: events.Day(2026, time.April, 1), To: events.Day(2027, time.March, 31)},
		`{"from":""}`:                             {},
	} {
		data, err := json.Marshal(want)
		if err != nil || string(data) != text {
			t.Errorf("%v is written %s: %v", want, data, err)
		}
		var got events.Period
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s is read as %v: %v", text, got, err)
		}
	}
}
