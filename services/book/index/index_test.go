package index_test

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	zombiezen "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/book/index"
	"github.com/ics-openbook/openbook/services/book/sqlite"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/store/storetest"
)

func TestIndex(t *testing.T) {
	storetest.RunIndex(t, func(t testing.TB) (store.Store, store.Index) {
		s := book(t, t.TempDir())
		x := follow(t, index.Options{Store: s, Book: s.Book(), Path: filepath.Join(t.TempDir(), "index.db")})
		return waking{s, x}, x
	})
}

// A store that cannot be asked by position is read one fact at a time.
func TestStoreWithoutPick(t *testing.T) {
	storetest.RunIndex(t, func(t testing.TB) (store.Store, store.Index) {
		s := book(t, t.TempDir())
		plain := struct{ store.Store }{s}
		x := follow(t, index.Options{Store: plain, Book: s.Book(), Path: filepath.Join(t.TempDir(), "index.db")})
		return waking{plain, x}, x
	})
}

// waking is a store whose appends wake its index, as the book's do.
type waking struct {
	store.Store
	index *index.Index
}

func (w waking) Append(ctx context.Context, stream events.Stream, expected events.Revision, facts []store.Entry) (store.Appended, error) {
	defer w.index.Wake()
	return w.Store.Append(ctx, stream, expected, facts)
}

// An index goes on where it was, unless it is not this book's any more: then it
// is made again, and says why.
func TestMadeAgain(t *testing.T) {
	for _, c := range []struct {
		what   string
		change func(t *testing.T, books, path string)
		reason string
	}{
		{"nothing happened", func(*testing.T, string, string) {}, ""},
		{"the index is gone", func(t *testing.T, _, path string) { remove(t, path, path+"-wal", path+"-shm") }, ""},
		{"the index is damaged", func(t *testing.T, _, path string) {
			remove(t, path+"-wal", path+"-shm")
			write(t, path, strings.Repeat("not a database. ", 1000))
		}, "not a database"},
		{"the index is of another format", func(t *testing.T, _, path string) {
			change(t, path, "PRAGMA user_version = 99")
		}, "format 99"},
		{"a hash of the tree is gone", func(t *testing.T, _, path string) {
			change(t, path, "DELETE FROM node WHERE place = (SELECT max(place) FROM node)")
		}, "6 facts are counted, and the tree has 9 hashes"},
		{"the book was begun anew", func(t *testing.T, books, _ string) {
			remove(t, books+"/book.db", books+"/book.db-wal", books+"/book.db-shm")
			fill(t, books, 10)
		}, "it is of book"},
		{"the book was put back from an older backup", func(t *testing.T, books, _ string) {
			copyFile(t, books+"/backup.db", books+"/book.db")
		}, "the store holds fewer"},
		{"the book was put back and has grown since", func(t *testing.T, books, _ string) {
			copyFile(t, books+"/backup.db", books+"/book.db")
			fill(t, books, 10)
		}, "the store holds fact"},
	} {
		t.Run(c.what, func(t *testing.T) {
			books, path := t.TempDir(), filepath.Join(t.TempDir(), "index.db")
			fill(t, books, 3)
			copyFile(t, books+"/book.db", books+"/backup.db")
			fill(t, books, 3)
			var log strings.Builder
			round(t, books, path, &log)
			if log.Len() > 0 {
				t.Fatalf("the first start says %s", &log)
			}
			c.change(t, books, path)
			round(t, books, path, &log)
			if rebuilt := log.Len() > 0; rebuilt != (c.reason != "") || !strings.Contains(log.String(), c.reason) {
				t.Errorf("the log is %q, want one with %q", &log, c.reason)
			}
		})
	}
}

// round opens a book and its index, and compares them from end to end.
func round(t *testing.T, books, path string, log *strings.Builder) {
	t.Helper()
	s, err := sqlite.Open(sqlite.Options{Path: books + "/book.db"})
	if err != nil {
		t.Fatal(err)
	}
	defer closed(t, s)
	x, err := index.Open(t.Context(), index.Options{Store: s, Book: s.Book(), Path: path, Log: slog.New(slog.NewTextHandler(log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer closed(t, x)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- x.Run(ctx) }()
	head, err := s.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Reach(ctx, head); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	n := events.Ordinal(0)
	var hashes proof.Memory
	tree, err := proof.OpenTree(&hashes)
	if err != nil {
		t.Fatal(err)
	}
	for want, err := range s.ReadAll(t.Context(), events.Position{}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		leaf, err := proof.AppendLeaf(nil, &want)
		if err != nil {
			t.Fatal(err)
		}
		if err := tree.Append([]proof.Hash{proof.HashLeaf(leaf)}); err != nil {
			t.Fatal(err)
		}
		if root, err := proof.RootAt(x.Hashes(), proof.Size(n)); err != nil || root != tree.Root() {
			t.Errorf("the tree of %d entries has the root %s, %v, want %s", n, root, err, tree.Root())
		}
		if got, err := x.ByID(t.Context(), want.ID); err != nil || got.Ordinal != n {
			t.Errorf("fact %d is counted as %d, %v", n, got.Ordinal, err)
		}
	}
	if x.Mark().Ordinal != n {
		t.Errorf("%d are counted, the store holds %d", x.Mark().Ordinal, n)
	}
}

// far is a store that knows no positions but its own.
type far struct{ *sqlite.Store }

func (f far) ReadAll(ctx context.Context, after events.Position) iter.Seq2[events.Recorded, error] {
	if after.IsZero() {
		return f.Store.ReadAll(ctx, after)
	}
	return func(yield func(events.Recorded, error) bool) { yield(events.Recorded{}, store.ErrUnavailable) }
}

// A book that was moved keeps its name; its index is of no use, and is not held against
// the store that it is in now.
func TestABookThatWasMovedIsCountedAnew(t *testing.T) {
	s := book(t, t.TempDir())
	path := filepath.Join(t.TempDir(), "index.db")
	var log strings.Builder
	opened := func(of index.Options) *index.Index {
		of.Book, of.Path, of.Log = s.Book(), path, slog.New(slog.NewTextHandler(&log, nil))
		x, err := index.Open(t.Context(), of)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	if _, err := s.Append(t.Context(), "practice-A81001", events.NoStream, storetest.Entries(3)); err != nil {
		t.Fatal(err)
	}
	x := opened(index.Options{Store: s, Place: "here"})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- x.Run(ctx) }()
	if _, err := x.AsAt(ctx, time.Now().Add(time.Hour)); err != nil { // once all is counted
		t.Fatal(err)
	}
	cancel()
	<-done
	closed(t, x)
	if log.Len() > 0 {
		t.Errorf("the log is %q", &log)
	}
	x = opened(index.Options{Store: far{s}, Place: "there"})
	defer closed(t, x)
	if !strings.Contains(log.String(), "it is of place here, the store of there") || x.Mark().Ordinal != 0 {
		t.Errorf("counted to %d, and the log is %q", x.Mark().Ordinal, &log)
	}
}

// Who has seen more of the book than is counted, because counting began anew, is not
// given a beginning for the whole.
func TestWhatIsNotCountedYetIsNotPassedOver(t *testing.T) {
	s := book(t, t.TempDir())
	entries := storetest.Entries(3)
	if _, err := s.Append(t.Context(), "practice-A81001", events.NoStream, entries); err != nil {
		t.Fatal(err)
	}
	x, err := index.Open(t.Context(), index.Options{Store: s, Book: s.Book(), Path: filepath.Join(t.TempDir(), "index.db"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer closed(t, x)
	all := map[string]func(context.Context) (int, error){
		"the range":  func(ctx context.Context) (int, error) { return counted(x.Range(ctx, 0, 3)) },
		"the entity": func(ctx context.Context) (int, error) { return counted(x.About(ctx, entries[0].Entities[0], 0, 3)) },
		"the moment": func(ctx context.Context) (int, error) {
			m, err := x.AsAt(ctx, time.Now().Add(time.Hour))
			return int(m.Ordinal), err
		},
		"the last one": func(ctx context.Context) (int, error) {
			r, err := x.ByID(ctx, entries[2].ID)
			return int(r.Ordinal), err
		},
	}
	for name, ask := range all {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		if n, err := ask(ctx); !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%s comes to %d, %v, before anything is counted", name, n, err)
		}
		cancel()
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- x.Run(ctx) }()
	for name, ask := range all {
		if n, err := ask(ctx); n != 3 || err != nil {
			t.Errorf("%s comes to %d, %v", name, n, err)
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func counted(facts iter.Seq2[events.Recorded, error]) (n int, _ error) {
	for _, err := range facts {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// What is not there is an error, whatever else is asked for with it.
func TestNoHashIsMadeUp(t *testing.T) {
	s := book(t, t.TempDir())
	x := follow(t, index.Options{Store: s, Book: s.Book(), Path: filepath.Join(t.TempDir(), "index.db")})
	done, err := s.Append(t.Context(), "practice-A81001", events.NoStream, storetest.Entries(3))
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Reach(t.Context(), done.Last()); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Hashes().ReadHashes([]int64{0, 1, 2, 3}); err != nil {
		t.Error(err)
	}
	for _, places := range [][]int64{{4}, {0, 4}, {-1}} {
		if got, err := x.Hashes().ReadHashes(places); !errors.Is(err, proof.ErrRange) || got != nil {
			t.Errorf("hashes %v are %v, %v", places, got, err)
		}
	}
	if _, err := proof.RootAt(x.Hashes(), 4); err == nil {
		t.Error("a tree of four entries has a root")
	}
}

// How fast a store is counted and hashed, from its beginning.
func BenchmarkCount(b *testing.B) {
	s := book(b, b.TempDir())
	at := events.NoStream
	for left := b.N; left > 0; {
		done, err := s.Append(b.Context(), "practice-A81001", at, storetest.Entries(min(left, 100)))
		if err != nil {
			b.Fatal(err)
		}
		at, left = done.Revision, left-100
	}
	head, err := s.Head(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	x := follow(b, index.Options{Store: s, Book: s.Book(), Path: filepath.Join(b.TempDir(), "index.db")})
	if err := x.Reach(b.Context(), head); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

// change changes the file of an index behind its back.
func change(t *testing.T, path, query string) {
	t.Helper()
	conn, err := zombiezen.OpenConn(path)
	if err != nil {
		t.Fatal(err)
	}
	defer closed(t, conn)
	if err := sqlitex.ExecuteTransient(conn, query, nil); err != nil {
		t.Fatal(err)
	}
}

func fill(t *testing.T, books string, n int) {
	t.Helper()
	s, err := sqlite.Open(sqlite.Options{Path: books + "/book.db"})
	if err != nil {
		t.Fatal(err)
	}
	defer closed(t, s)
	at := events.NoStream
	for r, err := range s.ReadStream(t.Context(), "practice-A81001", 0) {
		if err != nil {
			t.Fatal(err)
		}
		at = r.Revision
	}
	for range n {
		done, err := s.Append(t.Context(), "practice-A81001", at, storetest.Entries(1))
		if err != nil {
			t.Fatal(err)
		}
		at = done.Revision
	}
}

func book(t testing.TB, dir string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(sqlite.Options{Path: filepath.Join(dir, "book.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed(t, s) })
	return s
}

func follow(t testing.TB, o index.Options) *index.Index {
	t.Helper()
	o.Log = slog.New(slog.DiscardHandler)
	x, err := index.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- x.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		closed(t, x)
	})
	return x
}

func closed(t testing.TB, c interface{ Close() error }) {
	t.Helper()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

func remove(t *testing.T, paths ...string) {
	t.Helper()
	for _, p := range paths {
		if err := os.Remove(p); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	remove(t, to+"-wal", to+"-shm")
	write(t, to, string(data))
}
