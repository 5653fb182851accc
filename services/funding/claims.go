package funding

import (
	"context"
	"errors"
	"fmt"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/events/workforce"
	"github.com/ics-openbook/openbook/services/funding/ledger"
	"github.com/ics-openbook/openbook/services/funding/view/money"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/decider"
	registry "github.com/ics-openbook/openbook/services/network/view"
	claims "github.com/ics-openbook/openbook/services/workforce/view"
)

// pay pays the claims for workforces that have been approved, the oldest approval
// first, as far as there is money for them: of one that there is none for, the
// rest waits in sight, approved and not paid.
func (s service) pay(ctx context.Context) (all error) {
	monies := s.monies.Seen()
	waiting := monies.State.Claims.Unpaid()
	if len(waiting) == 0 {
		return nil
	}
	k, upto, err := s.known(ctx, monies.At.Position)
	if err != nil {
		return err
	}
	k.By = platform
	for _, c := range waiting {
		one, there := payable(monies.State, k.Registry, c)
		if !there {
			continue
		}
		approval := c.Judged().ID
		_, err := s.decider.Transact(ctx, one.Stream(), decider.Asked{
			ID: known("claim paid", 0, string(approval)), Actor: platform, Known: upto, Cause: approval,
		}, func(state ledger.State) ([]fact.Event, error) { return ledger.PayClaim(state, k, one.Claim) })
		all = errors.Join(all, s.lasting(ctx, fmt.Sprintf("paying claim %s from %s", one.Reference, one.Entity()), err))
	}
	return all
}

type payment struct{ ledger.Claim }

func (p payment) Stream() events.Stream { return p.Ledger.Stream() }

// payable is what an approved claim calls for, and whether there is as much in the
// ledger of the system that its network was in, at the end of the claim's last
// month or when it was approved, if that was earlier. Where that year is closed, the
// next one's pays.
func payable(all money.State, bodies registry.State, c *claims.Claim) (payment, bool) {
	approval := c.Approval()
	on := c.Until().Last()
	if judged := clock.DayOf(c.Judged().Time); judged.Before(on) {
		on = judged
	}
	n := (&registry.Reading{State: bodies, On: on}).Network(c.Network)
	if n == nil || n.System() == nil {
		return payment{}, false
	}
	of := fact.Ledger{System: n.System().Code(), Year: c.Year}
	books := all.Ledgers.Ledger(of)
	for books != nil && books.Closed {
		of.Year = of.Year.Next()
		on, books = of.Year.First(), all.Ledgers.Ledger(of)
	}
	if books == nil {
		return payment{}, false
	}
	var there events.GBP
	for holder, stage := range map[events.Entity]fact.Stage{c.Network.Entity(): fact.StageAllocated, of.System.Entity(): fact.StagePot} {
		for _, a := range books.Accounts(holder) {
			if a.Stage == stage && a.Stream == fact.Stream(workforce.Stream) {
				there += a.In - a.Out
			}
		}
	}
	return payment{ledger.Claim{
		Ledger: of, Network: c.Network, Stream: fact.Stream(workforce.Stream), Amount: approval.Amount, On: on,
		Reference: fmt.Sprintf("%s claim %d", c.Entity(), c.Number), Maker: c.By(), Checker: approval.By,
	}}, there >= approval.Amount
}
