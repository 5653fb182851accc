package platform

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/ics-openbook/openbook/services/book"
	"github.com/ics-openbook/openbook/services/book/sqlite"
	"github.com/ics-openbook/openbook/services/internal/env"
	"github.com/ics-openbook/openbook/services/internal/store/remote"
	"github.com/ics-openbook/openbook/services/platform/natsd"
)

// ErrHeld means that another process has the book open.
var ErrHeld = sqlite.ErrLocked

// look is how often a rebuild looks how far it has come.
const look = 100 * time.Millisecond

// Rebuild removes everything in c.Data that can be made again from the book:
// its index, the stream that carries it, and the snapshots of views. It makes
// the first two again, and says from time to time how many of all facts they
// have; snapshots are made by the views, which are read anew at the next start.
// It returns ErrHeld, and has removed nothing, while a platform runs there. An
// error or an end of ctx leaves what the next start, or another rebuild, makes
// whole.
func Rebuild(ctx context.Context, c Config, progress func(done, total uint64)) (err error) {
	if err := hasBook(c); err != nil {
		return err
	}
	c.Admin = ""
	h, err := newHouse(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	log, err := h.telemetry.For("rebuild")
	if err != nil {
		return err
	}
	store, err := openStore(ctx, opening{Config: c, log: log.Log, there: true})
	if err != nil {
		return err
	}
	h.atEnd(store.Close)
	for _, derived := range append([]string{"nats"}, Services...) {
		if err := os.RemoveAll(filepath.Join(c.Data, derived)); err != nil {
			return fmt.Errorf("remove what can be made again: %w", err)
		}
	}
	server, err := natsd.Embedded(natsd.Config{Dir: filepath.Join(c.Data, "nats"), Log: log.Log})
	if err != nil {
		return err
	}
	h.atEnd(server.Stop)
	reader, err := server.Connect(ctx, "gateway")
	if err != nil {
		return err
	}
	defer reader.Close()
	h.start("book", server.Connect, func(ctx context.Context, e env.Env) error {
		return book.Run(ctx, e, book.Config{Store: store})
	})
	working, cancel := context.WithCancel(ctx)
	defer cancel()
	var failed error
	err = h.live(working, func() error {
		defer cancel() // the book has nothing to do but this
		_, countsFacts := c.file()
		failed = relayedWhole(working, remote.New(reader), countsFacts, progress)
		return nil
	})
	return errors.Join(err, failed, ctx.Err())
}

// relayedWhole waits until every fact has been relayed, as long as there is any
// progress. Where positions count facts the total is known at once; elsewhere it
// is what is counted, and a little of what is left.
func relayedWhole(ctx context.Context, b *remote.Book, countsFacts bool, progress func(done, total uint64)) error {
	var before uint64
	for still := time.Duration(0); still < env.Patience; still += look {
		s, err := b.Status(ctx)
		if err != nil {
			return err
		}
		done := uint64(s.Relayed)
		total := uint64(s.Counted.Ordinal) + s.Lag.Counted.Facts
		if commit, _ := s.Head.Numbers(); countsFacts {
			total = commit
		}
		progress(done, max(done, total))
		if s.Counted.Position == s.Head && s.Relayed == s.Counted.Ordinal {
			return nil
		}
		if done != before {
			before, still = done, 0
		}
		select {
		case <-time.After(look):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return fmt.Errorf("the rebuild has not come on for %s: see the log with --log-level debug", env.Patience)
}
