package independent

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math/bits"
)

// Leaf is RFC 6962's hash of an entry.
func Leaf(entry []byte) [32]byte { return sha256.Sum256(append([]byte{0}, entry...)) }

func node(l, r [32]byte) [32]byte {
	return sha256.Sum256(append(append([]byte{1}, l[:]...), r[:]...))
}

// Root is RFC 6962's MTH over leaf hashes, as section 2.1 defines it.
func Root(d [][32]byte) [32]byte {
	switch len(d) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return d[0]
	}
	k := half(len(d))
	return node(Root(d[:k]), Root(d[k:]))
}

// half is the largest power of two smaller than n.
func half(n int) int { return 1 << (bits.Len(uint(n-1)) - 1) }

// Path is RFC 6962's PATH(m, D[n]), as section 2.1.1 defines it.
func Path(m int, d [][32]byte) [][32]byte {
	if len(d) == 1 {
		return nil
	}
	if k := half(len(d)); m < k {
		return append(Path(m, d[:k]), Root(d[k:]))
	} else {
		return append(Path(m-k, d[k:]), Root(d[:k]))
	}
}

// Proof is RFC 6962's PROOF(m, D[n]), as section 2.1.2 defines it.
func Proof(m int, d [][32]byte) [][32]byte { return subproof(m, d, true) }

func subproof(m int, d [][32]byte, b bool) [][32]byte {
	if m == len(d) {
		if b {
			return nil
		}
		return [][32]byte{Root(d)}
	}
	if k := half(len(d)); m <= k {
		return append(subproof(m, d[:k], b), Root(d[k:]))
	} else {
		return append(subproof(m-k, d[k:], false), Root(d[:k]))
	}
}

// Included verifies an inclusion proof, step by step as RFC 9162 section 2.1.3.2.
func Included(leaf [32]byte, index, size uint64, path [][32]byte, root [32]byte) error {
	if index >= size {
		return errors.New("no such leaf")
	}
	fn, sn, r := index, size-1, leaf
	for _, p := range path {
		if sn == 0 {
			return errors.New("the proof is too long")
		}
		if fn&1 == 1 || fn == sn {
			r = node(p, r)
			for fn&1 == 0 && fn != 0 {
				fn, sn = fn>>1, sn>>1
			}
		} else {
			r = node(r, p)
		}
		fn, sn = fn>>1, sn>>1
	}
	if sn != 0 || r != root {
		return errors.New("the proof does not lead to the root")
	}
	return nil
}

// Consistent verifies a consistency proof, step by step as RFC 9162 section
// 2.1.4.2. Neither tree is empty.
func Consistent(first, second uint64, path [][32]byte, firstRoot, secondRoot [32]byte) error {
	if first == second {
		if len(path) > 0 || firstRoot != secondRoot {
			return errors.New("the same size and not the same tree")
		}
		return nil
	}
	if first == 0 || first > second || len(path) == 0 {
		return errors.New("no such proof")
	}
	if first&(first-1) == 0 {
		path = append([][32]byte{firstRoot}, path...)
	}
	fn, sn := first-1, second-1
	for fn&1 == 1 {
		fn, sn = fn>>1, sn>>1
	}
	fr, sr := path[0], path[0]
	for _, c := range path[1:] {
		if sn == 0 {
			return errors.New("the proof is too long")
		}
		if fn&1 == 1 || fn == sn {
			fr, sr = node(c, fr), node(c, sr)
			for fn&1 == 0 && fn != 0 {
				fn, sn = fn>>1, sn>>1
			}
		} else {
			sr = node(sr, c)
		}
		fn, sn = fn>>1, sn>>1
	}
	if sn != 0 || fr != firstRoot || sr != secondRoot {
		return errors.New("the proof does not lead to the roots")
	}
	return nil
}

// Log is a published log: Fetch returns what is under a path below its prefix,
// such as "tile/0/000.p/5", or an error.
type Log struct {
	Fetch func(path string) ([]byte, error)
}

// Leaves fetches the tiles of all levels for a tree of a size, verifies that
// each level follows from the one below, and returns the leaf hashes.
func (l Log) Leaves(size uint64) ([][32]byte, error) {
	below, err := l.level(0, size)
	if err != nil {
		return nil, err
	}
	leaves := below
	for level := 1; size>>(8*level) > 0; level++ {
		here, err := l.level(level, size>>(8*level))
		if err != nil {
			return nil, err
		}
		for i, h := range here {
			if Root(below[i*256:(i+1)*256]) != h {
				return nil, fmt.Errorf("hash %d of level %d is not of the tile below it", i, level)
			}
		}
		below = here
	}
	return leaves, nil
}

func (l Log) level(level int, size uint64) (all [][32]byte, err error) {
	for n := uint64(0); n*256 < size; n++ {
		path := fmt.Sprintf("tile/%d/%s", level, number(n))
		width := min(size-n*256, 256)
		if width < 256 {
			path += fmt.Sprintf(".p/%d", width)
		}
		b, err := l.Fetch(path)
		if err != nil {
			return nil, err
		}
		if uint64(len(b)) != 32*width {
			return nil, fmt.Errorf("%s has %d bytes", path, len(b))
		}
		for ; len(b) > 0; b = b[32:] {
			all = append(all, [32]byte(b))
		}
	}
	return all, nil
}

// number writes 1234067 as x001/x234/067.
func number(n uint64) string {
	s := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		s = fmt.Sprintf("x%03d/", n%1000) + s
	}
	return s
}
