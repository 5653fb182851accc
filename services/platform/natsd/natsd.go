// Package natsd runs a NATS server inside the process, from the very
// configuration that is deployed elsewhere, and connects to any.
package natsd

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/ics-openbook/openbook/deploy"
)

const (
	startPatience = 10 * time.Second
	stopPatience  = 10 * time.Second
)

// Config says how to run a server inside this process.
type Config struct {
	Dir       string            // where JetStream keeps what can be made again
	Listen    string            // host:port for others to connect to; empty for nobody but this process
	Passwords map[string]string // of users; those not named get random ones
	Log       *slog.Logger
}

// Server is a NATS server inside this process.
type Server struct {
	nats      *server.Server
	passwords map[string]string
	log       *slog.Logger
}

// Embedded starts a server and returns once it takes connections.
func Embedded(c Config) (*Server, error) {
	passwords := maps.Clone(c.Passwords)
	if passwords == nil {
		passwords = make(map[string]string)
	}
	for _, user := range deploy.Users {
		if passwords[user] == "" {
			passwords[user] = rand.Text()
		}
	}
	listen := c.Listen
	if listen == "" {
		listen = "127.0.0.1:-1" // is not used: see DontListen
	}
	conf, err := deploy.Conf(deploy.NATS{Name: "openbook", Listen: listen, Dir: c.Dir, Passwords: passwords})
	if err != nil {
		return nil, err
	}
	options := &server.Options{NoSigs: true, DontListen: c.Listen == ""}
	if err := options.ProcessConfigString(conf); err != nil {
		return nil, fmt.Errorf("NATS configuration: %w", err)
	}
	n, err := server.NewServer(options)
	if err != nil {
		return nil, fmt.Errorf("NATS server: %w", err)
	}
	log := &logger{log: c.Log, fatal: make(chan string, 1)}
	n.SetLoggerV2(log, false, false, false)
	limitMemory(c.Log)
	s := &Server{nats: n, passwords: passwords, log: c.Log}
	go n.Start()
	if err := s.started(log); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

func (s *Server) started(log *logger) error {
	ready := make(chan bool, 1)
	go func() { ready <- s.nats.ReadyForConnections(startPatience) }()
	select {
	case ok := <-ready:
		if !ok {
			return fmt.Errorf("the NATS server did not start within %s", startPatience)
		}
		return nil
	case why := <-log.fatal:
		return errors.New("the NATS server did not start: " + why)
	}
}

// Connect connects as user without a network.
func (s *Server) Connect(ctx context.Context, user string) (*nats.Conn, error) {
	return Connect(ctx, Login{User: user, Password: s.passwords[user], Log: s.log}, nats.InProcessServer(s.nats))
}

// URL is where others connect, or empty.
func (s *Server) URL() string {
	if s.nats.Addr() == nil {
		return ""
	}
	return "nats://" + s.nats.Addr().String()
}

// Stop stops the server and waits until what it holds is closed.
func (s *Server) Stop() error {
	s.nats.Shutdown()
	stopped := make(chan struct{})
	go func() { s.nats.WaitForShutdown(); close(stopped) }()
	select {
	case <-stopped:
		return nil
	case <-time.After(stopPatience):
		return fmt.Errorf("the NATS server did not stop within %s", stopPatience)
	}
}

// logger is the server's log. The server expects to end with a fatal line; this
// one is given to whoever started it.
type logger struct {
	log   *slog.Logger
	fatal chan string
}

func (l *logger) Noticef(format string, v ...any) { l.log.Debug("nats: " + fmt.Sprintf(format, v...)) }
func (l *logger) Errorf(format string, v ...any)  { l.log.Error("nats: " + fmt.Sprintf(format, v...)) }
func (l *logger) Debugf(format string, v ...any)  { l.log.Debug("nats: " + fmt.Sprintf(format, v...)) }
func (l *logger) Tracef(format string, v ...any)  { l.log.Debug("nats: " + fmt.Sprintf(format, v...)) }

// Warnf passes a warning on, but for one about passwords in the clear: these
// are random, and live in this process alone.
func (l *logger) Warnf(format string, v ...any) {
	if !strings.HasPrefix(format, "Plaintext passwords detected") {
		l.log.Warn("nats: " + fmt.Sprintf(format, v...))
	}
}

func (l *logger) Fatalf(format string, v ...any) {
	l.Errorf(format, v...)
	select {
	case l.fatal <- fmt.Sprintf(format, v...):
	default: // the first says why
	}
}
