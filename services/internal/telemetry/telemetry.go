// Package telemetry is how the platform is watched: OpenTelemetry traces and
// metrics, and a log whose lines carry the trace they belong to.
//
// A process calls [Start] once and asks the result for each of its services'
// [Telemetry]. Nothing global is set, so that a process may hold many services,
// and a test many processes.
package telemetry

import (
	"io"
	"log/slog"

	"go.opentelemetry.io/otel/metric"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/trace"
	tracenoop "go.opentelemetry.io/otel/trace/noop"
)

// Telemetry is what a service measures, traces and logs with.
type Telemetry struct {
	Traces  trace.TracerProvider
	Metrics metric.MeterProvider
	Log     *slog.Logger
}

// Off measures, traces and logs nothing.
func Off() Telemetry {
	return Telemetry{tracenoop.NewTracerProvider(), metricnoop.NewMeterProvider(), slog.New(slog.NewTextHandler(io.Discard, nil))}
}
