package proof_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/api/proof/independent"
	"github.com/ics-openbook/openbook/events"
)

// treeOf is a tree over leaf hashes, appended in batches of a size.
func treeOf(t testing.TB, leaves []proof.Hash, batch int) (*proof.Tree, *proof.Memory) {
	t.Helper()
	m := &proof.Memory{}
	tree, err := proof.OpenTree(m)
	if err != nil {
		t.Fatal(err)
	}
	for part := range slices.Chunk(leaves, batch) {
		if err := tree.Append(part); err != nil {
			t.Fatal(err)
		}
	}
	return tree, m
}

// hashes are n leaf hashes, all different.
func hashes(n int) []proof.Hash {
	all := make([]proof.Hash, n)
	for i := range all {
		all[i] = proof.HashLeaf(fmt.Append(nil, "entry ", i+1))
	}
	return all
}

// plain is the same for whom knows no types of the product's.
func plain(all []proof.Hash) [][32]byte {
	out := make([][32]byte, len(all))
	for i, h := range all {
		out[i] = h
	}
	return out
}

// The roots that Certificate Transparency's own tests give for its eight
// entries, and RFC 6962's for no entry at all.
func TestKnownRoots(t *testing.T) {
	inputs := []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"}
	roots := []string{
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	}
	var leaves []proof.Hash
	for n, want := range roots {
		tree, m := treeOf(t, leaves, 3)
		naive := independent.Root(plain(leaves))
		at, err := proof.RootAt(m, proof.Size(n))
		if got := tree.Root(); got.String() != at.String() || hex.EncodeToString(got[:]) != want || hex.EncodeToString(naive[:]) != want || err != nil {
			t.Errorf("%d entries: root %x, at that size %x, naively %x, want %s; %v", n, got, at, naive, want, err)
		}
		if n < len(inputs) {
			input, err := hex.DecodeString(inputs[n])
			if err != nil {
				t.Fatal(err)
			}
			leaves = append(leaves, proof.HashLeaf(input))
		}
	}
}

// Whatever the batches, what is stored is what tlog stores, and every root and
// proof is RFC 6962's own recursion's, at every earlier size too.
func TestTreeIsRFC6962(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 300).Draw(rt, "entries")
		leaves := hashes(n)
		m := &proof.Memory{}
		for done := 0; done < n; {
			tree, err := proof.OpenTree(m) // each batch after a restart
			if err != nil || tree.Size() != proof.Size(done) {
				rt.Fatalf("opened at %d: %v, %v", done, tree, err)
			}
			batch := rapid.IntRange(1, n-done).Draw(rt, "batch")
			if err := tree.Append(leaves[done : done+batch]); err != nil {
				rt.Fatal(err)
			}
			done += batch
		}
		var stored []tlog.Hash
		for i, h := range leaves {
			more, err := tlog.StoredHashesForRecordHash(int64(i), h, m)
			if err != nil {
				rt.Fatal(err)
			}
			stored = append(stored, more...)
		}
		if count, err := m.Count(); err != nil || count != int64(len(stored)) {
			rt.Fatalf("%d hashes, want %d; %v", count, len(stored), err)
		}
		for i, h := range stored {
			if got, err := m.ReadHashes([]int64{int64(i)}); err != nil || got[0] != h {
				rt.Fatalf("hash %d is another, %v", i, err)
			}
		}
		size := rapid.IntRange(1, n).Draw(rt, "size")
		older := rapid.IntRange(1, size).Draw(rt, "older")
		at := rapid.IntRange(1, size).Draw(rt, "ordinal")
		root, oldRoot := independent.Root(plain(leaves[:size])), independent.Root(plain(leaves[:older]))
		if got, err := proof.RootAt(m, proof.Size(size)); err != nil || got != root {
			rt.Fatalf("root at %d: %v, %v", size, got, err)
		}
		now, then := proof.Checkpoint{Origin: "o", Size: proof.Size(size), Root: root}, proof.Checkpoint{Origin: "o", Size: proof.Size(older), Root: oldRoot}

		path, err := proof.ProveInclusion(m, now.Size, events.Ordinal(at))
		if want := independent.Path(at-1, plain(leaves[:size])); err != nil || !slices.Equal(plain(path), want) {
			rt.Fatalf("inclusion of %d in %d: %v, %v", at, size, path, err)
		}
		if err := independent.Included(leaves[at-1], uint64(at-1), uint64(size), plain(path), root); err != nil {
			rt.Fatal(err)
		}
		if err := proof.VerifyInclusion(leaves[at-1], events.Ordinal(at), path, now); err != nil {
			rt.Fatal(err)
		}
		consistency, err := proof.ProveConsistency(m, then.Size, now.Size)
		if want := independent.Proof(older, plain(leaves[:size])); err != nil || !slices.Equal(plain(consistency), want) {
			rt.Fatalf("consistency of %d with %d: %v, %v", older, size, consistency, err)
		}
		if err := independent.Consistent(uint64(older), uint64(size), plain(consistency), oldRoot, root); err != nil {
			rt.Fatal(err)
		}
		if err := proof.VerifyConsistency(then, now, consistency); err != nil {
			rt.Fatal(err)
		}

		// Anything changed in a proof, in what it proves, or in the size it is
		// for, and it is none.
		broken := slices.Clone(path)
		if len(broken) > 0 {
			i := rapid.IntRange(0, len(broken)-1).Draw(rt, "broken")
			broken[i][rapid.IntRange(0, 31).Draw(rt, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(rt, "bit")
		}
		for what, err := range map[string]error{
			"a hash too many":    proof.VerifyInclusion(leaves[at-1], events.Ordinal(at), append(slices.Clone(path), root), now),
			"another leaf":       proof.VerifyInclusion(flip(leaves[at-1], true), events.Ordinal(at), path, now),
			"the next place":     proof.VerifyInclusion(leaves[at-1], events.Ordinal(at+1), path, now),
			"no place":           proof.VerifyInclusion(leaves[at-1], 0, path, now),
			"another size":       proof.VerifyInclusion(leaves[at-1], events.Ordinal(at), path, proof.Checkpoint{Size: now.Size * 2, Root: root}),
			"a bit of the proof": proof.VerifyInclusion(leaves[at-1], events.Ordinal(at), broken, proof.Checkpoint{Size: now.Size, Root: flip(root, len(path) == 0)}),
		} {
			if !errors.Is(err, proof.ErrNotIncluded) {
				rt.Errorf("%s: %v", what, err)
			}
		}
	})
}

func flip(h proof.Hash, really bool) proof.Hash {
	if really {
		h[0] ^= 1
	}
	return h
}

func TestConsistency(t *testing.T) {
	leaves := hashes(20)
	_, m := treeOf(t, leaves, 20)
	at := func(n int) proof.Checkpoint {
		return proof.Checkpoint{Origin: "example.org/book", Size: proof.Size(n), Root: independent.Root(plain(leaves[:n]))}
	}
	between := func(a, b proof.Size) []proof.Hash {
		p, err := proof.ProveConsistency(m, a, b)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	elsewhere := at(20)
	elsewhere.Origin = "example.org/other"
	rewritten := proof.Checkpoint{Origin: at(20).Origin, Size: 20, Root: independent.Root(plain(hashes(21)[1:]))}
	other := at(0)
	other.Root = leaves[0]
	broken := between(13, 20)
	broken[1][5] ^= 4
	for _, c := range []struct {
		what         string
		older, newer proof.Checkpoint
		proof        []proof.Hash
		want         error
	}{
		{"13 and 20", at(13), at(20), between(13, 20), nil},
		{"16 and 20", at(16), at(20), between(16, 20), nil},
		{"with itself", at(20), at(20), between(20, 20), nil},
		{"with nothing", at(0), at(20), between(0, 20), nil},
		{"nothing with nothing", at(0), at(0), between(0, 0), nil},
		{"a bit of the proof", at(13), at(20), broken, proof.ErrInconsistent},
		{"for another size", at(13), at(20), between(12, 20), proof.ErrInconsistent},
		{"no proof", at(13), at(20), nil, proof.ErrInconsistent},
		{"a hash too many", at(13), at(20), append(between(13, 20), leaves[0]), proof.ErrInconsistent},
		{"something to prove nothing", at(20), at(20), leaves[:1], proof.ErrInconsistent},
		{"something from nothing", at(0), at(20), leaves[:1], proof.ErrInconsistent},
		{"the empty tree with another root", other, at(20), nil, proof.ErrInconsistent},
		{"backwards", at(20), at(13), between(13, 20), proof.ErrInconsistent},
		{"two histories", at(20), rewritten, nil, proof.ErrInconsistent},
		{"history rewritten", at(13), rewritten, between(13, 20), proof.ErrInconsistent},
		{"another log", at(13), elsewhere, between(13, 20), proof.ErrOrigin},
		{"a size that is none", proof.Checkpoint{Origin: at(1).Origin, Size: -1}, at(20), nil, proof.ErrInconsistent},
		{"a size that would never end", at(13), proof.Checkpoint{Origin: at(1).Origin, Size: math.MaxInt64}, between(13, 20), proof.ErrInconsistent},
	} {
		if err := proof.VerifyConsistency(c.older, c.newer, c.proof); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.what, err, c.want)
		}
	}
	if err := proof.VerifyInclusion(leaves[0], 1, leaves, proof.Checkpoint{Size: math.MaxInt64}); !errors.Is(err, proof.ErrNotIncluded) {
		t.Errorf("a size that would never end: %v", err)
	}
}

func TestOutsideTheTree(t *testing.T) {
	_, m := treeOf(t, hashes(5), 5)
	failures := map[string]error{}
	note := func(what string, _ any, err error) { failures[what] = err }
	for _, size := range []proof.Size{-1, 6, proof.MaxSize + 1, math.MaxInt64} {
		root, err := proof.RootAt(m, size)
		note(fmt.Sprint("root at ", size), root, err)
	}
	for _, c := range [][2]int64{{5, 0}, {5, 6}, {0, 1}, {6, 6}, {-1, 1}, {math.MaxInt64, 3}} {
		p, err := proof.ProveInclusion(m, proof.Size(c[0]), events.Ordinal(c[1]))
		note(fmt.Sprint("inclusion ", c), p, err)
	}
	for _, c := range [][2]proof.Size{{3, 6}, {4, 3}, {-1, 3}, {3, math.MaxInt64}} {
		p, err := proof.ProveConsistency(m, c[0], c[1])
		note(fmt.Sprint("consistency ", c), p, err)
	}
	for what, err := range failures {
		if !errors.Is(err, proof.ErrRange) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// troubled is a store of hashes that does not append, or has too many.
type troubled struct {
	*proof.Memory
	err   error
	extra int64
}

func (s troubled) Count() (int64, error) {
	n, err := s.Memory.Count()
	return n + s.extra, errors.Join(err)
}

func (s troubled) AppendHashes(from int64, h []proof.Hash) error {
	if s.err != nil {
		return s.err
	}
	return s.Memory.AppendHashes(from, h)
}

func TestAppendFails(t *testing.T) {
	leaves := hashes(12)
	m := &proof.Memory{}
	broken := errors.New("broken")
	s := &troubled{Memory: m}
	tree, err := proof.OpenTree(s)
	if err == nil {
		err = tree.Append(leaves[:7])
	}
	if err != nil {
		t.Fatal(err)
	}
	before := tree.Root()
	s.err = broken
	if err := tree.Append(leaves[7:]); !errors.Is(err, broken) || tree.Size() != 7 || tree.Root() != before {
		t.Errorf("%v, then %d entries with the root %s", err, tree.Size(), tree.Root())
	}
	s.err = nil
	other, err := proof.OpenTree(s)
	if err == nil {
		err = other.Append(leaves[7:9])
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := tree.Append(leaves[7:]); !errors.Is(err, proof.ErrStale) || tree.Size() != 7 {
		t.Errorf("beside another writer: %v", err)
	}
	if err := other.Append(leaves[9:]); err != nil || other.Root() != independent.Root(plain(leaves)) {
		t.Errorf("the other goes on: %v", err)
	}
	if err := other.Append(nil); err != nil {
		t.Errorf("nothing to append: %v", err)
	}
}

// endless is a store of as many hashes as it says, all zero.
type endless struct{ count int64 }

func (s endless) Count() (int64, error) { return s.count, nil }
func (endless) ReadHashes(indexes []int64) ([]proof.Hash, error) {
	return make([]proof.Hash, len(indexes)), nil
}
func (endless) AppendHashes(int64, []proof.Hash) error { return nil }

// A tree is never larger than what can be verified.
func TestLargestTree(t *testing.T) {
	tree, err := proof.OpenTree(endless{tlog.StoredHashCount(int64(proof.MaxSize) - 1)})
	if err != nil || tree.Size() != proof.MaxSize-1 {
		t.Fatal(tree, err)
	}
	if err := tree.Append(hashes(2)); !errors.Is(err, proof.ErrRange) || tree.Size() != proof.MaxSize-1 {
		t.Errorf("beyond the largest: %v", err)
	}
	if err := tree.Append(hashes(1)); err != nil || tree.Size() != proof.MaxSize {
		t.Errorf("the largest: %v", err)
	}
	if tree, err := proof.OpenTree(endless{tlog.StoredHashCount(int64(proof.MaxSize) + 1)}); !errors.Is(err, proof.ErrMalformed) {
		t.Errorf("beyond the largest: %v, %v", tree, err)
	}
}

func TestTornHashes(t *testing.T) {
	for _, extra := range []int64{-1, 2, -100} { // 4 entries are 7 hashes, 5 are 8
		_, m := treeOf(t, hashes(4), 4)
		if tree, err := proof.OpenTree(troubled{Memory: m, extra: extra}); !errors.Is(err, proof.ErrMalformed) {
			t.Errorf("%d hashes: %v, %v", 7+extra, tree, err)
		}
	}
}
