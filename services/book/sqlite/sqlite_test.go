package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/ics-openbook/openbook/services/book/sqlite"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t testing.TB) store.Store {
		return open(t, sqlite.Options{Path: filepath.Join(t.TempDir(), "book.db")})
	})
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
