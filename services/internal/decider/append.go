package decider

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/telemetry"
)

// locate looks up where the facts of an append are, if it is of several asks and the
// store has told of the last alone.
func (d *Decider[S, E]) locate(ctx context.Context, stream events.Stream, p *plan[S, E], at events.Revision, a *store.Appended) error {
	if len(a.Positions) == len(p.entries) || len(p.asks) < 2 {
		return nil
	}
	once, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	all := make([]events.Position, 0, len(p.entries))
	for r, err := range d.store.ReadStream(once, stream, at+1) {
		if err != nil { // it is recorded all the same: who asks again is told
			return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
		}
		if all = append(all, r.Position); len(all) == len(p.entries) {
			break
		}
	}
	if len(all) < len(p.entries) {
		return fmt.Errorf("%w: stream %s ends before what was appended to it", store.ErrUnavailable, stream)
	}
	a.Positions = all
	return nil
}

// append repeats an append whose outcome is not known: the store answers the
// same ids at the same revision as it did the first time.
func (d *Decider[S, E]) append(ctx context.Context, stream events.Stream, at events.Revision, entries []store.Entry) (a store.Appended, err error) {
	ctx = traced(ctx, entries)
	ever := false // whether an attempt's outcome is not known
	for n := range attempts {
		once, cancel := context.WithTimeout(ctx, silence)
		a, err = d.store.Append(once, stream, at, entries)
		unknown := errors.Is(err, store.ErrUnavailable) || err != nil && once.Err() != nil
		cancel()
		if err == nil || errors.Is(err, store.ErrConflict) {
			return a, err
		}
		if ever = ever || unknown; !unknown || ctx.Err() != nil {
			break
		}
		select {
		case <-time.After(again << n): // a book that starts again is there in a moment
		case <-ctx.Done():
		}
	}
	if ever { // "nothing was recorded" is more than is known
		err = fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	return a, err
}

// traced goes on with the trace of the first entry whose trace is recorded: an
// append serves a batch, and can be a leg of one trace alone.
func traced(ctx context.Context, entries []store.Entry) context.Context {
	for i := range entries {
		if strings.HasSuffix(entries[i].Traceparent, "-01") {
			return telemetry.WithTraceparent(ctx, entries[i].Traceparent)
		}
	}
	return ctx
}
