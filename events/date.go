package events

import (
	"cmp"
	"fmt"
	"time"
)

// Date is a day of the calendar, without a clock or a place. The zero Date is
// "no date": before the first day of a period without a beginning, after the
// last of one without an end.
type Date struct {
	year  int16
	month uint8
	day   uint8
}

// Day returns the date of a year, month and day, normalised as [time.Date]
// does.
func Day(year int, month time.Month, day int) Date {
	return DateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// DateOf returns the date that t's clock shows in t's place. A year that four
// digits cannot write gives no date.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	if y < 0 || y > 9999 {
		return Date{}
	}
	return Date{int16(y), uint8(m), uint8(d)}
}

// ParseDate reads YYYY-MM-DD.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("%q is not a date: write it as 2026-04-01", s)
	}
	return DateOf(t), nil
}

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d == Date{} }

// Compare orders dates; no date comes first.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.year, e.year), cmp.Compare(d.month, e.month), cmp.Compare(d.day, e.day))
}

// Equal reports whether d and e are the same day.
func (d Date) Equal(e Date) bool { return d == e }

// Before reports whether d is an earlier day than e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After reports whether d is a later day than e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// AddDays returns the day n days after d; days after no date are no date.
func (d Date) AddDays(n int) Date {
	if d.IsZero() {
		return d
	}
	return DateOf(d.Time().AddDate(0, 0, n))
}

// Time returns midnight UTC at the start of d, which must be a date.
func (d Date) Time() time.Time {
	return time.Date(int(d.year), time.Month(d.month), int(d.day), 0, 0, 0, 0, time.UTC)
}

func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return string(d.append(make([]byte, 0, 10)))
}

func (d Date) append(b []byte) []byte {
	y, digit := int(d.year), func(n int) byte { return byte('0' + n%10) }
	return append(b, digit(y/1000), digit(y/100), digit(y/10), digit(y), '-',
		digit(int(d.month)/10), digit(int(d.month)), '-', digit(int(d.day)/10), digit(int(d.day)))
}

// AppendText writes YYYY-MM-DD, or nothing for no date.
func (d Date) AppendText(b []byte) ([]byte, error) {
	if d.IsZero() {
		return b, nil
	}
	return d.append(b), nil
}

// MarshalText writes YYYY-MM-DD, or nothing for no date.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Date) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	*d, err = ParseDate(string(b))
	return err
}

// Period is a run of days, both ends inclusive, as the NHS writes them. A zero
// To means that no end is known.
type Period struct {
	From Date `json:"from"`
	To   Date `json:"to,omitzero"`
}

// Valid reports whether p does not end before it begins.
func (p Period) Valid() bool { return p.To.IsZero() || !p.To.Before(p.From) }

// Includes reports whether day is in p.
func (p Period) Includes(day Date) bool {
	return !day.Before(p.From) && (p.To.IsZero() || !p.To.Before(day))
}

// Overlaps reports whether p and q share a day. Both must be valid.
func (p Period) Overlaps(q Period) bool {
	return (p.To.IsZero() || !p.To.Before(q.From)) && (q.To.IsZero() || !q.To.Before(p.From))
}
