package partner

import (
	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/partner"
)

// largest is more than any organisation of the NHS turns over in a year. The sum
// of all partners of a system stays within what an amount can hold.
const largest events.GBP = 10_000_000_000_00

func organisation(f *ask.Form, o partner.Organisation) {
	f.Code("organisation", o.Valid(), string(o), "partner organisation", "RYZ or 8J094")
}

func system(f *ask.Form, s events.ICB) {
	f.Code("system", s.Valid(), string(s), "system", "QZ1 or D4U1Y")
}

func amount(f *ask.Form, path string, a events.GBP) {
	if a > largest || a < -largest {
		f.Note("POSITION_BEYOND", path, "£%s is more than any organisation turns over. Look whether a decimal point is missing: £%s is the most, as a surplus or, below zero, as a deficit.", a, largest)
	}
}

// Problems are what is wrong with the request by its form alone.
func (a RegisterPartner) Problems() []ask.Problem {
	var f ask.Form
	organisation(&f, a.Organisation)
	f.Name("name", a.Name)
	system(&f, a.System)
	f.Year("from", a.From)
	return f
}

// Problems are what is wrong with the request by its form alone.
func (a EndPartner) Problems() []ask.Problem {
	var f ask.Form
	organisation(&f, a.Organisation)
	system(&f, a.System)
	f.Year("last", a.Last)
	f.Reason("reason", a.Reason, true)
	return f
}

// Problems are what is wrong with the request by its form alone.
func (a SetControlTotal) Problems() []ask.Problem {
	var f ask.Form
	organisation(&f, a.Organisation)
	system(&f, a.System)
	f.Year("year", a.Year)
	amount(&f, "amount", a.Amount)
	f.Day("agreedOn", a.AgreedOn)
	f.Reason("reason", a.Reason, false)
	return f
}

// Problems are what is wrong with the request by its form alone.
func (a ReportPosition) Problems() []ask.Problem {
	var f ask.Form
	organisation(&f, a.Organisation)
	f.Year("year", a.Year)
	if a.Month < 1 || a.Month > partner.Months {
		f.Note("MONTH_INVALID", "month", "%d is no month of a financial year. Write 1 for April to 12 for March.", a.Month)
	}
	amount(&f, "plan", a.Plan)
	amount(&f, "actual", a.Actual)
	amount(&f, "forecast", a.Forecast)
	if a.ControlTotal != nil {
		amount(&f, "controlTotal", *a.ControlTotal)
	}
	f.Day("on", a.On)
	if month := partner.Month(a.Year, a.Month); !a.On.IsZero() && !month.To.Before(a.On) {
		f.Note("MONTH_NOT_OVER", "on", "Month %d of %s ends on %s: on %s it is not over. Report it afterwards, or correct the month or the day.", a.Month, a.Year, month.To, a.On)
	}
	f.Reason("reason", a.Reason, false)
	return f
}
