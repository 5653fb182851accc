package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/gateway/answers"
	"github.com/ics-openbook/openbook/services/gateway/documents"
	"github.com/ics-openbook/openbook/services/gateway/graph"
	"github.com/ics-openbook/openbook/services/gateway/identity"
	"github.com/ics-openbook/openbook/services/gateway/limit"
	"github.com/ics-openbook/openbook/services/gateway/registrytest"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/env"
	"github.com/ics-openbook/openbook/services/internal/serve"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/store/wire"
	"github.com/ics-openbook/openbook/services/internal/telemetry"
	"github.com/ics-openbook/openbook/services/network/view"
)

// still is a book and a view of it that do not move, with one past.
type still struct{ now, then *graph.Registry }

func (s still) Seen() *graph.Registry                                          { return s.now }
func (s still) Wait(context.Context, events.Position) (*graph.Registry, error) { return s.now, nil }
func (s still) AsAt(context.Context, store.Mark) (*graph.Registry, error)      { return s.then, nil }
func (still) IndexHead(context.Context) (m store.Mark, err error)              { return }
func (still) ByID(context.Context, events.ID) (r events.Recorded, err error)   { return }
func (still) Status(context.Context) (w wire.Status, err error)                { return }
func (s still) Range(context.Context, events.Ordinal, events.Ordinal) (i iter.Seq2[events.Recorded, error]) {
	return func(func(events.Recorded, error) bool) {}
}
func (s still) About(context.Context, events.Entity, events.Ordinal, events.Ordinal) (i iter.Seq2[events.Recorded, error]) {
	return func(func(events.Recorded, error) bool) {}
}

// AsAt's other half: everything was recorded at once, in the year 2020.
type book struct{ still }

var recorded = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

func (b book) AsAt(_ context.Context, t time.Time) (store.Mark, error) {
	if t.Before(recorded) {
		return b.then.At, nil
	}
	return b.now.At, nil
}

func (b book) ReadStream(context.Context, events.Stream, events.Revision) iter.Seq2[events.Recorded, error] {
	return func(func(events.Recorded, error) bool) {}
}

// opened is a name that was sealed with no key at all.
func opened(_ context.Context, name events.Sealed, _ serve.By) (string, error) {
	return string(name.Box), nil
}

// plenty is more than any test asks for.
var plenty = limit.Share{Capacity: 1 << 40, Leak: 1}

// desk is a gateway's API over a state, without a book behind it.
type desk struct{ api *api }

func over(now, then view.State) desk {
	s := still{&graph.Registry{State: now}, &graph.Registry{State: then}}
	s.now.At = store.Mark{Ordinal: 2, Position: events.PositionAt(2, 2), Time: recorded}
	s.then.At = store.Mark{Ordinal: 1, Position: events.PositionAt(1, 1)}
	e := env.Env{Clock: clock.Func(registrytest.Today.Time), Telemetry: telemetry.Off()}
	return deskOf(e, &graph.Resolver{Unseal: opened, Clock: e.Clock, Book: book{s}, Notary: notary{}, Registry: s, Contracts: contracts, Money: monies})
}

// deskOf is one that limits nobody.
func deskOf(e env.Env, resolver *graph.Resolver) desk {
	trusted, err := documents.Open("", e.Telemetry)
	if err != nil {
		panic(err) // there is no folder to be wrong
	}
	return desk{&api{env: e, resolver: resolver, documents: trusted, share: plenty, longest: limit.Longest, answers: answers.New(resolver)}}
}

// as is the desk to somebody who is signed in.
func (d desk) as(grants ...ask.Grant) http.Handler {
	h := d.api.routes()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who := identity.Person{Ref: "person-test", Name: "Test", Client: "test", Grants: grants}
		h.ServeHTTP(w, r.WithContext(identity.With(r.Context(), who)))
	})
}

// recorder is a connection that nobody is slow on.
type recorder struct{ *httptest.ResponseRecorder }

func (recorder) SetWriteDeadline(time.Time) error { return nil }

type answered struct {
	body   string
	Data   json.RawMessage
	Errors []struct {
		Message    string
		Extensions map[string]any
	}
	Extensions map[string]any
}

func (a answered) codes() (all []string) {
	for _, e := range a.Errors {
		all = append(all, fmt.Sprint(e.Extensions["code"]))
	}
	return slices.Compact(all)
}

// sent is what a document is answered.
func sent(h http.Handler, document string) string {
	body, err := json.Marshal(map[string]string{"query": document})
	if err != nil {
		panic(err) // any string can be written
	}
	r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := recorder{httptest.NewRecorder()}
	h.ServeHTTP(w, r)
	return w.Body.String()
}

func query(t testing.TB, h http.Handler, document string) (a answered) {
	t.Helper()
	a.body = sent(h, document)
	if err := json.Unmarshal([]byte(a.body), &a); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
	return a
}

// says decodes the data of an answer without errors.
func says[T any](t testing.TB, h http.Handler, document string) (data T) {
	t.Helper()
	a := query(t, h, document)
	if len(a.Errors) > 0 {
		t.Fatalf("%s\nis answered %s", document, a.body)
	}
	if err := json.Unmarshal(a.Data, &data); err != nil {
		t.Fatal(err)
	}
	return data
}
