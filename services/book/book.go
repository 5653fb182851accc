// Package book is the one service that writes to the event store. It takes
// appends and answers readings over NATS, counts what the store has recorded
// (package index), signs for it (package notary), and relays it to JetStream,
// where everybody else follows.
//
// A fact is *recorded* once it is on the store's disk, and only then is an
// append answered. It is *counted* once the index has given it its ordinal, and
// *relayed* once JetStream has it. Both of these can be done again from the
// store at any time, and are, whenever what is there does not fit it.
package book

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ics-openbook/openbook/services/book/index"
	"github.com/ics-openbook/openbook/services/book/notary"
	"github.com/ics-openbook/openbook/services/internal/env"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// Engine is a store that knows which book it holds.
type Engine interface {
	store.Store
	Book() store.BookID
	Place() string // whose its positions are: the same name for as long as they hold
}

// Config is what the book needs besides its surroundings.
type Config struct {
	Store    Engine // opened by the caller, who closes it after Run
	Replicas int    // of the stream BOOK; 0 means 1

	Keyring    *notary.Keyring // to sign with; nil is a book that signs nothing
	Checkpoint string          // file that remembers what was signed last; it lasts as the store does
	Witnesses  []notary.Witness

	// Lead returns once this replica is the one that appends, relays and signs; until
	// then, and once lost is closed, it reads alone. Two that lead at once harm
	// nothing: the store's expected revision and the stream's expected sequence keep
	// them apart. nil is a book without replicas.
	Lead func(context.Context) (lost <-chan struct{}, err error)
}

// farewell bounds how long requests in flight may take once Run is to end.
const farewell = 5 * time.Second

// Run serves the book until ctx is done. The index is kept in the service's folder.
func Run(ctx context.Context, e env.Env, c Config) (err error) {
	if err := os.MkdirAll(e.Dir, 0o700); err != nil {
		return fmt.Errorf("the book's folder: %w", err)
	}
	x, err := index.Open(ctx, index.Options{Store: c.Store, Book: c.Store.Book(), Place: c.Store.Place(), Path: filepath.Join(e.Dir, "index.db"), Log: e.Telemetry.Log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, x.Close()) }()
	r, err := newRelay(e.NATS, x, c, e.Telemetry)
	if err != nil {
		return err
	}
	p := progress{c.Store, x, r, e.Clock}
	m, err := newMeters(e.Telemetry.Metrics, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.Close()) }()

	e.Ready = sync.OnceFunc(e.Ready)
	working, stop := context.WithCancel(ctx)
	defer stop()
	group, working := errgroup.WithContext(working)
	group.Go(func() error { return x.Run(working) })
	group.Go(func() error {
		d, err := openDoor(e, p, nil, m, (*door).reads)
		if err != nil {
			return err
		}
		lead := c.Lead
		if lead == nil {
			lead = func(context.Context) (<-chan struct{}, error) { return nil, nil }
		} else {
			e.Ready() // to be read
		}
		for working.Err() == nil && err == nil {
			var lost <-chan struct{}
			if lost, err = lead(working); err == nil {
				err = term(working, lost, e, c, p, m)
			}
		}
		return errors.Join(unlessStopped(working, err), d.Close())
	})
	return group.Wait()
}

// term is the time in which this replica leads: until lost is closed, or ctx is
// done. A book that is not what it was when it signed last takes nothing.
func term(ctx context.Context, lost <-chan struct{}, e env.Env, c Config, p progress, m meters) (err error) {
	leading, end := context.WithCancel(ctx)
	defer end()
	group, leading := errgroup.WithContext(leading)
	var n *notary.Notary
	if c.Keyring != nil {
		n, err = notary.Open(notary.Options{Index: p.index, Head: c.Store.Head, Keyring: *c.Keyring, Path: c.Checkpoint, Log: e.Telemetry.Log, Witnesses: c.Witnesses})
		if err == nil {
			err = n.Settle(leading)
		}
		if err != nil {
			return err
		}
		group.Go(func() error { return n.Run(leading) })
	}
	group.Go(func() error { return p.relay.Run(leading) })
	group.Go(func() error {
		d, err := openDoor(e, p, n, m, (*door).leads)
		if err != nil {
			return err
		}
		e.Ready()
		select {
		case <-lost:
			e.Telemetry.Log.WarnContext(ctx, "this replica no longer leads: it reads on")
		case <-leading.Done():
		}
		end()
		return d.Close()
	})
	return group.Wait()
}

// unlessStopped is an error that is not just that of being told to stop.
func unlessStopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}
