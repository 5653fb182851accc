package client

import (
	"context"

	"github.com/ics-openbook/openbook/api/ask/workforce"
	"github.com/ics-openbook/openbook/api/client/generated"
)

// StateBaseline says what a network had of a role before the scheme.
func (c *Client) StateBaseline(ctx context.Context, a workforce.StateBaseline) (Receipt, error) {
	return submit(ctx, c, generated.StateBaseline, &a, &a.Given)
}

// PlanPost makes a post.
func (c *Client) PlanPost(ctx context.Context, a workforce.PlanPost) (Receipt, error) {
	return submit(ctx, c, generated.PlanPost, &a, &a.Given)
}

// ChangePost says what a post is from a day on.
func (c *Client) ChangePost(ctx context.Context, a workforce.ChangePost) (Receipt, error) {
	return submit(ctx, c, generated.ChangePost, &a, &a.Given)
}

// AdvancePost says that somebody is sought for a post, or is offered it.
func (c *Client) AdvancePost(ctx context.Context, a workforce.AdvancePost) (Receipt, error) {
	return submit(ctx, c, generated.AdvancePost, &a, &a.Given)
}

// FillPost says who is in a post.
func (c *Client) FillPost(ctx context.Context, a workforce.FillPost) (Receipt, error) {
	return submit(ctx, c, generated.FillPost, &a, &a.Given)
}

// VacatePost says that somebody leaves a post.
func (c *Client) VacatePost(ctx context.Context, a workforce.VacatePost) (Receipt, error) {
	return submit(ctx, c, generated.VacatePost, &a, &a.Given)
}

// WithdrawPost gives a post up.
func (c *Client) WithdrawPost(ctx context.Context, a workforce.WithdrawPost) (Receipt, error) {
	return submit(ctx, c, generated.WithdrawPost, &a, &a.Given)
}

// ReportDirectorTime records what time a clinical director had in a month.
func (c *Client) ReportDirectorTime(ctx context.Context, a workforce.ReportDirectorTime) (Receipt, error) {
	return submit(ctx, c, generated.ReportDirectorTime, &a, &a.Given)
}

// ReturnStaff records what a network has in the national workforce collection, or,
// of a dry run, says what that would record.
func (c *Client) ReturnStaff(ctx context.Context, a workforce.ReturnStaff) (Reported, error) {
	return report(ctx, c, generated.ReturnStaff, &a, &a.Given)
}
