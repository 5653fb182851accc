// Package book is the one service that writes to the event store. It takes
// appends and answers readings over NATS, counts what the store has recorded
// (package index), and relays it to JetStream, where everybody else follows.
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
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ics-openbook/openbook/services/book/index"
	"github.com/ics-openbook/openbook/services/internal/env"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// Engine is a store that knows which book it holds.
type Engine interface {
	store.Store
	Book() store.BookID
}

// Config is what the book needs besides its surroundings.
type Config struct {
	Store    Engine // opened by the caller, who closes it after Run
	Replicas int    // of the stream BOOK; 0 means 1
}

// farewell bounds how long requests in flight may take once Run is to end.
const farewell = 5 * time.Second

// Run serves the book until ctx is done. Nothing else may append to the store
// meanwhile. The index is kept in the service's folder.
func Run(ctx context.Context, e env.Env, c Config) (err error) {
	if err := os.MkdirAll(e.Dir, 0o700); err != nil {
		return fmt.Errorf("the book's folder: %w", err)
	}
	x, err := index.Open(ctx, index.Options{Store: c.Store, Book: c.Store.Book(), Path: filepath.Join(e.Dir, "index.db"), Log: e.Telemetry.Log})
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

	working, stop := context.WithCancel(ctx)
	defer stop()
	group, working := errgroup.WithContext(working)
	group.Go(func() error { return x.Run(working) })
	group.Go(func() error { return r.Run(working) })
	group.Go(func() error {
		d, err := openDoor(working, e, p, m)
		if err != nil {
			return err
		}
		e.Ready()
		<-working.Done()
		return d.Close()
	})
	return group.Wait()
}
