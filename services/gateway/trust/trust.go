// Package trust publishes what the book is verified by: checkpoints and hash tiles
// in the C2SP tlog-tiles layout (https://c2sp.org/tlog-tiles), and the public keys.
// It is for everybody, so that existing tools can read and witness the book: a hash
// tells nothing of an entry, because each entry has a random part that is not
// published (the span under which it was recorded). Entries themselves are read
// through the graph, by those who may.
package trust

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/store/wire"
)

const (
	atOnce   = 16                     // requests to the book; the next is told to come again
	waiting  = 256                    // for the one request that asks for a checkpoint
	patience = 5 * time.Second        // with the book
	fresh    = 200 * time.Millisecond // how old a checkpoint may be that is given out
	kept     = 4096                   // full tiles in memory, of 8 KB each: of a million entries, all
)

// Log is the book, as far as it is published. [remote.Book] is one.
type Log interface {
	Checkpoint(context.Context) (wire.Checkpoint, error)
	Tile(ctx context.Context, path string) ([]byte, error)
}

type desk struct {
	of    Log
	clock clock.Clock
	log   *slog.Logger
	slots chan struct{}
	waits chan struct{}
	tiles *lru.Cache[string, []byte] // full ones, which never change

	mu     sync.Mutex
	last   wire.Checkpoint
	failed error // to have had a newer one
	at     time.Time
}

// Handler answers /checkpoint, /keys and /tile/… to anybody.
func Handler(of Log, clock clock.Clock, log *slog.Logger) http.Handler {
	tiles, err := lru.New[string, []byte](kept)
	if err != nil {
		panic(err) // the size is not negative
	}
	d := &desk{of: of, clock: clock, log: log, slots: make(chan struct{}, atOnce), waits: make(chan struct{}, waiting), tiles: tiles}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /checkpoint", d.checkpoint)
	mux.HandleFunc("GET /keys", d.keys)
	mux.HandleFunc("GET /tile/{path...}", d.tile)
	return mux
}

func (d *desk) checkpoint(w http.ResponseWriter, r *http.Request) {
	c, err := d.newest(r.Context())
	if err == nil && c.Note == "" {
		err = store.ErrNotFound
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	send(w, "text/plain; charset=utf-8", "no-cache", []byte(c.Note))
}

func (d *desk) keys(w http.ResponseWriter, r *http.Request) {
	c, err := d.newest(r.Context())
	if err != nil {
		d.fail(w, r, err)
		return
	}
	send(w, "text/plain; charset=utf-8", "no-cache", []byte(c.Keys))
}

// newest is the newest checkpoint, asked of the book by one request at a time; so many
// may wait for it.
func (d *desk) newest(ctx context.Context) (wire.Checkpoint, error) {
	select {
	case d.waits <- struct{}{}:
		defer func() { <-d.waits }()
	default:
		return wire.Checkpoint{}, errBusy
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if ctx.Err() != nil {
		return wire.Checkpoint{}, ctx.Err() // who asked has gone meanwhile
	}
	if (d.last.Note != "" || d.failed != nil) && d.clock.Now().Sub(d.at) < fresh {
		return d.last, d.failed
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience) // the answer is for those who wait as well
	defer cancel()
	d.last, d.failed = d.of.Checkpoint(ctx)
	d.at = d.clock.Now()
	return d.last, d.failed
}

// tile sends what will never be another: hashes, also those of a partial tile.
func (d *desk) tile(w http.ResponseWriter, r *http.Request) {
	path := "tile/" + r.PathValue("path")
	t, err := proof.ParseTilePath(path)
	switch {
	case err != nil:
		say(w, http.StatusNotFound, "There is no such tile: see https://c2sp.org/tlog-tiles.")
		return
	case t.Level == proof.Entries:
		say(w, http.StatusForbidden, "Entries are not published: those who may read them ask `entries` and `receipt` of /graphql.")
		return
	}
	hashes, cached := d.tiles.Get(path)
	if !cached {
		if hashes, err = d.fetch(r.Context(), path); err != nil {
			d.fail(w, r, err)
			return
		}
		if t.Width == proof.TileWidth {
			d.tiles.Add(path, hashes)
		}
	}
	send(w, "application/octet-stream", "public, max-age=31536000, immutable", hashes)
}

func (d *desk) fetch(ctx context.Context, path string) ([]byte, error) {
	select {
	case d.slots <- struct{}{}:
		defer func() { <-d.slots }()
	default:
		return nil, errBusy
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return d.of.Tile(ctx, path)
}

var errBusy = errors.New("too many at once")

func (d *desk) fail(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case errors.Is(err, store.ErrNotFound):
		say(w, http.StatusNotFound, "The newest checkpoint's tree does not have this.")
	case errors.Is(err, errBusy), errors.Is(err, store.ErrUnavailable), r.Context().Err() != nil:
		w.Header().Set("Retry-After", "1")
		say(w, http.StatusServiceUnavailable, "The book is busy. Ask again in a moment.")
	default:
		d.log.ErrorContext(r.Context(), "a part of the tree could not be given", "path", r.URL.Path, "error", err)
		say(w, http.StatusInternalServerError, "The book could not answer.")
	}
}

func say(w http.ResponseWriter, status int, what string) {
	head(w, "text/plain; charset=utf-8", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(what + "\n")) // a client that is gone misses nothing
}

func send(w http.ResponseWriter, kind, cache string, body []byte) {
	head(w, kind, cache)
	_, _ = w.Write(body)
}

// head lets pages of other sites verify the book too.
func head(w http.ResponseWriter, kind, cache string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", cache)
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("X-Content-Type-Options", "nosniff")
}
