package costing_test

import (
	"errors"
	"math/big"
	"testing"

	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/costing"
	"github.com/ics-openbook/openbook/events/eventstest"
)

func number(s string) *decimal.Decimal {
	d := decimal.MustParse(s)
	return &d
}

func hourly(s string) *events.Rate {
	r, err := events.ParseRate(s)
	if err != nil {
		panic(err)
	}
	return &r
}

func TestFacts(t *testing.T) {
	of := costing.Costing{Network: "U99001", Year: "2025/26"}
	fixed := events.GBP(1_200_00)
	eventstest.Run(t, costing.Family, []costing.Event{
		costing.CostStated{
			Costing: of, Specification: "Enhanced Health in Care Homes", Reason: "There are more homes.",
			Line: costing.Line{
				Key: "home-round", What: "weekly home round", Role: "GP", Volume: number("1820"), Unit: "visit", Each: number("90"), In: costing.Minutes,
				Hourly: hourly("104.50"), Fixed: &fixed, Source: "rota of 2024/25", Note: "35 homes, 52 weeks.",
			},
		},
		costing.CostWithdrawn{Costing: of, Specification: "Enhanced Health in Care Homes", Key: "home-round", Reason: "It is the practice's."},
		costing.PaymentStated{Costing: of, Specification: "Enhanced Health in Care Homes", StreamKey: "care_home_premium", Share: *number("62.5"), Reason: "The rest pays for reviews."},
	})
	if of.Stream() != "costing-U99001-2025-26" || !of.Entity().Valid() {
		t.Errorf("it is called %s", of.Stream())
	}
}

func TestWhatALineCosts(t *testing.T) {
	fixed := events.GBP(99)
	for name, c := range map[string]struct {
		line  costing.Line
		want  string
		hours string
	}{
		"minutes":            {costing.Line{Volume: number("1820"), Each: number("90"), In: costing.Minutes, Hourly: hourly("104.50")}, "285285.00", "2730"},
		"a third of an hour": {costing.Line{Volume: number("100"), Each: number("20"), In: costing.Minutes, Hourly: hourly("36.1234")}, "1204.11", ""},
		"hours":              {costing.Line{Volume: number("35.5"), Each: number("1.25"), In: costing.Hours, Hourly: hourly("20")}, "887.50", "44.375"},
		"half a penny":       {costing.Line{Volume: number("1"), Each: number("1"), In: costing.Minutes, Hourly: hourly("0.3")}, "0.01", ""},
		"less than that":     {costing.Line{Volume: number("1"), Each: number("1"), In: costing.Minutes, Hourly: hourly("0.2999")}, "0.00", ""},
		"nothing":            {costing.Line{Volume: number("0"), Each: number("1"), In: costing.Hours, Hourly: hourly("20")}, "0.00", "0"},
		"a fixed amount":     {costing.Line{Fixed: &fixed}, "0.99", ""},
		"the most":           {costing.Line{Volume: number("10000000"), Each: number("100000"), In: costing.Hours, Hourly: hourly("10000")}, "10000000000000000.00", "1000000000000"},
	} {
		got, err := c.line.Cost()
		if err != nil || got.String() != c.want {
			t.Errorf("%s costs %s, want %s: %v", name, got, c.want, err)
		}
		hours, exact := c.line.Hours()
		if exact != (c.hours != "") || exact && !hours.Equal(*number(c.hours)) {
			t.Errorf("%s takes %s hours (%t), want %s", name, hours, exact, c.hours)
		}
	}
	for name, l := range map[string]costing.Line{
		"no volume": {Each: number("1"), In: costing.Hours, Hourly: hourly("1")}, "no time": {Volume: number("1"), Hourly: hourly("1")},
		"no hourly cost": {Volume: number("1"), Each: number("1"), In: costing.Hours}, "nothing": {},
	} {
		if got, err := l.Cost(); !errors.Is(err, costing.ErrNotStated) || l.Stated() {
			t.Errorf("%s costs %s: %v", name, got, err)
		}
	}
}

// The cost is what rational numbers say, rounded once; and so it is by the hours.
func TestCostsAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		volume := decimal.MustNew(rapid.Int64Range(0, 10_000_000_000).Draw(t, "volume"), 3)
		each := decimal.MustNew(rapid.Int64Range(0, 10_000_000).Draw(t, "each"), 2)
		rate := events.Rate{Decimal: decimal.MustNew(rapid.Int64Range(0, 100_000_000).Draw(t, "hourly"), 4)}
		in := rapid.SampledFrom(costing.TimeUnits).Draw(t, "in")
		l := costing.Line{Volume: &volume, Each: &each, In: in, Hourly: &rate}
		got, err := l.Cost()
		if err != nil {
			t.Fatal(err)
		}
		exact := func(d decimal.Decimal) *big.Rat {
			r, ok := new(big.Rat).SetString(d.String())
			if !ok {
				t.Fatal(d)
			}
			return r
		}
		want := exact(volume)
		want.Mul(want, exact(each)).Mul(want, exact(rate.Decimal))
		if in == costing.Minutes {
			want.Quo(want, big.NewRat(60, 1))
		}
		if got.String() != want.FloatString(2) {
			t.Fatalf("%s × %s %s × %s is %s, want %s", volume, each, in, rate, got, want.FloatString(2))
		}
		if hours, is := l.Hours(); is {
			again := exact(hours)
			if again.Mul(again, exact(rate.Decimal)).FloatString(2) != got.String() {
				t.Fatalf("%s hours come to %s, the line to %s", hours, again.FloatString(2), got)
			}
		}
	})
}

func TestWhetherTwoLinesAreTheSame(t *testing.T) {
	fixed, other := events.GBP(1), events.GBP(2)
	l := costing.Line{Key: "a", What: "w", Volume: number("1.50"), Each: number("2"), Hourly: hourly("3.10"), Fixed: &fixed}
	again, same := fixed, l
	same.Volume, same.Each, same.Hourly, same.Fixed = number("1.5"), number("2.0"), hourly("3.1"), &again
	if !l.Same(same) {
		t.Error("a line is not the same as itself")
	}
	for i, change := range []func(*costing.Line){
		func(l *costing.Line) { l.What = "x" }, func(l *costing.Line) { l.Note = "x" }, func(l *costing.Line) { l.Volume = nil },
		func(l *costing.Line) { l.Volume = number("2") }, func(l *costing.Line) { l.Each = nil }, func(l *costing.Line) { l.Each = number("1") },
		func(l *costing.Line) { l.Hourly = nil }, func(l *costing.Line) { l.Hourly = hourly("1") }, func(l *costing.Line) { l.Fixed = nil },
		func(l *costing.Line) { l.Fixed = &other },
	} {
		m := l
		change(&m)
		if l.Same(m) || m.Same(l) {
			t.Errorf("change %d is none", i)
		}
	}
}
