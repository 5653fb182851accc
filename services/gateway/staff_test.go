package gateway

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/staffing"
)

// staff is that of an estate's networks: posts of each kind, a baseline, a return,
// and director's time.
func (e estate) staff() (all []events.Fact) {
	whose := staffing.Whose{Network: e.network(1)}
	june := func(d int) events.Date { return events.Day(2025, time.June, d) }
	details := staffing.Details{
		Role: "clinical-pharmacist", Band: "7", Hours: decimal.MustParse("37.5"), Purpose: staffing.Additional, Employer: "Federation " + e.mark,
		Model: staffing.Federation, Practices: []events.Practice{e.practice(1)}, PlannedFrom: june(1),
	}
	owned := details
	owned.Model, owned.Role = staffing.LeadPractice, "dietitian"
	all = []events.Fact{
		staffing.PostPlanned{Whose: whose, Post: 1, Details: details},
		staffing.PostFilled{Whose: whose, Post: 1, Employee: "Role 1", StartsOn: june(2), From: staffing.Hospital, Before: &staffing.Before{Role: "clinical-pharmacist", OnBaseline: true}},
		staffing.PostPlanned{Whose: whose, Post: 2, Details: owned},
		staffing.PostFilled{Whose: whose, Post: 2, Employee: "Role 2", StartsOn: june(2), From: staffing.Voluntary},
		staffing.PostVacated{Whose: whose, Post: 2, LastDay: june(20), Why: staffing.Resigned},
		staffing.StaffReturned{Whose: whose, Month: "2025-06", Source: "return " + e.mark, Staff: []staffing.Returned{
			{Group: "Other Admin", Role: "Receptionist", Records: 1, WTE: decimal.MustParse("0.4")},
			{Group: "Other Direct Patient Care staff", Role: "Pharmacist", Records: 2, People: 2, WTE: decimal.MustParse("1.5")},
		}},
		staffing.BaselineStated{Whose: whose, Role: "paramedic", WTE: decimal.MustParse("1"), Source: "survey " + e.mark},
	}
	for i := range 3 { // too few to be shown together
		all = append(all, staffing.DirectorTimeReported{
			Whose: staffing.Whose{Network: e.network(i + 1)}, Month: "2025-06", Funded: decimal.MustParse("16.1"), Spent: staffing.DirectorHours{Leadership: decimal.MustParse("9.9")},
		})
	}
	grace := staffing.Details{Role: "paramedic", Hours: decimal.MustParse("37.5"), Purpose: staffing.Baseline, Employer: "Practice " + e.mark, Model: staffing.FlatPractice, PlannedFrom: june(1)}
	claimed := grace
	claimed.Purpose = staffing.Additional
	unmeasured := claimed // of a role whose baseline nobody has stated
	unmeasured.Role = "physician-associate"
	return append(all,
		staffing.PostPlanned{Whose: whose, Post: 3, Details: grace},
		staffing.PostFilled{Whose: whose, Post: 3, Employee: "Role 3", StartsOn: june(2), From: staffing.Ambulance},
		staffing.PostVacated{Whose: whose, Post: 3, LastDay: events.Day(2026, time.March, 1), Why: staffing.Retired}, // three months before the year's end
		staffing.PostPlanned{Whose: whose, Post: 4, Details: claimed},
		staffing.PostFilled{Whose: whose, Post: 4, Employee: "Role 4", StartsOn: june(2), From: staffing.Ambulance},
		staffing.PostPlanned{Whose: whose, Post: 5, Details: unmeasured},
		staffing.PostFilled{Whose: whose, Post: 5, Employee: "Role 5", StartsOn: june(2), From: staffing.NewlyQualified},
	)
}

// A director's hours are for the own network alone.
func TestWhoSeesADirectorsTime(t *testing.T) {
	s := planted()
	own, other, system := first.network(1).Entity(), first.network(2).Entity(), first.system().Entity()
	question := fmt.Sprintf(`{ network(code: %q) { workforce(year: "2025/26") { directorTime { month funded total leadership } } } }`, first.network(1))
	for _, c := range []struct {
		role ask.Role
		of   events.Entity
		code string // by which it is refused
	}{
		{ask.PCN, own, ""},
		{ask.PCN, other, "FORBIDDEN"},
		{ask.Commissioner, system, "FORBIDDEN"},
		{ask.Finance, system, "FORBIDDEN"},
		{ask.Auditor, ask.England, "FORBIDDEN"},
		{ask.Board, system, "FORBIDDEN"},
		{ask.Practice, own, "FORBIDDEN"},
		{ask.PCN, second.network(1).Entity(), "OTHER_SYSTEM"},
	} {
		a := query(t, s.to(s.somebody(c.role, c.of)), question)
		if got := strings.Join(slices.Compact(a.codes()), " "); got != c.code || (c.code == "") != strings.Contains(a.body, `"9.9"`) {
			t.Errorf("%s of %s: %q, %s", c.role, c.of, got, a.body)
		}
	}
	together := query(t, s.to(s.somebody(ask.Board, system)), fmt.Sprintf(`{ system(code: %q) { workforce(year: "2025/26") { directorTimes(month: "2025-06") { directors { value unknown { code } } spreads { median } } } } }`, first.system()))
	if !strings.Contains(together.body, `"directors":{"value":null,"unknown":{"code":"FEW"}},"spreads":[]`) {
		t.Errorf("three directors are shown together: %s", together.body)
	}
}

// What a network bears of a claim for few people is what single people are paid, and
// who is in a post is theirs too.
func TestFewPeopleAreNotSeenThroughSums(t *testing.T) {
	s := planted()
	system := first.system().Entity()
	question := fmt.Sprintf(`{ network(code: %q) { workforce(year: "2025/26") { networkShare { value unknown { code } } roles { networkShare { value unknown { code } } } postsByRole { role count { value } filled { value unknown { code } } } } }
		system(code: %q) { workforce(year: "2025/26") { roles { people { value unknown { code } } } postsByRole { filled { unknown { code } } vacant { unknown { code } } } reconciliation(month: "2025-06") { roles { role claimed { value unknown { code } } posts { value unknown { code } } } } } } }`,
		first.network(1), first.system())
	board, commissioner := query(t, s.to(s.somebody(ask.Board, system)), question).body, query(t, s.to(s.somebody(ask.Commissioner, system)), question).body
	if strings.Contains(commissioner, `"FEW"`) || !strings.Contains(commissioner, `"networkShare":{"value":"1000.00","unknown":null}`) {
		t.Errorf("a commissioner is told %s", commissioner)
	}
	if n := strings.Count(board, `"FEW"`); n < 10 || strings.Contains(board, `"networkShare":{"value":"`) || strings.Contains(board, `"filled":{"value":"1"`) {
		t.Errorf("a board is told %s", board)
	}
}

// A network that has gone over to another system takes what it says along.
func TestAMovedNetworksWorkforceGoesAlong(t *testing.T) {
	s := entangled()
	moved := string(first.network(5))
	for _, on := range []string{"2024-01-01", "2026-11-02"} {
		a := query(t, s.to(s.somebody(ask.Board, first.system().Entity())), fmt.Sprintf(`{ system(code: %q, on: %q) { networkCount { value } workforce(year: "2025/26") { notSubmitted networks { network } } } }`, first.system(), on))
		if len(a.Errors) > 0 || strings.Contains(a.body, moved) {
			t.Errorf("on %s: %s", on, a.body)
		}
	}
	a := query(t, s.to(s.somebody(ask.Auditor, ask.England)), fmt.Sprintf(`{ system(code: %q, on: "2024-01-01") { workforce(year: "2025/26") { networks { network } } } }`, first.system()))
	if !strings.Contains(a.body, moved) {
		t.Errorf("who sees all of England does not see that it was there: %s", a.body)
	}
}
