package funding

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/ics-openbook/openbook/events"
	said "github.com/ics-openbook/openbook/events/challenge"
	"github.com/ics-openbook/openbook/services/funding/challenge"
	"github.com/ics-openbook/openbook/services/funding/view/challenged"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/decider"
)

const (
	// tick is how often, at least, the clock is looked at: what is due becomes so
	// by the clock alone, and a clock can be set, or its machine have slept.
	tick = time.Second
	// rarest is what there is between tries at most, after an error.
	rarest = time.Minute
)

// noteSilence notes each step of a challenge that a system has let go by, until
// ctx is done. It remembers nothing: what is to be noted is in the book, and so
// is what has been.
func (s service) noteSilence(ctx context.Context) error {
	pause := tick
	for ctx.Err() == nil {
		seen := s.monies.Seen()
		if !s.noteAll(ctx, seen.State.Challenges, seen.At.Ordinal) {
			pause = min(2*pause, rarest)
			_ = wait(ctx, pause) // what failed is not tried again at each fact
			continue
		}
		pause = tick
		until, cancel := context.WithTimeout(ctx, tick)
		_, _ = s.monies.Beyond(until, seen.At.Ordinal) // running out is no error here
		cancel()
	}
	return nil
}

// noteAll notes all that a state shows to be overdue today, and waits until that
// is seen here. It reports whether all of it could be.
func (s service) noteAll(ctx context.Context, all challenged.State, known events.Ordinal) bool {
	well, today := true, clock.Today(s.env.Clock)
	var last events.Position
	for due, c := range all.LetGoBy(today) {
		receipt, err := s.note(ctx, due, c, today, known)
		if err != nil && ctx.Err() == nil {
			s.env.Telemetry.Log.WarnContext(ctx, "silence is not noted yet", "challenge", due.Challenge, "step", due.Step, "error", err)
			well = false
		}
		if receipt.Position.Compare(last) > 0 {
			last = receipt.Position
		}
	}
	until, cancel := context.WithTimeout(ctx, stale)
	defer cancel()
	_, err := s.monies.Wait(until, last)
	return well && err == nil
}

// note notes one step. The id of the ask follows from the fact that opened the
// challenge, so that two replicas, or one that has been started again, note it
// once.
func (s service) note(ctx context.Context, due challenged.Due, c *challenged.Entry, today events.Date, known events.Ordinal) (decider.Receipt, error) {
	opened := c.Facts[0].ID
	space, err := uuid.Parse(string(opened))
	if err != nil {
		return decider.Receipt{}, fmt.Errorf("fact id %q: %w", opened, err)
	}
	id := events.ID(uuid.NewSHA1(space, []byte("overdue/"+due.Step)).String())
	return s.challenges.Transact(ctx, due.Challenge.Stream(), decider.Asked{
		ID: id, Hash: string(due.Step), Actor: platform, Cause: opened, Correlation: id, Known: known,
	}, func(was challenge.State) ([]said.Event, error) { return challenge.LetGoBy(was, today, due.Step) })
}
