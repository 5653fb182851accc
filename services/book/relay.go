package book

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/book/index"
	"github.com/ics-openbook/openbook/services/internal/carrier"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/telemetry"
)

const (
	inFlight    = 1024             // messages published and not yet acknowledged
	ackPatience = 10 * time.Second // for one acknowledgement
	recheck     = 2 * time.Second  // how often the stream is looked at when nothing happens

	firstPause = 50 * time.Millisecond // after an error; doubled each time
	longPause  = 5 * time.Second
)

// relay carries what the index has counted to JetStream, in order and once.
//
// A message says which sequence must be the last before it, and the server
// checks that. So the fact with ordinal n can only ever become sequence n of
// its epoch: another relay, a lost acknowledgement or a message that came late
// cannot double or skip one. Whatever goes wrong, the cure is the same: wait out
// what is in flight, look where the stream ends, and go on from there.
type relay struct {
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

func newRelay(js jetstream.JetStream, x *index.Index, c Config, t telemetry.Telemetry) (*relay, error) {
	relayed, err := t.Metrics.Meter(scope).Int64Counter("openbook.book.relayed",
		metric.WithUnit("{fact}"), metric.WithDescription("Facts acknowledged by JetStream."))
	r := &relay{
		js: js, store: c.Store, index: x, book: c.Store.Book(), replicas: max(c.Replicas, 1),
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

// sent is a message in flight.
type sent struct {
	ordinal events.Ordinal
	ack     jetstream.PubAckFuture
	span    trace.Span // nil unless the fact's trace is sampled
}

// publish relays all that is counted after the last fact relayed. When it
// returns nothing is in flight any more, and last is what the server has.
func (r *relay) publish(ctx context.Context) (err error) {
	var flight []sent
	defer func() {
		for _, s := range flight { // after an error, those behind it fail as well
			if ackErr := r.acknowledged(ctx, s); err == nil {
				err = ackErr
			}
		}
	}()
	epoch := r.Epoch()
	for fact, err := range r.index.Range(ctx, r.Relayed(), 0) {
		if err != nil {
			return err
		}
		if len(flight) == inFlight {
			oldest := flight[0]
			flight = flight[1:]
			if err := r.acknowledged(ctx, oldest); err != nil {
				return err
			}
		}
		s, err := r.send(ctx, fact, epoch)
		if err != nil {
			return err
		}
		flight = append(flight, s)
	}
	return nil
}

func (r *relay) send(ctx context.Context, fact events.Recorded, epoch carrier.Epoch) (s sent, err error) {
	m := carrier.Encode(fact, epoch)
	m.Header[jetstream.ExpectedLastSeqHeader] = []string{strconv.FormatUint(uint64(fact.Ordinal)-1, 10)}
	s.ordinal = fact.Ordinal
	if sampled(fact.Traceparent) {
		ctx = propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{"traceparent": fact.Traceparent})
		_, s.span = r.tracer.Start(ctx, "relay "+fact.Type, trace.WithSpanKind(trace.SpanKindProducer),
			trace.WithAttributes(attribute.String("openbook.fact.id", string(fact.ID)), attribute.Int64("openbook.ordinal", int64(fact.Ordinal))))
	}
	s.ack, err = r.js.PublishMsgAsync(m, jetstream.WithStallWait(ackPatience))
	if err != nil && s.span != nil {
		s.span.RecordError(err)
		s.span.End()
	}
	return s, err
}

// sampled reports whether a W3C traceparent has the flag of a recorded trace.
func sampled(traceparent string) bool { return strings.HasSuffix(traceparent, "-01") }

// acknowledged waits for the server's word on a message. It comes in any case:
// an acknowledgement that does not is an error after ackPatience.
func (r *relay) acknowledged(ctx context.Context, s sent) (err error) {
	if s.span != nil {
		defer func() {
			if err != nil {
				s.span.RecordError(err)
			}
			s.span.End()
		}()
	}
	select {
	case ack := <-s.ack.Ok():
		if ack.Sequence != uint64(s.ordinal) {
			return fmt.Errorf("the fact with ordinal %d became sequence %d", s.ordinal, ack.Sequence)
		}
		r.last.Store(ack.Sequence)
		r.relayed.Add(ctx, 1)
		return nil
	case err := <-s.ack.Err():
		return fmt.Errorf("relay ordinal %d: %w", s.ordinal, err)
	case <-ctx.Done():
		return ctx.Err()
	}
}
