package telemetry

import (
	"context"
	"io"
	"log/slog"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

func logHandler(o Options) slog.Handler {
	if o.Log == nil {
		return slog.DiscardHandler
	}
	return newTraced(lines(o.Log, o))
}

func lines(w io.Writer, o Options) slog.Handler {
	options := &slog.HandlerOptions{Level: o.Level}
	if o.JSON {
		return slog.NewJSONHandler(w, options)
	}
	return slog.NewTextHandler(w, options)
}

// traced adds to each line the trace it belongs to, outside of any group.
type traced struct {
	slog.Handler              // with every group and attribute
	root         slog.Handler // with the attributes from before the first group
	grouped      func(slog.Handler) slog.Handler
}

func newTraced(h slog.Handler) slog.Handler { return traced{h, h, nil} }

// Handle writes r.
func (h traced) Handle(ctx context.Context, r slog.Record) error {
	span := trace.SpanContextFromContext(ctx)
	if !span.IsValid() {
		return h.Handler.Handle(ctx, r)
	}
	ids := []slog.Attr{slog.String("trace_id", span.TraceID().String()), slog.String("span_id", span.SpanID().String())}
	if h.grouped == nil {
		r = r.Clone()
		r.AddAttrs(ids...)
		return h.Handler.Handle(ctx, r)
	}
	return h.grouped(h.root.WithAttrs(ids)).Handle(ctx, r)
}

// WithAttrs returns a handler whose lines have attrs too.
func (h traced) WithAttrs(attrs []slog.Attr) slog.Handler {
	if h.grouped == nil {
		return newTraced(h.Handler.WithAttrs(attrs))
	}
	return h.within(func(inner slog.Handler) slog.Handler { return inner.WithAttrs(attrs) })
}

// WithGroup returns a handler whose lines have later attributes under name.
func (h traced) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	return h.within(func(inner slog.Handler) slog.Handler { return inner.WithGroup(name) })
}

func (h traced) within(next func(slog.Handler) slog.Handler) slog.Handler {
	all := next
	if before := h.grouped; before != nil {
		all = func(inner slog.Handler) slog.Handler { return next(before(inner)) }
	}
	return traced{next(h.Handler), h.root, all}
}

// OpenTelemetry tells an error in sending to a global handler. These tell it to
// the process's own log instead: one line a batch.

type complainingSpans struct {
	sdktrace.SpanExporter
	log *slog.Logger
}

func (e complainingSpans) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	if err := e.SpanExporter.ExportSpans(ctx, spans); err != nil {
		e.log.Warn("spans were not sent, and are lost", "spans", len(spans), "error", err)
	}
	return nil
}

type complainingMetrics struct {
	sdkmetric.Exporter
	log *slog.Logger
}

func (e complainingMetrics) Export(ctx context.Context, metrics *metricdata.ResourceMetrics) error {
	if err := e.Exporter.Export(ctx, metrics); err != nil {
		e.log.Warn("metrics were not sent; the next sending has their sums", "error", err)
	}
	return nil
}
