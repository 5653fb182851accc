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

func directors(hours ...int64) (all []*staffing.Staff) {
	for i, h := range hours {
		network := events.PCN(fmt.Sprintf("U990%02d", i+1))
		s, err := (*staffing.Staff)(nil).With(fact.DirectorTimeReported{
			Whose: fact.Whose{Network: network}, Month: "2025-06", Funded: decimal.MustNew(16, 0),
			Spent: fact.DirectorHours{Leadership: decimal.MustNew(h, 0), HR: decimal.One},
		}, staffing.Place{})
		if err != nil {
			panic(err)
		}
		all = append(all, s)
	}
	return all
}

func TestSpread(t *testing.T) {
	upTo := func(n int) func(events.PCN) bool {
		return func(of events.PCN) bool { return of <= events.PCN(fmt.Sprintf("U990%02d", n)) }
	}
	for name, c := range map[string]struct {
		hours  []int64
		chosen int
		month  events.Month
		want   string // of how many, and the quartiles of leadership and of all that is spent
	}{
		"five":                       {[]int64{50, 10, 40, 20, 30}, 5, "2025-06", "5 20 30 40, 21 31 41"},
		"four":                       {[]int64{10, 20, 30, 40}, 4, "2025-06", "FEW"},
		"eight":                      {[]int64{10, 20, 30, 40, 50, 60, 70, 80}, 8, "2025-06", "8 20 40 60, 21 41 61"},
		"five, and four besides":     {[]int64{10, 20, 30, 40, 50, 60, 70, 80, 90}, 5, "2025-06", "FEW"},
		"five, and five besides":     {[]int64{10, 20, 30, 40, 50, 60, 70, 80, 90, 99}, 5, "2025-06", "5 20 30 40, 21 31 41"},
		"five, of a month before":    {[]int64{10, 20, 30, 40, 50}, 5, "2025-05", "FEW"},
		"five, of which four chosen": {[]int64{10, 20, 30, 40, 50}, 4, "2025-06", "FEW"},
	} {
		got := model.Spread(c.month, nil, directors(c.hours...), upTo(c.chosen))
		is := ""
		if why := got.Directors.Unknown; why != nil {
			is = why.Code
			if len(got.Spreads) > 0 {
				t.Errorf("%s: it is shown all the same", name)
			}
		} else {
			lead, all := got.Spreads[2], got.Spreads[1]
			is = fmt.Sprint(got.Directors.Value, " ", lead.Lower, " ", lead.Median, " ", lead.Upper, ", ", all.Lower, " ", all.Median, " ", all.Upper)
		}
		if is != c.want {
			t.Errorf("%s: %s, want %s", name, is, c.want)
		}
	}
}
