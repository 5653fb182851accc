package transport_test

import (
	"net/http"
	"strings"
	"testing"
)

const (
	plain  = "application/json; charset=utf-8"
	newer  = "application/graphql-response+json; charset=utf-8"
	events = "text/event-stream"
)

// What an answer is depends on what the client takes, on what it likes best, and
// on what is asked.
func TestTheAnswerIsOfAKindThatTheClientTakes(t *testing.T) {
	s := serve(t)
	for _, c := range []struct {
		accept []string
		kind   string // empty: none will do
	}{
		{nil, plain},
		{[]string{""}, plain},
		{[]string{"*/*"}, plain},
		{[]string{"application/*"}, plain},
		{[]string{"application/json"}, plain},
		{[]string{"APPLICATION/JSON"}, plain},
		{[]string{"application/graphql-response+json"}, newer},
		{[]string{"application/graphql-response+json; charset=utf-8"}, newer},
		{[]string{"application/json, application/graphql-response+json"}, newer},
		{[]string{"application/json", "application/graphql-response+json"}, newer}, // two headers are one list
		{[]string{"application/graphql-response+json;q=0.5, application/json"}, plain},
		{[]string{"application/json;q=0.5, */*;q=0.9"}, newer},
		{[]string{"application/json;q=0.2, application/graphql-response+json;q=0.3"}, newer},
		{[]string{"application/json;q=0, */*"}, newer},
		{[]string{"application/*, application/json"}, plain}, // what is named is liked better
		{[]string{"*/*, text/event-stream"}, events},
		{[]string{"application/json, application/json;q=0.1, application/graphql-response+json;q=0.5"}, plain},
		{[]string{"application/*;q=0, */*"}, events},
		{[]string{"text/*"}, events},
		{[]string{"text/event-stream"}, events},
		{[]string{"text/event-stream, application/json;q=0.9"}, events},
		{[]string{"text/html,application/xhtml+xml,*/*;q=0.8"}, plain}, // a browser
		{[]string{"application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"}, newer},
		{[]string{"nonsense, ;;, application/json"}, plain},
		{[]string{"text/html"}, ""},
		{[]string{"*/*;q=0"}, ""},
		{[]string{"application/json;q=0"}, ""},
		{[]string{"application/json;q=2"}, ""},
		{[]string{"application/json;q=NaN"}, ""},
		{[]string{"application/json;q=much"}, ""},
		{[]string{"application/json; charset=utf-16"}, ""},
		{[]string{"nonsense"}, ""},
		{[]string{strings.Repeat("a/b,", 5_000)}, ""},
	} {
		a := s.ask(t, request{header: http.Header{"Accept": c.accept}, body: `{"query": "{ __typename }"}`})
		what := strings.Join(c.accept, " | ")
		switch kind := a.header.Get("Content-Type"); {
		case c.kind == "" && (a.status != 406 || kind != plain || !strings.Contains(a.body, `"NOT_ACCEPTABLE"`)):
			t.Errorf("Accept: %.100s is answered %s", what, a)
		case c.kind == events && (a.status != 200 || kind != events || a.body != ":\n\nevent: next\ndata: {\"data\":{\"__typename\":\"Query\"}}\n\nevent: complete\ndata:\n\n"):
			t.Errorf("Accept: %.100s is answered %s", what, a)
		case (c.kind == plain || c.kind == newer) && (a.status != 200 || kind != c.kind || a.body != `{"data":{"__typename":"Query"}}`):
			t.Errorf("Accept: %.100s is answered %s, not as %s", what, a, c.kind)
		}
		if a.header.Get("Vary") != "Accept" || a.header.Get("Cache-Control") != "no-store" || a.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("Accept: %.100s is answered with %v", what, a.header)
		}
	}
}

// A subscription is answered as events, by whichever way the client takes them.
func TestASubscriptionIsEventsOrNothing(t *testing.T) {
	s := serve(t)
	s.answers["S"] = once(`{"networkChanged":null}`)
	body := `{"query": "subscription S { networkChanged(code: \"U99001\") { position } }"}`
	for accept, takes := range map[string]bool{
		"text/event-stream": true, "*/*": true, "": true, "application/json, text/event-stream;q=0.1": true,
		"application/json": false, "application/graphql-response+json, application/json": false, "*/*, text/event-stream;q=0": false,
	} {
		a := s.ask(t, request{header: http.Header{"Accept": {accept}}, body: strings.Replace(body, `{"query"`, `{"operationName": "S", "query"`, 1)})
		if takes && (a.status != 200 || a.header.Get("Content-Type") != events || !strings.HasSuffix(a.body, "event: complete\ndata:\n\n")) {
			t.Errorf("Accept: %s is answered %s", accept, a)
		}
		if !takes && (a.status != 406 || !strings.Contains(a.body, "`Accept: text/event-stream`")) {
			t.Errorf("Accept: %s is answered %s", accept, a)
		}
	}
}

func TestARequestIsJSONInUTF8(t *testing.T) {
	s := serve(t)
	for _, c := range []struct {
		header http.Header
		fits   bool
	}{
		{http.Header{"Content-Type": {"application/json"}}, true},
		{http.Header{"Content-Type": {"application/json; charset=utf-8"}}, true},
		{http.Header{"Content-Type": {`application/JSON;charset="UTF-8"`}}, true},
		{http.Header{"Content-Type": {"application/json; profile=x"}}, true},
		{http.Header{"Content-Type": {"application/json"}, "Content-Encoding": {"identity"}}, true},
		{http.Header{"Content-Type": nil}, false},
		{http.Header{"Content-Type": {""}}, false},
		{http.Header{"Content-Type": {"text/plain"}}, false},
		{http.Header{"Content-Type": {"application/graphql"}}, false},
		{http.Header{"Content-Type": {"application/graphql-response+json"}}, false},
		{http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, false},
		{http.Header{"Content-Type": {"multipart/form-data; boundary=x"}}, false},
		{http.Header{"Content-Type": {"application/json; charset=iso-8859-1"}}, false},
		{http.Header{"Content-Type": {"application/json; charset=utf-16"}}, false},
		{http.Header{"Content-Type": {"application/json", "text/plain"}}, false},
		{http.Header{"Content-Type": {"application/json; ="}}, false},
		{http.Header{"Content-Type": {"application/json"}, "Content-Encoding": {"gzip"}}, false},
	} {
		a := s.ask(t, request{header: c.header, body: `{"query": "{ __typename }"}`})
		if c.fits && a.status != 200 || !c.fits && (a.status != 415 || a.header.Get("Accept-Post") != "application/json" || !strings.Contains(a.body, `"MEDIA_TYPE_UNSUPPORTED"`)) {
			t.Errorf("%v is answered %s", c.header, a)
		}
	}
}
