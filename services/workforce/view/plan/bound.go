package plan

import (
	"slices"

	"github.com/ics-openbook/openbook/events"
)

// least bounds all mixes that have the posts before i as decided, and any within
// what is left of the sum from i on: the least that is undone; for that, the least
// that those from i on cost; and for both, the fewest there are of them.
//
// Let the posts from i on be sorted by the price of an hour, p₁ ≤ p₂ ≤ …, and let
// them give h₁, h₂, … hours. They cost Σ pₖhₖ, which is
//
//	p₁(h₁+h₂+…) + (p₂−p₁)(h₂+h₃+…) + (p₃−p₂)(h₃+…) + …
//
// With as many of the cheaper ones as there can be, and none of the others, so
// much is undone as [bound.without] says. Where u is to be undone at last, the
// others have to give the rest, in whole posts: a multiple of the hours that all
// of theirs have in common. That bounds each bracket from below, and so the cost;
// and where the cost is above what is left, more than u is undone.
func (s *search) least(i int, left events.GBP) choice {
	b := s.bound(i, left)
	undone, enough := b.all, b.undone // it lies between them: to leave as much as there is costs nothing
	for undone < enough {
		middle := undone + (enough-undone)/2
		if _, can := s.cost(b, middle); can {
			enough = middle
		} else {
			undone = middle + 1
		}
	}
	cost, _ := s.cost(b, undone)
	hours := 0
	for _, p := range s.posts[i:] {
		hours = max(hours, p.hours)
	}
	c := choice{undone: undone, cost: cost}
	if b.undone > undone {
		c.count = (b.undone - undone + hours - 1) / hours
	}
	return c
}

// bound is what the posts from i on have to make up for.
type bound struct {
	i       int
	left    events.GBP
	undone  int           // without any of them
	without [MaxRoles]int // with as many as can be of those cheaper than post k, by k
	all     int           // with as many as can be of each
}

func (s *search) bound(i int, left events.GBP) *bound {
	b := &bound{i: i, left: left}
	copy(s.spare, s.short[i])
	b.all = slices.Max(s.spare)
	b.undone = b.all
	for k := len(s.posts) - 1; k >= i; k-- {
		b.without[k] = b.all
		b.all = s.add(k, s.spare, s.spare, min(s.posts[k].most, int(left/s.posts[k].cost)))
	}
	return b
}

// cost is the least that the posts cost where at most so much is undone; false
// where that is more than is left.
func (s *search) cost(b *bound, undone int) (events.GBP, bool) {
	s.steps -= 4 * (len(s.posts) - b.i)
	var sum, before int64 // scaled, as prices are
	most := int64(b.left) * s.scale
	for k := len(s.posts) - 1; k >= b.i; k-- {
		rise := s.posts[k].price - before
		before = s.posts[k].price
		if b.without[k] <= undone || rise == 0 {
			continue
		}
		whole := s.common[b.i][k]
		hours := int64((b.without[k] - undone + whole - 1) / whole * whole)
		if hours > (most-sum)/rise { // a product could be too large
			return 0, false
		}
		sum += hours * rise
	}
	return events.GBP((sum + s.scale - 1) / s.scale), true
}
