package client

import (
	"context"

	"github.com/Khan/genqlient/graphql"
	"github.com/google/uuid"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/api/client/generated"
	"github.com/ics-openbook/openbook/api/client/wire"
)

// Proposal is an entry that has not been recorded.
type Proposal = wire.Proposal

// Reported is what came of a report: a receipt, or what a dry run would have
// recorded.
type Reported struct {
	Receipt  *Receipt
	Proposed []Proposal
}

// CiteSource names a published file as the source of reports to come.
func (c *Client) CiteSource(ctx context.Context, a network.CiteSource) (Receipt, error) {
	return submit(ctx, c, generated.CiteSource, &a, &a.Given)
}

// CompleteSource notes that everything a source tells has been reported.
func (c *Client) CompleteSource(ctx context.Context, a network.CompleteSource) (Receipt, error) {
	return submit(ctx, c, generated.CompleteSource, &a, &a.Given)
}

// ReportSystem passes on what a source says of a system.
func (c *Client) ReportSystem(ctx context.Context, a network.ReportSystem) (Reported, error) {
	return report(ctx, c, generated.ReportSystem, &a, &a.Given)
}

// ReportNetwork passes on what a source says of a network.
func (c *Client) ReportNetwork(ctx context.Context, a network.ReportNetwork) (Reported, error) {
	return report(ctx, c, generated.ReportNetwork, &a, &a.Given)
}

// ReportPractice passes on what a source says of a practice.
func (c *Client) ReportPractice(ctx context.Context, a network.ReportPractice) (Reported, error) {
	return report(ctx, c, generated.ReportPractice, &a, &a.Given)
}

func report[A any, R answered](ctx context.Context, c *Client, send func(context.Context, graphql.Client, A) (R, error), a *A, given *ask.Given) (Reported, error) {
	if given.IdempotencyKey == "" {
		given.IdempotencyKey = uuid.NewString()
	}
	if given.Wait == "" {
		given.Wait = c.wait
	}
	answer, err := send(ctx, documents{c}, *a)
	if err != nil {
		return Reported{}, err
	}
	told := answer.GetAnswer()
	return Reported{told.Receipt, told.Proposed}, nil
}
