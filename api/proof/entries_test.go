package proof_test

import (
	"bytes"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/events"
)

func each(leaves [][]byte) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for _, leaf := range leaves {
			if !yield(leaf, nil) {
				return
			}
		}
	}
}

// kept is a checkpoint of b's first entries, with its tiles if so wanted.
func (b book) kept(t testing.TB, size proof.Size, tiles bool) proof.Kept {
	t.Helper()
	k := proof.Kept{Checkpoint: b.at(t, size)}
	if tiles {
		k.Leaves = proof.TileLeaves(size, func(tile proof.Tile) ([]byte, error) { return tile.Bytes(b.stored, size) })
	}
	return k
}

// The faults of the issue, each against what may have been kept: the tiles of a
// month ago, its checkpoint alone, or checkpoints of several months.
func TestFaults(t *testing.T) {
	const n, month = 600, 520 // two full tiles and a partial one; entries go on after
	b := bookOf(t, n)
	strange := leafOf(t, nth(9999))
	bit := slices.Clone(b.leaves[300])
	bit[len(bit)-3] ^= 1
	edited := nth(301)
	edited.Data = []byte(`{"amount":302}`)
	afresh := bookOf(t, n)
	for i := range afresh.leaves {
		r := nth(i + 1)
		if i >= 300 {
			r.Actor = "person-else"
		}
		afresh.leaves[i] = leafOf(t, r)
	}
	type change = func([][]byte) [][]byte
	for _, c := range []struct {
		what  string
		alter change
		first events.Ordinal // 0: nothing is wrong
		looks proof.Change
		with  events.Ordinal
	}{
		{"as it was", func(l [][]byte) [][]byte { return l }, 0, "", 0},
		{"with more entries", func(l [][]byte) [][]byte { return append(l, strange) }, 0, "", 0},
		{"no further than the checkpoint", func(l [][]byte) [][]byte { return l[:month] }, 0, "", 0},
		{"a bit flipped", func(l [][]byte) [][]byte { l[300] = bit; return l }, 301, proof.Edited, 0},
		{"an entry edited", func(l [][]byte) [][]byte { l[300] = leafOf(t, edited); return l }, 301, proof.Edited, 0},
		{"the first edited", func(l [][]byte) [][]byte { l[0] = strange; return l }, 1, proof.Edited, 0},
		{"the checkpoint's last edited", func(l [][]byte) [][]byte { l[month-1] = strange; return l }, month, proof.Edited, 0},
		{"after the checkpoint edited", func(l [][]byte) [][]byte { l[month] = strange; return l }, 0, "", 0},
		{"two edited", func(l [][]byte) [][]byte { l[300], l[400] = strange, leafOf(t, nth(9998)); return l }, 301, proof.Rewritten, 0},
		{"removed", func(l [][]byte) [][]byte { return slices.Delete(l, 300, 301) }, 301, proof.Removed, 0},
		{"the first removed", func(l [][]byte) [][]byte { return l[1:] }, 1, proof.Removed, 0},
		{"removed, and nothing came since", func(l [][]byte) [][]byte { return slices.Delete(l[:month], 300, 301) }, 301, proof.Removed, 0},
		{"the last but one removed, and nothing came since", func(l [][]byte) [][]byte { return slices.Delete(l[:month], month-2, month-1) }, month - 1, proof.Removed, 0},
		{"two removed", func(l [][]byte) [][]byte { return slices.Delete(l, 300, 302) }, 301, proof.Rewritten, 0},
		{"inserted", func(l [][]byte) [][]byte { return slices.Insert(l, 300, strange) }, 301, proof.Inserted, 0},
		{"inserted before the first", func(l [][]byte) [][]byte { return slices.Insert(l, 0, strange) }, 1, proof.Inserted, 0},
		{"inserted before the checkpoint's last", func(l [][]byte) [][]byte { return slices.Insert(l, month-1, strange) }, month, proof.Inserted, 0},
		{"recorded twice", func(l [][]byte) [][]byte { return slices.Insert(l, 300, l[299]) }, 301, proof.Inserted, 0},
		{"neighbours swapped", func(l [][]byte) [][]byte { l[300], l[301] = l[301], l[300]; return l }, 301, proof.Swapped, 302},
		{"swapped from afar", func(l [][]byte) [][]byte { l[300], l[500] = l[500], l[300]; return l }, 301, proof.Swapped, 501},
		{"swapped, and another edited", func(l [][]byte) [][]byte { l[300], l[400], l[500] = l[400], l[300], strange; return l }, 301, proof.Rewritten, 0},
		{"moved", func(l [][]byte) [][]byte { x := l[300]; return slices.Insert(slices.Delete(l, 300, 301), 400, x) }, 301, proof.Removed, 0},
		{"the tail cut", func(l [][]byte) [][]byte { return l[:300] }, 301, proof.Cut, 0},
		{"all but the first cut", func(l [][]byte) [][]byte { return l[:1] }, 2, proof.Cut, 0},
		{"all cut", func(l [][]byte) [][]byte { return nil }, 1, proof.Cut, 0},
		{"edited and cut", func(l [][]byte) [][]byte { l[299] = strange; return l[:300] }, 300, proof.Rewritten, 0},
		{"rewritten from there", func(l [][]byte) [][]byte { return afresh.leaves }, 301, proof.Rewritten, 0},
	} {
		for _, keeps := range []struct {
			what  string
			kept  []proof.Kept
			after events.Ordinal // without tiles, the bad entry is after this
		}{
			{"tiles", []proof.Kept{b.kept(t, month, true)}, 0},
			{"tiles and other checkpoints", []proof.Kept{b.kept(t, month, true), b.kept(t, 200, false), b.kept(t, 400, false)}, 0},
			{"a checkpoint", []proof.Kept{b.kept(t, month, false)}, 0},
			{"checkpoints", []proof.Kept{b.kept(t, 400, false), b.kept(t, 300, false), b.kept(t, month, false), b.kept(t, 0, false)}, 0},
		} {
			altered := c.alter(slices.Clone(b.leaves))
			reading, err := proof.VerifyEntries(each(altered), keeps.kept...)
			if reading.Size != proof.Size(len(altered)) {
				t.Errorf("%s, with %s: %d entries were read", c.what, keeps.what, reading.Size)
			}
			var a *proof.Altered
			if c.first == 0 {
				if err != nil {
					t.Errorf("%s, with %s: %v", c.what, keeps.what, err)
				}
				if open := reading.Findings[len(reading.Findings)-1]; (open.Verdict == proof.Unchecked) != (len(altered) > month) {
					t.Errorf("%s, with %s: %v", c.what, keeps.what, reading.Findings)
				}
				continue
			}
			if !errors.As(err, &a) || !errors.Is(err, proof.ErrAltered) {
				t.Errorf("%s, with %s: %v", c.what, keeps.what, err)
				continue
			}
			if last := reading.Findings[len(reading.Findings)-1]; last.Verdict != proof.Wrong || last.Says != err.Error() {
				t.Errorf("%s, with %s: %v", c.what, keeps.what, reading.Findings)
			}
			switch {
			case a.First > c.first || c.first > a.Last:
				t.Errorf("%s, with %s: located between %d and %d: %v", c.what, keeps.what, a.First, a.Last, err)
			case strings.HasPrefix(keeps.what, "tiles") && (!a.Exact() || a.Looks != c.looks || a.With != c.with):
				t.Errorf("%s, with %s: looks %q with %d: %v", c.what, keeps.what, a.Looks, a.With, err)
			case keeps.what == "checkpoints" && c.first > 300 && a.First <= 300:
				t.Errorf("%s, with %s: 300 entries hold, and it is between %d and %d", c.what, keeps.what, a.First, a.Last)
			case !strings.HasPrefix(keeps.what, "tiles") && a.Looks != "" && a.Looks != proof.Cut:
				t.Errorf("%s, with %s: looks %q", c.what, keeps.what, a.Looks)
			}
		}
	}
}

// What is said without tiles: as much as is known, and no more.
func TestLocatedByCheckpoints(t *testing.T) {
	b := bookOf(t, 20)
	edited := slices.Clone(b.leaves)
	edited[11] = leafOf(t, nth(99))
	for _, c := range []struct {
		what        string
		leaves      [][]byte
		kept        []proof.Size
		first, last events.Ordinal
		looks       proof.Change
		smallest    proof.Size
	}{
		{"edited", edited, []proof.Size{10, 15, 20}, 11, 15, "", 15},
		{"edited, checkpoints on both sides", edited, []proof.Size{11, 12, 20}, 12, 12, "", 12},
		{"cut at a checkpoint", b.leaves[:10], []proof.Size{10, 15, 20}, 11, 11, proof.Cut, 15},
		{"cut between", b.leaves[:12], []proof.Size{10, 15, 20}, 11, 13, "", 15},
		{"edited and cut", edited[:13], []proof.Size{10, 12, 20}, 11, 12, "", 12},
		{"all gone", nil, []proof.Size{10}, 1, 1, proof.Cut, 10},
	} {
		var kept []proof.Kept
		for _, size := range c.kept {
			kept = append(kept, b.kept(t, size, false))
		}
		_, err := proof.VerifyEntries(each(c.leaves), kept...)
		var a *proof.Altered
		if !errors.As(err, &a) || a.First != c.first || a.Last != c.last || a.Looks != c.looks || a.Checkpoint.Size != c.smallest {
			t.Errorf("%s: %+v, %v", c.what, a, err)
		}
	}
}

// A checkpoint that another contradicts is one history too many: it does not
// hold, and tiles of the other history locate nothing in it.
func TestContradiction(t *testing.T) {
	b := bookOf(t, 20)
	false10 := b.kept(t, 10, false)
	false10.Checkpoint.Root = b.hashes[0]
	_, err := proof.VerifyEntries(each(b.leaves), false10, b.kept(t, 20, true))
	var a *proof.Altered
	if !errors.As(err, &a) || a.Checkpoint.Size != 10 || a.First != 1 || a.Last != 10 || a.Looks != "" {
		t.Errorf("%+v, %v", a, err)
	}
}

// Tiles need no trust: those of another book locate nothing, and are named.
func TestTilesOfAnotherBook(t *testing.T) {
	b, other := bookOf(t, 300), bookOf(t, 299)
	edited := slices.Clone(b.leaves)
	edited[200] = leafOf(t, nth(9999))
	twisted := func(size proof.Size) iter.Seq2[proof.Hash, error] {
		return proof.TileLeaves(size, func(tile proof.Tile) ([]byte, error) {
			data, err := tile.Bytes(b.stored, size)
			if err == nil && tile.Index == 0 {
				data = bytes.Clone(data)
				data[40] ^= 1
			}
			return data, err
		})
	}
	few := func(yield func(proof.Hash, error) bool) {
		for _, h := range other.hashes {
			if !yield(h, nil) {
				return
			}
		}
	}
	for what, leaves := range map[string]iter.Seq2[proof.Hash, error]{"a bit flipped": twisted(300), "one too few": few} {
		kept := proof.Kept{Checkpoint: b.at(t, 300), Leaves: leaves}
		reading, err := proof.VerifyEntries(each(edited), kept)
		var a *proof.Altered
		if !errors.As(err, &a) || a.First != 1 || a.Last != 300 || a.Looks != "" || reading.Findings[0].Verdict != proof.Unchecked {
			t.Errorf("%s: %v, %v", what, reading.Findings, err)
		}
		if reading, err = proof.VerifyEntries(each(b.leaves), kept); err != nil || reading.Findings[0].Verdict != proof.Unchecked || reading.Findings[1].Verdict != proof.Held {
			t.Errorf("%s, and the book is good: %v, %v", what, reading.Findings, err)
		}
	}
	broken := errors.New("broken")
	failing := proof.TileLeaves(300, func(tile proof.Tile) ([]byte, error) {
		if tile.Index == 1 {
			return nil, broken
		}
		return tile.Bytes(b.stored, 300)
	})
	for _, leaves := range [][][]byte{b.leaves, b.leaves[:5]} { // while it is read, and after its end
		if _, err := proof.VerifyEntries(each(leaves), proof.Kept{Checkpoint: b.at(t, 300), Leaves: failing}); !errors.Is(err, broken) {
			t.Errorf("tiles that cannot be read: %v", err)
		}
	}
	if _, err := proof.VerifyEntries(func(yield func([]byte, error) bool) { _ = yield(b.leaves[0], nil) && yield(nil, broken) }); !errors.Is(err, broken) {
		t.Errorf("entries that cannot be read: %v", err)
	}
	if reading, err := proof.VerifyEntries(each(b.leaves)); err != nil || reading.Root != b.tree.Root() || len(reading.Findings) != 1 {
		t.Errorf("with nothing kept: %v, %v", reading, err)
	}
}

// Any change before the checkpoint is found, at its very place.
func TestAnyChangeIsFound(t *testing.T) {
	b := bookOf(t, 60)
	rapid.Check(t, func(rt *rapid.T) {
		leaves := slices.Clone(b.leaves)
		size := rapid.IntRange(1, 60).Draw(rt, "size")
		for range rapid.IntRange(1, 3).Draw(rt, "changes") {
			if len(leaves) == 0 {
				break
			}
			i, j := rapid.IntRange(0, len(leaves)-1).Draw(rt, "i"), rapid.IntRange(0, len(leaves)-1).Draw(rt, "j")
			switch rapid.IntRange(0, 4).Draw(rt, "change") {
			case 0:
				leaves[i] = append(slices.Clone(leaves[i]), 'x')
			case 1:
				leaves = slices.Delete(leaves, i, i+1)
			case 2:
				leaves = slices.Insert(leaves, i, []byte("new"))
			case 3:
				leaves[i], leaves[j] = leaves[j], leaves[i]
			case 4:
				leaves = leaves[:i]
			}
		}
		want := 0
		for want < size && want < len(leaves) && bytes.Equal(leaves[want], b.leaves[want]) {
			want++
		}
		_, err := proof.VerifyEntries(each(leaves), b.kept(t, proof.Size(size), true))
		var a *proof.Altered
		switch found := errors.As(err, &a); {
		case want == size && err != nil, want < size && !found:
			rt.Fatalf("the first %d of %d are as they were: %v", want, size, err)
		case found && (a.First != events.Ordinal(want+1) || !a.Exact()):
			rt.Fatalf("the first %d of %d are as they were: %v", want, size, err)
		case found && (a.Looks == proof.Cut) != (want == len(leaves)):
			rt.Fatalf("%d entries, the first %d as they were: %v", len(leaves), want, err)
		}
	})
}
