package demo

import (
	"fmt"
	"time"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/ask/funding"
	"github.com/ics-openbook/openbook/api/ask/workforce"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/staffing"
	claimed "github.com/ics-openbook/openbook/events/workforce"
)

// claims are what the first network claims for its additional roles: two months
// are approved and paid by the ledger, one waits, with a role whose maximum
// nobody has found, and one was rejected for its leaver.
func claims() [][]Act {
	s := &story{}
	n := networks[0].code
	s.finance(funding.ReceiveFunding{Act: funding.Act{
		Ledger: s.books(), Money: funding.Money{FundingStream: "arrs_sum", Purpose: "additional-roles", Amount: 600_000_00},
		On: events.Day(2025, time.April, 1), Reference: "ARRS-001",
	}})
	trained, hours := true, decimal.MustParse("37.5")
	person := func(number int, role contract.Key, salary events.GBP, hours decimal.Decimal) claimed.Claimed {
		l := claimed.Claimed{
			Employee: fmt.Sprint("Role ", number), Role: role, StartedOn: events.Day(2024, time.September, 2), Hours: hours,
			Pay: claimed.Pay{Salary: salary, Insurance: salary.Part(9, 100), Pension: salary.Part(20, 100)},
		}
		if role == "clinical-pharmacist" || role == "pharmacy-technician" {
			l.MeetsTraining = &trained
		}
		return l
	}
	month := func(m events.Month, lines ...claimed.Claimed) {
		s.manager(n, workforce.SubmitClaim{Network: n, Month: m, Lines: lines})
	}
	about := func(number int) workforce.About {
		return workforce.About{Network: n, Year: year, Claim: number}
	}
	commissioner := func(a ask.Ask) {
		s.says(a, "person-demo-commissioner", ask.Grant{Role: ask.Commissioner, Of: system.Entity()})
	}
	staff := []claimed.Claimed{
		person(1, "clinical-pharmacist", 4_300_00, hours), person(2, "clinical-pharmacist", 4_550_00, decimal.MustParse("30")),
		person(3, "pharmacy-technician", 2_700_00, hours), person(4, "pharmacy-technician", 2_650_00, decimal.MustParse("22.5")),
	}
	month("2025-06", staff...)
	commissioner(workforce.ApproveClaim{About: about(1)})
	gone := person(5, "clinical-pharmacist", 4_300_00, hours)
	gone.LeftOn = events.Day(2025, time.July, 1)
	month("2025-07", append(staff[:4:4], gone)...)
	commissioner(workforce.RejectClaim{About: about(2), Reasons: []claimed.Reason{{Line: 5, Reason: "They worked one day in July, and the salary is that of the whole month."}}})
	month("2025-07", staff...)
	commissioner(workforce.ApproveClaim{About: about(3)})
	month("2025-08", append(staff[:4:4], person(6, "social-prescribing-link-worker", 2_450_00, hours))...)
	s.posts(n)
	return s.all
}

// posts are those whom the network claims for, one of them with shorter hours than
// its claim; one that is vacant, and one that is sought. One is of the baseline.
func (s *story) posts(n events.PCN) {
	of := workforce.StaffOf{Network: n}
	add := func(number int, role contract.Key, hours string, purpose staffing.Purpose) workforce.PostOf {
		s.manager(n, workforce.PlanPost{StaffOf: of, Details: staffing.Details{
			Role: role, Hours: decimal.MustParse(hours), Purpose: purpose, Employer: "Mill Lane Surgery", Model: staffing.LeadPractice, PlannedFrom: events.Day(2024, time.September, 2),
		}})
		return workforce.PostOf{StaffOf: of, Post: number}
	}
	fill := func(post workforce.PostOf, employee int, from staffing.Sector) {
		s.manager(n, workforce.FillPost{PostOf: post, Employee: fmt.Sprint("Role ", employee), StartsOn: events.Day(2024, time.September, 2), From: from})
	}
	s.manager(n, workforce.StateBaseline{StaffOf: of, Role: "clinical-pharmacist", WTE: decimal.Zero, Source: "the practices' survey of spring 2019"})
	s.manager(n, workforce.StateBaseline{StaffOf: of, Role: "pharmacy-technician", WTE: decimal.One, Source: "the practices' survey of spring 2019"})
	fill(add(1, "clinical-pharmacist", "37.5", staffing.Additional), 1, staffing.Hospital)
	fill(add(2, "clinical-pharmacist", "30", staffing.Additional), 2, staffing.CommunityPharmacy)
	fill(add(3, "pharmacy-technician", "37.5", staffing.Additional), 3, staffing.CommunityPharmacy)
	fill(add(4, "pharmacy-technician", "20", staffing.Additional), 4, staffing.NewlyQualified)
	before := add(5, "pharmacy-technician", "37.5", staffing.Baseline)
	fill(before, 90, staffing.GeneralPractice)
	s.manager(n, workforce.VacatePost{PostOf: before, LastDay: events.Day(2026, time.February, 27), Why: staffing.Retired})
	sought := add(6, "social-prescribing-link-worker", "37.5", staffing.Additional)
	s.manager(n, workforce.AdvancePost{PostOf: sought, To: staffing.Recruiting, On: events.Day(2025, time.August, 4)})
	s.manager(n, workforce.ReturnStaff{StaffOf: of, Month: "2025-06", Source: "invented", Staff: []staffing.Returned{
		{Group: "Other Direct Patient Care staff", Role: "Pharmacist", Records: 2, People: 2, WTE: decimal.MustParse("1.8")},
		{Group: "Other Direct Patient Care staff", Role: "Pharmacy Technician", Records: 3, People: 3, WTE: decimal.MustParse("2.6")},
	}})
	h := decimal.MustParse
	s.manager(n, workforce.ReportDirectorTime{StaffOf: of, Month: "2025-06", Funded: h("16"), Spent: staffing.DirectorHours{
		Leadership: h("6"), Administration: h("7.5"), Meetings: h("11"), Finance: h("2"), HR: h("3.5"),
	}})
}
