package book_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/book"
	"github.com/ics-openbook/openbook/services/book/notary"
	"github.com/ics-openbook/openbook/services/book/sqlite"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/env"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/store/remote"
	"github.com/ics-openbook/openbook/services/internal/store/storetest"
	"github.com/ics-openbook/openbook/services/internal/telemetry"
)

// The book over NATS passes the examination of any store, and of any index.
func TestRemote(t *testing.T) {
	storetest.Run(t, func(t testing.TB) store.Store { return begin(t).remote() })
	storetest.RunIndex(t, func(t testing.TB) (store.Store, store.Index) {
		b := begin(t).remote()
		return b, b
	})
}

func TestNobodyThere(t *testing.T) {
	h := newHouse(t)
	b := remote.New(h.connect(t))
	unavailable := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, store.ErrUnavailable) || !errors.Is(err, refuse.ErrUnavailable) {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err := b.Append(t.Context(), "practice-A81001", events.NoStream, storetest.Entries(1))
	unavailable("append without a book", err)
	for _, err := range b.ReadAll(t.Context(), events.Position{}) {
		unavailable("read without a book", err)
	}
	// One that takes requests and does not answer.
	if _, err := h.connect(t).Subscribe("book.>", func(*nats.Msg) {}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	for errors.Is(err, nats.ErrNoResponders) { // until the subscription is known
		_, err = b.Head(ctx)
	}
	unavailable("a silent book", err)
	nc := h.connect(t)
	nc.Close()
	_, err = remote.New(nc).Head(t.Context())
	unavailable("a closed connection", err)
}

// A full disk refuses appends and nothing else, and the refusal is one that
// asks for another try.
func TestFull(t *testing.T) {
	h := newHouse(t)
	h.maxPages = 60
	h.start(t)
	b := h.remote()
	at, err := events.NoStream, error(nil)
	var recorded int
	for range 1000 {
		var done store.Appended
		if done, err = b.Append(t.Context(), "practice-A81001", at, storetest.Entries(5)); err != nil {
			break
		}
		at, recorded = done.Revision, recorded+5
	}
	if !errors.Is(err, store.ErrFull) || !errors.Is(err, refuse.ErrFull) {
		t.Fatalf("after %d facts: %v", recorded, err)
	}
	n := 0
	for _, err := range b.ReadAll(t.Context(), events.Position{}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != recorded {
		t.Errorf("%d facts are read, %d were recorded", n, recorded)
	}
}

// More than the book works on at once, or a service lets wait, is told so at
// once.
func TestBusy(t *testing.T) {
	stuck := &stuck{release: make(chan struct{})}
	h := newHouse(t)
	h.wrap = func(e book.Engine) book.Engine { stuck.Engine = e; return stuck }
	h.start(t)
	for name, services := range map[string]int{"at the door": 100, "before it": 1} {
		t.Run(name, func(t *testing.T) { fill(t, h, services) })
	}
	close(stuck.release)
}

// fill appends as so many services until one is told that the book is busy.
func fill(t *testing.T, h *house, services int) {
	var all sync.WaitGroup
	busy := make(chan error, 1)
	remotes := make([]*remote.Book, services)
	for i := range remotes {
		remotes[i] = h.remote()
	}
	for i := range 5000 {
		all.Go(func() {
			_, err := remotes[i%services].Append(t.Context(), "practice-A81001", events.NoStream, storetest.Entries(1))
			if errors.Is(err, refuse.ErrBusy) {
				select {
				case busy <- err:
				default:
				}
			} else if err != nil && !errors.Is(err, store.ErrUnavailable) {
				t.Error(err)
			}
		})
	}
	select {
	case <-busy:
	case <-time.After(4 * time.Second):
		t.Error("5,000 appends at once, and none is told that the book is busy")
	}
	all.Wait()
}

// stuck is a store that appends only once it is released.
type stuck struct {
	book.Engine
	release chan struct{}
}

func (s *stuck) Append(ctx context.Context, stream events.Stream, expected events.Revision, facts []store.Entry) (store.Appended, error) {
	<-s.release
	return s.Engine.Append(ctx, stream, expected, facts)
}

// What the book was working on when it was told to end is still answered.
func TestEnd(t *testing.T) {
	h := begin(t)
	b := h.remote()
	var all sync.WaitGroup
	var acknowledged sync.Map
	for range 32 {
		all.Go(func() {
			for {
				e := storetest.Entries(1)
				_, err := b.Append(t.Context(), events.Stream("practice-"+string(e[0].ID)), events.NoStream, e)
				if errors.Is(err, store.ErrUnavailable) {
					return
				}
				if errors.Is(err, refuse.ErrBusy) {
					continue // the last to come found no slot
				}
				if err != nil {
					t.Error(err)
					return
				}
				acknowledged.Store(e[0].ID, true)
			}
		})
	}
	time.Sleep(200 * time.Millisecond)
	began := time.Now()
	h.stop(t)
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("ending took %s", took)
	}
	all.Wait()
	h.start(t)
	for r, err := range h.remote().ReadAll(t.Context(), events.Position{}) {
		if err != nil {
			t.Fatal(err)
		}
		acknowledged.Delete(r.ID)
	}
	acknowledged.Range(func(id, _ any) bool { t.Errorf("%s was acknowledged and is not there", id); return true })
}

func TestStatus(t *testing.T) {
	h := begin(t)
	b := h.remote()
	if _, err := b.Append(t.Context(), "practice-A81001", events.NoStream, storetest.Entries(7)); err != nil {
		t.Fatal(err)
	}
	h.relayed(t, 7)
	s, err := b.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if s.Book != h.store.Book() || s.Epoch == "" || s.Head.IsZero() || s.Counted.Ordinal != 7 || s.Counted.Position != s.Head ||
		s.Lag.Counted.Facts != 0 || s.Lag.Relayed.Seconds != 0 {
		t.Errorf("%+v", s)
	}
}

// house is everything a book lives in: a NATS server with JetStream on disk,
// folders, a log.
type house struct {
	books, own, streams string // folders
	maxPages            int
	wrap                func(book.Engine) book.Engine

	keyring   notary.Keyring
	witnesses []notary.Witness
	lead      func(context.Context) (<-chan struct{}, error)

	nats  *server.Server
	store *sqlite.Store
	log   *lines
	stop  func(testing.TB)
	nc    *nats.Conn
}

func newHouse(t testing.TB) *house {
	t.Helper()
	h := &house{books: t.TempDir(), own: t.TempDir(), streams: t.TempDir(), log: &lines{}, wrap: func(e book.Engine) book.Engine { return e }}
	h.stop = func(testing.TB) {}
	var err error
	if h.keyring, err = notary.NewKeyring("book.example/test"); err != nil {
		t.Fatal(err)
	}
	h.serve(t)
	t.Cleanup(func() {
		h.stop(t)
		h.stop = func(testing.TB) {}
		h.nats.Shutdown()
		h.nats.WaitForShutdown()
	})
	return h
}

// begin is a house with the book running in it.
func begin(t testing.TB) *house {
	t.Helper()
	h := newHouse(t)
	h.start(t)
	return h
}

// serve starts the NATS server on its folder.
func (h *house) serve(t testing.TB) {
	t.Helper()
	s, err := server.NewServer(&server.Options{ServerName: "openbook", DontListen: true, JetStream: true, StoreDir: h.streams, NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	go s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("nats-server does not come up")
	}
	h.nats = s
}

func (h *house) connect(t testing.TB) *nats.Conn {
	t.Helper()
	nc, err := nats.Connect("", nats.InProcessServer(h.nats), nats.MaxReconnects(-1), nats.ReconnectWait(10*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	return nc
}

func (h *house) remote() *remote.Book { return remote.New(h.nc) }

// start opens the store and runs the book, until stop.
func (h *house) start(t testing.TB) {
	t.Helper()
	s, err := sqlite.Open(sqlite.Options{Path: filepath.Join(h.books, "book.db"), MaxPages: h.maxPages})
	if err != nil {
		t.Fatal(err)
	}
	h.share(t, s)
	end := h.stop
	h.stop = func(t testing.TB) {
		t.Helper()
		end(t)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// share runs the book on a store that somebody else opened, until stop.
func (h *house) share(t testing.TB, s *sqlite.Store) {
	t.Helper()
	h.store, h.nc = s, h.connect(t)
	ctx, cancel := context.WithCancel(context.Background())
	ready, done := make(chan struct{}), make(chan error, 1)
	tel := telemetry.Off()
	tel.Log = slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	e := env.Env{NATS: h.connect(t), Clock: clock.System, Telemetry: tel, Dir: h.own, Ready: func() { close(ready) }}
	go func() {
		defer close(done) // who waits for it twice, because it never got ready, is not kept
		done <- book.Run(ctx, e, book.Config{Store: h.wrap(s), Keyring: &h.keyring, Checkpoint: filepath.Join(h.books, "book.checkpoint"), Witnesses: h.witnesses, Lead: h.lead})
	}()
	end := sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	h.stop = func(testing.TB) { end() }
	t.Cleanup(end)
	select {
	case <-ready:
	case err := <-done:
		t.Fatal(err)
	case <-time.After(10 * time.Second):
		t.Fatal("the book does not get ready")
	}
}

// relayed waits until n facts are relayed.
func (h *house) relayed(t testing.TB, n events.Ordinal) {
	t.Helper()
	var s, err = h.remote().Status(t.Context())
	for range 1000 {
		if err == nil && s.Epoch != "" && s.Relayed == n && s.Counted.Ordinal == n {
			return
		}
		time.Sleep(10 * time.Millisecond)
		s, err = h.remote().Status(t.Context())
	}
	t.Helper()
	t.Fatalf("%d facts are relayed, want %d; %v\n%s", s.Relayed, n, err, h.log)
}

// lines is a log that can be looked at while it is written.
type lines struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
