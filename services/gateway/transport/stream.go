package transport

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// stream answers with events: one `next` for each response, then `complete`. A
// stream that ends without it was cut off, and may be asked for again: that is
// how the gateway's own end looks.
func (a *answer) stream(ctx context.Context, next graphql.ResponseHandler) {
	h := a.w.Header()
	h.Set("Content-Type", eventStream)
	h.Set("X-Accel-Buffering", "no") // a proxy that waits for more would wait for ever
	a.begun = true
	a.w.WriteHeader(http.StatusOK)
	if a.r.Method == http.MethodHead {
		return
	}

	running, cancel := context.WithCancel(a.r.Context()) // ctx may end with the operation
	event := func(parts ...[]byte) {
		_ = a.w.send(parts...) // where nobody is there, the server ends the context
		_ = a.w.flush()
	}
	quiet := time.NewTicker(a.w.patience)
	var pinging sync.WaitGroup
	pinging.Go(func() {
		for {
			select {
			case <-running.Done():
				return
			case <-quiet.C:
				event(comment)
			}
		}
	})
	defer pinging.Wait() // nothing may be written once the answer has ended
	defer cancel()
	defer quiet.Stop()

	event(comment) // so that the client knows at once that it is heard
	for {
		response := next(ctx)
		if running.Err() != nil {
			return
		}
		if response == nil {
			break
		}
		parts := encoded(response)
		for i := range parts {
			parts[i] = oneLine(parts[i])
		}
		event(slices.Concat([][]byte{[]byte("event: next\ndata: ")}, parts, [][]byte{[]byte("\n\n")})...)
		quiet.Reset(a.w.patience)
	}
	event([]byte("event: complete\ndata:\n\n"))
}

// oneLine is JSON without the line breaks that may be between its parts, each of
// which would end a line of the stream.
func oneLine(text []byte) []byte {
	if bytes.ContainsAny(text, "\r\n") {
		return bytes.Map(func(r rune) rune {
			if r == '\r' || r == '\n' {
				return ' '
			}
			return r
		}, text)
	}
	return text
}

var comment = []byte(":\n\n")
