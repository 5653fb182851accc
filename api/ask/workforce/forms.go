package workforce

import (
	"fmt"
	"strings"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/workforce"
)

// Limits of the national portal's form, and of what travels at once.
const (
	MostLines   = 300 // of a claim
	MostSalary  = events.GBP(10_000_00)
	MostNI      = events.GBP(1_000_00)
	MostPension = events.GBP(10_000_00)
	MostFees    = events.GBP(1_000_00)
	LeastHours  = 1
	MostHours   = 40
	// MostMaximum is the most a commissioner can mean by a yearly maximum.
	MostMaximum = events.GBP(500_000_00)
)

// LinkWorker is the role of which alone fees are claimed.
const LinkWorker contract.Key = "social-prescribing-link-worker"

const (
	pharmacist = contract.Key("clinical-pharmacist")
	technician = contract.Key("pharmacy-technician")
)

// Problems are what is wrong with the request by its form alone.
func (a SubmitClaim) Problems() []ask.Problem {
	var f ask.Form
	network(&f, a.Network)
	if !a.Month.Valid() {
		f.Note("MONTH_INVALID", "month", "%q is not a month. Write it as 2025-06.", ask.Clip(string(a.Month)))
	}
	if many(&f, len(a.Lines)) {
		return f
	}
	seen := map[string]bool{}
	for i, l := range a.Lines {
		line(&f, fmt.Sprintf("lines.%d.", i), l)
		if seen[l.Employee] {
			f.Note("EMPLOYEE_TWICE", fmt.Sprintf("lines.%d.employee", i), "%s has a line in this claim already. Put what one person has cost in a month into one line.", ask.Clip(l.Employee))
		}
		seen[l.Employee] = true
	}
	return f
}

// Problems are what is wrong with the request by its form alone.
func (a AdjustClaims) Problems() []ask.Problem {
	var f ask.Form
	network(&f, a.Network)
	f.Year("year", a.Year)
	f.Reason("reason", a.Reason, ask.Required)
	if many(&f, len(a.Lines)) {
		return f
	}
	type which struct {
		claim    int
		employee string
	}
	first := map[which]int{}
	for i, l := range a.Lines {
		at := fmt.Sprintf("lines.%d.", i)
		number(&f, at+"claim", l.Claim)
		employee(&f, at+"employee", l.Employee)
		pay(&f, at, l.Pay)
		if before, twice := first[which{l.Claim, l.Employee}]; twice {
			f.Note("EMPLOYEE_TWICE", at+"employee", "Line %d adjusts %s of claim %d already.", before+1, ask.Clip(l.Employee), l.Claim)
			continue
		}
		first[which{l.Claim, l.Employee}] = i
	}
	return f
}

func (a About) form() (f ask.Form) {
	network(&f, a.Network)
	f.Year("year", a.Year)
	number(&f, "claim", a.Claim)
	return f
}

// Problems are what is wrong with the request by its form alone.
func (a ApproveClaim) Problems() []ask.Problem {
	f := a.form()
	if len(a.Figures) > MostLines {
		many(&f, len(a.Figures))
		return f
	}
	first := map[int]bool{}
	for i, one := range a.Figures {
		at := fmt.Sprintf("figures.%d.", i)
		number(&f, at+"line", one.Line)
		if one.Maximum <= 0 || one.Maximum > MostMaximum {
			f.Note("AMOUNT_INVALID", at+"maximum", "£%s is no yearly maximum: write one above nothing and up to £%s.", one.Maximum, MostMaximum)
		}
		if strings.TrimSpace(one.Source) == "" {
			f.Note("SOURCE_MISSING", at+"source", "Say where the maximum is known from, such as the letter of a day.")
		}
		f.Reason(at+"source", one.Source, ask.Optional)
		if first[one.Line] {
			f.Note("LINE_TWICE", at+"line", "There is a figure for line %d already.", one.Line)
		}
		first[one.Line] = true
	}
	return f
}

// Problems are what is wrong with the request by its form alone.
func (a RejectClaim) Problems() []ask.Problem {
	f := a.form()
	if len(a.Reasons) == 0 {
		f.Note("REASON_MISSING", "reasons", "Say what is wrong with the claim, line by line where you can: the network wants to mend it.")
	}
	if len(a.Reasons) > MostLines {
		many(&f, len(a.Reasons))
		return f
	}
	for i, r := range a.Reasons {
		at := fmt.Sprintf("reasons.%d.", i)
		if r.Line != 0 {
			number(&f, at+"line", r.Line)
		}
		f.Reason(at+"reason", r.Reason, ask.Required)
	}
	return f
}

// Problems are what is wrong with the request by its form alone.
func (a WithdrawClaim) Problems() []ask.Problem {
	f := a.form()
	f.Reason("reason", a.Reason, ask.Required)
	return f
}

func network(f *ask.Form, code events.PCN) {
	f.Code("network", code.Valid(), string(code), "network", "U12345")
}

func number(f *ask.Form, path string, n int) {
	if n < 1 || n > 1_000_000 {
		f.Note("NUMBER_INVALID", path, "%d is no such number: they are counted from 1.", n)
	}
}

// many notes that there is no line, or more than travel at once.
func many(f *ask.Form, lines int) bool {
	switch {
	case lines == 0:
		f.Note("LINES_MISSING", "lines", "There is no line. Write one for each person.")
	case lines > MostLines:
		f.Note("TOO_MANY", "lines", "There are %d lines; %d is the most for one request.", lines, MostLines)
	default:
		return false
	}
	return true
}

// employee notes what is not the portal's word for somebody: it keeps names out.
func employee(f *ask.Form, path, s string) {
	digits, is := strings.CutPrefix(s, "Role ")
	if !is || digits == "" || digits[0] == '0' || len(digits) > 4 || strings.Trim(digits, "0123456789") != "" {
		f.Note("EMPLOYEE_INVALID", path, "%q is not how an employee is written. Write Role 1, Role 2 and so on, the same for the same person in every month: no names.", ask.Clip(s))
	}
}

func pay(f *ask.Form, at string, p workforce.Pay) {
	for _, one := range []struct {
		path string
		is   events.GBP
		most events.GBP
	}{
		{"monthlySalary", p.Salary, MostSalary}, {"monthlyEmployersNI", p.Insurance, MostNI},
		{"monthlyEmployersPension", p.Pension, MostPension}, {"monthlyFees", p.Fees, MostFees},
	} {
		if one.is < 0 || one.is > one.most {
			f.Note("AMOUNT_INVALID", at+one.path, "£%s is beyond the portal's form: it is £0.00 to £%s for a month.", one.is, one.most)
		}
	}
}

func line(f *ask.Form, at string, l workforce.Claimed) {
	employee(f, at+"employee", l.Employee)
	if !l.Role.Valid() {
		f.Note("KEY_INVALID", at+"role", "%q is not the key of a role. It looks like clinical-pharmacist.", ask.Clip(string(l.Role)))
	}
	switch l.Area {
	case workforce.Elsewhere, workforce.OuterLondon, workforce.InnerLondon:
	default:
		f.Note("AREA_INVALID", at+"area", "%q is no area. Write OUTER_LONDON or INNER_LONDON, or leave it out.", ask.Clip(string(l.Area)))
	}
	f.Day(at+"startedOn", l.StartedOn)
	if !l.LeftOn.IsZero() {
		f.Order(at+"leftOn", events.Period{From: l.StartedOn, To: l.LeftOn})
	}
	least, most := decimal.MustNew(LeastHours, 0), decimal.MustNew(MostHours, 0)
	if _, fits := workforce.Hundredths(l.Hours); !fits || l.Hours.Cmp(least) < 0 || l.Hours.Cmp(most) > 0 {
		f.Note("HOURS_INVALID", at+"hoursWorkedPerWeek", "%s is beyond the portal's form: it is %d to %d hours a week, with at most two decimals. One WTE is 37.5.", l.Hours, LeastHours, MostHours)
	}
	pay(f, at, l.Pay)
	if l.Fees != 0 && l.Role != LinkWorker {
		f.Note("FEES_INVALID", at+"monthlyFees", "Fees are claimed for social prescribing link workers alone.")
	}
	trained := l.Role == pharmacist || l.Role == technician
	switch {
	case trained && l.MeetsTraining == nil:
		f.Note("TRAINING_MISSING", at+"meetsTrainingRequirements", "Say whether they meet the training requirements: of pharmacists and pharmacy technicians the portal asks it.")
	case !trained && (l.MeetsTraining != nil || l.TrainingNotMetFor != ""):
		f.Note("TRAINING_INVALID", at+"meetsTrainingRequirements", "Training is asked of pharmacists and pharmacy technicians alone. Leave it out.")
	case trained && !*l.MeetsTraining && strings.TrimSpace(l.TrainingNotMetFor) == "":
		f.Note("REASON_MISSING", at+"reasonsTrainingNotMet", "Say why they do not meet the training requirements yet.")
	case trained && *l.MeetsTraining && l.TrainingNotMetFor != "":
		f.Note("TRAINING_INVALID", at+"reasonsTrainingNotMet", "They meet the requirements: leave the reason out.")
	}
	f.Reason(at+"reasonsTrainingNotMet", l.TrainingNotMetFor, ask.Optional)
}
