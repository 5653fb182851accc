package ledger

import (
	"cmp"

	fact "github.com/ics-openbook/openbook/events/funding"
)

// byAccount and byReference are how persistent maps find their keys: by the
// hash of Fowler, Noll and Vo, with a separator between the parts.
type (
	byAccount   struct{}
	byReference struct{}
)

func (byAccount) Hash(a fact.Account) uint32 {
	return with(with(with(with(basis, a.Holder), a.Stage), a.Stream), a.Purpose)
}

func (byAccount) Equal(a, b fact.Account) bool { return a == b }

func (byReference) Hash(r reference) uint32 { return with(with(basis, r.party), r.name) }

func (byReference) Equal(a, b reference) bool { return a == b }

const basis uint32 = 2166136261

func with[T ~string](h uint32, part T) uint32 {
	const prime = 16777619
	for i := range len(part) {
		h = (h ^ uint32(part[i])) * prime
	}
	return (h ^ 0xff) * prime
}

func compare(a, b fact.Account) int {
	return cmp.Or(
		cmp.Compare(a.Holder, b.Holder), cmp.Compare(a.Stream, b.Stream), cmp.Compare(a.Purpose, b.Purpose),
		cmp.Compare(a.Stage, b.Stage),
	)
}
