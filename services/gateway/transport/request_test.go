package transport_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/services/gateway/transport"
)

// What a request may say, and what each mistake in it is answered. Every answer
// is the same for both kinds of JSON, but for mistakes in documents.
func TestRequests(t *testing.T) {
	s := serve(t)
	deep := func(n int) string {
		return `{"query": "{ __typename }", "variables": {"x": ` + strings.Repeat("[", n) + strings.Repeat("]", n) + `}}`
	}
	for _, c := range []struct {
		name   string
		body   string
		status int // with application/graphql-response+json
		plain  int // with application/json
		says   string
	}{
		{"a query", `{"query": "{ __typename }"}`, 200, 200, `{"data":{"__typename":"Query"}}`},
		{"a mutation", `{"query": "mutation { __typename }"}`, 200, 200, `{"data":{"__typename":"Mutation"}}`},
		{"null for what is not there", `{"query": "{ __typename }", "variables": null, "operationName": null, "extensions": null, "documentId": null}`, 200, 200, `"data"`},
		{"what nobody reads", `{"query": "{ __typename }", "extensions": {"some": "value"}, "other": [1]}`, 200, 200, `"data"`},
		{"one of two operations", `{"query": "query A { a: __typename } query B { b: __typename }", "operationName": "B"}`, 200, 200, `{"data":{"b":"Query"}}`},
		{"none of two operations", `{"query": "query A { a: __typename } query B { b: __typename }", "operationName": "C"}`, 400, 200, "operation C not found"},
		{"neither of two operations", `{"query": "query A { a: __typename } query B { b: __typename }"}`, 400, 200, "not found"},
		{"variables", `{"query": "query($n: String!) { __type(name: $n) { name } }", "variables": {"n": "Query"}}`, 200, 200, `{"data":{"__type":{"name":"Query"}}}`},
		{"a variable of the wrong type", `{"query": "query($n: String!) { __type(name: $n) { name } }", "variables": {"n": {}}}`, 400, 200, "GRAPHQL_VALIDATION_FAILED"},
		{"a variable that is missing", `{"query": "query($n: String!) { __type(name: $n) { name } }"}`, 400, 200, "must be defined"},
		{"a document that cannot be read", `{"query": "{"}`, 400, 200, "GRAPHQL_PARSE_FAILED"},
		{"a field that is not there", `{"query": "{ nothing }"}`, 400, 200, "GRAPHQL_VALIDATION_FAILED"},
		{"an answer in parts", `{"query": "{ ... @defer { __typename } }"}`, 400, 200, "GRAPHQL_VALIDATION_FAILED"},
		{"a document without an operation", `{"query": "fragment F on Query { __typename }"}`, 400, 200, `"errors"`},
		{"a document by its name", `{"documentId": "known", "variables": {"name": "Figure"}}`, 200, 200, `{"data":{"__type":{"name":"Figure"}}}`},
		{"a name that nobody knows", `{"documentId": "strange"}`, 400, 200, "STRANGE"},
		{"a byte order mark", "\ufeff" + `{"query": "{ __typename }"}`, 200, 200, `"data"`},
		{"beyond ASCII", `{"query": "{ __type(name: \"Run🏃Swim🏊\") { name } }"}`, 200, 200, `{"data":{"__type":null}}`},
		{"a huge number", `{"query": "query($n: Int) { networks(first: $n) { totalCount } }", "variables": {"n": 1e999999999}}`, 400, 200, "GRAPHQL_VALIDATION_FAILED"},
		{"a long number", `{"query": "query($n: Int) { networks(first: $n) { totalCount } }", "variables": {"n": ` + strings.Repeat("9", 400) + `}}`, 400, 200, "GRAPHQL_VALIDATION_FAILED"},
		{"as deep as may be", deep(62), 200, 200, `"data"`},
		{"deeper", deep(63), 400, 400, "nested more than 64 deep"},

		{"nothing", ``, 400, 400, "The body is not JSON: it ends"},
		{"blanks", "  \n", 400, 400, "it ends"},
		{"half of it", `{"query": "{ __typename }"`, 400, 400, "it ends"},
		{"half of a string", `{ "not a JSON`, 400, 400, "it ends"},
		{"a word", `hello`, 400, 400, "The body is not JSON, from byte"},
		{"no colon", `{"query" "{ __typename }"}`, 400, 400, "is not JSON"},
		{"a comma too many", `{"query": "{ __typename }",}`, 400, 400, "is not JSON"},
		{"two values", `{"query": "{ __typename }"} {}`, 400, 400, "after its end"},
		{"a value and a bracket", `{"query": "{ __typename }"}]`, 400, 400, "after its end"},
		{"not UTF-8", "{\"query\": \"{ __typename }\", \"x\": \"\xff\"}", 400, 400, "not in UTF-8"},
		{"UTF-16", "\xff\xfe{\x00}\x00", 400, 400, "not in UTF-8"},
		{"a batch", `[{"query": "{ __typename }"}]`, 400, 400, "not taken in batches"},
		{"text", `"{ __typename }"`, 400, 400, "must be a JSON object"},
		{"null", `null`, 400, 400, "must be a JSON object"},
		{"a member twice", `{"query": "{ __typename }", "query": "{ me { ref } }"}`, 400, 400, `\"query\" twice`},
		{"a variable twice", `{"query": "{ __typename }", "variables": {"a": [{"b": 1, "b": 2}]}}`, 400, 400, `\"b\" twice`},
		{"another case", `{"Query": "{ __typename }"}`, 400, 400, "`query` is missing"},
		{"no query", `{"variables": {}}`, 400, 400, "`query` is missing"},
		{"an empty query", `{"query": ""}`, 400, 400, "`query` is missing"},
		{"a query that is no text", `{"query": {"obj": "ect"}}`, 400, 400, "`query` must be text"},
		{"a name that is no text", `{"query": "{ __typename }", "operationName": 0}`, 400, 400, "`operationName` must be text"},
		{"an id that is no text", `{"documentId": false}`, 400, 400, "`documentId` must be text"},
		{"variables in a list", `{"query": "{ __typename }", "variables": ["array"]}`, 400, 400, "`variables` must be a JSON object"},
		{"variables as text", `{"query": "{ __typename }", "variables": "{}"}`, 400, 400, "`variables` must be a JSON object"},
		{"extensions that are a number", `{"query": "{ __typename }", "extensions": 1}`, 400, 400, "`extensions` must be a JSON object"},
	} {
		for kind, want := range map[string]int{newer: c.status, plain: c.plain} {
			a := s.ask(t, request{header: http.Header{"Accept": {kind}}, body: c.body})
			if a.status != want || a.header.Get("Content-Type") != kind || !strings.Contains(a.body, c.says) {
				t.Errorf("%s: is answered %s\nnot %d with %s", c.name, a, want, c.says)
			}
			if had := strings.Contains(a.body, `"data"`); had != strings.Contains(c.says, `"data"`) {
				t.Errorf("%s: has the member data: %t", c.name, had)
			}
		}
	}
}

// Methods, and what may be asked by GET.
func TestMethods(t *testing.T) {
	s := serve(t)
	header := func(name, value string) http.Header { return http.Header{name: {value}} }
	for _, c := range []struct {
		q      request
		status int
		allow  string
		says   string
	}{
		{request{method: "GET", path: address("query", trusted)}, 200, "", `{"data":{"__type":{"name":"Query"}}}`},
		{request{method: "GET", path: address("query", trusted, "operationName", "Trusted", "variables", `{"name": "Figure"}`, "extensions", `{"a": 1}`)}, 200, "", `{"data":{"__type":{"name":"Figure"}}}`},
		{request{method: "GET", path: address("documentId", "known", "variables", "null")}, 200, "", `{"data":{"__type":{"name":"Query"}}}`},
		{request{method: "HEAD", path: address("documentId", "known")}, 200, "", ""},
		{request{method: "GET", path: address("query", trusted), header: header("Upgrade", "h2c")}, 200, "", `"data"`},
		{request{method: "GET", path: address("documentId", "strange"), header: header("Accept", newer)}, 400, "", "STRANGE"},
		{request{method: "GET", path: address("query", trusted, "operationName", "Other"), header: header("Accept", newer)}, 400, "", "not found"},
		{request{method: "GET"}, 400, "", "`query` is missing"},
		{request{method: "GET", path: address("query", trusted, "query", trusted)}, 400, "", "`query` is in the address 2 times"},
		{request{method: "GET", path: address("query", trusted, "variables", "{")}, 400, "", "`variables` is not JSON"},
		{request{method: "GET", path: address("query", trusted, "variables", "")}, 400, "", "`variables` is not JSON"},
		{request{method: "GET", path: address("query", trusted, "variables", "[]")}, 400, "", "`variables` must be a JSON object"},
		{request{method: "GET", path: "?query=%zz"}, 400, "", "not encoded"},
		{request{method: "GET", path: address("query", "mutation { __typename }")}, 405, "POST", "A mutation is never asked by GET"},
		{request{method: "HEAD", path: address("query", "mutation { __typename }")}, 405, "POST", ""},
		{request{method: "GET", path: address("query", "mutation { __typename }"), header: header("Accept", events)}, 405, "POST", "A mutation is never asked by GET"},
		{request{method: "GET", path: address("query", "{ __typename }")}, 405, "POST", "Only a trusted document"},
		{request{method: "GET", path: address("query", trusted+" ")}, 405, "POST", "Only a trusted document"},
		{request{method: "GET", path: address("query", "{")}, 405, "POST", "Only a trusted document"},
		{request{method: "GET", path: address("query", trusted), header: header("Upgrade", "WebSocket")}, 400, "", "There is no WebSocket here"},
		{request{header: header("Upgrade", "websocket"), body: "{}"}, 400, "", "There is no WebSocket here"},
		{request{method: "OPTIONS"}, 204, "GET, HEAD, POST, OPTIONS", ""},
		{request{method: "PUT", body: "{}"}, 405, "GET, HEAD, POST, OPTIONS", "by POST"},
		{request{method: "DELETE"}, 405, "GET, HEAD, POST, OPTIONS", "by POST"},
		{request{method: "PATCH", body: "{}"}, 405, "GET, HEAD, POST, OPTIONS", "by POST"},
		{request{method: "QUERY", body: "{}"}, 405, "GET, HEAD, POST, OPTIONS", "by POST"},
		{request{path: address("query", "{ nothing }"), body: `{"query": "{ __typename }"}`}, 200, "", `"data"`}, // the body says all
	} {
		a := s.ask(t, c.q)
		if a.status != c.status || a.header.Get("Allow") != c.allow || !strings.Contains(a.body, c.says) || c.says == "" && a.body != "" {
			t.Errorf("%s %s is answered %s\nnot %d, Allow: %s, with %s", c.q.method, c.q.path, a, c.status, c.allow, c.says)
		}
	}
	got, head := s.ask(t, request{method: "GET", path: address("documentId", "known")}), s.ask(t, request{method: "HEAD", path: address("documentId", "known")})
	if head.header.Get("Content-Length") != fmt.Sprint(len(got.body)) || head.header.Get("Content-Type") != plain {
		t.Errorf("HEAD is answered with %v", head.header)
	}
}

// A body that is too long is not read to its end, whether it says so or not.
func TestALongBody(t *testing.T) {
	s := serve(t)
	exact := `{"query": "{ __typename }"}`
	exact += strings.Repeat(" ", mostBody-len(exact))
	for _, chunked := range []bool{false, true} {
		if a := s.ask(t, request{body: exact, chunked: chunked}); a.status != 200 {
			t.Errorf("as long as may be, chunked %t: is answered %s", chunked, a)
		}
		if a := s.ask(t, request{body: exact + " ", chunked: chunked}); a.status != 413 || !strings.Contains(a.body, "at most 1024 bytes") {
			t.Errorf("a byte longer, chunked %t: is answered %s", chunked, a)
		}
	}
	// Nobody reads on to find out.
	said := say(t, s, "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n{", false)
	if said.StatusCode != 413 || !said.Close {
		t.Errorf("a body that would be long is answered %v", said)
	}
}

// Who sends a part and then nothing is told so, and let go.
func TestABodyThatDoesNotCome(t *testing.T) {
	s := serve(t, func(_ *transport.Transport, c *http.Server) { c.ReadTimeout = 100 * time.Millisecond })
	head := "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
	if said := say(t, s, head, false); said.StatusCode != 408 || !said.Close {
		t.Errorf("a slow body is answered %v", said)
	}
	if said := say(t, s, head, true); said.StatusCode != 400 || !said.Close {
		t.Errorf("a body that is cut off is answered %v", said)
	}
}

// say writes to the server what a client of HTTP would not.
func say(t *testing.T, s *site, what string, end bool) *http.Response {
	t.Helper()
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, err := conn.Write([]byte(what)); err != nil {
		t.Fatal(err)
	}
	if end {
		if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
	}
	said, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	said.Body.Close()
	return said
}
