package follow

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/telemetry"
)

// metrics is what can be watched of a view: how many facts it shows, and how
// far, in facts and in time, it is behind the stream.
type metrics struct {
	of      metric.MeasurementOption
	facts   metric.Int64Counter
	seconds metric.Float64Histogram
	lag     atomic.Uint64
}

func newMetrics(t telemetry.Telemetry, view string) (*metrics, error) {
	meter := t.Metrics.Meter(scope)
	m := &metrics{of: metric.WithAttributeSet(attribute.NewSet(attribute.String("view", view)))}
	var errs [4]error
	m.facts, errs[0] = meter.Int64Counter("openbook.view.visible", metric.WithUnit("{fact}"),
		metric.WithDescription("Facts that a view shows."))
	m.seconds, errs[1] = meter.Float64Histogram("openbook.view.delay", metric.WithUnit("s"),
		metric.WithDescription("Time from a fact's being recorded to a view's showing it."),
		metric.WithExplicitBucketBoundaries(.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10, 60, 600))
	lag, err := meter.Int64ObservableGauge("openbook.view.lag", metric.WithUnit("{fact}"),
		metric.WithDescription("Facts in the stream that a view has not folded yet."))
	errs[2] = err
	// Registered apart: of two views of one service the gauge is one, and a
	// callback given with the second would not be called.
	_, errs[3] = meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		o.ObserveInt64(lag, int64(m.lag.Load()), m.of)
		return nil
	}, lag)
	return m, errors.Join(errs[:]...)
}

func (m *metrics) behind(facts uint64) { m.lag.Store(facts) }

func (m *metrics) visible(ctx context.Context, now time.Time, folded int, news []events.Recorded) {
	if folded > 0 {
		m.facts.Add(ctx, int64(folded), m.of)
	}
	for _, r := range news {
		m.seconds.Record(ctx, now.Sub(r.Time).Seconds(), m.of)
	}
}

// span is the last leg of a fact's way, for a fact whose way is being traced.
func (f *Follower[S]) span(ctx context.Context, r events.Recorded) trace.Span {
	if r.Traceparent == "" {
		return trace.SpanFromContext(context.Background())
	}
	ctx = propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{"traceparent": r.Traceparent})
	if !trace.SpanContextFromContext(ctx).IsSampled() {
		return trace.SpanFromContext(context.Background())
	}
	_, span := f.tracer.Start(ctx, "view "+f.view.Name, trace.WithSpanKind(trace.SpanKindConsumer),
		trace.WithAttributes(attribute.Int64("openbook.ordinal", int64(r.Ordinal))))
	return span
}
