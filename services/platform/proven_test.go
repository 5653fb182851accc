package platform_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/api/proof/independent"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/store/remote"
	"github.com/ics-openbook/openbook/services/platform"
)

// Somebody who is not signed in, and has nothing but the C2SP documents and the
// book's public key, verifies over HTTP that an entry is in the book, and, after a
// restart, that the book of today contains the book of before.
func TestTheBookIsProvenToAnybody(t *testing.T) {
	t.Parallel()
	s, _ := up(t, platform.Config{Data: t.TempDir(), Origin: "book.example/QZ1"})
	c := s.as(t, "steward", steward)
	c.do(t, "registerSystem", input{"code": "QZ1", "name": "West", "region": "Y61"})
	for n := range 20 {
		c.do(t, "registerNetwork", input{"code": fmt.Sprintf("U99%03d", n), "name": "Network", "system": "QZ1"})
	}
	last := c.do(t, "registerNetwork", input{"code": "U99900", "name": "Network", "system": "QZ1"})
	signed := receiptOf(t, c, last.ID)

	key := get(t, s, "/keys")
	before := headOf(t, s, key)
	if before.Origin != "book.example/QZ1" || before.Size < 22 {
		t.Fatalf("the checkpoint is of %d entries of %s", before.Size, before.Origin)
	}
	leaves := leavesOf(t, s, before)
	leaf := independent.Leaf(signed.Entry)
	at := int(signed.Proof.Ordinal) - 1
	if err := independent.Included(leaf, uint64(at), before.Size, independent.Path(at, leaves[:before.Size]), before.Root); err != nil {
		t.Error(err)
	}
	if err := independent.Included(leaf, uint64(at-1), before.Size, independent.Path(at, leaves[:before.Size]), before.Root); err == nil {
		t.Error("it is in another place too")
	}

	s.restart(t)
	c = s.as(t, "steward", steward)
	c.do(t, "registerNetwork", input{"code": "U99901", "name": "Network", "system": "QZ1"})
	var after independent.Head
	soon(t, func() bool { after = headOf(t, s, key); return after.Size > before.Size }, func() any { return after.Size })
	leaves = leavesOf(t, s, after)
	if err := independent.Consistent(before.Size, after.Size, independent.Proof(int(before.Size), leaves), before.Root, after.Root); err != nil {
		t.Error(err)
	}
	for path, want := range map[string]int{"/tile/0/001": http.StatusNotFound, "/tile/x": http.StatusNotFound, "/tile/entries/000": http.StatusForbidden, "/tile/0/000.p/1": http.StatusOK} {
		if status, body := fetched(t, s, path); status != want {
			t.Errorf("%s is answered with %d: %s", path, status, body)
		}
	}

	// what makes a leaf hash tell nothing: each entry has a span that is not published
	nc, err := s.join(t.Context(), "network")
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	spans := map[string]bool{}
	for r, err := range remote.New(nc).ReadAll(t.Context(), events.Position{}) {
		if err != nil {
			t.Fatal(err)
		}
		if _, rest, is := strings.Cut(r.Traceparent, "-"); !is || len(rest) != 52 || strings.Contains(r.Traceparent, "0000000000000000") {
			t.Errorf("entry %s was recorded under the span %q", r.ID, r.Traceparent)
		}
		spans[r.Traceparent] = true
	}
	if len(spans) < 20 {
		t.Errorf("%d spans are different", len(spans))
	}
}

// receiptOf waits for a receipt with a proof, and verifies it.
func receiptOf(t *testing.T, c client, id string) (r proof.Receipt) {
	t.Helper()
	soon(t, func() bool {
		r = read[struct {
			Receipt struct{ Document proof.Receipt }
		}](t, c, fmt.Sprintf(`{ receipt(id: %q) { document } }`, id)).Receipt.Document
		return r.Proof != nil
	}, func() any { return r })
	return r
}

func headOf(t *testing.T, s *site, key string) independent.Head {
	t.Helper()
	head, err := independent.Open([]byte(get(t, s, "/checkpoint")), strings.TrimSpace(key))
	if err != nil {
		t.Fatal(err)
	}
	return head
}

func leavesOf(t *testing.T, s *site, head independent.Head) [][32]byte {
	t.Helper()
	leaves, err := independent.Log{Fetch: func(path string) ([]byte, error) { return []byte(get(t, s, "/"+path)), nil }}.Leaves(head.Size)
	if err != nil {
		t.Fatal(err)
	}
	if root := independent.Root(leaves); root != head.Root {
		t.Fatalf("the tiles' root is %x, the checkpoint's %x", root, head.Root)
	}
	return leaves
}

func get(t *testing.T, s *site, path string) string {
	t.Helper()
	status, body := fetched(t, s, path)
	if status != http.StatusOK {
		t.Fatalf("%s is answered with %d: %s", path, status, body)
	}
	return body
}

func fetched(t *testing.T, s *site, path string) (status int, body string) {
	t.Helper()
	resp, err := http.Get(s.at() + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}
