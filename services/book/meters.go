package book

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// meters is what the book measures of itself.
type meters struct {
	appended metric.Int64Counter
	size     metric.Int64Histogram
	took     metric.Float64Histogram
	watch    metric.Registration
}

func newMeters(provider metric.MeterProvider, p progress) (m meters, err error) {
	meter := provider.Meter(scope)
	var errs [5]error
	m.appended, errs[0] = meter.Int64Counter("openbook.book.appended",
		metric.WithUnit("{fact}"), metric.WithDescription("Facts recorded."))
	m.size, errs[1] = meter.Int64Histogram("openbook.book.append.size", metric.WithUnit("{fact}"),
		metric.WithDescription("Facts in one append."), metric.WithExplicitBucketBoundaries(1, 2, 5, 10, 20, 50, 100, 200, 500))
	m.took, errs[2] = meter.Float64Histogram("openbook.book.append.duration", metric.WithUnit("s"),
		metric.WithDescription("Time from an append's arrival until it was on disk."),
		metric.WithExplicitBucketBoundaries(.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5))
	facts, err := meter.Int64ObservableGauge("openbook.book.lag",
		metric.WithUnit("{fact}"), metric.WithDescription("Facts recorded that a stage has still to do."))
	errs[3] = err
	age, err := meter.Float64ObservableGauge("openbook.book.lag.duration",
		metric.WithUnit("s"), metric.WithDescription("Age of the oldest fact that a stage has still to do."))
	errs[4] = err
	if err := errors.Join(errs[:]...); err != nil {
		return m, err
	}
	counted, carried := metric.WithAttributes(attribute.String("stage", "counted")), metric.WithAttributes(attribute.String("stage", "relayed"))
	m.watch, err = meter.RegisterCallback(func(ctx context.Context, o metric.Observer) error {
		s, err := p.Status(ctx)
		if err != nil {
			return err
		}
		o.ObserveInt64(facts, int64(s.Lag.Counted.Facts), counted)
		o.ObserveInt64(facts, int64(s.Lag.Relayed.Facts), carried)
		o.ObserveFloat64(age, s.Lag.Counted.Seconds, counted)
		o.ObserveFloat64(age, s.Lag.Relayed.Seconds, carried)
		return nil
	}, facts, age)
	return m, err
}

// recorded notes one append.
func (m meters) recorded(ctx context.Context, facts int, took time.Duration) {
	m.appended.Add(ctx, int64(facts))
	m.size.Record(ctx, int64(facts))
	m.took.Record(ctx, took.Seconds())
}

// Close ends the watching of the lag.
func (m meters) Close() error { return m.watch.Unregister() }
