package proof

import (
	"cmp"
	"iter"
	"slices"

	"github.com/ics-openbook/openbook/events"
)

// Kept is what somebody kept of the book at an earlier time.
type Kept struct {
	// Checkpoint is one whose signature was verified ([Keys.Open]).
	Checkpoint Checkpoint

	// Leaves yields the leaf hashes of that time, if its tiles of level 0 were
	// kept ([TileLeaves]); otherwise it is nil. They need no trust: they count
	// for nothing unless they give the checkpoint's root.
	Leaves iter.Seq2[Hash, error]
}

// Reading is what came of reading a whole book.
type Reading struct {
	Size     Size      // how many entries were read
	Root     Hash      // of the tree over them
	Findings []Finding // one for each kept checkpoint by size, as far as they hold, and what stays open
}

// VerifyEntries reads a whole book, as leaves in ordinal order from the first
// on (see [Leaves]), and verifies that it has the very entries of each kept
// checkpoint. It keeps a few hashes, however large the book is.
//
// A root alone tells that something among its entries changed, not what. So the
// error, an [*Altered], says where as far as can be said:
//
//   - by checkpoints alone: after the last that holds, and up to the first that
//     does not. A book that ends before a checkpoint does has lost its tail, and
//     may have been altered before its end too, unless another checkpoint holds
//     exactly up to there;
//   - by the leaf hashes of that time: the very first entry that differs, and
//     what the change looks like by its neighbours. That is what it was, if it
//     was one edit, removal, insertion, swap or cut, and all of it before the
//     checkpoint's end. One that reaches beyond can look like an edit, one moved
//     entry like a removal, and several changes like the first of them or like
//     rewriting; the place is exact all the same.
//
// What it cannot find: entries after the last kept checkpoint are vouched for by
// nothing here, which the findings say. And a book and a checkpoint both made
// anew by the holder of the key agree with one another: to find that out takes
// a checkpoint kept elsewhere.
//
// Any other error is of an iterator, and then nothing is said of the book.
func VerifyEntries(leaves iter.Seq2[[]byte, error], kept ...Kept) (Reading, error) {
	var now edge
	all := make([]*comparison, len(kept))
	for i, k := range kept {
		all[i] = &comparison{Kept: k}
		if k.Leaves != nil {
			next, stop := iter.Pull2(k.Leaves)
			defer stop()
			all[i].next = next
		}
		all[i].reach(&now)
	}
	slices.SortStableFunc(all, func(a, b *comparison) int { return cmp.Compare(a.Checkpoint.Size, b.Checkpoint.Size) })

	var scratch []Hash
	for leaf, err := range leaves {
		if err != nil {
			return Reading{}, err
		}
		h := HashLeaf(leaf)
		scratch = now.add(h, scratch[:0])
		for _, c := range all {
			c.reach(&now)
			if err := c.compare(now.size.last(), h); err != nil {
				return Reading{}, err
			}
		}
	}
	for _, c := range all {
		if err := c.finish(now.size); err != nil {
			return Reading{}, err
		}
	}
	return judge(Reading{Size: now.size, Root: now.root()}, all)
}

// comparison is the book beside one thing kept of it.
type comparison struct {
	Kept
	holds bool // the book has the checkpoint's root at its size

	next            func() (Hash, error, bool) // of the kept leaf hashes
	then            edge                       // over them
	scratch         []Hash
	short           bool // there were too few
	differ          int  // so many are not the book's
	first, second   difference
	wasNext, isNext Hash // right after first
}

// difference is an entry of the book that is not the kept one.
type difference struct {
	at      events.Ordinal // 0 where there is none
	was, is Hash
}

// reach takes the book's root when the book has come to the checkpoint.
func (c *comparison) reach(now *edge) {
	if now.size == c.Checkpoint.Size {
		c.holds = now.root() == c.Checkpoint.Root
	}
}

// compare takes the leaf hash of the book's entry at.
func (c *comparison) compare(at events.Ordinal, is Hash) error {
	if c.next == nil {
		return nil
	}
	if after := c.first.at > 0 && at == c.first.at+1; after {
		c.isNext = is
	}
	was, ok, err := c.kept(at)
	if !ok || was == is {
		return err
	}
	c.differ++
	switch c.differ {
	case 1:
		c.first = difference{at, was, is}
	case 2:
		c.second = difference{at, was, is}
	}
	return nil
}

// kept is the kept leaf hash of an entry, if there is one.
func (c *comparison) kept(at events.Ordinal) (Hash, bool, error) {
	if c.short || !c.Checkpoint.Size.holds(at) {
		return Hash{}, false, nil
	}
	was, err, ok := c.next()
	if err != nil || !ok {
		c.short = true
		return Hash{}, false, err
	}
	c.scratch = c.then.add(was, c.scratch[:0])
	if c.first.at > 0 && at == c.first.at+1 {
		c.wasNext = was
	}
	return was, true, nil
}

// finish reads the kept leaf hashes beyond the book's end, which are needed to
// know whether they are the checkpoint's.
func (c *comparison) finish(size Size) error {
	for at := size.last() + 1; c.next != nil && !c.short && c.Checkpoint.Size.holds(at); at++ {
		if _, _, err := c.kept(at); err != nil {
			return err
		}
	}
	return nil
}

// located reports whether the kept leaf hashes are the checkpoint's own, so that
// what differs from them is altered.
func (c *comparison) located() bool {
	return c.next != nil && !c.short && c.then.size == c.Checkpoint.Size && c.then.root() == c.Checkpoint.Root
}

// looks is what was done to a book of a size, by the neighbours of the first
// difference.
func (c *comparison) looks(size Size) Change {
	switch one := c.first; {
	case c.differ == 0:
		return Cut
	case c.differ == 2 && one.is == c.second.was && one.was == c.second.is:
		return Swapped
	case one.is == c.wasNext:
		return Removed
	case one.was == c.isNext:
		return Inserted
	case c.differ == 1 && size >= c.Checkpoint.Size:
		return Edited
	}
	return Rewritten
}

// judge says of each checkpoint, the smallest first, whether it holds, and stops
// at the first that does not.
func judge(r Reading, all []*comparison) (Reading, error) {
	f := findings{}
	var good Size
	for i, c := range all {
		if c.next != nil && !c.located() {
			f.unchecked("The leaf hashes kept with the checkpoint of %d entries are not its own, so nothing is located by them.", c.Checkpoint.Size)
		}
		if !c.holds {
			err := f.wrong(where(r.Size, good, all[i:]))
			r.Findings = f
			return r, err
		}
		good = c.Checkpoint.Size
		f.held("The first %d entries are those of the checkpoint of %q with the root %s.", good, c.Checkpoint.Origin, c.Checkpoint.Root)
	}
	if r.Size > good {
		f.unchecked("Entries %d to %d came after the last checkpoint kept: nothing here vouches for them.", good+1, r.Size)
	}
	r.Findings = f
	return r, nil
}

// where locates what is wrong with a book of a size that is known to be good up
// to an entry; the first of the comparisons does not hold.
func where(size, good Size, bad []*comparison) *Altered {
	a := &Altered{Checkpoint: bad[0].Checkpoint, Size: size, First: good.last() + 1, Last: min(bad[0].Checkpoint.Size.last(), size.last()+1)}
	for _, c := range bad {
		at := size.last() + 1
		if c.differ > 0 {
			at = c.first.at
		}
		if c.located() && a.First <= at && at <= a.Last {
			a.First, a.Last, a.Looks, a.Was, a.Is = at, at, c.looks(size), c.first.was, c.first.is
			if a.Looks == Swapped {
				a.With = c.second.at
			}
			return a
		}
	}
	if size == good {
		a.Looks = Cut
	}
	return a
}
