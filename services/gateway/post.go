package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/transport"
)

// post is gqlgen's POST, but that it writes the data of an answer as they are.
// The encoder would read them once more, letter by letter, to find that they are
// JSON: a fifth of the time that the registry takes.
type post struct{ transport.POST }

// hole stands for the data until the rest of the answer is written.
const hole = `"openbook:data"`

func (p post) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	s := &spliced{ResponseWriter: w}
	p.POST.Do(s, r, splicing{exec, s})
}

// splicing takes the data out of an answer that has no errors.
type splicing struct {
	graphql.GraphExecutor
	to *spliced
}

func (e splicing) DispatchOperation(ctx context.Context, op *graphql.OperationContext) (graphql.ResponseHandler, context.Context) {
	respond, ctx := e.GraphExecutor.DispatchOperation(ctx, op)
	return func(ctx context.Context) *graphql.Response {
		r := respond(ctx)
		if r != nil && len(r.Errors) == 0 && len(r.Data) > len(hole) {
			e.to.data, r.Data = r.Data, json.RawMessage(hole)
		}
		return r
	}, ctx
}

// spliced puts it back as the answer is written, which comes in one piece.
type spliced struct {
	http.ResponseWriter
	data json.RawMessage
}

func (s *spliced) Write(b []byte) (int, error) {
	before, after, found := bytes.Cut(b, []byte(hole))
	if s.data == nil || !found {
		return s.ResponseWriter.Write(b)
	}
	for _, part := range [][]byte{before, s.data, after} {
		if _, err := s.ResponseWriter.Write(part); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}
