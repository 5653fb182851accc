package gateway

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"go.opentelemetry.io/otel/trace"

	"github.com/ics-openbook/openbook/services/gateway/answers"
	"github.com/ics-openbook/openbook/services/gateway/csv"
	"github.com/ics-openbook/openbook/services/gateway/graph"
	"github.com/ics-openbook/openbook/services/gateway/graph/generated"
	"github.com/ics-openbook/openbook/services/gateway/guard"
	"github.com/ics-openbook/openbook/services/gateway/identity"
	"github.com/ics-openbook/openbook/services/gateway/limit"
	"github.com/ics-openbook/openbook/services/gateway/plain"
	"github.com/ics-openbook/openbook/services/gateway/scalar"
	"github.com/ics-openbook/openbook/services/gateway/transport"
	"github.com/ics-openbook/openbook/services/internal/env"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

const (
	mostBody = 128 << 10 // bytes of a request
	ping     = 15 * time.Second
)

// api is GraphQL over HTTP.
type api struct {
	env      env.Env
	resolver *graph.Resolver
	// What may be asked for, and how much of it.
	documents limit.TrustedDocuments
	share     limit.Share
	longest   time.Duration
	// generally is whether every answer is made the general way, field by field:
	// what tests hold the plain way against.
	generally bool
	answers   *answers.Cache // or nil, to make every answer anew
}

// routes is what only those who have signed in come to.
func (a *api) routes() http.Handler {
	buckets := limit.NewBuckets(a.env.Clock, a.share)
	mux := http.NewServeMux()
	mux.Handle("/graphql", a.handler(buckets))
	mux.Handle("GET /csv/{list}", csv.Handler(a.resolver, csv.Options{
		Charge: func(ctx context.Context, cost int) (wait int, err error) {
			who, _ := identity.From(ctx) // nobody else comes here
			return buckets.Take(who, cost)
		},
		Fault: func(ctx context.Context, err error) *refuse.Refusal {
			shown, _ := a.fault(ctx, "csv", err)
			return shown
		},
	}))
	return mux
}

func (a *api) handler(buckets *limit.Buckets) http.Handler {
	srv := handler.New(generated.NewExecutableSchema(generated.Config{Schema: graph.Schema(), Resolvers: a.resolver}))
	srv.AddTransport(transport.Transport{Present: a.present, Trusted: a.trusted, MostBody: mostBody, Ping: ping})
	srv.SetQueryCache(limit.Parsed{})
	srv.Use(limit.New(a.documents, buckets, a.longest))
	srv.Use(extension.Introspection{})
	srv.SetErrorPresenter(a.present)
	srv.SetRecoverFunc(func(_ context.Context, p any) error { return fmt.Errorf("panic: %v\n%s", p, debug.Stack()) })
	srv.AroundOperations(a.begin)
	srv.AroundResponses(a.finish)
	if a.answers != nil {
		srv.AroundResponses(a.answers.Responses)
	}
	srv.AroundRootFields(scalar.Mutation)
	srv.AroundFields(guard.Fields(a.resolver.Viewer))
	if !a.generally {
		srv.AroundFields(plain.Fields(a.resolver.Viewer))
	}
	return srv
}

func (a *api) trusted(document string) bool {
	_, is := a.documents.ByHash(limit.HashOf(document))
	return is
}

// begin gives a request the state it is answered from, as new as it asks for.
func (a *api) begin(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	seen, after, err := a.resolver.Newest(ctx, op.Headers.Get(graph.AfterHeader))
	if err != nil {
		return a.refused(ctx, err)
	}
	ctx, _ = graph.NewSession(ctx, seen, after)
	return next(ctx)
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
	err = limit.Cause(ctx, err)
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
