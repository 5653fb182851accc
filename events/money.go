package events

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/govalues/decimal"
)

// GBP is an amount of money in whole pence. Arithmetic on it is exact; a
// fraction of a penny exists only in a [Rate].
type GBP int64

// ErrOverflow means that an amount is beyond what [GBP] can hold.
var ErrOverflow = errors.New("amount out of range")

// ParseGBP reads pounds with at most two decimals, such as "1234.5" or "-0.07".
func ParseGBP(s string) (GBP, error) {
	d, err := decimal.Parse(s)
	if err != nil || strings.ContainsAny(s, "eE") {
		return 0, fmt.Errorf("%q is not an amount of money: write pounds and pence, such as 1234.56", s)
	}
	if d.Scale() > 2 && d.Cmp(d.Trunc(2)) != 0 {
		return 0, fmt.Errorf("%q has a fraction of a penny", s)
	}
	whole, pence, ok := d.Int64(2)
	if !ok || whole > math.MaxInt64/100-1 || whole < math.MinInt64/100+1 {
		return 0, fmt.Errorf("%q: %w", s, ErrOverflow)
	}
	return GBP(whole*100 + pence), nil
}

// String writes pounds with two decimals, such as "-0.07".
func (m GBP) String() string { return decimal.MustNew(int64(m), 2).String() }

// MarshalText writes what String does.
func (m GBP) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads what ParseGBP reads.
func (m *GBP) UnmarshalText(b []byte) (err error) {
	*m, err = ParseGBP(string(b))
	return err
}

// Instalment is the k-th of n payments of m: what is due by then, rounded, less
// what was due before. The n of them add up to m to the penny.
func (m GBP) Instalment(k, n int) GBP { return m.share(k, n) - m.share(k-1, n) }

// share is k/n of m, half a penny away from zero.
func (m GBP) share(k, n int) GBP {
	// Pence times parts stays far inside 64 bits: the NHS's whole budget is
	// 2e13 pence, a year has 366 parts.
	whole, part := int64(m)*int64(k), int64(n)
	if whole < 0 {
		return GBP((2*whole - part) / (2 * part))
	}
	return GBP((2*whole + part) / (2 * part))
}

// Rate is pounds for one of something (a patient, a bed, a point), exact, with
// as many decimals as its source has: 1.761, 130.253.
type Rate struct{ decimal.Decimal }

// ParseRate reads a decimal number.
func ParseRate(s string) (Rate, error) {
	d, err := decimal.Parse(s)
	if err != nil {
		return Rate{}, fmt.Errorf("%q is not a rate: write a decimal number, such as 1.761", s)
	}
	return Rate{d}, nil
}

// For is the rate for a whole number of things, rounded once, half a penny away
// from zero.
func (r Rate) For(quantity int64) (GBP, error) {
	pence, err := r.Decimal.Mul(decimal.MustNew(quantity, 0))
	if err == nil {
		pence, err = pence.Mul(decimal.Hundred)
	}
	if err != nil {
		return 0, fmt.Errorf("%s × %d: %w", r, quantity, ErrOverflow)
	}
	half := decimal.MustNew(5, 1).CopySign(pence)
	pence, err = pence.Add(half)
	if err != nil {
		return 0, fmt.Errorf("%s × %d: %w", r, quantity, ErrOverflow)
	}
	whole, _, ok := pence.Trunc(0).Int64(0)
	if !ok {
		return 0, fmt.Errorf("%s × %d: %w", r, quantity, ErrOverflow)
	}
	return GBP(whole), nil
}
