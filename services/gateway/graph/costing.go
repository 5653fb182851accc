package graph

import (
	"context"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/costing"
	"github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/funding/view/costed"
	"github.com/ics-openbook/openbook/services/funding/view/totality"
	"github.com/ics-openbook/openbook/services/internal/figure"
	"github.com/ics-openbook/openbook/services/network/view"
)

// costs is what it costs a network to deliver each specification, and what has
// come for it out of the ledgers of the year.
func (r *Resolver) costs(ctx context.Context, n *view.Network, year events.Year) ([]*costed.Specification, error) {
	t, err := r.totality(ctx, year)
	if err != nil {
		return nil, err
	}
	of := costing.Costing{Network: n.Code(), Year: year}
	var why *figure.Unknown
	if t.Unknown != nil {
		why = t.Unknown(of.Entity())
	}
	return t.Money.Costed.Costs(of, costed.Specifications(t.Contracts, year), purse(t.Network(n.Code(), year)), why), nil
}

// purse is what a network has received in a year, by stream. Where its system
// keeps no ledger of the year, nobody knows.
func purse(all *totality.Funding) func(contract.Key) costed.Received {
	return func(key contract.Key) costed.Received {
		if stream := all.Stream(funding.Stream(key)); stream != nil {
			stages := stream.Stages()
			return costed.ReceivedOf(stages.Confirmed(), stages.Paid())
		}
		if why := all.NotKept(); why != nil {
			return costed.Received{Amount: figure.NoAmount(why), Said: funding.StageConfirmed}
		}
		none := func() []figure.Term { return nil }
		return costed.Received{Amount: figure.Known(0, "Nothing has come out of this stream.", none), Said: funding.StageConfirmed}
	}
}
