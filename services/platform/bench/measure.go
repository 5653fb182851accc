package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/book"
	"github.com/ics-openbook/openbook/services/book/notary"
	"github.com/ics-openbook/openbook/services/book/sqlite"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/env"
	"github.com/ics-openbook/openbook/services/internal/follow"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/store/remote"
	"github.com/ics-openbook/openbook/services/internal/telemetry"
	"github.com/ics-openbook/openbook/services/network"
	"github.com/ics-openbook/openbook/services/network/view"
	"github.com/ics-openbook/openbook/services/platform"
	"github.com/ics-openbook/openbook/services/platform/natsd"
)

// patience bounds how long a part of the platform may take to start or end.
const patience = time.Minute

// shelf is a book, served over NATS, and nothing else.
type shelf struct {
	store  *sqlite.Store
	nats   *natsd.Server
	reader *nats.Conn
	stop   context.CancelFunc
	ended  chan error
	dir    string
	ring   notary.Keyring
}

func openShelf(ctx context.Context, dir string) (s *shelf, err error) {
	s = &shelf{dir: dir, ended: make(chan error, 1)}
	if s.ring, err = notary.NewKeyring("openbook.local/bench"); err != nil {
		return nil, err
	}
	if s.store, err = sqlite.Open(sqlite.Options{Path: filepath.Join(dir, "book.db")}); err != nil {
		return nil, err
	}
	if s.nats, err = natsd.Embedded(natsd.Config{Dir: filepath.Join(dir, "nats"), Log: telemetry.Off().Log}); err != nil {
		return nil, errors.Join(err, s.store.Close())
	}
	if s.reader, err = s.nats.Connect(ctx, "network"); err != nil {
		return nil, errors.Join(err, s.nats.Stop(), s.store.Close())
	}
	return s, nil
}

// serve starts the book's service and returns once it answers.
func (s *shelf) serve(ctx context.Context) error {
	nc, err := s.nats.Connect(ctx, "book")
	if err != nil {
		return err
	}
	ctx, s.stop = context.WithCancel(ctx)
	ready := make(chan struct{})
	go func() {
		defer nc.Close()
		s.ended <- book.Run(ctx, s.env("book", nc, func() { close(ready) }), book.Config{Store: s.store, Keyring: &s.ring, Checkpoint: filepath.Join(s.dir, "book.checkpoint")})
	}()
	select {
	case <-ready:
		return nil
	case err := <-s.ended:
		s.stop()
		s.stop = nil
		return errors.Join(errors.New("the book did not start"), err)
	case <-time.After(patience):
		return errors.New("the book did not start")
	}
}

func (s *shelf) env(name string, nc *nats.Conn, ready func()) env.Env {
	return env.Env{NATS: nc, Clock: clock.System, Telemetry: telemetry.Off(), Dir: filepath.Join(s.dir, name), Keys: filepath.Join(s.dir, "keys.db"), Ready: ready}
}

// halt stops the book's service.
func (s *shelf) halt() error {
	if s.stop == nil {
		return nil
	}
	s.stop()
	s.stop = nil
	return <-s.ended
}

func (s *shelf) close() error {
	err := s.halt()
	s.reader.Close()
	return errors.Join(err, s.nats.Stop(), s.store.Close())
}

func appends(ctx context.Context, o Options) (f Figure, err error) {
	s, err := openShelf(ctx, o.Dir)
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.serve(ctx); err != nil {
		return f, err
	}
	bookAt := remote.New(s.reader)
	data := fmt.Appendf(nil, `{"text":%q}`, strings.Repeat("x", 400-len(`{"text":""}`)))
	revisions := make([]events.Revision, o.Clients)
	for i := range revisions {
		revisions[i] = events.NoStream
	}
	return load(ctx, o, "appends", func(client, _ int) error {
		stream := events.Stream(fmt.Sprintf("bench-%d", client))
		done, err := bookAt.Append(ctx, stream, revisions[client], []store.Entry{{Data: data, Envelope: events.Envelope{
			ID: events.ID(uuid.NewString()), Type: "bench.appended.v1", Source: "bench", Entities: []events.Entity{events.Entity(stream)}}}})
		if err == nil {
			revisions[client] = done.Revision
		}
		return err
	})
}

// house is the whole platform, with somebody signed in.
type house struct {
	platform.Started
	http  *http.Client
	token string
	close func() error // and waits for the end; once
}

func openHouse(ctx context.Context, o Options, networks int) (*house, error) {
	h, err := start(ctx, o)
	if err != nil {
		return nil, err
	}
	if networks == 0 {
		return h, nil
	}
	if err := h.mutate("registerSystem", `{code:"QZ1",name:"Bench",idempotencyKey:"system",wait:VISIBLE}`); err != nil {
		return nil, errors.Join(err, h.close())
	}
	for i := range networks {
		if err := h.mutate("registerNetwork", fmt.Sprintf(`{code:"U%05d",name:"Network",system:"QZ1",idempotencyKey:"network %d",wait:VISIBLE}`, i, i)); err != nil {
			return nil, errors.Join(err, h.close())
		}
	}
	return h, nil
}

// start starts a platform in the folder to measure in, with what it holds.
func start(ctx context.Context, o Options) (*house, error) {
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	h := &house{close: sync.OnceValue(func() error { stop(); return <-ended }), http: &http.Client{
		Timeout:   patience,
		Transport: &http.Transport{MaxIdleConnsPerHost: o.Clients + 16, DisableCompression: true},
	}}
	config := platform.Config{Data: o.Dir, Listen: "127.0.0.1:0", Capacity: math.MaxInt32} // the machine is measured, not a client's share of it
	started := make(chan platform.Started, 1)
	go func() { ended <- platform.Up(ctx, config, func(s platform.Started) { started <- s }) }()
	select {
	case h.Started = <-started:
	case err := <-ended:
		stop()
		return nil, err
	}
	var err error
	if h.token, err = platform.Token(config, "steward", time.Hour); err != nil {
		return nil, errors.Join(err, h.close())
	}
	return h, nil
}

func (h *house) mutate(field, input string) error {
	document := fmt.Sprintf(`mutation{%s(input:%s){receipt{position} problems{code message}}}`, field, input)
	return h.send(document, nil)
}

// rename is one document with variables, as a client library sends it.
const rename = `mutation Rename($input: RenameNetworkInput!) { renameNetwork(input: $input) { receipt { id position } problems { code message } } }`

func (h *house) rename(network int, name string) error {
	return h.send(rename, map[string]any{"input": map[string]any{
		"code": fmt.Sprintf("U%05d", network), "name": name, "idempotencyKey": name, "wait": "RECORDED"}})
}

func (h *house) send(document string, variables map[string]any) error {
	answer, err := h.post(document, variables)
	if err != nil {
		return err
	}
	if !bytes.Contains(answer, []byte(`"problems":[]`)) {
		return fmt.Errorf("%.500s", answer)
	}
	return nil
}

func mutations(ctx context.Context, o Options, streams int) (f Figure, err error) {
	h, err := openHouse(ctx, o, streams)
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	var n atomic.Int64
	return load(ctx, o, "mutations", func(client, i int) error {
		return h.rename((client+i*o.Clients)%streams, fmt.Sprintf("Network %d", n.Add(1)))
	})
}

// visible follows the book as a replica of the gateway does, and looks how old
// a fact is when it shows.
func visible(ctx context.Context, o Options) (f Figure, err error) {
	const rate = 500
	h, err := openHouse(ctx, o, 80)
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, h.close()) }()

	var took []time.Duration
	nc, err := h.Connect(ctx, "gateway")
	if err != nil {
		return f, err
	}
	defer nc.Close()
	e := env.Env{NATS: nc, Clock: clock.System, Telemetry: telemetry.Off(), Dir: filepath.Join(o.Dir, "replica")}
	replica, err := follow.New(e, remote.New(nc), network.View, follow.Options[view.State]{
		Watch: func(_ *follow.Seen[view.State], facts []events.Recorded) {
			now := clock.System.Now()
			for _, r := range facts {
				took = append(took, now.Sub(r.Time))
			}
		}})
	if err != nil {
		return f, err
	}
	following, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	ready := make(chan struct{})
	go func() { ended <- replica.Run(following, func() { close(ready) }) }()
	select {
	case <-ready:
	case <-time.After(patience):
		return f, errors.New("the replica did not come up")
	}
	var fails atomic.Int64
	var sent sync.WaitGroup
	start := clock.System.Now()
	ticks := time.NewTicker(time.Second / rate)
	defer ticks.Stop()
	due := int(o.Duration.Seconds() * rate)
	for n := 0; n < due; {
		<-ticks.C
		// A tick may be late or lost on a busy machine: what is due is sent.
		for ; n < due && clock.System.Now().Sub(start) > time.Duration(n)*time.Second/rate; n++ {
			network, name := n%80, fmt.Sprintf("Network %d", n)
			sent.Go(func() {
				if err := h.rename(network, name); err != nil {
					fails.Add(1)
				}
			})
		}
	}
	sent.Wait()
	elapsed := clock.System.Now().Sub(start)
	time.Sleep(500 * time.Millisecond) // for what is still on its way
	stop()
	if err := <-ended; err != nil {
		return f, err
	}
	f = figure(took, elapsed, "facts")
	f.Fails = int(fails.Load())
	return f, nil
}
