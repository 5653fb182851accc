package telemetry

import (
	"context"

	"github.com/nats-io/nats.go"
	"go.opentelemetry.io/otel/propagation"
)

// A trace is carried as W3C Trace Context writes it, whatever carries it.
var traceContext = propagation.TraceContext{}

const traceparent = "traceparent"

// Inject writes the trace in ctx, if there is one, into a message's header.
func Inject(ctx context.Context, header nats.Header) {
	traceContext.Inject(ctx, propagation.HeaderCarrier(header))
}

// Extract returns ctx with the trace in a message's header, if there is one.
func Extract(ctx context.Context, header nats.Header) context.Context {
	return traceContext.Extract(ctx, propagation.HeaderCarrier(header))
}

// Traceparent is the trace in ctx as one string, which a fact keeps; empty if
// there is none.
func Traceparent(ctx context.Context) string {
	carried := propagation.MapCarrier{}
	traceContext.Inject(ctx, carried)
	return carried[traceparent]
}

// WithTraceparent returns ctx with the trace that Traceparent wrote. A string
// that it did not write changes nothing.
func WithTraceparent(ctx context.Context, parent string) context.Context {
	if parent == "" {
		return ctx
	}
	return traceContext.Extract(ctx, propagation.MapCarrier{traceparent: parent})
}
