package graph

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/challenge"
	"github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/funding/view/challenged"
	"github.com/ics-openbook/openbook/services/funding/view/duties"
	"github.com/ics-openbook/openbook/services/gateway/graph/model"
	"github.com/ics-openbook/openbook/services/gateway/guard"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/figure"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

var errChallenge = refuse.New(refuse.Invalid, "CHALLENGE_INVALID", "%q is not the name of a challenge. It looks like U99001-2025-26-C1: the code of the network or practice, the year, and the reference.")

// day is the day that the root field above asks about; today, as of the moment
// it asks about, unless it names one.
func (r *Resolver) day(ctx context.Context) events.Date {
	for f := graphql.GetFieldContext(ctx); f != nil; f = f.Parent {
		if on, is := f.Args["on"].(*events.Date); is && on != nil {
			return *on
		}
	}
	return r.today(asked(ctx))
}

// today is the day in England at a moment of the past, or now.
func (r *Resolver) today(asAt *time.Time) events.Date {
	if asAt != nil && asAt.Before(r.Clock.Now()) {
		return dayOf(*asAt)
	}
	return clock.Today(r.Clock)
}

func dayOf(t time.Time) events.Date { return clock.Today(clock.Func(func() time.Time { return t })) }

// said asks for what a mutation says of a challenge, and shows it as it is then.
func (r *Resolver) said(ctx context.Context, id fact.ID, a ask.Ask) (*model.ChallengePayload, error) {
	done, _, err := r.submit(ctx, a)
	if err != nil {
		return nil, err
	}
	p := &model.ChallengePayload{Done: done}
	if done.Receipt == nil || !done.Receipt.Visible {
		return p, nil
	}
	if p.Challenge, err = r.challenge(ctx, id, nil); err != nil {
		return p, nil //nolint:nilerr // recorded it is, and an error beside the receipt would say that it is not
	}
	return p, nil
}

func (r *Resolver) challenge(ctx context.Context, id fact.ID, asAt *time.Time) (*model.Challenge, error) {
	if !id.Valid() {
		return nil, errChallenge.About("name", ask.Clip(string(id)))
	}
	seen, err := r.money(ctx, asAt)
	if err != nil {
		return nil, err
	}
	c := seen.State.Challenges.Challenge(id)
	if c == nil {
		return nil, nil
	}
	return shown(seen, c, r.today(asAt)), nil
}

// shown is a challenge as it stands on a day.
func shown(seen *Money, c *challenged.Entry, today events.Date) *model.Challenge {
	return &model.Challenge{Of: c, Today: today, Unknown: seen.Unknown(c.ID.Entity())}
}

// challenges makes a page of challenges about the viewer's systems, or one.
func (r *Resolver) challenges(ctx context.Context, s span, system *events.ICB, filter *challenged.Filter, asAt *time.Time) (*model.ChallengeConnection, error) {
	f := challenged.Filter{}
	if filter != nil {
		f = *filter
	}
	if err := checkChallenges(f); err != nil {
		return nil, err
	}
	v, _ := r.Viewer(ctx) // the guard lets nobody else come here
	own := guard.Own(v)
	if system != nil {
		var err error
		if own, err = OwnOf(v, *system); err != nil {
			return nil, err
		}
	}
	seen, err := r.money(ctx, asAt)
	if err != nil {
		return nil, err
	}
	var all []*challenged.Entry
	if own.All {
		all = seen.State.Challenges.All()
	} else {
		slices.Sort(own.Systems)
		for _, one := range slices.Compact(own.Systems) {
			all = append(all, seen.State.Challenges.About(one)...)
		}
	}
	today := r.today(asAt)
	all = slices.DeleteFunc(all, func(c *challenged.Entry) bool { return !f.Chooses(c, today) })
	return r.pageOf(ctx, s, seen, all, today)
}

func (r *Resolver) pageOf(ctx context.Context, s span, seen *Money, all []*challenged.Entry, today events.Date) (*model.ChallengeConnection, error) {
	nodes := make([]*model.Challenge, len(all))
	for i, c := range all {
		nodes[i] = shown(seen, c, today)
	}
	key := func(c *model.Challenge) string { return string(c.Of.ID) }
	slices.SortFunc(nodes, func(a, b *model.Challenge) int { return cmp.Compare(key(a), key(b)) })
	c, err := cut(ctx, "challenges ", nodes, key, s)
	return model.Challenges(c), err
}

func checkChallenges(f challenged.Filter) error {
	switch {
	case f.Network != "" && !f.Network.Valid():
		return errCode.About("network", ask.Clip(string(f.Network)), "Primary Care Network", "U12345")
	case f.Practice != "" && !f.Practice.Valid():
		return errCode.About("practice", ask.Clip(string(f.Practice)), "GP practice", "A81001")
	case f.Year != "" && !f.Year.Valid():
		return ErrYear.About("year", ask.Clip(string(f.Year)))
	}
	return nil
}

// challengesBy makes a page of those that a network has opened.
func (r *Resolver) challengesBy(ctx context.Context, s span, challenger events.Entity) (*model.ChallengeConnection, error) {
	asAt := asked(ctx)
	seen, err := r.money(ctx, asAt)
	if err != nil {
		return nil, err
	}
	return r.pageOf(ctx, s, seen, seen.State.Challenges.By(challenger), r.today(asAt))
}

// duties is a system's record of a year.
func (r *Resolver) duties(ctx context.Context, system events.ICB, year events.Year) (*model.SystemDuties, error) {
	if !year.Valid() {
		return nil, ErrYear.About("year", ask.Clip(string(year)))
	}
	asAt := asked(ctx)
	seen, err := r.money(ctx, asAt)
	if err != nil {
		return nil, err
	}
	of, today := funding.Ledger{System: system, Year: year}, r.today(asAt)
	if why := unread(seen, of); why != nil {
		return &model.SystemDuties{Year: year, Policy: &model.FundingPolicy{Policy: seen.State.Policies.On(system, today)}, Unknown: why}, nil
	}
	return model.Duties(year, duties.Read(duties.Asked{
		Ledger: of, Ledgers: seen.State.Ledgers, Challenges: seen.State.Challenges, Policies: seen.State.Policies,
		Today: today, Day: dayOf,
	})), nil
}

// unread says why a ledger, or what else is said of its system's money, cannot
// be relied on, or nil.
func unread(seen *Money, of funding.Ledger) *figure.Unknown {
	return cmp.Or(seen.Unknown(of.Entity()), seen.Unknown(of.System.Entity()))
}
