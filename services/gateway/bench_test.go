package gateway

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/services/gateway/registrytest"
	"github.com/ics-openbook/openbook/services/network/view"
)

var country = sync.OnceValue(func() view.State { return registrytest.Fold(registrytest.Country()) })

// Everything that a dashboard shows at first, over HTTP, of a country as big as
// England:
//
//	go test -run '^$' -bench BenchmarkRegistryDocument -benchtime 200x ./services/gateway
func BenchmarkRegistryDocument(b *testing.B) {
	state := country()
	d := over(state, state)
	d.api.answers = nil // or it would be of the network alone
	server := httptest.NewServer(d.as())
	defer server.Close()
	for name, variables := range map[string]map[string]any{
		"now":   {},
		"asAt":  {"asAt": "2019-12-31T00:00:00Z"},
		"names": {"filter": map[string]any{"text": "mill"}},
	} {
		body, err := json.Marshal(map[string]any{"query": registryDocument(b), "variables": variables})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			size := 0
			var took []time.Duration
			b.ReportAllocs()
			for b.Loop() {
				began := time.Now()
				answer, err := http.Post(server.URL+"/graphql", "application/json", bytes.NewReader(body))
				if err != nil {
					b.Fatal(err)
				}
				said, err := io.ReadAll(answer.Body)
				answer.Body.Close()
				took = append(took, time.Since(began))
				if size = len(said); err != nil || answer.StatusCode != http.StatusOK || bytes.Contains(said, []byte(`"errors"`)) || !bytes.Contains(said, []byte(`"asOf"`)) {
					b.Fatalf("%v, status %d: %.300s", err, answer.StatusCode, said)
				}
			}
			slices.Sort(took)
			ms := func(p int) float64 { return took[(len(took)-1)*p/100].Seconds() * 1000 }
			b.ReportMetric(ms(50), "p50-ms")
			b.ReportMetric(ms(99), "p99-ms")
			b.ReportMetric(float64(size), "answer-B")
		})
	}
}

// The longest tables, over HTTP.
func BenchmarkTables(b *testing.B) {
	state := country()
	server := httptest.NewServer(over(state, state).as(steward))
	defer server.Close()
	for _, list := range []string{"networks", "practices", "memberships", "unknowns", "systems"} {
		b.Run(list, func(b *testing.B) {
			var size int64
			for b.Loop() {
				answer, err := http.Get(server.URL + "/csv/" + list)
				if err != nil {
					b.Fatal(err)
				}
				size, err = io.Copy(io.Discard, answer.Body)
				answer.Body.Close()
				if err != nil || answer.StatusCode != http.StatusOK {
					b.Fatalf("%v, status %d", err, answer.StatusCode)
				}
			}
			b.ReportMetric(float64(size), "answer-B")
		})
	}
}

// What a country's registry takes in memory.
func BenchmarkCountryInMemory(b *testing.B) {
	facts := registrytest.Country()
	var before, after runtime.MemStats
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		state := registrytest.Fold(facts)
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(state)
	}
	runtime.KeepAlive(facts)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MiB")
	b.ReportMetric(float64(len(facts)), "facts")
}
