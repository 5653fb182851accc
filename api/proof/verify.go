package proof

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/ics-openbook/openbook/events"
)

// VerifyInclusion verifies that the tree of a checkpoint has, as its entry with
// an ordinal, the one with a leaf hash: RFC 6962 section 2.1.1, by the audit
// path from the leaf up. The checkpoint is one whose signature was verified
// ([Keys.Open]). The error wraps [ErrNotIncluded]; it cannot say which of leaf
// hash, ordinal, proof and checkpoint is the one that does not belong.
func VerifyInclusion(leaf Hash, o events.Ordinal, proof []Hash, c Checkpoint) error {
	if !c.Size.valid() || !c.Size.holds(o) {
		return fmt.Errorf("%w: entry %d is not among the %d of the checkpoint", ErrNotIncluded, o, c.Size)
	}
	if err := tlog.CheckRecord(proof, int64(c.Size), c.Root, index(o), leaf); err != nil {
		return fmt.Errorf("%w: the proof does not lead from the leaf hash %s, as entry %d, to the root %s of %d entries", ErrNotIncluded, leaf, o, c.Root, c.Size)
	}
	return nil
}

// VerifyConsistency verifies that the newer checkpoint's tree begins with all
// entries of the older one's, in their order: RFC 6962 section 2.1.2. Both are
// checkpoints whose signatures were verified. The error wraps [ErrOrigin], or
// [ErrInconsistent]; then it cannot say where history parts, which
// [VerifyEntries] can.
func VerifyConsistency(older, newer Checkpoint, proof []Hash) error {
	switch {
	case older.Origin != newer.Origin:
		return fmt.Errorf("%w: one checkpoint is of %q, the other of %q", ErrOrigin, older.Origin, newer.Origin)
	case !older.Size.valid(), !newer.Size.valid():
		return fmt.Errorf("%w: there are no trees of %d and %d entries", ErrInconsistent, older.Size, newer.Size)
	case older.Size > newer.Size:
		return fmt.Errorf("%w: the older checkpoint has %d entries, the newer %d: the last %d are gone, unless the two were taken for one another",
			ErrInconsistent, older.Size, newer.Size, older.Size-newer.Size)
	case older.Size == newer.Size && older.Root != newer.Root:
		return fmt.Errorf("%w: two checkpoints of %d entries have different roots, %s and %s: the log showed two histories",
			ErrInconsistent, older.Size, older.Root, newer.Root)
	case older.Size == 0 || older.Size == newer.Size:
		if older.Size == 0 && older.Root != emptyRoot || len(proof) != 0 {
			return fmt.Errorf("%w: from %d to %d entries there is nothing to prove, and %d hashes were given", ErrInconsistent, older.Size, newer.Size, len(proof))
		}
		return nil
	}
	if err := tlog.CheckTree(proof, int64(newer.Size), newer.Root, int64(older.Size), older.Root); err != nil {
		return fmt.Errorf("%w: the proof does not lead from the root %s of %d entries to the root %s of %d",
			ErrInconsistent, older.Root, older.Size, newer.Root, newer.Size)
	}
	return nil
}

// Verdict is what came of one thing that was looked at.
type Verdict uint8

const (
	// Held means that it was verified.
	Held Verdict = iota
	// Unchecked means that what it takes to verify it was not there.
	Unchecked
	// Wrong means that it was shown not to be so. It is the last thing looked
	// at, and the error that comes with it says the same, typed.
	Wrong
)

func (v Verdict) String() string {
	switch v {
	case Held:
		return "held"
	case Unchecked:
		return "unchecked"
	case Wrong:
		return "wrong"
	}
	return "unknown"
}

// Finding is one thing that was looked at, for somebody to read.
type Finding struct {
	Verdict Verdict
	Says    string // a sentence
}

// findings grow in the order things are looked at.
type findings []Finding

func (f *findings) held(format string, args ...any) {
	*f = append(*f, Finding{Held, fmt.Sprintf(format, args...)})
}

func (f *findings) unchecked(format string, args ...any) {
	*f = append(*f, Finding{Unchecked, fmt.Sprintf(format, args...)})
}

func (f *findings) wrong(err error) error {
	*f = append(*f, Finding{Wrong, err.Error()})
	return err
}
