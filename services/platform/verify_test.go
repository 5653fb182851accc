package platform_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/services/platform"
)

// stopped is the data folder of a book of the demonstration, with its newest
// checkpoint and how many entries that has.
func stopped(t *testing.T) (data string, keys proof.Keys, note []byte, size proof.Size) {
	t.Helper()
	data = t.TempDir()
	s, stop := up(t, platform.Config{Data: data, Demo: true, Origin: "book.example/QZ1"})
	c := s.as(t, "steward", steward)
	receiptOf(t, c, c.do(t, "registerNetwork", input{"code": "U99999", "name": "The last", "system": "QZ1"}).ID)
	keys, err := proof.ParseKeys([]byte(get(t, s, "/keys")))
	if err != nil {
		t.Fatal(err)
	}
	stop()
	note = readFile(t, data, "book.checkpoint")
	signed, err := keys.Open(note)
	if err != nil {
		t.Fatal(err)
	}
	return data, keys, note, signed.Size
}

// Whatever somebody does to a book who has its file is found out by who kept a
// checkpoint: the first entry that is not what it was is named.
func TestWhatIsDoneToABookIsFoundOut(t *testing.T) {
	t.Parallel()
	data, keys, note, size := stopped(t)
	if size < 1000 {
		t.Fatalf("the book has %d entries", size)
	}
	renumber := func(from, by int) []string { // by way of numbers that are not taken
		return []string{
			fmt.Sprintf("UPDATE fact SET position = -position WHERE position >= %d", from),
			fmt.Sprintf("UPDATE fact SET position = -position + %d WHERE position < 0", by),
		}
	}
	insert := `INSERT INTO fact (position, stream, revision, time, type, id, entities, data) SELECT 300, 'inserted-1', 0, time, type, '00000000-0000-4000-8000-000000000000', entities, data FROM fact WHERE position = 1`
	for what, c := range map[string]struct {
		do    []string
		first uint64
		looks proof.Change
		says  string
	}{
		"nothing":            {nil, 0, "", ""},
		"one bit is flipped": {[]string{`UPDATE fact SET data = replace(data, 'a', 'c') WHERE position = 300`}, 300, proof.Edited, "entry 300"},
		"an actor is edited": {[]string{`UPDATE fact SET actor = 'person-nobody' WHERE position = 1`}, 1, proof.Edited, "entry 1 "},
		"an entry is removed": {
			slices.Concat([]string{"DELETE FROM fact WHERE position = 300"}, renumber(301, -1)), 300, proof.Removed, "removed",
		},
		"an entry is inserted": {slices.Concat(renumber(300, 1), []string{insert}), 300, proof.Inserted, "inserted"},
		"two are swapped": {[]string{
			"UPDATE fact SET position = -1 WHERE position = 300", "UPDATE fact SET position = 300 WHERE position = 400", "UPDATE fact SET position = 400 WHERE position = -1",
		}, 300, proof.Swapped, "entry 400"},
		"the tail is cut": {[]string{"DELETE FROM fact WHERE position > 300"}, 301, proof.Cut, "entry 301 is missing"},
		"all is written anew, an hour later": {[]string{
			`UPDATE fact SET time = strftime('%Y-%m-%dT%H:%M:%S', time, '+1 hour') || '.000000Z'`,
		}, 1, proof.Rewritten, "not the only one"},
	} {
		t.Run(what, func(t *testing.T) {
			folder := copied(t, data)
			tamper(t, folder, c.do...)
			r, err := platform.Verify(t.Context(), folder, keys, [][]byte{note}, func(_, _ uint64) {})
			var altered *proof.Altered
			switch {
			case c.first == 0:
				if err != nil || r.Size != size {
					t.Errorf("a book of %d entries as it was: %v", r.Size, err)
				}
			case !errors.As(err, &altered) || !altered.Exact() || uint64(altered.First) != c.first || altered.Looks != c.looks || !strings.Contains(err.Error(), c.says):
				t.Errorf("it is told as %v", err)
			}
			// without what the index has, a checkpoint alone says that, not where
			if err := os.RemoveAll(filepath.Join(folder, "book")); err != nil {
				t.Fatal(err)
			}
			_, err = platform.Verify(t.Context(), folder, keys, [][]byte{note}, func(_, _ uint64) {})
			if errors.Is(err, proof.ErrAltered) != (c.first != 0) {
				t.Errorf("by the checkpoint alone it is told as %v", err)
			}
		})
	}
}

// Who holds the book's key can make another book and sign it, which then agrees
// with itself, and contradicts whatever was kept of the one before.
func TestABookWrittenAnewContradictsWhatWasKept(t *testing.T) {
	t.Parallel()
	data, keys, note, size := stopped(t)
	folder := copied(t, data)
	tamper(t, folder, `UPDATE fact SET actor = 'person-nobody' WHERE position = 300`)
	for _, derived := range []string{"book", "book.checkpoint", "issuer.key"} {
		if err := os.RemoveAll(filepath.Join(folder, derived)); err != nil {
			t.Fatal(err)
		}
	}
	s, stop := up(t, platform.Config{Data: folder}) // which signs it
	soon(t, func() bool { return headOf(t, s, get(t, s, "/keys")).Size >= uint64(size) }, func() any { return size })
	stop()
	if _, err := platform.Verify(t.Context(), folder, keys, nil, func(_, _ uint64) {}); err != nil {
		t.Errorf("it does not agree with itself: %v", err)
	}
	_, err := platform.Verify(t.Context(), folder, keys, [][]byte{note}, func(_, _ uint64) {})
	if !errors.Is(err, proof.ErrAltered) {
		t.Errorf("by what was kept it is told as %v", err)
	}
}

func TestWhatABookCannotBeVerifiedBy(t *testing.T) {
	t.Parallel()
	data, keys, note, _ := stopped(t)
	other, err := proof.ParseKeys([]byte(strings.Replace(keys.String(), "QZ1", "QZ2", 1)))
	if err == nil {
		_, err = platform.Verify(t.Context(), data, other, nil, func(_, _ uint64) {})
	}
	if err == nil {
		t.Error("another book's key will do")
	}
	forged := []byte(strings.Replace(string(note), "\n1", "\n2", 1))
	if _, err := platform.Verify(t.Context(), data, keys, [][]byte{forged}, func(_, _ uint64) {}); !errors.Is(err, proof.ErrForged) {
		t.Errorf("a forged checkpoint is told as %v", err)
	}
	if _, err := platform.Verify(t.Context(), t.TempDir(), keys, nil, func(_, _ uint64) {}); !errors.Is(err, platform.ErrNoBook) {
		t.Errorf("a folder without a book is told as %v", err)
	}
	folder := copied(t, data)
	if err := os.Remove(filepath.Join(folder, "book.checkpoint")); err != nil {
		t.Fatal(err)
	}
	if _, err := platform.Verify(t.Context(), folder, keys, nil, func(_, _ uint64) {}); !errors.Is(err, platform.ErrNoCheckpoint) {
		t.Errorf("a book without a checkpoint is told as %v", err)
	}
}

// A backup of a running book is verified, and restored with the same root; a
// platform runs on it and continues what was signed.
func TestBackup(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s, stop := up(t, platform.Config{Data: data, Demo: true})
	c := s.as(t, "steward", steward)
	receipt := receiptOf(t, c, c.do(t, "registerNetwork", input{"code": "U99999", "name": "Before", "system": "QZ1"}).ID)
	backup := filepath.Join(t.TempDir(), "backup")
	made, err := platform.Backup(t.Context(), platform.Config{Data: data}, backup, func(_, _ uint64) {})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := platform.Backup(t.Context(), platform.Config{Data: data}, backup, func(_, _ uint64) {}); !errors.Is(err, os.ErrExist) {
		t.Errorf("a backup is written over: %v", err)
	}
	if exists(filepath.Join(backup, "book.key")) {
		t.Error("the private key is in the backup")
	}
	drill, err := platform.RestoreDrill(t.Context(), platform.Config{Data: data}, func(string, uint64, uint64) {})
	if err != nil || drill.Entries < made.Size || drill.Root == (proof.Hash{}) {
		t.Errorf("the drill tried %d entries: %v", drill.Entries, err)
	}
	receiptOf(t, c, c.do(t, "registerNetwork", input{"code": "U99998", "name": "After", "system": "QZ1"}).ID)
	killed := readFile(t, data, "book.db-wal") // as it lies there when nobody has stopped the platform
	stop()

	restored := platform.Config{Data: t.TempDir()}
	got, err := platform.Restore(t.Context(), backup, restored, false, func(_, _ uint64) {})
	if err != nil || got.Root != made.Root || got.Size != made.Size {
		t.Fatalf("%d entries with the root %s were restored, %v; %d with %s were backed up", got.Size, got.Root, err, made.Size, made.Root)
	}
	if _, err := platform.Restore(t.Context(), backup, restored, false, func(_, _ uint64) {}); !errors.Is(err, os.ErrExist) {
		t.Errorf("a book is written over: %v", err)
	}
	if err := os.WriteFile(filepath.Join(restored.Data, "book.key"), readFile(t, data, "book.key"), 0o600); err != nil {
		t.Fatal(err)
	}
	again, end := up(t, restored)
	c = again.as(t, "steward", steward)
	keys, err := proof.ParseKeys([]byte(get(t, again, "/keys")))
	if err != nil {
		t.Fatal(err)
	}
	now := receiptOf(t, c, string(receipt.ID))
	if _, err := now.Verify(keys); err != nil || now.Leaf != receipt.Leaf || now.Proof.Ordinal != receipt.Proof.Ordinal {
		t.Errorf("the entry is now %d with %s: %v", now.Proof.Ordinal, now.Leaf, err)
	}
	end()

	// the book is lost, and what was signed after the backup is remembered
	if err := errors.Join(os.Remove(filepath.Join(data, "book.db")), os.WriteFile(filepath.Join(data, "book.db-wal"), killed, 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "book", "index.db"), []byte("no index any more"), 0o600); err != nil { // the disk took that too
		t.Fatal(err)
	}
	if _, err := platform.Restore(t.Context(), backup, platform.Config{Data: data}, false, func(_, _ uint64) {}); !errors.Is(err, platform.ErrAhead) || exists(filepath.Join(data, "book.db")) {
		t.Errorf("entries that were signed for are forgotten: %v", err)
	}
	if _, err := platform.Restore(t.Context(), backup, platform.Config{Data: data}, true, func(_, _ uint64) {}); err != nil {
		t.Fatal(err)
	}
	if n := factsIn(t, data); n != int64(made.Size) {
		t.Errorf("the restored book has %d entries, and %d were restored: what the old one left was played into it", n, made.Size)
	}
	old := filepath.Join(t.TempDir(), "old.key") // as they are kept elsewhere
	if err := os.WriteFile(old, readFile(t, restored.Data, "book.key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := run(t, platform.Config{Data: data, BookKey: old, Listen: "127.0.0.1:0", Log: logOf(t)}); err == nil || !strings.Contains(err.Error(), "put the others away") {
		t.Errorf("it goes on under its old name: %v", err)
	}
	anew, _ := up(t, platform.Config{Data: data})
	head := headOf(t, anew, get(t, anew, "/keys"))
	if head.Origin == keys.All()[0].Origin() || !strings.HasPrefix(head.Origin, keys.All()[0].Origin()) {
		t.Errorf("it goes on under the name %q", head.Origin)
	}
}

// factsIn is how many facts there are in the book's file, as whoever opens it next
// will find them.
func factsIn(t *testing.T, folder string) int64 {
	t.Helper()
	conn, err := sqlite.OpenConn(filepath.Join(folder, "book.db"), sqlite.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	count, _, err := conn.PrepareTransient("SELECT count(*) FROM fact")
	if err != nil {
		t.Fatal(err)
	}
	n, err1 := sqlitex.ResultInt64(count)
	if err := errors.Join(err1, count.Finalize(), conn.Close()); err != nil {
		t.Fatal(err)
	}
	return n
}

// A backup that is damaged is not restored.
func TestADamagedBackupIsNotRestored(t *testing.T) {
	t.Parallel()
	data, _, _, _ := stopped(t)
	backup := filepath.Join(t.TempDir(), "backup")
	if _, err := platform.Backup(t.Context(), platform.Config{Data: data}, backup, func(_, _ uint64) {}); err != nil {
		t.Fatal(err)
	}
	tamper(t, backup, `UPDATE fact SET actor = 'person-nobody' WHERE position = 300`)
	to := platform.Config{Data: filepath.Join(t.TempDir(), "data")}
	if _, err := platform.Restore(t.Context(), backup, to, false, func(_, _ uint64) {}); !errors.Is(err, proof.ErrAltered) || exists(filepath.Join(to.Data, "book.db")) {
		t.Errorf("it is told as %v", err)
	}
}

func copied(t *testing.T, data string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(data)); err != nil {
		t.Fatal(err)
	}
	return to
}

// tamper changes a book by its file.
func tamper(t *testing.T, folder string, queries ...string) {
	t.Helper()
	conn, err := sqlite.OpenConn(filepath.Join(folder, "book.db"), sqlite.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range slices.Concat([]string{"DROP TRIGGER IF EXISTS fact_stays", "DROP TRIGGER IF EXISTS fact_stays_as_it_is"}, queries) {
		if err := sqlitex.ExecuteTransient(conn, q, nil); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func readFile(t *testing.T, folder, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
