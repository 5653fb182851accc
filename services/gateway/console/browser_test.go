//go:build browser

package console

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/gateway/graph"
	"github.com/ics-openbook/openbook/services/gateway/graph/generated"
	"github.com/ics-openbook/openbook/services/gateway/graph/model"
	"github.com/ics-openbook/openbook/services/gateway/identity"
	"github.com/ics-openbook/openbook/services/gateway/transport"
	"github.com/ics-openbook/openbook/services/internal/clock"
)

// root answers what needs no book: who is asking, and a network that changes.
type root struct{ *graph.Resolver }

func (r root) Subscription() generated.SubscriptionResolver { return changes{} }

type changes struct{}

func (changes) NetworkChanged(ctx context.Context, _ events.PCN, _ *events.Position) (<-chan *model.NetworkChange, error) {
	c := make(chan *model.NetworkChange)
	go func() {
		defer close(c)
		for n := uint64(1); n <= 3; n++ {
			select {
			case c <- &model.NetworkChange{Position: events.PositionAt(n, n)}:
			case <-ctx.Done():
				return
			}
		}
	}()
	return c, nil
}

func TestAPersonUsesTheConsole(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	local, err := identity.OpenLocal(t.TempDir(), clock.System, log)
	if err != nil {
		t.Fatal(err)
	}
	api := handler.New(generated.NewExecutableSchema(generated.Config{Resolvers: root{&graph.Resolver{}}}))
	api.AddTransport(transport.Transport{
		Present: graphql.DefaultErrorPresenter, Trusted: func(string) bool { return false }, MostBody: 1 << 20, Ping: time.Second,
	})
	api.Use(extension.Introspection{})
	mux := http.NewServeMux()
	local.Routes(mux)
	mux.Handle("/graphql", local.Verifier().Require(api))
	mux.Handle("/", Handler(Options{Identify: local.Verifier().Identify, Log: log}))
	server := httptest.NewServer(mux)
	defer server.Close()

	b := open(t)
	visit := func(path string) { b.do("Page.navigate", map[string]any{"url": server.URL + path}, nil) }
	const (
		place  = `location.pathname`
		answer = `document.querySelector(".result-window .CodeMirror").CodeMirror.getValue()`
		press  = `document.querySelector(".graphiql-execute-button").click()`
	)
	write := func(query string) {
		b.eventually(`document.querySelector(".graphiql-query-editor .CodeMirror").CodeMirror.setValue(`+"`"+query+"`)", "")
		time.Sleep(time.Second) // GraphiQL reads what was typed once the typing has paused
	}

	visit("/")
	b.eventually(place, "/signin")
	b.eventually(`document.body.innerText`, "openbook token --link")
	b.picture("signin")

	link, err := local.Link(identity.SamplePeople[0])
	if err != nil {
		t.Fatal(err)
	}
	visit(link)
	b.eventually(`document.title`, "Openbook")
	b.eventually(`document.getElementById("person").innerText`, "Miriam Oakes")
	b.eventually(`document.querySelector(".graphiql-query-editor .CodeMirror").CodeMirror.getValue()`, "networks(first: 20")
	b.picture("console")
	if cookie, err := b.run(`document.cookie`); err != nil || cookie != "" {
		t.Errorf("a program in the page can read the cookie: %q, %v", cookie, err)
	}

	// A query.
	write("{ me { ref grants { role of } } }")
	b.eventually(press, "")
	b.eventually(answer, `"person-sample-steward"`)
	// The documentation, which the page asks the server for.
	b.eventually(`document.querySelector('[aria-label="Show Documentation Explorer"]').click()`, "")
	b.eventually(`document.querySelector(".graphiql-doc-explorer").innerText`, "NetworkChange")
	b.picture("answer")
	// A subscription.
	write(`subscription { networkChanged(code: "U99001") { position } }`)
	b.eventually(press, "")
	b.eventually(answer, `"position": "3"`)
	b.picture("subscription")
	// A dialog, whose library would like to add a style element.
	b.eventually(`document.querySelector('[aria-label="Open settings dialog"]').click()`, "")
	b.eventually(`document.querySelector(".graphiql-dialog").innerText`, "Theme")
	b.eventually(`[...document.querySelectorAll(".graphiql-dialog button")].find(e => e.innerText === "Dark").click()`, "")
	b.picture("settings")

	visit(link)
	b.eventually(`document.body.innerText`, "This link no longer works")
	b.picture("gone")
	visit("/")
	b.eventually(`document.title`, "Openbook")
	b.eventually(`document.querySelector(".graphiql-query-editor .CodeMirror").CodeMirror.getValue()`, "networkChanged")
	b.picture("dark")
	b.eventually(`document.querySelector("header button").click()`, "")
	b.eventually(place, "/signin")
	visit("/")
	b.eventually(place, "/signin")

	b.mu.Lock()
	defer b.mu.Unlock()
	for _, url := range b.requests {
		if !strings.HasPrefix(url, server.URL+"/") && !strings.HasPrefix(url, "data:") {
			t.Errorf("the page asked for %s", url)
		}
	}
	for _, fault := range b.faults {
		if !strings.Contains(fault, "410 (Gone)") { // the used link above
			t.Errorf("the page says: %s", fault)
		}
	}
}
