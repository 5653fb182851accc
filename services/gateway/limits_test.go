package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/services/gateway/documents"
	"github.com/ics-openbook/openbook/services/gateway/graph"
	"github.com/ics-openbook/openbook/services/gateway/identity"
	"github.com/ics-openbook/openbook/services/gateway/limit"
	"github.com/ics-openbook/openbook/services/gateway/registrytest"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/telemetry"
	"github.com/ics-openbook/openbook/services/network/view"
)

// Every answer says what it cost and what is left: one with data, and one whose
// document was refused.
func TestEveryAnswerSaysWhatItCost(t *testing.T) {
	d := over(registrytest.Fold(two), view.State{})
	d.api.share = limit.Share{Capacity: 1_000_000, Leak: 100}
	who := d.as(steward)
	left := 1_000_000
	for _, c := range []struct {
		document string
		cost     int
	}{
		{`{ networks(first: 2) { nodes { code name } } }`, 506},
		{`{ me { name } }`, 2},
		{`{ me { nam } }`, 1_000},
		{`{ me { nam } }`, 100},
		{`{ network(code: "?") { name } }`, 2},
	} {
		left -= c.cost
		a := query(t, who, c.document)
		got, err := json.Marshal(a.Extensions["cost"])
		empty := registrytest.Today.Time().Add(time.Duration(1_000_000-left) * 10 * time.Millisecond).Format(time.RFC3339)
		if want := fmt.Sprintf(`{"remaining":%d,"requested":%d,"resetAt":%q}`, left, c.cost, empty); err != nil || string(got) != want {
			t.Errorf("%s: %s, want %s", c.document, got, want)
		}
	}
}

// A loop around a dear document stops after a few turns; others go on.
func TestALoopOfDearDocumentsStops(t *testing.T) {
	d := over(registrytest.Fold(two), view.State{})
	d.api.share = limit.Usual
	who := d.as(steward)
	document := registryDocument(t)
	for n := 1; ; n++ {
		a := query(t, who, document)
		if len(a.Errors) == 0 && n < 100 {
			continue
		}
		if n < 20 || !slices.Equal(a.codes(), []string{"RATE_LIMITED"}) || a.Errors[0].Extensions["retryAfter"] != 1.0 || len(a.Data) > 4 {
			t.Errorf("after %d turns it is answered %.500s", n, a.body)
		}
		break
	}
}

// An answer that grows too long is refused, and what is left of the work is not
// done; a long one is refused too if it is written plainly.
func TestALongAnswerIsGivenUp(t *testing.T) {
	state := country()
	d := over(state, state)
	d.api.answers = nil
	const document = `{ networks(first: 100) { nodes { code name system { code name } practices { code name system { code } } } } }`
	whole := query(t, d.as(steward), document)
	if len(whole.Errors) > 0 || len(whole.body) < 50_000 {
		t.Fatalf("%d bytes: %.300s", len(whole.body), whole.body)
	}
	work := func(who http.Handler) float64 { return testing.AllocsPerRun(1, func() { sent(who, document) }) }
	for _, d.api.generally = range []bool{true, false} {
		full := work(d.as(steward))
		func() {
			before := limit.Free
			defer func() { limit.Free = before }()
			limit.Free.Answer = 2_000
			a := query(t, d.as(steward), document)
			if !slices.Equal(a.codes(), []string{"ANSWER_TOO_LARGE"}) || len(a.Errors) != 1 || string(a.Data) != "null" || len(a.body) > 1_000 {
				t.Errorf("it is answered %.500s", a.body)
			}
			if given := work(d.as(steward)); d.api.generally && given*4 > full*3 {
				t.Errorf("it takes %.0f allocations, and %.0f when it is given up", full, given)
			}
			limit.Free.Answer = len(whole.body)
			if a := query(t, d.as(steward), document); len(a.Errors) > 0 {
				t.Errorf("what is not too long is answered %.500s", a.body)
			}
		}()
	}
}

// slow is a registry whose past takes as long as one waits for it.
type slow struct{ still }

func (slow) AsAt(ctx context.Context, _ store.Mark) (*graph.Registry, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// What takes too long is given up where it waits, and wherever it has come to in
// a list: the answer says so once, and the log is not filled with it.
func TestASlowAnswerIsGivenUp(t *testing.T) {
	var log strings.Builder
	d := over(registrytest.Fold(two), view.State{})
	d.api.env.Telemetry.Log = slog.New(slog.NewTextHandler(&log, nil))
	d.api.longest = 30 * time.Millisecond
	d.api.resolver.Registry = slow{still{d.api.resolver.Registry.Seen(), nil}}
	d.api.generally = true
	const waiting = `{ practices(first: 100, asAt: "2019-01-01T00:00:00Z") { nodes { code system { name } } } me { name } }`
	a := query(t, d.as(steward), waiting)
	if !slices.Equal(a.codes(), []string{"TIMED_OUT"}) || len(a.Errors) != 1 || string(a.Data) != "null" {
		t.Errorf("it is answered %s", a.body)
	}

	state, logging := country(), d.api.env.Telemetry.Log
	d = over(state, state)
	d.api.env.Telemetry.Log, d.api.generally = logging, true
	work := func() float64 {
		return testing.AllocsPerRun(1, func() {
			sent(d.as(steward), `{ networks(first: 100) { nodes { code name system { code name } practices { code name system { code } } } } }`)
		})
	}
	full := work()
	d.api.longest = 1
	if given := work(); given*4 > full*3 {
		t.Errorf("a list takes %.0f allocations, and %.0f when there is no time for it", full, given)
	}
	if strings.Contains(log.String(), "fault") {
		t.Errorf("it is logged as a fault: %s", log.String())
	}
}

// A document of the folder is trusted as one of the build is.
func TestADocumentOfTheFolderIsTrusted(t *testing.T) {
	dir := t.TempDir()
	const text = `{ networks(first: 2000) { nodes { code name } } }`
	if err := os.WriteFile(filepath.Join(dir, "names.graphql"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	d := over(registrytest.Fold(two), view.State{})
	trusted, err := documents.Open(dir, telemetry.Off())
	if err != nil {
		t.Fatal(err)
	}
	d.api.documents = trusted
	if a := query(t, d.as(), text); len(a.Errors) > 0 || !strings.Contains(a.body, "Cedar") {
		t.Errorf("it is answered %s", a.body)
	}
	if a := query(t, d.as(), text+" "); !slices.Equal(a.codes(), []string{"PAGE_INVALID"}) {
		t.Errorf("another is answered %s", a.body)
	}
}

// GraphiQL and other tools read the schema whole, which no free document does.
func TestToolsReadTheSchema(t *testing.T) {
	who := over(registrytest.Fold(two), view.State{}).as()
	n := 0
	for _, d := range documents.Shipped() {
		if !strings.Contains(d.Text, "IntrospectionQuery") {
			continue
		}
		n++
		if a := query(t, who, d.Text); len(a.Errors) > 0 || !strings.Contains(a.body, `"NetworkConnection"`) {
			t.Errorf("%.300s is answered %.300s", d.Text, a.body)
		}
		if a := query(t, who, d.Text+" "); len(a.Errors) == 0 {
			t.Errorf("a document that is not trusted reads the whole schema: %.60s", d.Text)
		}
	}
	if n < 8 {
		t.Errorf("there are only %d ways", n)
	}
}

// Who has not signed in is told nothing of the schema, nor what may have been
// meant: no document of theirs is looked at.
func TestStrangersAreToldNothing(t *testing.T) {
	local, err := identity.OpenLocal(t.TempDir(), clock.System, telemetry.Off().Log)
	if err != nil {
		t.Fatal(err)
	}
	h := local.Verifier().Require(over(registrytest.Fold(two), view.State{}).api.routes())
	for _, a := range []string{`{ __schema { types { name } } }`, `{ network(code: "U99001") { nam } }`, `{`, registryDocument(t)} {
		body, err := json.Marshal(map[string]string{"query": a})
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(string(body)))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusUnauthorized || w.Body.Len() > 500 || strings.Contains(w.Body.String(), "__") || strings.Contains(w.Body.String(), "mean") {
			t.Errorf("%.40s is answered %d, %s", a, w.Code, w.Body)
		}
	}
}
