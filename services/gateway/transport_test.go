package gateway

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/services/gateway/identity"
	"github.com/ics-openbook/openbook/services/gateway/limit"
	"github.com/ics-openbook/openbook/services/gateway/registrytest"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/network/view"
)

// The API as it is put together: what may be asked by GET is what the build
// trusts, a request may be so long, and a browser's cookie counts only where its
// own pages ask.
func TestTheAPIOverHTTP(t *testing.T) {
	local, err := identity.OpenLocal(t.TempDir(), clock.System, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	token, err := local.Mint(identity.SamplePeople[0], time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(local.Verifier().Require(over(registrytest.Fold(two), view.State{}).api.routes()))
	defer server.Close()
	bearer, cookie := http.Header{"Authorization": {"Bearer " + token}}, http.Header{"Cookie": {identity.Cookie + "=" + token}}
	with := func(h http.Header, pairs ...string) http.Header {
		if h = h.Clone(); h == nil {
			h = http.Header{}
		}
		for i := 0; i < len(pairs); i += 2 {
			h.Set(pairs[i], pairs[i+1])
		}
		return h
	}
	registry := "?query=" + url.QueryEscape(registryDocument(t))
	free := "?query=" + url.QueryEscape("{ me { ref } }")
	long := func(n int) string {
		body := `{"query": "{ me { ref } }"}`
		return body + strings.Repeat(" ", n-len(body))
	}
	for _, c := range []struct {
		method, path, body string
		header             http.Header
		status             int
		says               string
	}{
		{"GET", registry, "", bearer, 200, `"asOf"`},
		{"GET", registry, "", nil, 401, "UNAUTHENTICATED"},
		{"GET", registry, "", with(cookie, "Sec-Fetch-Site", "same-origin"), 200, `"asOf"`},
		{"GET", registry, "", with(cookie, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "cors"), 401, "UNAUTHENTICATED"},
		{"GET", registry, "", with(cookie, "Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "no-cors"), 401, "UNAUTHENTICATED"},
		{"GET", registry, "", with(cookie, "Sec-Fetch-Site", "same-site", "Accept", "text/event-stream"), 401, "UNAUTHENTICATED"},
		{"GET", free, "", bearer, 405, "Only a trusted document"},
		{"GET", registry + "+", "", bearer, 405, "Only a trusted document"},
		{"POST", "", long(mostBody), bearer, 200, `"person-sample-steward"`},
		{"POST", "", long(mostBody + 1), bearer, 413, "BODY_TOO_LARGE"},
		{"POST", "", long(100), with(cookie, "Sec-Fetch-Site", "cross-site"), 401, "UNAUTHENTICATED"},
		{"POST", "", long(100), with(cookie, "Origin", "http://localhost:3000"), 401, "UNAUTHENTICATED"},
		{"POST", "", long(100), with(bearer, "Openbook-After", "not a position"), 400, "POSITION_INVALID"},
		{"OPTIONS", "", "", nil, 401, "UNAUTHENTICATED"},
	} {
		r, err := http.NewRequestWithContext(t.Context(), c.method, server.URL+"/graphql"+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header = with(c.header, "Content-Type", "application/json")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != c.status || !strings.Contains(string(body), c.says) {
			t.Errorf("%s %.40s %v is answered %s %s, %v\nnot %d with %s", c.method, c.path, c.header, answer.Status, body, err, c.status, c.says)
		}
	}
}

// Who asks too much is told by the status when to come again, before any stream.
func TestTooMuchIsForLater(t *testing.T) {
	d := over(registrytest.Fold(two), view.State{})
	d.api.share = limit.Share{Capacity: 1_000, Leak: 100}
	server := httptest.NewServer(d.as(steward))
	defer server.Close()
	ask := func(accept string) *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/graphql", strings.NewReader(`{"query": "{ networks(first: 100) { nodes { code } } }"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {accept}}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer
	}
	if answer := ask("*/*"); answer.StatusCode != http.StatusOK {
		t.Fatalf("the first is answered %s", answer.Status)
	}
	for _, accept := range []string{"application/json", "application/graphql-response+json", "text/event-stream"} {
		answer := ask(accept)
		if seconds, err := strconv.Atoi(answer.Header.Get("Retry-After")); answer.StatusCode != http.StatusTooManyRequests || err != nil || seconds < 2 {
			t.Errorf("Accept: %s is answered %s %v", accept, answer.Status, answer.Header)
		}
	}
}
