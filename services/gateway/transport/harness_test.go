package transport_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/ics-openbook/openbook/services/gateway/graph"
	"github.com/ics-openbook/openbook/services/gateway/graph/generated"
	"github.com/ics-openbook/openbook/services/gateway/transport"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

// trusted may be asked by GET.
const trusted = `query Trusted($name: String = "Query") { __type(name: $name) { name } }`

// trustedEvents may be subscribed to by GET.
const trustedEvents = `subscription Watch { networkChanged(code: "U99001") { position } }`

const mostBody = 1 << 10

// site is the whole schema behind a transport, on a real port. What the
// operations of some names are answered is said by the test.
type site struct {
	*httptest.Server
	answers map[string]graphql.ResponseHandler
}

func serve(t *testing.T, changes ...func(*transport.Transport, *http.Server)) *site {
	t.Helper()
	s := &site{answers: map[string]graphql.ResponseHandler{}}
	wire := transport.Transport{
		Present: present, MostBody: mostBody, Ping: time.Minute,
		Trusted: func(document string) bool { return document == trusted || document == trustedEvents },
	}
	s.Server = httptest.NewUnstartedServer(nil)
	for _, change := range changes {
		change(&wire, s.Config)
	}
	api := handler.New(generated.NewExecutableSchema(generated.Config{Schema: graph.Schema(), Resolvers: &graph.Resolver{}}))
	api.AddTransport(wire)
	api.SetErrorPresenter(present)
	api.Use(named{})
	api.Use(extension.Introspection{})
	api.AroundOperations(func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
		if answer, is := s.answers[graphql.GetOperationContext(ctx).OperationName]; is {
			return answer
		}
		bounded, cancel := context.WithCancel(ctx) // as the gateway's, which ends with the answer
		respond := next(bounded)
		return func(ctx context.Context) *graphql.Response {
			defer cancel()
			return respond(ctx)
		}
	})
	s.Config.Handler = api
	s.Start()
	t.Cleanup(s.Close)
	return s
}

// says makes an operation be answered once.
func (s *site) says(name string, response *graphql.Response) {
	s.answers[name] = func(context.Context) *graphql.Response { return response }
}

// present is what the gateway's does, without a log.
func present(ctx context.Context, err error) *gqlerror.Error {
	if r, ok := refuse.From(err); ok {
		return &gqlerror.Error{Message: r.Message, Extensions: map[string]any{"code": r.Code}}
	}
	var document *gqlerror.Error
	if errors.As(err, &document) {
		return document
	}
	return &gqlerror.Error{Message: "fault", Extensions: map[string]any{"code": "FAULT"}}
}

// named knows a document by a name.
type named struct{}

func (named) ExtensionName() string                   { return "Named" }
func (named) Validate(graphql.ExecutableSchema) error { return nil }
func (named) MutateOperationParameters(_ context.Context, p *graphql.RawParams) *gqlerror.Error {
	switch p.Extensions[transport.DocumentID] {
	case "known":
		p.Query = trusted
	case "limited":
		return &gqlerror.Error{Message: "Later.", Extensions: map[string]any{"code": "RATE_LIMITED", "retryAfter": 3}}
	case "strange":
		return &gqlerror.Error{Message: "There is no such document.", Extensions: map[string]any{"code": "STRANGE"}}
	}
	return nil
}

// request is what a test sends; an empty method is POST.
type request struct {
	method string
	path   string // after /graphql
	header http.Header
	body   string
	// chunked sends the body without its length.
	chunked bool
}

// answered is what comes back.
type answered struct {
	status int
	header http.Header
	body   string
}

func (a answered) String() string { return fmt.Sprintf("%d %v %s", a.status, a.header, a.body) }

func (s *site) ask(t testing.TB, q request) answered {
	t.Helper()
	resp, err := s.Client().Do(s.request(t, q))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answered{resp.StatusCode, resp.Header, string(body)}
}

func (s *site) request(t testing.TB, q request) *http.Request {
	t.Helper()
	method := q.method
	if method == "" {
		method = http.MethodPost
	}
	var body io.Reader = strings.NewReader(q.body)
	if q.chunked {
		body = io.MultiReader(body)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+"/graphql"+q.path, body)
	if err != nil {
		t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, values := range q.header {
		r.Header[name] = values
	}
	return r
}

// address is the parameters of a GET.
func address(pairs ...string) string {
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return "?" + values.Encode()
}
