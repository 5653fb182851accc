package platform

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ics-openbook/openbook/services/book/eventstoredb"
	"github.com/ics-openbook/openbook/services/book/migrate"
	"github.com/ics-openbook/openbook/services/book/sqlite"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// engine is a store that a book can be opened in, and moved to.
type engine interface {
	migrate.Destination
	Place() string
	io.Closer
}

// ErrStore means that no store can be had by what --store, --from or --to says.
var ErrStore = errors.New("a store is sqlite:///folder/book.db or esdb://user:password@host:2113")

// opening says how a store is opened.
type opening struct {
	Config
	log   *slog.Logger
	begin store.BookID // what an empty one is begun as; empty is a new book
	there bool         // whether there must be a book
}

// openStore opens the store that the configuration names: the file in its data
// folder, unless it says otherwise.
func openStore(ctx context.Context, o opening) (engine, error) {
	path, isFile := o.file()
	switch scheme, _, _ := strings.Cut(o.Store, "://"); {
	case isFile:
		if err := fileThere(path); err != nil && (o.there || !errors.Is(err, fs.ErrNotExist)) {
			return nil, err
		}
		return opened(sqlite.Open(sqlite.Options{Path: path, Clock: o.clock(), MaxPages: o.MaxPages, Begin: o.begin}))
	case slices.Contains(eventstoredb.Schemes, scheme):
		return opened(eventstoredb.Open(ctx, eventstoredb.Options{Connection: o.Store, Clock: o.clock(), Log: o.log, Begin: o.begin, Existing: o.there}))
	}
	return nil, fmt.Errorf("%w: what is given begins with neither", ErrStore) // it may have a password
}

// opened keeps a nil store from becoming an engine that is not nil.
func opened[S engine](s S, err error) (engine, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}

func fileThere(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return fmt.Errorf("there is no book: %w", err)
	case info.IsDir():
		return fmt.Errorf("%s is a folder: name the book's file in it, %s", path, filepath.Join(path, "book.db"))
	}
	return nil
}

// file is the file that the book is in, if it is in one.
func (c Config) file() (path string, is bool) {
	if c.Store == "" {
		return bookFile(c), true
	}
	return strings.CutPrefix(c.Store, "sqlite://")
}

// BookAt says for people where the book is: a path, or a book in a cluster. It
// has no password.
func (c Config) BookAt() (string, error) {
	switch _, isFile := c.file(); {
	case c.Store == "":
		return filepath.Abs(c.Data)
	case isFile:
		return c.Store, nil
	}
	return eventstoredb.Place(c.Store)
}

// How far a move has come, and what came of it.
type (
	Moving = migrate.Progress
	Moved  = migrate.Result
)

// Migrate copies a book from one store to another, each named as Config.Store
// is, and proves that both are the same. Broken off, the same again goes on. The
// book's service must not run on either meanwhile: a file that is in use is
// ErrHeld.
func Migrate(ctx context.Context, c Config, from, to string, progress func(Moving)) (out Moved, err error) {
	if from == to {
		return out, errors.New("--from and --to name the same store")
	}
	c.Admin = ""
	h, err := newHouse(ctx, c)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	t, err := h.telemetry.For("migrate")
	if err != nil {
		return out, err
	}
	source, err := openStore(ctx, opening{Config: Config{Store: from, Clock: c.Clock}, log: t.Log, there: true})
	if err != nil {
		return out, fmt.Errorf("--from: %w", err)
	}
	h.atEnd(source.Close)
	copied, err := openStore(ctx, opening{Config: Config{Store: to, Clock: c.Clock}, log: t.Log, begin: source.Book()})
	if err != nil {
		return out, fmt.Errorf("--to: %w", err)
	}
	h.atEnd(copied.Close)
	return migrate.Run(ctx, source, copied, progress)
}
