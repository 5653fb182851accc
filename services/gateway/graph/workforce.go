package graph

import (
	"context"
	"fmt"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
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
	return r.standing(ctx, t, v, n, year, t.Contracts.Contract(year)), nil
}

func (r *Resolver) systemWorkforce(ctx context.Context, s *view.System, year events.Year) (*model.SystemWorkforce, error) {
	t, err := r.totality(ctx, year)
	if err != nil {
		return nil, err
	}
	v, _ := r.Viewer(ctx) // the guard lets nobody else come here
	all := &model.SystemWorkforce{System: s, Networks: []*model.NetworkWorkforce{}, Lines: true}
	var staff []model.Staffing
	c := t.Contracts.Contract(year)
	for _, n := range s.Networks() {
		if guard.Shows(v, n.Code().Entity()) != nil {
			continue // it has gone over to another system, and so has what it says
		}
		one := r.standing(ctx, t, v, n, year, c)
		all.Networks, staff, all.Lines = append(all.Networks, one), append(staff, one.Staffing), all.Lines && one.Lines
	}
	all.Lines = all.Lines && len(all.Networks) > 0
	all.Staffing = model.Together(year, staff...)
	all.Named = all.Lines
	return all, nil
}

func (r *Resolver) standing(ctx context.Context, t *totality.Reading, v guard.Viewer, n *view.Network, year events.Year, c *terms.Contract) *model.NetworkWorkforce {
	of := fact.Workforce{Network: n.Code(), Year: year}
	w := &model.NetworkWorkforce{
		Standing: claims.Standing{Workforce: of, Claims: t.Money.Claims.Of(of.Network, year), Entitled: mayClaim(t, of, c), Today: r.today(asked(ctx))},
		In:       n.Within(), Lines: guard.Holds(v, n.Code().Entity(), guard.SeePay...),
	}
	w.Staffing = model.Staffing{Year: year, Day: w.Today, Named: w.Lines}
	if s := t.Money.Staffing.Of(of.Network); s != nil {
		w.Of = append(w.Of, s)
	}
	if first, last := year.First(), year.Last(); w.Day.Before(first) {
		w.Day, w.Ahead = first, true
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
	if err := w.Readable(); err != nil {
		return nil, err
	}
	all := []*model.Post{}
	for _, s := range w.Of {
		all = append(all, model.Posts(s, w.Day)...)
	}
	c, err := cut(ctx, "posts "+string(w.Workforce.Entity())+" ", all, (*model.Post).Key, span{first: &first, after: after})
	if err != nil {
		return nil, err
	}
	return model.PostPage(c), nil
}

// directorTimes is how directors' time of a month is spread over a system, or over
// a place of it: of the networks that were there on the month's last day, but for
// the viewer's own, by the newest of what is known. Which moment is asked about makes
// no difference, or the difference would be one director's.
func (r *Resolver) directorTimes(ctx context.Context, s *model.SystemWorkforce, month events.Month, place *registered.Place) (*model.DirectorTimes, error) {
	if month.Year() != s.Year {
		return nil, ErrMonth.About("month", ask.Clip(string(month)), s.Year)
	}
	v, _ := r.Viewer(ctx) // the guard lets nobody else come here
	newest, on := r.Money.Seen(), month.Last()
	bodies, err := r.reading(ctx, nil, &on)
	if err != nil {
		return nil, err
	}
	var all []model.Reporter
	if system := bodies.System(s.System.Code()); system != nil {
		for _, n := range system.Networks() {
			staff := newest.State.Staffing.Of(n.Code())
			if staff == nil || guard.Holds(v, n.Code().Entity(), ask.PCN) {
				continue
			}
			one := model.Reporter{Staff: staff}
			if p := n.Place(); p != nil {
				one.In = string(p.Code())
			}
			all = append(all, one)
		}
	}
	return model.Spread(month, s.Missing, all, (*string)(place)), nil
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
func mayClaim(t *totality.Reading, of fact.Workforce, c *terms.Contract) figure.Amount {
	if c != nil {
		if a, counts := claims.ByPosts(c, of.Year, patients(t, of)); counts {
			return a
		}
	}
	if a := t.Due(of.Network, of.Year, funding.Stream(fact.Stream)); a != nil {
		return *a
	}
	return figure.NoAmount(&figure.Unknown{Code: "NO_SUM", Reason: fmt.Sprintf("No contract of %s in the book has a sum for additional roles.", of.Year)})
}

// patients are those registered with a network, as the year counts them; nil where
// that is not known.
func patients(t *totality.Reading, of fact.Workforce) *int {
	if e := t.Money.Entitled.Of(of.Network, of.Year); e != nil {
		if last, _ := e.Last(); last != nil {
			return claims.Patients(*last)
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
