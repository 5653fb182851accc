package platform_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/ics-openbook/openbook/services/platform"
)

// chronicle is a platform that is stopped and started while somebody meddles
// with its files.
type chronicle struct {
	data string
	stop func()
	c    client
	n    int
}

func newChronicle(t testing.TB, networks int) *chronicle {
	t.Helper()
	h := &chronicle{data: t.TempDir()}
	h.start(t)
	h.c.do(t, "registerSystem", input{"code": "QZ1", "name": "Demonstration"})
	for i := range networks {
		h.c.do(t, "registerNetwork", input{"code": fmt.Sprintf("U9900%d", i), "name": "New", "system": "QZ1"})
	}
	return h
}

func (h *chronicle) start(t testing.TB) {
	t.Helper()
	s, stop := up(t, platform.Config{Data: h.data})
	h.c, h.stop = s.as(t, "steward", steward), stop
}

// write records n facts more.
func (h *chronicle) write(t testing.TB, n int) {
	t.Helper()
	for range n {
		h.n++
		h.c.do(t, "renameNetwork", input{"code": "U99001", "name": fmt.Sprint("Name ", h.n)})
	}
}

// kept is a copy of what is in the data folder under names, as it is now.
func (h *chronicle) kept(t testing.TB, names ...string) (putBack func()) {
	t.Helper()
	aside := t.TempDir()
	for _, name := range names {
		copyOf(t, filepath.Join(h.data, name), filepath.Join(aside, name))
	}
	return func() {
		for _, name := range names {
			if err := os.RemoveAll(filepath.Join(h.data, name)); err != nil {
				t.Fatal(err)
			}
			copyOf(t, filepath.Join(aside, name), filepath.Join(h.data, name))
		}
	}
}

// copyOf copies a file or a folder, if it is there.
func copyOf(t testing.TB, from, to string) {
	t.Helper()
	info, err := os.Stat(from)
	switch {
	case os.IsNotExist(err):
		return
	case err == nil && info.IsDir():
		err = os.CopyFS(to, os.DirFS(from))
	case err == nil:
		var b []byte
		if b, err = os.ReadFile(from); err == nil {
			err = os.WriteFile(to, b, 0o600)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// book is the store's files; what else there is can be made again from them.
var bookFiles = []string{"book.db", "book.db-wal", "book.db-shm"}

// Whatever has become of JetStream's folder, the platform comes up by itself
// and shows what the store says.
func TestTheStoreIsTheTruthWhateverJetStreamHolds(t *testing.T) {
	t.Parallel()
	for name, meddle := range map[string]func(t *testing.T, h *chronicle){
		"deleted": func(t *testing.T, h *chronicle) {
			h.stop()
			if err := os.RemoveAll(filepath.Join(h.data, "nats")); err != nil {
				t.Fatal(err)
			}
		},
		"older": func(t *testing.T, h *chronicle) {
			h.stop()
			putBack := h.kept(t, "nats")
			h.start(t)
			h.write(t, 7)
			h.stop()
			putBack()
		},
		"older, and beside it an index that is older still": func(t *testing.T, h *chronicle) {
			h.stop()
			index := h.kept(t, "book")
			h.start(t)
			h.write(t, 3)
			h.stop()
			nats := h.kept(t, "nats")
			h.start(t)
			h.write(t, 3)
			h.stop()
			index()
			nats()
		},
		"of another book, which is shorter": func(t *testing.T, h *chronicle) {
			other := newChronicle(t, 1)
			other.stop()
			h.stop()
			nats := other.kept(t, "nats")
			other.data = h.data
			nats()
		},
		"of another book, which is longer": func(t *testing.T, h *chronicle) {
			other := newChronicle(t, 3)
			other.write(t, 20)
			other.stop()
			h.stop()
			nats := other.kept(t, "nats")
			other.data = h.data
			nats()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newChronicle(t, 3)
			h.write(t, 5)
			meddle(t, h)
			h.start(t)
			h.c.says(t, `{ network(code: "U99001") { name } networks(first: 9) { totalCount } }`,
				fmt.Sprintf(`{"network":{"name":"Name %d"},"networks":{"totalCount":3}}`, h.n))
			h.goesOn(t)
			if all := history(t, h.c, "network-U99001"); len(all) != h.n+1 {
				t.Errorf("the network has %d entries, %d were recorded", len(all), h.n+1)
			}
		})
	}
}

// goesOn records something and sees it, in the view and live, and compares the
// view with one rebuilt from the store alone.
func (h *chronicle) goesOn(t *testing.T) {
	t.Helper()
	watching := h.c.watch(t, "U99001", "")
	watching.next(t)
	h.write(t, 1)
	if change := watching.next(t); change.name() != fmt.Sprint("Name ", h.n) {
		t.Errorf("a subscription sends %+v", change)
	}
	shown := picture(t, h.c)
	h.stop()
	forget(t, h.data)
	h.start(t)
	if rebuilt := picture(t, h.c); rebuilt != shown {
		t.Errorf("the view shows\n%s\nrebuilt from zero\n%s", shown, rebuilt)
	}
}

// After a restore JetStream is ahead of the book. What the backup does not have
// is gone, and nobody may see it any more.
func TestAnOlderBackupOfTheBookIsTheBook(t *testing.T) {
	t.Parallel()
	for name, then := range map[string]func(t *testing.T, h *chronicle){
		"JetStream is longer": func(*testing.T, *chronicle) {},
		"JetStream is as long and tells another story": func(t *testing.T, h *chronicle) {
			ahead := h.kept(t, "nats")
			if err := os.RemoveAll(filepath.Join(h.data, "nats")); err != nil {
				t.Fatal(err)
			}
			h.start(t)
			h.write(t, 7)
			h.stop()
			ahead()
		},
		"JetStream is shorter and tells another story": func(t *testing.T, h *chronicle) {
			ahead := h.kept(t, "nats")
			if err := os.RemoveAll(filepath.Join(h.data, "nats")); err != nil {
				t.Fatal(err)
			}
			h.start(t)
			h.write(t, 20)
			h.stop()
			ahead()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newChronicle(t, 2)
			h.write(t, 5)
			h.stop()
			backup, n := h.kept(t, bookFiles...), h.n
			h.start(t)
			h.n = 1000
			h.write(t, 7)
			h.stop()
			backup()
			h.n = n
			then(t, h)
			h.start(t)
			h.c.says(t, `{ network(code: "U99001") { name } status { recorded visible parked { entity } } }`,
				fmt.Sprintf(`{"network":{"name":"Name %d"},"status":{"recorded":%d,"visible":%[2]d,"parked":[]}}`, h.n, h.n+3))
			h.goesOn(t)
			for _, e := range history(t, h.c, "network-U99001") {
				if len(e.Data.Name) > len("Name 999") {
					t.Errorf("the book still has %+v, which the backup has not", e)
				}
			}
		})
	}
}
