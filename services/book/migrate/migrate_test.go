package migrate_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/book/eventstoredb"
	"github.com/ics-openbook/openbook/services/book/eventstoredb/esdbtest"
	"github.com/ics-openbook/openbook/services/book/migrate"
	"github.com/ics-openbook/openbook/services/book/sqlite"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/store/storetest"
)

// A book of 100,000 entries goes from SQLite to EventStoreDB and back, and
// keeps its root, which is also that of what was recorded.
func TestThereAndBack(t *testing.T) {
	t.Parallel()
	facts := storetest.Recorded(100_000)
	first := file(t, "")
	for page := range slices.Chunk(facts, 5000) {
		if err := first.Copy(t.Context(), page); err != nil {
			t.Fatal(err)
		}
	}
	there := cluster(t, esdbtest.New(t, esdbtest.Options{}), first.Book())
	back := file(t, first.Book())
	want := root(t, facts)
	for _, step := range []struct {
		from migrate.Source
		to   migrate.Destination
	}{{first, there}, {there, back}} {
		stages := map[migrate.Stage]uint64{}
		got, err := migrate.Run(t.Context(), step.from, step.to, func(p migrate.Progress) {
			if p.Done > p.Total {
				t.Errorf("%s: %d of %d", p.Stage, p.Done, p.Total)
			}
			stages[p.Stage] = p.Entries
		})
		if err != nil {
			t.Fatal(err)
		}
		if got != (migrate.Result{Book: first.Book(), Entries: 100_000, Copied: 100_000, From: want, To: want}) {
			t.Errorf("%+v, want the root %s", got, want)
		}
		if stages[migrate.Looking] != 0 || stages[migrate.Copying] != 100_000 || stages[migrate.Comparing] != 100_000 {
			t.Errorf("the progress ended at %v", stages)
		}
	}
}

// A move that was broken off goes on where it ended; done again, it copies
// nothing; and what the source has gained since is added.
func TestGoesOn(t *testing.T) {
	t.Parallel()
	facts := storetest.Recorded(5000)
	from := file(t, "")
	if err := from.Copy(t.Context(), facts[:4000]); err != nil {
		t.Fatal(err)
	}
	server := esdbtest.New(t, esdbtest.Options{})
	to := cluster(t, server, from.Book())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err := migrate.Run(ctx, from, to, func(p migrate.Progress) {
		if p.Stage == migrate.Copying && p.Entries == 2000 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("it was broken off: %v", err)
	}
	if err := to.Close(); err != nil {
		t.Error(err)
	}
	to = cluster(t, server, from.Book())
	run := func(copied uint64, entries int) {
		t.Helper()
		got, err := migrate.Run(t.Context(), from, to, func(migrate.Progress) {})
		if err != nil {
			t.Fatal(err)
		}
		if got.Copied != copied || got.To != root(t, facts[:entries]) {
			t.Errorf("%+v; want %d copied", got, copied)
		}
	}
	run(2000, 4000)
	run(0, 4000)
	if err := from.Copy(t.Context(), facts[4000:]); err != nil {
		t.Fatal(err)
	}
	run(1000, 5000)
}

// A destination with another book, another beginning, or more, is left alone; so
// is a copy that cannot go on. An empty book is moved too.
func TestRefused(t *testing.T) {
	t.Parallel()
	facts := storetest.Recorded(100)
	from := file(t, "")
	if err := from.Copy(t.Context(), facts); err != nil {
		t.Fatal(err)
	}
	other := slices.Clone(facts)
	other[50].Data = []byte(`{"n":51}`)
	for what, c := range map[string]struct {
		book  store.BookID
		there []events.Recorded
		want  error
		says  string
	}{
		"another book":      {"", nil, migrate.ErrOther, "it is book"},
		"another beginning": {from.Book(), other[:60], migrate.ErrOther, "entry 51"},
		"more":              {from.Book(), append(slices.Clone(facts), after(facts)), migrate.ErrOther, "more than the 100 entries"},
	} {
		to := file(t, c.book)
		if err := to.Copy(t.Context(), c.there); err != nil {
			t.Fatal(err)
		}
		_, err := migrate.Run(t.Context(), from, to, func(migrate.Progress) {})
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", what, err)
		}
		if n := len(read(t, to)); n != len(c.there) {
			t.Errorf("%s: then it has %d entries", what, n)
		}
	}
	server := esdbtest.New(t, esdbtest.Options{})
	to := cluster(t, server, from.Book())
	server.Fail(esdbtest.Faults{Before: func(context.Context, string) error { return status.Error(codes.Unavailable, "no") }})
	if _, err := migrate.Run(t.Context(), from, to, func(migrate.Progress) {}); !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "after entry 0") {
		t.Errorf("a server that takes nothing: %v", err)
	}
	empty := file(t, "")
	if got, err := migrate.Run(t.Context(), empty, file(t, empty.Book()), func(migrate.Progress) {}); err != nil || got.Entries != 0 || got.From != root(t, nil) {
		t.Errorf("an empty book: %+v, %v", got, err)
	}
}

// A source that is written in meanwhile is noticed.
func TestSourceInUse(t *testing.T) {
	t.Parallel()
	from := file(t, "")
	if err := from.Copy(t.Context(), storetest.Recorded(3000)); err != nil {
		t.Fatal(err)
	}
	to, wrote := file(t, from.Book()), false
	_, err := migrate.Run(t.Context(), from, to, func(p migrate.Progress) {
		if wrote || p.Stage != migrate.Copying {
			return
		}
		wrote = true
		if _, err := from.Append(t.Context(), "practice-B", events.NoStream, storetest.Entries(1)); err != nil {
			t.Error(err)
		}
	})
	if !errors.Is(err, migrate.ErrGrowing) {
		t.Errorf("it is %v", err)
	}
	if got, err := migrate.Run(t.Context(), from, to, func(migrate.Progress) {}); err != nil || got.Entries != 3001 {
		t.Errorf("again: %+v, %v", got, err)
	}
}

// A copy that keeps one byte otherwise is found out by its root.
func TestUnfaithful(t *testing.T) {
	t.Parallel()
	from := file(t, "")
	if err := from.Copy(t.Context(), storetest.Recorded(100)); err != nil {
		t.Fatal(err)
	}
	_, err := migrate.Run(t.Context(), from, unfaithful{file(t, from.Book())}, func(migrate.Progress) {})
	if !errors.Is(err, store.ErrDiffers) || !strings.Contains(err.Error(), "the root of the source is") {
		t.Errorf("it is %v", err)
	}
}

// unfaithful spells the data of one fact otherwise.
type unfaithful struct{ *sqlite.Store }

func (u unfaithful) Copy(ctx context.Context, facts []events.Recorded) error {
	facts = slices.Clone(facts)
	facts[77].Data = []byte(`{"n": 77}`)
	return u.Store.Copy(ctx, facts)
}

// after is a fact that may come after others.
func after(facts []events.Recorded) events.Recorded {
	r := facts[len(facts)-1]
	r.ID, r.Stream, r.Revision = storetest.Entries(1)[0].ID, "practice-B", 0
	return r
}

func file(t testing.TB, book store.BookID) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(sqlite.Options{Path: filepath.Join(t.TempDir(), "book.db"), Begin: book})
	return opened(t, s, err)
}

func cluster(t testing.TB, server *esdbtest.Server, book store.BookID) *eventstoredb.Store {
	t.Helper()
	s, err := eventstoredb.Open(t.Context(), eventstoredb.Options{Connection: server.Connection() + "?tls=false", Begin: book})
	return opened(t, s, err)
}

func opened[S interface{ Close() error }](t testing.TB, s S, err error) S {
	t.Helper()
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

func read(t testing.TB, s store.Store) (facts []events.Recorded) {
	t.Helper()
	for r, err := range s.ReadAll(t.Context(), events.Position{}) {
		if err != nil {
			t.Fatal(err)
		}
		facts = append(facts, r)
	}
	return facts
}

// root is that of a tree made of facts as they were given.
func root(t testing.TB, facts []events.Recorded) proof.Hash {
	t.Helper()
	tree, err := proof.OpenTree(&proof.Memory{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range facts {
		leaf, err := proof.AppendLeaf(nil, &facts[i])
		if err != nil {
			t.Fatal(err)
		}
		if err := tree.Append([]proof.Hash{proof.HashLeaf(leaf)}); err != nil {
			t.Fatal(err)
		}
	}
	return tree.Root()
}
