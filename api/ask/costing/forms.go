package costing

import (
	"slices"
	"strings"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/costing"
)

func (a About) form() (f ask.Form) {
	f.Code("network", a.Network.Valid(), string(a.Network), "network", "U12345")
	f.Year("year", a.Year)
	f.Name("specification", a.Specification)
	return f
}

func key(f *ask.Form, path string, k contract.Key) {
	if !k.Valid() {
		f.Note("KEY_INVALID", path, "%q names nothing. Write 1 to 60 letters, digits, hyphens, underscores or dots, such as home-round.", ask.Clip(string(k)))
	}
}

// Problems are what is wrong with the request by its form alone.
func (a StateCost) Problems() []ask.Problem {
	f := a.form()
	key(&f, "key", a.Key)
	f.Name("what", a.What)
	for _, text := range []struct{ path, s string }{{"role", a.Role}, {"unit", a.Unit}} {
		if text.s != "" {
			f.Name(text.path, text.s)
		}
	}
	number(&f, "volume", a.Volume, costing.MostVolume, costing.VolumeDigits)
	number(&f, "each", a.Each, costing.MostEach, costing.EachDigits)
	if a.Hourly != nil {
		number(&f, "hourly", &a.Hourly.Decimal, costing.MostHourly, costing.HourlyDigits)
	}
	if a.Volume != nil && a.Unit == "" {
		f.Note("UNIT_MISSING", "unit", "Say what there are %s of, such as visits.", a.Volume)
	}
	if (a.Each != nil) != (a.In != "") || a.In != "" && !slices.Contains(costing.TimeUnits, a.In) {
		f.Note("TIME_INVALID", "in", "Say how long each takes together with what that is counted in: MINUTES or HOURS.")
	}
	if a.Fixed != nil && (a.Volume != nil || a.Each != nil || a.Hourly != nil) {
		f.Note("COST_TWICE", "fixed", "A cost is a fixed amount, or a volume with time and hourly cost, not both. Make two lines of it.")
	}
	if len(f) == 0 && a.Stated() {
		if cost, err := a.Cost(); err != nil || cost < 0 || cost > costing.MostOfALine {
			f.Note("COST_BEYOND", "", "The line comes to less than nothing or to more than £%s. Look whether a decimal point is missing.", costing.MostOfALine)
		}
	}
	if strings.TrimSpace(a.Source) == "" {
		f.Note("SOURCE_MISSING", "source", "Say where the figures are known from, such as the rota or the payroll of a month.")
	}
	f.Reason("source", a.Source, false)
	f.Reason("note", a.Note, false)
	f.Reason("reason", a.Reason, false)
	return f
}

// number notes a figure that is below nothing, too large, or finer than any is.
func number(f *ask.Form, path string, d *decimal.Decimal, most int64, digits int) {
	if d != nil && (d.IsNeg() || d.Cmp(decimal.MustNew(most, 0)) > 0 || d.Trim(0).Scale() > digits) {
		f.Note("QUANTITY_INVALID", path, "%s is no such figure: it is 0 to %d, with at most %d decimals. Leave out what is not known: it is shown as owed.", d, most, digits)
	}
}

// Problems are what is wrong with the request by its form alone.
func (a WithdrawCost) Problems() []ask.Problem {
	f := a.form()
	key(&f, "key", a.Key)
	f.Reason("reason", a.Reason, true)
	return f
}

var whole = decimal.MustNew(100, 0)

// Problems are what is wrong with the request by its form alone.
func (a StatePayment) Problems() []ask.Problem {
	f := a.form()
	key(&f, "stream", a.StreamKey)
	if a.Share.IsNeg() || a.Share.Cmp(whole) > 0 || a.Share.Trim(0).Scale() > costing.DigitsOfShare {
		f.Note("SHARE_INVALID", "share", "%s is no share: it is 0 to 100 per cent, with at most two decimals.", a.Share)
	}
	f.Reason("reason", a.Reason, true)
	return f
}
