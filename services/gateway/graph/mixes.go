package graph

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/workforce"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/gateway/graph/model"
	"github.com/ics-openbook/openbook/services/internal/figure"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/workforce/view"
	"github.com/ics-openbook/openbook/services/workforce/view/plan"
	"github.com/ics-openbook/openbook/services/workforce/view/staffing"
)

var (
	// ErrSum refuses to plan within a sum that nobody knows.
	ErrSum = refuse.New(refuse.Invalid, "SUM_NOT_KNOWN",
		"It is not known what will be left of the entitlement: %s Say what may be spent.")
	// ErrFrom refuses a first day outside the year.
	ErrFrom = refuse.New(refuse.Invalid, "DATE_OUTSIDE_YEAR",
		"%s is not in %s. Plan from a day of the year.")
	// ErrOver refuses to plan for a year that is over without saying from when.
	ErrOver = refuse.New(refuse.Invalid, "DATE_MISSING",
		"%s is over. Say from which day of it the posts are planned.")
	// ErrPlan refuses what cannot be planned with.
	ErrPlan = refuse.New(refuse.Invalid, "PLAN_INVALID",
		"%s is %s: %s.")
	// ErrPlanTooLarge refuses what would take too long.
	ErrPlanTooLarge = refuse.New(refuse.Invalid, "PLAN_TOO_LARGE",
		"There are %s.")
)

// best is how many sets of posts are offered.
const best = 3

// mixes are the best posts to add within what is left.
func (r *Resolver) mixes(ctx context.Context, w *model.NetworkWorkforce, in model.MixesInput) (*model.RoleMixes, error) {
	t, err := r.totality(ctx, w.Staffing.Year)
	if err != nil {
		return nil, err
	}
	all := &model.RoleMixes{From: w.Day, LeftOut: []model.RoleLeftOut{}}
	if in.From != nil {
		all.From = *in.From
	}
	if in.From == nil && r.today(asked(ctx)).After(w.Staffing.Year.Last()) {
		return nil, ErrOver.About("input.from", w.Staffing.Year)
	}
	if !w.Staffing.Year.Period().Includes(all.From) {
		return nil, ErrFrom.About("input.from", all.From, w.Staffing.Year)
	}
	switch left := w.Underspend(); {
	case in.Sum != nil:
		all.Sum = *in.Sum
	case left.Value == nil:
		return nil, ErrSum.About("input.sum", left.Unknown.Reason)
	default:
		all.Sum = *left.Value
	}
	if err := competent(in); err != nil {
		return nil, err
	}
	p, err := planned(in, all, t.Contracts.Contract(w.Staffing.Year), w.Staffing.Year.Last())
	if err != nil {
		return nil, err
	}
	if in.WithPosts == nil || *in.WithPosts {
		if err := w.Readable(); err != nil {
			return nil, err
		}
		p.Held = held(w, in)
	}
	mixes, err := plan.Best(*p, best)
	var wrong *plan.Wrong
	switch {
	case errors.As(err, &wrong):
		return nil, ErrPlan.About("input", strings.TrimSuffix(wrong.Path, ".key"), wrong.Is, wrong.Why)
	case err != nil:
		return nil, ErrPlanTooLarge.About("input", strings.TrimPrefix(err.Error(), "there are "))
	}
	all.Mixes = make([]model.RoleMix, len(mixes))
	for i, m := range mixes {
		all.Mixes[i] = model.RoleMix{Mix: m, NetworkShare: borne(m, p.Roles, in.Roles, t.Contracts.Contract(w.Staffing.Year))}
	}
	return all, nil
}

// competent refuses roles that are named twice, that may do what is no task, or that
// are paid nothing, where they stand: some of them may be left out later.
func competent(in model.MixesInput) error {
	tasks, roles := map[string]bool{}, map[contract.Key]bool{}
	for _, t := range in.Tasks {
		tasks[t.Task] = true
	}
	for i, one := range in.Roles {
		if roles[one.Role] {
			return ErrPlan.About(fmt.Sprintf("input.roles.%d.role", i), "the role", ask.Clip(string(one.Role)), plan.ErrTwice)
		}
		roles[one.Role] = true
		if w := one.Wage; w != nil && (*w <= 0 || *w > plan.MaxSum) {
			return ErrPlan.About(fmt.Sprintf("input.roles.%d.wage", i), "the wage", "£"+w.String(), plan.ErrCost)
		}
		for j, t := range one.Tasks {
			if !tasks[t] {
				return ErrPlan.About(fmt.Sprintf("input.roles.%d.tasks.%d", i, j), "the task", ask.Clip(t), plan.ErrUnknown)
			}
		}
	}
	return nil
}

// planned is what is to be planned with; roles whose cost nobody knows are left
// out, and all says so.
func planned(in model.MixesInput, all *model.RoleMixes, c *terms.Contract, last events.Date) (*plan.Given, error) {
	p := &plan.Given{Sum: all.Sum}
	for i, t := range in.Tasks {
		hours, fits := fact.Hundredths(t.Hours)
		if !fits {
			return nil, ErrPlan.About(fmt.Sprintf("input.tasks.%d.hours", i), "the hours", t.Hours, "write them with at most two decimals")
		}
		p.Tasks = append(p.Tasks, plan.Task{Key: t.Task, Hours: hours})
	}
	for i, one := range in.Roles {
		per := decimal.MustNew(fact.FullTime, 2)
		if one.HoursPerWeek != nil {
			per = *one.HoursPerWeek
		}
		hours, fits := fact.Hundredths(per)
		if !fits {
			return nil, ErrPlan.About(fmt.Sprintf("input.roles.%d.hoursPerWeek", i), "the hours", per, "write them with at most two decimals")
		}
		role := plan.Role{Key: one.Role, Hours: hours, Tasks: one.Tasks}
		if one.Most != nil {
			role.Most = *one.Most
		}
		if one.Cost != nil {
			role.Cost = *one.Cost
		} else {
			cost, why := costs(c, one.Role, area(in.Area), per, events.Period{From: all.From, To: last})
			if why != nil {
				all.LeftOut = append(all.LeftOut, model.RoleLeftOut{Role: one.Role, Unknown: why})
				continue
			}
			role.Cost = cost
		}
		p.Roles = append(p.Roles, role)
	}
	return p, nil
}

// borne is what the network would bear itself of a mix's wages: what is beyond the
// share and the maximum that are reimbursed; nil where a wage is not given.
func borne(m plan.Mix, planned []plan.Role, in []model.CompetenceInput, c *terms.Contract) *events.GBP {
	var sum events.GBP
	for _, p := range m.Posts {
		of := func(key contract.Key) bool { return key == p.Role }
		role := in[slices.IndexFunc(in, func(r model.CompetenceInput) bool { return of(r.Role) })]
		if role.Wage == nil {
			return nil
		}
		share := 100
		if c != nil && c.Role(p.Role) != nil {
			for _, one := range c.Role(p.Role).Maxima() {
				share = cmp.Or(one.Is.Share, share)
			}
		}
		most := planned[slices.IndexFunc(planned, func(r plan.Role) bool { return of(r.Key) })].Cost
		sum += (*role.Wage - min(role.Wage.Part(share, 100), most)) * events.GBP(p.Posts)
	}
	return &sum
}

func area(a *fact.Area) fact.Area {
	if a == nil {
		return fact.Elsewhere
	}
	return *a
}

// costs is what a post of a role costs out of the sum, by the contract's maximum.
func costs(c *terms.Contract, key contract.Key, in fact.Area, hours decimal.Decimal, of events.Period) (events.GBP, *figure.Unknown) {
	if c == nil {
		return 0, &figure.Unknown{Code: "CONTRACT_UNKNOWN", Reason: "The book has no contract of the year. Say what a post costs."}
	}
	role := c.Role(key)
	if role == nil {
		return 0, &figure.Unknown{Code: "ROLE_UNKNOWN", Reason: fmt.Sprintf("The contract of the year reimburses no role %s.", ask.Clip(string(key)))}
	}
	cost, known := view.Until(role, in, hours, of)
	if !known {
		for _, m := range role.Maxima() {
			if why := m.Unknown(); why != nil {
				return 0, why
			}
		}
		return 0, &figure.Unknown{Code: "MAXIMUM_NOT_KNOWN", Reason: fmt.Sprintf("The book has no maximum of %s for all of these days. Say what a post costs.", key)}
	}
	return cost, nil
}

// held are the hours of those in post, by what their role may do.
func held(w *model.NetworkWorkforce, in model.MixesInput) (all []plan.Held) {
	for _, r := range staffing.ByRole(w.Day, w.Of...) {
		for _, one := range in.Roles {
			if one.Role == r.Role && r.Filled > 0 {
				all = append(all, plan.Held{Role: r.Role, Hours: r.Filled, Tasks: one.Tasks})
			}
		}
	}
	return all
}
