package follow_test

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/book/booktest"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/env"
	"github.com/ics-openbook/openbook/services/internal/follow"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/store/wire"
	"github.com/ics-openbook/openbook/services/internal/telemetry"
)

// pad is a book in memory, which can lose what it held and count who reads.
type pad struct {
	mu    sync.Mutex
	facts []events.Recorded
	ever  int // also those it lost

	read          int // facts
	readers, most int // at once

	// before is called with each fact that is about to be read.
	before func(context.Context, events.Recorded) error
}

func (p *pad) record(types ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, typ := range types {
		p.ever++
		n := events.Ordinal(len(p.facts) + 1)
		entity := events.Entity(fmt.Sprintf("sum-%d", p.ever%5))
		p.facts = append(p.facts, events.Recorded{
			Envelope: events.Envelope{ID: events.ID(fmt.Sprint("fact ", p.ever)), Type: typ,
				Entities: []events.Entity{entity}, Time: time.Unix(int64(p.ever), 0).UTC()},
			Ordinal: n, Position: events.PositionAt(uint64(n), uint64(n)), Data: fmt.Appendf(nil, `{"n":%d}`, p.ever),
		})
	}
}

// lose is an older backup, restored.
func (p *pad) lose(from int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.facts = p.facts[:from:from]
}

// shift is an older backup, restored, and then asked the same again, but for the
// first of what was lost, which comes last: facts keep their ids, not their
// places.
func (p *pad) shift(from int) {
	lost := slices.Clone(p.facts[from:])
	p.lose(from)
	for i := range lost {
		r, n := lost[(i+1)%len(lost)], events.Ordinal(len(p.facts)+1)
		r.Ordinal, r.Position = n, events.PositionAt(uint64(n), uint64(n))
		p.facts = append(p.facts, r)
	}
}

func (p *pad) mark(n int) store.Mark {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.facts[n-1]
	return store.Mark{Ordinal: r.Ordinal, Position: r.Position, ID: r.ID, Time: r.Time}
}

func (p *pad) Range(ctx context.Context, after, upto events.Ordinal) iter.Seq2[events.Recorded, error] {
	return func(yield func(events.Recorded, error) bool) {
		p.mu.Lock()
		facts := p.facts[min(int(after), len(p.facts)):min(int(upto), len(p.facts))]
		p.readers++
		p.most = max(p.most, p.readers)
		p.mu.Unlock()
		defer func() { p.mu.Lock(); p.readers--; p.mu.Unlock() }()
		for _, r := range facts {
			if p.before != nil {
				if err := p.before(ctx, r); err != nil {
					yield(events.Recorded{}, err)
					return
				}
			}
			p.mu.Lock()
			p.read++
			p.mu.Unlock()
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (p *pad) ByID(_ context.Context, id events.ID) (events.Recorded, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.IndexFunc(p.facts, func(r events.Recorded) bool { return r.ID == id })
	if i < 0 {
		return events.Recorded{}, store.ErrNotFound
	}
	return p.facts[i], nil
}

func (p *pad) AsAt(context.Context, time.Time) (store.Mark, error) { panic("not asked") }
func (p *pad) IndexHead(context.Context) (store.Mark, error)       { panic("not asked") }
func (p *pad) Status(context.Context) (wire.Status, error)         { panic("not asked") }
func (p *pad) About(context.Context, events.Entity, events.Ordinal, events.Ordinal) iter.Seq2[events.Recorded, error] {
	panic("not asked")
}

// chain is a view in which it matters which facts came, and in which order.
func chain() follow.View[int] {
	v := sum()
	v.Name, v.Evolve = "chain", folding(func(s int, e added) int { return s*31 + e.N })
	return v
}

// truth is what the chain is after n facts, by another way.
func (p *pad) truth(n int) (state int, parked map[events.Entity]events.Ordinal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	parked = map[events.Entity]events.Ordinal{}
	for _, r := range p.facts[:n] {
		switch r.Type {
		case "sum.added.v1":
			var a added
			if err := json.Unmarshal(r.Data, &a); err != nil {
				panic(err)
			}
			state = state*31 + a.N
		case "sum.added.v9":
			if _, already := parked[r.Entities[0]]; !already {
				parked[r.Entities[0]] = r.Ordinal
			}
		}
	}
	return state, parked
}

// follower is one that does not run: it is only asked about the past.
func (p *pad) follower(t testing.TB, dir string, o follow.Options[int]) *follow.Follower[int] {
	t.Helper()
	f, err := follow.New(env.Env{Clock: clock.System, Telemetry: telemetry.Off(), Dir: dir}, p, chain(), o)
	booktest.Must(t, err)
	return f
}

// same says how what was answered differs from the truth, or nothing.
func (p *pad) same(then *follow.Seen[int], n int) string {
	state, parked := p.truth(n)
	got := map[events.Entity]events.Ordinal{}
	for _, p := range then.AllParked() {
		got[p.Entity] = p.Ordinal
	}
	if then.State != state || then.At != p.mark(n) || fmt.Sprint(got) != fmt.Sprint(parked) {
		return fmt.Sprintf("as at %d: %d at %v with %v parked, want %d at %v with %v",
			n, then.State, then.At, got, state, p.mark(n), parked)
	}
	return ""
}
