package events_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"testing"

	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/events"
)

func TestParseGBP(t *testing.T) {
	for text, want := range map[string]events.GBP{
		"0": 0, "0.00": 0, "-0": 0, "1": 100, "1.5": 150, "1234.56": 123456, "-0.07": -7, "+3.10": 310, "7.500": 750,
		"92233720368547758.07":  math.MaxInt64,
		"-92233720368547758.08": math.MinInt64,
	} {
		if got, err := events.ParseGBP(text); err != nil || got != want {
			t.Errorf("%q is read as %s: %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", ".", "-", ".5", "5.", "1,234.56", "£5", "1e3", "0x10", "1_000", " 1", "1.2.3", "--1", "1.-5", "NaN",
		"0.001", "-0.005", "0.00000000000000000000000000001", "12345678901234567.891",
	} {
		if got, err := events.ParseGBP(text); err == nil {
			t.Errorf("%q is read as %s", text, got)
		}
	}
	for _, text := range []string{"92233720368547758.08", "-92233720368547758.09", "99999999999999999999999"} {
		if _, err := events.ParseGBP(text); !errors.Is(err, events.ErrOverflow) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestGBPReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := events.GBP(rapid.Int64().Draw(t, "pence"))
		data, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var got events.GBP
		if err := json.Unmarshal(data, &got); err != nil || got != m {
			t.Fatalf("%d is written %s and read as %d: %v", int64(m), data, int64(got), err)
		}
	})
}

func TestInstalmentsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := events.GBP(rapid.Int64().Draw(t, "pence"))
		n := rapid.IntRange(1, 400).Draw(t, "n")
		var paid events.GBP
		for k := 1; k <= n; k++ {
			paid += m.Instalment(k, n)
			// Never more than half a penny from what is due: 2|paid·n − m·k| ≤ n.
			due := new(big.Int).Mul(big.NewInt(int64(m)), big.NewInt(int64(k)))
			gap := new(big.Int).Mul(big.NewInt(int64(paid)), big.NewInt(int64(n)))
			gap.Sub(gap, due).Abs(gap).Lsh(gap, 1)
			if gap.Cmp(big.NewInt(int64(n))) > 0 {
				t.Fatalf("after %d of %d instalments of %s, %s is paid", k, n, m, paid)
			}
		}
		if paid != m {
			t.Fatalf("%d instalments of %s come to %s", n, m, paid)
		}
	})
}

// A rate that twelve does not divide: £1.761 a weighted patient is published as
// £0.147 a month, which twelve times is £1.764.
func TestInstalmentsOfARateComeToTheYear(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := events.Rate{Decimal: decimal.MustNew(rapid.Int64Range(0, 99_999).Draw(t, "thousandths"), 3)}
		if rapid.Bool().Draw(t, "participation") {
			r = rate(t, "1.761")
		}
		year, err := r.For(rapid.Int64Range(0, 5_000_000).Draw(t, "patients"))
		if err != nil {
			t.Fatal(err)
		}
		split := rapid.IntRange(1, 12).Draw(t, "split") // a rate changes after so many months
		if got := year.Instalments(1, split, 12) + year.Instalments(split+1, 12, 12); got != year {
			t.Fatalf("%s × 12 months in two parts come to %s, the year to %s", r, got, year)
		}
		var paid events.GBP
		for k := 1; k <= 12; k++ {
			paid += year.Instalment(k, 12)
			if sum := year.Instalments(1, k, 12); sum != paid {
				t.Fatalf("the first %d instalments come to %s, and to %s", k, paid, sum)
			}
		}
		if paid != year {
			t.Fatalf("12 instalments come to %s, the year to %s", paid, year)
		}
	})
	year, err := rate(t, "1.761").For(10_333)
	if err != nil || year.String() != "18196.41" {
		t.Fatalf("a practice of 10,333 is paid %s: %v", year, err)
	}
	for k, want := range []string{"1516.37", "1516.37", "1516.36", "1516.37", "1516.37", "1516.37"} {
		if got := year.Instalment(k+1, 12).String(); got != want {
			t.Errorf("instalment %d of %s is %s, want %s", k+1, year, got, want)
		}
	}
}

func TestInstalmentIsRoundedAwayFromZero(t *testing.T) {
	for _, m := range []events.GBP{1, -1} {
		if first, second := m.Instalment(1, 2), m.Instalment(2, 2); first != m || second != 0 {
			t.Errorf("%s is paid as %s and %s", m, first, second)
		}
	}
}

func rate(t interface {
	Helper()
	Fatal(...any)
}, s string) events.Rate {
	t.Helper()
	r, err := events.ParseRate(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRateFor(t *testing.T) {
	for _, c := range []struct {
		rate     string
		quantity int64
		want     string
	}{
		{"26.631", 30_000, "798930.00"}, // core funding, a network of 30,000 patients
		{"130.253", 87, "11332.01"},     // enhanced care, 87 care home beds
		{"0.005", 1, "0.01"},
		{"0.005", -1, "-0.01"},
		{"-0.005", 1, "-0.01"},
		{"-0.005", -1, "0.01"},
		{"0.004999", 1, "0.00"},
		{"-0.0049", 1, "0.00"},
		{"0.015", 1, "0.02"},
		{"0.025", 1, "0.03"}, // not to the even neighbour
		{"3", 7, "21.00"},
		{"2.5", 2, "5.00"},
		{"1.234567890123456789", 1_000_000_000_000, "1234567890123.46"}, // more digits than a decimal holds
		{"0", math.MinInt64, "0.00"},
		{"0.01", math.MaxInt64, "92233720368547758.07"},
	} {
		if got, err := rate(t, c.rate).For(c.quantity); err != nil || got.String() != c.want {
			t.Errorf("%s × %d is %s, want %s: %v", c.rate, c.quantity, got, c.want, err)
		}
	}
	for _, c := range []struct {
		rate     string
		quantity int64
	}{
		{"0.02", math.MaxInt64}, {"92233720368547758.08", 1}, {"9999999999999999999", 1}, {"1", math.MinInt64},
	} {
		if got, err := rate(t, c.rate).For(c.quantity); !errors.Is(err, events.ErrOverflow) {
			t.Errorf("%s × %d is %s: %v", c.rate, c.quantity, got, err)
		}
	}
}

// TestRateForIsExact holds For against rational numbers, which never round.
func TestRateForIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		coef := rapid.Int64Range(-1_000_000_000, 1_000_000_000).Draw(t, "coef")
		scale := rapid.IntRange(0, 9).Draw(t, "scale")
		quantity := rapid.Int64Range(-100_000, 100_000).Draw(t, "quantity")

		exact := new(big.Rat).SetFrac(big.NewInt(coef), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil))
		text := exact.FloatString(scale)
		r, err := events.ParseRate(text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.For(quantity)
		if err != nil {
			t.Fatal(err)
		}
		want := exact.Mul(exact, new(big.Rat).SetInt64(quantity)).FloatString(2) // half away from zero
		if want == "-0.00" {
			want = "0.00"
		}
		if got.String() != want {
			t.Fatalf("%s × %d is %s, want %s", text, quantity, got, want)
		}
	})
}

// So are parts of a thing: so many minutes of an hour.
func TestRateOfPartsIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		coef := rapid.Int64Range(-1_000_000_000, 1_000_000_000).Draw(t, "coef")
		quantity := rapid.Int64Range(-1_000_000_000_000, 1_000_000_000_000).Draw(t, "quantity")
		parts := rapid.Int64Range(1, 60_000_000).Draw(t, "parts")
		got, err := events.Rate{Decimal: decimal.MustNew(coef, 4)}.Of(quantity, uint64(parts))
		if err != nil {
			t.Fatal(err)
		}
		exact := big.NewRat(coef, 10_000)
		want := exact.Mul(exact, big.NewRat(quantity, parts)).FloatString(2) // half away from zero
		if want == "-0.00" {
			want = "0.00"
		}
		if got.String() != want {
			t.Fatalf("%d/10000 × %d/%d is %s, want %s", coef, quantity, parts, got, want)
		}
	})
	for _, parts := range []uint64{0, math.MaxUint64} {
		if got, err := rate(t, "1.5000").Of(1, parts); !errors.Is(err, events.ErrOverflow) {
			t.Errorf("parts of %d: %s, %v", parts, got, err)
		}
	}
}

func TestRateIsReadExactlyOrNot(t *testing.T) {
	for _, text := range []string{"1.761", "130.253", "0", "-1.5", "1.70", "0.1234567890123456789"} {
		data := fmt.Sprintf("%q", text)
		var r events.Rate
		if err := json.Unmarshal([]byte(data), &r); err != nil {
			t.Errorf("%s: %v", data, err)
			continue
		}
		if back, err := json.Marshal(r); err != nil || string(back) != data {
			t.Errorf("%s is written back as %s: %v", data, back, err)
		}
	}
	for _, data := range []string{`""`, `"1e3"`, `"1,761"`, `"£1"`, `"1.2.3"`, `1.761`, `null`, `"0.12345678901234567890123"`, `"123456789012345678901"`} {
		var r events.Rate
		if err := json.Unmarshal([]byte(data), &r); err == nil {
			t.Errorf("%s is read as %s", data, r)
		}
	}
}
