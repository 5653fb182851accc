package follow

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel/trace"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/carrier"
	"github.com/ics-openbook/openbook/services/internal/env"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/store/wire"
)

const (
	// burst is how many facts are folded before readers see any of them, while
	// more are waiting to be folded.
	burst = 512
	// look is how often an idle follower looks whether the stream is still the
	// one it follows.
	look = time.Second
	// pause is what a follower waits before it starts again after an error, at
	// first and at most.
	pause, longest = 50 * time.Millisecond, 5 * time.Second
	// past is how many past states are kept for those who ask for them again.
	past = 16
	// deadline bounds one question to JetStream or the book.
	deadline = 5 * time.Second
)

const scope = "github.com/ics-openbook/openbook/services/internal/follow"

// Follower folds the book's facts into a view, from the stream that carries
// them, and starts again when that stream is not the one it knew.
type Follower[S any] struct {
	env     env.Env
	book    Book
	view    View[S]
	every   events.Ordinal
	watch   func(*Seen[S], []events.Recorded)
	metrics *metrics
	tracer  trace.Tracer

	seen   atomic.Pointer[Seen[S]]
	mu     sync.Mutex
	moved  chan struct{} // closed, and replaced, whenever seen moves
	retry  atomic.Bool
	frozen chan struct{} // holds one: the snapshot being written
	past   *lru.Cache[events.Ordinal, *Seen[S]]
}

// Book is what a follower asks of the book.
type Book interface {
	store.Index
	// Status is how far the facts have come, and in which epoch.
	Status(context.Context) (wire.Status, error)
}

// Options are what a follower may be told beside its view.
type Options[S any] struct {
	// Watch is called with each new state and what is new in it, in order, from
	// the follower's own goroutine: it must not wait. What there was when the
	// follower first came up is not new.
	Watch func(*Seen[S], []events.Recorded)
	// SnapshotEvery is how many facts lie between snapshots; 0 means 100,000.
	SnapshotEvery events.Ordinal
}

// New returns a follower that stands before the first fact.
func New[S any](e env.Env, book Book, v View[S], o Options[S]) (*Follower[S], error) {
	m, err1 := newMetrics(e.Telemetry, v.Name)
	cache, err2 := lru.New[events.Ordinal, *Seen[S]](past)
	if o.SnapshotEvery == 0 {
		o.SnapshotEvery = 100_000
	}
	if o.Watch == nil {
		o.Watch = func(*Seen[S], []events.Recorded) {}
	}
	f := &Follower[S]{
		env: e, book: book, view: v, every: o.SnapshotEvery, watch: o.Watch, metrics: m,
		tracer: e.Telemetry.Traces.Tracer(scope),
		moved:  make(chan struct{}), frozen: make(chan struct{}, 1), past: cache,
	}
	f.seen.Store(&Seen[S]{})
	return f, errors.Join(err1, err2)
}

// Seen returns the newest state.
func (f *Follower[S]) Seen() *Seen[S] { return f.seen.Load() }

// Wait returns a state that has reached after. When ctx is done before, the
// newest state comes with [refuse.ErrStale].
func (f *Follower[S]) Wait(ctx context.Context, after events.Position) (*Seen[S], error) {
	return f.until(ctx, func(s *Seen[S]) bool { return s.At.Position.Compare(after) >= 0 })
}

// Beyond returns a state that has come further than an ordinal, as Wait does.
func (f *Follower[S]) Beyond(ctx context.Context, o events.Ordinal) (*Seen[S], error) {
	return f.until(ctx, func(s *Seen[S]) bool { return s.At.Ordinal > o })
}

func (f *Follower[S]) until(ctx context.Context, reached func(*Seen[S]) bool) (*Seen[S], error) {
	for {
		f.mu.Lock()
		seen, moved := f.seen.Load(), f.moved
		f.mu.Unlock()
		if reached(seen) {
			return seen, nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return seen, refuse.ErrStale
		}
	}
}

// Retry folds everything again from the start, for a release that can read what
// the one before could not. Readers keep the state they have until the new one
// has come as far.
func (f *Follower[S]) Retry() { f.retry.Store(true) }

func (f *Follower[S]) publish(s *Seen[S], facts []events.Recorded) {
	f.mu.Lock()
	f.seen.Store(s)
	close(f.moved)
	f.moved = make(chan struct{})
	f.mu.Unlock()
	f.watch(s, facts)
}

// errAgain ends one pass over the stream without anything being wrong.
var errAgain = errors.New("start again")

// Run follows until ctx is done. ready is called once, when the view has first
// come as far as the stream had when Run began. An error it cannot get over
// within [env.Patience] ends it.
func (f *Follower[S]) Run(ctx context.Context, ready func()) error {
	once := sync.OnceFunc(ready)
	wait, since := pause, f.env.Clock.Now()
	for {
		before, held := f.Seen().At.Ordinal, false
		err := f.pass(ctx, once, func() { held = true })
		if ctx.Err() != nil {
			return nil
		}
		if held { // however long ago it began, the stream was there until now
			since = f.env.Clock.Now()
		}
		if f.Seen().At.Ordinal > before || errors.Is(err, errAgain) {
			wait, since = pause, f.env.Clock.Now()
		}
		if f.env.Clock.Now().Sub(since) > env.Patience {
			return fmt.Errorf("view %s is stuck at ordinal %d: %w", f.view.Name, f.Seen().At.Ordinal, err)
		}
		level := slog.LevelDebug // at a start, services wait for one another
		if wait > time.Second || f.Seen().At.Ordinal > 0 {
			level = slog.LevelWarn
		}
		f.env.Telemetry.Log.Log(ctx, level, "view starts again", "view", f.view.Name, "ordinal", f.Seen().At.Ordinal, "reason", err)
		select {
		case <-time.After(wait):
			wait = min(2*wait, longest)
		case <-ctx.Done():
			return nil
		}
	}
}

// pass follows the stream as it is now, until it is no more. It calls held once
// it has hold of it.
func (f *Follower[S]) pass(ctx context.Context, ready, held func()) error {
	js, err := jetstream.NewWithAPIPrefix(f.env.NATS, carrier.API)
	if err != nil {
		return err
	}
	info, err := carried(ctx, js)
	if err != nil {
		return err
	}
	epoch := carrier.Epoch(info.Config.Metadata[carrier.EpochKey])
	book, err := f.carrying(ctx, epoch)
	if err != nil {
		return err
	}
	last := max(book.Counted.Ordinal, events.Ordinal(info.State.LastSeq))
	seen := f.resume(ctx, epoch, last)
	consumer, err := js.OrderedConsumer(ctx, carrier.Stream, jetstream.OrderedConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:   uint64(seen.At.Ordinal) + 1,
	})
	if err != nil {
		return err
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessages(4*burst), jetstream.PullHeartbeat(2*time.Second))
	if err != nil {
		return err
	}
	defer messages.Stop()
	defer context.AfterFunc(ctx, messages.Stop)() // wakes a Next that waits

	c := &course[S]{follower: f, epoch: epoch, seen: seen, ready: ready, goal: last, head: book.Head, behind: true}
	// What readers have been shown is no news to them, nor is what there was
	// before the first of them came.
	if c.told = f.Seen().At.Ordinal; c.told == 0 {
		c.told = last
	}
	held()
	c.settle(ctx)
	for {
		msg, err := messages.Next(jetstream.NextMaxWait(look))
		if f.retry.Load() || errors.Is(err, nats.ErrTimeout) {
			if err := f.still(ctx, js, epoch); err != nil {
				return err
			}
		}
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, nats.ErrTimeout):
			continue
		case err != nil:
			return err
		}
		if err := c.take(ctx, msg); err != nil {
			return err
		}
	}
}

// still returns errAgain when the stream is another than the one followed, or a
// retry was asked for.
func (f *Follower[S]) still(ctx context.Context, js jetstream.JetStream, epoch carrier.Epoch) error {
	if f.retry.Load() {
		return fmt.Errorf("%w: a retry was asked for", errAgain)
	}
	info, err := carried(ctx, js)
	if err != nil {
		return err
	}
	if now := carrier.Epoch(info.Config.Metadata[carrier.EpochKey]); now != epoch {
		return fmt.Errorf("%w: the stream has a new epoch, %s", errAgain, now)
	}
	return nil
}

// carrying asks how far the book has come, and makes sure that this epoch is
// the one it relays to. A stream it has not looked at yet may be of another
// book, or from a future that a restored backup does not have.
func (f *Follower[S]) carrying(ctx context.Context, epoch carrier.Epoch) (wire.Status, error) {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	book, err := f.book.Status(ctx)
	if err == nil && book.Epoch != epoch {
		err = fmt.Errorf("the stream has the epoch %q, the book relays to %q", epoch, book.Epoch)
	}
	return book, err
}

func carried(ctx context.Context, js jetstream.JetStream) (*jetstream.StreamInfo, error) {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	stream, err := js.Stream(ctx, carrier.Stream)
	if err != nil {
		return nil, fmt.Errorf("stream %s: %w", carrier.Stream, err)
	}
	return stream.CachedInfo(), nil
}

// resume returns the state to fold on from: the newest one, if the book still
// holds the fact it ends with; otherwise a snapshot of which that is true;
// otherwise nothing.
func (f *Follower[S]) resume(ctx context.Context, epoch carrier.Epoch, last events.Ordinal) Seen[S] {
	holds := func(m store.Mark) bool {
		if m.Ordinal == 0 || m.Ordinal > last {
			return m.Ordinal == 0
		}
		ctx, cancel := context.WithTimeout(ctx, deadline)
		defer cancel()
		fact, err := f.book.ByID(ctx, m.ID)
		return err == nil && fact.Ordinal == m.Ordinal
	}
	if f.retry.Swap(false) {
		return Seen[S]{Epoch: epoch}
	}
	if seen := f.Seen(); seen.Epoch == epoch && holds(seen.At) {
		return *seen
	}
	for seen := range f.snapshots(ctx, last) {
		if seen.parked == nil && holds(seen.At) {
			seen.Epoch = epoch
			return seen
		}
	}
	return Seen[S]{Epoch: epoch}
}

// AsAt returns the state as it was when the book ended with mark's fact, from
// the nearest snapshot on.
func (f *Follower[S]) AsAt(ctx context.Context, mark store.Mark) (*Seen[S], error) {
	now := f.Seen()
	switch mark.Ordinal {
	case 0:
		return &Seen[S]{Epoch: now.Epoch}, nil
	case now.At.Ordinal:
		return now, nil
	}
	if then, ok := f.past.Get(mark.Ordinal); ok && then.At.ID == mark.ID {
		return then, nil
	}
	var seen Seen[S]
	for frozen := range f.snapshots(ctx, mark.Ordinal) {
		if _, err := f.book.ByID(ctx, frozen.At.ID); err == nil {
			seen = frozen
			break
		}
	}
	for r, err := range f.book.Range(ctx, seen.At.Ordinal, mark.Ordinal) {
		if err != nil {
			return nil, err
		}
		seen = f.view.after(seen, r)
	}
	if seen.At.ID != mark.ID {
		return nil, refuse.ErrStale
	}
	seen.Epoch = now.Epoch
	f.past.Add(mark.Ordinal, &seen)
	return &seen, nil
}
