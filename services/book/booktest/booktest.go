// Package booktest opens a real book for the tests of those who use one:
// SQLite on disk, an embedded NATS server, the book's own service.
package booktest

import (
	"context"
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/book"
	"github.com/ics-openbook/openbook/services/book/notary"
	"github.com/ics-openbook/openbook/services/book/sqlite"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/env"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/store/remote"
	"github.com/ics-openbook/openbook/services/internal/telemetry"
)

// Joiner lets somebody join a NATS server as one of its users. It is a
// natsd.Server, which this package may not import.
type Joiner interface {
	Connect(ctx context.Context, user string) (*nats.Conn, error)
}

// Book is a book that is open for the length of a test.
type Book struct {
	Dir    string
	Store  *sqlite.Store
	Remote *remote.Book // the same, by the door that services use
	nats   Joiner
	t      testing.TB

	Keyring notary.Keyring // that it signs with
}

// Open opens a book in dir and serves it on nats.
func Open(t testing.TB, dir string, nats Joiner) *Book {
	t.Helper()
	s, err := sqlite.Open(sqlite.Options{Path: filepath.Join(dir, "book.db")})
	Must(t, err)
	t.Cleanup(func() { Must(t, s.Close()) })
	b := &Book{Dir: dir, Store: s, nats: nats, t: t}
	ring, err := notary.NewKeyring("book.example/test")
	Must(t, err)
	b.Keyring = ring
	b.Run("book", func(ctx context.Context, e env.Env) error {
		return book.Run(ctx, e, book.Config{Store: s, Keyring: &ring, Checkpoint: filepath.Join(dir, "book.checkpoint")})
	})
	b.Remote = remote.New(b.Env("network", "reader").NATS)
	return b
}

// Env is what a service of that name lives in, with NATS joined as user.
func (b *Book) Env(user, name string) env.Env {
	b.t.Helper()
	nc, err := b.nats.Connect(b.t.Context(), user)
	Must(b.t, err)
	b.t.Cleanup(nc.Close)
	return env.Env{NATS: nc, Clock: clock.System, Telemetry: telemetry.Off(), Dir: filepath.Join(b.Dir, name), Keys: filepath.Join(b.Dir, "keys.db"), Ready: func() {}}
}

// Run runs a service until the test ends, and returns once it is ready. with
// may change its surroundings.
func (b *Book) Run(user string, run func(context.Context, env.Env) error, with ...func(*env.Env)) {
	b.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ready, ended := make(chan struct{}), make(chan error, 1)
	e := b.Env(user, user)
	e.Ready = func() { close(ready) }
	for _, change := range with {
		change(&e)
	}
	go func() { ended <- run(ctx, e) }()
	b.t.Cleanup(func() { stop(); Must(b.t, <-ended) })
	select {
	case <-ready:
	case err := <-ended:
		ended <- nil
		b.t.Fatal(user, err)
	case <-time.After(30 * time.Second):
		b.t.Fatal(user + " is not ready after 30 s")
	}
}

// Record appends facts to a stream as it stands.
func (b *Book) Record(stream events.Stream, facts ...events.Fact) store.Appended {
	b.t.Helper()
	entries := make([]store.Entry, len(facts))
	for i, f := range facts {
		data, err := json.Marshal(f)
		Must(b.t, err)
		entries[i] = store.Entry{Data: data, Envelope: events.Envelope{
			ID: events.ID(uuid.NewString()), Type: f.EventType(), Source: "test", Entities: f.Entities()}}
	}
	at := events.NoStream
	for r, err := range b.Remote.ReadStream(b.t.Context(), stream, 0) {
		Must(b.t, err)
		at = r.Revision
	}
	done, err := b.Remote.Append(b.t.Context(), stream, at, entries)
	Must(b.t, err)
	return done
}

// Must ends a test with an error.
func Must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Eventually waits, ten seconds at most, until something is so.
func Eventually(t testing.TB, what string, so func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	again := time.NewTicker(2 * time.Millisecond)
	defer again.Stop()
	for !so() {
		select {
		case <-again.C:
		case <-ctx.Done():
			t.Fatalf("after ten seconds it is still not so: %s", what)
		}
	}
}
