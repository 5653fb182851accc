package eventstoredb_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/ics-openbook/openbook/services/book/booktest"
	"github.com/ics-openbook/openbook/services/book/eventstoredb"
	"github.com/ics-openbook/openbook/services/book/eventstoredb/esdbtest"
	"github.com/ics-openbook/openbook/services/book/index"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/store/storetest"
)

// The examinations run on a server of our own, and on a real one where the
// environment names it.
func TestStore(t *testing.T) { storetest.Run(t, func(t testing.TB) store.Store { return fresh(t) }) }
func TestCopier(t *testing.T) {
	storetest.RunCopier(t, func(t testing.TB) storetest.Copier { return fresh(t) })
}
func TestLeaves(t *testing.T) { booktest.Leaves(t, fresh(t)) }

// A real server keeps what is written in it: each store is a book of its own
// name.
func TestRealServer(t *testing.T) {
	connection := os.Getenv("OPENBOOK_TEST_EVENTSTOREDB")
	if connection == "" {
		t.Skip("OPENBOOK_TEST_EVENTSTOREDB names no server, as esdb://admin:changeit@127.0.0.1:2113?tls=false: only our own was examined")
	}
	with := "?"
	if strings.Contains(connection, "?") {
		with = "&"
	}
	real := func(t testing.TB) *eventstoredb.Store {
		name := "t" + strings.ReplaceAll(uuid.NewString(), "-", "")
		return open(t, eventstoredb.Options{Connection: connection + with + "book=" + name})
	}
	t.Run("store", func(t *testing.T) { storetest.Run(t, func(t testing.TB) store.Store { return real(t) }) })
	t.Run("copier", func(t *testing.T) {
		storetest.RunCopier(t, func(t testing.TB) storetest.Copier { return real(t) })
	})
	t.Run("leaves", func(t *testing.T) { booktest.Leaves(t, real(t)) })
	t.Run("index", func(t *testing.T) {
		storetest.RunIndex(t, indexed(func(t testing.TB) *eventstoredb.Store { return real(t) }))
	})
}

// The index beside it passes its examination too.
func TestIndex(t *testing.T) { storetest.RunIndex(t, indexed(fresh)) }

func indexed(open func(testing.TB) *eventstoredb.Store) func(testing.TB) (store.Store, store.Index) {
	return func(t testing.TB) (store.Store, store.Index) {
		s := open(t)
		x, err := index.Open(t.Context(), index.Options{Store: s, Book: s.Book(), Path: filepath.Join(t.TempDir(), "index.db"), Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- x.Run(ctx) }()
		t.Cleanup(func() {
			stop()
			if err := errors.Join(<-ended, x.Close()); err != nil {
				t.Error(err)
			}
		})
		return s, x
	}
}

// fresh is an empty book on a server of our own.
func fresh(t testing.TB) *eventstoredb.Store {
	return open(t, eventstoredb.Options{Connection: esdbtest.New(t, esdbtest.Options{}).Connection() + "?tls=false"})
}

func open(t testing.TB, o eventstoredb.Options) *eventstoredb.Store {
	t.Helper()
	s, err := eventstoredb.Open(t.Context(), o)
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
