package model

import (
	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/funding/view/equity"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// fewest is how many networks a figure is of that is shown to other systems: of
// fewer, who knows about some could tell the rest.
const fewest = 5

// withheld says why a figure of fewer networks is not shown.
var withheld = &figure.Unknown{
	Code: "TOO_FEW_TO_SHOW", Reason: "Fewer than five networks are in this figure, so it is open to those who belong to the system alone.",
}

// Equity is how evenly money reaches the networks of a system, as somebody sees
// it.
type Equity struct {
	equity.Question
	Own   bool // whether the viewer belongs to the system
	Table equity.Table
}

// Within is the system whose networks they are.
func (e *Equity) Within() events.ICB { return e.System }

// Networks are the networks, by code.
func (e *Equity) Networks() []*equity.Row { return e.Table.Rows() }

// Slope is whether money goes with deprivation.
func (e *Equity) Slope(basis network.Basis) *EquitySlope {
	return &EquitySlope{e.Table.Slope(basis), e}
}

// Bands are how many networks have little, and how many much.
func (e *Equity) Bands() *EquityBands {
	b := e.Table.Bands()
	switch {
	case e.Own:
		return &EquityBands{b, b.Counted, e}
	case b.Known >= fewest:
		b = b.Unnamed()
		return &EquityBands{b, b.Counted, e}
	}
	for _, band := range []*equity.Band{&b.Under, &b.Middle, &b.Over} {
		band.Networks = figure.Not(band.Networks.Unit, withheld)
		band.Share = figure.Not(band.Share.Unit, withheld)
	}
	return &EquityBands{b, figure.Not("network", withheld), e}
}

// EquitySlope is a slope as somebody sees it.
type EquitySlope struct {
	is equity.Slope
	of *Equity
}

func (s *EquitySlope) shown() bool { return s.of.Own || s.is.Networks >= fewest }

// Within is the system whose networks it is through.
func (s *EquitySlope) Within() events.ICB { return s.of.System }

// Basis is how patients are counted.
func (s *EquitySlope) Basis() network.Basis { return s.is.Basis }

// Line is the line, or nil where it is not known or not shown.
func (s *EquitySlope) Line() *equity.Line {
	if !s.shown() {
		return nil
	}
	return s.is.Line
}

// Unknown says why there is no line, or nil.
func (s *EquitySlope) Unknown() *figure.Unknown {
	if !s.shown() {
		return withheld
	}
	return s.is.Unknown
}

// Networks is how many networks the line is through.
func (s *EquitySlope) Networks() figure.Figure {
	if !s.shown() {
		return figure.Not("network", withheld)
	}
	if !s.of.Own {
		return s.is.CountedUnnamed()
	}
	return s.of.Table.Counted(s.is)
}

// LeftOut are the others, and why.
func (s *EquitySlope) LeftOut() []equity.Left { return s.is.LeftOut }

// EquityBands are bands as somebody sees them.
type EquityBands struct {
	equity.Bands
	known figure.Figure
	of    *Equity
}

// Within is the system whose networks they are.
func (b *EquityBands) Within() events.ICB { return b.of.System }

// Known is of how many networks it is known how much they have.
func (b *EquityBands) Known() figure.Figure { return b.known }

// SurveySource is where the survey's shares are from.
func (b *EquityBands) SurveySource() string { return equity.SurveySource }

// SurveyNote is what they are of.
func (b *EquityBands) SurveyNote() string { return equity.SurveyNote }

// EquityWhatIf is what the networks of a system would have by another rule.
type EquityWhatIf struct {
	*equity.WhatIf
	Before, After *Equity
}

// DeprivationWeight is how much deprivation counts.
func (w *EquityWhatIf) DeprivationWeight() decimal.Decimal { return w.Weight }

// MeanDeprivation is that of all patients, or nil where it does not count.
func (w *EquityWhatIf) MeanDeprivation() *decimal.Decimal { return w.Mean }

// Networks are the networks with what would change.
func (w *EquityWhatIf) Networks() []equity.Share { return w.Shares }

// EquityRule is a rule by which money is divided.
type EquityRule struct {
	Basis             network.Basis
	DeprivationWeight decimal.Decimal
}
