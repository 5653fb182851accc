package costing_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/ask/costing"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/costing"
)

func number(s string) *decimal.Decimal {
	d := decimal.MustParse(s)
	return &d
}

func TestForms(t *testing.T) {
	about := costing.About{Network: "U99001", Year: "2025/26", Specification: "Enhanced Health in Care Homes"}
	hourly := events.Rate{Decimal: *number("104.50")}
	fixed, below, beyond := events.GBP(1), events.GBP(-1), fact.MostOfALine+1
	state := func(change func(*costing.StateCost)) ask.Ask {
		a := costing.StateCost{About: about, Line: fact.Line{
			Key: "home-round", What: "weekly home round", Role: "GP", Volume: number("1820"), Unit: "visit",
			Each: number("90"), In: fact.Minutes, Hourly: &hourly, Source: "rota",
		}}
		change(&a)
		return a
	}
	only := func(amount events.GBP) ask.Ask {
		return costing.StateCost{About: about, Line: fact.Line{Key: "k", What: "kit", Fixed: &amount, Source: "invoice"}}
	}
	pays := func(share, reason string) ask.Ask {
		return costing.StatePayment{About: about, StreamKey: "core", Share: *number(share), Reason: reason}
	}
	for name, c := range map[string]struct {
		ask  ask.Ask
		want []string
	}{
		"a cost":                      {state(func(*costing.StateCost) {}), nil},
		"a fixed amount":              {only(fixed), nil},
		"an amount below nothing":     {only(below), []string{"COST_BEYOND "}},
		"an amount beyond all bounds": {only(beyond), []string{"COST_BEYOND "}},
		"a cost beyond all bounds":    {state(func(a *costing.StateCost) { a.Volume, a.Each = number("10000000"), number("100000") }), []string{"COST_BEYOND "}},
		"a cost of which little is known": {state(func(a *costing.StateCost) {
			a.Volume, a.Each, a.In, a.Hourly, a.Unit, a.Role = nil, nil, "", nil, "", ""
		}), nil},
		"a cost of nothing and nobody":   {costing.StateCost{}, []string{"CODE_INVALID network", "YEAR_INVALID year", "NAME_INVALID specification", "KEY_INVALID key", "NAME_INVALID what", "SOURCE_MISSING source"}},
		"a volume of nothing named":      {state(func(a *costing.StateCost) { a.Unit = "" }), []string{"UNIT_MISSING unit"}},
		"a volume below nothing":         {state(func(a *costing.StateCost) { a.Volume = number("-1") }), []string{"QUANTITY_INVALID volume"}},
		"a volume that is too fine":      {state(func(a *costing.StateCost) { a.Volume = number("1.0001") }), []string{"QUANTITY_INVALID volume"}},
		"a volume with zeros":            {state(func(a *costing.StateCost) { a.Volume = number("1.0000") }), nil},
		"time that is too long":          {state(func(a *costing.StateCost) { a.Each = number("100000.01") }), []string{"QUANTITY_INVALID each"}},
		"an hour too dear":               {state(func(a *costing.StateCost) { a.Hourly = &events.Rate{Decimal: *number("10000.1")} }), []string{"QUANTITY_INVALID hourly"}},
		"time in no unit":                {state(func(a *costing.StateCost) { a.In = "" }), []string{"TIME_INVALID in"}},
		"time in another unit":           {state(func(a *costing.StateCost) { a.In = "DAYS" }), []string{"TIME_INVALID in"}},
		"a unit of no time":              {state(func(a *costing.StateCost) { a.Each = nil }), []string{"TIME_INVALID in"}},
		"two costs in one":               {state(func(a *costing.StateCost) { a.Fixed = &fixed }), []string{"COST_TWICE fixed"}},
		"texts that cannot be shown":     {state(func(a *costing.StateCost) { a.Role, a.Source, a.Note, a.Reason = "\x00", "\x00", "\x00", "\x00" }), []string{"NAME_INVALID role", "TEXT_INVALID source", "TEXT_INVALID note", "TEXT_INVALID reason"}},
		"a cost withdrawn":               {costing.WithdrawCost{About: about, Key: "a", Reason: "Twice."}, nil},
		"a cost withdrawn without why":   {costing.WithdrawCost{About: about}, []string{"KEY_INVALID key", "REASON_MISSING reason"}},
		"a stream that pays all":         {pays("100", "All."), nil},
		"a stream that pays none":        {pays("0", "It does not."), nil},
		"a stream that pays a third":     {pays("33.33", "A third."), nil},
		"a stream that pays too finely":  {pays("33.333", "A third."), []string{"SHARE_INVALID share"}},
		"a stream that pays more":        {pays("100.01", "More."), []string{"SHARE_INVALID share"}},
		"a stream that pays less":        {pays("-1", ""), []string{"SHARE_INVALID share", "REASON_MISSING reason"}},
		"a stream that is none of a key": {costing.StatePayment{About: about, Reason: "so"}, []string{"KEY_INVALID stream"}},
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
		if c.want == nil && (c.ask.Concerns() != "network-U99001" || c.ask.Stream() != "costing-U99001-2025-26") {
			t.Errorf("%s concerns %s, on %s", name, c.ask.Concerns(), c.ask.Stream())
		}
	}
}
