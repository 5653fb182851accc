package gateway

import (
	"time"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/gateway/graph/generated"
)

// contractCosts says how long the lists of a contract are: about as long as
// those of the years that there have been.
func contractCosts(c *generated.ComplexityRoot) {
	times := func(n int) func(int) int { return func(child int) int { return n * child } }
	c.Query.Contracts = func(child int, _ *time.Time, _ *events.Date) int { return 8 * child }
	c.Contract.Streams, c.Contract.Roles, c.Contract.Requirements, c.Contract.Disputes = times(10), times(25), times(50), times(10)
	c.FundingStream.Lines, c.FundingStream.Uses, c.FundingStream.Disputes, c.Ruling.Uses = times(2), times(4), times(2), times(2)
	c.RateLine.Rates, c.RateLine.Disputes, c.ReimbursedRole.Maxima, c.ReimbursedRole.Limits, c.ReimbursedRole.Disputes = times(2), times(2), times(2), times(2), times(2)
	history := times(3)
	c.FundingStream.History, c.RateLine.History, c.PermittedUse.History, c.ReimbursedRole.History, c.Requirement.History = history, history, history, history, history
}
