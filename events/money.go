package events

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"

	"github.com/govalues/decimal"
)

// GBP is an amount of money in whole pence. Arithmetic on it is exact; a
// fraction of a penny exists only in a [Rate].
type GBP int64

var (
	// ErrOverflow means that an amount is beyond what [GBP] can hold.
	ErrOverflow = errors.New("amount out of range")
	// ErrFraction means that an amount is not whole pence.
	ErrFraction = errors.New("has a fraction of a penny")
)

// ParseGBP reads pounds with at most two decimals, such as "1234.5" or "-0.07".
func ParseGBP(s string) (GBP, error) {
	pounds, fraction, dot := strings.Cut(s, ".")
	pence := strings.TrimRight(fraction, "0")
	if len(pence) < 2 {
		pence += "00"[len(pence):]
	}
	// Read by hand, because a decimal of limited precision would round what it
	// cannot hold, and say nothing.
	m, err := strconv.ParseInt(pounds+pence, 10, 64)
	switch {
	case errors.Is(err, strconv.ErrSyntax), strings.Trim(pounds, "+-") == "", dot && fraction == "":
		return 0, fmt.Errorf("%q is not an amount of money: write pounds and pence, such as 1234.56", s)
	case len(pence) > 2:
		return 0, fmt.Errorf("%q %w", s, ErrFraction)
	case err != nil:
		return 0, fmt.Errorf("%q: %w", s, ErrOverflow)
	}
	return GBP(m), nil
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

// Instalment is the k-th of n payments of m, k from 1 to n: what is due by
// then, rounded, less what was due before. The n of them add up to m to the
// penny.
func (m GBP) Instalment(k, n int) GBP { return m.Part(k, n) - m.Part(k-1, n) }

// Instalments is what the first-th to the last-th of n payments of m come to.
func (m GBP) Instalments(first, last, n int) GBP { return m.Part(last, n) - m.Part(first-1, n) }

// Part is k/n of m, rounded once, half a penny away from zero. k is 0 to twice n.
func (m GBP) Part(k, n int) GBP {
	part, _ := proportion(magnitude(int64(m)), uint64(k), uint64(n)) // twice m at most, so it fits
	if m < 0 {
		return GBP(-part)
	}
	return GBP(part)
}

// Rate is pounds for one of something (a patient, a bed, a point), exact, with
// as many decimals as its source has: 1.761, 130.253.
type Rate struct{ decimal.Decimal }

// ParseRate reads a decimal number of at most 19 digits.
func ParseRate(s string) (Rate, error) {
	_, fraction, _ := strings.Cut(s, ".")
	d, err := decimal.ParseExact(s, len(fraction)) // never rounds
	if err != nil || strings.ContainsAny(s, "eE") {
		return Rate{}, fmt.Errorf("%q is not a rate: write a decimal number, such as 1.761", s)
	}
	return Rate{d}, nil
}

// Same reports whether r and s are the same rate, however many zeros they are
// written with.
func (r Rate) Same(s Rate) bool { return r.Equal(s.Decimal) }

// UnmarshalText reads what ParseRate reads.
func (r *Rate) UnmarshalText(b []byte) (err error) {
	*r, err = ParseRate(string(b))
	return err
}

// UnmarshalJSON reads a string that ParseRate reads. It hides the decimal's
// own, which rounds.
func (r *Rate) UnmarshalJSON(b []byte) error {
	s, err := strconv.Unquote(string(b))
	if err != nil {
		return fmt.Errorf("%s is not a rate: write a string, such as \"1.761\"", b)
	}
	return r.UnmarshalText([]byte(s))
}

// For is the rate for a whole number of things, rounded once, half a penny away
// from zero.
func (r Rate) For(quantity int64) (GBP, error) { return r.Of(quantity, 1) }

// Of is the rate for quantity parts of a thing of which parts make a whole, such
// as so many minutes of an hour, rounded once, half a penny away from zero. There
// is at least one part in a whole.
func (r Rate) Of(quantity int64, parts uint64) (GBP, error) {
	d := r.Pad(2)
	if d.Scale() < 2 {
		return 0, fmt.Errorf("%s × %d: %w", r, quantity, ErrOverflow)
	}
	perPenny := uint64(math.Pow10(d.Scale() - 2)) // of the last digit; exact, at most 1e17
	over, perPenny := bits.Mul64(perPenny, parts)
	if over != 0 || perPenny == 0 {
		return 0, fmt.Errorf("%s × %d/%d: %w", r, quantity, parts, ErrOverflow)
	}
	pence, ok := proportion(d.Coef(), magnitude(quantity), perPenny)
	if !ok || pence > math.MaxInt64 {
		return 0, fmt.Errorf("%s × %d/%d: %w", r, quantity, parts, ErrOverflow)
	}
	if d.IsNeg() != (quantity < 0) {
		return -GBP(pence), nil
	}
	return GBP(pence), nil
}

// proportion is a × b / c, rounded once, half upwards. It is not ok when the
// result is beyond 64 bits; what comes in between is not bound by them.
func proportion(a, b, c uint64) (result uint64, ok bool) {
	high, low := bits.Mul64(a, b)
	low, carry := bits.Add64(low, c/2, 0)
	high += carry
	if high >= c {
		return 0, false
	}
	result, _ = bits.Div64(high, low, c)
	return result, true
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}
