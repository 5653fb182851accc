package client

import (
	"context"
	"iter"
	"time"

	"github.com/ics-openbook/openbook/api/ask/challenge"
	"github.com/ics-openbook/openbook/api/client/generated"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/challenge"
)

// What is shown of challenges.
type (
	Challenge       = generated.Challenge
	ChallengeStatus = generated.ChallengeStatus
)

// The states of a challenge in which its system owes a word.
const (
	ChallengeOpen         = generated.ChallengeStatusOpen
	ChallengeAcknowledged = generated.ChallengeStatusAcknowledged
)

// ChallengeStatuses are how far a challenge may have come.
var ChallengeStatuses = generated.AllChallengeStatus

// ChallengesOf says which challenges are meant. Whatever is given must be so.
type ChallengesOf struct {
	System   events.ICB // whose ledgers they are about; all of one's own systems' unless given
	Network  events.PCN
	Practice events.Practice
	Year     events.Year
	Status   ChallengeStatus
	Overdue  *bool
	AsAt     time.Time // what the book said at this moment
}

// Challenges yields challenges by name, a page at a time. An error ends it.
func (c *Client) Challenges(ctx context.Context, of ChallengesOf) iter.Seq2[Challenge, error] {
	return pages(func(after *string) ([]Challenge, generated.PageInfo, error) {
		r, err := generated.GetChallenges(ctx, documents{c}, given(of.System), given(of.Network), given(of.Practice), given(of.Year), given(of.Status), of.Overdue, page, after, given(of.AsAt))
		if err != nil {
			return nil, generated.PageInfo{}, err
		}
		return r.Challenges.Nodes, r.Challenges.PageInfo, nil
	})
}

// Challenge returns a challenge, or nil when the book has none of this name.
func (c *Client) Challenge(ctx context.Context, name fact.ID, asAt time.Time) (*Challenge, error) {
	r, err := generated.GetChallenge(ctx, documents{c}, name, given(asAt))
	if err != nil {
		return nil, err
	}
	return r.Challenge, nil
}

// OpenChallenge challenges an entry of a ledger, or says that one is missing.
func (c *Client) OpenChallenge(ctx context.Context, a challenge.OpenChallenge) (Receipt, error) {
	return submit(ctx, c, generated.OpenChallenge, &a, &a.Given)
}

// AcknowledgeChallenge says that the system has read a challenge.
func (c *Client) AcknowledgeChallenge(ctx context.Context, a challenge.AcknowledgeChallenge) (Receipt, error) {
	return submit(ctx, c, generated.AcknowledgeChallenge, &a, &a.Given)
}

// AnswerChallenge says what the system makes of a challenge.
func (c *Client) AnswerChallenge(ctx context.Context, a challenge.AnswerChallenge) (Receipt, error) {
	return submit(ctx, c, generated.AnswerChallenge, &a, &a.Given)
}

// AcceptAnswer closes a challenge whose answer is accepted.
func (c *Client) AcceptAnswer(ctx context.Context, a challenge.AcceptAnswer) (Receipt, error) {
	return submit(ctx, c, generated.AcceptAnswer, &a, &a.Given)
}

// EscalateChallenge takes a challenge to somebody else.
func (c *Client) EscalateChallenge(ctx context.Context, a challenge.EscalateChallenge) (Receipt, error) {
	return submit(ctx, c, generated.EscalateChallenge, &a, &a.Given)
}

// ResolveChallenge says how an escalated challenge has ended.
func (c *Client) ResolveChallenge(ctx context.Context, a challenge.ResolveChallenge) (Receipt, error) {
	return submit(ctx, c, generated.ResolveChallenge, &a, &a.Given)
}
