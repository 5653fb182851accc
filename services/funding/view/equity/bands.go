package equity

import (
	"fmt"
	"strconv"

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
	Known               int           // how many networks the shares are of
	Counted             figure.Figure // likewise
	Unknown             []Left        // the others, and why
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
	b.Under = Band{To: &below, Survey: surveyed(42)}
	b.Middle = Band{From: &lower, To: &upper, Survey: figure.Not(unit, &figure.Unknown{
		Code: "NOT_PUBLISHED", Reason: "The survey gives no share for this band, and those who did not know are not told apart from it.",
	})}
	b.Over = Band{From: &above, Survey: surveyed(18)}
	for _, r := range t.rows {
		if r.Amount.Value == nil {
			b.Unknown = append(b.Unknown, r.left(r.Amount.Unknown))
			continue
		}
		b.Known++
	}
	b.Counted = figure.Of(b.Known, "network").Counting(countRule, func() []figure.Part { return t.named((&Band{}).has) })
	for _, band := range []*Band{&b.Under, &b.Middle, &b.Over} {
		band.count(t, b.Known)
	}
	return b
}

// surveyed is a share that the survey has published: no entry of the book has it.
func surveyed(percent int) figure.Figure {
	f := figure.Of(percent, unit)
	return f.By("A share that is published: "+SurveySource+".", func() (string, []events.ID) { return f.Equals("as published"), nil })
}

// has reports whether a network's money is known and in the band.
func (b *Band) has(r *Row) bool {
	m := r.Amount.Value
	return m != nil && (b.From == nil || *m >= *b.From) && (b.To == nil || *m <= *b.To)
}

func (b *Band) count(t Table, known int) {
	networks := 0
	for _, r := range t.rows {
		if b.has(r) {
			networks++
		}
	}
	is := *b // whose edges do not change
	b.Networks = figure.Of(networks, "network").Counting(bandRule, func() []figure.Part { return t.named(is.has) })
	share := figure.Figure{Value: percent(int64(networks), int64(known), 1), Unit: unit}
	if share.Value == nil {
		share.Unknown = &figure.Unknown{Code: "TOO_FEW_NETWORKS", Reason: "It is not known of any network how much money it has."}
	}
	b.Share = share.By(shareRule, func() (string, []events.ID) {
		return share.Equals(fmt.Sprintf("%d ÷ %d", networks, known)), figure.Behind(t.named((&Band{}).has))
	})
}

const (
	countRule = "The networks of which it is known how much money they have."
	bandRule  = "The networks with money between the edges of the band."
	shareRule = "The networks of the band, of all those of which it is known how much money they have, in per cent to one decimal."
)

// named are the networks that are meant, each with the entries behind its money.
func (t Table) named(meant func(*Row) bool) (all []figure.Part) {
	for _, r := range t.rows {
		if meant(r) {
			all = append(all, figure.Part{Is: string(r.Code), Entries: r.Amount.Entries()})
		}
	}
	return all
}

// Unnamed is b for those to whom its figures are shown, but not which networks they
// are of: their passports name none, and no entry of theirs.
func (b Bands) Unnamed() Bands {
	b.Counted = b.Counted.By(countRule, func() (string, []events.ID) { return b.Counted.Equals(strconv.Itoa(b.Known)), nil })
	for _, band := range []*Band{&b.Under, &b.Middle, &b.Over} {
		networks, share := band.Networks, band.Share
		band.Networks = networks.By(bandRule, func() (string, []events.ID) {
			return networks.Equals(fmt.Sprintf("%s of %d", networks.Value, b.Known)), nil
		})
		band.Share = share.By(shareRule, func() (string, []events.ID) {
			return share.Equals(fmt.Sprintf("%s ÷ %d", networks.Value, b.Known)), nil
		})
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
