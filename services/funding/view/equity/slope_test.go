package equity_test

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/funding/view/equity"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// near holds a figure against one that is known to so many digits.
func near(t interface{ Errorf(string, ...any) }, what string, got, want, within float64) {
	if !(math.Abs(got-want) <= within*math.Max(1e-9, math.Abs(want))) {
		t.Errorf("%s: %.15g, want %.15g", what, got, want)
	}
}

// The data set Norris of NIST's Statistical Reference Datasets (linear
// regression, observed, 36 points), with the values that NIST has certified.
func TestSlopeAgainstNIST(t *testing.T) {
	y := []float64{
		0.1, 338.8, 118.1, 888.0, 9.2, 228.1, 668.5, 998.5, 449.1, 778.9, 559.2, 0.3, 0.1, 778.1, 668.8, 339.3, 448.9, 10.8,
		557.7, 228.3, 998.0, 888.8, 119.6, 0.3, 0.6, 557.6, 339.3, 888.0, 998.5, 778.9, 10.2, 117.6, 228.9, 668.4, 449.2, 0.2,
	}
	x := []float64{
		0.2, 337.4, 118.2, 884.6, 10.1, 226.5, 666.3, 996.3, 448.6, 777.0, 558.2, 0.4, 0.6, 775.5, 666.9, 338.0, 447.5, 11.6,
		556.0, 228.1, 995.8, 887.6, 120.2, 0.3, 0.3, 556.8, 339.1, 887.2, 999.0, 779.0, 11.1, 118.3, 229.2, 669.1, 448.9, 0.5,
	}
	weights := make([]float64, len(x))
	for i := range weights {
		weights[i] = 1
	}
	a, b, err, half, r2 := equity.Fitted(x, y, weights)
	near(t, "intercept", a, -0.262323073774029, 1e-9)
	near(t, "slope", b, 1.00211681802045, 1e-12)
	near(t, "standard error", err, 0.429796848199937e-03, 1e-9)
	near(t, "R²", r2, 0.999993745883712, 1e-12)
	near(t, "Student's t of 34", half/err, 2.0322, 1e-4) // as printed in tables
}

// Weights, against the textbook's own way: the normal equations, solved with
// exact fractions.
func TestSlopeAgainstTheNormalEquations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 30).Draw(t, "networks")
		x, y, w := make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range n {
			x[i] = float64(rapid.IntRange(5, 70).Draw(t, "score"))
			y[i] = float64(rapid.IntRange(1, 400).Draw(t, "£ per head")) / 4
			w[i] = float64(rapid.IntRange(1, 100_000).Draw(t, "patients"))
		}
		x[0], x[1] = 4, 71
		a, b, err, r2 := exactly(x, y, w)
		gotA, gotB, gotErr, half, gotR2 := equity.Fitted(x, y, w)
		near(t, "intercept", gotA, a, 1e-6)
		near(t, "slope", gotB, b, 1e-6)
		near(t, "standard error", gotErr, err, 1e-6)
		if !math.IsNaN(gotR2) {
			near(t, "R²", gotR2, r2, 1e-6)
		}
		if half < 1.95*gotErr {
			t.Errorf("half the interval, %g, is less than 1.96 standard errors of %g", half, gotErr)
		}
	})
}

// exactly fits y = a + b x by (XᵀWX)⁻¹XᵀWy; the standard error of b is the root of
// the residual sum over n − 2, times the inverse's last element.
func exactly(x, y, w []float64) (a, b, err, r2 float64) {
	rat := func(f float64) *big.Rat { return new(big.Rat).SetFloat64(f) }
	sum := func(of func(int) *big.Rat) *big.Rat {
		s := new(big.Rat)
		for i := range x {
			s.Add(s, of(i))
		}
		return s
	}
	times := func(all ...*big.Rat) *big.Rat {
		p := big.NewRat(1, 1)
		for _, f := range all {
			p.Mul(p, f)
		}
		return p
	}
	minus := func(p, q *big.Rat) *big.Rat { return new(big.Rat).Sub(p, q) }
	over := func(p, q *big.Rat) *big.Rat { return new(big.Rat).Quo(p, q) }
	sw := sum(func(i int) *big.Rat { return rat(w[i]) })
	sx := sum(func(i int) *big.Rat { return times(rat(w[i]), rat(x[i])) })
	sy := sum(func(i int) *big.Rat { return times(rat(w[i]), rat(y[i])) })
	sxx := sum(func(i int) *big.Rat { return times(rat(w[i]), rat(x[i]), rat(x[i])) })
	sxy := sum(func(i int) *big.Rat { return times(rat(w[i]), rat(x[i]), rat(y[i])) })
	det := minus(times(sw, sxx), times(sx, sx))
	slope := over(minus(times(sw, sxy), times(sx, sy)), det)
	level := over(minus(times(sxx, sy), times(sx, sxy)), det)
	residual := sum(func(i int) *big.Rat {
		off := minus(minus(rat(y[i]), level), times(slope, rat(x[i])))
		return times(rat(w[i]), off, off)
	})
	total := sum(func(i int) *big.Rat { off := minus(rat(y[i]), over(sy, sw)); return times(rat(w[i]), off, off) })
	variance := times(over(residual, rat(float64(len(x)-2))), over(sw, det))
	a, _ = level.Float64()
	b, _ = slope.Float64()
	v, _ := variance.Float64()
	if total.Sign() > 0 {
		r2, _ = minus(big.NewRat(1, 1), over(residual, total)).Float64()
	}
	return a, b, math.Sqrt(v), r2
}

// Student's t, as printed in tables: the fewer networks, the less is known.
func TestConfidenceInterval(t *testing.T) {
	for free, want := range map[int]float64{1: 12.706, 2: 4.303, 5: 2.571, 10: 2.228, 30: 2.042, 120: 1.980} {
		var x, y, w []float64
		for i := range free + 2 {
			x, y, w = append(x, float64(i)), append(y, float64(i%2)), append(w, 1)
		}
		_, _, err, half, _ := equity.Fitted(x, y, w)
		near(t, fmt.Sprintf("t of %d", free), half/err, want, 3e-4)
	}
}

// An example by hand: £ per head of 1, 2, 3, 6 at scores 10, 20, 30, 40, as many
// patients each. The mean is (25, 3), Sxx 500, Sxy 80; residuals 0.4, −0.2, −0.8,
// 0.6 squared are 1.2, so the slope is 0.16 and its error √(0.6/500) = 0.034641 a
// point; t of 2 is 4.3027.
func TestSlope(t *testing.T) {
	rows := []equity.Row{
		row("U99003", 30_000_00, 10_000, "30"), row("U99001", 10_000_00, 10_000, "10"),
		row("U99004", 60_000_00, 10_000, "40"), row("U99002", 20_000_00, 10_000, "20"),
	}
	poor := row("U99005", 1, 10_000, "50")
	poor.Amount = figure.NoAmount(notKnown("PARKED"))
	unscored := row("U99006", 1, 10_000, "50")
	unscored.Deprivation = figure.Not("score", notKnown("DEPRIVATION_NOT_KNOWN"))
	uncounted := row("U99007", 1, 10_000, "50")
	uncounted.Populations[1] = figure.Not("patient", notKnown("NOT_SUBMITTED"))
	s := equity.Of(append(rows, poor, unscored, uncounted)).Slope(network.Adjusted)
	if s.Line == nil {
		t.Fatal(s.Unknown)
	}
	got := [...]string{s.Line.Slope.String(), s.Line.StandardError.String(), s.Line.Low.String(), s.Line.High.String(), value(s.Line.RSquared), s.Line.Intercept.String()}
	if want := [...]string{"1.6", "0.3464", "0.1095", "3.0905", "0.9143", "-1"}; got != want {
		t.Errorf("slope, error, interval, R², intercept: %v, want %v", got, want)
	}
	var left []string
	for _, l := range s.LeftOut {
		left = append(left, string(l.Code)+" "+l.Why.Code)
	}
	if diff := cmp.Diff([]string{"U99005 PARKED", "U99006 DEPRIVATION_NOT_KNOWN", "U99007 NOT_SUBMITTED"}, left); s.Networks != 4 || diff != "" {
		t.Errorf("%d networks, left out (-want +got):\n%s", s.Networks, diff)
	}

	if s := equity.Of(append(rows[:2:2], poor)).Slope(network.Adjusted); s.Line != nil || s.Unknown.Code != "TOO_FEW_NETWORKS" || s.Networks != 2 {
		t.Errorf("of two networks: %+v, %v", s.Line, s.Unknown)
	}
	same := equity.Of([]equity.Row{row("U99001", 1, 1, "20"), row("U99002", 2, 1, "20"), row("U99003", 3, 1, "20.0")})
	if s := same.Slope(network.Registered); s.Line != nil || s.Unknown.Code != "DEPRIVATION_THE_SAME" {
		t.Errorf("of equals: %+v, %v", s.Line, s.Unknown)
	}
	flat := equity.Of([]equity.Row{row("U99001", 100, 1, "10"), row("U99002", 200, 2, "20"), row("U99003", 300, 3, "40")}).Slope(network.Registered)
	if flat.Line == nil || !flat.Line.Slope.IsZero() || !flat.Line.StandardError.IsZero() || flat.Line.RSquared != nil {
		t.Errorf("of equal money: %+v, %v", flat.Line, flat.Unknown)
	}
}

// many are three networks or more that do not all have the same score.
func many(t *rapid.T) []equity.Row {
	n := rapid.IntRange(3, 40).Draw(t, "networks")
	rows := make([]equity.Row, n)
	for i := range rows {
		score := fmt.Sprintf("%d.%03d", rapid.IntRange(5, 69).Draw(t, "score"), rapid.IntRange(0, 999).Draw(t, "thousandths"))
		if i < 2 {
			score = []string{"4.5", "71"}[i]
		}
		amount := events.GBP(rapid.Int64Range(0, 10_000_000_00).Draw(t, "pence"))
		rows[i] = row(events.PCN(fmt.Sprintf("U%05d", i)), amount, rapid.IntRange(1_000, 300_000).Draw(t, "patients"), score)
	}
	return rows
}

func changed(rows []equity.Row, amount func(equity.Row) events.GBP) []equity.Row {
	all := make([]equity.Row, len(rows))
	for i, r := range rows {
		r.Amount = figure.Known(amount(r), "", nil)
		all[i] = r
	}
	return all
}

func line(t *rapid.T, rows []equity.Row) equity.Line {
	s := equity.Of(rows).Slope(network.Weighted)
	if s.Line == nil {
		t.Fatal(s.Unknown)
	}
	return *s.Line
}

// What money does to the slope: so many times as much makes it so many times as
// steep; as much more for each head leaves it; the order of the rows is nothing.
func TestSlopeLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := many(t)
		was := line(t, rows)
		if again := line(t, rapid.Permutation(rows).Draw(t, "order")); was.Slope != again.Slope || was.StandardError != again.StandardError || was.Low != again.Low || value(was.RSquared) != value(again.RSquared) {
			t.Errorf("in another order %+v, not %+v", again, was)
		}

		times := rapid.IntRange(2, 50).Draw(t, "times")
		scaled := line(t, changed(rows, func(r equity.Row) events.GBP { return *r.Amount.Value * events.GBP(times) }))
		k := float64(times)
		allowed := 0.00006 * (1 + k) // each is rounded to four decimals
		for what, pair := range map[string][2]float64{
			"slope": {float(scaled.Slope), float(was.Slope)}, "error": {float(scaled.StandardError), float(was.StandardError)},
			"low": {float(scaled.Low), float(was.Low)}, "high": {float(scaled.High), float(was.High)},
		} {
			if math.Abs(pair[0]-k*pair[1]) > allowed {
				t.Errorf("%s of %d times the money: %g, was %g", what, times, pair[0], pair[1])
			}
		}

		more := rapid.Int64Range(-500, 5000).Draw(t, "pence a head")
		raised := line(t, changed(rows, func(r equity.Row) events.GBP {
			heads, _, _ := r.Populations[2].Value.Int64(0)
			return *r.Amount.Value + events.GBP(more*heads)
		}))
		if math.Abs(float(raised.Slope)-float(was.Slope)) > 0.00011 || math.Abs(float(raised.StandardError)-float(was.StandardError)) > 0.00011 {
			t.Errorf("with %d pence a head more %+v, was %+v", more, raised, was)
		}
		if low, high := float(was.Low), float(was.High); low > float(was.Slope) || high < float(was.Slope) || float(was.StandardError) < 0 {
			t.Errorf("the slope is outside its interval: %+v", was)
		}
	})
}

func float(d interface{ Float64() (float64, bool) }) float64 {
	f, _ := d.Float64()
	return f
}
