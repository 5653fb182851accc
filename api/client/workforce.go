package client

import (
	"context"

	"github.com/ics-openbook/openbook/api/ask/workforce"
	"github.com/ics-openbook/openbook/api/client/generated"
)

// SubmitClaim claims for a month, or, of a dry run, says what that would record.
func (c *Client) SubmitClaim(ctx context.Context, a workforce.SubmitClaim) (Reported, error) {
	return report(ctx, c, generated.SubmitClaim, &a, &a.Given)
}

// AdjustClaims claims what lines of approved claims come to more, or, of a dry
// run, says what that would record.
func (c *Client) AdjustClaims(ctx context.Context, a workforce.AdjustClaims) (Reported, error) {
	return report(ctx, c, generated.AdjustClaims, &a, &a.Given)
}

// WithdrawClaim takes back a claim that nobody has judged.
func (c *Client) WithdrawClaim(ctx context.Context, a workforce.WithdrawClaim) (Receipt, error) {
	return submit(ctx, c, generated.WithdrawClaim, &a, &a.Given)
}

// ApproveClaim has a claim paid.
func (c *Client) ApproveClaim(ctx context.Context, a workforce.ApproveClaim) (Receipt, error) {
	return submit(ctx, c, generated.ApproveClaim, &a, &a.Given)
}

// RejectClaim turns a claim down.
func (c *Client) RejectClaim(ctx context.Context, a workforce.RejectClaim) (Receipt, error) {
	return submit(ctx, c, generated.RejectClaim, &a, &a.Given)
}
