// Package proof shows, offline and with public keys alone, that an entry is in
// the book, where, and unchanged, and that the book of today contains the book
// of an earlier day. It reads no clock, file or network: bytes come in, verdicts
// go out.
//
// The words, in the order an entry meets them:
//
//   - its *leaf* is the one canonical form of the whole entry ([AppendLeaf]), and
//     its *leaf hash* is RFC 6962's hash of that;
//   - the *tree* is RFC 6962's over the leaf hashes in ordinal order ([Tree]),
//     kept and published as hash tiles in the C2SP tlog-tiles layout ([Tile]);
//   - a *checkpoint* is the tree's size and root, signed in the C2SP
//     tlog-checkpoint form ([Checkpoint]); *witnesses* cosign it;
//   - a *receipt* is what a submitter keeps ([Receipt]): the book's signature
//     that it has recorded the entry and, later, the proof that leads from the
//     leaf hash to a checkpoint.
//
// What the proofs stand on: SHA-256 and Ed25519, and that whoever verifies has
// the book's public key, or a checkpoint, from somewhere the book's operator
// cannot change.
//
// Sources: RFC 6962 section 2.1; https://c2sp.org/signed-note,
// tlog-checkpoint, tlog-cosignature and tlog-tiles.
package proof

import (
	"encoding/base64"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/ics-openbook/openbook/events"
)

// The kinds of error. Every error of this package that is not the caller's own
// (of an iterator or a [Hashes]) wraps exactly one of them.
var (
	// ErrMalformed means that something cannot be read as what it should be.
	// Nothing is said about who made it.
	ErrMalformed = errors.New("not well formed")

	// ErrUnknownKey means that no key among those given has signed.
	ErrUnknownKey = errors.New("signed by no known key")

	// ErrForged means that a signature names a known key and is not by it: the
	// text or the signature was changed, or somebody pretends to be the signer.
	ErrForged = errors.New("forged")

	// ErrOrigin means that something is of another log than it should be.
	ErrOrigin = errors.New("of another log")

	// ErrMismatch means that a receipt holds an entry that is not the one it is
	// a receipt for.
	ErrMismatch = errors.New("not the entry of the receipt")

	// ErrNotIncluded means that a proof does not lead from the leaf hash to the
	// checkpoint's root.
	ErrNotIncluded = errors.New("not shown to be in the book")

	// ErrInconsistent means that a newer checkpoint is not shown to contain an
	// older one. If both are signed and the proof is the log's own, the two
	// together are evidence that history was rewritten.
	ErrInconsistent = errors.New("history is not shown to be continued")

	// ErrAltered means that entries are not those of a checkpoint. The error is
	// an [*Altered], which says what can be said about where.
	ErrAltered = errors.New("the book was altered")

	// ErrTiles means that hashes kept of an earlier book are not those of its
	// checkpoint, so nothing can be located by them.
	ErrTiles = errors.New("the kept tiles do not fit their checkpoint")

	// ErrRange means that a tree has no such entry, size or tile.
	ErrRange = errors.New("outside the tree")

	// ErrStale means that a store of hashes stands elsewhere than its writer
	// believed. Nothing was written.
	ErrStale = errors.New("the tree has another size than expected")
)

// Hash is a SHA-256 hash: of a leaf, of a node or of a tree. Its text is 44
// characters of standard base64.
type Hash = tlog.Hash

// HashReader reads the hashes of a tree by their stored index (see [Hashes]).
type HashReader = tlog.HashReader

// Size is a number of entries in a tree, from 0. The tree of size n holds the
// entries with ordinals 1 to n.
type Size int64

// MaxSize is the largest tree that is read or written: 2^48 entries. Arithmetic
// on hash indexes is exact far beyond, but not up to 2^63, where a size in a
// forged note could make a verifier run for ever.
const MaxSize Size = 1 << 48

// holds reports whether a tree of size s has an entry with ordinal o.
func (s Size) holds(o events.Ordinal) bool { return 0 < o && s >= 0 && uint64(o) <= uint64(s) }

// last is the ordinal of the last entry of a tree of size s, 0 of the empty one.
func (s Size) last() events.Ordinal { return events.Ordinal(s) }

// valid reports whether there is a tree of size s.
func (s Size) valid() bool { return 0 <= s && s <= MaxSize }

// index is RFC 6962's number for an entry: from 0.
func index(o events.Ordinal) int64 { return int64(o) - 1 }

// Leaf hashes and roots are compared as text by people: each has one spelling.
var strict = base64.StdEncoding.Strict()

// ParseHash reads 44 characters of standard base64, in their one spelling
// (RFC 4648 sections 4 and 3.5). Its error wraps [ErrMalformed].
func ParseHash(s string) (h Hash, err error) {
	b, err := strict.DecodeString(s)
	if err != nil || len(b) != tlog.HashSize || len(s) != base64.StdEncoding.EncodedLen(tlog.HashSize) {
		return Hash{}, fmt.Errorf("%w: %.60q is not a hash of 32 bytes in base64", ErrMalformed, s)
	}
	return Hash(b), nil
}
