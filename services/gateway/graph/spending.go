package graph

import (
	"context"
	"time"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/funding/view/spending"
)

// maySpend answers whether a network may spend money on something; nil where the
// book has no such network.
func (r *Resolver) maySpend(ctx context.Context, network events.PCN, year events.Year, stream funding.Stream, on contract.Purpose, asAt *time.Time) (*spending.Answer, error) {
	registry, err := r.reading(ctx, asAt, nil)
	if err != nil || registry.Network(network) == nil {
		return nil, err
	}
	reading, err := r.totality(ctx, year)
	if err != nil {
		return nil, err
	}
	return spending.May(reading, network, year, stream, on)
}
