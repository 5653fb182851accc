package seal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/clock"
)

// ErrForeign means that a file is not a key file of this release.
var ErrForeign = errors.New("the file holds no keys of this release")

const (
	applicationID = 0x4f424b53 // "OBKS", which `file` shows
	version       = 1
	connections   = 4
	patience      = 10 * time.Second // for another process that opens the file
)

const schema = `
CREATE TABLE key (
	person TEXT PRIMARY KEY,
	key    BLOB NOT NULL CHECK (length(key) = 32)
) STRICT, WITHOUT ROWID;

CREATE TABLE erasure (
	person TEXT PRIMARY KEY,
	time   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`

// Keys is a file of keys, one a person. Its methods may be called at once from
// many goroutines, and the file opened by many processes. No key is kept in
// memory: an erasure by one process holds for all.
type Keys struct {
	pool    *sqlitex.Pool
	clock   clock.Clock
	writing chan struct{} // holds one: its holder writes
}

// Open opens the keys at path, and makes the file if there is none, readable by
// its owner alone.
func Open(path string, clock clock.Clock) (_ *Keys, err error) {
	if err := create(path); err != nil {
		return nil, fmt.Errorf("keys %s: %w", path, err)
	}
	pool, err := sqlitex.NewPool(path, sqlitex.PoolOptions{
		Flags: sqlite.OpenReadWrite, PoolSize: connections, PrepareConn: prepare,
	})
	if err != nil {
		return nil, fmt.Errorf("keys %s: %w", path, err)
	}
	if err := begin(pool); err != nil {
		return nil, errors.Join(fmt.Errorf("keys %s: %w", path, err), pool.Close())
	}
	return &Keys{pool, clock, make(chan struct{}, 1)}, nil
}

func begin(pool *sqlitex.Pool) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := pool.Take(ctx)
	if err != nil {
		return err
	}
	defer pool.Put(conn)
	return recognise(conn)
}

// Close lets go of the file. No other method may be running.
func (k *Keys) Close() error { return k.pool.Close() }

// create makes an empty file, and makes its name in the folder durable too.
func create(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// prepare readies a connection. The journal is a rollback journal and no
// write-ahead log, which would go on holding an erased key until it is folded
// in; EXTRA makes its commits durable; secure_delete overwrites what is deleted.
func prepare(conn *sqlite.Conn) error {
	for _, pragma := range []string{"PRAGMA journal_mode = DELETE", "PRAGMA synchronous = EXTRA", "PRAGMA secure_delete = ON"} {
		if err := sqlitex.ExecuteTransient(conn, pragma, nil); err != nil {
			return err
		}
	}
	return nil
}

// recognise makes an empty file a key file, and leaves any other alone.
func recognise(conn *sqlite.Conn) (err error) {
	end, err := sqlitex.ImmediateTransaction(conn)
	if err != nil {
		return err
	}
	defer end(&err)
	var found [3]int64
	for i, query := range []string{"PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_schema"} {
		err := sqlitex.ExecuteTransient(conn, query, &sqlitex.ExecOptions{ResultFunc: func(s *sqlite.Stmt) error {
			found[i] = s.ColumnInt64(0)
			return nil
		}})
		if err != nil {
			return err
		}
	}
	switch {
	case found == [3]int64{}:
		return sqlitex.ExecuteScript(conn, fmt.Sprintf("%s PRAGMA application_id = %d; PRAGMA user_version = %d;", schema, applicationID, version), nil)
	case found[0] != applicationID:
		return fmt.Errorf("%w: another program's", ErrForeign)
	case found[1] != version:
		return fmt.Errorf("%w: format %d, want %d", ErrForeign, found[1], version)
	}
	return nil
}

// Erase destroys a person's key, and remembers that it did. It returns once that
// is on disk. Erasing twice, or somebody without a key, is no error.
func (k *Keys) Erase(ctx context.Context, person events.PersonRef) error {
	if person == "" {
		return ErrNoPerson
	}
	return k.ApplyErasures(ctx, []Erasure{{person, k.clock.Now()}})
}

// ApplyErasures erases, after a restore, everybody in a list that Erasures once
// returned: all of them or none. Who was erased already keeps the older time.
func (k *Keys) ApplyErasures(ctx context.Context, erasures []Erasure) error {
	err := k.write(ctx, func(conn *sqlite.Conn) error {
		for _, e := range erasures {
			if e.Person == "" {
				return ErrNoPerson
			}
			if err := sqlitex.Execute(conn, `INSERT INTO erasure VALUES (?, ?)
				ON CONFLICT DO UPDATE SET time = min(time, excluded.time)`,
				&sqlitex.ExecOptions{Args: []any{string(e.Person), e.Time.UTC().Format(stamp)}}); err != nil {
				return err
			}
			if err := sqlitex.Execute(conn, "DELETE FROM key WHERE person = ?",
				&sqlitex.ExecOptions{Args: []any{string(e.Person)}}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("erase %d people: %w", len(erasures), err)
	}
	return nil
}

// stamp has a fixed width, so that times compare as text.
const stamp = "2006-01-02T15:04:05.000000Z"

// Erasures returns everybody ever erased, by time: what is kept with the backups
// of the keys, and newer than they are.
func (k *Keys) Erasures(ctx context.Context) (all []Erasure, err error) {
	conn, err := k.pool.Take(ctx)
	if err != nil {
		return nil, err
	}
	defer k.pool.Put(conn)
	err = sqlitex.Execute(conn, "SELECT person, time FROM erasure ORDER BY time, person", &sqlitex.ExecOptions{
		ResultFunc: func(s *sqlite.Stmt) error {
			at, err := time.Parse(stamp, s.ColumnText(1))
			all = append(all, Erasure{events.PersonRef(s.ColumnText(0)), at})
			return err
		},
	})
	return all, err
}

// key returns a person's key, or ErrErased, or ErrNoKey.
func (k *Keys) key(ctx context.Context, person events.PersonRef) ([]byte, error) {
	conn, err := k.pool.Take(ctx)
	if err != nil {
		return nil, err
	}
	defer k.pool.Put(conn)
	return find(conn, person)
}

func find(conn *sqlite.Conn, person events.PersonRef) (key []byte, err error) {
	erased := false
	err = sqlitex.Execute(conn, `SELECT (SELECT key FROM key WHERE person = ?1), EXISTS (SELECT 1 FROM erasure WHERE person = ?1)`,
		&sqlitex.ExecOptions{Args: []any{string(person)}, ResultFunc: func(s *sqlite.Stmt) error {
			key = make([]byte, s.ColumnLen(0))
			s.ColumnBytes(0, key)
			erased = s.ColumnBool(1)
			return nil
		}})
	switch {
	case err != nil:
		return nil, err
	case erased:
		return nil, ErrErased
	case len(key) == 0:
		return nil, ErrNoKey
	}
	return key, nil
}

// newKey gives a person a key and returns it once it is on disk; or returns the
// one that somebody else gave them just now.
func (k *Keys) newKey(ctx context.Context, person events.PersonRef) (key []byte, err error) {
	err = k.write(ctx, func(conn *sqlite.Conn) error {
		key, err = find(conn, person)
		if !errors.Is(err, ErrNoKey) {
			return err
		}
		key = randomKey()
		return sqlitex.Execute(conn, "INSERT INTO key VALUES (?, ?)", &sqlitex.ExecOptions{Args: []any{string(person), key}})
	})
	if err != nil {
		return nil, err // a key that is not on disk is not used
	}
	return key, nil
}

// write runs a transaction, one at a time in this process.
func (k *Keys) write(ctx context.Context, change func(*sqlite.Conn) error) (err error) {
	select {
	case k.writing <- struct{}{}:
		defer func() { <-k.writing }()
	case <-ctx.Done():
		return ctx.Err()
	}
	conn, err := k.pool.Take(ctx)
	if err != nil {
		return err
	}
	defer k.pool.Put(conn)
	end, err := sqlitex.ImmediateTransaction(conn)
	if err != nil {
		return err
	}
	defer end(&err)
	return change(conn)
}
