package graph

import (
	"context"
	"time"

	"github.com/ics-openbook/openbook/events/funding"
	ledgers "github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/gateway/graph/model"
	"github.com/ics-openbook/openbook/services/gateway/guard"
)

// MoneyAt is the money as a request reads it that has no session of its own: what
// the book said at asAt or, without that, at least as far as seen.
func (r *Resolver) MoneyAt(ctx context.Context, seen *Registry, asAt *time.Time) (*Money, error) {
	mark := seen.At
	if asAt != nil {
		then, err := r.Book.AsAt(ctx, *asAt)
		if err != nil {
			return nil, err
		}
		mark = then
	}
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	now, err := r.Money.Wait(wait, mark.Position)
	if err != nil || asAt == nil {
		return now, err
	}
	return r.Money.AsAt(ctx, mark)
}

// inTransit is what ledgers that a viewer sees have sent, or wait for.
func inTransit(all ledgers.State, v guard.Viewer) (found []model.MoneyInTransit) {
	for _, t := range all.InTransit() {
		if guard.Shows(v, t.From.Entity()) != nil && guard.Shows(v, t.To.Entity()) != nil {
			continue
		}
		sent := all.Ledger(t.From).Entry(t.Entry)
		m := model.MoneyInTransit{
			FromSystem: t.From.System, FromYear: t.From.Year, ToSystem: t.To.System, ToYear: t.To.Year, Entry: t.Entry, Since: sent.Time,
		}
		for _, p := range sent.Posted() {
			if p.Stage == funding.StageTransit {
				m.Amount += p.Amount
			}
		}
		found = append(found, m)
	}
	return found
}
