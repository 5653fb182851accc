package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/ics-openbook/openbook/services/internal/store"
)

// Read opens the book at a path to read it as it is now: also one that is open in
// another process, and goes on growing there. It records nothing.
func Read(path string) (_ *Store, err error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	pool, err := sqlitex.NewPool(path, sqlitex.PoolOptions{
		Flags: sqlite.OpenReadWrite, PoolSize: readers, // see Open
		PrepareConn: func(c *sqlite.Conn) error { return execute(c, "PRAGMA query_only = ON") },
	})
	if err != nil {
		return nil, explained(path, err)
	}
	s := &Store{path: path, read: pool, closing: make(chan struct{}), close: pool.Close}
	close(s.closing)
	defer func() {
		if err != nil {
			err = errors.Join(explained(path, err), pool.Close())
		}
	}()
	conn, err := pool.Take(context.Background())
	if err != nil {
		return nil, err
	}
	defer pool.Put(conn)
	application, err := number(conn, "PRAGMA application_id")
	if err == nil && application != applicationID {
		err = fmt.Errorf("%w: %s is of another program", ErrForeign, path)
	}
	if err != nil {
		return nil, err
	}
	id, err1 := text(conn, "SELECT value FROM meta WHERE name = 'book'")
	last, err2 := number(conn, "SELECT ifnull(max(position), 0) FROM fact")
	s.book = store.BookID(id)
	s.head.Store(last)
	return s, errors.Join(err1, err2)
}

// Backup writes the book at a path, as it is at one moment, into a new file,
// durably. The book may be in use meanwhile. Its error wraps fs.ErrExist where
// there is such a file already.
func Backup(ctx context.Context, path, to string) (err error) {
	if _, err := os.Stat(to); err == nil {
		return fmt.Errorf("%s: %w", to, fs.ErrExist)
	}
	s, err := Read(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	conn, err := s.read.Take(ctx) // which interrupts it when ctx is done
	if err != nil {
		return err
	}
	defer s.read.Put(conn)
	if err := execute(conn, "PRAGMA query_only = OFF"); err != nil { // it would forbid the other file too
		return err
	}
	if err := sqlitex.ExecuteTransient(conn, "VACUUM INTO ?", &sqlitex.ExecOptions{Args: []any{to}}); err != nil {
		return errors.Join(explained(path, err), ctx.Err())
	}
	f, err := os.OpenFile(to, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
