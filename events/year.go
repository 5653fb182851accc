package events

import (
	"fmt"
	"strconv"
	"time"
)

// Year is a financial year, 1 April to 31 March, as the NHS writes it: 2025/26.
// It is a plain string for the reason that codes are: a wrong one can be carried
// to where it is refused with a sentence. What a year that is not valid begins
// and ends on is no date.
type Year string

// ParseYear reads a year, and says what is wrong with one that is none.
func ParseYear(s string) (Year, error) {
	if !fits(s, "0000/00") {
		return "", fmt.Errorf("%q is not a financial year: write it as 2025/26", s)
	}
	y := Year(s)
	if !y.Valid() {
		return "", fmt.Errorf("%q is not a financial year: the one that begins in %s is %s", s, s[:4], yearFrom(y.begins()))
	}
	return y, nil
}

// YearOf is the year that a day is in; none for no date.
func YearOf(d Date) Year {
	switch {
	case d.IsZero():
		return ""
	case d.Before(Day(int(d.year), time.April, 1)):
		return yearFrom(int(d.year) - 1)
	}
	return yearFrom(int(d.year))
}

func yearFrom(begins int) Year { return Year(fmt.Sprintf("%04d/%02d", begins, (begins+1)%100)) }

// begins is the calendar year that y begins in, whatever y ends on.
func (y Year) begins() int {
	n, _ := strconv.Atoi(string(y[:4])) // its form has been looked at
	return n
}

// Valid reports whether y is two calendar years that follow each other.
func (y Year) Valid() bool { return fits(string(y), "0000/00") && yearFrom(y.begins()) == y }

// First is the year's first day, 1 April.
func (y Year) First() Date { return y.day(0, time.April, 1) }

// Last is the year's last day, 31 March.
func (y Year) Last() Date { return y.day(1, time.March, 31) }

// Freeze is the day whose populations the year is paid by: 1 January before it
// begins.
func (y Year) Freeze() Date { return y.day(0, time.January, 1) }

func (y Year) day(later int, month time.Month, day int) Date {
	if !y.Valid() {
		return Date{}
	}
	return Day(y.begins()+later, month, day)
}

// Period is the whole year.
func (y Year) Period() Period { return Period{From: y.First(), To: y.Last()} }

// Next is the year after.
func (y Year) Next() Year { return YearOf(y.Last().AddDays(1)) }

// Token is the year as part of a stream's name: 2025-26.
func (y Year) Token() string {
	if !y.Valid() {
		return "none"
	}
	return string(y[:4] + "-" + y[5:])
}

// Contract is the year's Network Contract as the book names it.
func (y Year) Contract() Entity { return Entity("contract-" + y.Token()) }

// Months is which months of the year p is, the first and the last, April being
// 1. It is not ok unless p lies in the year, from the first day of a month to
// the last of one.
func (y Year) Months(p Period) (first, last int, ok bool) {
	if !y.Valid() || p.From.Before(y.First()) || p.To.IsZero() || y.Last().Before(p.To) || !p.Valid() {
		return 0, 0, false
	}
	if p.From.day != 1 || p.To.AddDays(1).day != 1 {
		return 0, 0, false
	}
	month := func(d Date) int { return (int(d.month)+8)%12 + 1 }
	return month(p.From), month(p.To), true
}
