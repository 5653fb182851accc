package staffing_test

import (
	"testing"
	"time"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/eventstest"
	"github.com/ics-openbook/openbook/events/staffing"
)

func of[T any](v T) *T { return &v }

func TestFacts(t *testing.T) {
	whose := staffing.Whose{Network: "U99001"}
	day := func(month time.Month, d int) events.Date { return events.Day(2025, month, d) }
	details := staffing.Details{
		Role: "clinical-pharmacist", Band: "7", Hours: decimal.MustParse("37.5"), Purpose: staffing.Additional,
		Employer: "West Federation Ltd", Model: staffing.Federation, NHSContract: of(false),
		Practices: []events.Practice{"A99001", "A99002"}, PlannedFrom: day(time.June, 1),
	}
	eventstest.Run(t, staffing.Family, []staffing.Event{
		staffing.BaselineStated{Whose: whose, Role: "clinical-pharmacist", WTE: decimal.MustParse("1.6"), Source: "the survey of 2019"},
		staffing.PostPlanned{Whose: whose, Post: 1, Details: details},
		staffing.PostChanged{Whose: whose, Post: 1, From: day(time.July, 1), Details: details, Reason: "It is shared by two practices."},
		staffing.PostAdvanced{Whose: whose, Post: 1, To: staffing.Recruiting, On: day(time.April, 2)},
		staffing.PostFilled{
			Whose: whose, Post: 1, Employee: "Role 1", StartsOn: day(time.June, 16), From: staffing.CommunityPharmacy,
			Scheme: &staffing.Scheme{Name: staffing.PharmacistsInPractice, ApprovedOn: events.Day(2017, time.May, 1), InPostOn: events.Day(2017, time.July, 3), FinishedOn: events.Day(2019, time.June, 30)},
			Before: &staffing.Before{Role: "pharmacy-technician", Until: day(time.June, 15), OnBaseline: true, MoreSenior: true},
		},
		staffing.PostVacated{Whose: whose, Post: 1, LastDay: day(time.December, 31), Why: staffing.Resigned},
		staffing.PostWithdrawn{Whose: whose, Post: 1, On: day(time.December, 31), Reason: "There is no money for it."},
		staffing.StaffReturned{Whose: whose, Month: "2026-06", Source: "NWRS, June 2026", Staff: []staffing.Returned{
			{Group: "Other Direct Patient Care staff", Role: "Pharmacist", Records: 3, People: 2, WTE: decimal.MustParse("2.453333333")},
		}},
		staffing.DirectorTimeReported{Whose: whose, Month: "2025-06", Funded: decimal.MustParse("16"), Spent: staffing.DirectorHours{
			Leadership: decimal.MustParse("6"), Administration: decimal.MustParse("5.5"), Meetings: decimal.MustParse("9"), Finance: decimal.MustParse("2"), HR: decimal.MustParse("1.25"),
		}},
	})
	if e := staffing.Entity("U99001"); e != "staffing-U99001" || !e.Valid() {
		t.Errorf("it is called %s", e)
	}
}

func TestDetailsAreTheSame(t *testing.T) {
	is := staffing.Details{Role: "coach", Hours: decimal.MustParse("30"), NHSContract: of(true), Practices: []events.Practice{"A99001"}, PlannedFrom: events.Day(2025, time.June, 1)}
	same := is
	same.Hours, same.NHSContract, same.Practices = decimal.MustParse("30.00"), of(true), []events.Practice{"A99001"}
	if !is.Same(same) || !is.Same(is) {
		t.Error("what says the same differs")
	}
	for name, change := range map[string]func(*staffing.Details){
		"role":          func(t *staffing.Details) { t.Role = "dietitian" },
		"band":          func(t *staffing.Details) { t.Band = "6" },
		"hours":         func(t *staffing.Details) { t.Hours = decimal.MustParse("30.01") },
		"purpose":       func(t *staffing.Details) { t.Purpose = staffing.Own },
		"employer":      func(t *staffing.Details) { t.Employer = "another" },
		"model":         func(t *staffing.Details) { t.Model = staffing.LeadPractice },
		"contract":      func(t *staffing.Details) { t.NHSContract = of(false) },
		"no contract":   func(t *staffing.Details) { t.NHSContract = nil },
		"practice":      func(t *staffing.Details) { t.Practices = []events.Practice{"A99002"} },
		"all practices": func(t *staffing.Details) { t.Practices = nil },
		"planned":       func(t *staffing.Details) { t.PlannedFrom = events.Day(2025, time.July, 1) },
	} {
		other := is
		if change(&other); is.Same(other) || other.Same(is) {
			t.Errorf("another %s is the same", name)
		}
	}
}
