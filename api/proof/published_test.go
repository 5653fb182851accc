package proof_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/api/proof/independent"
	"github.com/ics-openbook/openbook/events"
)

// serve publishes a log: what the book will do, in as few lines as it takes.
func serve(files map[string][]byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, is := files[strings.TrimPrefix(r.URL.Path, "/log/")]
		if !is {
			http.NotFound(w, r)
			return
		}
		if _, err := w.Write(b); err != nil {
			panic(http.ErrAbortHandler)
		}
	})
}

// Somebody who knows the documents alone reads the log over HTTP and verifies a
// checkpoint, an inclusion and a consistency proof; the proofs are the
// product's, and made again from the tiles.
func TestIndependentReader(t *testing.T) {
	const older, newer = 700, 1100
	b := bookOf(t, newer)
	files := publish(t, b.stored, older, newer)
	files[proof.CheckpointPath] = cosign(t, sign(t, b.at(t, newer), secondPrivate, firstPrivate), 1793000000)
	server := httptest.NewServer(serve(files))
	defer server.Close()
	fetch := func(path string) ([]byte, error) {
		resp, err := http.Get(server.URL + "/log/" + path)
		if err != nil {
			return nil, err
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("%s: %s", path, resp.Status)
		}
		return io.ReadAll(resp.Body)
	}

	msg, err := fetch("checkpoint")
	if err != nil {
		t.Fatal(err)
	}
	head, err := independent.Open(msg, firstPublic, witnessPublic)
	if err != nil || head.Origin != origin || head.Size != newer || head.Cosign["witness.example.net/w1"] != 1793000000 {
		t.Fatalf("%+v, %v", head, err)
	}
	then, err := independent.Open(sign(t, b.at(t, older), firstPrivate), firstPublic)
	if err != nil {
		t.Fatal(err)
	}
	log := independent.Log{Fetch: fetch}
	leaves, err := log.Leaves(head.Size)
	if err != nil || independent.Root(leaves) != head.Root || independent.Root(leaves[:older]) != then.Root {
		t.Fatalf("the tiles are not the checkpoint's: %v", err)
	}

	for _, o := range []events.Ordinal{1, 256, 257, 700, 1100} {
		r := b.receipt(t, int(o))
		if leaves[o-1] != independent.Leaf(r.Entry) {
			t.Errorf("entry %d has another leaf hash", o)
		}
		theirs := independent.Path(int(o-1), leaves)
		if !slices.Equal(plain(r.Proof.Hashes), theirs) {
			t.Errorf("entry %d is proved otherwise", o)
		}
		if err := independent.Included(independent.Leaf(r.Entry), uint64(o-1), head.Size, plain(r.Proof.Hashes), head.Root); err != nil {
			t.Errorf("entry %d: %v", o, err)
		}
		if err := independent.Included(independent.Leaf(r.Entry[1:]), uint64(o-1), head.Size, plain(r.Proof.Hashes), head.Root); err == nil {
			t.Error("the reader believes anything")
		}
	}
	p, err := proof.ProveConsistency(b.stored, older, newer)
	if err != nil {
		t.Fatal(err)
	}
	if err := independent.Consistent(then.Size, head.Size, plain(p), then.Root, head.Root); err != nil {
		t.Error(err)
	}
	if err := independent.Consistent(then.Size-1, head.Size, plain(p), then.Root, head.Root); err == nil {
		t.Error("the reader believes anything")
	}
	files["tile/0/001"][100] ^= 1
	if _, err := log.Leaves(head.Size); err == nil {
		t.Error("the reader believes any tile")
	}
}

// The independent reader is only worth something if it is one.
func TestReaderIsIndependent(t *testing.T) {
	files, err := filepath.Glob("independent/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, imported := range f.Imports {
			if path, err := strconv.Unquote(imported.Path.Value); err != nil || strings.Contains(path, ".") {
				t.Errorf("%s imports %s", file, path)
			}
		}
	}
}

// The library reads no clock, file or network, and makes up nothing at random:
// whoever verifies gives it all it needs.
func TestOffline(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, imported := range f.Imports {
			path, err := strconv.Unquote(imported.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if root, _, _ := strings.Cut(path, "/"); slices.Contains([]string{"os", "net", "math/rand", "crypto/rand", "context", "syscall", "log"}, root) || strings.HasSuffix(path, "/rand") {
				t.Errorf("%s imports %s", file, path)
			}
		}
	}
}
