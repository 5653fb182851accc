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
	return s.all
}
