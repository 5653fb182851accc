package graph

import (
	"context"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/funding/view/equity"
	"github.com/ics-openbook/openbook/services/gateway/graph/model"
	"github.com/ics-openbook/openbook/services/gateway/guard"
)

// equity is how evenly money of a year reaches the networks of a system, as the
// viewer may see it.
func (r *Resolver) equity(ctx context.Context, system events.ICB, year events.Year, stream *funding.Stream, stage equity.Stage, practices *bool) (*model.Equity, error) {
	reading, err := r.totality(ctx, year)
	if err != nil {
		return nil, err
	}
	q, err := equity.Asked(reading, equity.Question{System: system, Year: year, Stream: stream, Stage: stage}, practices)
	if err != nil {
		return nil, err
	}
	v, _ := r.Viewer(ctx) // the guard lets nobody else come here
	return &model.Equity{Question: q, Own: guard.Sees(v, system.Entity()) == nil, Table: equity.Read(reading, q)}, nil
}

// equityWhatIf is what each would have by another rule.
func (r *Resolver) equityWhatIf(ctx context.Context, system events.ICB, year events.Year, stream *funding.Stream, stage equity.Stage, practices *bool, rule model.EquityRule) (*model.EquityWhatIf, error) {
	before, err := r.equity(ctx, system, year, stream, stage, practices)
	if err != nil {
		return nil, err
	}
	found, err := before.Table.WhatIf(rule.Basis, rule.DeprivationWeight)
	if err != nil {
		return nil, err
	}
	after := *before
	after.Table = found.After
	return &model.EquityWhatIf{WhatIf: found, Before: before, After: &after}, nil
}
