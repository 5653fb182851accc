package proof

import (
	"fmt"

	"github.com/ics-openbook/openbook/events"
)

// Change is what an alteration looks like.
type Change string

// The changes that [VerifyEntries] tells apart.
const (
	Unlocated Change = ""                   // nothing is known but where it may begin
	Edited    Change = "edited"             // one entry is another than it was
	Removed   Change = "removed"            // one entry is gone, and those after it moved up
	Inserted  Change = "inserted"           // one entry came in between, and those after it moved down
	Swapped   Change = "swapped"            // two entries took each other's places
	Cut       Change = "cut off"            // this entry and all after it are gone
	Rewritten Change = "more than one edit" // several entries differ, none of the above
)

// Altered says where a book is not the one of a checkpoint. It wraps
// [ErrAltered].
type Altered struct {
	Checkpoint Checkpoint // the smallest that does not hold
	Size       Size       // of the book that was read

	// The first bad entry is one of these; if they are equal, it is that one.
	// Last is one beyond the book's where the first bad entry may be a missing
	// one.
	First, Last events.Ordinal

	Looks   Change
	With    events.Ordinal // of Swapped: the other entry
	Was, Is Hash           // leaf hashes of the first bad entry; zero where not known or missing
}

// Exact reports whether the first bad entry is known.
func (a *Altered) Exact() bool { return a.First == a.Last }

func (a *Altered) Error() string {
	s := fmt.Sprintf("%v: it is not the book that had %d entries with the root %s", ErrAltered, a.Checkpoint.Size, a.Checkpoint.Root)
	switch {
	case a.Looks == Cut:
		s += fmt.Sprintf(": it ends with entry %d, so entry %d is missing", a.Size, a.First)
	case a.Looks == Swapped:
		s += fmt.Sprintf(": entry %d is another than it was: it and entry %d took each other's places", a.First, a.With)
	case a.Looks == Removed:
		s += fmt.Sprintf(": entry %d is another than it was: one was removed there, and those after it moved up", a.First)
	case a.Looks == Inserted:
		s += fmt.Sprintf(": entry %d is another than it was: one was inserted there, and those after it moved down", a.First)
	case a.Looks == Edited:
		s += fmt.Sprintf(": entry %d is another than it was, and it alone", a.First)
	case a.Looks == Rewritten:
		s += fmt.Sprintf(": entry %d is the first that is another than it was, and not the only one", a.First)
	case a.Exact():
		s += fmt.Sprintf(": entry %d is another than it was, or missing", a.First)
	case a.Size < a.Checkpoint.Size:
		s += fmt.Sprintf(": it ends with entry %d, and the first that is wrong is between %d and %d", a.Size, a.First, a.Last)
	default:
		s += fmt.Sprintf(": the first entry that is wrong is between %d and %d", a.First, a.Last)
	}
	return s
}

func (a *Altered) Unwrap() error { return ErrAltered }
