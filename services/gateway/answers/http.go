package answers

import (
	"context"
	"net/http"
	"strings"
)

// exchange is what an HTTP request and the answer to it tell one another. A nil
// one is of a request that came another way.
type exchange struct {
	known     string // the tags of answers that the client has
	tag       string // of this answer
	unchanged bool   // whether the client has it
}

type exchangeKey struct{}

func (x *exchange) has(tag string) bool {
	if x == nil {
		return false
	}
	for known := range strings.SplitSeq(x.known, ",") {
		if strings.TrimPrefix(strings.TrimSpace(known), "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false // whether there is an answer at all, as `*` asks, is not known before
}

func (x *exchange) tagged(tag string) {
	if x != nil {
		x.tag = tag
	}
}

// Handler puts tags on answers that are kept, and answers a GET that has the tag
// with 304. Whatever a client keeps, it asks again before using it.
func Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := &exchange{}
		if r.Method == http.MethodGet {
			x.known = strings.Join(r.Header.Values("If-None-Match"), ",")
		}
		w.Header().Set("Cache-Control", "private, no-cache")
		for _, name := range []string{"Accept", "Authorization", "Cookie", "Openbook-After"} {
			w.Header().Add("Vary", name)
		}
		next.ServeHTTP(&writer{ResponseWriter: w, x: x}, r.WithContext(context.WithValue(r.Context(), exchangeKey{}, x)))
	})
}

// writer writes an answer with its tag, or that it has not changed.
type writer struct {
	http.ResponseWriter
	x     *exchange
	begun bool
}

// Unwrap is the connection, for its deadlines.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *writer) WriteHeader(status int) {
	if w.begun {
		return
	}
	w.begun = true
	if w.x.tag != "" && status == http.StatusOK {
		w.Header().Set("ETag", w.x.tag)
		if w.x.unchanged {
			w.Header().Del("Content-Type")
			w.Header().Del("Content-Length")
			status = http.StatusNotModified
		}
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *writer) Write(b []byte) (int, error) {
	if !w.begun {
		w.WriteHeader(http.StatusOK)
	}
	if w.x.unchanged {
		return len(b), nil
	}
	return w.ResponseWriter.Write(b)
}
