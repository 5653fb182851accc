package events

import (
	"strconv"
	"time"
)

// Month is a calendar month: 2025-06. It is a plain string for the reason that
// codes are. What a month that is not valid begins and ends on is no date.
type Month string

// MonthOf is the month that a day is in; none for no date.
func MonthOf(d Date) Month {
	if d.IsZero() {
		return ""
	}
	return Month(d.String()[:len("2025-06")])
}

// Valid reports whether m is a month of a year of four digits.
func (m Month) Valid() bool { return !m.First().IsZero() }

// First is the month's first day.
func (m Month) First() Date {
	if !fits(string(m), "0000-00") {
		return Date{}
	}
	year, _ := strconv.Atoi(string(m[:4])) // its form has been looked at
	month, _ := strconv.Atoi(string(m[5:]))
	if year < 1 || month < 1 || month > 12 {
		return Date{}
	}
	return Day(year, time.Month(month), 1)
}

// Last is the month's last day.
func (m Month) Last() Date {
	first := m.First()
	if first.IsZero() {
		return first
	}
	return MonthOf(first.AddDays(31)).First().AddDays(-1)
}

// Days is how many days the month has.
func (m Month) Days() int { return int(m.Last().day) }

// Year is the financial year that the month is in.
func (m Month) Year() Year { return YearOf(m.First()) }

// InYear is which month of its financial year it is, April being 1.
func (m Month) InYear() int { return (int(m.First().month)+8)%12 + 1 }
