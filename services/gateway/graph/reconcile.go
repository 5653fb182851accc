package graph

import (
	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/gateway/graph/model"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/workforce/view/reconcile"
)

// ErrAhead refuses a month that has not begun.
var ErrAhead = refuse.New(refuse.Invalid, "MONTH_AHEAD", "%s has not begun: there is nothing yet to hold against each other.")

// reconciliation holds a network's accounts of a month against each other.
func (r *Resolver) reconciliation(w *model.NetworkWorkforce, month events.Month) (*reconcile.Reconciliation, error) {
	if month.Year() != w.Staffing.Year {
		return nil, ErrMonth.About("month", ask.Clip(string(month)), w.Staffing.Year)
	}
	if r.today(nil).Before(month.First()) {
		return nil, ErrAhead.About("month", month)
	}
	s := reconcile.Sources{Network: w.Network, Month: month, Claims: w.Claims, NoClaims: w.Unknown, NoStaff: w.Missing}
	for _, one := range w.Of {
		s.Staff = one
	}
	return reconcile.Of(s), nil
}

// reconciliations are those of a system's networks, together.
func (r *Resolver) reconciliations(s *model.SystemWorkforce, month events.Month) (*model.SystemReconciliation, error) {
	var all []*reconcile.Reconciliation
	for _, w := range s.Networks {
		one, err := r.reconciliation(w, month)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return model.Reconciled(month, s.Lines, all), nil
}
