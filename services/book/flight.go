package book

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/carrier"
)

const (
	stride = 256 // every so many messages one is acknowledged
	marks  = 4   // of those, so many are waited for at once: 1,024 messages in flight

	ackPatience = 10 * time.Second // for one acknowledgement
)

// flight is one run of messages towards the server, in ordinal order. The
// server accepts a message only right after the one before it, so when it
// acknowledges one, it has them all: the others ask for no answer, which is a
// third of the work. The first must be acknowledged for itself: were its place
// taken by a message that is none of the book's, the second would fit in after
// that one.
type flight struct {
	relay *relay
	epoch carrier.Epoch
	begun bool
	lost  bool // a mark was refused

	held  *nats.Msg      // the last of a flight must be acknowledged, so each waits until it is known not to be
	next  events.Ordinal // of held
	spans []trace.Span   // of messages since the last mark whose traces are sampled
	ahead []mark
}

// mark is a message that will be acknowledged.
type mark struct {
	ordinal events.Ordinal
	ack     jetstream.PubAckFuture
	spans   []trace.Span // that end with it
}

// send adds a fact. It waits while as much is in flight as may be.
func (f *flight) send(ctx context.Context, fact events.Recorded) error {
	if err := f.release(ctx, !f.begun || uint64(f.next)%stride == 0); err != nil {
		return err
	}
	f.held, f.next = carrier.Encode(fact, f.epoch), fact.Ordinal
	f.held.Header[jetstream.ExpectedLastSeqHeader] = []string{strconv.FormatUint(uint64(fact.Ordinal)-1, 10)}
	if sampled(fact.Traceparent) {
		ctx = propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{"traceparent": fact.Traceparent})
		_, span := f.relay.tracer.Start(ctx, "relay "+fact.Type, trace.WithSpanKind(trace.SpanKindProducer),
			trace.WithAttributes(attribute.String("openbook.fact.id", string(fact.ID)), attribute.Int64("openbook.ordinal", int64(fact.Ordinal))))
		f.spans = append(f.spans, span)
	}
	return nil
}

// sampled reports whether a W3C traceparent has the flag of a recorded trace.
func sampled(traceparent string) bool { return strings.HasSuffix(traceparent, "-01") }

// release publishes the message that is held.
func (f *flight) release(ctx context.Context, marked bool) error {
	m := f.held
	f.held = nil
	if m == nil {
		return nil
	}
	f.begun = true
	switch {
	case !marked:
		return f.relay.nc.PublishMsg(m)
	case len(f.ahead) == marks:
		if err := f.acknowledged(ctx); err != nil {
			return err
		}
	}
	ack, err := f.relay.js.PublishMsgAsync(m, jetstream.WithStallWait(ackPatience))
	if err != nil {
		return err
	}
	f.ahead = append(f.ahead, mark{f.next, ack, f.spans})
	f.spans = nil
	return nil
}

// acknowledged waits for the server's word on the first mark ahead. It comes in
// any case: one that does not is an error after ackPatience.
func (f *flight) acknowledged(ctx context.Context) (err error) {
	m := f.ahead[0]
	f.ahead = f.ahead[1:]
	defer func() {
		f.lost = f.lost || err != nil
		ended(m.spans, err)
	}()
	select {
	case ack := <-m.ack.Ok():
		if ack.Sequence != uint64(m.ordinal) {
			return fmt.Errorf("the fact with ordinal %d became sequence %d", m.ordinal, ack.Sequence)
		}
		if f.lost {
			return nil // what comes after a message that was refused follows on another
		}
		before := f.relay.last.Swap(ack.Sequence)
		f.relay.relayed.Add(ctx, int64(ack.Sequence-before))
		return nil
	case err := <-m.ack.Err():
		return fmt.Errorf("relay up to ordinal %d: %w", m.ordinal, err)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// land publishes the last message and waits for all that is in flight. After
// one error the marks behind it fail as well; the first is told.
func (f *flight) land(ctx context.Context) error {
	first := f.release(ctx, true)
	for len(f.ahead) > 0 {
		if err := f.acknowledged(ctx); first == nil {
			first = err
		}
	}
	ended(f.spans, first)
	return first
}

func ended(spans []trace.Span, err error) {
	for _, s := range spans {
		if err != nil {
			s.RecordError(err)
		}
		s.End()
	}
}
