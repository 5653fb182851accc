package proof

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"sync"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/ics-openbook/openbook/events"
)

// Hashes keeps the hashes of a tree: one sequence that only grows. The hash of
// the n-th complete subtree of height level, both from 0, has the index
// [tlog.StoredHashIndex](level, n): each leaf hash is followed by the roots of
// the subtrees it completes. A tree of n entries has 2n − popcount(n) of them.
//
// All methods may be called at once from many goroutines, except that there is
// one writer. None of them answers with a hash that was not appended.
type Hashes interface {
	// Count is how many hashes there are. It is a promise to later starts: they
	// find these hashes, and no more than a later append added.
	Count() (int64, error)

	// ReadHashes returns the hashes with these indexes, in the order asked. An
	// index that is not there yet is an error that wraps ErrRange, and then
	// there is no answer at all.
	ReadHashes(indexes []int64) ([]Hash, error)

	// AppendHashes adds hashes from index from on, all or none, and returns once
	// they are as safe as the store makes anything. If from is not Count, it
	// changes nothing and its error wraps ErrStale. After any other error it
	// is not known whether they were added: open the tree again to find out.
	// It does not keep the slice.
	AppendHashes(from int64, hashes []Hash) error
}

// Tree adds entries to a tree and knows its root. It has one user at a time;
// proofs and tiles are read beside it, from the same [Hashes].
type Tree struct {
	hashes Hashes
	edge   edge
	batch  []Hash
}

// OpenTree goes on where the hashes end. Its error is that of reading them, or
// wraps [ErrMalformed]: their number is not that of any tree.
func OpenTree(h Hashes) (*Tree, error) {
	count, err := h.Count()
	if err != nil {
		return nil, err
	}
	size := Size(count / 2)
	for size < MaxSize && tlog.StoredHashCount(int64(size)) < count {
		size++
	}
	if count < 0 || tlog.StoredHashCount(int64(size)) != count {
		return nil, fmt.Errorf("%w: no tree has %d hashes", ErrMalformed, count)
	}
	e, err := readEdge(h, size)
	if err != nil {
		return nil, err
	}
	return &Tree{hashes: h, edge: e}, nil
}

// Size is how many entries the tree has.
func (t *Tree) Size() Size { return t.edge.size }

// Root is the root of the tree as it is: RFC 6962's Merkle Tree Hash. That of
// the empty tree is SHA-256 of nothing.
func (t *Tree) Root() Hash { return t.edge.root() }

// Append adds the leaf hashes of the next entries, in ordinal order, all or
// none, by one call of AppendHashes. Its error is that call's, and then the tree
// is as it was; or it wraps [ErrRange], beyond [MaxSize]. No leaves are no call.
func (t *Tree) Append(leaves []Hash) error {
	if len(leaves) == 0 {
		return nil
	}
	if t.edge.size+Size(len(leaves)) > MaxSize {
		return fmt.Errorf("%w: a tree has at most %d entries", ErrRange, MaxSize)
	}
	next := edge{t.edge.size, slices.Clone(t.edge.roots)}
	t.batch = t.batch[:0]
	for _, leaf := range leaves {
		t.batch = next.add(leaf, t.batch)
	}
	if err := t.hashes.AppendHashes(tlog.StoredHashCount(int64(t.edge.size)), t.batch); err != nil {
		return err
	}
	t.edge = next
	return nil
}

// RootAt is the root that the tree had at a size. Its error is that of reading,
// or wraps [ErrRange].
func RootAt(h HashReader, size Size) (Hash, error) {
	e, err := readEdge(h, size)
	if err != nil {
		return Hash{}, err
	}
	return e.root(), nil
}

// LeafHash is the hash of the entry with an ordinal. Its error is that of reading,
// or wraps [ErrRange].
func LeafHash(h HashReader, o events.Ordinal) (Hash, error) {
	if !MaxSize.holds(o) {
		return Hash{}, fmt.Errorf("%w: there is no entry %d", ErrRange, o)
	}
	one, err := h.ReadHashes([]int64{tlog.StoredHashIndex(0, index(o))})
	if err != nil || len(one) != 1 {
		return Hash{}, errors.Join(err, fmt.Errorf("the hash of entry %d could not be read", o))
	}
	return one[0], nil
}

// ProveInclusion proves that the tree of a size has its entry with an ordinal:
// RFC 6962 section 2.1.1's audit path, from the leaf up. Its error is that of
// reading, or wraps [ErrRange].
func ProveInclusion(h HashReader, size Size, o events.Ordinal) ([]Hash, error) {
	if !size.valid() || !size.holds(o) {
		return nil, fmt.Errorf("%w: a tree of %d entries has no entry %d", ErrRange, size, o)
	}
	// The proof leaves out the entry's own hash; with it, all of the tree is there.
	if _, err := LeafHash(h, o); err != nil {
		return nil, err
	}
	return tlog.ProveRecord(int64(size), index(o), h)
}

// ProveConsistency proves that the tree of size newer begins with the entries of
// the tree of size older: RFC 6962 section 2.1.2. From the empty tree, and from
// a tree to itself, the proof is empty. Its error is that of reading, or wraps
// [ErrRange].
func ProveConsistency(h HashReader, older, newer Size) ([]Hash, error) {
	if !older.valid() || !newer.valid() || older > newer {
		return nil, fmt.Errorf("%w: a tree of %d entries cannot begin with %d", ErrRange, newer, older)
	}
	if older == 0 {
		return []Hash{}, nil
	}
	return tlog.ProveTree(int64(newer), int64(older), h)
}

// edge is the right edge of a tree, which is all that is needed to add to it:
// the roots of its complete subtrees, the largest first, one for each bit of
// the size.
type edge struct {
	size  Size
	roots []Hash
}

func readEdge(h HashReader, size Size) (edge, error) {
	if !size.valid() {
		return edge{}, fmt.Errorf("%w: there is no tree of %d entries", ErrRange, size)
	}
	var indexes []int64
	for left := uint64(size); left != 0; {
		level := bits.Len64(left) - 1
		left &^= 1 << level
		indexes = append(indexes, tlog.StoredHashIndex(level, (int64(size)>>level)-1))
	}
	if len(indexes) == 0 {
		return edge{}, nil
	}
	roots, err := h.ReadHashes(indexes)
	if err == nil && len(roots) != len(indexes) {
		err = fmt.Errorf("%d hashes were read, %d were asked for", len(roots), len(indexes))
	}
	return edge{size, roots}, err
}

// add adds a leaf hash, and appends to stored what is to be kept of it.
func (e *edge) add(h Hash, stored []Hash) []Hash {
	stored = append(stored, h)
	for n := e.size; n&1 == 1; n >>= 1 {
		last := len(e.roots) - 1
		h = tlog.NodeHash(e.roots[last], h)
		e.roots = e.roots[:last]
		stored = append(stored, h)
	}
	e.roots = append(e.roots, h)
	e.size++
	return stored
}

func (e *edge) root() Hash {
	if e.size == 0 {
		return emptyRoot
	}
	h := e.roots[len(e.roots)-1]
	for _, left := range slices.Backward(e.roots[:len(e.roots)-1]) {
		h = tlog.NodeHash(left, h)
	}
	return h
}

// emptyRoot is SHA-256 of nothing, by RFC 6962 section 2.1.
var emptyRoot = func() Hash {
	h, err := tlog.TreeHash(0, nil)
	if err != nil {
		panic(err) // the empty tree is not read
	}
	return h
}()

// Memory is [Hashes] in memory: for tests, and for making a tree anew from
// entries. The zero Memory is empty.
type Memory struct {
	mu     sync.RWMutex
	hashes []Hash
}

// Count implements [Hashes].
func (m *Memory) Count() (int64, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return int64(len(m.hashes)), nil
}

// ReadHashes implements [Hashes].
func (m *Memory) ReadHashes(indexes []int64) ([]Hash, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	out := make([]Hash, len(indexes))
	for i, x := range indexes {
		if x < 0 || x >= int64(len(m.hashes)) {
			return nil, fmt.Errorf("%w: there is no hash %d yet", ErrRange, x)
		}
		out[i] = m.hashes[x]
	}
	return out, nil
}

// AppendHashes implements [Hashes].
func (m *Memory) AppendHashes(from int64, hashes []Hash) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if from != int64(len(m.hashes)) {
		return fmt.Errorf("%w: it has %d hashes, not %d", ErrStale, len(m.hashes), from)
	}
	m.hashes = append(m.hashes, hashes...)
	return nil
}
