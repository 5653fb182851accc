package partner_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/ask/partner"
	"github.com/ics-openbook/openbook/events"
)

func TestForms(t *testing.T) {
	day := events.Day(2025, time.July, 15)
	beyond := events.GBP(10_000_000_000_01)
	register := func(change func(*partner.RegisterPartner)) ask.Ask {
		a := partner.RegisterPartner{Organisation: "RYZ", Name: "Valley Hospitals", System: "QZ1", From: "2025/26"}
		change(&a)
		return a
	}
	end := func(change func(*partner.EndPartner)) ask.Ask {
		a := partner.EndPartner{Organisation: "RYZ", System: "QZ1", Last: "2025/26", Reason: "Merged."}
		change(&a)
		return a
	}
	total := func(change func(*partner.SetControlTotal)) ask.Ask {
		a := partner.SetControlTotal{Organisation: "RYZ", System: "QZ1", Year: "2025/26", Amount: -1, AgreedOn: day}
		change(&a)
		return a
	}
	report := func(change func(*partner.ReportPosition)) ask.Ask {
		a := partner.ReportPosition{Organisation: "RYZ", Year: "2025/26", Month: 3, On: day}
		change(&a)
		return a
	}
	for name, c := range map[string]struct {
		ask  ask.Ask
		want []string
	}{
		"a partner":                            {register(func(*partner.RegisterPartner) {}), nil},
		"a partner of nothing":                 {partner.RegisterPartner{}, []string{"CODE_INVALID organisation", "NAME_INVALID name", "CODE_INVALID system", "YEAR_INVALID from"}},
		"a partner that leaves":                {end(func(*partner.EndPartner) {}), nil},
		"a partner that leaves without a word": {end(func(a *partner.EndPartner) { a.Reason = " " }), []string{"REASON_MISSING reason"}},
		"nobody leaves":                        {partner.EndPartner{Reason: strings.Repeat("a", 501)}, []string{"CODE_INVALID organisation", "CODE_INVALID system", "YEAR_INVALID last", "TEXT_TOO_LONG reason"}},
		"a deficit to end with":                {total(func(*partner.SetControlTotal) {}), nil},
		"a total of no day":                    {total(func(a *partner.SetControlTotal) { a.AgreedOn = events.Date{} }), []string{"DATE_MISSING agreedOn"}},
		"a total beyond all bounds":            {total(func(a *partner.SetControlTotal) { a.Amount = beyond }), []string{"POSITION_BEYOND amount"}},
		"a deficit beyond all bounds":          {total(func(a *partner.SetControlTotal) { a.Amount = -beyond }), []string{"POSITION_BEYOND amount"}},
		"a total of nobody":                    {partner.SetControlTotal{AgreedOn: day}, []string{"CODE_INVALID organisation", "CODE_INVALID system", "YEAR_INVALID year"}},
		"a report":                             {report(func(*partner.ReportPosition) {}), nil},
		"a report of no month":                 {report(func(a *partner.ReportPosition) { a.Month = 13 }), []string{"MONTH_INVALID month"}},
		"a report of month 0":                  {report(func(a *partner.ReportPosition) { a.Month = 0 }), []string{"MONTH_INVALID month"}},
		"a report on the month's last day":     {report(func(a *partner.ReportPosition) { a.On = events.Day(2025, time.June, 30) }), []string{"MONTH_NOT_OVER on"}},
		"a report on the day after":            {report(func(a *partner.ReportPosition) { a.On = events.Day(2025, time.July, 1) }), nil},
		"a report of figures beyond all bounds": {report(func(a *partner.ReportPosition) {
			a.Plan, a.Actual, a.Forecast, a.ControlTotal = beyond, beyond, beyond, &beyond
		}), []string{"POSITION_BEYOND plan", "POSITION_BEYOND actual", "POSITION_BEYOND forecast", "POSITION_BEYOND controlTotal"}},
		"a report of nobody": {partner.ReportPosition{Reason: "\x00"}, []string{"CODE_INVALID organisation", "YEAR_INVALID year", "MONTH_INVALID month", "DATE_MISSING on", "TEXT_INVALID reason"}},
	} {
		var got []string
		for _, p := range c.ask.Problems() {
			got = append(got, p.Code+" "+p.Path)
			if !strings.HasSuffix(p.Message, ".") || strings.Contains(p.Message, "%!") {
				t.Errorf("%s: it says %q", name, p.Message)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}

// Who may ask is judged by whose business it is.
func TestWhoseBusinessItIs(t *testing.T) {
	for _, c := range []struct {
		a    ask.Ask
		want events.Entity
	}{
		{partner.RegisterPartner{Organisation: "RYZ", System: "QZ1"}, "system-QZ1"},
		{partner.EndPartner{Organisation: "RYZ", System: "QZ1"}, "system-QZ1"},
		{partner.SetControlTotal{Organisation: "RYZ", System: "QZ1"}, "system-QZ1"},
		{partner.ReportPosition{Organisation: "RYZ"}, "partner-RYZ"},
	} {
		if c.a.Concerns() != c.want || c.a.Stream() != "partner-RYZ" {
			t.Errorf("%s concerns %s, on %s", c.a.Subject(), c.a.Concerns(), c.a.Stream())
		}
	}
}
