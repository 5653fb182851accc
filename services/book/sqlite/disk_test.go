package sqlite_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	zombiezen "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/book/sqlite"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/store/storetest"
)

// When the file may grow no further, appends are refused and record nothing,
// what is recorded is read as before, and with more room it goes on.
func TestFull(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book.db")
	s := open(t, sqlite.Options{Path: path, MaxPages: 80})
	at := fill(t, s, events.NoStream)
	facts := readAll(t, s)
	if n := len(facts); n != int(at)+1 {
		t.Errorf("%d facts are read, %d were recorded", n, at+1)
	}
	if head, err := s.Head(t.Context()); err != nil || head != facts[len(facts)-1].Position {
		t.Errorf("head is %s, %v; the last fact is at %s", head, err, facts[len(facts)-1].Position)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, sqlite.Options{Path: path, MaxPages: 160})
	if more := fill(t, s, at); more <= at {
		t.Error("there is room again, and nothing is recorded")
	}
}

// The same on a disk that is really full, and gets room while the book is open.
func TestDiskFull(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("a small disk cannot be mounted here (%v); TestFull fills a small file instead", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	s := open(t, sqlite.Options{Path: filepath.Join(dir, "book.db")})
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 2<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	at := fill(t, s, events.NoStream)
	if n := len(readAll(t, s)); n != int(at)+1 {
		t.Errorf("%d facts are read, %d were recorded", n, at+1)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	more := fill(t, s, at)
	if more <= at {
		t.Error("there is room again, and nothing is recorded")
	}
	if n := len(readAll(t, s)); n != int(more)+1 {
		t.Errorf("%d facts are read, %d were recorded", n, more+1)
	}
}

// fill appends to one stream until the store is full, and then some.
func fill(t *testing.T, s *sqlite.Store, at events.Revision) events.Revision {
	t.Helper()
	refused := 0
	for range 10000 {
		facts := storetest.Entries(10)
		for i := range facts {
			facts[i].Data = fmt.Appendf(nil, `{"text":%q}`, strings.Repeat("x", 400))
		}
		done, err := s.Append(t.Context(), "practice-A81001", at, facts)
		switch {
		case err == nil:
			at = done.Revision
		case errors.Is(err, store.ErrFull):
			if refused++; refused == 20 {
				return at
			}
		default:
			t.Fatalf("at %d: %v", at, err)
		}
	}
	t.Fatal("the store does not get full")
	return at
}

func TestLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book.db")
	s := open(t, sqlite.Options{Path: path})
	_, err := sqlite.Open(sqlite.Options{Path: path})
	if !errors.Is(err, sqlite.ErrLocked) || !strings.Contains(err.Error(), fmt.Sprint("process ", os.Getpid())) {
		t.Errorf("opened twice: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, sqlite.Options{Path: path})
}

// What is not a book of this release is told apart from a damaged one, and left
// as it was.
func TestNotABook(t *testing.T) {
	execute := func(path, query string) {
		t.Helper()
		conn, err := zombiezen.OpenConn(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(sqlitex.ExecuteTransient(conn, query, nil), conn.Close()); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		what string
		make func(path string)
		want error
	}{
		{"text", func(path string) { write(t, path, strings.Repeat("Not a database. ", 300)) }, sqlite.ErrDamaged},
		{"another program's", func(path string) { execute(path, "CREATE TABLE x (y)") }, sqlite.ErrForeign},
		{"a later release's", func(path string) { begin(t, path); execute(path, "PRAGMA user_version = 2") }, sqlite.ErrForeign},
		{"a torn one", func(path string) {
			begin(t, path)
			if err := os.Truncate(path, 4096+100); err != nil {
				t.Fatal(err)
			}
		}, sqlite.ErrDamaged},
	} {
		path := filepath.Join(t.TempDir(), "book.db")
		c.make(path)
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		s, err := sqlite.Open(sqlite.Options{Path: path})
		if err == nil {
			t.Errorf("%s: was opened", c.what)
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			continue
		}
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "; ") {
			t.Errorf("%s: %v; want %v, the file, and what to do", c.what, err, c.want)
		}
		if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
			t.Errorf("%s: the file was changed, %v", c.what, err)
		}
	}
}

// A book keeps its id, and nobody changes a fact from outside by accident.
func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book.db")
	first := begin(t, path)
	conn, err := zombiezen.OpenConn(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{"UPDATE fact SET type = 'store.rewritten.v1'", "DELETE FROM fact", "INSERT INTO fact SELECT position + 1, stream, revision, time, type, id, source, entities, ask, askhash, cause, correlation, actor, onbehalfof, known, traceparent, data FROM fact"} {
		if err := sqlitex.ExecuteTransient(conn, query, nil); err == nil {
			t.Errorf("this went through: %s", query)
		}
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	if second := begin(t, path); second != first {
		t.Errorf("the book was %s and is %s", first, second)
	}
}

// The recorded time follows the clock forwards only.
func TestClock(t *testing.T) {
	now := time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)
	path := filepath.Join(t.TempDir(), "book.db")
	moving := clock.Func(func() time.Time { return now })
	s := open(t, sqlite.Options{Path: path, Clock: moving})
	at := events.NoStream
	for _, c := range []struct{ clock, want time.Duration }{{0, 0}, {-time.Hour, 0}, {time.Minute, time.Minute}, {time.Second, time.Minute}} {
		now = time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC).Add(c.clock)
		done, err := s.Append(t.Context(), "practice-A81001", at, storetest.Entries(2))
		if err != nil {
			t.Fatal(err)
		}
		if want := time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC).Add(c.want); !done.Time.Equal(want) {
			t.Errorf("the clock says %s, recorded is %s, want %s", now, done.Time, want)
		}
		at = done.Revision
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	now = now.Add(-24 * time.Hour)
	s = open(t, sqlite.Options{Path: path, Clock: moving})
	done, err := s.Append(t.Context(), "practice-A81001", at, storetest.Entries(1))
	if err != nil || done.Time.Before(time.Date(2026, 4, 1, 12, 1, 0, 0, time.UTC)) {
		t.Errorf("after a restart with a clock a day behind: %s, %v", done.Time, err)
	}
}

// Beside readers who never pause, the write-ahead log still starts over.
func TestLogStaysShort(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book.db")
	s := open(t, sqlite.Options{Path: path})
	stop, done := make(chan struct{}), make(chan error, 2)
	for range cap(done) {
		go func() {
			for {
				select {
				case <-stop:
					done <- nil
					return
				default:
				}
				for _, err := range s.ReadAll(t.Context(), events.Position{}) {
					if err != nil {
						done <- err
						return
					}
				}
			}
		}()
	}
	at := events.NoStream
	const written = 72 << 20
	for range written / (400 << 10) {
		facts := storetest.Entries(1)
		facts[0].Data = fmt.Appendf(nil, `{"text":%q}`, strings.Repeat("x", 400<<10))
		r, err := s.Append(t.Context(), "practice-A81001", at, facts)
		if err != nil {
			t.Fatal(err)
		}
		at = r.Revision
	}
	close(stop)
	for range cap(done) {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	info, err := os.Stat(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > 64<<20 {
		t.Errorf("after %d MB the log has %d MB", written>>20, info.Size()>>20)
	}
}

// begin makes a book with one fact, and closes it.
func begin(t *testing.T, path string) store.BookID {
	t.Helper()
	s, err := sqlite.Open(sqlite.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Append(t.Context(), events.Stream("practice-"+string(storetest.Entries(1)[0].ID)), events.NoStream, storetest.Entries(1))
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	return s.Book()
}

func readAll(t *testing.T, s *sqlite.Store) (all []events.Recorded) {
	t.Helper()
	for r, err := range s.ReadAll(t.Context(), events.Position{}) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
