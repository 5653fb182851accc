package equity

import (
	"cmp"
	"math/big"
	"slices"
	"strings"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/figure"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

// ErrWeight refuses a weight by which a network would need less than nothing.
var ErrWeight = refuse.New(refuse.Invalid, "DEPRIVATION_WEIGHT_INVALID",
	"%s is no weight for deprivation here. Write a number from 0 to %s: beyond that the least deprived network would need less than nothing.")

// ErrNegative refuses a weight by which the more deprived would have less.
var ErrNegative = refuse.New(refuse.Invalid, "DEPRIVATION_WEIGHT_INVALID", "%s is no weight for deprivation. Write 0 or more.")

// WhatIf is the same money divided among the same networks by another rule.
// Nothing is recorded.
type WhatIf struct {
	Basis  network.Basis
	Weight decimal.Decimal
	Pot    events.GBP       // what is divided: all that its networks have
	Mean   *decimal.Decimal // the score at which a patient counts as one; nil where deprivation does not count
	Shares []Share          // of every network, by code
	Kept   []Left           // those that keep what they have, and why
	After  Table            // the networks with what they would have

	all *big.Rat // the patients that it is divided by, as they count
}

// Share is what a network would have.
type Share struct {
	Code    events.PCN
	Name    string
	Before  figure.Amount
	After   figure.Amount    // as Before, where that is not known
	Change  *events.GBP      // nil where it is not known
	Percent *decimal.Decimal // of what it has, to two decimals; nil also where that is nothing
}

// WhatIf divides what the networks have, all together, by their patients on a
// basis. With a weight above 0, a patient counts the more the more deprived the
// network is: 1 + weight × (score − mean) / 10, where the mean is that of all
// patients, so that at 0.1 ten points above it are worth a tenth. A network that
// cannot be counted so keeps what it has, and the others divide the rest.
//
// Not a penny is lost or made: each has its share rounded down, and the pennies
// left over go to those who lost most by that, of equal ones to the first by
// code.
func (t Table) WhatIf(basis network.Basis, weight decimal.Decimal) (*WhatIf, error) {
	if weight.IsNeg() {
		return nil, ErrNegative.About("deprivationWeight", weight)
	}
	w := &WhatIf{Basis: basis, Weight: weight}
	var in []*claim
	for _, r := range t.rows {
		heads, why := r.patients(basis)
		switch {
		case r.Amount.Value == nil:
			why = r.Amount.Unknown
		case why == nil && weight.IsPos() && r.Deprivation.Value == nil:
			why = r.Deprivation.Unknown
		}
		if why != nil {
			w.Kept = append(w.Kept, r.left(why))
			continue
		}
		pot, ok := funding.Sum(w.Pot, *r.Amount.Value)
		if !ok {
			return nil, events.ErrOverflow
		}
		w.Pot = pot
		in = append(in, &claim{row: r, need: rational(heads)})
	}
	if weight.IsPos() && len(in) > 0 {
		if err := w.byDeprivation(in); err != nil {
			return nil, err
		}
	}
	w.all = divide(w.Pot, in)
	after := make([]Row, len(t.rows))
	for i, r := range t.rows {
		after[i] = *r
		if at := slices.IndexFunc(in, func(c *claim) bool { return c.row == r }); at >= 0 {
			after[i].Amount = w.passed(in[at])
		}
		w.Shares = append(w.Shares, shared(r, after[i].Amount))
	}
	w.After = Of(after)
	return w, nil
}

// passed is a share with its passport.
func (w *WhatIf) passed(c *claim) figure.Amount {
	rule := "What it would have of £" + w.Pot.String() + ", divided by " + strings.ToLower(string(w.Basis)) + " patients"
	if w.Weight.IsPos() {
		rule += ", who count the more the more deprived they are"
	}
	return figure.Known(c.share, rule+".", func() []figure.Term {
		return []figure.Term{{Label: "its share, for " + counts(c.need) + " of " + counts(w.all) + " patients, as they count", Amount: c.share}}
	})
}

// counts is how many patients that is.
func counts(patients *big.Rat) string {
	if patients.IsInt() {
		return patients.FloatString(0)
	}
	return patients.FloatString(2)
}

func shared(r *Row, after figure.Amount) Share {
	s := Share{Code: r.Code, Name: r.Name, Before: r.Amount, After: after}
	if before := s.Before.Value; before != nil {
		change := *after.Value - *before
		s.Change, s.Percent = &change, percent(int64(change), int64(*before), 2)
	}
	return s
}

// claim is a network's part in the division.
type claim struct {
	row       *Row
	need      *big.Rat // the patients it counts for; not below zero
	share     events.GBP
	remainder *big.Rat // what rounding down has taken, of a penny
}

// byDeprivation weighs the claims, which are patients, by their scores.
func (w *WhatIf) byDeprivation(in []*claim) error {
	heads, scored := new(big.Rat), new(big.Rat)
	least := in[0].row.Deprivation.Value
	for _, c := range in {
		score := c.row.Deprivation.Value
		if score.Less(*least) {
			least = score
		}
		heads.Add(heads, c.need)
		scored.Add(scored, new(big.Rat).Mul(c.need, rational(*score)))
	}
	mean := scored.Quo(scored, heads)
	per := new(big.Rat).Quo(rational(w.Weight), big.NewRat(points, 1)) // of each point of the score
	for _, c := range in {
		counts := new(big.Rat).Sub(rational(*c.row.Deprivation.Value), mean)
		counts.Add(counts.Mul(counts, per), one)
		if counts.Sign() < 0 {
			most := new(big.Rat).Quo(big.NewRat(points, 1), new(big.Rat).Sub(mean, rational(*least)))
			return ErrWeight.About("deprivationWeight", w.Weight, down(most))
		}
		c.need.Mul(c.need, counts)
	}
	if shown, err := decimal.Parse(mean.FloatString(3)); err == nil {
		w.Mean = &shown
	}
	return nil
}

var one = big.NewRat(1, 1)

// down is r with three decimals, rounded down.
func down(r *big.Rat) string {
	thousandths := new(big.Int).Mul(r.Num(), big.NewInt(1000))
	thousandths.Quo(thousandths, r.Denom())
	return new(big.Rat).SetFrac(thousandths, big.NewInt(1000)).FloatString(3)
}

// rational is d, exactly.
func rational(d decimal.Decimal) *big.Rat {
	r, _ := new(big.Rat).SetString(d.String()) // every decimal is one
	return r
}

// divide gives each its share of the pot, to the penny, by largest remainder. At
// least one claim is above nothing, if there are any: the mean of what patients
// count is one. It returns all that the claims come to.
func divide(pot events.GBP, in []*claim) (all *big.Rat) {
	all = new(big.Rat)
	for _, c := range in {
		all.Add(all, c.need)
	}
	left := pot
	for _, c := range in {
		exact := new(big.Rat).Mul(new(big.Rat).SetInt64(int64(pot)), c.need)
		exact.Quo(exact, all)
		whole := new(big.Int).Div(exact.Num(), exact.Denom()) // towards minus infinity, since the denominator is above zero
		c.share = events.GBP(whole.Int64())
		c.remainder = exact.Sub(exact, new(big.Rat).SetInt(whole))
		left -= c.share
	}
	byLoss := slices.Clone(in)
	slices.SortFunc(byLoss, func(a, b *claim) int {
		return cmp.Or(b.remainder.Cmp(a.remainder), cmp.Compare(a.row.Code, b.row.Code))
	})
	for _, c := range byLoss[:left] { // fewer pennies than claims, each having lost less than one
		c.share++
	}
	return all
}
