package graph

import (
	"context"
	"fmt"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/funding"
	fact "github.com/ics-openbook/openbook/events/workforce"
	"github.com/ics-openbook/openbook/services/funding/view/totality"
	"github.com/ics-openbook/openbook/services/gateway/graph/model"
	"github.com/ics-openbook/openbook/services/gateway/guard"
	"github.com/ics-openbook/openbook/services/internal/figure"
	"github.com/ics-openbook/openbook/services/network/view"
	claims "github.com/ics-openbook/openbook/services/workforce/view"
)

// workforce is how a network stands with its claims of a year.
func (r *Resolver) workforce(ctx context.Context, n *view.Network, year events.Year) (*model.NetworkWorkforce, error) {
	t, err := r.totality(ctx, year)
	if err != nil {
		return nil, err
	}
	v, _ := r.Viewer(ctx) // the guard lets nobody else come here
	return r.standing(ctx, t, v, n, year), nil
}

func (r *Resolver) systemWorkforce(ctx context.Context, s *view.System, year events.Year) (*model.SystemWorkforce, error) {
	t, err := r.totality(ctx, year)
	if err != nil {
		return nil, err
	}
	v, _ := r.Viewer(ctx) // the guard lets nobody else come here
	all := &model.SystemWorkforce{Year: year, Networks: []*model.NetworkWorkforce{}, Lines: guard.Holds(v, s.Code().Entity(), guard.SeePay...)}
	for _, n := range s.Networks() {
		all.Networks = append(all.Networks, r.standing(ctx, t, v, n, year))
	}
	return all, nil
}

func (r *Resolver) standing(ctx context.Context, t *totality.Reading, v guard.Viewer, n *view.Network, year events.Year) *model.NetworkWorkforce {
	of := fact.Workforce{Network: n.Code(), Year: year}
	w := &model.NetworkWorkforce{
		Standing: claims.Standing{Workforce: of, Claims: t.Money.Claims.Of(of.Network, year), Entitled: mayClaim(t, of), Today: r.today(asked(ctx))},
		In:       n.Within(), Lines: guard.Holds(v, n.Code().Entity(), guard.SeePay...),
	}
	if t.Unknown != nil {
		w.Unknown = t.Unknown(of.Entity())
	}
	return w
}

// mayClaim is the sum that a network may claim in a year.
func mayClaim(t *totality.Reading, of fact.Workforce) figure.Amount {
	if a := t.Due(of.Network, of.Year, funding.Stream(fact.Stream)); a != nil {
		return *a
	}
	return figure.NoAmount(&figure.Unknown{Code: "NO_SUM", Reason: fmt.Sprintf("No contract of %s in the book has a sum for additional roles.", of.Year)})
}

// claims makes a page of a network's claims.
func (r *Resolver) claims(ctx context.Context, w *model.NetworkWorkforce, first int, after *string) (*model.ClaimConnection, error) {
	all := []*model.Claim{}
	for _, c := range w.Claims.Claims() {
		all = append(all, &model.Claim{Claim: c})
	}
	c, err := cut(ctx, "claims "+string(w.Workforce.Entity())+" ", all, (*model.Claim).Key, span{first: &first, after: after})
	if err != nil {
		return nil, err
	}
	return model.Claims(c), nil
}
