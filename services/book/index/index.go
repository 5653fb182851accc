// Package index counts the facts of a store, 1, 2, 3, remembers where each is
// and whom it names, and hashes them into the tree by which they are proven. It
// is a file that can be thrown away: it is made again from the store whenever it
// does not fit it.
package index

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// Options say what is counted, and where the count is kept.
type Options struct {
	Store store.Store
	Book  store.BookID // of Store: the index of another book is of no use
	Place string       // of Store's positions: nor is one with those of another place
	Path  string       // of the file
	Log   *slog.Logger
}

// Index is a [store.Index] beside a store.
type Index struct {
	Options
	conn *sqlite.Conn  // for Run alone, once Open is through
	read *sqlitex.Pool // for everybody else
	wake chan struct{}

	tree   *proof.Tree // of Run; it is as long as the mark
	leaves []proof.Hash
	leaf   []byte

	mu    sync.Mutex
	mark  store.Mark
	tail  tail
	grown chan struct{} // closed, and replaced, when mark moves
	whole chan struct{} // closed once all is counted that there was when Run began
}

var _ store.Index = (*Index)(nil)

const (
	readers = 4
	// A batch is counted in one transaction.
	batch      = 8000
	batchBytes = 16 << 20
	// After one batch the next may gather for a moment: a transaction for each
	// flush of a busy store would cost more than the facts in it.
	linger = 2 * time.Millisecond
	// Appends through this book wake the index. The poll is for those that
	// came another way, and for trying again after an error.
	poll = time.Second
	// patience bounds a reading of the tree, which has no context.
	patience = 5 * time.Second
)

// The schema's version is its user_version: an index of another version is
// made again. Positions are a store's own two numbers; times are nanoseconds. Ids
// are found by a short number of each: comparing texts of 36 letters took a
// quarter of the time that counting did.
const (
	version = 3
	schema  = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE counted (
	ordinal INTEGER PRIMARY KEY,
	major   INTEGER NOT NULL,
	minor   INTEGER NOT NULL,
	time    INTEGER NOT NULL,
	id      TEXT NOT NULL,
	short   INTEGER NOT NULL
) STRICT;
CREATE INDEX counted_short ON counted (short);
CREATE TABLE named (
	entity  TEXT NOT NULL,
	ordinal INTEGER NOT NULL,
	PRIMARY KEY (entity, ordinal)
) STRICT, WITHOUT ROWID;
CREATE TABLE node (place INTEGER PRIMARY KEY, hash BLOB NOT NULL CHECK (length(hash) = 32)) STRICT;
`
)

// errUnfit means that an index has to be made again.
var errUnfit = errors.New("the index does not fit the store")

// Open opens the index at a path. One that is damaged, of another book, or that
// has counted a fact the store does not hold is thrown away, which is logged
// with the reason. Run brings it up to date.
func Open(ctx context.Context, o Options) (*Index, error) {
	x, err := open(ctx, o)
	if !errors.Is(err, errUnfit) {
		return x, err
	}
	o.Log.WarnContext(ctx, "the index is made again from the store", "reason", err, "path", o.Path)
	if err := remove(o.Path); err != nil {
		return nil, fmt.Errorf("remove the index: %w", err)
	}
	if x, err = open(ctx, o); err != nil {
		return nil, fmt.Errorf("begin a new index: %w", err)
	}
	return x, nil
}

func open(ctx context.Context, o Options) (_ *Index, err error) {
	conn, err := sqlite.OpenConn(o.Path, sqlite.OpenReadWrite, sqlite.OpenCreate)
	if err != nil {
		return nil, unfit(err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, conn.Close())
		}
	}()
	x := &Index{Options: o, conn: conn, wake: make(chan struct{}, 1), grown: make(chan struct{}), whole: make(chan struct{})}
	if err := x.begin(); err != nil {
		return nil, unfit(err)
	}
	if err := x.check(ctx); err != nil {
		return nil, err
	}
	if err := x.plant(); err != nil {
		return nil, err
	}
	x.read, err = sqlitex.NewPool(o.Path, sqlitex.PoolOptions{Flags: sqlite.OpenReadWrite, PoolSize: readers})
	return x, err
}

// unfit is what an error of the index's file means while it is opened.
func unfit(err error) error {
	switch sqlite.ErrCode(err).ToPrimary() {
	case sqlite.ResultNotADB, sqlite.ResultCorrupt, sqlite.ResultError, sqlite.ResultCantOpen:
		return fmt.Errorf("%w: %w", errUnfit, err)
	}
	return err
}

// begin makes the tables in an empty file, and sees that a full one has them.
func (x *Index) begin() error {
	stmt, _, err := x.conn.PrepareTransient("PRAGMA user_version")
	if err != nil {
		return err
	}
	found, err := sqlitex.ResultInt64(stmt)
	if err := errors.Join(err, stmt.Finalize()); err != nil {
		return err
	}
	if found != 0 && found != version {
		return fmt.Errorf("%w: it has format %d, this release has %d", errUnfit, found, version)
	}
	// With NORMAL a loss of power may cost the last facts counted, which are
	// then counted again. The log is let grow to 64 MB: each checkpoint flushes
	// the disk, and the store wants that for itself.
	for _, pragma := range []string{"PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL", "PRAGMA wal_autocheckpoint = 16384"} {
		if err := sqlitex.ExecuteTransient(x.conn, pragma, nil); err != nil {
			return err
		}
	}
	if found == version {
		return nil
	}
	return sqlitex.ExecuteScript(x.conn, fmt.Sprintf("%s\nINSERT INTO meta VALUES ('book', '%s'), ('place', '%s');\nPRAGMA user_version = %d;", schema, x.Book, x.Place, version), nil)
}

// Close lets go of the file. Run has ended before.
func (x *Index) Close() error { return errors.Join(x.read.Close(), x.conn.Close()) }

func remove(path string) error {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}
