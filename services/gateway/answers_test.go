package gateway

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/gateway/graph"
	"github.com/ics-openbook/openbook/services/gateway/graph/generated"
	"github.com/ics-openbook/openbook/services/gateway/identity"
	"github.com/ics-openbook/openbook/services/gateway/limit"
	"github.com/ics-openbook/openbook/services/gateway/plain"
	"github.com/ics-openbook/openbook/services/gateway/registrytest"
	"github.com/ics-openbook/openbook/services/gateway/transport"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/env"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/telemetry"
	"github.com/ics-openbook/openbook/services/network/view"
)

// moving is a book whose facts are recorded an hour apart, and a view of it that
// has come as far as a test says.
type moving struct {
	still
	past []*graph.Registry
	now  atomic.Pointer[graph.Registry]
	day  atomic.Pointer[events.Date]
	late atomic.Pointer[graph.Registry] // what whoever waits is given, if anything

	blocked chan struct{} // what is read of the past waits for it, if there is one
	reads   atomic.Int32  // of the past
}

func moves(facts []fact.Event) *moving {
	m := &moving{}
	var s view.State
	for i, f := range facts {
		s = view.Evolve(s, f)
		n := uint64(i + 1)
		m.past = append(m.past, &graph.Registry{State: s, At: store.Mark{
			Ordinal: events.Ordinal(n), Position: events.PositionAt(n, n), Time: recorded.Add(time.Duration(i) * time.Hour),
		}})
	}
	m.to(len(facts) - 1)
	today := registrytest.Today
	m.day.Store(&today)
	return m
}

func (m *moving) to(i int)              { m.now.Store(m.past[i]) }
func (m *moving) Seen() *graph.Registry { return m.now.Load() }

func (m *moving) Wait(context.Context, events.Position) (*graph.Registry, error) {
	return cmp.Or(m.late.Load(), m.Seen()), nil
}

func (m *moving) AsAt(_ context.Context, at store.Mark) (*graph.Registry, error) {
	m.reads.Add(1)
	if m.blocked != nil {
		<-m.blocked
	}
	return m.past[at.Ordinal-1], nil
}

// recordings is what the book says of moments.
type recordings struct {
	book
	m *moving
}

func (r recordings) AsAt(_ context.Context, t time.Time) (at store.Mark, _ error) {
	for _, s := range r.m.past[:r.m.Seen().At.Ordinal] {
		if !s.At.Time.After(t) {
			at = s.At
		}
	}
	return at, nil
}

func (m *moving) desk(kept bool) desk {
	e := env.Env{Clock: clock.Func(func() time.Time { return m.day.Load().Time() }), Telemetry: telemetry.Off()}
	d := deskOf(e, &graph.Resolver{Clock: e.Clock, Book: recordings{m: m}, Registry: m, Contracts: contracts, Money: monies})
	if !kept {
		d.api.answers = nil
	}
	return d
}

// Whoever asks, whatever was asked before, and however the book, its reading and
// the day have moved on meanwhile: an answer that was kept is the one that would
// be made anew.
func TestAKeptAnswerIsTheOneMadeAnew(t *testing.T) {
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	served := 0
	rapid.Check(t, func(t *rapid.T) {
		m := moves(odd)
		kept, anew := m.desk(true), m.desk(false)
		var documents []string
		for range rapid.IntRange(1, 3).Draw(t, "documents") {
			document := documentOf(t, schema)
			if moment := rapid.SampledFrom([]string{"", "2020-01-01T09:30:00Z", "2020-01-01T18:00:00Z", "2099-01-01T00:00:00Z"}).Draw(t, "asAt"); moment != "" {
				document = strings.Replace(document, "(first", `(asAt: "`+moment+`", first`, 1)
			}
			documents = append(documents, document)
		}
		asking := organisations[rapid.IntRange(0, 4).Draw(t, "who"):]
		for range rapid.IntRange(4, 12).Draw(t, "steps") {
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			case 0:
				m.to(rapid.IntRange(9, len(odd)-1).Draw(t, "position"))
			case 1: // what could not be read is read after all
				again := *m.Seen()
				again.State = registrytest.Fold(rapid.SampledFrom([][]fact.Event{two, odd}).Draw(t, "state"))
				m.now.Store(&again)
			case 2:
				day := rapid.SampledFrom([]events.Date{registrytest.Today, since.AddDays(3), since.AddDays(7)}).Draw(t, "day")
				m.day.Store(&day)
			case 3: // somebody waits, is given a state, and then it moves on
				m.late.Store(m.Seen())
				m.to(rapid.IntRange(9, len(odd)-1).Draw(t, "position"))
			}
			variables := map[string]any{"yes": rapid.Bool().Draw(t, "yes")}
			say := func(d desk, document string, grants []ask.Grant) string {
				r, w := requestWith(document, variables), httptest.NewRecorder()
				if m.late.Load() != nil {
					r.Header.Set(graph.AfterHeader, "1")
				}
				d.as(grants...).ServeHTTP(recorder{w}, r)
				return w.Body.String()
			}
			document, grants := rapid.SampledFrom(documents).Draw(t, "document"), someone(ask.Auditor, rapid.SampledFrom(asking[:3]).Draw(t, "of"))
			if got, want := say(kept, document, grants), say(anew, document, grants); !alike(t, got, want) {
				t.Fatalf("%v ask\n%s with %v\nand are answered %s\nanew it is        %s", grants, document, variables, got, want)
			}
			m.late.Store(nil)
		}
		served += kept.api.answers.Served()
	})
	if served < 20 {
		t.Errorf("only %d answers were kept ones", served)
	}
}

// What is everybody's is worked out once for everybody; what is not, for those
// who hold the same grants.
func TestAnAnswerIsKeptForThoseWhoMayHaveIt(t *testing.T) {
	const public, own = `{ network(code: "U99001") { code practices { code } } }`, `{ network(code: "U99001") { code members { from } } }`
	const mine = `{ conflicts(first: 9) { nodes { practice { code } } } }`
	for _, document := range []string{public, own, mine} {
		d := moves(two).desk(true)
		for range 2 {
			for _, of := range organisations {
				everywhere := of == ask.England || slices.Contains(ofFirst, of)
				a := query(t, d.as(someone(ask.Auditor, of)...), document)
				switch has := strings.Contains(a.body, "2019") || strings.Contains(a.body, "Z99001"); {
				case document == public && !has,
					document == own && has != everywhere, document == own && slices.Equal(a.codes(), []string{"OTHER_SYSTEM"}) == everywhere,
					document == mine && has != everywhere:
					t.Errorf("%q asks %s\nand is answered %s", of, document, a.body)
				}
			}
		}
		want := map[string]int{public: 2*len(organisations) - 1, own: 1 + len(ofFirst), mine: len(organisations)}[document]
		if n := d.api.answers.Served(); n != want {
			t.Errorf("%d answers to %s were kept ones, want %d", n, document, want)
		}
	}
}

// Who has come to belong to another system does not read on in the one before,
// whatever state they ask for.
func TestNothingIsKeptFromBeforeRightsChanged(t *testing.T) {
	m := moves(append(slices.Clone(two), fact.NetworkLocated{Network: "U99001", System: "QZ2", From: since}))
	m.to(len(two) - 1)
	who := m.desk(true).as(someone(ask.Auditor, "network-U99001")...)
	const document = `{ network(code: "U99003") { members { from } } }`
	if a := query(t, who, document); len(a.Errors) > 0 {
		t.Fatalf("what is of QZ1, as they are, is answered %s", a.body)
	}
	m.late.Store(m.Seen())
	m.to(len(two))
	r, w := request(document), httptest.NewRecorder()
	r.Header.Set(graph.AfterHeader, "1")
	if who.ServeHTTP(recorder{w}, r); strings.Contains(w.Body.String(), "2019") || !strings.Contains(w.Body.String(), "OTHER_SYSTEM") {
		t.Errorf("what is of QZ1, as they are no more, is answered %s", w.Body)
	}
}

// What is not of the registry alone is made anew each time.
func TestWhatIsNotKept(t *testing.T) {
	d := moves(two).desk(true)
	for _, document := range []string{
		`{ me { ref } }`, `{ networks(first: 1) { totalCount } me { ref } }`, `{ status { epoch } }`, `{ node(id: "network-U99001") { id } }`,
		`{ entries(about: "network-U99001", first: 1) { nodes { id } } }`, `{ __typename }`, `{ __schema { queryType { name } } }`,
		`{ networks(first: 0) { totalCount } }`, `{ networks(first: 9, asAt: "2099-01-01T00:00:00Z") { totalCount } }`,
	} {
		for range 3 {
			sent(d.as(steward), document)
		}
		if d.api.answers.Served() > 0 {
			t.Fatalf("%s is answered as it was before", document)
		}
	}
}

// A hundred boards that open the same page cost one.
func TestManyWhoAskAtOnceCostOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := moves(two)
		m.blocked = make(chan struct{})
		d := m.desk(true)
		const document = `{ networks(first: 9, asAt: "2020-01-01T08:30:00Z") { nodes { code name } } }`
		var all sync.WaitGroup
		var said [100]string
		for i := range said {
			all.Go(func() { said[i] = sent(d.as(), document) })
		}
		synctest.Wait()
		if n := m.reads.Load(); n != 1 {
			t.Errorf("%d work at it", n)
		}
		close(m.blocked)
		all.Wait()
		for i, s := range said {
			if s != said[0] || !strings.Contains(s, `"U99001"`) {
				t.Fatalf("number %d is answered %s\nthe first %s", i, s, said[0])
			}
		}
		if n := d.api.answers.Served(); n != len(said)-1 {
			t.Errorf("%d were answered by another's work", n)
		}
	})
}

// One that goes away in the middle of it leaves the others to themselves.
func TestWhoeverGoesAwayTakesNothingFromOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := moves(two)
		m.blocked = make(chan struct{})
		h := m.desk(true).as()
		const document = `{ networks(first: 9, asAt: "2020-01-01T08:30:00Z") { totalCount } }`
		going, leave := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() {
			h.ServeHTTP(recorder{httptest.NewRecorder()}, request(document).WithContext(going))
		})
		synctest.Wait()
		var said string
		all.Go(func() { said = sent(h, document) })
		tired, giveUp := context.WithCancel(t.Context())
		gone := false
		all.Go(func() {
			h.ServeHTTP(recorder{httptest.NewRecorder()}, request(document).WithContext(tired))
			gone = true
		})
		synctest.Wait()
		giveUp()
		synctest.Wait()
		if !gone {
			t.Error("who does not wait any more is kept waiting")
		}
		leave()
		close(m.blocked)
		all.Wait()
		if !strings.Contains(said, `"totalCount":3`) {
			t.Errorf("the other is answered %s", said)
		}
	})
}

func request(document string) *http.Request { return requestWith(document, nil) }

func requestWith(document string, variables map[string]any) *http.Request {
	body, err := json.Marshal(map[string]any{"query": document, "variables": variables})
	if err != nil {
		panic(err) // any string can be written
	}
	r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return r
}

// An answer that was kept is one event, as any other answer to a query; who has
// its tag already is given it all the same, as a stream cannot say so.
func TestAKeptAnswerIsOneEvent(t *testing.T) {
	who := moves(two).desk(true).as(steward)
	text := registryDocument(t)
	ask := func(accept, tag string) *httptest.ResponseRecorder {
		r, w := httptest.NewRequest(http.MethodGet, "/graphql?query="+url.QueryEscape(text), nil), httptest.NewRecorder()
		r.Header.Set("Accept", accept)
		r.Header.Set("If-None-Match", tag)
		who.ServeHTTP(recorder{w}, r)
		return w
	}
	tag := ask("application/json", "").Header().Get("ETag")
	for _, has := range []string{"", tag} {
		if said := ask("text/event-stream", has).Body.String(); strings.Count(said, "event: next") != 1 || !strings.Contains(said, `"U99001"`) {
			t.Errorf("to who has %q it is answered %.500s", has, said)
		}
	}
	if w := ask("application/json", tag); tag == "" || w.Code != http.StatusNotModified {
		t.Errorf("with the tag %q it is answered %d", tag, w.Code)
	}
}

// An answer has a tag, which is another when the answer may be.
func TestAnAnswerHasATag(t *testing.T) {
	m := moves(two)
	tag := func(document string, grants ...ask.Grant) string {
		w := httptest.NewRecorder()
		m.desk(true).as(grants...).ServeHTTP(recorder{w}, request(document)) // of one replica or another
		tag, told := w.Header().Get("ETag"), w.Header().Get("Cache-Control")+"; "+w.Header().Get("Vary")
		if want := "private, no-cache; Accept, Authorization, Cookie, Openbook-After"; tag != "" && told != want || tag == "" && told != "no-store; Accept" {
			t.Errorf("caches of an answer with the tag %q are told %s", tag, told)
		}
		return tag
	}
	const public, own = `{ networks(first: 2) { nodes { code } } }`, `{ network(code: "U99001") { members { from } } }`
	all := map[string]string{}
	differs := func(why, tag string) {
		if before := all[tag]; !strings.HasPrefix(tag, `W/"`) || before != "" {
			t.Errorf("%s has the tag %s, as has %s", why, tag, before)
		}
		all[tag] = why
	}
	differs("an answer", tag(public))
	if all[tag(public, steward)] == "" {
		t.Error("what is everybody's has another tag for somebody else")
	}
	differs("another document", tag(public+" "))
	differs("what is not everybody's", tag(own, steward))
	differs("the same to somebody else", tag(own, someone(ask.Auditor, "system-QZ1")...))
	m.to(len(two) - 2)
	differs("another position", tag(public))
	yesterday := registrytest.Today.AddDays(-1)
	m.day.Store(&yesterday)
	differs("another day", tag(public))
	for _, document := range []string{`{ me { ref } }`, `{ networks(first: 0) { totalCount } }`, own} {
		if tag := tag(document); tag != "" {
			t.Errorf("%s has the tag %s", document, tag)
		}
	}
}

// What is refused because it is too long is not kept, and the refusal has no tag.
func TestWhatIsTooLongIsNotKept(t *testing.T) {
	before := limit.Free
	defer func() { limit.Free = before }()
	limit.Free.Answer = 60
	d := moves(two).desk(true)
	for range 2 {
		w := httptest.NewRecorder()
		d.as(steward).ServeHTTP(recorder{w}, request(`{ networks(first: 3) { nodes { code name } } }`))
		if !strings.Contains(w.Body.String(), "ANSWER_TOO_LARGE") || w.Header().Get("ETag") != "" {
			t.Errorf("it is answered %v %s", w.Header(), w.Body)
		}
	}
	if n := d.api.answers.Served(); n > 0 {
		t.Errorf("%d were kept", n)
	}
}

// A GET that has the tag of the answer is told so, and nothing is worked out for
// it.
func TestAnAnswerThatTheClientHas(t *testing.T) {
	m := moves(two)
	d := m.desk(true)
	worked := 0
	srv := handler.New(generated.NewExecutableSchema(generated.Config{Resolvers: d.api.resolver}))
	srv.AddTransport(transport.Transport{Present: d.api.present, Trusted: func(string) bool { return true }, MostBody: mostBody, Ping: ping})
	srv.AroundOperations(d.api.begin)
	srv.AroundResponses(d.api.finish)
	srv.AroundResponses(d.api.answers.Responses)
	srv.AroundFields(plain.Fields(d.api.resolver.Viewer))
	srv.AroundFields(func(ctx context.Context, next graphql.Resolver) (any, error) { worked++; return next(ctx) })
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		srv.ServeHTTP(w, r.WithContext(identity.With(r.Context(), identity.Person{Ref: "person-test"})))
	}))
	defer server.Close()
	get := func(known ...string) (*http.Response, string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"?query="+url.QueryEscape(`{ systems { code } }`), nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header["If-None-Match"] = known
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Body.Close()
		said, err := io.ReadAll(a.Body)
		if err != nil {
			t.Fatal(err)
		}
		return a, string(said)
	}
	first, said := get()
	tag := first.Header.Get("ETag")
	if first.StatusCode != http.StatusOK || !strings.Contains(said, `"QZ1"`) || tag == "" || worked != 1 {
		t.Fatalf("at first %d with %q, worked out %d times: %s", first.StatusCode, tag, worked, said)
	}
	for _, known := range [][]string{{tag}, {`"other", ` + tag}, {`"other"`, strings.TrimPrefix(tag, "W/")}} {
		if a, said := get(known...); a.StatusCode != http.StatusNotModified || said != "" || a.Header.Get("ETag") != tag || a.Header.Get("Vary") == "" || worked != 1 {
			t.Errorf("with %q it is %d with %v, worked out %d times: %s", known, a.StatusCode, a.Header, worked, said)
		}
	}
	for _, known := range []string{"", `W/"other"`} {
		if a, body := get(known); a.StatusCode != http.StatusOK || body != said || worked != 1 {
			t.Errorf("with %q it is %d, worked out %d times: %s", known, a.StatusCode, worked, body)
		}
	}
	if a, body := get("*"); a.StatusCode != http.StatusNotModified || body != "" || worked != 1 {
		t.Errorf("with any it is %d, worked out %d times: %s", a.StatusCode, worked, body)
	}
	m.to(len(two) - 2)
	if a, _ := get(tag); a.StatusCode != http.StatusOK || a.Header.Get("ETag") == tag || worked != 2 {
		t.Errorf("when the book has moved on it is %d with %v, worked out %d times", a.StatusCode, a.Header, worked)
	}
}
