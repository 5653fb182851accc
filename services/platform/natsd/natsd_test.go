package natsd_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nats.go/micro"

	"github.com/ics-openbook/openbook/deploy"
	"github.com/ics-openbook/openbook/services/platform/natsd"
)

type platform struct {
	t      *testing.T
	server *natsd.Server
}

func start(t *testing.T) platform {
	passwords := map[string]string{}
	for _, user := range deploy.Users {
		passwords[user] = "password of " + user
	}
	s, err := natsd.Embedded(natsd.Config{Dir: t.TempDir(), Listen: "127.0.0.1:-1", Passwords: passwords, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return platform{t, s}
}

// connect connects as user over TCP, and gives what the server refuses.
func (p platform) connect(user string) (*nats.Conn, chan error) {
	p.t.Helper()
	violations := make(chan error, 1000)
	nc, err := natsd.Connect(p.t.Context(),
		natsd.Login{URL: p.server.URL(), User: user, Password: "password of " + user, Log: slog.New(slog.DiscardHandler)},
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { violations <- err }))
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(nc.Close)
	return nc, violations
}

// stream makes the stream BOOK, with n messages.
func (p platform) stream(book *nats.Conn, n int) jetstream.Stream {
	p.t.Helper()
	js, err := jetstream.New(book)
	if err != nil {
		p.t.Fatal(err)
	}
	stream, err := js.CreateStream(p.t.Context(), jetstream.StreamConfig{Name: "BOOK", Subjects: []string{"fact.>"}})
	if err != nil {
		p.t.Fatal(err)
	}
	for range n {
		if _, err := js.Publish(p.t.Context(), "fact.network.U12345.joined", []byte("a fact")); err != nil {
			p.t.Fatal(err)
		}
	}
	return stream
}

// may does something and reports whether the server let it happen.
func may(t *testing.T, nc *nats.Conn, violations chan error, do func() error) bool {
	t.Helper()
	if err := do(); err != nil {
		t.Fatal(err)
	}
	flush(t, nc)
	select {
	case <-violations:
		return false
	case <-time.After(20 * time.Millisecond): // the refusal came before the flush's answer; its handler runs apart
		return true
	}
}

func flush(t *testing.T, conns ...*nats.Conn) {
	t.Helper()
	for _, nc := range conns {
		if err := nc.FlushTimeout(5 * time.Second); err != nil {
			t.Fatal(err)
		}
	}
}

func ask(t *testing.T, nc *nats.Conn, subject, input string) {
	t.Helper()
	if _, err := nc.Request(subject, []byte(input), 5*time.Second); err != nil {
		t.Fatalf("%s: %v", subject, err)
	}
}

func serve(t *testing.T, nc *nats.Conn, name, subject string) {
	t.Helper()
	service, err := micro.AddService(nc, micro.Config{Name: name, Version: "1.0.0"})
	if err != nil {
		t.Fatal(err)
	}
	err = service.AddEndpoint("all", micro.HandlerFunc(func(r micro.Request) { _ = r.Respond([]byte(name)) }), micro.WithEndpointSubject(subject))
	if err != nil {
		t.Fatal(err)
	}
}

func TestInProcessNoPortIsOpen(t *testing.T) {
	s, err := natsd.Embedded(natsd.Config{Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	}()
	if s.URL() != "" {
		t.Errorf("it listens at %s", s.URL())
	}
	for _, user := range deploy.Users {
		nc, err := s.Connect(t.Context(), user)
		if err != nil {
			t.Fatal(err)
		}
		flush(t, nc)
		nc.Close()
	}
}

func TestWhatCannotStartSaysWhy(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := natsd.Embedded(natsd.Config{Dir: filepath.Join(file, "dir"), Log: slog.New(slog.DiscardHandler)})
	if err == nil || !strings.Contains(err.Error(), "not a directory") {
		t.Errorf("got %v", err)
	}
}

func TestConnectWaitsForAServerButNotForEver(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := natsd.Connect(ctx, natsd.Login{URL: "nats://127.0.0.1:1", User: "book", Log: slog.New(slog.DiscardHandler)})
	if err == nil || !strings.Contains(err.Error(), "no NATS server for book") {
		t.Errorf("got %v", err)
	}
}

// The file itself is what others start a server from.
func TestTheFileTakesItsVariablesFromTheEnvironment(t *testing.T) {
	t.Setenv("OPENBOOK_NATS_NAME", "nats-0")
	t.Setenv("OPENBOOK_NATS_LISTEN", "127.0.0.1:4222")
	t.Setenv("OPENBOOK_NATS_DIR", "/data/nats")
	t.Setenv("OPENBOOK_NATS_BOOK_PASSWORD", "one")
	t.Setenv("OPENBOOK_NATS_NETWORK_PASSWORD", "two")
	t.Setenv("OPENBOOK_NATS_CONTRACT_PASSWORD", "two-too")
	t.Setenv("OPENBOOK_NATS_FUNDING_PASSWORD", "two")
	t.Setenv("OPENBOOK_NATS_WORKFORCE_PASSWORD", "six")
	t.Setenv("OPENBOOK_NATS_GATEWAY_PASSWORD", "'3'")
	o := &server.Options{}
	if err := o.ProcessConfigFile("../../../deploy/nats.conf"); err != nil {
		t.Fatal(err)
	}
	if o.Port != 4222 || o.ServerName != "nats-0" || o.StoreDir != "/data/nats" || len(o.Users) != len(deploy.Users) {
		t.Errorf("got port %d, name %s, dir %s, %d users", o.Port, o.ServerName, o.StoreDir, len(o.Users))
	}
}

func TestEveryVariableOfTheFileIsNeeded(t *testing.T) {
	if _, err := deploy.Conf(deploy.NATS{Name: "n", Listen: "127.0.0.1:-1", Dir: "d", Passwords: map[string]string{"book": "p"}}); err == nil {
		t.Error("a server may be made without passwords")
	}
	if err := (&server.Options{}).ProcessConfigFile("../../../deploy/nats.conf"); err == nil {
		t.Error("the file can be used without its variables")
	}
}
