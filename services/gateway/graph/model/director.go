package model

import (
	"cmp"
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

// Reporter is a network whose director's time may be shown among others.
type Reporter struct {
	Staff *staffing.Staff
	In    string // the place it is in, empty for none
}

// Spread is how the time of a month is spread over networks, or over those in a
// place. None is of fewer than five directors. The first reports count, five at a
// time, in whole hours, so that one more tells of no one; and places are shown only
// where each of them that has a report has five.
func Spread(month events.Month, missing *figure.Unknown, all []Reporter, place *string) *DirectorTimes {
	if missing != nil {
		return &DirectorTimes{figure.Not("director", missing), []DirectorSpread{}}
	}
	by := map[string][]staffing.Entry[fact.DirectorTimeReported]{}
	for _, r := range all {
		for _, d := range r.Staff.DirectorTime() {
			if d.Is.Month != month {
				continue
			}
			in := ""
			if place != nil {
				in = r.In
			}
			by[in] = append(by[in], d)
		}
	}
	in := ""
	if place != nil {
		in = *place
	}
	chosen := by[in]
	shown := len(chosen) >= claims.Few
	for _, others := range by {
		shown = shown && len(others) >= claims.Few
	}
	if !shown {
		return &DirectorTimes{figure.Not("director", &figure.Unknown{
			Code: "FEW", Reason: fmt.Sprintf("It is reported of fewer than %d directors of other networks, here or in another place, and shown to their own networks alone.", claims.Few),
		}), []DirectorSpread{}}
	}
	slices.SortFunc(chosen, func(a, b staffing.Entry[fact.DirectorTimeReported]) int { return cmp.Compare(a.Ordinal, b.Ordinal) })
	chosen = chosen[:len(chosen)/claims.Few*claims.Few]
	// Its passport tells of how many, and neither which, nor whose words they are:
	// those would be single directors' time.
	directors := figure.Of(len(chosen), "director").By("The directors whose time of the month is reported, the first of them, five at a time.", nil)
	t := &DirectorTimes{Directors: directors.Alone()}
	for i, activity := range activities {
		hours := make([]decimal.Decimal, len(chosen))
		for j, d := range chosen {
			spent := d.Is.Spent.Each()
			hours[j] = append([]decimal.Decimal{d.Is.Funded, staffing.Hours(d.Is.Spent)}, spent[:]...)[i].Round(0)
		}
		slices.SortFunc(hours, decimal.Decimal.Cmp)
		quarter := func(n int) decimal.Decimal { return hours[(n*len(hours)+3)/4-1] } // the nearest rank
		t.Spreads = append(t.Spreads, DirectorSpread{activity, quarter(1), quarter(2), quarter(3)})
	}
	return t
}
