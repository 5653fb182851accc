package telemetry_test

import (
	"context"
	"testing"

	"github.com/nats-io/nats.go"
	"go.opentelemetry.io/otel/trace"

	"github.com/ics-openbook/openbook/services/internal/telemetry"
)

func TestATraceIsCarried(t *testing.T) {
	p := start(t, nil)
	defer shutdown(t, p)
	ctx, span := service(t, p, "gateway").Traces.Tracer("test").Start(t.Context(), "mutation")
	want := span.SpanContext()

	header := nats.Header{}
	telemetry.Inject(ctx, header)
	for how, carried := range map[string]context.Context{
		"header": telemetry.Extract(context.Background(), header),
		"string": telemetry.WithTraceparent(context.Background(), telemetry.Traceparent(ctx)),
	} {
		got := trace.SpanContextFromContext(carried)
		if got.TraceID() != want.TraceID() || got.SpanID() != want.SpanID() || !got.IsRemote() {
			t.Errorf("by %s: %v, want %v", how, got, want)
		}
	}
}

func TestWhatIsNoTraceIsNotCarried(t *testing.T) {
	header := nats.Header{}
	telemetry.Inject(context.Background(), header)
	if parent := telemetry.Traceparent(context.Background()); parent != "" || len(header) != 0 {
		t.Errorf("without a trace: %q, %v", parent, header)
	}
	for _, parent := range []string{"", "nonsense", "00-00000000000000000000000000000000-0000000000000000-00"} {
		if got := trace.SpanContextFromContext(telemetry.WithTraceparent(context.Background(), parent)); got.IsValid() {
			t.Errorf("%q is read as %v", parent, got)
		}
	}
}
