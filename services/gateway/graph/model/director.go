package model

import (
	"fmt"
	"slices"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/staffing"
	"github.com/ics-openbook/openbook/services/internal/figure"
	claims "github.com/ics-openbook/openbook/services/workforce/view"
	"github.com/ics-openbook/openbook/services/workforce/view/staffing"
)

// DirectorMonth is a clinical director's time of a month.
type DirectorMonth struct {
	fact.DirectorHours
	Month  events.Month
	Funded decimal.Decimal
}

// Total are the hours spent in all.
func (d DirectorMonth) Total() decimal.Decimal { return staffing.Hours(d.DirectorHours) }

// DirectorMonths are those of a year that a network has reported.
func DirectorMonths(s *staffing.Staff, year events.Year) []DirectorMonth {
	all := []DirectorMonth{}
	for _, d := range s.DirectorTime() {
		if d.Is.Month.Year() == year {
			all = append(all, DirectorMonth{d.Is.Spent, d.Is.Month, d.Is.Funded})
		}
	}
	return all
}

// DirectorActivity is what a director's hours go into.
type DirectorActivity string

// The activities, in the order in which they are shown: what is funded, what is
// spent, and what it is spent on.
var activities = []DirectorActivity{"FUNDED", "SPENT", "LEADERSHIP", "ADMINISTRATION", "MEETINGS", "FINANCE", "HR"}

// DirectorTimes is how directors' time of a month is spread.
type DirectorTimes struct {
	Directors figure.Figure
	Spreads   []DirectorSpread
}

// DirectorSpread is how their hours of an activity are.
type DirectorSpread struct {
	Activity             DirectorActivity
	Lower, Median, Upper decimal.Decimal
}

// Spread is how the time of a month is spread over the networks that some are
// chosen of. Of fewer than five directors it is not shown, nor where it would show
// by subtraction what fewer than five others have.
func Spread(month events.Month, missing *figure.Unknown, all []*staffing.Staff, chosen func(events.PCN) bool) *DirectorTimes {
	var of [][]decimal.Decimal // of each activity
	in, others := 0, 0
	for _, s := range all {
		for _, d := range DirectorMonths(s, month.Year()) {
			if d.Month != month {
				continue
			}
			if !chosen(s.Network) {
				others++
				continue
			}
			in++
			spent := d.Each()
			of = append(of, append([]decimal.Decimal{d.Funded, d.Total()}, spent[:]...))
		}
	}
	switch {
	case missing != nil:
		return &DirectorTimes{figure.Not("director", missing), []DirectorSpread{}}
	case in < claims.Few, others > 0 && others < claims.Few:
		return &DirectorTimes{figure.Not("director", &figure.Unknown{
			Code: "FEW", Reason: fmt.Sprintf("It is reported of fewer than %d directors, here or in the rest of the system, and shown to their own networks alone.", claims.Few),
		}), []DirectorSpread{}}
	}
	t := &DirectorTimes{Directors: figure.Of(in, "director")}
	for i, activity := range activities {
		hours := make([]decimal.Decimal, in)
		for j := range of {
			hours[j] = of[j][i]
		}
		slices.SortFunc(hours, decimal.Decimal.Cmp)
		quarter := func(n int) decimal.Decimal { return hours[(n*in+3)/4-1] } // the nearest rank
		t.Spreads = append(t.Spreads, DirectorSpread{activity, quarter(1), quarter(2), quarter(3)})
	}
	return t
}
