// Package sqlite keeps a book in one SQLite file, which any SQLite tool can
// open. One goroutine writes: it takes all appends that wait into one
// transaction and judges each alone, so that many callers share one flush to
// disk. Readers work beside it, a page at a time.
package sqlite

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// What is wrong with a file that Open will not open.
var (
	ErrLocked  = errors.New("the book is open in another process")
	ErrForeign = errors.New("the file is not a book of this release")
	ErrDamaged = errors.New("the book's file is damaged")
)

// Options say which book to open and how.
type Options struct {
	Path     string      // of the file; its folder is made if it is missing
	Clock    clock.Clock // stamps the recorded time; the machine's if nil
	MaxPages int         // bounds the file, in pages of 4 KB; 0 means that the disk does

	// Begin is the id that a book is begun with in an empty file: a copy of a
	// book is that book. Empty means a random one. A file with another book is
	// ErrForeign.
	Begin store.BookID

	Metrics metric.MeterProvider // counts how many appends share a flush; nil means nobody looks
}

// Store is a [store.Store] in a file.
type Store struct {
	path string
	book store.BookID
	lock *os.File

	read *sqlitex.Pool
	head atomic.Int64 // the last position that is on disk

	queue   chan *pending
	copies  chan *copying
	closing chan struct{}
	close   func() error
}

var (
	_ store.Store  = (*Store)(nil)
	_ store.Copier = (*Store)(nil)
)

const (
	applicationID = 0x4f424f4b // "OBOK", which `file` shows
	schemaVersion = 1

	readers = 4
	waiting = 1024 // appends in the queue before callers wait to get into it
)

// The schema is for people too: it is what they see who open the file with any
// SQLite tool. Entities are a JSON array, for json_each.
const schema = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE fact (
	position    INTEGER PRIMARY KEY,
	stream      TEXT NOT NULL,
	revision    INTEGER NOT NULL,
	time        TEXT NOT NULL,
	type        TEXT NOT NULL,
	id          TEXT NOT NULL,
	source      TEXT,
	entities    TEXT NOT NULL,
	ask         TEXT,
	askhash     TEXT,
	cause       TEXT,
	correlation TEXT,
	actor       TEXT,
	onbehalfof  TEXT,
	known       INTEGER,
	traceparent TEXT,
	data        TEXT NOT NULL,
	UNIQUE (stream, revision)
) STRICT;

CREATE TRIGGER fact_stays_as_it_is BEFORE UPDATE ON fact
BEGIN SELECT RAISE(ABORT, 'a recorded fact is never changed: record another'); END;

CREATE TRIGGER fact_stays BEFORE DELETE ON fact
BEGIN SELECT RAISE(ABORT, 'a recorded fact is never deleted: record another'); END;
`

// Open opens the book at a path, or begins one there. One process at a time may
// have it open.
func Open(o Options) (_ *Store, err error) {
	if o.Clock == nil {
		o.Clock = clock.System
	}
	if o.Metrics == nil {
		o.Metrics = noop.NewMeterProvider()
	}
	if err := os.MkdirAll(filepath.Dir(o.Path), 0o700); err != nil {
		return nil, fmt.Errorf("open the book: %w", err)
	}
	lock, err := acquire(o.Path + ".lock")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, lock.Close())
		}
	}()
	w, book, err := openWriter(o)
	if err != nil {
		return nil, explained(o.Path, err)
	}
	pool, err := sqlitex.NewPool(o.Path, sqlitex.PoolOptions{
		Flags:       sqlite.OpenReadWrite, // a reader of a WAL writes to its shared memory
		PoolSize:    readers,
		PrepareConn: func(c *sqlite.Conn) error { return execute(c, "PRAGMA query_only = ON") },
	})
	if err != nil {
		return nil, errors.Join(explained(o.Path, err), w.conn.Close())
	}
	s := &Store{
		path: o.Path, book: book, lock: lock, read: pool,
		queue: make(chan *pending, waiting), copies: make(chan *copying), closing: make(chan struct{}),
	}
	s.head.Store(w.last)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		w.run(s.queue, s.copies, s.closing, &s.head)
	}()
	s.close = sync.OnceValue(func() error {
		close(s.closing)
		<-stopped
		return errors.Join(s.read.Close(), w.conn.Close(), s.lock.Close())
	})
	return s, nil
}

// Book is the random name the book got when it was begun.
func (s *Store) Book() store.BookID { return s.book }

// Place is the same for every file: positions count the facts, in a copy as well.
func (s *Store) Place() string { return "sqlite" }

// Close answers what is being written, turns away what waits, and lets go of
// the file.
func (s *Store) Close() error { return s.close() }

// openWriter opens the one connection that writes, and makes sure that the file
// is a book.
func openWriter(o Options) (_ *writer, book store.BookID, err error) {
	conn, err := sqlite.OpenConn(o.Path, sqlite.OpenReadWrite, sqlite.OpenCreate)
	if err != nil {
		return nil, "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, conn.Close())
		}
	}()
	if book, err = recognise(conn, o); err != nil {
		return nil, "", err
	}
	pragmas := []string{
		"PRAGMA journal_mode = WAL",
		"PRAGMA synchronous = FULL",
		"PRAGMA wal_autocheckpoint = 0", // see writer.checkpoint
		fmt.Sprintf("PRAGMA journal_size_limit = %d", 4*walBytes),
	}
	if o.MaxPages > 0 {
		pragmas = append(pragmas, fmt.Sprintf("PRAGMA max_page_count = %d", o.MaxPages))
	}
	for _, p := range pragmas {
		if err := execute(conn, p); err != nil {
			return nil, "", err
		}
	}
	w, err := newWriter(conn, o)
	return w, book, err
}

// recognise returns the id of the book in a file, and begins one in an empty
// file. A file of another program or of a later release is left as it is.
func recognise(conn *sqlite.Conn, o Options) (store.BookID, error) {
	path := o.Path
	application, err := number(conn, "PRAGMA application_id")
	if err != nil {
		return "", err
	}
	version, err := number(conn, "PRAGMA user_version")
	if err != nil {
		return "", err
	}
	tables, err := number(conn, "SELECT count(*) FROM sqlite_schema")
	if err != nil {
		return "", err
	}
	switch {
	case application == 0 && version == 0 && tables == 0:
		return begin(conn, path, cmp.Or(o.Begin, store.BookID(uuid.NewString())))
	case application != applicationID:
		return "", fmt.Errorf("%w: %s belongs to another program; name another file", ErrForeign, path)
	case version != schemaVersion:
		return "", fmt.Errorf("%w: %s has format %d, this release reads %d; use the release that wrote it", ErrForeign, path, version, schemaVersion)
	}
	id, err := text(conn, "SELECT value FROM meta WHERE name = 'book'")
	switch {
	case err == nil && id == "":
		err = fmt.Errorf("%w: %s has no id", ErrDamaged, path)
	case err == nil && o.Begin != "" && o.Begin != store.BookID(id):
		err = fmt.Errorf("%w: %s is book %s, not %s; name another file", ErrForeign, path, id, o.Begin)
	}
	return store.BookID(id), err
}

func begin(conn *sqlite.Conn, path string, book store.BookID) (store.BookID, error) {
	script := fmt.Sprintf("%s\nINSERT INTO meta VALUES ('book', '%s');\nPRAGMA application_id = %d;\nPRAGMA user_version = %d;", schema, book, applicationID, schemaVersion)
	if err := sqlitex.ExecuteScript(conn, script, nil); err != nil {
		return "", err
	}
	// The file's name is in its folder, which has to reach the disk as well.
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return "", err
	}
	return book, errors.Join(folder.Sync(), folder.Close())
}

// explained says what to do about a file that SQLite cannot read.
func explained(path string, err error) error {
	switch sqlite.ErrCode(err).ToPrimary() {
	case sqlite.ResultNotADB, sqlite.ResultCorrupt:
		return fmt.Errorf("%w: %s: %w; put it away with its -wal and -shm, and restore the newest backup", ErrDamaged, path, err)
	}
	return fmt.Errorf("open the book %s: %w", path, err)
}

func execute(conn *sqlite.Conn, query string) error {
	return sqlitex.ExecuteTransient(conn, query, nil)
}

func number(conn *sqlite.Conn, query string) (n int64, err error) {
	err = sqlitex.ExecuteTransient(conn, query, &sqlitex.ExecOptions{ResultFunc: func(s *sqlite.Stmt) error {
		n = s.ColumnInt64(0)
		return nil
	}})
	return n, err
}

func text(conn *sqlite.Conn, query string) (t string, err error) {
	err = sqlitex.ExecuteTransient(conn, query, &sqlitex.ExecOptions{ResultFunc: func(s *sqlite.Stmt) error {
		t = s.ColumnText(0)
		return nil
	}})
	return t, err
}
