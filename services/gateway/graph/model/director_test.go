package model_test

import (
	"fmt"
	"testing"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/staffing"
	"github.com/ics-openbook/openbook/services/gateway/graph/model"
	"github.com/ics-openbook/openbook/services/workforce/view/staffing"
)

func directors(hours []int64, placed string) (all []model.Reporter) {
	for i, h := range hours {
		s, err := (*staffing.Staff)(nil).With(fact.DirectorTimeReported{
			Whose: fact.Whose{Network: events.PCN(fmt.Sprintf("U990%02d", i+1))}, Month: "2025-06", Funded: decimal.MustNew(16, 0),
			Spent: fact.DirectorHours{Leadership: decimal.MustNew(h*10+4, 1), HR: decimal.One},
		}, staffing.Place{Ordinal: events.Ordinal(i + 1)})
		if err != nil {
			panic(err)
		}
		in := ""
		if i < len(placed) {
			in = placed[i : i+1]
		}
		all = append(all, model.Reporter{Staff: s, In: in})
	}
	return all
}

func TestSpread(t *testing.T) {
	west := "W"
	for name, c := range map[string]struct {
		hours  []int64
		placed string
		place  *string
		month  events.Month
		want   string // of how many, and the quartiles of leadership and of all that is spent
	}{
		"five":                          {[]int64{50, 10, 40, 20, 30}, "", nil, "2025-06", "5 20 30 40, 21 31 41"},
		"four":                          {[]int64{10, 20, 30, 40}, "", nil, "2025-06", "FEW"},
		"six: the last tells of itself": {[]int64{50, 10, 40, 20, 30, 1}, "", nil, "2025-06", "5 20 30 40, 21 31 41"},
		"ten":                           {[]int64{10, 20, 30, 40, 50, 60, 70, 80, 90, 99}, "", nil, "2025-06", "10 30 50 80, 31 51 81"},
		"another month":                 {[]int64{10, 20, 30, 40, 50}, "", nil, "2025-05", "FEW"},
		"a place of all":                {[]int64{10, 20, 30, 40, 50}, "WWWWW", &west, "2025-06", "5 20 30 40, 21 31 41"},
		"a place beside five":           {[]int64{10, 20, 30, 40, 50, 1, 1, 1, 1, 1}, "WWWWWEEEEE", &west, "2025-06", "5 20 30 40, 21 31 41"},
		"a place beside one":            {[]int64{10, 20, 30, 40, 50, 1}, "WWWWWE", &west, "2025-06", "FEW"},
		"a place beside one in none":    {[]int64{10, 20, 30, 40, 50, 1}, "WWWWW", &west, "2025-06", "FEW"},
		"a place of four beside five":   {[]int64{10, 20, 30, 40, 1, 1, 1, 1, 1}, "WWWWEEEEE", &west, "2025-06", "FEW"},
		"a place without any":           {[]int64{1, 1, 1, 1, 1}, "EEEEE", &west, "2025-06", "FEW"},
	} {
		got := model.Spread(c.month, nil, directors(c.hours, c.placed), c.place)
		is := ""
		if why := got.Directors.Unknown; why != nil {
			is = why.Code
			if len(got.Spreads) > 0 {
				t.Errorf("%s: it is shown all the same", name)
			}
		} else {
			lead, all := got.Spreads[2], got.Spreads[1]
			if p := got.Directors.Passport; p.Rule == "" || p.Entries() != nil || p.Arithmetic() != "parts that are not shown = "+got.Directors.Written() {
				t.Errorf("%s: its passport tells %s of %s", name, p.Arithmetic(), p.Entries())
			}
			is = fmt.Sprint(got.Directors.Value, " ", lead.Lower, " ", lead.Median, " ", lead.Upper, ", ", all.Lower, " ", all.Median, " ", all.Upper)
		}
		if is != c.want {
			t.Errorf("%s: %s, want %s", name, is, c.want)
		}
	}
}
