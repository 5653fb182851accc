package equity

import (
	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/figure"
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
	From, To *events.GBP   // the edges that are in it; nil where there is none
	Networks figure.Figure // how many there are
	Share    figure.Figure // in per cent of those known, to one decimal
	Survey   figure.Figure // likewise, in the founding survey
}

const unit = "per cent"

// Bands are the networks of the table by their money.
func (t Table) Bands() (b Bands) {
	lower, upper := Lower, Upper
	below, above := Lower-1, Upper+1
	b.Under = Band{To: &below, Survey: figure.Of(42, unit)}
	b.Middle = Band{From: &lower, To: &upper, Survey: figure.Not(unit, &figure.Unknown{
		Code: "NOT_PUBLISHED", Reason: "The survey gives no share for this band, and those who did not know are not told apart from it.",
	})}
	b.Over = Band{From: &above, Survey: figure.Of(18, unit)}
	var under, middle, over int
	for _, r := range t.rows {
		switch {
		case r.Amount.Value == nil:
			b.Unknown = append(b.Unknown, r.left(r.Amount.Unknown))
			continue
		case *r.Amount.Value < Lower:
			under++
		case *r.Amount.Value > Upper:
			over++
		default:
			middle++
		}
		b.Known++
	}
	b.Under.count(under, b.Known)
	b.Middle.count(middle, b.Known)
	b.Over.count(over, b.Known)
	return b
}

func (b *Band) count(networks, of int) {
	b.Networks = figure.Of(networks, "network")
	b.Share = figure.Figure{Value: percent(int64(networks), int64(of), 1), Unit: unit}
	if b.Share.Value == nil {
		b.Share.Unknown = &figure.Unknown{Code: "TOO_FEW_NETWORKS", Reason: "It is not known of any network how much money it has."}
	}
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
