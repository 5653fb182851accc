package book_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	zombiezen "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/book"
	"github.com/ics-openbook/openbook/services/book/notary"
	"github.com/ics-openbook/openbook/services/book/sqlite"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/env"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/telemetry"
)

// An entry has a signed receipt at once, and from the next checkpoint on a proof;
// both go on across a restart, and across a change of keys.
func TestReceipts(t *testing.T) {
	h := begin(t)
	facts := usual(3)
	done, err := h.remote().Append(t.Context(), "practice-A81001", events.NoStream, facts)
	if err != nil {
		t.Fatal(err)
	}
	first := h.receipt(t, facts[0].ID, done.Last())
	says(t, first, h.keyring.Public)
	proven := h.proven(t, facts[0].ID)
	says(t, proven, h.keyring.Public)
	if proven.Leaf != first.Leaf || proven.Proof.Ordinal != 1 {
		t.Errorf("the receipt was for %s, and is for %s, entry %d", first.Leaf, proven.Leaf, proven.Proof.Ordinal)
	}
	if _, err := h.remote().Receipt(t.Context(), "00000000-0000-4000-8000-000000000000", events.Position{}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an entry that is not there has the receipt %v", err)
	}

	h.stop(t)
	rotated, err := h.keyring.Rotate()
	if err != nil {
		t.Fatal(err)
	}
	old := h.keyring.Public
	h.keyring = rotated
	h.start(t)
	for _, keys := range []proof.Keys{old, publicOf(t, rotated.Signers[1])} { // who trusts either
		says(t, h.receipt(t, facts[1].ID, events.Position{}), keys)
		c := h.checkpoint(t, 3, keys) // as many as before, signed by both
		if err := proof.VerifyConsistency(open(t, old, proven.Proof.Checkpoint), c, nil); err != nil {
			t.Error(err)
		}
	}

	h.stop(t)
	if h.keyring, err = rotated.Retire(); err != nil {
		t.Fatal(err)
	}
	h.start(t)
	says(t, proven, h.keyring.Public)
	says(t, h.proven(t, facts[2].ID), publicOf(t, rotated.Signers[1]))
	if _, err := h.receipt(t, facts[2].ID, events.Position{}).Verify(old); !errors.Is(err, proof.ErrUnknownKey) {
		t.Errorf("a key that is retired signs: %v", err)
	}
}

// Each checkpoint continues those before it, and all can be proven from tiles.
func TestCheckpointsContinueEachOther(t *testing.T) {
	h := begin(t)
	at := events.NoStream
	var before proof.Checkpoint
	for _, n := range []int{1, 300, 2} {
		done, err := h.remote().Append(t.Context(), "practice-A81001", at, usual(n))
		if err != nil {
			t.Fatal(err)
		}
		at = done.Revision
		c := h.checkpoint(t, before.Size+proof.Size(n), h.keyring.Public)
		if before.Size > 0 {
			hashes, err := proof.ProveConsistency(h.tiles(t, c.Size), before.Size, c.Size)
			if err != nil {
				t.Fatal(err)
			}
			if err := proof.VerifyConsistency(before, c, hashes); err != nil {
				t.Error(err)
			}
		}
		before = c
	}
	for _, path := range []string{"tile/0/001.p/48", "tile/1/000.p/2", "tile/entries/000", "tile/9/000"} {
		if _, err := h.remote().Tile(t.Context(), path); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s is answered with %v", path, err)
		}
	}
	if _, err := h.remote().Tile(t.Context(), "tile/0/../x"); err == nil || errors.Is(err, store.ErrNotFound) {
		t.Errorf("what is no tile is answered with %v", err)
	}
}

// A book that is not the one that was signed takes nothing more, and says why.
func TestABookThatContradictsItsCheckpointIsNotOpened(t *testing.T) {
	for what, c := range map[string]struct {
		change func(t *testing.T, h *house)
		says   string
	}{
		"the tail is gone": {func(t *testing.T, h *house) {
			alter(t, h, "DELETE FROM fact WHERE position = 3")
		}, "it holds 2 entries, and a checkpoint of 3 was signed"},
		"an entry is edited": {func(t *testing.T, h *house) {
			alter(t, h, `UPDATE fact SET data = '{"text":"other"}' WHERE position = 2`)
		}, "its first 3 entries have the root"},
		"it was put back from a backup, and grew": {func(t *testing.T, h *house) {
			alter(t, h, "DELETE FROM fact WHERE position = 3")
			alter(t, h, `INSERT INTO fact (position, stream, revision, time, type, id, entities, data) SELECT 3, stream, 2, time, type, '00000000-0000-4000-8000-000000000000', entities, data FROM fact WHERE position = 2`)
		}, "its first 3 entries have the root"},
		"the keys are another book's": {func(t *testing.T, h *house) {
			ring, err := notary.NewKeyring("book.example/test")
			if err != nil {
				t.Fatal(err)
			}
			h.keyring = ring
		}, "not by the book's keys"},
		"the checkpoint is damaged": {func(t *testing.T, h *house) {
			if err := os.WriteFile(filepath.Join(h.books, "book.checkpoint"), []byte("book.example/test\n3\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "not by the book's keys"},
	} {
		t.Run(what, func(t *testing.T) {
			h := begin(t)
			if _, err := h.remote().Append(t.Context(), "practice-A81001", events.NoStream, usual(3)); err != nil {
				t.Fatal(err)
			}
			h.checkpoint(t, 3, h.keyring.Public)
			h.stop(t)
			c.change(t, h)
			if err := os.RemoveAll(h.own); err != nil { // or the index would still have it as it was
				t.Fatal(err)
			}
			s, err := sqlite.Open(sqlite.Options{Path: filepath.Join(h.books, "book.db")})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			e := env.Env{NATS: h.connect(t), Clock: clock.System, Telemetry: telemetry.Off(), Dir: h.own, Ready: func() { t.Error("it says that it is ready") }}
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			err = book.Run(ctx, e, book.Config{Store: s, Keyring: &h.keyring, Checkpoint: filepath.Join(h.books, "book.checkpoint")})
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("it ends with %v, want %q", err, c.says)
			}
		})
	}
}

// Of an entry that is edited while the book runs nothing is signed.
func TestNothingIsSignedForAnEditedEntry(t *testing.T) {
	h := begin(t)
	facts := usual(2)
	if _, err := h.remote().Append(t.Context(), "practice-A81001", events.NoStream, facts); err != nil {
		t.Fatal(err)
	}
	h.checkpoint(t, 2, h.keyring.Public)
	alter(t, h, `UPDATE fact SET data = '{"text":"other"}' WHERE position = 1`)
	if _, err := h.remote().Receipt(t.Context(), facts[0].ID, events.Position{}); err == nil || !strings.Contains(err.Error(), "altered") {
		t.Errorf("it is answered with %v", err)
	}
	says(t, h.receipt(t, facts[1].ID, events.Position{}), h.keyring.Public)
}

// receipt asks for a receipt, and reads it.
func (h *house) receipt(t *testing.T, id events.ID, reach events.Position) proof.Receipt {
	t.Helper()
	text, err := h.remote().Receipt(t.Context(), id, reach)
	if err != nil {
		t.Fatal(err)
	}
	r, err := proof.ParseReceipt(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// proven waits for a receipt with a proof.
func (h *house) proven(t *testing.T, id events.ID) proof.Receipt {
	t.Helper()
	for range 1000 {
		if r := h.receipt(t, id, events.Position{}); r.Proof != nil {
			return r
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("no checkpoint covers it after ten seconds\n%s", h.log)
	return proof.Receipt{}
}

// checkpoint waits for a checkpoint of a size that keys have signed.
func (h *house) checkpoint(t *testing.T, size proof.Size, keys proof.Keys) proof.Checkpoint {
	t.Helper()
	var err error
	for range 1000 {
		c, asked := h.remote().Checkpoint(t.Context())
		if asked != nil {
			t.Fatal(asked)
		}
		var signed proof.Signed
		if signed, err = keys.Open([]byte(c.Note)); err == nil && signed.Size == size {
			return signed.Checkpoint
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("there is no checkpoint of %d entries after ten seconds: %v\n%s", size, err, h.log)
	return proof.Checkpoint{}
}

// tiles makes the tree anew from published tiles.
func (h *house) tiles(t *testing.T, size proof.Size) proof.HashReader {
	t.Helper()
	var all proof.Memory
	tree, err := proof.OpenTree(&all)
	if err != nil {
		t.Fatal(err)
	}
	for leaf, err := range proof.TileLeaves(size, func(tile proof.Tile) ([]byte, error) { return h.remote().Tile(t.Context(), tile.Path()) }) {
		if err != nil {
			t.Fatal(err)
		}
		if err := tree.Append([]proof.Hash{leaf}); err != nil {
			t.Fatal(err)
		}
	}
	return &all
}

// says checks that a receipt holds, and with a proof all of it.
func says(t *testing.T, r proof.Receipt, keys proof.Keys) {
	t.Helper()
	found, err := r.Verify(keys)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if r.Proof != nil && f.Verdict != proof.Held {
			t.Error(f.Says)
		}
	}
}

func open(t *testing.T, keys proof.Keys, note []byte) proof.Checkpoint {
	t.Helper()
	c, err := keys.Open(note)
	if err != nil {
		t.Fatal(err)
	}
	return c.Checkpoint
}

func publicOf(t *testing.T, s proof.Signer) proof.Keys {
	t.Helper()
	keys, err := proof.NewKeys(s.Public())
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// alter changes a book behind its back, as somebody might who has its file.
func alter(t *testing.T, h *house, query string) {
	t.Helper()
	conn, err := zombiezen.OpenConn(filepath.Join(h.books, "book.db"), zombiezen.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, q := range []string{"PRAGMA busy_timeout = 5000", "DROP TRIGGER IF EXISTS fact_stays", "DROP TRIGGER IF EXISTS fact_stays_as_it_is", query} {
		if err := sqlitex.ExecuteTransient(conn, q, nil); err != nil {
			t.Fatal(fmt.Errorf("%s: %w", q, err))
		}
	}
}
