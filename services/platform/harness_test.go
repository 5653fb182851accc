package platform_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	natsgo "github.com/nats-io/nats.go"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/gateway/identity"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/platform"
)

// patience is how long a test waits for what must come, on a machine that is
// busy with other tests.
const patience = 30 * time.Second

// site is a running platform, however it runs.
type site struct {
	mu      sync.Mutex
	url     string
	admin   string
	data    string
	join    func(ctx context.Context, service string) (*natsgo.Conn, error) // its NATS, in one process
	mint    func(t testing.TB, person string, grants ...ask.Grant) string
	restart func(t testing.TB) // all of it, in good order, with everything it has on disk
}

func (s *site) at() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.url
}

// up runs a platform in this process until the test ends or stop is called.
func up(t testing.TB, c platform.Config) (s *site, stop func()) {
	t.Helper()
	if c.Listen == "" {
		c.Listen = "127.0.0.1:0"
	}
	if c.Log == nil {
		c.Log = logOf(t)
	}
	started, end, err := run(t, c)
	if err != nil {
		t.Fatal(err)
	}
	s = &site{url: started.URL, admin: started.Admin, data: c.Data, join: started.Connect, mint: localMint(c.Data)}
	s.restart = func(t testing.TB) {
		t.Helper()
		end()
		if started, end, err = run(t, c); err != nil {
			t.Fatalf("the platform does not come up again: %v", err)
		}
		s.mu.Lock()
		s.url, s.admin, s.join = started.URL, started.Admin, started.Connect
		s.mu.Unlock()
	}
	return s, func() { end() }
}

func run(t testing.TB, c platform.Config) (platform.Started, func(), error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	started, ended := make(chan platform.Started, 1), make(chan error, 1)
	go func() { ended <- platform.Up(ctx, c, func(s platform.Started) { started <- s }) }()
	stop := sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("the platform ended with: %v", err)
			}
		case <-time.After(patience):
			t.Errorf("the platform did not stop within %s", patience)
		}
	})
	select {
	case s := <-started:
		t.Cleanup(stop)
		return s, stop, nil
	case err := <-ended:
		cancel()
		return platform.Started{}, nil, fmt.Errorf("the platform did not start: %w", err)
	case <-time.After(2 * patience):
		cancel()
		return platform.Started{}, nil, fmt.Errorf("the platform did not start within %s", 2*patience)
	}
}

// logOf collects a platform's log and shows its end where the test fails.
func logOf(t testing.TB) io.Writer {
	log := &tail{}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the platform's log ends:\n%s", log)
		}
	})
	return log
}

// tail keeps the end of what is written to it.
type tail struct {
	mu sync.Mutex
	b  []byte
}

func (l *tail) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.b = append(l.b, b...)
	l.b = l.b[max(0, len(l.b)-16<<10):]
	return len(b), nil
}

func (l *tail) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.b)
}

// localMint signs with the key in the data folder of a platform in one process.
func localMint(data string) func(testing.TB, string, ...ask.Grant) string {
	return func(t testing.TB, person string, grants ...ask.Grant) string {
		t.Helper()
		local, err := identity.OpenLocal(data, clock.System, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		token, err := local.Mint(identity.Person{Ref: events.PersonRef("person-" + person), Name: person, Client: "test", Grants: grants}, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
}

// client is a program that asks in somebody's name.
type client struct {
	site   *site
	token  string
	header http.Header
}

var steward = ask.Grant{Role: ask.Steward, Of: ask.England}

// as signs somebody in.
func (s *site) as(t testing.TB, person string, grants ...ask.Grant) client {
	t.Helper()
	return client{site: s, token: s.mint(t, person, grants...)}
}

func (c client) with(header, value string) client {
	c.header = http.Header{header: {value}}
	return c
}

// answer is what /graphql answers.
type answer struct {
	status     int
	body       string
	Data       json.RawMessage `json:"data"`
	Errors     []failure       `json:"errors"`
	Extensions struct {
		AsOf struct {
			Position string    `json:"position"`
			Time     time.Time `json:"time"`
		} `json:"asOf"`
	} `json:"extensions"`
}

type failure struct {
	Message    string         `json:"message"`
	Extensions map[string]any `json:"extensions"`
}

func (a answer) codes() (all []string) {
	for _, e := range a.Errors {
		all = append(all, fmt.Sprint(e.Extensions["code"]))
	}
	return all
}

var web = &http.Client{Timeout: patience}

func (c client) request(ctx context.Context, doc string, vars map[string]any) (*http.Request, error) {
	body, err := json.Marshal(map[string]any{"query": doc, "variables": vars})
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.site.at()+"/graphql", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	maps.Copy(r.Header, c.header)
	r.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	return r, nil
}

// try asks once; its error is that no answer came.
func (c client) try(ctx context.Context, doc string, vars map[string]any) (a answer, err error) {
	r, err := c.request(ctx, doc, vars)
	if err != nil {
		return a, err
	}
	resp, err := web.Do(r)
	if err != nil {
		return a, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return a, err
	}
	a.status, a.body = resp.StatusCode, string(body)
	if err := json.Unmarshal(body, &a); err != nil {
		return a, fmt.Errorf("status %d, not JSON: %q", resp.StatusCode, body)
	}
	return a, nil
}

func (c client) ask(t testing.TB, doc string) answer {
	t.Helper()
	a, err := c.try(t.Context(), doc, nil)
	if err != nil {
		t.Fatalf("%s: %v", doc, err)
	}
	return a
}

// says fails the test unless the data of the answer is exactly want.
func (c client) says(t testing.TB, doc, want string) answer {
	t.Helper()
	a := c.ask(t, doc)
	if a.status != http.StatusOK || len(a.Errors) > 0 {
		t.Fatalf("%s\nis answered %d %s", doc, a.status, a.body)
	}
	if got := string(a.Data); got != want {
		t.Fatalf("%s\ngot  %s\nwant %s", doc, got, want)
	}
	return a
}

// read decodes the data of an answer.
func read[T any](t testing.TB, c client, doc string) (data T) {
	t.Helper()
	a := c.ask(t, doc)
	if a.status != http.StatusOK || len(a.Errors) > 0 {
		t.Fatalf("%s\nis answered %d %s", doc, a.status, a.body)
	}
	if err := json.Unmarshal(a.Data, &data); err != nil {
		t.Fatal(err)
	}
	return data
}

type receipt struct {
	ID       string    `json:"id"`
	Entries  int       `json:"entries"`
	Revision int       `json:"revision"`
	Position string    `json:"position"`
	Time     time.Time `json:"time"`
	Ordinal  int       `json:"ordinal,omitempty"`
	Visible  bool      `json:"visible"`
}

// recorded is the part of a receipt that is the same for ever.
func (r receipt) recorded() receipt {
	r.Ordinal, r.Visible = 0, false
	return r
}

type problem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Path    string `json:"path"`
	Docs    string `json:"docs"`
}

type done struct {
	Receipt  *receipt  `json:"receipt"`
	Problems []problem `json:"problems"`
}

func (d done) codes() (all []string) {
	for _, p := range d.Problems {
		all = append(all, p.Code)
	}
	return all
}

type input = map[string]any

// submit sends a mutation once. Without an idempotency key it gets a new one.
func (c client) submit(ctx context.Context, mutation string, in input) (d done, a answer, err error) {
	in = maps.Clone(in)
	if _, given := in["idempotencyKey"]; !given {
		in["idempotencyKey"] = uuid.NewString()
	}
	doc := fmt.Sprintf(`mutation($input: %sInput!) { done: %s(input: $input) {
		receipt { id entries revision position ordinal time visible } problems { code message path docs } } }`,
		strings.ToUpper(mutation[:1])+mutation[1:], mutation)
	if a, err = c.try(ctx, doc, map[string]any{"input": in}); err != nil {
		return d, a, err
	}
	var data struct{ Done *done }
	if err := json.Unmarshal(a.Data, &data); err == nil && data.Done != nil {
		d = *data.Done
	}
	return d, a, nil
}

// do submits what must be recorded, and waits until it is visible unless told
// otherwise: what builds on it would be refused before.
func (c client) do(t testing.TB, mutation string, in input) receipt {
	t.Helper()
	if _, given := in["wait"]; !given {
		in = maps.Clone(in)
		in["wait"] = "VISIBLE"
	}
	d, a, err := c.submit(t.Context(), mutation, in)
	if err != nil || d.Receipt == nil || len(d.Problems) > 0 {
		t.Fatalf("%s %v: %v, %d %s", mutation, in, err, a.status, a.body)
	}
	return *d.Receipt
}

// refused submits what must be refused, and returns why.
func (c client) refused(t testing.TB, mutation string, in input) []problem {
	t.Helper()
	d, a, err := c.submit(t.Context(), mutation, in)
	if err != nil || len(a.Errors) > 0 || d.Receipt != nil || len(d.Problems) == 0 {
		t.Fatalf("%s %v is not refused: %v, %d %s", mutation, in, err, a.status, a.body)
	}
	return d.Problems
}

// transient are the codes that mean: ask the same again.
var transient = []string{"BUSY", "STALE", "CONTENDED", "UNAVAILABLE", "BOOK_FULL"}

// insist submits the same under the same key until it is answered for good. An
// error means that it was refused, or that ctx was done before.
func (c client) insist(ctx context.Context, mutation string, in input) (receipt, error) {
	for {
		d, a, err := c.submit(ctx, mutation, in)
		switch {
		case ctx.Err() != nil:
			return receipt{}, ctx.Err()
		case err != nil:
		case d.Receipt != nil:
			return *d.Receipt, nil
		case len(d.Problems) > 0 && slices.Contains(transient, d.Problems[0].Code):
		default:
			return receipt{}, fmt.Errorf("%s %v: %d %s", mutation, in, a.status, a.body)
		}
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// eventually asks until the answer's data are want.
func (c client) eventually(t testing.TB, doc, want string) {
	t.Helper()
	var last string
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		a, err := c.try(t.Context(), doc, nil)
		if err == nil && len(a.Errors) == 0 && string(a.Data) == want {
			return
		}
		last = fmt.Sprint(err, " ", a.body)
	}
	t.Fatalf("%s\ndid not come to be %s within %s; the last answer: %s", doc, want, patience, last)
}

// soon asks until something is so; last says what it is instead.
func soon(t testing.TB, so func() bool, last func() any) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if so() {
			return
		}
	}
	t.Fatalf("it did not come to be within %s; at last it is %v", patience, last())
}
