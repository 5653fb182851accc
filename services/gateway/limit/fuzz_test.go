package limit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/ics-openbook/openbook/services/gateway/attacktest"
	"github.com/ics-openbook/openbook/services/gateway/graph/generated"
	"github.com/ics-openbook/openbook/services/gateway/limit"
	"github.com/ics-openbook/openbook/services/internal/clock"
)

var schema = generated.NewExecutableSchema(generated.Config{})

// none is no trusted documents.
type none struct{}

func (none) ByHash(limit.Hash) (*limit.Document, bool) { return nil, false }

var today = clock.Func(func() time.Time { return time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC) })

// guarded is gqlgen behind a guard, without a transport.
func guarded(share limit.Share) *executor.Executor {
	exec := executor.New(schema)
	exec.SetQueryCache(limit.Parsed{})
	exec.Use(limit.New(none{}, limit.NewBuckets(today, share), limit.Longest))
	return exec
}

var plenty = limit.Share{Capacity: 1 << 50, Leak: 1}

// ask has a request go as far as it comes without being carried out, and
// returns what it is answered if that is not far enough.
func ask(exec *executor.Executor, sent *graphql.RawParams) (*graphql.OperationContext, gqlerror.List, *graphql.Response) {
	ctx := graphql.StartOperationTrace(context.Background())
	op, errs := exec.CreateOperationContext(ctx, sent)
	if len(errs) == 0 {
		return op, nil, nil
	}
	return op, errs, exec.DispatchError(graphql.WithOperationContext(ctx, op), errs)
}

// FuzzGuard looks for a request that brings the guard down, comes past it with
// more than its limits allow, or is refused at length or without a code:
//
//	go test -run '^$' -fuzz FuzzGuard -fuzztime 10m -fuzzminimizetime 10x -parallel 1 ./services/gateway/limit
func FuzzGuard(f *testing.F) {
	for _, a := range attacktest.All() {
		f.Add(a.Query[:min(len(a.Query), 4_000)], a.Variables[:min(len(a.Variables), 4_000)]) // the long ones are tried whole elsewhere
	}
	f.Add(`mutation M($i: ReportPracticeInput!) { reportPractice(input: $i) { problems { code } } }`, `{"i": {"listSizes": [{"patients": 1e9}], "memberships": null}}`)
	f.Add(`query Q($f: NetworkFilter = {text: "a"}, $b: Basis! = WEIGHTED) { systems @skip(if: true) { patients(basis: $b) { ... on Figure { value } } } networks(first: 1, filter: $f) { edges { cursor } } }`, `{}`)
	f.Add(`subscription { networkChanged(code: "U99001") { network { ...N } } } fragment N on Network { id ... @include(if: true) { name } }`, ``)
	exec := guarded(plenty)
	f.Fuzz(func(t *testing.T, query, variables string) {
		if len(query)+len(variables) > 128<<10 {
			return // refused by its length
		}
		sent := &graphql.RawParams{Query: query}
		if d := json.NewDecoder(bytes.NewBufferString(variables)); variables != "" {
			d.UseNumber()
			if d.Decode(&sent.Variables) != nil || d.Decode(&struct{}{}) != io.EOF {
				return // refused as no JSON
			}
		}
		op, errs, answer := ask(exec, sent)
		if len(errs) > 0 {
			refusedShortly(t, answer)
			return
		}
		if n := written(op.Operation.SelectionSet, 1, t); n > limit.Free.Selections {
			t.Errorf("%d selections come past the guard", n)
		}
	})
}

func refusedShortly(t *testing.T, answer *graphql.Response) {
	body, err := json.Marshal(answer)
	if err != nil || len(body) > 10_000 || len(answer.Errors) > 5 {
		t.Errorf("%v: it is refused with %d bytes, %d errors: %.500s", err, len(body), len(answer.Errors), body)
	}
	for _, e := range answer.Errors {
		if code, _ := e.Extensions["code"].(string); code == "" || e.Message == "" {
			t.Errorf("it is refused without a code: %.500s", body)
		}
	}
}

// written is how many selections there are when every fragment is written out.
func written(set ast.SelectionSet, depth int, t *testing.T) (n int) {
	if depth > limit.Free.Depth+1 {
		t.Fatalf("fields %d deep come past the guard", depth)
	}
	for _, s := range set {
		switch one := s.(type) {
		case *ast.Field:
			n += 1 + written(one.SelectionSet, depth+1, t)
		case *ast.FragmentSpread:
			n += written(one.Definition.SelectionSet, depth, t)
		case *ast.InlineFragment:
			n += written(one.SelectionSet, depth, t)
		}
		if n > limit.Free.Selections {
			return n
		}
	}
	return n
}
