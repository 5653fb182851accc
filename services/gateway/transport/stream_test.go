package transport_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/ics-openbook/openbook/services/gateway/transport"
)

// patience is how long a test waits for what must come.
const patience = 30 * time.Second

// once is a stream of these data.
func once(data ...string) graphql.ResponseHandler {
	return func(context.Context) *graphql.Response {
		if len(data) == 0 {
			return nil
		}
		r := &graphql.Response{Data: json.RawMessage(data[0])}
		data = data[1:]
		return r
	}
}

var watching = request{
	header: http.Header{"Accept": {events}},
	body:   `{"operationName": "S", "query": "subscription S { networkChanged(code: \"U99001\") { position } }"}`,
}

func TestEvents(t *testing.T) {
	s := serve(t)
	for name, c := range map[string]struct {
		q       request
		answers graphql.ResponseHandler
		want    string
	}{
		"changes, then the end": {watching, once(`{"a":1}`, `{"a":2}`), "event: next\ndata: {\"data\":{\"a\":1}}\n\nevent: next\ndata: {\"data\":{\"a\":2}}\n\n"},
		"what has lines":        {watching, once("{\n\"a\":\r\n1}"), "event: next\ndata: {\"data\":{ \"a\":  1}}\n\n"},
		"nothing":               {watching, once(), ""},
		"a trusted document by GET": {
			request{method: "GET", path: address("query", trustedEvents, "operationName", "Watch"), header: watching.header}, once(`{}`),
			"event: next\ndata: {\"data\":{}}\n\n",
		},
		"a document with a mistake": {
			request{header: watching.header, body: `{"query": "subscription { nothing }"}`}, nil,
			"event: next\ndata: {\"errors\":[{\"message\":\"Cannot query field \\\"nothing\\\" on type \\\"Subscription\\\".\",\"locations\":[{\"line\":1,\"column\":16}]," +
				"\"extensions\":{\"code\":\"GRAPHQL_VALIDATION_FAILED\"}}]}\n\n",
		},
	} {
		s.answers["S"], s.answers["Watch"] = c.answers, c.answers
		a := s.ask(t, c.q)
		if want := ":\n\n" + c.want + "event: complete\ndata:\n\n"; a.status != 200 || a.header.Get("Content-Type") != events || a.body != want {
			t.Errorf("%s: got %s\nwant %s", name, a, want)
		}
		if a.header.Get("Cache-Control") != "no-store" || a.header.Get("X-Accel-Buffering") != "no" {
			t.Errorf("%s: a proxy may keep it: %v", name, a.header)
		}
	}
	head := request{method: "HEAD", path: address("query", trustedEvents, "operationName", "Watch"), header: watching.header}
	s.answers["Watch"] = func(context.Context) *graphql.Response {
		t.Error("HEAD waits for changes")
		return nil
	}
	if a := s.ask(t, head); a.status != 200 || a.header.Get("Content-Type") != events {
		t.Errorf("HEAD is answered %s", a)
	}
}

// A query is answered once, even if whatever answers it would go on.
func TestAQueryIsOneEvent(t *testing.T) {
	s := serve(t)
	n := 0
	s.answers["Q"] = func(context.Context) *graphql.Response {
		if n++; n > 9 {
			return nil
		}
		return &graphql.Response{Data: json.RawMessage(`{}`)}
	}
	a := s.ask(t, request{header: watching.header, body: `{"operationName": "Q", "query": "query Q { me { name } }"}`})
	if want := ":\n\nevent: next\ndata: {\"data\":{}}\n\nevent: complete\ndata:\n\n"; a.body != want {
		t.Errorf("it is answered %s", a)
	}
}

// What is no mistake in a document is told by the status, before a stream begins.
func TestWhatIsNoStream(t *testing.T) {
	s := serve(t)
	for body, status := range map[string]int{`{`: 400, `{"query": 1}`: 400, `[]`: 400, strings.Repeat(" ", mostBody+1): 413} {
		a := s.ask(t, request{header: watching.header, body: body})
		if a.status != status || a.header.Get("Content-Type") != plain || !strings.HasPrefix(a.body, `{"errors":[{"message":`) {
			t.Errorf("%.20s is answered %s", body, a)
		}
	}
	limited := []request{{header: watching.header, body: `{"documentId": "limited"}`}, {method: "GET", header: watching.header, path: address("documentId", "limited")}}
	for _, q := range limited {
		if a := s.ask(t, q); a.status != 429 || a.header.Get("Retry-After") != "3" || a.header.Get("Content-Type") != plain {
			t.Errorf("what is to come later is answered %s", a)
		}
	}
	if a := s.ask(t, request{header: http.Header{"Accept": {events}, "Content-Type": {"text/plain"}}, body: watching.body}); a.status != 415 {
		t.Errorf("text is answered %s", a)
	}
}

func forever(ctx context.Context) *graphql.Response {
	<-ctx.Done()
	return nil
}

// A stream that has nothing to say says so.
func TestPings(t *testing.T) {
	s := serve(t, func(w *transport.Transport, _ *http.Server) { w.Ping = 50 * time.Millisecond })
	heard := make(chan struct{})
	first := true
	s.answers["S"] = func(ctx context.Context) *graphql.Response {
		if !first {
			return nil
		}
		first = false
		select {
		case <-heard:
		case <-ctx.Done(): // the test has failed
		}
		return &graphql.Response{Data: json.RawMessage(`{}`)}
	}
	resp, err := s.Client().Do(s.request(t, watching))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewReader(resp.Body)
	for range 6 { // the first is no ping, but how a stream begins
		if line, err := lines.ReadString('\n'); err != nil || line != ":\n" && line != "\n" {
			t.Fatalf("%q, %v", line, err)
		}
	}
	close(heard)
	rest, err := io.ReadAll(lines)
	if err != nil || !bytes.Contains(rest, []byte("event: next\ndata: {\"data\":{}}\n\n")) || !bytes.HasSuffix(rest, []byte("event: complete\ndata:\n\n")) {
		t.Errorf("%q, %v", rest, err)
	}
}

// A client that goes, or that does not read, ends its operation.
func TestWhoIsNotThereIsNotServed(t *testing.T) {
	s := serve(t, func(w *transport.Transport, _ *http.Server) { w.Ping = 50 * time.Millisecond })
	ended := make(chan struct{}, 1)
	s.answers["S"] = func(ctx context.Context) *graphql.Response {
		<-ctx.Done()
		ended <- struct{}{}
		return nil
	}
	end := func(what string) {
		t.Helper()
		select {
		case <-ended:
		case <-time.After(patience):
			t.Errorf("%s, and the operation goes on", what)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	resp, err := s.Client().Do(s.request(t, watching).WithContext(ctx))
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	resp.Body.Close()
	end("the client has gone")

	large := json.RawMessage(`"` + strings.Repeat("x", 4<<20) + `"`)
	s.answers["S"] = func(ctx context.Context) *graphql.Response {
		if ctx.Err() != nil {
			ended <- struct{}{}
			return nil
		}
		return &graphql.Response{Data: large}
	}
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	r := s.request(t, watching)
	if err := r.Write(conn); err != nil {
		t.Fatal(err)
	}
	end("the client reads nothing")
}

// The gateway's end is not the subscription's: a client should come again.
func TestAStreamThatIsCutOffIsNotComplete(t *testing.T) {
	running, stop := context.WithCancel(context.Background())
	defer stop()
	s := serve(t, func(_ *transport.Transport, c *http.Server) {
		c.BaseContext = func(net.Listener) context.Context { return running }
	})
	s.answers["S"] = forever
	resp, err := s.Client().Do(s.request(t, watching))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	stop()
	if said, err := io.ReadAll(resp.Body); err != nil || string(said) != ":\n\n" {
		t.Errorf("%q, %v", said, err)
	}
}

// An operation that breaks in the middle of a stream ends it, without `complete`.
func TestAFaultInAStream(t *testing.T) {
	s := serve(t)
	first := true
	s.answers["S"] = func(context.Context) *graphql.Response {
		if !first {
			panic("broken")
		}
		first = false
		return &graphql.Response{Data: json.RawMessage(`{}`)}
	}
	if a := s.ask(t, watching); a.body != ":\n\nevent: next\ndata: {\"data\":{}}\n\n" {
		t.Errorf("it is answered %s", a)
	}
}
