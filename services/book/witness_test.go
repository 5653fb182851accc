package book_test

import (
	"crypto/ed25519"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/api/proof/independent"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/book/notary"
)

// observer is a witness, by the documents of C2SP alone: it signs what continues
// what it has seen.
type observer struct {
	log, name string
	key       ed25519.PrivateKey

	mu    sync.Mutex
	seen  independent.Head
	away  bool // it does not answer
	lies  bool // it signs something else
	asked []string
}

func (o *observer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil || o.away || r.URL.Path != "/add-checkpoint" {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	head, note, _ := strings.Cut(string(body), "\n\n")
	lines := strings.Split(head, "\n")
	var old uint64
	if _, err := fmt.Sscanf(lines[0], "old %d", &old); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	o.asked = append(o.asked, lines[0])
	next, err := independent.Open([]byte(note), o.log)
	if err != nil {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	if old != o.seen.Size {
		w.Header().Set("Content-Type", "text/x.tlog.size")
		w.WriteHeader(http.StatusConflict)
		_, _ = fmt.Fprintf(w, "%d\n", o.seen.Size)
		return
	}
	var path [][32]byte
	for _, line := range lines[1:] {
		h, err := proof.ParseHash(line)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		path = append(path, h)
	}
	if old > 0 && old < next.Size && independent.Consistent(old, next.Size, path, o.seen.Root, next.Root) != nil ||
		old == next.Size && old > 0 && next.Root != o.seen.Root {
		w.WriteHeader(http.StatusUnprocessableEntity)
		return
	}
	o.seen = next
	if o.lies {
		note = strings.Replace(note, "book.example", "book.another", 1)
	}
	signed, err := independent.Cosign([]byte(note), o.name, o.key, uint64(time.Now().Unix()))
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	_, _ = w.Write(signed[len(note):])
}

// A witness sees each checkpoint with its proof, and its signature is published
// with it; one that is away, or that signs something else, holds nothing up, and
// one that has seen another size says so.
func TestWitnesses(t *testing.T) {
	h := newHouse(t)
	var all []*observer
	keys := h.keyring.Public.All()
	for _, name := range []string{"witness.example/one", "witness.example/two"} {
		_, private, err := ed25519.GenerateKey(nil)
		if err != nil {
			t.Fatal(err)
		}
		o := &observer{log: strings.TrimSpace(h.keyring.Public.String()), name: name, key: private}
		server := httptest.NewServer(o)
		t.Cleanup(server.Close)
		w, err := notary.ParseWitness(independent.WitnessKey(name, private) + " " + server.URL + "/")
		if err != nil {
			t.Fatal(err)
		}
		all, keys, h.witnesses = append(all, o), append(keys, w.Key), append(h.witnesses, w)
	}
	known, err := proof.NewKeys(keys...)
	if err != nil {
		t.Fatal(err)
	}
	// cosigned waits for a checkpoint of a size, and who has cosigned it.
	cosigned := func(size proof.Size, want ...string) {
		t.Helper()
		c := h.checkpoint(t, size, known)
		note, err := h.remote().Checkpoint(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		signed, err := known.Open([]byte(note.Note))
		if err != nil || signed.Size != c.Size {
			t.Fatalf("%v: %s", err, note.Note)
		}
		var got []string
		for _, w := range signed.Cosigned {
			got = append(got, w.By.Name())
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("the checkpoint of %d entries is cosigned by %q, want %q", size, got, want)
		}
	}
	h.start(t)
	cosigned(0, all[0].name, all[1].name)
	done, err := h.remote().Append(t.Context(), "practice-A81001", events.NoStream, usual(3))
	if err != nil {
		t.Fatal(err)
	}
	cosigned(3, all[0].name, all[1].name)
	all[1].change(func(o *observer) { o.away = true })
	if done, err = h.remote().Append(t.Context(), "practice-A81001", done.Revision, usual(4)); err != nil {
		t.Fatal(err)
	}
	cosigned(7, all[0].name)
	all[1].change(func(o *observer) { o.away, o.lies = false, true })
	if done, err = h.remote().Append(t.Context(), "practice-A81001", done.Revision, usual(1)); err != nil {
		t.Fatal(err)
	}
	cosigned(8, all[0].name)
	h.stop(t)
	all[1].change(func(o *observer) { o.lies = false })
	h.start(t) // which does not know where they stand
	cosigned(8, all[0].name)
	if _, err = h.remote().Append(t.Context(), "practice-A81001", done.Revision, usual(1)); err != nil {
		t.Fatal(err)
	}
	cosigned(9, all[0].name, all[1].name)
	all[0].change(func(o *observer) {
		if got := strings.Join(o.asked, ", "); got != "old 0, old 0, old 3, old 7, old 0, old 8" {
			t.Errorf("the first was asked for %s", got)
		}
	})
}

func (o *observer) change(do func(*observer)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	do(o)
}

func TestWitnessesThatAreNone(t *testing.T) {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	witness := independent.WitnessKey("witness.example", key)
	_, log, err := proof.GenerateKey(nil, "book.example")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "https://witness.example", witness, witness + " witness.example", witness + " ftp://witness.example", log + " https://witness.example"} {
		if w, err := notary.ParseWitness(text); err == nil {
			t.Errorf("%q is read as %v", text, w)
		}
	}
}
