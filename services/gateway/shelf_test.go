package gateway

import (
	"bufio"
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/gateway/graph"
	"github.com/ics-openbook/openbook/services/gateway/identity"
	"github.com/ics-openbook/openbook/services/gateway/live"
	"github.com/ics-openbook/openbook/services/gateway/registrytest"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/env"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/store/wire"
	"github.com/ics-openbook/openbook/services/internal/telemetry"
	"github.com/ics-openbook/openbook/services/network/view"
)

// shelf is a book in memory, every state it ever had, and a gateway's API over
// it: for what asks more often than a whole platform answers. Its first fact was
// recorded at noon on a day of 2020, each other a minute after the one before.
type shelf struct {
	desk
	mu    sync.Mutex
	now   time.Time
	facts []events.Recorded
	past  []*graph.Registry // past[n] is after n facts
	moved chan struct{}

	newest uint64 // of the positions that were made up: see listened
	once   sync.Once
	routes http.Handler
}

var shelved = time.Date(2020, 1, 1, 12, 0, 0, 0, time.UTC)

func newShelf(facts ...fact.Event) *shelf {
	s := &shelf{now: registrytest.Today.Time(), past: []*graph.Registry{{}}, moved: make(chan struct{}), newest: 1 << 20}
	e := env.Env{Clock: clock.Func(s.time), Telemetry: telemetry.Off()}
	s.desk = deskOf(e, &graph.Resolver{Unseal: opened, Clock: e.Clock, Book: pages{s}, Notary: notary{}, Registry: s, Contracts: contracts, Money: monies, Live: live.NewHub()})
	s.record("person-recorder", facts...)
	return s
}

func (s *shelf) hub() *live.Hub { return s.api.resolver.Live }

// record adds facts to the book, shows them, and tells who watches.
func (s *shelf) record(actor events.PersonRef, facts ...fact.Event) {
	s.mu.Lock()
	var added []events.Recorded
	for _, f := range facts {
		data, err := json.Marshal(f)
		if err != nil {
			panic(err) // a fact can be written
		}
		n := len(s.facts) + 1
		r := events.Recorded{
			Envelope: events.Envelope{
				ID: events.ID(uuid.NewString()), Type: f.EventType(), Source: "test", Entities: f.Entities(),
				Actor: actor, Time: shelved.Add(time.Duration(n) * time.Minute),
			},
			Ordinal: events.Ordinal(n), Position: events.PositionAt(uint64(n), uint64(n)), Data: data,
		}
		s.facts = append(s.facts, r)
		state, err := view.Follow(s.past[n-1].State, r)
		if err != nil {
			panic(err) // it was written just now
		}
		s.past = append(s.past, &graph.Registry{
			State: state,
			At:    store.Mark{Ordinal: r.Ordinal, Position: r.Position, ID: r.ID, Time: r.Time},
		})
		added = append(added, r)
	}
	close(s.moved)
	s.moved = make(chan struct{})
	s.mu.Unlock()
	s.hub().Changed(added)
}

func (s *shelf) time() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *shelf) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

func (s *shelf) state() (newest *graph.Registry, moved <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.past[len(s.past)-1], s.moved
}

// Seen and the next two are those of a [graph.Follower].
func (s *shelf) Seen() *graph.Registry { newest, _ := s.state(); return newest }

func (s *shelf) Wait(ctx context.Context, after events.Position) (*graph.Registry, error) {
	for {
		newest, moved := s.state()
		if newest.At.Position.Compare(after) >= 0 {
			return newest, nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return newest, ctx.Err()
		}
	}
}

func (s *shelf) AsAt(_ context.Context, m store.Mark) (*graph.Registry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.past[m.Ordinal], nil
}

// pages are the shelf as a [follow.Book].
type pages struct{ *shelf }

func (p pages) ReadStream(_ context.Context, stream events.Stream, from events.Revision) iter.Seq2[events.Recorded, error] {
	return func(yield func(events.Recorded, error) bool) {
		for _, f := range p.all() {
			if f.Stream == stream && f.Revision >= from && !yield(f, nil) {
				return
			}
		}
	}
}

func (p pages) all() []events.Recorded {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clip(p.facts)
}

func (p pages) IndexHead(context.Context) (store.Mark, error)   { return p.Seen().At, nil }
func (p pages) Status(context.Context) (s wire.Status, _ error) { return s, nil }

func (p pages) AsAt(_ context.Context, t time.Time) (m store.Mark, _ error) {
	for _, r := range p.all() {
		if !r.Time.After(t) {
			m = store.Mark{Ordinal: r.Ordinal, Position: r.Position, ID: r.ID, Time: r.Time}
		}
	}
	return m, nil
}

func (p pages) ByID(_ context.Context, id events.ID) (events.Recorded, error) {
	for _, r := range p.all() {
		if r.ID == id {
			return r, nil
		}
	}
	if r, of := moved[id]; of {
		return r, nil
	}
	return events.Recorded{}, store.ErrNotFound
}

func (p pages) Range(ctx context.Context, after, upto events.Ordinal) iter.Seq2[events.Recorded, error] {
	return p.About(ctx, "", after, upto)
}

// About yields all facts for the empty entity.
func (p pages) About(_ context.Context, e events.Entity, after, upto events.Ordinal) iter.Seq2[events.Recorded, error] {
	return func(yield func(events.Recorded, error) bool) {
		for _, r := range p.all() {
			if r.Ordinal > after && r.Ordinal <= upto && (e == "" || slices.Contains(r.Entities, e)) && !yield(r, nil) {
				return
			}
		}
	}
}

// heard is a stream of Server-Sent Events as it came.
type heard struct {
	lines <-chan string // of data, closed with the stream
	gone  func()        // hangs up
}

// hears subscribes over HTTP.
func hears(t testing.TB, server *httptest.Server, document string) heard {
	t.Helper()
	return hearsAs(t, server, "", document)
}

// hearsAs does so as somebody, where a server asks who it is.
func hearsAs(t testing.TB, server *httptest.Server, person, document string) heard {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	body, err := json.Marshal(map[string]string{"query": document})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL+"/graphql", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "text/event-stream")
	r.Header.Set("X-Person", person)
	answer, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	lines := make(chan string)
	go func() {
		defer close(lines)
		defer answer.Body.Close()
		for read := bufio.NewScanner(answer.Body); read.Scan(); {
			if data, is := strings.CutPrefix(read.Text(), "data: "); is {
				select {
				case lines <- data:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	t.Cleanup(cancel)
	return heard{lines, cancel}
}

// next is the next event, or empty at the end.
func (h heard) next(t testing.TB) string {
	t.Helper()
	select {
	case line := <-h.lines:
		return line
	case <-time.After(30 * time.Second):
		t.Fatal("nothing more was heard")
		return ""
	}
}

// until reads on to an event with a text, and fails where an error or the end
// comes before.
func (h heard) until(t testing.TB, text string) string {
	t.Helper()
	for {
		switch event := h.next(t); {
		case event == "" || strings.Contains(event, `"errors"`):
			t.Fatalf("%q was to come, and there came %q", text, event)
		case strings.Contains(event, text):
			return event
		}
	}
}

// to is the shelf's API to somebody.
func (s *shelf) to(p identity.Person) http.Handler {
	s.once.Do(func() { s.routes = s.api.routes() })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.routes.ServeHTTP(w, r.WithContext(identity.With(r.Context(), p)))
	})
}

// somebody has a role for an organisation, or none where there is no organisation.
func (s *shelf) somebody(role ask.Role, of events.Entity) identity.Person {
	return identity.Person{Ref: "person-test", Name: "Test", Client: "test", Grants: someone(role, of), Expires: s.time().Add(time.Hour)}
}

// serving is the shelf over HTTP to somebody signed in until a moment.
func (s *shelf) serving(t testing.TB, ref events.PersonRef, expires time.Time, grants ...ask.Grant) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(s.to(identity.Person{Ref: ref, Client: "test", Grants: grants, Expires: expires}))
	t.Cleanup(server.Close)
	return server
}

// eventually fails the test unless something comes true.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it never came true that %s", what)
		}
	}
}
