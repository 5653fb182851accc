// Package gateway is the platform's front door: GraphQL over HTTP for people
// who have signed in, and nothing for anybody else.
package gateway

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/propagation"
	"golang.org/x/sync/errgroup"

	"github.com/ics-openbook/openbook/events"
	contract "github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/funding/view/money"
	"github.com/ics-openbook/openbook/services/gateway/answers"
	"github.com/ics-openbook/openbook/services/gateway/docs"
	"github.com/ics-openbook/openbook/services/gateway/documents"
	"github.com/ics-openbook/openbook/services/gateway/graph"
	"github.com/ics-openbook/openbook/services/gateway/graph/generated"
	"github.com/ics-openbook/openbook/services/gateway/identity"
	"github.com/ics-openbook/openbook/services/gateway/limit"
	"github.com/ics-openbook/openbook/services/gateway/live"
	"github.com/ics-openbook/openbook/services/gateway/trust"
	"github.com/ics-openbook/openbook/services/internal/env"
	"github.com/ics-openbook/openbook/services/internal/follow"
	"github.com/ics-openbook/openbook/services/internal/serve"
	"github.com/ics-openbook/openbook/services/internal/store/remote"
	"github.com/ics-openbook/openbook/services/network/view"
)

const (
	// grace is how long answers in hand may take when the gateway stops.
	grace = 5 * time.Second
	// slowest is how long a client may take to send a request.
	slowest = 10 * time.Second
	// slowestPage is how long a client may take to receive what sets no deadline of
	// its own: a page, or a refusal.
	slowestPage = time.Minute
	// idle is how long a connection may wait for its next request.
	idle = 2 * time.Minute
)

// Config is what a gateway needs beside its surroundings.
type Config struct {
	Listener net.Listener
	Verifier *identity.Verifier
	Key      ed25519.PrivateKey // signs what it asks of services
	Pages    http.Handler       // everything but the API: the console and how to sign in

	Documents string      // folder of trusted documents, or empty: beside those of the build
	Share     limit.Share // what one client may have
}

// Run answers on the listener, which it closes, until ctx is done.
func Run(ctx context.Context, e env.Env, c Config) error {
	book := remote.New(e.NATS)
	hub := live.NewHub()
	registry, err := follow.New(e, book, follow.View[view.State]{
		Name: "registry", Version: view.Version, Domains: []string{"network"},
		Evolve: view.Follow, Freeze: view.Freeze, Thaw: view.Thaw,
	}, follow.Options[view.State]{
		Watch: func(_ *follow.Seen[view.State], facts []events.Recorded) { hub.Changed(facts) },
	})
	if err != nil {
		return err
	}
	contracts, err := follow.New(e, book, follow.View[contract.State]{
		Name: "contract", Version: contract.Version, Domains: []string{"contract"},
		Evolve: contract.Follow, Freeze: follow.Whole(contract.Freeze), Thaw: follow.Unwhole(contract.Thaw),
	}, follow.Options[contract.State]{Keep: 8}) // it hardly ever moves
	if err != nil {
		return err
	}
	monies, err := follow.New(e, book, follow.View[money.State]{
		Name: "money", Version: money.Version, Domains: money.Domains, Evolve: money.Follow, Freeze: money.Freeze, Thaw: money.Thaw,
	}, follow.Options[money.State]{})
	if err != nil {
		return err
	}
	asks, err := serve.NewCaller(e, c.Key)
	if err != nil {
		return err
	}
	if err := c.Share.Check(); err != nil {
		return err
	}
	trusted, err := documents.Open(c.Documents, e.Telemetry)
	if err != nil {
		return err
	}
	var ready atomic.Bool
	resolver := &graph.Resolver{Clock: e.Clock, Book: book, Notary: book, Registry: registry, Contracts: contracts, Money: monies, Asks: asks, Unseal: graph.Unsealing(asks), Live: hub}
	api := &api{
		env: e, resolver: resolver, answers: answers.New(resolver),
		documents: trusted, share: c.Share, longest: limit.Longest,
	}

	mux := http.NewServeMux()
	signedIn := once(&ready, c.Verifier.Require(traced(e, api.routes())))
	mux.Handle("/graphql", signedIn)
	mux.Handle("/csv/", signedIn)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "alive") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if ready.Load() {
			say(w, http.StatusOK, "ready")
		} else {
			say(w, http.StatusServiceUnavailable, "not yet: the views are still being read from the book")
		}
	})
	public := trust.Handler(book, e.Clock, e.Telemetry.Log)
	for _, path := range []string{"/checkpoint", "/keys", "/tile/"} {
		mux.Handle("GET "+path, public)
	}
	mux.Handle("GET /docs/problems", docs.Handler())
	mux.Handle("GET /docs/", docs.Reference(generated.NewExecutableSchema(generated.Config{}).Schema()))
	if c.Pages != nil {
		mux.Handle("/", c.Pages)
	}
	work, ctx := errgroup.WithContext(ctx)
	answering, cancel := context.WithCancel(context.WithoutCancel(ctx)) // outlives ctx by grace
	defer cancel()
	server := serverOf(mux)
	server.BaseContext = func(net.Listener) context.Context { return answering }
	read, counted := make(chan struct{}), make(chan struct{})
	work.Go(func() error { return contracts.Run(ctx, func() { close(read) }) })
	work.Go(func() error { return monies.Run(ctx, func() { close(counted) }) })
	work.Go(func() error { return trusted.Run(ctx) })
	work.Go(func() error {
		return registry.Run(ctx, func() {
			for _, first := range []chan struct{}{read, counted} {
				select {
				case <-first:
				case <-ctx.Done():
					return
				}
			}
			ready.Store(true)
			e.Ready()
		})
	})
	work.Go(func() error {
		if err := server.Serve(c.Listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve HTTP: %w", err)
		}
		return nil
	})
	work.Go(func() error {
		<-ctx.Done()
		hub.Stop() // who watches is told so, and where to go on
		bounded, done := context.WithTimeout(answering, grace)
		defer done()
		if err := server.Shutdown(bounded); !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
		cancel()
		return server.Close() // whoever is not done by then, or does not read, is cut off
	})
	return work.Wait()
}

// serverOf is a server that nobody keeps busy by being slow, signed in or not.
func serverOf(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: slowest, ReadTimeout: slowest, WriteTimeout: slowestPage, IdleTimeout: idle,
		MaxHeaderBytes: 32 << 10,
	}
}

// once keeps requests from views that have not been read yet: they would answer
// from an empty book.
func once(ready *atomic.Bool, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if ready.Load() {
			h.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Retry-After", "1")
		say(w, http.StatusServiceUnavailable, "The platform has just started and is reading its book. Ask again in a moment.")
	})
}

// traced begins a request's trace, or goes on with the client's. Strangers are
// turned away before: they must not decide what is recorded.
func traced(e env.Env, h http.Handler) http.Handler {
	return otelhttp.NewHandler(h, "graphql",
		otelhttp.WithTracerProvider(e.Telemetry.Traces),
		otelhttp.WithMeterProvider(e.Telemetry.Metrics),
		otelhttp.WithPropagators(propagation.TraceContext{}))
}

func say(w http.ResponseWriter, status int, what string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = fmt.Fprintln(w, what) // a client that is gone misses nothing
}
