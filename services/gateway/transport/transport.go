// Package transport is GraphQL over HTTP: requests by POST, and by GET where the
// document is a trusted one; answers as JSON, or as server-sent events, each
// operation on a connection of its own. It follows the GraphQL-over-HTTP
// specification and the distinct-connections mode of graphql-sse's protocol.
//
// WebSocket is not offered: events need no second protocol with close codes of
// its own, and pass every proxy. Neither are batches: HTTP carries as many
// requests at once as anybody needs, each with its own status and limits.
//
// Who asks has been found out before. What another site makes a browser send
// with its cookie does not come here (package identity); a link that is followed
// does, which is why GET changes nothing.
package transport

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// DocumentID is the extension that holds the parameter `documentId` of a request,
// which names a document rather than have it as `query`. Who knows documents by
// name is a graphql.OperationParameterMutator.
const DocumentID = "documentId"

// Transport is the only one there is: it supports every request, if only to say
// what is wrong with it. All of it must be set.
type Transport struct {
	// Present shows what is refused here as other errors are shown.
	Present graphql.ErrorPresenterFunc
	// Trusted reports whether a document may be asked by GET.
	Trusted func(document string) bool
	// MostBody is how long a request may be, in bytes.
	MostBody int64
	// Ping is the longest silence of a stream, and the longest that a client may
	// take to receive what is written.
	Ping time.Duration
}

var _ graphql.Transport = Transport{}

// Supports implements [graphql.Transport].
func (Transport) Supports(*http.Request) bool { return true }

const (
	methods = "GET, HEAD, POST, OPTIONS"
	byPost  = "POST"
)

// Do implements [graphql.Transport].
func (t Transport) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Accept")
	h.Set("X-Content-Type-Options", "nosniff")
	accepts := accepted(r.Header.Values("Accept"))
	a := &answer{
		w: &writer{ResponseWriter: w, control: http.NewResponseController(w), patience: t.Ping},
		r: r, as: cmp.Or(accepts.best(asJSON...), plainJSON), present: t.Present,
	}
	ctx := context.WithValue(r.Context(), exchangeKey{}, exchange{h, r, accepts.best(every...) == eventStream})
	defer func() {
		if p := recover(); p != nil {
			a.refuse(ctx, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
	}()

	if r.Method == http.MethodOptions {
		h.Set("Allow", methods)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	params, err := t.read(w, r, accepts)
	if err != nil {
		a.refuse(ctx, err)
		return
	}
	t.answer(ctx, a, accepts, params, exec)
}

// answer does what is asked, and chooses how to answer, which depends on what it
// is.
func (t Transport) answer(ctx context.Context, a *answer, accepts ranges, params *graphql.RawParams, exec graphql.GraphExecutor) {
	op, errs := exec.CreateOperationContext(ctx, params)
	if err := t.mayGet(a.r.Method, op, errs); err != nil {
		a.w.Header().Set("Allow", byPost)
		errs = gqlerror.List{t.Present(ctx, err)} // answered as any other refusal is, with what it cost
	}
	kind := accepts.best(every...)
	if len(errs) > 0 {
		response := exec.DispatchError(graphql.WithOperationContext(ctx, op), errs)
		if _, listed := listed(response.Errors); kind == eventStream && !listed {
			a.stream(ctx, graphql.OneShot(response)) // as the protocol has it
			return
		}
		a.write(response)
		return
	}
	if op.Operation.Operation == ast.Subscription {
		if kind = accepts.best(eventStream); kind == "" {
			a.refuse(ctx, errOnlyEvents)
			return
		}
	}
	responses, ctx := exec.DispatchOperation(ctx, op)
	if op.Operation.Operation != ast.Subscription {
		responses = first(responses)
	}
	if kind == eventStream {
		a.stream(ctx, responses)
		return
	}
	a.write(responses(ctx))
}

// first is the first of some responses: all there is of a query or a mutation,
// whatever an interceptor would answer to who asks for more.
func first(next graphql.ResponseHandler) graphql.ResponseHandler {
	had := false
	return func(ctx context.Context) *graphql.Response {
		if had {
			return nil
		}
		had = true
		return next(ctx)
	}
}

// mayGet refuses by GET what changes something, and what was not known before.
// It comes after the documents that are sent by name have been found.
func (t Transport) mayGet(method string, op *graphql.OperationContext, errs gqlerror.List) error {
	switch {
	case method == http.MethodPost:
		return nil
	case op.Operation != nil && op.Operation.Operation == ast.Mutation:
		return errMutation
	case (op.RawQuery != "" || len(errs) == 0) && !t.Trusted(op.RawQuery):
		return errNotTrusted
	}
	return nil // or else what named the document was refused
}

// exchange is a request, and the headers of the answer to it.
type exchange struct {
	header  http.Header
	request *http.Request
	events  bool // the answer is a stream, which has no tag
}

type exchangeKey struct{}

// Header are the headers of the answer to the request of ctx, for interceptors of
// operations and responses to add to; in a resolver it is too late, or too early.
// An answer to GET with an ETag that the client has already (If-None-Match) is
// answered 304, without its body.
func Header(ctx context.Context) http.Header {
	if x, ok := ctx.Value(exchangeKey{}).(exchange); ok {
		return x.header
	}
	return http.Header{} // of an answer that nobody waits for
}

// Known reports whether the client has the answer with an ETag already, so that
// nothing need be worked out if that is to be the ETag of this answer. Whether
// there is any answer, as `*` asks, is not known before.
func Known(ctx context.Context, etag string) bool {
	x, ok := ctx.Value(exchangeKey{}).(exchange)
	return ok && !x.events && x.request.Method != http.MethodPost && x.request.Header.Get("If-None-Match") != "*" && has(x.request.Header, etag)
}
