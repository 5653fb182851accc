package transport_test

import (
	"context"
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/ics-openbook/openbook/services/gateway/transport"
)

func failed(code string, more ...any) gqlerror.List {
	extensions := map[string]any{"code": code}
	for i := 0; i < len(more); i += 2 {
		extensions[more[i].(string)] = more[i+1]
	}
	return gqlerror.List{{Message: "no", Extensions: extensions}}
}

// What was carried out is 200, however it went. What was not has the status of
// its code, or else is a mistake of the asker's.
func TestStatuses(t *testing.T) {
	s := serve(t)
	for _, c := range []struct {
		answer graphql.Response
		status int // with application/graphql-response+json
		plain  int
		after  string
	}{
		{graphql.Response{Data: json.RawMessage(`{"a":1}`)}, 200, 200, ""},
		{graphql.Response{Data: json.RawMessage(`{"a":null}`), Errors: failed("BUSY")}, 200, 200, ""},
		{graphql.Response{Data: json.RawMessage(`null`), Errors: failed("FAULT")}, 200, 200, ""},
		{graphql.Response{Errors: failed("COMPLEXITY_LIMIT_EXCEEDED")}, 400, 200, ""},
		{graphql.Response{Errors: gqlerror.List{{Message: "no code"}}}, 400, 200, ""},
		{graphql.Response{Errors: failed("POSITION_INVALID")}, 400, 400, ""},
		{graphql.Response{Errors: failed("UNAUTHENTICATED")}, 401, 401, ""},
		{graphql.Response{Errors: failed("FAULT")}, 500, 500, ""},
		{graphql.Response{Errors: append(failed("OTHER"), failed("STALE")...)}, 503, 503, "1"},
		{graphql.Response{Errors: failed("BOOK_FULL")}, 503, 503, "1"},
		{graphql.Response{Errors: failed("RATE_LIMITED")}, 429, 429, "1"},
		{graphql.Response{Errors: failed("RATE_LIMITED", "retryAfter", 7)}, 429, 429, "7"},
		{graphql.Response{Errors: failed("RATE_LIMITED", "retryAfter", 6.2)}, 429, 429, "7"},
		{graphql.Response{Errors: failed("RATE_LIMITED", "retryAfter", 0.01)}, 429, 429, "1"},
		{graphql.Response{Errors: failed("RATE_LIMITED", "retryAfter", 1e12)}, 429, 429, "3600"},
		{graphql.Response{Errors: failed("RATE_LIMITED", "retryAfter", "soon")}, 429, 429, "1"},
	} {
		s.says("Q", &c.answer)
		for kind, want := range map[string]int{newer: c.status, plain: c.plain} {
			a := s.ask(t, request{header: http.Header{"Accept": {kind}}, body: `{"query": "query Q { __typename }", "operationName": "Q"}`})
			if a.status != want || a.header.Get("Retry-After") != c.after || strings.Contains(a.body, `"data"`) != (c.answer.Data != nil) {
				t.Errorf("%s: %+v is answered %s\nnot %d, Retry-After: %s", kind, c.answer, a, want, c.after)
			}
		}
	}
}

// Whoever can be told to come back later is told so by the status.
func TestEveryRefusalThatPassesIsRetried(t *testing.T) {
	s := serve(t)
	busy := regexp.MustCompile(`New\((?:refuse\.)?Busy,\s*"([A-Z_]+)"`)
	found := 0
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		for _, m := range busy.FindAllStringSubmatch(string(b), -1) {
			found++
			s.says("Q", &graphql.Response{Errors: failed(m[1])})
			a := s.ask(t, request{body: `{"query": "query Q { __typename }", "operationName": "Q"}`})
			if (a.status != 503 && a.status != 429) || a.header.Get("Retry-After") == "" {
				t.Errorf("%s, of %s, is answered %s", m[1], path, a)
			}
		}
		return err
	})
	if err != nil || found < 5 {
		t.Errorf("%d refusals were found: %v", found, err)
	}
}

// An answer is what the executor made of it, letter by letter.
func TestAnAnswerIsWhole(t *testing.T) {
	s := serve(t)
	for _, c := range []struct {
		answer graphql.Response
		want   string
	}{
		{graphql.Response{Data: json.RawMessage(`{"a": "<&>\u2028"}`)}, `{"data":{"a": "<&>\u2028"}}`},
		{graphql.Response{Data: json.RawMessage(`{}`), Extensions: map[string]any{"b": 1, "a": "x"}}, `{"data":{},"extensions":{"a":"x","b":1}}`},
		{
			graphql.Response{Errors: gqlerror.List{{Message: `"`}}, Data: json.RawMessage(`null`), Extensions: map[string]any{"a": 1}},
			`{"errors":[{"message":"\""}],"data":null,"extensions":{"a":1}}`,
		},
		{graphql.Response{}, `{}`},
	} {
		s.says("Q", &c.answer)
		a := s.ask(t, request{body: `{"query": "query Q { __typename }", "operationName": "Q"}`})
		if a.body != c.want {
			t.Errorf("got  %s\nwant %s", a.body, c.want)
		}
	}
}

// Whatever breaks, the client is answered.
func TestAFaultIsAnswered(t *testing.T) {
	s := serve(t)
	s.answers["Q"] = func(context.Context) *graphql.Response { panic("broken") }
	s.answers["N"] = func(context.Context) *graphql.Response { return nil }
	s.says("X", &graphql.Response{Data: json.RawMessage(`{}`), Extensions: map[string]any{"x": func() {}}})
	for _, name := range []string{"Q", "N", "X"} {
		a := s.ask(t, request{body: `{"query": "query Q { __typename } query N { __typename } query X { __typename }", "operationName": "` + name + `"}`})
		if a.status != 500 || a.body != `{"errors":[{"message":"fault","extensions":{"code":"FAULT"}}]}` {
			t.Errorf("%s is answered %s", name, a)
		}
	}
}

// An executor may add headers, and by an ETag spare the client what it has.
func TestHeadersAndWhatTheClientHas(t *testing.T) {
	s := serve(t)
	s.answers["Trusted"] = func(ctx context.Context) *graphql.Response {
		transport.Header(ctx).Set("ETag", `W/"seven"`)
		transport.Header(ctx).Set("Cache-Control", "private, no-cache")
		return &graphql.Response{Data: json.RawMessage(`{}`)}
	}
	path := address("query", trusted, "operationName", "Trusted")
	for has, status := range map[string]int{
		`W/"seven"`: 304, `"seven"`: 304, `"six", W/"seven"`: 304, `*`: 304, `"six"`: 200, ``: 200, `seven`: 200,
	} {
		for _, method := range []string{"GET", "HEAD"} {
			a := s.ask(t, request{method: method, path: path, header: http.Header{"If-None-Match": {has}}})
			if a.status != status || a.header.Get("ETag") != `W/"seven"` || a.header.Get("Cache-Control") != "private, no-cache" || (a.body == "") != (status == 304 || method == "HEAD") {
				t.Errorf("%s with If-None-Match: %s is answered %s", method, has, a)
			}
		}
	}
	body := `{"operationName": "Trusted", "query": "query Trusted { __typename }"}`
	if a := s.ask(t, request{body: body, header: http.Header{"If-None-Match": {"*"}}}); a.status != 200 {
		t.Errorf("POST is answered %s", a)
	}
	s.says("Trusted", &graphql.Response{Errors: failed("BUSY")})
	if a := s.ask(t, request{method: "GET", path: path, header: http.Header{"If-None-Match": {"*"}}}); a.status != 503 {
		t.Errorf("what cannot be answered is answered %s", a)
	}
	transport.Header(t.Context()).Set("Nobody", "waits")
}
