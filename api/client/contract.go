package client

import (
	"context"

	"github.com/ics-openbook/openbook/api/ask/contract"
	"github.com/ics-openbook/openbook/api/client/generated"
	"github.com/ics-openbook/openbook/events"
)

// What a year's contract shows.
type (
	Contract           = generated.Contract
	FundingStream      = generated.FundingStream
	RateLine           = generated.RateLine
	RateInForce        = generated.RateInForce
	PermittedUse       = generated.PermittedUse
	ReimbursedRole     = generated.ReimbursedRole
	RoleMaximum        = generated.RoleMaximum
	RoleLimit          = generated.RoleLimit
	Requirement        = generated.Requirement
	MaturityFramework  = generated.MaturityFramework
	MaturityDomain     = generated.MaturityDomain
	MaturityLevel      = generated.MaturityLevel
	MaturityDescriptor = generated.MaturityDescriptor
	DisputedFigure     = generated.DisputedFigure
)

// PublishContract records what is new in a year's terms, or, of a dry run, says
// what that is.
func (c *Client) PublishContract(ctx context.Context, a contract.Publish) (Reported, error) {
	return report(ctx, c, generated.PublishContract, &a, &a.Given)
}

// WithdrawTerm takes a term of a year's contract back.
func (c *Client) WithdrawTerm(ctx context.Context, a contract.WithdrawTerm) (Receipt, error) {
	return submit(ctx, c, generated.WithdrawTerm, &a, &a.Given)
}

// Contract returns the Network Contract of a year, or nil when the book has
// none.
func (c *Client) Contract(ctx context.Context, year events.Year, when When) (*Contract, error) {
	r, err := generated.GetContract(ctx, documents{c}, year, when.asAt(), when.on())
	if err != nil {
		return nil, err
	}
	return r.Contract, nil
}
