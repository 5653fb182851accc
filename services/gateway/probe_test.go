package gateway

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/services/gateway/graph/generated"
)

// probes are how many questions are made up; OPENBOOK_PROBES says otherwise, and
// OPENBOOK_SEED which.
const (
	probesEnv, seedEnv = "OPENBOOK_PROBES", "OPENBOOK_SEED"
	someProbes         = 5_000
	allProbes          = 100_000
	shards             = 4
)

// Whoever asks whatever, in whatever way, is told nothing of a system that is not
// theirs: what each withholds is marked, and no answer to anybody else has a mark.
func TestProbesLearnNothing(t *testing.T) {
	n, seed := number(t, probesEnv, someProbes), number(t, seedEnv, int(rand.Int64N(1<<40)))
	if long && os.Getenv(probesEnv) == "" {
		n = allProbes
	}
	t.Logf("%d probes, %s=%d", n, seedEnv, seed)
	for shard := range shards {
		t.Run(fmt.Sprint(shard), func(t *testing.T) {
			t.Parallel()
			probeAll(t, n/shards, uint64(seed), uint64(shard))
		})
	}
}

func probeAll(t *testing.T, n int, seed, shard uint64) {
	s := entangled()
	p := &prober{Rand: rand.New(rand.NewPCG(seed, shard)), schema: generated.NewExecutableSchema(generated.Config{}).Schema()}
	p.cursors = cursors(t, s)
	answered, ways, all := 0, map[string]int{}, scopes()
	for i := range n {
		who, role := pick(p, all), pick(p, ask.Roles)
		h := s.to(s.somebody(role, who.of))
		var way, question, answer string
		switch p.IntN(50) {
		case 0, 1, 2, 3:
			way, question = "csv", p.address()
			answer = got(h, question)
		case 4:
			way, question = "subscription", p.document("subscription", p.schema.Subscription)
			answer = s.listened(h, question, p.values)
		case 5, 6, 7, 8, 9, 10, 11, 12, 13, 14:
			way, question = "long way", p.along()
			answer = posted(h, question, p.values)
		default:
			way, question = "query", p.document("query", p.schema.Query)
			answer = posted(h, question, p.values)
		}
		ways[way]++
		if !strings.Contains(answer, `"errors"`) {
			answered++
		}
		if mark := who.leaks(answer); mark != "" {
			t.Fatalf("probe %d of %s=%d: %s of %q is told %s by %s\n%s %v\n%s", i+1, seedEnv, seed, role, who.of, mark, way, question, p.values, answer)
		}
	}
	t.Logf("%d of %d were answered without an error; %v", answered, n, ways)
	if answered*5 < n || len(ways) < 4 {
		t.Errorf("of %d probes %d were answered without an error: they ask for nothing real", n, answered)
	}
}

func number(t *testing.T, env string, otherwise int) int {
	t.Helper()
	if os.Getenv(env) == "" {
		return otherwise
	}
	n, err := strconv.Atoi(os.Getenv(env))
	if err != nil {
		t.Fatalf("%s: %v", env, err)
	}
	return n
}

// cursors are those that somebody who sees everything was given, of every list.
func cursors(t *testing.T, s *shelf) (all []string) {
	t.Helper()
	for _, list := range []string{`networks(first: 9`, `networks(order: NAME, first: 9`, `practices(first: 9`, `conflicts(first: 9`, `unknowns(first: 50`, `entries(about: "network-U99011", first: 9`, `entries(about: "system-QZ2", first: 9`} {
		for _, e := range says[struct {
			List struct{ Edges []struct{ Cursor string } }
		}](t, s.to(s.somebody(ask.Steward, ask.England)), "{ list: "+list+") { edges { cursor } } }").List.Edges {
			all = append(all, e.Cursor)
		}
	}
	return append(all, "", "?", base64.RawURLEncoding.EncodeToString([]byte("conflicts Z99012 0000")))
}

// asked is the request that asks a document.
func asked(document string, variables map[string]any, accept string) *http.Request {
	body, err := json.Marshal(map[string]any{"query": document, "variables": variables})
	if err != nil {
		panic(err) // any of it can be written
	}
	r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", accept)
	return r
}

// posted is what a document is answered.
func posted(h http.Handler, document string, variables map[string]any) string {
	w := recorder{httptest.NewRecorder()}
	h.ServeHTTP(w, asked(document, variables, "application/json"))
	return fmt.Sprint(w.Header(), w.Body)
}

// got is what an address is answered, its headers too.
func got(h http.Handler, address string) string {
	w := recorder{httptest.NewRecorder()}
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, address, nil))
	return fmt.Sprint(w.Header(), w.Body)
}
