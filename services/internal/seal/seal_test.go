package seal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/seal"
)

var noon = time.Date(2026, time.July, 1, 12, 0, 0, 0, time.UTC)

func open(t *testing.T, path string) *seal.Keys {
	t.Helper()
	k, err := seal.Open(path, clock.Func(func() time.Time { return noon }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := k.Close(); err != nil {
			t.Error(err)
		}
	})
	return k
}

func file(t *testing.T) string { return filepath.Join(t.TempDir(), "keys", "keys.db") }

func sealed(t *testing.T, k *seal.Keys, person events.PersonRef, clear string) events.Sealed {
	t.Helper()
	s, err := k.Seal(t.Context(), person, clear)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func wantErr(t *testing.T, k *seal.Keys, s events.Sealed, want error) {
	t.Helper()
	if got, err := k.Unseal(t.Context(), s); !errors.Is(err, want) {
		t.Errorf("unsealed as %q: %v, want %v", got, err, want)
	}
}

func TestSealed(t *testing.T) {
	path := file(t)
	k := open(t, path)
	for _, clear := range []string{"Dr Ada Quince", "", "Siân\x00\n"} {
		s := sealed(t, k, "person-1", clear)
		if s.Person != "person-1" || clear != "" && bytes.Contains(s.Box, []byte(clear)) {
			t.Errorf("%q is sealed as %v", clear, s)
		}
		for _, keys := range []*seal.Keys{k, open(t, path)} { // another process has it at once
			if got, err := keys.Unseal(t.Context(), s); err != nil || got != clear {
				t.Errorf("%q is unsealed as %q: %v", clear, got, err)
			}
		}
	}
	if a, b := sealed(t, k, "person-1", "same"), sealed(t, k, "person-1", "same"); bytes.Equal(a.Box, b.Box) {
		t.Error("two sealed values can be told to be equal")
	}
	if _, err := k.Seal(t.Context(), "", "x"); !errors.Is(err, seal.ErrNoPerson) {
		t.Errorf("a value of nobody: %v", err)
	}
	wantErr(t, k, events.Sealed{}, seal.ErrNoPerson)
}

func TestErased(t *testing.T) {
	path := file(t)
	k := open(t, path)
	gone, stays := sealed(t, k, "person-1", "Dr Ada Quince"), sealed(t, k, "person-2", "Ben Rowe")
	key := storedKey(t, path, "person-1")

	for range 2 { // the second time is no error
		if err := k.Erase(t.Context(), "person-1"); err != nil {
			t.Fatal(err)
		}
	}
	wantErr(t, k, gone, seal.ErrErased)
	wantErr(t, open(t, path), gone, seal.ErrErased)
	if _, err := k.Seal(t.Context(), "person-1", "again"); !errors.Is(err, seal.ErrErased) {
		t.Errorf("sealed for somebody erased: %v", err)
	}
	if got, err := k.Unseal(t.Context(), stays); err != nil || got != "Ben Rowe" {
		t.Errorf("somebody else is unsealed as %q: %v", got, err)
	}
	files, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if data, err := os.ReadFile(name); err != nil || bytes.Contains(data, key) {
			t.Errorf("the erased key is still in %s: %v", name, err)
		}
	}
}

func TestErasuresOutliveARestore(t *testing.T) {
	path := file(t)
	k := open(t, path)
	gone := sealed(t, k, "person-1", "Dr Ada Quince")
	backup, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(k.Erase(t.Context(), "person-1"), k.Erase(t.Context(), "person-9")); err != nil {
		t.Fatal(err)
	}
	erasures, err := k.Erasures(t.Context())
	if err != nil || len(erasures) != 2 || erasures[0] != (seal.Erasure{Person: "person-1", Time: noon}) {
		t.Fatalf("%v: %v", erasures, err)
	}

	restored := file(t)
	if err := errors.Join(os.MkdirAll(filepath.Dir(restored), 0o700), os.WriteFile(restored, backup, 0o600)); err != nil {
		t.Fatal(err)
	}
	k = open(t, restored)
	if got, err := k.Unseal(t.Context(), gone); err != nil || got != "Dr Ada Quince" {
		t.Fatalf("the backup does not hold what it should: %q: %v", got, err)
	}
	for range 2 {
		if err := k.ApplyErasures(t.Context(), erasures); err != nil {
			t.Fatal(err)
		}
	}
	wantErr(t, k, gone, seal.ErrErased)
	if again, err := k.Erasures(t.Context()); err != nil || fmt.Sprint(again) != fmt.Sprint(erasures) {
		t.Errorf("after the restore: %v: %v", again, err)
	}

	later := []seal.Erasure{{Person: "person-1", Time: noon.Add(time.Hour)}, {Person: "person-3", Time: noon}, {}}
	if err := k.ApplyErasures(t.Context(), later); !errors.Is(err, seal.ErrNoPerson) {
		t.Errorf("a list with nobody in it: %v", err)
	}
	sealed(t, k, "person-3", "applied in part?")
	if err := k.ApplyErasures(t.Context(), later[:1]); err != nil {
		t.Fatal(err)
	}
	if again, err := k.Erasures(t.Context()); err != nil || again[0].Time != noon {
		t.Errorf("an erasure is now dated %v: %v", again[0].Time, err)
	}
}

func TestDigest(t *testing.T) {
	k := open(t, file(t))
	digest := func(person events.PersonRef, message string) string {
		d, err := k.Digest(t.Context(), person, []byte(message))
		if err != nil {
			t.Fatal(err)
		}
		return string(d)
	}
	if _, err := k.Digest(t.Context(), "person-1", nil); !errors.Is(err, seal.ErrNoKey) {
		t.Errorf("a digest without a key: %v", err)
	}
	for _, person := range []events.PersonRef{"person-1", "person-2"} {
		sealed(t, k, person, "x")
	}
	one := digest("person-1", "Ada")
	if one != digest("person-1", "Ada") {
		t.Error("the same message has two digests")
	}
	if one == digest("person-1", "Ida") || one == digest("person-2", "Ada") {
		t.Error("another message, or another's, has the same digest")
	}
	if err := k.Erase(t.Context(), "person-1"); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Digest(t.Context(), "person-1", []byte("Ada")); !errors.Is(err, seal.ErrErased) {
		t.Errorf("the digest outlives the erasure: %v", err)
	}
}

func TestTampered(t *testing.T) {
	k := open(t, file(t))
	s := sealed(t, k, "person-1", "Dr Ada Quince")
	for i := range s.Box {
		bent := events.Sealed{Person: s.Person, Box: bytes.Clone(s.Box)}
		bent.Box[i] ^= 1
		wantErr(t, k, bent, seal.ErrTampered)
	}
	wantErr(t, k, events.Sealed{Person: s.Person, Box: s.Box[:10]}, seal.ErrTampered)
	wantErr(t, k, events.Sealed{Person: s.Person}, seal.ErrTampered)
	wantErr(t, k, events.Sealed{Person: "person-2", Box: s.Box}, seal.ErrNoKey)
	sealed(t, k, "person-2", "x")
	wantErr(t, k, events.Sealed{Person: "person-2", Box: s.Box}, seal.ErrTampered)
}

// TestABoxIsBoundToItsPerson gives two people one key, which only somebody with
// the key file could: the reference alone must keep their boxes apart.
func TestABoxIsBoundToItsPerson(t *testing.T) {
	path := file(t)
	k := open(t, path)
	s := sealed(t, k, "person-1", "Dr Ada Quince")
	edit(t, path, "INSERT INTO key SELECT 'person-2', key FROM key", nil)
	wantErr(t, k, events.Sealed{Person: "person-2", Box: s.Box}, seal.ErrTampered)
}

func TestManyAtOnceShareOneKey(t *testing.T) {
	path := file(t)
	keys := []*seal.Keys{open(t, path), open(t, path)} // as two processes
	const callers, people = 16, 3
	boxes := make([]events.Sealed, callers*people)
	var wg sync.WaitGroup
	for i := range boxes {
		wg.Go(func() {
			s, err := keys[i%2].Seal(context.Background(), events.PersonRef(fmt.Sprint("person-", i%people)), fmt.Sprint(i))
			if err != nil {
				t.Error(err)
			}
			boxes[i] = s
		})
	}
	wg.Wait()
	for i, s := range boxes {
		if got, err := keys[0].Unseal(t.Context(), s); err != nil || got != fmt.Sprint(i) {
			t.Errorf("value %d is unsealed as %q: %v", i, got, err)
		}
	}
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	path := file(t)
	k := open(t, path)
	conn, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := sqlitex.ExecuteTransient(conn, "BEGIN IMMEDIATE", nil); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := k.Seal(ctx, "person-1", "x"); err == nil {
		t.Error("sealed with a key that could not be written")
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestOtherFilesAreLeftAlone(t *testing.T) {
	path := file(t)
	open(t, path)
	edit(t, path, "PRAGMA user_version = 2", nil)
	if _, err := seal.Open(path, clock.System); !errors.Is(err, seal.ErrForeign) {
		t.Errorf("a later release's file: %v", err)
	}
	edit(t, path, "PRAGMA application_id = 7", nil)
	if _, err := seal.Open(path, clock.System); !errors.Is(err, seal.ErrForeign) {
		t.Errorf("another program's file: %v", err)
	}
	text := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(text, bytes.Repeat([]byte("dear diary "), 500), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.Open(text, clock.System); err == nil {
		t.Error("a text is opened as keys")
	}
}

func TestTheFileIsItsOwnersAlone(t *testing.T) {
	path := file(t)
	open(t, path)
	for name, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s is %v: %v", name, info.Mode(), err)
		}
	}
}

func storedKey(t *testing.T, path, person string) (key []byte) {
	t.Helper()
	edit(t, path, "SELECT key FROM key WHERE person = '"+person+"'", func(s *sqlite.Stmt) error {
		key = make([]byte, s.ColumnLen(0))
		s.ColumnBytes(0, key)
		return nil
	})
	if len(key) != 32 {
		t.Fatalf("the key of %s has %d bytes", person, len(key))
	}
	return key
}

func edit(t *testing.T, path, query string, each func(*sqlite.Stmt) error) {
	t.Helper()
	conn, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := sqlitex.ExecuteTransient(conn, query, &sqlitex.ExecOptions{ResultFunc: each}); err != nil {
		t.Fatal(err)
	}
}
