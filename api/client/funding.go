package client

import (
	"context"

	"github.com/ics-openbook/openbook/api/ask/funding"
	"github.com/ics-openbook/openbook/api/client/generated"
)

// ReceiveFunding records money from England in a system's pot.
func (c *Client) ReceiveFunding(ctx context.Context, a funding.ReceiveFunding) (Receipt, error) {
	return submit(ctx, c, generated.ReceiveFunding, &a, &a.Given)
}

// AllocateFunding promises money in the pot to a network or practice.
func (c *Client) AllocateFunding(ctx context.Context, a funding.AllocateFunding) (Receipt, error) {
	return submit(ctx, c, generated.AllocateFunding, &a, &a.Given)
}

// HoldFunding keeps back what is allocated, for a reason.
func (c *Client) HoldFunding(ctx context.Context, a funding.HoldFunding) (Receipt, error) {
	return submit(ctx, c, generated.HoldFunding, &a, &a.Given)
}

// ReleaseFunding lets go what is held.
func (c *Client) ReleaseFunding(ctx context.Context, a funding.ReleaseFunding) (Receipt, error) {
	return submit(ctx, c, generated.ReleaseFunding, &a, &a.Given)
}

// SpendOnBehalf records what a system spent for a network.
func (c *Client) SpendOnBehalf(ctx context.Context, a funding.SpendOnBehalf) (Receipt, error) {
	return submit(ctx, c, generated.SpendOnBehalf, &a, &a.Given)
}

// RequestPayment asks for the payment of what is allocated, or, of a dry
// run, says what that would record.
func (c *Client) RequestPayment(ctx context.Context, a funding.RequestPayment) (Reported, error) {
	return report(ctx, c, generated.RequestPayment, &a, &a.Given)
}

// RequestTakeBack asks for an allocation to go back into the pot.
func (c *Client) RequestTakeBack(ctx context.Context, a funding.RequestTakeBack) (Receipt, error) {
	return submit(ctx, c, generated.RequestTakeBack, &a, &a.Given)
}

// RequestDiversion asks to use a network's money for something else.
func (c *Client) RequestDiversion(ctx context.Context, a funding.RequestDiversion) (Receipt, error) {
	return submit(ctx, c, generated.RequestDiversion, &a, &a.Given)
}

// ApproveFundingRequest carries out what somebody else has requested.
func (c *Client) ApproveFundingRequest(ctx context.Context, a funding.ApproveRequest) (Receipt, error) {
	return submit(ctx, c, generated.ApproveFundingRequest, &a, &a.Given)
}

// RejectFundingRequest turns down what somebody else has requested.
func (c *Client) RejectFundingRequest(ctx context.Context, a funding.RejectRequest) (Receipt, error) {
	return submit(ctx, c, generated.RejectFundingRequest, &a, &a.Given)
}

// WithdrawFundingRequest takes one's own request back.
func (c *Client) WithdrawFundingRequest(ctx context.Context, a funding.WithdrawRequest) (Receipt, error) {
	return submit(ctx, c, generated.WithdrawFundingRequest, &a, &a.Given)
}

// ReverseEntry undoes an entry of a system's, for a reason.
func (c *Client) ReverseEntry(ctx context.Context, a funding.ReverseEntry) (Receipt, error) {
	return submit(ctx, c, generated.ReverseEntry, &a, &a.Given)
}

// RetainUnderspend lets a network keep what it has declared.
func (c *Client) RetainUnderspend(ctx context.Context, a funding.RetainUnderspend) (Receipt, error) {
	return submit(ctx, c, generated.RetainUnderspend, &a, &a.Given)
}

// OfferUnderspend offers what a network has declared to the others.
func (c *Client) OfferUnderspend(ctx context.Context, a funding.OfferUnderspend) (Receipt, error) {
	return submit(ctx, c, generated.OfferUnderspend, &a, &a.Given)
}

// ReallocateUnderspend promises what is offered to another network.
func (c *Client) ReallocateUnderspend(ctx context.Context, a funding.ReallocateUnderspend) (Receipt, error) {
	return submit(ctx, c, generated.ReallocateUnderspend, &a, &a.Given)
}

// ReturnFunding records what England has back.
func (c *Client) ReturnFunding(ctx context.Context, a funding.ReturnFunding) (Receipt, error) {
	return submit(ctx, c, generated.ReturnFunding, &a, &a.Given)
}

// MoveToSuccessor moves what a merged network has to the one it was merged
// into.
func (c *Client) MoveToSuccessor(ctx context.Context, a funding.MoveToSuccessor) (Receipt, error) {
	return submit(ctx, c, generated.MoveToSuccessor, &a, &a.Given)
}

// CloseFundingYear ends a ledger, and sends on what is left.
func (c *Client) CloseFundingYear(ctx context.Context, a funding.CloseYear) (Receipt, error) {
	return submit(ctx, c, generated.CloseFundingYear, &a, &a.Given)
}

// CarryInFunding begins a ledger with what another has sent.
func (c *Client) CarryInFunding(ctx context.Context, a funding.CarryIn) (Receipt, error) {
	return submit(ctx, c, generated.CarryInFunding, &a, &a.Given)
}

// ConfirmReceipt records that money which was paid has come.
func (c *Client) ConfirmReceipt(ctx context.Context, a funding.ConfirmReceipt) (Receipt, error) {
	return submit(ctx, c, generated.ConfirmReceipt, &a, &a.Given)
}

// CommitFunding sets money aside for something agreed.
func (c *Client) CommitFunding(ctx context.Context, a funding.CommitFunding) (Receipt, error) {
	return submit(ctx, c, generated.CommitFunding, &a, &a.Given)
}

// ReleaseCommitment makes committed money available again.
func (c *Client) ReleaseCommitment(ctx context.Context, a funding.ReleaseCommitment) (Receipt, error) {
	return submit(ctx, c, generated.ReleaseCommitment, &a, &a.Given)
}

// SpendFunding records what has been bought, or, of a dry run, says what
// that would record.
func (c *Client) SpendFunding(ctx context.Context, a funding.SpendFunding) (Reported, error) {
	return report(ctx, c, generated.SpendFunding, &a, &a.Given)
}

// DeclareUnderspend records what will not be spent.
func (c *Client) DeclareUnderspend(ctx context.Context, a funding.DeclareUnderspend) (Receipt, error) {
	return submit(ctx, c, generated.DeclareUnderspend, &a, &a.Given)
}

// AcknowledgeSpending records that what was spent on one's behalf was.
func (c *Client) AcknowledgeSpending(ctx context.Context, a funding.AcknowledgeSpending) (Receipt, error) {
	return submit(ctx, c, generated.AcknowledgeSpending, &a, &a.Given)
}

// RefuseSpending records that it was not, for a reason.
func (c *Client) RefuseSpending(ctx context.Context, a funding.RefuseSpending) (Receipt, error) {
	return submit(ctx, c, generated.RefuseSpending, &a, &a.Given)
}

// AcknowledgeDiversion records that a diversion is known.
func (c *Client) AcknowledgeDiversion(ctx context.Context, a funding.AcknowledgeDiversion) (Receipt, error) {
	return submit(ctx, c, generated.AcknowledgeDiversion, &a, &a.Given)
}

// ProtestDiversion records a word against a diversion.
func (c *Client) ProtestDiversion(ctx context.Context, a funding.ProtestDiversion) (Receipt, error) {
	return submit(ctx, c, generated.ProtestDiversion, &a, &a.Given)
}

// ReverseOwnEntry undoes an entry of one's own, for a reason.
func (c *Client) ReverseOwnEntry(ctx context.Context, a funding.ReverseOwnEntry) (Receipt, error) {
	return submit(ctx, c, generated.ReverseOwnEntry, &a, &a.Given)
}
