package gateway

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
	"go.opentelemetry.io/otel/trace"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/gateway/answers"
	"github.com/ics-openbook/openbook/services/gateway/csv"
	"github.com/ics-openbook/openbook/services/gateway/graph"
	"github.com/ics-openbook/openbook/services/gateway/graph/generated"
	"github.com/ics-openbook/openbook/services/gateway/guard"
	"github.com/ics-openbook/openbook/services/gateway/plain"
	"github.com/ics-openbook/openbook/services/internal/env"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/network/view"
)

const (
	mostBody      = 128 << 10       // bytes of a request
	mostDocuments = 1_000           // parsed documents kept
	longest       = 5 * time.Second // one query's answer
	ping          = 15 * time.Second
)

// api is GraphQL over HTTP.
type api struct {
	env      env.Env
	resolver *graph.Resolver
	// generally is whether every answer is made the general way, field by field:
	// what tests hold the plain way against.
	generally bool
	answers   *answers.Cache // or nil, to make every answer anew
}

// routes is what only those who have signed in come to.
func (a *api) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/graphql", a.handler())
	mux.Handle("GET /csv/{list}", csv.Handler(a.resolver, func(ctx context.Context, err error) *refuse.Refusal {
		shown, _ := a.fault(ctx, "csv", err)
		return shown
	}))
	return mux
}

func (a *api) handler() http.Handler {
	schema := generated.NewExecutableSchema(generated.Config{Resolvers: a.resolver, Complexity: costs()})
	srv := handler.New(schema)
	srv.AddTransport(transport.SSE{KeepAlivePingInterval: ping})
	srv.AddTransport(post{})
	srv.SetQueryCache(newDocuments(schema.Schema()))
	srv.SetParserTokenLimit(guard.Free.Tokens)
	srv.Use(extension.Introspection{})
	srv.Use(&extension.ComplexityLimit{Func: func(_ context.Context, op *graphql.OperationContext) int {
		return guard.LimitsOf(op.RawQuery).Complexity
	}})
	srv.SetErrorPresenter(a.present)
	srv.SetRecoverFunc(func(_ context.Context, p any) error { return fmt.Errorf("panic: %v\n%s", p, debug.Stack()) })
	srv.AroundOperations(a.begin)
	srv.AroundResponses(a.finish)
	if a.answers != nil {
		srv.AroundResponses(a.answers.Responses)
	}
	srv.AroundFields(guard.Fields(a.resolver.Viewer))
	if !a.generally {
		srv.AroundFields(plain.Fields(a.resolver.Viewer))
	}
	return answers.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, mostBody)
		// A subscription writes for as long as it lives; each write has its own
		// deadline below, so that a reader that has gone away is noticed.
		srv.ServeHTTP(&streamWriter{ResponseWriter: w, control: http.NewResponseController(w)}, r)
	}))
}

// documents are those that have been parsed: the trusted ones, by their own
// limits, and the free ones that were sent last.
type documents struct {
	trusted map[string]*ast.QueryDocument
	graphql.Cache[*ast.QueryDocument]
}

func newDocuments(schema *ast.Schema) documents {
	d := documents{map[string]*ast.QueryDocument{}, lru.New[*ast.QueryDocument](mostDocuments)}
	for _, text := range guard.Documents() {
		parsed, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, guard.Trusted.Tokens)
		if err != nil {
			panic(err) // a test parses each
		}
		if errs := validator.ValidateWithRules(schema, parsed, rules.NewDefaultRules()); len(errs) > 0 {
			panic(errs)
		}
		d.trusted[text] = parsed
	}
	return d
}

func (d documents) Get(ctx context.Context, text string) (*ast.QueryDocument, bool) {
	if parsed, is := d.trusted[text]; is {
		return parsed, true
	}
	return d.Cache.Get(ctx, text)
}

// What is worked out costs more than what is looked up, however little of it is
// shown.
const (
	ofAll    = 500 // a page: all that there is was looked through to cut it
	ofSystem = 10  // a figure of a system: all that is in it was
)

// costs says how long lists may be: a list costs its items, or a few words that
// go round and round in the graph would cost more than anybody has.
func costs() (c generated.ComplexityRoot) {
	c.Query.Networks = func(child int, first *int, _ *string, last *int, _ *string, _ *view.Filter, _ view.Order, _ *time.Time, _ *events.Date) int {
		return ofAll + items(first, last)*child
	}
	c.Query.Practices = func(child int, first *int, _ *string, last *int, _ *string, _ *view.PracticeFilter, _ *time.Time, _ *events.Date) int {
		return ofAll + items(first, last)*child
	}
	finding := func(child int, _ *events.ICB, first int, _ *string, _ *time.Time, _ *events.Date) int {
		return ofAll + items(&first, nil)*child
	}
	figure := func(child int) int { return ofSystem + child }
	c.System.NetworkCount, c.System.PracticeCount, c.System.MemberCount = figure, figure, figure
	c.System.Patients = func(child int, _ fact.Basis) int { return ofSystem + child }
	c.Query.Conflicts = finding
	c.Query.Unknowns = func(child int, system *events.ICB, _ *string, first int, after *string, asAt *time.Time, on *events.Date) int {
		return finding(child, system, first, after, asAt, on)
	}
	c.Query.Systems = func(child int, _ bool, _ *time.Time, _ *events.Date) int { return 36 * child }
	c.Query.Sources = func(child int, _ *time.Time) int { return 50 * child }
	c.Query.Entries = func(child int, _ events.Entity, first int, _ *string, _ *time.Time) int {
		return items(&first, nil) * child
	}
	ten := func(child int) int { return 10 * child } // about as many as there are
	c.System.SubICBs, c.System.SucceededBy, c.Practice.ListSizes = ten, ten, ten
	c.System.Places, c.Network.Practices, c.Network.Members, c.Network.Memberships, c.Practice.Memberships = ten, ten, ten, ten, ten
	two := func(child int) int { return 2 * child }
	c.Conflict.Memberships = two
	c.Network.Directors, c.Network.Deputies, c.Network.Representatives, c.Network.Covers, c.Practice.Notices, c.Practice.CoveredBy = two, two, two, two, two, two
	c.System.Representatives, c.Mandate.Networks, c.System.LMCs, c.LMC.Places = ten, ten, two, ten
	return c
}

// items is how many a page may hold; one that is refused later costs as much as
// the longest. That a free document may have fewer is said by its complexity, or
// else by its page.
func items(first, last *int) int {
	for _, n := range []*int{first, last} {
		if n != nil && *n >= 1 && *n <= guard.Trusted.Page {
			return *n
		}
	}
	return guard.Free.Page
}

// streamWriter lets an answer and the pings between answers take turns, and
// gives each a deadline.
type streamWriter struct {
	http.ResponseWriter
	control *http.ResponseController
	mu      sync.Mutex
}

func (w *streamWriter) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.control.SetWriteDeadline(time.Now().Add(ping)); err != nil { //nolint:forbidigo // the connection's own clock
		return 0, err
	}
	return w.ResponseWriter.Write(b)
}

// Flush sends what has been written. An error shows at the next Write.
func (w *streamWriter) Flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = w.control.Flush()
}

// begin gives a request the state it is answered from, as new as it asks for.
func (a *api) begin(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	seen, after, err := a.resolver.Newest(ctx, op.Headers.Get(graph.AfterHeader))
	if err != nil {
		return a.refused(ctx, err)
	}
	ctx, _ = graph.NewSession(ctx, seen, after)
	if op.Operation.Operation == ast.Subscription {
		return next(ctx)
	}
	bounded, cancel := context.WithTimeout(ctx, longest)
	respond := next(bounded)
	return func(ctx context.Context) *graphql.Response {
		defer cancel()
		return respond(ctx)
	}
}

func (a *api) refused(ctx context.Context, err error) graphql.ResponseHandler {
	return graphql.OneShot(&graphql.Response{Errors: gqlerror.List{a.present(ctx, err)}})
}

// finish says what state the answer is true at.
func (a *api) finish(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	response := next(ctx)
	if response == nil {
		return nil
	}
	seen := a.resolver.Registry.Seen()
	if s, ok := graph.SessionOf(ctx); ok && graphql.GetOperationContext(ctx).Operation.Operation != ast.Subscription {
		seen = s.Seen()
	}
	if response.Extensions == nil {
		response.Extensions = map[string]any{}
	}
	response.Extensions["asOf"] = map[string]any{"position": seen.At.Position, "time": seen.At.Time}
	return response
}

// present is the one place where an error becomes part of an answer: a refusal
// as it is, a mistake in the document as the parser says it, a fault as an id
// that finds it in the log.
func (a *api) present(ctx context.Context, err error) *gqlerror.Error {
	shown := &gqlerror.Error{Path: graphql.GetPath(ctx)}
	if r, ok := refuse.From(err); ok {
		shown.Message = r.Message
		shown.Extensions = map[string]any{"code": r.Code}
		return shown
	}
	var document *gqlerror.Error
	if errors.As(err, &document) {
		switch {
		case document.Unwrap() == nil:
			return document
		case len(document.Path) > len(shown.Path): // an argument that its scalar cannot read
			shown.Path, shown.Message = document.Path, document.Message
			shown.Extensions = map[string]any{"code": "MALFORMED"}
			return shown
		}
	}
	fault, id := a.fault(ctx, shown.Path.String(), err)
	shown.Message = fault.Message
	shown.Extensions = map[string]any{"code": fault.Code, "id": id}
	return shown
}

// fault logs what went wrong, and returns what others see of it.
func (a *api) fault(ctx context.Context, path string, err error) (shown *refuse.Refusal, id string) {
	id = uuid.NewString()
	if sc := trace.SpanContextFromContext(ctx); sc.HasTraceID() {
		id = sc.TraceID().String()
	}
	a.env.Telemetry.Log.ErrorContext(ctx, "fault", "id", id, "path", path, "error", err)
	return refuse.Fault(id), id
}
