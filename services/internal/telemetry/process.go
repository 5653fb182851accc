package telemetry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/otlptranslator"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	otelprometheus "go.opentelemetry.io/otel/exporters/prometheus"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// scrapePatience bounds one answer to a scrape; Prometheus gives up after ten
// seconds itself.
const scrapePatience = 10 * time.Second

// Options says what to write where. Where traces and metrics are sent is said
// by OpenTelemetry's own environment variables: OTEL_EXPORTER_OTLP_ENDPOINT and
// its kin. Without one they are not sent at all, and metrics can still be
// scraped.
type Options struct {
	Version string
	Log     io.Writer // nil is nowhere
	Level   slog.Leveler
	JSON    bool // one JSON object a line, in place of text for people
}

// Process is the telemetry of everything in one process. Its methods may be
// called at once from many goroutines.
type Process struct {
	attributes *resource.Resource
	registry   *prometheus.Registry
	log        *slog.Logger
	spans      sdktrace.SpanProcessor // nil: traces are not sent
	sendsMeter bool

	mu       sync.Mutex
	services map[string]service
}

type service struct {
	Telemetry
	traces  *sdktrace.TracerProvider
	metrics *sdkmetric.MeterProvider
}

// Start makes ready to watch the services of a process. The caller calls
// Shutdown at its end, or what was measured last is lost.
func Start(ctx context.Context, o Options) (*Process, error) {
	attributes, err := resource.New(ctx,
		resource.WithTelemetrySDK(), resource.WithHost(), resource.WithProcessPID(),
		resource.WithAttributes(
			semconv.ServiceNamespace("openbook"),
			semconv.ServiceVersion(o.Version),
			semconv.ServiceInstanceID(uuid.NewString()),
		),
		resource.WithFromEnv(), // OTEL_RESOURCE_ATTRIBUTES has the last word
	)
	if err != nil {
		return nil, fmt.Errorf("telemetry: who this process is: %w", err)
	}
	p := &Process{
		attributes: attributes,
		registry:   prometheus.NewRegistry(),
		log:        slog.New(logHandler(o)),
		sendsMeter: sends("METRICS"),
		services:   map[string]service{},
	}
	if sends("TRACES") {
		exporter, err := otlptracehttp.New(ctx)
		if err != nil {
			return nil, fmt.Errorf("telemetry: sending traces: %w", err)
		}
		p.spans = sdktrace.NewBatchSpanProcessor(complainingSpans{exporter, p.log})
	}
	p.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return p, nil
}

// sends reports whether the environment says where a signal goes.
func sends(signal string) bool {
	return os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") != "" || os.Getenv("OTEL_EXPORTER_OTLP_"+signal+"_ENDPOINT") != ""
}

// For returns the telemetry of one service, which signs with its name whatever
// it traces, measures and logs. Asked again, it returns the same.
func (p *Process) For(name string) (Telemetry, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s, known := p.services[name]; known {
		return s.Telemetry, nil
	}
	who, err := resource.Merge(p.attributes, resource.NewSchemaless(semconv.ServiceName(name)))
	if err != nil {
		return Telemetry{}, fmt.Errorf("telemetry of %s: %w", name, err)
	}
	metrics, err := p.meters(name, who)
	if err != nil {
		return Telemetry{}, fmt.Errorf("telemetry of %s: %w", name, err)
	}
	traces := p.tracers(who)
	s := service{Telemetry{traces, metrics, p.log.With("service", name)}, traces, metrics}
	p.services[name] = s
	return s.Telemetry, nil
}

// tracers records what is sent and nothing else; but every span has its ids, so
// that a log line can name its trace even where nobody collects traces.
func (p *Process) tracers(who *resource.Resource) *sdktrace.TracerProvider {
	if p.spans == nil {
		return sdktrace.NewTracerProvider(sdktrace.WithResource(who), sdktrace.WithSampler(sdktrace.NeverSample()))
	}
	// The sampler is OpenTelemetry's default, or what OTEL_TRACES_SAMPLER says.
	return sdktrace.NewTracerProvider(sdktrace.WithResource(who), sdktrace.WithSpanProcessor(p.spans))
}

// meters shares one registry between services: the name of the service is a
// label of every metric.
func (p *Process) meters(name string, who *resource.Resource) (*sdkmetric.MeterProvider, error) {
	scraped, err := otelprometheus.New(
		otelprometheus.WithRegisterer(p.registry),
		otelprometheus.WithoutScopeInfo(), // the name of the metric says it already
		otelprometheus.WithTranslationStrategy(otlptranslator.UnderscoreEscapingWithSuffixes),
		otelprometheus.WithResourceAsConstantLabels(attribute.NewAllowKeysFilter(semconv.ServiceNameKey)),
	)
	if err != nil {
		return nil, err
	}
	options := []sdkmetric.Option{sdkmetric.WithResource(who), sdkmetric.WithReader(scraped)}
	if p.sendsMeter {
		// The context serves only to dial, which HTTP does later.
		exporter, err := otlpmetrichttp.New(context.Background())
		if err != nil {
			return nil, fmt.Errorf("sending metrics: %w", err)
		}
		options = append(options, sdkmetric.WithReader(sdkmetric.NewPeriodicReader(complainingMetrics{exporter, p.log.With("service", name)})))
	}
	return sdkmetric.NewMeterProvider(options...), nil
}

// Metrics serves every service's metrics, and the Go runtime's, to Prometheus.
func (p *Process) Metrics() http.Handler {
	return promhttp.HandlerFor(p.registry, promhttp.HandlerOpts{
		ErrorLog:            slog.NewLogLogger(p.log.Handler(), slog.LevelError),
		ErrorHandling:       promhttp.ContinueOnError, // one bad metric hides no other
		Registry:            p.registry,
		MaxRequestsInFlight: 4,
		Timeout:             scrapePatience,
		EnableOpenMetrics:   true, // carries exemplars: from a slow bucket to its trace
	})
}

// Shutdown sends what has not been sent. It returns once that is done or ctx is.
func (p *Process) Shutdown(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var errs []error
	for _, s := range p.services {
		errs = append(errs, s.metrics.Shutdown(ctx), s.traces.Shutdown(ctx))
	}
	if p.spans != nil {
		errs = append(errs, p.spans.Shutdown(ctx))
	}
	return errors.Join(errs...)
}
