package seal

import (
	"testing"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// Synchronous is how a connection of k waits for the disk.
func Synchronous(t *testing.T, k *Keys) (level int64) {
	t.Helper()
	conn, err := k.pool.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer k.pool.Put(conn)
	err = sqlitex.ExecuteTransient(conn, "PRAGMA synchronous", &sqlitex.ExecOptions{ResultFunc: func(s *sqlite.Stmt) error {
		level = s.ColumnInt64(0)
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return level
}
