package platform_test

import (
	"compress/gzip"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/ics-openbook/openbook/services/platform"
)

// span is one leg of a trace, as a collector receives it.
type span struct {
	service, name, id, parent string
	kind                      otlp.Span_SpanKind
	start, end                uint64
}

// receiver is an OpenTelemetry collector that keeps spans by their trace.
type receiver struct {
	*httptest.Server
	mu    sync.Mutex
	spans map[string][]span
	wrong []string
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{spans: map[string][]span{}}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Path == "/v1/traces" {
			if err := r.take(req); err != nil {
				r.mu.Lock()
				r.wrong = append(r.wrong, err.Error())
				r.mu.Unlock()
			}
		}
		w.Header().Set("Content-Type", "application/x-protobuf")
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) take(req *http.Request) error {
	body := io.Reader(req.Body)
	if req.Header.Get("Content-Encoding") == "gzip" {
		var err error
		if body, err = gzip.NewReader(body); err != nil {
			return err
		}
	}
	b, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	var sent collector.ExportTraceServiceRequest
	if err := proto.Unmarshal(b, &sent); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, resource := range sent.ResourceSpans {
		service := ""
		for _, a := range resource.Resource.Attributes {
			if a.Key == "service.name" {
				service = a.Value.GetStringValue()
			}
		}
		for _, scope := range resource.ScopeSpans {
			for _, s := range scope.Spans {
				trace := hex.EncodeToString(s.TraceId)
				r.spans[trace] = append(r.spans[trace], span{service, s.Name, hex.EncodeToString(s.SpanId), hex.EncodeToString(s.ParentSpanId), s.Kind, s.StartTimeUnixNano, s.EndTimeUnixNano})
			}
		}
	}
	return nil
}

func (r *receiver) of(trace string) []span {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.spans[trace])
}

// One mutation is one trace, from the client through every service to the view.
func TestOneMutationIsOneTrace(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	data := t.TempDir()
	p := service(t, "up", platform.Config{Data: data, Listen: "127.0.0.1:0", Admin: "127.0.0.1:0"},
		"OTEL_EXPORTER_OTLP_ENDPOINT="+r.URL, "OTEL_BSP_SCHEDULE_DELAY=50")
	s := &site{url: p.at.URL, admin: p.at.Admin, mint: localMint(data)}
	c := s.as(t, "steward", steward)
	c.do(t, "registerSystem", input{"code": "QZ1", "name": "Demonstration"})
	const trace, client = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
	c.with("Traceparent", "00-"+trace+"-"+client+"-01").do(t, "registerNetwork", input{"code": "U99001", "name": "North", "system": "QZ1"})

	legs := []struct {
		service, name string
		kind          otlp.Span_SpanKind
		parent        int // its place in this list, or -1 for the client
	}{
		{"gateway", "POST /graphql", otlp.Span_SPAN_KIND_SERVER, -1},
		{"gateway", "ask.network.register_network", otlp.Span_SPAN_KIND_CLIENT, 0},
		{"network", "ask.network.register_network", otlp.Span_SPAN_KIND_SERVER, 1},
		{"book", "append", otlp.Span_SPAN_KIND_SERVER, 2},
		{"book", "relay network.network_registered.v1", otlp.Span_SPAN_KIND_PRODUCER, 2},
		{"network", "view registry", otlp.Span_SPAN_KIND_CONSUMER, 2},
		{"funding", "view registry", otlp.Span_SPAN_KIND_CONSUMER, 2},
		{"funding", "view money", otlp.Span_SPAN_KIND_CONSUMER, 2},
		{"funding", "view contract", otlp.Span_SPAN_KIND_CONSUMER, 2}, // which looks at every fact, and keeps its own
		{"workforce", "view registry", otlp.Span_SPAN_KIND_CONSUMER, 2},
		{"workforce", "view contract", otlp.Span_SPAN_KIND_CONSUMER, 2},
		{"workforce", "view entitled", otlp.Span_SPAN_KIND_CONSUMER, 2},
		{"gateway", "view registry", otlp.Span_SPAN_KIND_CONSUMER, 2},
		{"gateway", "view contract", otlp.Span_SPAN_KIND_CONSUMER, 2},
		{"gateway", "view money", otlp.Span_SPAN_KIND_CONSUMER, 2},
	}
	for end := time.Now().Add(patience); len(r.of(trace)) < len(legs) && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
	}
	spans := r.of(trace)
	var found []span
	for _, leg := range legs {
		i := slices.IndexFunc(spans, func(s span) bool { return s.service == leg.service && s.name == leg.name && s.kind == leg.kind })
		if i < 0 {
			t.Fatalf("no span of %s is called %q; there are %+v; the receiver says %v", leg.service, leg.name, spans, r.wrong)
		}
		found = append(found, spans[i])
		parent, since := client, uint64(0)
		if leg.parent >= 0 {
			parent, since = found[leg.parent].id, found[leg.parent].start
		}
		if spans[i].parent != parent || spans[i].start < since || spans[i].end < spans[i].start {
			t.Errorf("%s of %s is %+v; its parent should be %s", leg.name, leg.service, spans[i], parent)
		}
	}
	if len(spans) != len(legs) {
		t.Errorf("%d spans for %d legs: %+v", len(spans), len(legs), spans)
	}
}

var sample = regexp.MustCompile(`^(\w+)(\{[^}]*\})? (\S+)`)

// metric is the sum of a metric's samples that have all these labels.
func metric(t *testing.T, page, name string, labels ...string) (sum float64, there bool) {
	t.Helper()
	for line := range strings.Lines(page) {
		m := sample.FindStringSubmatch(line)
		if m == nil || m[1] != name || slices.ContainsFunc(labels, func(l string) bool { return !strings.Contains(m[2], l) }) {
			continue
		}
		v, err := strconv.ParseFloat(m[3], 64)
		if err != nil {
			t.Fatal(err)
		}
		sum, there = sum+v, true
	}
	return sum, there
}

// What the operator watches is there, under the names Prometheus gives.
func TestTheOperatorSeesHowFarFactsHaveCome(t *testing.T) {
	t.Parallel()
	s, _ := up(t, platform.Config{Data: t.TempDir(), Admin: "127.0.0.1:0"})
	c := s.as(t, "steward", steward)
	c.do(t, "registerSystem", input{"code": "QZ1", "name": "Demonstration"})
	for _, code := range []string{"U99001", "U99002", "U99003"} {
		c.do(t, "registerNetwork", input{"code": code, "name": "North", "system": "QZ1"})
	}
	c.refused(t, "renameNetwork", input{"code": "U99009", "name": "x"})
	c.refused(t, "joinNetwork", input{"practice": "Z99001", "network": "U99001", "from": "2025-04-01"})
	const facts = 4
	if recorded := caughtUp(t, c); recorded != facts {
		t.Fatalf("%d facts recorded", recorded)
	}
	for _, m := range []struct {
		name   string
		labels []string
		want   float64
	}{
		{"openbook_book_appended_total", []string{`service_name="book"`}, facts},
		{"openbook_book_relayed_total", []string{`service_name="book"`}, facts},
		{"openbook_view_visible_total", []string{`service_name="gateway"`, `view="registry"`}, facts},
		{"openbook_view_visible_total", []string{`service_name="network"`, `view="registry"`}, facts},
		{"openbook_view_delay_seconds_count", []string{`service_name="gateway"`, `view="registry"`}, facts},
		{"openbook_view_visible_total", []string{`service_name="gateway"`, `view="contract"`}, facts},
		{"openbook_view_lag", []string{`service_name="gateway"`, `view="registry"`}, 0},
		{"openbook_view_lag", []string{`service_name="gateway"`, `view="contract"`}, 0},
		{"openbook_book_lag", []string{`stage="counted"`}, 0},
		{"openbook_book_lag", []string{`stage="relayed"`}, 0},
		{"openbook_book_lag_duration_seconds", []string{`stage="relayed"`}, 0},
		{"openbook_ask_decided_total", []string{`service_name="network"`}, facts},
		{"openbook_ask_refused_total", []string{`subject="ask.network.rename_network"`, `code="NETWORK_UNKNOWN"`}, 1},
		{"openbook_ask_refused_total", []string{`subject="ask.network.join"`, `code="PRACTICE_UNKNOWN"`}, 1},
	} {
		var page string
		var got float64
		var there bool
		// What is counted is counted a moment after it is answered.
		for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			page = scrape(t, s.admin+"/metrics")
			if got, there = metric(t, page, m.name, m.labels...); there && got == m.want {
				break
			}
		}
		if !there || got != m.want {
			t.Errorf("%s%v is %v (there: %v), want %v", m.name, m.labels, got, there, m.want)
			for line := range strings.Lines(page) {
				if strings.HasPrefix(line, "openbook_"+strings.SplitN(m.name, "_", 3)[1]) {
					t.Log(strings.TrimSpace(line))
				}
			}
		}
	}
	scrape(t, s.admin+"/healthz")
	scrape(t, s.admin+"/readyz")
}

func scrape(t *testing.T, url string) string {
	t.Helper()
	resp, err := web.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %v, %s", url, err, resp.Status)
	}
	return string(b)
}
