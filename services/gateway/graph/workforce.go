package graph

import (
	"context"
	"fmt"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/funding"
	registered "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/events/staffing"
	fact "github.com/ics-openbook/openbook/events/workforce"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/funding/view/totality"
	"github.com/ics-openbook/openbook/services/gateway/graph/model"
	"github.com/ics-openbook/openbook/services/gateway/guard"
	"github.com/ics-openbook/openbook/services/internal/figure"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/network/view"
	claims "github.com/ics-openbook/openbook/services/workforce/view"
)

// ErrMonth refuses a month of another year.
var ErrMonth = refuse.New(refuse.Invalid, "MONTH_INVALID", "%q is no month of %s. Write it as 2025-06.")

// workforce is how a network stands with its claims of a year.
func (r *Resolver) workforce(ctx context.Context, n *view.Network, year events.Year) (*model.NetworkWorkforce, error) {
	t, err := r.totality(ctx, year)
	if err != nil {
		return nil, err
	}
	v, _ := r.Viewer(ctx) // the guard lets nobody else come here
	return r.standing(ctx, t, v, n, year, counting(t, year)), nil
}

func (r *Resolver) systemWorkforce(ctx context.Context, s *view.System, year events.Year) (*model.SystemWorkforce, error) {
	t, err := r.totality(ctx, year)
	if err != nil {
		return nil, err
	}
	v, _ := r.Viewer(ctx) // the guard lets nobody else come here
	all := &model.SystemWorkforce{System: s, Networks: []*model.NetworkWorkforce{}, Lines: guard.Holds(v, s.Code().Entity(), guard.SeePay...)}
	var staff []model.Staffing
	posts := counting(t, year)
	for _, n := range s.Networks() {
		one := r.standing(ctx, t, v, n, year, posts)
		all.Networks, staff = append(all.Networks, one), append(staff, one.Staffing)
	}
	all.Staffing = model.Together(year, staff...)
	return all, nil
}

func (r *Resolver) standing(ctx context.Context, t *totality.Reading, v guard.Viewer, n *view.Network, year events.Year, posts *terms.Contract) *model.NetworkWorkforce {
	of := fact.Workforce{Network: n.Code(), Year: year}
	w := &model.NetworkWorkforce{
		Standing: claims.Standing{Workforce: of, Claims: t.Money.Claims.Of(of.Network, year), Entitled: mayClaim(t, of, posts), Today: r.today(asked(ctx))},
		In:       n.Within(), Lines: guard.Holds(v, n.Code().Entity(), guard.SeePay...),
	}
	w.Staffing = model.Staffing{Year: year, Day: w.Today}
	if s := t.Money.Staffing.Of(of.Network); s != nil {
		w.Staffing.Of = append(w.Of, s)
	}
	if first, last := year.First(), year.Last(); w.Day.Before(first) {
		w.Day = first
	} else if w.Day.After(last) {
		w.Day = last
	}
	if t.Unknown != nil {
		w.Unknown, w.Missing = t.Unknown(of.Entity()), t.Unknown(staffing.Entity(of.Network))
	}
	return w
}

// posts makes a page of a network's posts.
func (r *Resolver) posts(ctx context.Context, w *model.NetworkWorkforce, first int, after *string) (*model.PostConnection, error) {
	all := []*model.Post{}
	for _, s := range w.Staffing.Of {
		all = append(all, model.Posts(s, w.Day)...)
	}
	c, err := cut(ctx, "posts "+string(w.Workforce.Entity())+" ", all, (*model.Post).Key, span{first: &first, after: after})
	if err != nil {
		return nil, err
	}
	return model.PostPage(c), nil
}

// directorTimes is how directors' time of a month is spread over a system, or over
// a place of it.
func (r *Resolver) directorTimes(s *model.SystemWorkforce, month events.Month, place *registered.Place) (*model.DirectorTimes, error) {
	if month.Year() != s.Year {
		return nil, ErrMonth.About("month", ask.Clip(string(month)), s.Year)
	}
	in := map[events.PCN]bool{}
	for _, n := range s.System.Networks() {
		in[n.Code()] = place == nil || n.Place() != nil && n.Place().Code() == *place
	}
	return model.Spread(month, s.Missing, s.Of, func(n events.PCN) bool { return in[n] }), nil
}

// sinceApproval is what an approved line has become more by today's maxima.
func (r *Resolver) sinceApproval(ctx context.Context, l *model.ClaimLine) (*events.GBP, error) {
	t, err := r.totality(ctx, l.Claim.Year)
	if err != nil {
		return nil, err
	}
	c := t.Contracts.Contract(l.Claim.Year)
	if c == nil {
		return nil, nil
	}
	return t.Money.Claims.Of(l.Claim.Network, l.Claim.Year).SinceApproval(l.Line, c.Role(l.Role)), nil
}

// mayClaim is the sum that a network may claim in a year.
func mayClaim(t *totality.Reading, of fact.Workforce, counting *terms.Contract) figure.Amount {
	if counting != nil {
		if a, counts := claims.ByPosts(counting, of.Year, patients(t, of)); counts {
			return a
		}
	}
	if a := t.Due(of.Network, of.Year, funding.Stream(fact.Stream)); a != nil {
		return *a
	}
	return figure.NoAmount(&figure.Unknown{Code: "NO_SUM", Reason: fmt.Sprintf("No contract of %s in the book has a sum for additional roles.", of.Year)})
}

// counting is the contract of a year that has no rate for additional roles, so that
// it may count posts instead; nil of any other.
func counting(t *totality.Reading, year events.Year) *terms.Contract {
	c := t.Contracts.Contract(year)
	if c == nil {
		return nil
	}
	if s := c.Stream(fact.Stream); s != nil && len(s.Lines()) > 0 {
		return nil
	}
	return c
}

// patients are those registered with a network, as the year counts them; nil where
// that is not known.
func patients(t *totality.Reading, of fact.Workforce) *int {
	if e := t.Money.Entitled.Of(of.Network, of.Year); e != nil {
		if last, _ := e.Last(); last != nil {
			for _, c := range last.Counts {
				if c.Basis == contract.Registered {
					return &c.Quantity
				}
			}
		}
	}
	return nil
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
