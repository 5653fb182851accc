package follow

import (
	"cmp"
	"math"
	"slices"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/carrier"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// answers is how many exact answers about the past are kept: who asks several
// things as at one moment has it folded once.
const answers = 8

// kept is what a follower remembers of the past in memory: states it has
// passed, so that any moment is a short fold away from one.
//
// All of it is of one fold. What another fold led to may be of another book, or
// of facts read in another way, so a new fold forgets everything, and who kept
// the old one's company can add nothing more.
type kept[S any] struct {
	stride events.Ordinal // between states
	most   int            // states; when there are more, some are let go

	mu     sync.Mutex
	of     fold
	states []*Seen[S] // by ordinal, each once
	exact  *lru.Cache[events.Ordinal, *Seen[S]]
	asked  events.Ordinal // where somebody looked last; far from everything until then
}

// fold is one folding of the book, from the start or a snapshot on.
type fold struct {
	number int
	epoch  carrier.Epoch
}

func newKept[S any](stride events.Ordinal, most int) (*kept[S], error) {
	exact, err := lru.New[events.Ordinal, *Seen[S]](answers)
	return &kept[S]{stride: stride, most: most, exact: exact, asked: math.MaxUint64}, err
}

// begin forgets everything, for a new fold.
func (k *kept[S]) begin(epoch carrier.Epoch) fold {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.of = fold{k.of.number + 1, epoch}
	k.states = nil
	k.exact.Purge()
	return k.of
}

// now is the fold that is remembered.
func (k *kept[S]) now() fold {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.of
}

// pass keeps a state if it is one of those to be kept. It reports false if it
// finds that the state is of another fold.
func (k *kept[S]) pass(of fold, s Seen[S]) bool {
	return s.At.Ordinal%k.stride != 0 || k.keep(of, s)
}

// keep keeps a state. It reports false if it is of another fold.
func (k *kept[S]) keep(of fold, s Seen[S]) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if of != k.of {
		return false
	}
	if i, found := k.find(s.At.Ordinal); !found {
		k.states = slices.Insert(k.states, i, &s)
	}
	if len(k.states) > k.most {
		k.thin()
	}
	return true
}

// thin lets go of the state that will be missed least: the gap it leaves is
// small, measured by the root of how far it is from where people look, which is
// the present and the moment last asked about. So the past grows sparse with
// distance, and no part of it is lost.
func (k *kept[S]) thin() {
	head := k.states[len(k.states)-1].At.Ordinal
	least, regret, before := 0, math.Inf(1), events.Ordinal(0)
	for i, s := range k.states[:len(k.states)-1] {
		at := s.At.Ordinal
		gap := float64(k.states[i+1].At.Ordinal - before)
		away := float64(k.stride + min(head-at, max(at, k.asked)-min(at, k.asked)))
		if r := gap * gap / away; r < regret {
			least, regret = i, r
		}
		before = at
	}
	k.states = slices.Delete(k.states, least, least+1)
}

// answered keeps an answer. It reports false if it is of another fold.
func (k *kept[S]) answered(of fold, s *Seen[S]) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if of == k.of {
		k.exact.Add(s.At.Ordinal, s)
	}
	return of == k.of
}

// answer returns the state at mark if it was asked for a little while ago.
func (k *kept[S]) answer(mark store.Mark) (*Seen[S], bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	s, ok := k.exact.Get(mark.Ordinal)
	return s, ok && s.At.ID == mark.ID
}

// nearest returns the newest state no newer than upto, or the beginning.
func (k *kept[S]) nearest(of fold, upto events.Ordinal) Seen[S] {
	k.mu.Lock()
	defer k.mu.Unlock()
	near := Seen[S]{Epoch: of.epoch}
	if of != k.of {
		return near
	}
	k.asked = upto
	i, found := k.find(upto)
	if found {
		i++
	}
	if i > 0 {
		near = *k.states[i-1]
	}
	for _, s := range k.exact.Values() {
		if s.At.Ordinal > near.At.Ordinal && s.At.Ordinal <= upto {
			near = *s
		}
	}
	return near
}

// forget lets go of what the book turned out not to hold.
func (k *kept[S]) forget(of fold, mark store.Mark) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if of != k.of {
		return
	}
	if i, found := k.find(mark.Ordinal); found {
		k.states = slices.Delete(k.states, i, i+1)
	}
	k.exact.Remove(mark.Ordinal)
}

// missing returns the next ordinal after at whose state was never passed though
// a later one was, if there is room for it.
func (k *kept[S]) missing(of fold, at events.Ordinal) (events.Ordinal, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	next := (at/k.stride + 1) * k.stride
	i, found := k.find(next)
	return next, of == k.of && !found && i < len(k.states) && len(k.states) < k.most
}

func (k *kept[S]) find(n events.Ordinal) (int, bool) {
	return slices.BinarySearchFunc(k.states, n, func(s *Seen[S], n events.Ordinal) int {
		return cmp.Compare(s.At.Ordinal, n)
	})
}
