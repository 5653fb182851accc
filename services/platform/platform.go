// Package platform composes the services: all of them in one process, or one of
// them in a process of its own. Either way a service is the same Run with the
// same surroundings, so that what holds of the one holds of the other.
package platform

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/ics-openbook/openbook/services/book"
	"github.com/ics-openbook/openbook/services/contract"
	"github.com/ics-openbook/openbook/services/funding"
	"github.com/ics-openbook/openbook/services/gateway"
	"github.com/ics-openbook/openbook/services/gateway/console"
	"github.com/ics-openbook/openbook/services/gateway/identity"
	"github.com/ics-openbook/openbook/services/internal/env"
	"github.com/ics-openbook/openbook/services/internal/telemetry"
	"github.com/ics-openbook/openbook/services/network"
	"github.com/ics-openbook/openbook/services/platform/natsd"
	"github.com/ics-openbook/openbook/services/workforce"
)

// Services are the names that Serve knows.
var Services = []string{"book", "network", "contract", "funding", "workforce", "gateway"}

// deciding are the services that decide what is asked.
var deciding = map[string]func(context.Context, env.Env) error{"network": network.Run, "contract": contract.Run, "funding": funding.Run, "workforce": workforce.Run}

// grace is how long a service may take to finish what it has in hand.
const grace = 10 * time.Second

// Up runs the whole platform in this process until ctx is done. started is
// called once everything answers.
func Up(ctx context.Context, c Config, started func(Started)) (err error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return fmt.Errorf("the data folder: %w", err)
	}
	h, err := newHouse(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()

	log, err := h.telemetry.For("platform")
	if err != nil {
		return err
	}
	store, err := openStore(ctx, opening{Config: c, log: log.Log})
	if err != nil {
		return err
	}
	h.atEnd(store.Close)
	signing, err := signed(c, store)
	if err != nil {
		return err
	}
	if err := h.admin(); err != nil { // after the book: that it is held says more than that a port is
		return err
	}
	server, err := natsd.Embedded(natsd.Config{Dir: filepath.Join(c.Data, "nats"), Log: log.Log})
	if err != nil {
		return err
	}
	h.atEnd(server.Stop)
	local, err := identity.OpenLocal(c.Data, c.clock(), log.Log)
	if err != nil {
		return err
	}
	listener, err := listen(c.Listen, "--listen")
	if err != nil {
		return err
	}
	if err := local.Loopback(listener.Addr()); err != nil {
		return errors.Join(err, listener.Close())
	}
	public, key, err := ed25519.GenerateKey(nil) // asks do not outlive the process, so neither need the key
	if err != nil {
		return err
	}
	h.signers = []ed25519.PublicKey{public}
	pages := http.NewServeMux()
	local.Routes(pages)
	pages.Handle("/", console.Handler(console.Options{Identify: local.Verifier().Identify, Log: log.Log}))

	h.start("book", server.Connect, func(ctx context.Context, e env.Env) error {
		return book.Run(ctx, e, signing)
	})
	h.start("network", server.Connect, network.Run)
	h.start("contract", server.Connect, contract.Run)
	h.start("funding", server.Connect, funding.Run)
	h.start("workforce", server.Connect, workforce.Run)
	h.start("gateway", server.Connect, func(ctx context.Context, e env.Env) error {
		return gateway.Run(ctx, e, gateway.Config{
			Listener: listener, Verifier: local.Verifier(), Key: key, Pages: pages, Documents: c.Documents, Share: c.share(),
		})
	})
	return h.live(ctx, func() error {
		if c.Demo {
			if err := h.demonstrate(ctx, server.Connect, key, log); err != nil {
				return stopped(ctx, err)
			}
		}
		s := Started{URL: "http://" + listener.Addr().String(), Admin: h.adminURL, Connect: server.Connect, Signers: h.signers}
		for _, p := range identity.SamplePeople {
			link, err := local.Link(p)
			if err != nil {
				return err
			}
			s.Links = append(s.Links, Link{p.Name, p.Grants[0].String(), s.URL + link})
		}
		started(s)
		return nil
	})
}

// Started is what one can do with a platform that runs.
type Started struct {
	URL   string // of the API and the pages
	Admin string // of metrics and health, or empty
	NATS  string // the server a service on its own has joined
	Links []Link // to sign in as a sample person, once each

	// Connect joins the platform's NATS from within its process, with the
	// rights of one of its services; nil for a service on its own.
	Connect func(ctx context.Context, service string) (*nats.Conn, error)
	// Signers are the keys one of which signs what is asked of a service there.
	Signers []ed25519.PublicKey
}

// Link signs a sample person in.
type Link struct{ Name, Role, URL string }

// Serve runs one service in this process, against a NATS server elsewhere,
// until ctx is done.
func Serve(ctx context.Context, name string, c Config, started func(Started)) (err error) {
	if !slices.Contains(Services, name) {
		return fmt.Errorf("there is no service %q: name one of %v", name, Services)
	}
	h, err := newHouse(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	if err := h.admin(); err != nil {
		return err
	}
	t, err := h.telemetry.For(name)
	if err != nil {
		return err
	}
	connect := func(ctx context.Context, user string) (*nats.Conn, error) {
		return natsd.Connect(ctx, natsd.Login{URL: c.NATS, User: user, Password: c.NATSPassword, Log: t.Log})
	}
	up := Started{NATS: c.NATS}
	switch name {
	case "book":
		store, err := openStore(ctx, opening{Config: c, log: t.Log})
		if err != nil {
			return err
		}
		h.atEnd(store.Close)
		signing, err := signed(c, store)
		if err != nil {
			return err
		}
		h.start(name, connect, func(ctx context.Context, e env.Env) error { return book.Run(ctx, e, signing) })
	case "network", "contract", "funding", "workforce":
		key, err := verificationKey(c.Verification)
		if err != nil {
			return err
		}
		h.signers = []ed25519.PublicKey{key}
		h.start(name, connect, deciding[name])
	case "gateway":
		config, err := h.gateway(ctx, t)
		if err != nil {
			return err
		}
		up.URL = "http://" + config.Listener.Addr().String()
		h.start(name, connect, func(ctx context.Context, e env.Env) error { return gateway.Run(ctx, e, config) })
	}
	return h.live(ctx, func() error {
		up.Admin = h.adminURL
		started(up)
		return nil
	})
}

// gateway is how the gateway runs where people sign in elsewhere.
func (h *house) gateway(ctx context.Context, t telemetry.Telemetry) (gateway.Config, error) {
	c := h.config
	if c.Issuer == "" || c.Audience == "" {
		return gateway.Config{}, errors.New("a gateway of its own needs to know whose tokens to believe: name --issuer and --audience (the sample people of `openbook up` sign in there alone)")
	}
	key, err := signingKey(c.SigningKey)
	if err != nil {
		return gateway.Config{}, err
	}
	wait, cancel := context.WithTimeout(ctx, env.Patience)
	defer cancel()
	verifier, err := identity.Remote(wait, identity.Config{Issuer: c.Issuer, Audience: c.Audience, KeysURL: c.KeysURL, Clock: c.clock(), Log: t.Log})
	if err != nil {
		return gateway.Config{}, err
	}
	listener, err := listen(c.Listen, "--listen")
	if err != nil {
		return gateway.Config{}, err
	}
	pages := http.NewServeMux()
	identity.Elsewhere(pages)
	pages.Handle("/", console.Handler(console.Options{Identify: verifier.Identify, Log: t.Log}))
	return gateway.Config{
		Listener: listener, Verifier: verifier, Key: key, Pages: pages, Documents: c.Documents, Share: c.share(),
	}, nil
}

// house is where services live: what they share, and the order they come and
// go in.
type house struct {
	config    Config
	telemetry *telemetry.Process
	signers   []ed25519.PublicKey
	adminURL  string

	mu       sync.Mutex
	services []*resident
	ended    chan error // one for each service that ends
	last     []func() error
}

type resident struct {
	name  string
	leave context.CancelFunc
	ready chan struct{}
	gone  chan struct{}
}

func newHouse(ctx context.Context, c Config) (*house, error) {
	t, err := telemetry.Start(ctx, telemetry.Options{Version: Version, Log: c.Log, Level: c.LogLevel, JSON: c.LogAsJSON})
	if err != nil {
		return nil, err
	}
	h := &house{config: c, telemetry: t, ended: make(chan error, len(Services)+1)}
	h.atEnd(func() error {
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		return t.Shutdown(bounded)
	})
	if os.Getenv("GOGC") == "" {
		h.atEnd(paceGarbage())
	}
	return h, nil
}

// atEnd has something closed when all services have left, the last first.
func (h *house) atEnd(do func() error) { h.last = append(h.last, do) }

func (h *house) close() error {
	var errs []error
	for _, r := range slices.Backward(h.services) { // who asks leaves before who is asked
		r.leave()
		select {
		case <-r.gone:
		case <-time.After(grace):
			errs = append(errs, fmt.Errorf("%s did not stop within %s", r.name, grace))
		}
	}
	for _, do := range slices.Backward(h.last) {
		errs = append(errs, do())
	}
	return errors.Join(errs...)
}

// start lets a service in. It does not wait for it.
func (h *house) start(name string, connect func(context.Context, string) (*nats.Conn, error), run func(context.Context, env.Env) error) {
	ctx, leave := context.WithCancel(context.Background())
	r := &resident{name: name, leave: leave, ready: make(chan struct{}), gone: make(chan struct{})}
	h.mu.Lock()
	h.services = append(h.services, r)
	h.mu.Unlock()
	go func() {
		defer close(r.gone)
		err := h.run(ctx, r, connect, run)
		if err == nil && ctx.Err() == nil {
			err = errors.New("it ended by itself")
		}
		if err != nil {
			err = fmt.Errorf("service %s: %w", name, err)
		}
		h.ended <- err
	}()
}

func (h *house) run(ctx context.Context, r *resident, connect func(context.Context, string) (*nats.Conn, error), run func(context.Context, env.Env) error) error {
	t, err := h.telemetry.For(r.name)
	if err != nil {
		return err
	}
	nc, err := connect(ctx, r.name)
	if err != nil {
		return err
	}
	defer nc.Close()
	return run(ctx, env.Env{
		NATS: nc, Clock: h.config.clock(), Telemetry: t, Dir: filepath.Join(h.config.Data, r.name), Keys: filepath.Join(h.config.Data, keysFile),
		Signers: h.signers, Ready: sync.OnceFunc(func() { close(r.ready) }),
	})
}

// live waits until every service answers, says so, and goes on until ctx is
// done or one of them ends.
func (h *house) live(ctx context.Context, started func() error) error {
	for _, r := range h.services {
		select {
		case <-r.ready:
		case err := <-h.ended:
			return err
		case <-ctx.Done():
			return nil
		case <-time.After(2 * env.Patience):
			return fmt.Errorf("service %s was not ready within %s", r.name, 2*env.Patience)
		}
	}
	if err := started(); err != nil {
		return err
	}
	select {
	case err := <-h.ended:
		return err
	case <-ctx.Done():
		return nil
	}
}

// listen takes an address that flag gives.
func listen(address, flag string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s is taken by another process: stop that, or choose another address by %s", address, flag)
	case err != nil:
		return nil, fmt.Errorf("%q is no address to listen on: choose another by %s: %w", address, flag, err)
	}
	return listener, nil
}

// admin serves metrics and health to the operator, apart from the API.
func (h *house) admin() error {
	if h.config.Admin == "" {
		return nil
	}
	listener, err := listen(h.config.Admin, "--admin")
	if err != nil {
		return err
	}
	h.adminURL = "http://" + listener.Addr().String()
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", h.telemetry.Metrics())
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		h.mu.Lock()
		defer h.mu.Unlock()
		for _, r := range h.services {
			select {
			case <-r.ready:
			default:
				http.Error(w, r.name+" is not ready yet", http.StatusServiceUnavailable)
				return
			}
		}
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: grace, ReadTimeout: grace, WriteTimeout: 3 * grace}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			h.ended <- fmt.Errorf("serve metrics: %w", err)
		}
	}()
	h.atEnd(func() error {
		bounded, cancel := context.WithTimeout(context.Background(), grace)
		defer cancel()
		return server.Shutdown(bounded)
	})
	return nil
}
