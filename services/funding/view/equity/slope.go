package equity

import (
	"math"
	"slices"
	"strconv"

	"github.com/govalues/decimal"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// Fewest is how many networks a slope needs: two make a line, and only a third
// can stand off it and say how far the line is to be trusted.
const Fewest = 3

// Slope is how much more money a head there is where patients are more deprived:
// the line through the networks' £ per head and deprivation by least squares,
// each network counted by its patients on the same basis.
type Slope struct {
	Basis    network.Basis
	Line     *Line           // nil where it is not known
	Unknown  *figure.Unknown // why it is not
	Networks int             // how many the line is through
	LeftOut  []Left          // the others, and why
}

// Line is a slope with its uncertainty, in £ per head for ten points of the
// score, to a hundredth of a penny.
type Line struct {
	Slope         decimal.Decimal
	StandardError decimal.Decimal
	Low, High     decimal.Decimal  // the 95 % confidence interval, by Student's t
	RSquared      *decimal.Decimal // the share of the variance that the line explains; nil where no two networks differ
	Intercept     decimal.Decimal  // £ per head where the line meets a score of 0
}

// points is what ten points of the score are.
const points = 10

// Slope is the slope on a basis. It says nothing of why money goes as it does.
func (t Table) Slope(basis network.Basis) Slope {
	s := Slope{Basis: basis}
	var score, each, heads []float64
	same := true
	var first *decimal.Decimal
	for _, r := range t.rows {
		patients, why := r.patients(basis)
		switch {
		case r.Amount.Value == nil:
			why = r.Amount.Unknown
		case why == nil && r.Deprivation.Value == nil:
			why = r.Deprivation.Unknown
		}
		if why != nil {
			s.LeftOut = append(s.LeftOut, r.left(why))
			continue
		}
		if first == nil {
			first = r.Deprivation.Value
		}
		same = same && first.Equal(*r.Deprivation.Value)
		n, _ := patients.Float64()
		x, _ := r.Deprivation.Value.Float64()
		heads, score, each = append(heads, n), append(score, x), append(each, float64(*r.Amount.Value)/100/n)
	}
	s.Networks = len(score)
	switch {
	case s.Networks < Fewest:
		s.Unknown = &figure.Unknown{
			Code:   "TOO_FEW_NETWORKS",
			Reason: "A slope with its uncertainty needs at least " + strconv.Itoa(Fewest) + " networks of which money, patients and deprivation are known. Here there are " + strconv.Itoa(s.Networks) + ".",
		}
	case same:
		s.Unknown = &figure.Unknown{
			Code:   "DEPRIVATION_THE_SAME",
			Reason: "All networks that can be counted are equally deprived, so money cannot go with deprivation or against it.",
		}
	default:
		if s.Line = fitted(score, each, heads).line(); s.Line == nil {
			s.Unknown = beyond
		}
	}
	return s
}

// Counted is how many networks a slope of the table is through, by those it leaves
// out.
func (t Table) Counted(s Slope) figure.Figure {
	return figure.Of(s.Networks, "network").Counting(slopeRule, func() (all []figure.Part) {
		for _, r := range t.rows {
			if !slices.ContainsFunc(s.LeftOut, func(l Left) bool { return l.Code == r.Code }) {
				all = append(all, figure.Part{Is: string(r.Code), Entries: slices.Concat(r.Amount.Entries(), r.Patients(s.Basis).Entries(), r.Deprivation.Entries())})
			}
		}
		return all
	})
}

// CountedUnnamed is the same for those who are not shown which networks they are.
func (s Slope) CountedUnnamed() figure.Figure {
	f := figure.Of(s.Networks, "network")
	return f.By(slopeRule, func() (string, []events.ID) { return f.Equals(strconv.Itoa(s.Networks)), nil })
}

const slopeRule = "The networks of which money, patients and deprivation are known."

// fit is a line y = a + b x by weighted least squares.
type fit struct {
	a, b float64
	err  float64 // the standard error of b
	half float64 // half the width of b's 95 % confidence interval
	r2   float64 // NaN where all y are the same
}

// fitted fits a line through at least three points whose x are not all the same.
// The weights say how exactly each is known, up to a common factor: a mean over
// twice as many heads is twice as exact.
func fitted(x, y, weights []float64) (f fit) {
	f.a, f.b = stat.LinearRegression(x, y, weights, false)
	f.r2 = math.NaN()
	mean, level := stat.Mean(x, weights), y[0]
	var residual, spread float64
	for i, w := range weights {
		off := y[i] - f.a - f.b*x[i]
		residual += w * off * off
		spread += w * (x[i] - mean) * (x[i] - mean)
		if y[i] != level {
			f.r2 = 0
		}
	}
	if f.r2 == 0 {
		f.r2 = stat.RSquared(x, y, weights, f.a, f.b)
	}
	free := float64(len(x) - 2)
	f.err = math.Sqrt(residual / free / spread)
	f.half = f.err * distuv.StudentsT{Sigma: 1, Nu: free}.Quantile(0.975)
	return f
}

// line is f as it is shown, or nil where it is beyond what can be.
func (f fit) line() *Line {
	l := &Line{}
	for _, shown := range []struct {
		in *decimal.Decimal
		v  float64
	}{
		{&l.Slope, f.b * points}, {&l.StandardError, f.err * points},
		{&l.Low, (f.b - f.half) * points}, {&l.High, (f.b + f.half) * points}, {&l.Intercept, f.a},
	} {
		d, err := decimal.NewFromFloat64(shown.v)
		if err != nil {
			return nil
		}
		*shown.in = d.Round(4)
	}
	if r2, err := decimal.NewFromFloat64(f.r2); err == nil {
		r2 = r2.Round(4)
		l.RSquared = &r2
	}
	return l
}
