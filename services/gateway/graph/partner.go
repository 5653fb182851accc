package graph

import (
	"context"
	"time"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/funding/view/partners"
	"github.com/ics-openbook/openbook/services/internal/clock"
)

// positions is where the partners of a system stand in a year, as of the moment
// that the answer, or its part, is asked about: what was not over then was not
// owed.
func (r *Resolver) positions(ctx context.Context, system events.ICB, year events.Year) (*partners.Positions, error) {
	if !year.Valid() {
		return nil, ErrYear.About("year", ask.Clip(string(year)))
	}
	asAt := asked(ctx)
	seen, err := r.money(ctx, asAt)
	if err != nil {
		return nil, err
	}
	bodies, err := r.reading(ctx, asAt, nil)
	if err != nil {
		return nil, err
	}
	p := &partners.Reading{State: seen.State.Partners, Registry: bodies.State, Today: clock.Today(r.Clock)}
	if asAt != nil && asAt.Before(r.Clock.Now()) {
		p.Today = clock.Today(clock.Func(func() time.Time { return *asAt }))
	}
	if seen.AnyParked() {
		p.Unknown = seen.Unknown
	}
	return p.Positions(system, year), nil
}
