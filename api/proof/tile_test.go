package proof_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/api/proof/independent"
)

func TestTilePaths(t *testing.T) {
	for _, c := range []struct {
		tile proof.Tile
		path string
	}{
		{proof.Tile{Level: 0, Index: 0, Width: 256}, "tile/0/000"},
		{proof.Tile{Level: 0, Index: 273, Width: 112}, "tile/0/273.p/112"},
		{proof.Tile{Level: 63, Index: 1234067, Width: 256}, "tile/63/x001/x234/067"},
		{proof.Tile{Level: 1, Index: 1000, Width: 1}, "tile/1/x001/000.p/1"},
		{proof.Tile{Level: proof.Entries, Index: 999, Width: 256}, "tile/entries/999"},
		{proof.Tile{Level: proof.Entries, Index: 1234067, Width: 255}, "tile/entries/x001/x234/067.p/255"},
	} {
		if got := c.tile.Path(); got != c.path {
			t.Errorf("%+v is at %s, want %s", c.tile, got, c.path)
		}
		if got, err := proof.ParseTilePath(c.path); err != nil || got != c.tile {
			t.Errorf("%s is %+v, %v", c.path, got, err)
		}
	}
}

func FuzzTilePath(f *testing.F) {
	for _, path := range []string{
		"tile/0/000", "tile/entries/x001/234.p/17", "tile/64/000", "tile/-1/000", "tile/00/000", "tile/0/0", "tile/0/0000", "tile/0/x000/000",
		"tile/0/001/000", "tile/0/x001/x000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/1/2", "tile/0/+01", "tile/data/000",
		"tile/0/000.p/", "tile/0/", "/tile/0/000", "tile/8/0/000", "", "tile/0/x999/x999/x999/x999/x999/x999/999", "tile/0/x281/x474/x976/x710/x655/999",
		"tile/0/x-01/000", "tile/0/000.p/5.p/5", "tile/0/000/", "tile/0/x18446744073709551616/000", "tile/0/x001/x234/067.p/255",
	} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		tile, err := proof.ParseTilePath(path)
		if err != nil {
			if !errors.Is(err, proof.ErrMalformed) {
				t.Errorf("%v is not typed", err)
			}
			return
		}
		if tile.Path() != path || tile.Width < 1 || tile.Width > 256 || tile.Index < 0 || tile.Level < proof.Entries || tile.Level > 63 {
			t.Errorf("%s is read as %+v, which is at %s", path, tile, tile.Path())
		}
	})
}

func TestNotATilePath(t *testing.T) {
	for _, path := range []string{
		"", "tile/0", "tile/0/", "tile/64/000", "tile/-1/000", "tile/00/000", "tile/0/0", "tile/0/x000/000", "tile/0/001/000", "tile/0/x001/x000",
		"tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/+01", "tile/data/000", "/tile/0/000", "tile/8/0/000", "tile/0/000/",
		"tile/0/x999/x999/x999/x999/x999/x999/999", "checkpoint",
	} {
		if tile, err := proof.ParseTilePath(path); !errors.Is(err, proof.ErrMalformed) {
			t.Errorf("%q is read as %+v, %v", path, tile, err)
		}
	}
}

// publish are the tiles of a tree by their paths, written as the tree grew.
func publish(t testing.TB, m *proof.Memory, sizes ...proof.Size) map[string][]byte {
	t.Helper()
	published := map[string][]byte{}
	before := proof.Size(0)
	for _, size := range sizes {
		for _, tile := range proof.NewTiles(before, size) {
			b, err := tile.Bytes(m, size)
			if err != nil {
				t.Fatal(err)
			}
			published[tile.Path()] = b
		}
		before = size
	}
	return published
}

// The tiles of a tree that grew are what the layout says, by another's reading.
func TestTilesAreTheTree(t *testing.T) {
	leaves := hashes(70000)
	_, m := treeOf(t, leaves, 9999)
	sizes := []proof.Size{1, 255, 256, 257, 65535, 65536, 65537, 70000}
	published := publish(t, m, sizes...)
	log := independent.Log{Fetch: func(path string) ([]byte, error) {
		b, is := published[path]
		if !is {
			return nil, fmt.Errorf("no %s", path)
		}
		return b, nil
	}}
	for _, size := range sizes {
		got, err := log.Leaves(uint64(size))
		if err != nil || !slices.Equal(got, plain(leaves[:size])) {
			t.Errorf("%d entries: %d leaf hashes, %v", size, len(got), err)
		}
	}
	// The example of the C2SP document.
	for _, path := range []string{"tile/0/272", "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"} {
		if published[path] == nil {
			t.Errorf("%s is not there", path)
		}
	}
}

func TestNoTile(t *testing.T) {
	_, m := treeOf(t, hashes(300), 300)
	for _, c := range []struct {
		tile proof.Tile
		size proof.Size
	}{
		{proof.Tile{Level: 0, Index: 1, Width: 45}, 300},
		{proof.Tile{Level: 0, Index: 1, Width: 256}, 300},
		{proof.Tile{Level: 0, Index: 0, Width: 256}, 255},
		{proof.Tile{Level: 1, Index: 0, Width: 1}, 255},
		{proof.Tile{Level: 0, Index: 0, Width: 0}, 300},
		{proof.Tile{Level: 0, Index: 0, Width: 257}, 300},
		{proof.Tile{Level: 0, Index: -1, Width: 1}, 300},
		{proof.Tile{Level: 0, Index: math.MaxInt64 / 256, Width: 256}, 300},
		{proof.Tile{Level: 63, Index: 0, Width: 1}, 300},
		{proof.Tile{Level: 8, Index: 0, Width: 1}, 300},
		{proof.Tile{Level: 64, Index: 0, Width: 1}, 300},
		{proof.Tile{Level: proof.Entries, Index: 0, Width: 1}, 300},
		{proof.Tile{Level: proof.Entries, Index: 1, Width: 1}, 300},
		{proof.Tile{Level: 0, Index: 0, Width: 1}, -1},
	} {
		if b, err := c.tile.Bytes(m, c.size); !errors.Is(err, proof.ErrRange) {
			t.Errorf("%+v of %d entries: %d bytes, %v", c.tile, c.size, len(b), err)
		}
	}
	if !(proof.Tile{Level: proof.Entries, Index: 1, Width: 44}).In(300) || (proof.Tile{Level: proof.Entries, Index: 1, Width: 45}).In(300) {
		t.Error("a bundle of entries is in the tree as its tile of level 0 is")
	}
	if tiles := append(proof.NewTiles(300, 299), proof.NewTiles(-1, 3)...); tiles != nil {
		t.Errorf("a tree that does not grow has new tiles: %v", tiles)
	}
}

func TestTileLeaves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 800).Draw(t, "entries")
		leaves := hashes(n)
		read := func(tile proof.Tile) ([]byte, error) {
			return bytes.Join(func() (all [][]byte) {
				for _, h := range leaves[tile.Index*256:][:tile.Width] {
					all = append(all, h[:])
				}
				return all
			}(), nil), nil
		}
		var got []proof.Hash
		for h, err := range proof.TileLeaves(proof.Size(n), read) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, h)
		}
		if !slices.Equal(got, leaves) {
			t.Fatalf("%d leaf hashes of %d", len(got), n)
		}
	})
	broken := errors.New("broken")
	for _, c := range []struct {
		read func(proof.Tile) ([]byte, error)
		want error
	}{
		{func(proof.Tile) ([]byte, error) { return nil, broken }, broken},
		{func(proof.Tile) ([]byte, error) { return make([]byte, 31), nil }, proof.ErrTiles},
		{func(proof.Tile) ([]byte, error) { return make([]byte, 64), nil }, proof.ErrTiles},
	} {
		rounds := 0
		for _, err := range proof.TileLeaves(1, c.read) {
			if rounds++; !errors.Is(err, c.want) || rounds > 1 {
				t.Errorf("%v, want %v", err, c.want)
			}
		}
	}
}
