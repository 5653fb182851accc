package sheet

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/ics-openbook/openbook/events"
)

// Row is one line of a table. It is valid until the next step of the
// iteration; what it returns may be kept.
type Row struct {
	file   *File
	layout *Layout
	header *header
	at     map[string]int
	line   int
	cells  []cell
}

// Line is the row's line as an editor or Excel counts, from 1.
func (r Row) Line() int { return r.line }

// Has reports whether the table has the column; one that the layout needs it has.
func (r Row) Has(key string) bool { return r.index(key) >= 0 }

// Text is what the column holds, without the spaces around it; "" when the
// table has no such column.
func (r Row) Text(key string) string {
	if i := r.index(key); i >= 0 && i < len(r.cells) {
		return strings.Clone(strings.TrimSpace(r.cells[i].text))
	}
	return ""
}

// index panics for a key that the layout has not: that is never the file's fault.
func (r Row) index(key string) int {
	i, ok := r.at[key]
	if !ok {
		panic(fmt.Sprintf("sheet: no column %q in the layout %q", key, r.layout.Name))
	}
	return i
}

// Problem is what the caller has against the column's value in this row.
func (r Row) Problem(key, message string, args ...any) *Problem {
	return r.header.at(r.line, r.column(key), message, args...)
}

func (r Row) column(key string) string {
	if i := r.index(key); i >= 0 {
		return r.header.name(i)
	}
	for _, c := range r.layout.Columns {
		if c.Key == key {
			return c.Headers[0]
		}
	}
	return key
}

// The ways to write a date that mean one day to everybody who may send us a
// file. A month never comes before its day.
var dates = []string{"20060102", time.DateOnly, "02Jan2006", "02/01/2006"}

var serial = regexp.MustCompile(`^[1-9][0-9]{4}(\.[0-9]+)?$`)

// Date reads a day as 20260701, 2026-07-01, 01Jul2026 or 01/07/2026, or from a
// cell that Excel shows as a date. Nothing is no date.
func (r Row) Date(key string) (events.Date, error) {
	text := r.Text(key)
	if text == "" {
		return events.Date{}, nil
	}
	for _, layout := range dates {
		if t, err := time.Parse(layout, text); err == nil && t.Year() > 0 {
			return events.DateOf(t), nil
		}
	}
	if serial.MatchString(text) {
		return events.Date{}, r.Problem(key, "%s looks like Excel's number for a day. Format the column as a date and try again.", shown(text))
	}
	return events.Date{}, r.Problem(key, "%s is not a date. Write it as 2026-07-01, 20260701, 01Jul2026 or 01/07/2026 (the day first) and try again.", shown(text))
}

var grouped = regexp.MustCompile(`^[1-9][0-9]{0,2}(,[0-9]{3})+$`)

// Count reads a whole number that is not negative: 1234 or 1,234. Nothing is a
// problem, because it is not zero.
func (r Row) Count(key string) (int, error) {
	text := r.Text(key)
	if text == "" {
		return 0, r.Problem(key, "A number is missing. Write 0 if none is meant, and try again.")
	}
	digits := text
	if grouped.MatchString(text) {
		digits = strings.ReplaceAll(text, ",", "")
	}
	n, err := strconv.ParseUint(digits, 10, 63)
	if err != nil {
		return 0, r.Problem(key, "%s is not a whole number. Write it as 1234, with nothing else, and try again.", shown(text))
	}
	return int(n), nil
}
