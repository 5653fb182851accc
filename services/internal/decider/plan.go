package decider

import (
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/internal/store"
)

var errTooLarge = refuse.New(refuse.Invalid, "TOO_LARGE",
	"This request would record more at once than the book takes. Divide it into smaller ones.")

// plan is what a batch comes to when decided on one state: what to append, and
// what to answer once it is appended. Nothing of it is in force before.
type plan[S any, E events.Fact] struct {
	batch    []*pending[S, E]
	outcomes []outcome // of the first asks of the batch
	entries  []store.Entry
	bytes    int
	relies   bool // whether an answer relies on the state being up to date

	state S
	tail  Receipt
	asks  map[events.ID]earlier // added by this plan
}

// plan decides the asks of a batch one after another, each on what those before
// it come to. Each is refused on its own.
func (d *Decider[S, E]) plan(f *folded[S], stream events.Stream, batch []*pending[S, E]) *plan[S, E] {
	pl := &plan[S, E]{batch: batch, state: f.state, tail: f.tail, asks: map[events.ID]earlier{}}
	for _, p := range batch {
		o, fits := d.decide(pl, f, p)
		if !fits {
			break // the next append takes it
		}
		pl.outcomes = append(pl.outcomes, o)
	}
	return pl
}

// decide adds one ask to the plan. It reports false, and leaves the plan alone,
// when the ask's facts do not fit into this append any more.
func (d *Decider[S, E]) decide(pl *plan[S, E], f *folded[S], p *pending[S, E]) (o outcome, fits bool) {
	if err := p.ctx.Err(); err != nil {
		return outcome{err: fmt.Errorf("%w: %w", refuse.ErrUnavailable, err)}, true
	}
	if p.rehearses {
		pl.relies = true
		return pl.rehearse(p), true
	}
	done, again := pl.asks[p.ID]
	if !again {
		done, again = f.asks[p.ID]
	}
	if again && done.hash != p.Hash {
		return outcome{err: refuse.ErrIdempotency.About("idempotencyKey")}, true
	}
	if again {
		return outcome{receipt: done.receipt}, true
	}
	if p.IfRevision != nil && *p.IfRevision != pl.tail.Revision {
		pl.relies = true
		return outcome{err: refuse.ErrRevision.About("ifRevision", pl.tail.Revision, *p.IfRevision)}, true
	}
	facts, err := p.decideSafely(pl.state)
	if err != nil {
		pl.relies = true
		return outcome{err: err}, true
	}
	if len(facts) == 0 {
		pl.relies = true
		already := pl.tail
		already.Entries = 0
		return outcome{receipt: already}, true
	}
	entries := make([]store.Entry, len(facts))
	bytes := 0
	for n, e := range facts {
		if entries[n], err = d.entry(p, n, e); err != nil {
			return outcome{err: err}, true
		}
		bytes += entries[n].Size()
	}
	if err := store.Check(f.tail.Stream, pl.tail.Revision, entries); err != nil && !errors.Is(err, store.ErrTooLarge) {
		return outcome{err: err}, true // this ask's own fault, not the batch's
	}
	if len(entries) > store.MaxFacts || bytes > store.MaxBytes {
		return outcome{err: errTooLarge}, true
	}
	if len(pl.entries)+len(entries) > store.MaxFacts || pl.bytes+bytes > store.MaxBytes {
		return outcome{}, false
	}
	pl.entries, pl.bytes = append(pl.entries, entries...), pl.bytes+bytes
	for _, e := range facts {
		pl.state = d.evolve(pl.state, e)
	}
	pl.tail.ID, pl.tail.Revision = entries[len(entries)-1].ID, pl.tail.Revision+events.Revision(len(entries))
	pl.tail.Entries = len(entries)
	pl.asks[p.ID] = earlier{p.Hash, pl.tail}
	receipt := pl.tail
	for _, e := range facts {
		receipt.Types = append(receipt.Types, e.EventType())
	}
	return outcome{receipt: receipt}, true
}

// decideSafely turns a panic of the rules into a fault of this one ask: what one
// asker sends must not stop the service for the others.
func (p *pending[S, E]) decideSafely(s S) (facts []E, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("deciding panicked: %v\n%s", r, debug.Stack())
		}
	}()
	return p.decide(s)
}

// commit makes the plan the state of the stream, now that it is appended.
func (pl *plan[S, E]) commit(f *folded[S], a store.Appended) {
	before := f.tail.Revision
	place := func(r *Receipt) {
		if r.Revision > before {
			r.Position, r.Time = a.Last(), a.Time
			if r.Revision < a.Revision { // of an earlier ask
				r.Position = a.Positions[r.Revision-before-1]
			}
		}
	}
	for i := range pl.outcomes {
		place(&pl.outcomes[i].receipt)
	}
	for id, e := range pl.asks {
		place(&e.receipt)
		f.asks[id] = e
	}
	place(&pl.tail)
	f.state, f.tail = pl.state, pl.tail
}

// deliver answers the asks that the plan has outcomes for.
func (pl *plan[S, E]) deliver() {
	for i, o := range pl.outcomes {
		pl.batch[i].answer <- o
	}
}
