package funding

import (
	"context"
	"errors"
	"fmt"

	"github.com/ics-openbook/openbook/api/ask/funding"
	fact "github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/funding/ledger"
	"github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/internal/decider"
)

// finish goes on with each closing of a year that was begun and has not come to
// its end, by one part: what that records is what the next look sees.
func (s service) finish(ctx context.Context) (all error) {
	monies := s.monies.Seen()
	for _, l := range monies.State.Ledgers.Ledgers() {
		begun := closing(l)
		if begun == nil {
			continue
		}
		k, upto, err := s.known(ctx, monies.At.Position)
		if err != nil {
			return errors.Join(all, err)
		}
		k.By = begun.Heading().By // who asked for it
		a := funding.CloseYear{Ledger: funding.Ledger{System: l.System, Year: l.Year}}
		_, err = s.decider.Transact(ctx, a.Stream(), decider.Asked{
			ID: known("closed", upto, string(a.Stream())), Actor: platform, Known: upto, Cause: begun.ID,
		}, func(state ledger.State) ([]fact.Event, error) { return ledger.Close(state, k, a) })
		all = errors.Join(all, s.lasting(ctx, fmt.Sprintf("closing the ledger of %s for %s", a.System, a.Year), err))
	}
	return all
}

// closing is the last entry of a ledger that is being closed, or nil: while it is,
// nothing is entered but what it carries forward.
func closing(l *view.Ledger) *view.Entry {
	last := l.Entry(l.Len())
	if _, on := last.Event.(fact.CarriedForward); !on || l.Closed {
		return nil
	}
	return last
}
