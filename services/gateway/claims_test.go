package gateway

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/workforce"
)

// claims are one of each kind, of an estate's network: one that is approved, one
// that adds to it, one that is rejected, one that waits.
func (e estate) claims() (all []events.Fact) {
	whose := workforce.Workforce{Network: e.network(1), Year: "2025/26"}
	limit, reimbursable, untrained := events.GBP(5_581_00), events.GBP(5_000_00), false
	line := workforce.Line{
		Claimed: workforce.Claimed{
			Employee: "Role 1", Role: "clinical-pharmacist", Area: workforce.InnerLondon, StartedOn: whose.Year.First(), LeftOn: whose.Year.Last(), Hours: decimal.MustParse("37.5"),
			Pay: workforce.Pay{Salary: 4_000_00, Insurance: 400_00, Pension: 500_00, Fees: 100_00}, MeetsTraining: &untrained, TrainingNotMetFor: "training " + e.mark,
		},
		Days: 30, Maxima: []workforce.Ceiling{{Maximum: 66_972_00, Share: 100, Days: 30, Entry: "money-1"}}, Limit: &limit, Reimbursable: &reimbursable,
	}
	unknown := line
	unknown.Limit, unknown.Reimbursable, unknown.Maxima = nil, nil, []workforce.Ceiling{{Share: 100, Days: 30, Entry: "money-1"}}
	manager, commissioner := e.person("director"), e.person("commissioner")
	return []events.Fact{
		workforce.ClaimSubmitted{Workforce: whose, Number: 1, Month: "2025-06", Lines: []workforce.Line{line, unknown}, Late: true, By: manager},
		workforce.ClaimApproved{
			Workforce: whose, Claim: 1, Figures: []workforce.Figure{{Line: 2, Maximum: 60_000_00, Source: "letter " + e.mark}},
			Amounts: []events.GBP{5_000_00, 5_000_00}, Amount: 9_000_00, Lost: 1_000_00, By: commissioner,
		},
		workforce.AdjustmentSubmitted{Workforce: whose, Number: 2, Reason: "rise " + e.mark, By: manager, Lines: []workforce.Added{
			{Claim: 1, At: 1, Month: "2025-06", Was: 5_000_00, Line: line, More: 12_34},
		}},
		workforce.ClaimRejected{Workforce: whose, Claim: 2, Reasons: []workforce.Reason{{Line: 1, Reason: "line " + e.mark}, {Reason: "all " + e.mark}}, By: commissioner},
		workforce.ClaimSubmitted{Workforce: whose, Number: 3, Month: "2025-07", Lines: []workforce.Line{unknown}, By: manager},
	}
}

// What single people are paid is for their network, and for those who pay for it.
func TestWhatPeopleArePaid(t *testing.T) {
	s := planted()
	own, other, system := first.network(1).Entity(), first.network(2).Entity(), first.system().Entity()
	lines := func(n events.PCN) string {
		return fmt.Sprintf(`{ network(code: %q) { workforce(year: "2025/26") { claims(first: 9) { nodes { lines { totalCost } } } } } }`, n)
	}
	few := fmt.Sprintf(`{ network(code: %q) { workforce(year: "2025/26") { roles { people { value } } } } }`, first.network(1))
	for _, c := range []struct {
		role ask.Role
		of   events.Entity
		code string // by which it is refused
	}{
		{ask.PCN, own, ""},
		{ask.PCN, other, "FORBIDDEN"},
		{ask.Commissioner, system, ""},
		{ask.Finance, system, ""},
		{ask.Auditor, system, ""},
		{ask.Auditor, ask.England, ""},
		{ask.Board, system, "FORBIDDEN"},
		{ask.LMC, system, "FORBIDDEN"},
		{ask.Steward, system, "FORBIDDEN"},
		{ask.Practice, own, "FORBIDDEN"},
		{ask.Commissioner, second.system().Entity(), "OTHER_SYSTEM"},
	} {
		who := s.to(s.somebody(c.role, c.of))
		a := query(t, who, lines(first.network(1)))
		if got := strings.Join(slices.Compact(a.codes()), " "); got != c.code || (c.code == "") != strings.Contains(a.body, `"5000.00"`) {
			t.Errorf("%s of %s: %q, %s", c.role, c.of, got, a.body)
		}
		if c.code == "OTHER_SYSTEM" {
			continue
		}
		// its role has one person alone
		if b := query(t, who, few).body; strings.Contains(b, `"value":"1"`) != (c.code == "") {
			t.Errorf("%s of %s is told of the people of a role: %s", c.role, c.of, b)
		}
	}
}
