package sqlite_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/ics-openbook/openbook/services/book/booktest"
	"github.com/ics-openbook/openbook/services/book/sqlite"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t testing.TB) store.Store {
		return open(t, sqlite.Options{Path: filepath.Join(t.TempDir(), "book.db")})
	})
}

func TestLeaves(t *testing.T) {
	booktest.Leaves(t, open(t, sqlite.Options{Path: filepath.Join(t.TempDir(), "book.db")}))
}

func TestCopier(t *testing.T) {
	storetest.RunCopier(t, func(t testing.TB) storetest.Copier {
		return open(t, sqlite.Options{Path: filepath.Join(t.TempDir(), "book.db")})
	})
}

// A file that is one book is not opened as another.
func TestBegin(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book.db")
	s := open(t, sqlite.Options{Path: path, Begin: "one"})
	if s.Book() != "one" {
		t.Errorf("it is %s", s.Book())
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Open(sqlite.Options{Path: path, Begin: "two"}); !errors.Is(err, sqlite.ErrForeign) {
		t.Errorf("opened as another: %v", err)
	}
	if s := open(t, sqlite.Options{Path: path}); s.Book() != "one" {
		t.Errorf("then it is %s", s.Book())
	}
}

func open(t testing.TB, o sqlite.Options) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
