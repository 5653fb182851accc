package proof

import (
	"fmt"
	"iter"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// The C2SP tlog-tiles layout (https://c2sp.org/tlog-tiles): what is published
// of a tree, each under a path below the log's prefix.
const (
	// CheckpointPath is where the newest checkpoint is.
	CheckpointPath = "checkpoint"

	// TileWidth is how many hashes a full tile has: 256, of 32 bytes each.
	TileWidth = 1 << tileHeight

	// Entries is the Level of a bundle of entries.
	Entries = -1

	tileHeight = 8
	maxLevel   = 63
	entries    = "entries"
)

// Tile names a hash tile, or a bundle of entries: Width hashes or entries,
// beginning with number Index × 256 of its level. Level 0 is the leaf hashes;
// each hash of level l + 1 is the root of a full tile of level l.
type Tile struct {
	Level int   // 0 to 63, or Entries
	Index int64 // from 0
	Width int   // 1 to 256; less than 256 is a partial tile
}

// Path is the tile's path, such as "tile/0/x001/x234/067" and, partial,
// "tile/1/000.p/17", or of entries "tile/entries/000".
func (t Tile) Path() string {
	level := entries
	if t.Level != Entries {
		level = strconv.Itoa(t.Level)
	}
	n := fmt.Sprintf("%03d", t.Index%1000)
	for i := t.Index / 1000; i > 0; i /= 1000 {
		n = fmt.Sprintf("x%03d/%s", i%1000, n)
	}
	if t.Width != TileWidth {
		n += ".p/" + strconv.Itoa(t.Width)
	}
	return "tile/" + level + "/" + n
}

// ParseTilePath reads what [Tile.Path] writes, and nothing else. Its error wraps
// [ErrMalformed].
func ParseTilePath(path string) (Tile, error) {
	t, ok := readTilePath(path)
	if !ok || t.Path() != path {
		return Tile{}, fmt.Errorf("%w: %.100q is not the path of a tile, such as tile/0/x001/234 or tile/entries/000.p/17", ErrMalformed, path)
	}
	return t, nil
}

// readTilePath takes more than Path writes; what it makes of it is then not
// what was given.
func readTilePath(path string) (t Tile, ok bool) {
	rest, _ := strings.CutPrefix(path, "tile/")
	level, rest, _ := strings.Cut(rest, "/")
	rest, width, partial := strings.Cut(rest, ".p/")
	t = Tile{Level: Entries, Width: TileWidth}
	var err error
	if level != entries {
		if t.Level, err = strconv.Atoi(level); err != nil || t.Level < 0 || t.Level > maxLevel {
			return t, false
		}
	}
	if partial {
		if t.Width, err = strconv.Atoi(width); err != nil || t.Width < 1 || t.Width > TileWidth {
			return t, false
		}
	}
	for part := range strings.SplitSeq(rest, "/") {
		n, err := strconv.Atoi(strings.TrimPrefix(part, "x"))
		if err != nil || n < 0 || n > 999 || t.Index > int64(MaxSize) {
			return t, false
		}
		t.Index = t.Index*1000 + int64(n)
	}
	return t, t.Index <= int64(MaxSize)
}

// In reports whether a tree of a size has all of t.
func (t Tile) In(size Size) bool {
	level := max(t.Level, 0)
	if t.Width < 1 || t.Width > TileWidth || t.Index < 0 || t.Index > int64(MaxSize) || t.Level < Entries || t.Level > maxLevel || !size.valid() {
		return false
	}
	return t.Index*TileWidth+int64(t.Width) <= int64(size)>>(tileHeight*level)
}

// Bytes are the hashes of a tile, 32 bytes each, out of a tree of a size. Its
// error is that of reading, or wraps [ErrRange]: the tree does not have the
// tile, or it is a bundle of entries, which no hash can give.
func (t Tile) Bytes(h HashReader, size Size) ([]byte, error) {
	if t.Level == Entries || !t.In(size) {
		return nil, fmt.Errorf("%w: a tree of %d entries has no hashes %s", ErrRange, size, t.Path())
	}
	return tlog.ReadTileData(tlog.Tile{H: tileHeight, L: t.Level, N: t.Index, W: t.Width}, h)
}

// NewTiles are the hash tiles to publish when a tree grows from one size to
// another, partial ones at its edge included. Sizes that are none have no tiles.
func NewTiles(older, newer Size) (tiles []Tile) {
	if !older.valid() || !newer.valid() || older > newer {
		return nil
	}
	for _, t := range tlog.NewTiles(tileHeight, int64(older), int64(newer)) {
		tiles = append(tiles, Tile{t.L, t.N, t.W})
	}
	return tiles
}

// TileLeaves yields the leaf hashes of a tree of a size, in ordinal order, out
// of its tiles of level 0, which read returns. They are not compared with any
// root: [VerifyEntries] does that. An error is read's own, or wraps [ErrTiles]:
// a tile has not the bytes it should. After one it yields nothing more.
func TileLeaves(size Size, read func(Tile) ([]byte, error)) iter.Seq2[Hash, error] {
	return func(yield func(Hash, error) bool) {
		for at := Size(0); at < size; at += TileWidth {
			t := Tile{0, int64(at / TileWidth), int(min(size-at, TileWidth))}
			b, err := read(t)
			if err == nil && len(b) != t.Width*tlog.HashSize {
				err = fmt.Errorf("%w: %s has %d bytes, not %d", ErrTiles, t.Path(), len(b), t.Width*tlog.HashSize)
			}
			if err != nil {
				yield(Hash{}, err)
				return
			}
			for ; len(b) > 0; b = b[tlog.HashSize:] {
				if !yield(Hash(b[:tlog.HashSize]), nil) {
					return
				}
			}
		}
	}
}

// TileHashes reads the hashes of a checkpoint's tree out of its hash tiles, which
// read returns. Each is verified by the checkpoint's root. What it reads may be
// used for proofs; its error is read's own, or says that a tile is not the
// checkpoint's.
func TileHashes(c Checkpoint, read func(Tile) ([]byte, error)) HashReader {
	return tlog.TileHashReader(tlog.Tree{N: int64(c.Size), Hash: c.Root}, published(read))
}

// published reads tiles, and keeps none.
type published func(Tile) ([]byte, error)

func (published) Height() int { return tileHeight }

func (p published) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	all := make([][]byte, len(tiles))
	for i, t := range tiles {
		b, err := p(Tile{t.L, t.N, t.W})
		if err == nil && len(b) != t.W*tlog.HashSize {
			err = fmt.Errorf("%w: %s has %d bytes, not %d", ErrTiles, Tile{t.L, t.N, t.W}.Path(), len(b), t.W*tlog.HashSize)
		}
		if err != nil {
			return nil, err
		}
		all[i] = b
	}
	return all, nil
}

func (published) SaveTiles([]tlog.Tile, [][]byte) {}
