package client

import (
	"context"
	"time"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/api/client/generated"
	"github.com/ics-openbook/openbook/api/client/wire"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/events/network"
)

// How evenly money reaches networks.
type (
	Equity        = generated.Equity
	EquitySlope   = generated.EquitySlope
	EquityBands   = generated.EquityBands
	EquityBand    = generated.EquityBand
	NetworkEquity = generated.NetworkEquity
	EquityLeftOut = generated.EquityLeftOut
	EquityWhatIf  = generated.EquityWhatIf
	EquityChange  = generated.EquityChange
	EquityStage   = generated.EquityStage
	Amount        = generated.Amount
)

// EquityStages are how far money may have come, where networks are compared.
var EquityStages = generated.AllEquityStage

// EquityOf says of which money.
type EquityOf struct {
	System    events.ICB
	Year      events.Year
	Stream    funding.Stream // all of them unless given
	Stage     EquityStage
	Practices *bool         // whether what is paid to a network's practices counts too; as the schema says unless given
	Basis     network.Basis // how patients are counted
	AsAt      time.Time     // as the book was then; now unless given
}

func (of EquityOf) stream() *funding.Stream {
	if of.Stream == "" {
		return nil
	}
	return &of.Stream
}

// Equity returns the slope and the bands of a system, with its name; nil when the
// book has no such system.
func (c *Client) Equity(ctx context.Context, of EquityOf) (name string, e *Equity, err error) {
	r, err := generated.GetEquity(ctx, documents{c}, of.System, of.Year, of.stream(), of.Stage, of.Practices, of.Basis, When{AsAt: of.AsAt}.asAt())
	if err != nil || r.System == nil {
		return "", nil, err
	}
	return r.System.Name, &r.System.Equity, nil
}

// EquityNetworks returns the networks of a system, and those that the slope leaves
// out. They are open to those who belong to it.
func (c *Client) EquityNetworks(ctx context.Context, of EquityOf) (all []NetworkEquity, left []EquityLeftOut, err error) {
	r, err := generated.GetEquityNetworks(ctx, documents{c}, of.System, of.Year, of.stream(), of.Stage, of.Practices, of.Basis, When{AsAt: of.AsAt}.asAt())
	if err != nil || r.System == nil {
		return nil, nil, err
	}
	return r.System.Equity.Networks, r.System.Equity.Slope.LeftOut, nil
}

// EquityWhatIf returns what each network would have if the money were divided by
// patients on a basis, of whom those count more, by the weight, who are more
// deprived. The other figures are on the basis of the question.
func (c *Client) EquityWhatIf(ctx context.Context, of EquityOf, by network.Basis, weight decimal.Decimal) (name string, w *EquityWhatIf, err error) {
	rule := wire.EquityRule{Basis: by, DeprivationWeight: weight}
	r, err := generated.GetEquityWhatIf(ctx, documents{c}, of.System, of.Year, of.stream(), of.Stage, of.Practices, of.Basis, rule, When{AsAt: of.AsAt}.asAt())
	if err != nil || r.System == nil {
		return "", nil, err
	}
	return r.System.Name, &r.System.EquityWhatIf, nil
}
