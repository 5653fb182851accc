package telemetry_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
	collectormetrics "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	collectortraces "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	"google.golang.org/protobuf/proto"

	"github.com/ics-openbook/openbook/services/internal/telemetry"
)

// collector is an OpenTelemetry collector as far as a sender can tell.
type collector struct {
	mu      sync.Mutex
	spans   map[string][]string // service: span and its trace
	metrics map[string][]string // service: metric
	refuses bool
}

func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refuses {
		http.Error(w, "no room", http.StatusBadRequest)
		return
	}
	switch r.URL.Path {
	case "/v1/traces":
		var sent collectortraces.ExportTraceServiceRequest
		if err := proto.Unmarshal(body, &sent); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		for _, of := range sent.ResourceSpans {
			name := attribute(of.Resource.Attributes, "service.name")
			for _, scope := range of.ScopeSpans {
				for _, span := range scope.Spans {
					c.spans[name] = append(c.spans[name], span.Name, trace.TraceID(span.TraceId).String(), attribute(of.Resource.Attributes, "service.version"))
				}
			}
		}
	case "/v1/metrics":
		var sent collectormetrics.ExportMetricsServiceRequest
		if err := proto.Unmarshal(body, &sent); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		for _, of := range sent.ResourceMetrics {
			name := attribute(of.Resource.Attributes, "service.name")
			for _, scope := range of.ScopeMetrics {
				for _, m := range scope.Metrics {
					c.metrics[name] = append(c.metrics[name], m.Name)
				}
			}
		}
	default:
		http.NotFound(w, r)
	}
}

func attribute(attributes []*common.KeyValue, key string) string {
	for _, a := range attributes {
		if a.Key == key {
			return a.Value.GetStringValue()
		}
	}
	return ""
}

func collecting(t *testing.T) *collector {
	t.Helper()
	c := &collector{spans: map[string][]string{}, metrics: map[string][]string{}}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.URL)
	return c
}

func start(t *testing.T, log io.Writer) *telemetry.Process {
	t.Helper()
	p, err := telemetry.Start(t.Context(), telemetry.Options{Version: "v1.2.3", Log: log, JSON: true})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func service(t *testing.T, p *telemetry.Process, name string) telemetry.Telemetry {
	t.Helper()
	of, err := p.For(name)
	if err != nil {
		t.Fatal(err)
	}
	return of
}

func shutdown(t *testing.T, p *telemetry.Process) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := p.Shutdown(ctx); err != nil {
		t.Error(err)
	}
}

func count(t *testing.T, of telemetry.Telemetry, n int64) {
	t.Helper()
	counter, err := of.Metrics.Meter("test").Int64Counter("openbook.facts.recorded",
		metric.WithUnit("{fact}"), metric.WithDescription("Facts recorded."))
	if err != nil {
		t.Fatal(err)
	}
	counter.Add(t.Context(), n)
}

func TestServicesOfOneProcessSendUnderTheirOwnNames(t *testing.T) {
	c := collecting(t)
	p := start(t, nil)
	book, network := service(t, p, "book"), service(t, p, "network")
	if again := service(t, p, "book"); again != book {
		t.Error("the telemetry of a service is another the second time")
	}

	ctx, asked := network.Traces.Tracer("test").Start(t.Context(), "ask")
	_, recorded := book.Traces.Tracer("test").Start(ctx, "append")
	recorded.End()
	asked.End()
	count(t, book, 3)
	shutdown(t, p)

	id := asked.SpanContext().TraceID().String()
	c.mu.Lock()
	defer c.mu.Unlock()
	if got := strings.Join(c.spans["book"], " "); got != "append "+id+" v1.2.3" {
		t.Errorf("the book sent %q", got)
	}
	if got := strings.Join(c.spans["network"], " "); got != "ask "+id+" v1.2.3" {
		t.Errorf("the network service sent %q", got)
	}
	if got := strings.Join(c.metrics["book"], " "); got != "openbook.facts.recorded" {
		t.Errorf("the book sent the metrics %q", got)
	}
}

func TestWithoutACollectorNothingIsRecordedButTracesHaveIDs(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "")
	p := start(t, nil)
	defer shutdown(t, p)
	_, span := service(t, p, "book").Traces.Tracer("test").Start(t.Context(), "append")
	if span.IsRecording() || !span.SpanContext().IsValid() || span.SpanContext().IsSampled() {
		t.Errorf("recording %t, context %v", span.IsRecording(), span.SpanContext())
	}
}

func TestACollectorThatRefusesIsLoggedAndNoMore(t *testing.T) {
	c := collecting(t)
	c.refuses = true
	var log bytes.Buffer
	p := start(t, &log)
	of := service(t, p, "book")
	_, span := of.Traces.Tracer("test").Start(t.Context(), "append")
	span.End()
	count(t, of, 1)
	shutdown(t, p)
	for _, want := range []string{"spans were not sent", "metrics were not sent"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log does not say %q:\n%s", want, log.String())
		}
	}
}

func TestScrape(t *testing.T) {
	p := start(t, nil)
	defer shutdown(t, p)
	count(t, service(t, p, "book"), 3)
	count(t, service(t, p, "network"), 4)
	server := httptest.NewServer(p.Metrics())
	defer server.Close()

	response, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %v\n%s", response.Status, err, body)
	}
	for _, want := range []struct{ name, label, value string }{
		{"openbook_facts_recorded_total", `service_name="book"`, "3"},
		{"openbook_facts_recorded_total", `service_name="network"`, "4"},
		{"target_info", `service_version="v1.2.3"`, "1"},
		{"go_goroutines", "", ""},
		{"process_open_fds", "", ""},
	} {
		found := false
		for line := range strings.Lines(string(body)) {
			line = strings.TrimSpace(line)
			found = found || strings.HasPrefix(line, want.name) && strings.Contains(line, want.label) && strings.HasSuffix(line, want.value)
		}
		if !found {
			t.Errorf("no %s{%s} %s in\n%s", want.name, want.label, want.value, body)
		}
	}
}

func TestLogLinesNameTheirTrace(t *testing.T) {
	var log bytes.Buffer
	p := start(t, &log)
	defer shutdown(t, p)
	of := service(t, p, "book")
	ctx, span := of.Traces.Tracer("test").Start(t.Context(), "append")

	for _, c := range []struct {
		say  func()
		want map[string]any
	}{
		{
			func() { of.Log.InfoContext(ctx, "said", "a", 1) },
			map[string]any{"service": "book", "a": 1.0, "trace_id": span.SpanContext().TraceID().String(), "span_id": span.SpanContext().SpanID().String()},
		},
		{
			func() {
				of.Log.With("a", 1).WithGroup("g").With("b", 2).WithGroup("h").InfoContext(ctx, "said", "c", 3)
			},
			map[string]any{
				"service": "book", "a": 1.0, "trace_id": span.SpanContext().TraceID().String(),
				"g": map[string]any{"b": 2.0, "h": map[string]any{"c": 3.0}},
			},
		},
		{func() { of.Log.Info("said") }, map[string]any{"service": "book", "trace_id": nil}},
		{func() { of.Log.WithGroup("g").Info("said", "a", 1) }, map[string]any{"g": map[string]any{"a": 1.0}, "trace_id": nil}},
	} {
		log.Reset()
		c.say()
		var line map[string]any
		if err := json.Unmarshal(log.Bytes(), &line); err != nil {
			t.Fatalf("%v: %s", err, &log)
		}
		for key, want := range c.want {
			if got, w := text(t, line[key]), text(t, want); got != w {
				t.Errorf("%s is %s, want %s, in %s", key, got, w, &log)
			}
		}
	}
}

func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestTextLog(t *testing.T) {
	var log bytes.Buffer
	p, err := telemetry.Start(t.Context(), telemetry.Options{Log: &log, Level: slog.LevelWarn})
	if err != nil {
		t.Fatal(err)
	}
	defer shutdown(t, p)
	of := service(t, p, "book")
	of.Log.Info("quiet")
	of.Log.Warn("loud")
	if got := log.String(); strings.Contains(got, "quiet") || !strings.Contains(got, "msg=loud service=book") {
		t.Errorf("the log is %q", got)
	}
}
