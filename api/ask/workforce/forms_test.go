package workforce_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/ask/workforce"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/workforce"
)

func of[T any](v T) *T { return &v }

func hours(s string) decimal.Decimal { return decimal.MustParse(s) }

func coach(employee string) fact.Claimed {
	return fact.Claimed{Employee: employee, Role: "health-wellbeing-coach", StartedOn: events.Day(2024, 9, 1), Hours: hours("37.5"), Pay: fact.Pay{Salary: 2_500_00}}
}

func pharmacist() fact.Claimed {
	l := coach("Role 1")
	l.Role, l.MeetsTraining = "clinical-pharmacist", of(true)
	return l
}

func TestForms(t *testing.T) {
	claim := func(change func(*fact.Claimed)) ask.Ask {
		l := coach("Role 1")
		change(&l)
		return workforce.SubmitClaim{Network: "U99001", Month: "2025-06", Lines: []fact.Claimed{l}}
	}
	trained := func(change func(*fact.Claimed)) ask.Ask {
		l := pharmacist()
		change(&l)
		return workforce.SubmitClaim{Network: "U99001", Month: "2025-06", Lines: []fact.Claimed{l}}
	}
	all := func(lines ...fact.Claimed) ask.Ask {
		return workforce.SubmitClaim{Network: "U99001", Month: "2025-06", Lines: lines}
	}
	adjust := func(lines ...workforce.Adjustment) ask.Ask {
		return workforce.AdjustClaims{Network: "U99001", Year: "2025/26", Reason: "The rise.", Lines: lines}
	}
	about := workforce.About{Network: "U99001", Year: "2025/26", Claim: 1}
	same := func(*fact.Claimed) {}
	for name, c := range map[string]struct {
		ask  ask.Ask
		want []string
	}{
		"a claim":                        {claim(same), nil},
		"of a pharmacist":                {trained(same), nil},
		"of nobody for no month":         {workforce.SubmitClaim{}, []string{"CODE_INVALID network", "MONTH_INVALID month", "LINES_MISSING lines"}},
		"of too many":                    {all(slices.Repeat([]fact.Claimed{coach("Role 1")}, workforce.MostLines+1)...), []string{"TOO_MANY lines"}},
		"an empty line":                  {all(fact.Claimed{}), []string{"EMPLOYEE_INVALID lines.0.employee", "KEY_INVALID lines.0.role", "DATE_MISSING lines.0.startedOn", "HOURS_INVALID lines.0.hoursWorkedPerWeek"}},
		"one person twice":               {all(coach("Role 1"), coach("Role 2"), coach("Role 1")), []string{"EMPLOYEE_TWICE lines.2.employee"}},
		"a name":                         {claim(func(l *fact.Claimed) { l.Employee = "Ann Other" }), []string{"EMPLOYEE_INVALID lines.0.employee"}},
		"role nought":                    {claim(func(l *fact.Claimed) { l.Employee = "Role 0" }), []string{"EMPLOYEE_INVALID lines.0.employee"}},
		"a formula":                      {claim(func(l *fact.Claimed) { l.Employee = "Role =1" }), []string{"EMPLOYEE_INVALID lines.0.employee"}},
		"an area":                        {claim(func(l *fact.Claimed) { l.Area = fact.OuterLondon }), nil},
		"no such area":                   {claim(func(l *fact.Claimed) { l.Area = "LONDON" }), []string{"AREA_INVALID lines.0.area"}},
		"who left before they came":      {claim(func(l *fact.Claimed) { l.LeftOn = events.Day(2024, 8, 31) }), []string{"ENDS_BEFORE_START lines.0.leftOn"}},
		"who stayed for a day":           {claim(func(l *fact.Claimed) { l.LeftOn = l.StartedOn }), nil},
		"no hours":                       {claim(func(l *fact.Claimed) { l.Hours = hours("0") }), []string{"HOURS_INVALID lines.0.hoursWorkedPerWeek"}},
		"hardly an hour":                 {claim(func(l *fact.Claimed) { l.Hours = hours("0.99") }), []string{"HOURS_INVALID lines.0.hoursWorkedPerWeek"}},
		"an hour":                        {claim(func(l *fact.Claimed) { l.Hours = hours("1") }), nil},
		"forty hours":                    {claim(func(l *fact.Claimed) { l.Hours = hours("40.00") }), nil},
		"a moment more":                  {claim(func(l *fact.Claimed) { l.Hours = hours("40.01") }), []string{"HOURS_INVALID lines.0.hoursWorkedPerWeek"}},
		"41 hours":                       {claim(func(l *fact.Claimed) { l.Hours = hours("41") }), []string{"HOURS_INVALID lines.0.hoursWorkedPerWeek"}},
		"a thousandth of an hour":        {claim(func(l *fact.Claimed) { l.Hours = hours("37.505") }), []string{"HOURS_INVALID lines.0.hoursWorkedPerWeek"}},
		"the most of all":                {claim(func(l *fact.Claimed) { l.Pay = fact.Pay{Salary: 10_000_00, Insurance: 1_000_00, Pension: 10_000_00} }), nil},
		"a salary too large":             {claim(func(l *fact.Claimed) { l.Salary = 10_000_01 }), []string{"AMOUNT_INVALID lines.0.monthlySalary"}},
		"insurance too large":            {claim(func(l *fact.Claimed) { l.Insurance = 1_000_01 }), []string{"AMOUNT_INVALID lines.0.monthlyEmployersNI"}},
		"a pension too large":            {claim(func(l *fact.Claimed) { l.Pension = 10_000_01 }), []string{"AMOUNT_INVALID lines.0.monthlyEmployersPension"}},
		"all below nothing":              {claim(func(l *fact.Claimed) { l.Pay = fact.Pay{Salary: -1, Insurance: -1, Pension: -1} }), []string{"AMOUNT_INVALID lines.0.monthlySalary", "AMOUNT_INVALID lines.0.monthlyEmployersNI", "AMOUNT_INVALID lines.0.monthlyEmployersPension"}},
		"fees of a coach":                {claim(func(l *fact.Claimed) { l.Fees = 1 }), []string{"FEES_INVALID lines.0.monthlyFees"}},
		"fees of a link worker":          {claim(func(l *fact.Claimed) { l.Role, l.Fees = "social-prescribing-link-worker", 1_000_00 }), nil},
		"fees too large":                 {claim(func(l *fact.Claimed) { l.Role, l.Fees = "social-prescribing-link-worker", 1_000_01 }), []string{"AMOUNT_INVALID lines.0.monthlyFees"}},
		"a coach's training":             {claim(func(l *fact.Claimed) { l.MeetsTraining = of(true) }), []string{"TRAINING_INVALID lines.0.meetsTrainingRequirements"}},
		"a pharmacist's, not said":       {trained(func(l *fact.Claimed) { l.MeetsTraining = nil }), []string{"TRAINING_MISSING lines.0.meetsTrainingRequirements"}},
		"a pharmacist's, not explained":  {trained(func(l *fact.Claimed) { l.MeetsTraining = of(false) }), []string{"REASON_MISSING lines.0.reasonsTrainingNotMet"}},
		"a pharmacist's, explained":      {trained(func(l *fact.Claimed) { l.MeetsTraining, l.TrainingNotMetFor = of(false), "Begins in May." }), nil},
		"a technician's":                 {trained(func(l *fact.Claimed) { l.Role, l.MeetsTraining = "pharmacy-technician", nil }), []string{"TRAINING_MISSING lines.0.meetsTrainingRequirements"}},
		"a reason for nothing":           {trained(func(l *fact.Claimed) { l.TrainingNotMetFor = "Why?" }), []string{"TRAINING_INVALID lines.0.reasonsTrainingNotMet"}},
		"a reason of two lines":          {trained(func(l *fact.Claimed) { l.MeetsTraining, l.TrainingNotMetFor = of(false), "a\nb" }), []string{"TEXT_INVALID lines.0.reasonsTrainingNotMet"}},
		"an adjustment":                  {adjust(workforce.Adjustment{Claim: 1, Employee: "Role 1", Pay: fact.Pay{Salary: 1}}), nil},
		"of nothing":                     {workforce.AdjustClaims{}, []string{"CODE_INVALID network", "YEAR_INVALID year", "REASON_MISSING reason", "LINES_MISSING lines"}},
		"of no claim and nobody":         {adjust(workforce.Adjustment{}), []string{"NUMBER_INVALID lines.0.claim", "EMPLOYEE_INVALID lines.0.employee"}},
		"of one line twice":              {adjust(workforce.Adjustment{Claim: 1, Employee: "Role 1"}, workforce.Adjustment{Claim: 1, Employee: "Role 1"}), []string{"EMPLOYEE_TWICE lines.1.employee"}},
		"of one person in two claims":    {adjust(workforce.Adjustment{Claim: 1, Employee: "Role 1"}, workforce.Adjustment{Claim: 2, Employee: "Role 1"}), nil},
		"an approval":                    {workforce.ApproveClaim{About: about}, nil},
		"of no claim":                    {workforce.ApproveClaim{}, []string{"CODE_INVALID network", "YEAR_INVALID year", "NUMBER_INVALID claim"}},
		"with a figure":                  {workforce.ApproveClaim{About: about, Figures: []fact.Figure{{Line: 1, Maximum: 500_000_00, Source: "letter"}}}, nil},
		"with a figure of nothing":       {workforce.ApproveClaim{About: about, Figures: []fact.Figure{{}}}, []string{"NUMBER_INVALID figures.0.line", "AMOUNT_INVALID figures.0.maximum", "SOURCE_MISSING figures.0.source"}},
		"with a figure too large":        {workforce.ApproveClaim{About: about, Figures: []fact.Figure{{Line: 1, Maximum: 500_000_01, Source: "letter"}}}, []string{"AMOUNT_INVALID figures.0.maximum"}},
		"with two figures for a line":    {workforce.ApproveClaim{About: about, Figures: []fact.Figure{{Line: 1, Maximum: 1, Source: "a"}, {Line: 1, Maximum: 2, Source: "b"}}}, []string{"LINE_TWICE figures.1.line"}},
		"a rejection":                    {workforce.RejectClaim{About: about, Reasons: []fact.Reason{{Line: 2, Reason: "Left in May."}, {Reason: "All of it."}}}, nil},
		"without a reason":               {workforce.RejectClaim{About: about}, []string{"REASON_MISSING reasons"}},
		"with an empty one":              {workforce.RejectClaim{About: about, Reasons: []fact.Reason{{Line: -1}}}, []string{"NUMBER_INVALID reasons.0.line", "REASON_MISSING reasons.0.reason"}},
		"a withdrawal":                   {workforce.WithdrawClaim{About: about, Reason: "A line is missing."}, nil},
		"a withdrawal without a reason":  {workforce.WithdrawClaim{About: about}, []string{"REASON_MISSING reason"}},
		"figures for more than a claim":  {workforce.ApproveClaim{About: about, Figures: make([]fact.Figure, workforce.MostLines+1)}, []string{"TOO_MANY lines"}},
		"reasons for more than a claim":  {workforce.RejectClaim{About: about, Reasons: make([]fact.Reason, workforce.MostLines+1)}, []string{"TOO_MANY lines"}},
		"a month that is a day":          {workforce.SubmitClaim{Network: "U99001", Month: "2025-06-01", Lines: []fact.Claimed{coach("Role 1")}}, []string{"MONTH_INVALID month"}},
		"a pay of an adjustment too low": {adjust(workforce.Adjustment{Claim: 1, Employee: "Role 1", Pay: fact.Pay{Salary: -1}}), []string{"AMOUNT_INVALID lines.0.monthlySalary"}},
	} {
		var got []string
		for _, p := range c.ask.Problems() {
			got = append(got, p.Code+" "+p.Path)
			if !strings.HasSuffix(p.Message, ".") || p.Message == "" {
				t.Errorf("%s: %q is no sentence", name, p.Message)
			}
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want, +got):\n%s", name, d)
		}
	}
}

func TestWhereItIsDecided(t *testing.T) {
	for _, a := range []ask.Ask{
		workforce.SubmitClaim{Network: "U99001", Month: "2026-03"}, workforce.AdjustClaims{Network: "U99001", Year: "2025/26"},
		workforce.ApproveClaim{About: workforce.About{Network: "U99001", Year: "2025/26"}},
	} {
		if a.Stream() != "workforce-U99001-2025-26" || a.Concerns() != "network-U99001" || len(ask.May(a.Subject())) == 0 {
			t.Errorf("%s is decided on %s and concerns %s", a.Subject(), a.Stream(), a.Concerns())
		}
	}
}
