package transport

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// answer is one, in the making.
type answer struct {
	w       *writer
	r       *http.Request
	as      string // the kind of JSON
	present graphql.ErrorPresenterFunc
	begun   bool
}

// refuse answers with one error, unless an answer has begun.
func (a *answer) refuse(ctx context.Context, err error) {
	shown := a.present(ctx, err)
	if !a.begun {
		a.write(&graphql.Response{Errors: gqlerror.List{shown}})
	}
}

// write answers with JSON.
func (a *answer) write(response *graphql.Response) {
	if response == nil {
		panic(errors.New("an operation was answered with nothing"))
	}
	parts := encoded(response)
	length := 0
	for _, part := range parts {
		length += len(part)
	}
	status := a.status(response)
	h := a.w.Header()
	switch status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		h.Set("Retry-After", retryAfter(response.Errors))
	case http.StatusOK:
		if a.r.Method != http.MethodPost && has(a.r.Header, h.Get("ETag")) {
			a.begun = true
			a.w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	h.Set("Content-Type", a.as+"; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(length))
	a.begun = true
	a.w.WriteHeader(status)
	_ = a.w.send(parts...) // a client that is gone misses nothing
}

// status is 200 for what was carried out, however it went.
func (a *answer) status(response *graphql.Response) int {
	if response.Data != nil {
		return http.StatusOK
	}
	if status, is := listed(response.Errors); is {
		return status
	}
	if a.as == graphqlJSON {
		return http.StatusBadRequest
	}
	return http.StatusOK
}

// encoded is a response in JSON, in pieces. Its data are written as they are: the
// encoder would read them once more, letter by letter, to find that they are
// JSON, a fifth of the time that the registry takes. Where nothing was carried
// out, there are none.
func encoded(r *graphql.Response) (parts [][]byte) {
	before := "{"
	member := func(name string, text []byte) {
		parts = append(parts, []byte(before+`"`+name+`":`), text)
		before = ","
	}
	if len(r.Errors) > 0 {
		member("errors", marshalled(r.Errors))
	}
	if r.Data != nil {
		member("data", r.Data)
	}
	if len(r.Extensions) > 0 {
		member("extensions", marshalled(r.Extensions))
	}
	if len(parts) == 0 {
		return [][]byte{[]byte("{}")}
	}
	return append(parts, []byte("}"))
}

func marshalled(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // an extension that nothing can be made of: a fault
	}
	return text
}

// has reports whether the client says that it has what etag names.
func has(h http.Header, etag string) bool {
	if etag == "" {
		return false
	}
	for one := range strings.SplitSeq(strings.Join(h.Values("If-None-Match"), ","), ",") {
		if one = strings.TrimSpace(one); one == "*" || strings.TrimPrefix(one, "W/") == strings.TrimPrefix(etag, "W/") {
			return true
		}
	}
	return false
}

// writer lets events and the pings between them take turns, and gives each a
// deadline, so that a reader that has gone away is noticed.
type writer struct {
	http.ResponseWriter
	control  *http.ResponseController
	patience time.Duration
	mu       sync.Mutex
}

func (w *writer) send(parts ...[]byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, part := range parts {
		if err := w.control.SetWriteDeadline(time.Now().Add(w.patience)); err != nil { //nolint:forbidigo // the connection's own clock
			return err
		}
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}

// flush sends what has been written.
func (w *writer) flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.control.Flush()
}
