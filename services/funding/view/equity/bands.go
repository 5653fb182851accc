package equity

import (
	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
)

// The edges of the bands of the founding survey. What is exactly on one is in the
// middle band: the survey has "under" the lower and "over" the upper.
const (
	Lower events.GBP = 20_000_00
	Upper events.GBP = 50_000_00
)

// Where the survey's shares are from, and what they are of.
const (
	SurveySource = "NHS Confederation, Equipped for success?, 2020"
	SurveyNote   = "Answers of 157 clinical directors, about 12 % of networks, on the funding they had received. The survey gives no share for the middle band: those who did not know are in what remains."
)

// Bands are how many networks have little, and how many much.
type Bands struct {
	Under, Middle, Over Band
	Known               int    // how many networks the shares are of
	Unknown             []Left // the others, and why
}

// Band is the networks whose money is between two edges.
type Band struct {
	Networks int
	Share    *decimal.Decimal // in per cent of those known, to one decimal; nil where none is known
	Survey   *decimal.Decimal // likewise, in the founding survey; nil where that does not say
}

// Bands are the networks of the table by their money.
func (t Table) Bands() Bands {
	under, over := decimal.MustNew(42, 0), decimal.MustNew(18, 0)
	b := Bands{Under: Band{Survey: &under}, Over: Band{Survey: &over}}
	for _, r := range t.rows {
		switch {
		case r.Amount == nil:
			b.Unknown = append(b.Unknown, r.left(r.Why))
			continue
		case *r.Amount < Lower:
			b.Under.Networks++
		case *r.Amount > Upper:
			b.Over.Networks++
		default:
			b.Middle.Networks++
		}
		b.Known++
	}
	for _, band := range []*Band{&b.Under, &b.Middle, &b.Over} {
		band.Share = percent(int64(band.Networks), int64(b.Known), 1)
	}
	return b
}

// percent is what part of a whole something is, or nil where there is no whole.
func percent(part, whole int64, places int) *decimal.Decimal {
	share, err := decimal.MustNew(part, 0).Quo(decimal.MustNew(whole, 0))
	if err != nil {
		return nil
	}
	if share, err = share.Mul(decimal.Hundred); err != nil {
		return nil
	}
	share = share.Round(places).Trim(0)
	return &share
}
