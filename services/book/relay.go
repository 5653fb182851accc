package book

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/book/index"
	"github.com/ics-openbook/openbook/services/internal/carrier"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/telemetry"
)

const (
	recheck = 2 * time.Second // how often the stream is looked at when nothing happens

	firstPause = 50 * time.Millisecond // after an error; doubled each time
	longPause  = 5 * time.Second
)

// relay carries what the index has counted to JetStream, in order and once.
//
// A message says which sequence must be the last before it, and the server
// checks that. So the fact with ordinal n can only ever become sequence n of
// its epoch: another relay, a lost acknowledgement or a message that came late
// cannot double or skip one. It also means that a message the server has
// accepted vouches for all before it, so only some have to be acknowledged
// (flight.go). Whatever goes wrong, the cure is the same: wait out
// what is in flight, look where the stream ends, and go on from there.
type relay struct {
	nc       *nats.Conn
	js       jetstream.JetStream
	store    store.Store
	index    *index.Index
	book     store.BookID
	replicas int

	log     *slog.Logger
	tracer  trace.Tracer
	relayed metric.Int64Counter

	last  atomic.Uint64 // ordinal of the last fact known to be relayed
	epoch atomic.Value  // carrier.Epoch, once known
}

func newRelay(nc *nats.Conn, x *index.Index, c Config, t telemetry.Telemetry) (*relay, error) {
	js, err := jetstream.New(nc, jetstream.WithPublishAsyncMaxPending(marks), jetstream.WithPublishAsyncTimeout(ackPatience))
	if err != nil {
		return nil, err
	}
	relayed, err := t.Metrics.Meter(scope).Int64Counter("openbook.book.relayed",
		metric.WithUnit("{fact}"), metric.WithDescription("Facts acknowledged by JetStream."))
	r := &relay{
		nc: nc, js: js, store: c.Store, index: x, book: c.Store.Book(), replicas: max(c.Replicas, 1),
		log: t.Log, tracer: t.Traces.Tracer(scope), relayed: relayed,
	}
	r.epoch.Store(carrier.Epoch(""))
	return r, err
}

// Relayed is the ordinal of the last fact that is known to be relayed.
func (r *relay) Relayed() events.Ordinal { return events.Ordinal(r.last.Load()) }

// Epoch is that of the stream BOOK, or empty before it was first looked at.
func (r *relay) Epoch() carrier.Epoch { return r.epoch.Load().(carrier.Epoch) }

// Run relays until ctx is done.
func (r *relay) Run(ctx context.Context) error {
	pause := firstPause
	for ctx.Err() == nil {
		if err := r.settle(ctx); err != nil {
			r.failed(ctx, err, &pause)
			continue
		}
		if err := r.carry(ctx); err != nil {
			r.failed(ctx, err, &pause)
			continue
		}
		pause = firstPause
	}
	return nil
}

// failed tells of an error and waits before the next try.
func (r *relay) failed(ctx context.Context, err error, pause *time.Duration) {
	if ctx.Err() != nil {
		return
	}
	r.log.WarnContext(ctx, "relaying stopped, and goes on from where the stream ends", "error", err, "relayed", r.Relayed(), "pause", *pause)
	select {
	case <-ctx.Done():
	case <-time.After(*pause):
	}
	*pause = min(2**pause, longPause)
}

// carry relays what is counted and what comes, until it is time to look at the
// stream again.
func (r *relay) carry(ctx context.Context) error {
	look := time.NewTimer(recheck)
	defer look.Stop()
	for {
		grown := r.index.Grown() // before reading, so that nothing is missed
		if err := r.publish(ctx); err != nil {
			return err
		}
		select {
		case <-grown:
		case <-look.C:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}

// publish relays all that is counted after the last fact relayed. When it
// returns nothing is in flight any more.
func (r *relay) publish(ctx context.Context) error {
	f := flight{relay: r, epoch: r.Epoch()}
	for fact, err := range r.index.Range(ctx, r.Relayed(), 0) {
		if err == nil {
			err = f.send(ctx, fact)
		}
		if err != nil {
			return errors.Join(err, f.land(ctx))
		}
	}
	return f.land(ctx)
}
