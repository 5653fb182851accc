package gateway

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/services/gateway/attacktest"
	"github.com/ics-openbook/openbook/services/gateway/registrytest"
	"github.com/ics-openbook/openbook/services/network/view"
)

// attack sends one.
func attack(h http.Handler, a attacktest.Attack) string {
	document, err := json.Marshal(a.Query)
	if err != nil {
		panic(err) // any string can be written
	}
	body := `{"query":` + string(document)
	if a.Variables != "" {
		body += `,"variables":` + a.Variables
	}
	r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(body+"}"))
	r.Header.Set("Content-Type", "application/json")
	w := recorder{httptest.NewRecorder()}
	h.ServeHTTP(w, r)
	return w.Body.String()
}

// Each attack is refused for what it is, in a few words; the second time too.
func TestAttacksAreRefused(t *testing.T) {
	who := over(registrytest.Fold(two), view.State{}).as(steward)
	for _, a := range attacktest.All() {
		first := attack(who, a)
		var said answered
		if err := json.Unmarshal([]byte(first), &said); err != nil {
			t.Errorf("%s: %v: %.300s", a.Name, err, first)
		}
		var want []string
		if a.Code != "" {
			want = []string{a.Code}
		}
		if !slices.Equal(said.codes(), want) || len(first) >= 10_000 || len(said.Errors) > 5 {
			t.Errorf("%s is answered with %d bytes, %d errors, %v, want %v: %.600s", a.Name, len(first), len(said.Errors), said.codes(), want, first)
		}
		if a.Code != "" && string(said.Data) != "null" && len(said.Data) > 0 {
			t.Errorf("%s is answered all the same: %.600s", a.Name, first)
		}
	}
}

// What each attack costs us, against the 100 ms that any may:
//
//	go test -run '^$' -bench BenchmarkAttacks -benchtime 20x ./services/gateway
//
// Each is new every time, or its refusal would be known.
func BenchmarkAttacks(b *testing.B) {
	d := over(registrytest.Fold(two), view.State{})
	who := d.as(steward)
	for _, a := range attacktest.All() {
		b.Run(strings.ReplaceAll(a.Name, " ", "-"), func(b *testing.B) {
			plain, longest, n := a.Query, time.Duration(0), 0
			began := cpu(b)
			for b.Loop() {
				before := cpu(b)
				a.Query = plain + strings.Repeat(" ", n)
				attack(who, a)
				longest = max(longest, cpu(b)-before)
				n++
			}
			b.ReportMetric(float64((cpu(b)-began).Microseconds())/float64(n)/1000, "cpu-ms/op")
			b.ReportMetric(float64(longest.Microseconds())/1000, "longest-cpu-ms")
			b.ReportMetric(float64(len(plain)+len(a.Variables)), "sent-B")
		})
	}
}

// cpu is what this process has used.
func cpu(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
