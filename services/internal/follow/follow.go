package follow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

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
	retry  atomic.Uint64 // how often one was asked for,
	folded uint64        // and how many of them are done: Run's own
	frozen chan struct{} // holds one: the snapshot being written

	kept    *kept[S]
	folders chan struct{} // holds one for each fold into the past
	gaps    chan gap[S]   // holds one: the next to be closed
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
	// SnapshotEvery is how many facts lie between snapshots; 0 means 20,000,
	// which a start folds in a good half second.
	SnapshotEvery events.Ordinal
	// KeepEvery is how many facts lie between states kept in memory; 0 means
	// 500, which are read and folded in some 20 ms.
	KeepEvery events.Ordinal
	// Keep is how many are kept; 0 means 128. Of the registry of all England,
	// 3.6 MB by itself, one more costs 0.3 MB when 500 facts lie between, 0.7 MB
	// when 2,000 do, and 3.6 MB when they have nothing in common any more.
	Keep int
}

// New returns a follower that stands before the first fact.
func New[S any](e env.Env, book Book, v View[S], o Options[S]) (*Follower[S], error) {
	o.SnapshotEvery, o.KeepEvery, o.Keep = cmp.Or(o.SnapshotEvery, 20_000), cmp.Or(o.KeepEvery, 500), cmp.Or(o.Keep, 128)
	m, err1 := newMetrics(e.Telemetry, v.Name)
	k, err2 := newKept[S](o.KeepEvery, o.Keep)
	if o.Watch == nil {
		o.Watch = func(*Seen[S], []events.Recorded) {}
	}
	f := &Follower[S]{
		env: e, book: book, view: v, every: o.SnapshotEvery, watch: o.Watch, metrics: m,
		tracer: e.Telemetry.Traces.Tracer(scope),
		moved:  make(chan struct{}), frozen: make(chan struct{}, 1),
		kept: k, folders: make(chan struct{}, folders), gaps: make(chan gap[S], 1),
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
// has come as far, and it is begun again until then.
func (f *Follower[S]) Retry() { f.retry.Add(1) }

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
	ctx, stop := context.WithCancel(ctx)
	var filling sync.WaitGroup
	filling.Go(func() { f.fill(ctx) })
	defer filling.Wait()
	defer stop()
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
	retry := f.retry.Load()
	seen, of := f.resume(ctx, epoch, last, retry)
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

	c := &course[S]{follower: f, epoch: epoch, of: of, retry: retry, seen: seen, ready: ready, goal: last, head: book.Head, behind: true}
	// What readers have been shown is no news to them, nor is what there was
	// before the first of them came.
	if c.told = min(f.Seen().At.Ordinal, last); c.told == 0 { // a book put back from a backup has fewer
		c.told = last
	}
	held()
	c.settle(ctx)
	for {
		msg, err := messages.Next(jetstream.NextMaxWait(look))
		if f.retry.Load() != retry || errors.Is(err, nats.ErrTimeout) {
			if err := f.still(ctx, js, epoch, retry); err != nil {
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
// retry was asked for since.
func (f *Follower[S]) still(ctx context.Context, js jetstream.JetStream, epoch carrier.Epoch, retry uint64) error {
	if f.retry.Load() != retry {
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
// otherwise nothing. All but the first begin a new fold.
func (f *Follower[S]) resume(ctx context.Context, epoch carrier.Epoch, last events.Ordinal, retry uint64) (Seen[S], fold) {
	holds := func(m store.Mark) bool {
		held, err := f.held(ctx, m)
		return m.Ordinal <= last && held && err == nil
	}
	again := retry != f.folded
	if seen := f.Seen(); !again && seen.Epoch == epoch && holds(seen.At) {
		return *seen, f.kept.now()
	}
	of := f.kept.begin(epoch)
	if again {
		return Seen[S]{Epoch: epoch}, of
	}
	for seen := range f.snapshots(ctx, 0, last) {
		if holds(seen.At) {
			seen.Epoch = epoch
			f.kept.keep(of, seen)
			return seen, of
		}
	}
	return Seen[S]{Epoch: epoch}, of
}
