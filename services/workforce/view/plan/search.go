package plan

import (
	"cmp"
	"math"
	"slices"

	"github.com/ics-openbook/openbook/events"
)

// maxSteps is how many steps the search may take, each as long as looking at a few
// cuts: a tenth of a second. Ten roles and ten tasks as they come take a fortieth of it.
const maxSteps = 1 << 23

// post is a role as the search has it.
type post struct {
	role  int // its place among those given
	key   string
	hours int
	cost  events.GBP
	most  int   // within the sum
	price int64 // pence an hour, times the search's scale, rounded down
}

// found is a mix: how many of each post, in their order.
type found struct {
	undone, count int
	cost          events.GBP
	posts         []int
}

// search goes through all mixes, post by post, and passes over those of which the
// bound says that they are not among the best.
type search struct {
	sum    events.GBP
	posts  []post // the dearest by the hour first: there are few of them, and what is cheap is then well bounded
	cuts   []cut
	scale  int64
	common [][]int // the greatest common divisor of the hours of posts i to j
	n      int
	best   []found // n at most, the best first

	mix   []int   // how many of each post, as far as decided
	short [][]int // of each cut, with as many posts decided as the index says
	spare []int   // of each cut, for the bound
	steps int     // that are left
}

func begin(g Given, n int) *search {
	s := &search{sum: g.Sum, n: n, scale: scale(g.Sum, g.Roles)}
	for i, r := range g.Roles {
		most := int(g.Sum / r.Cost)
		if r.Most > 0 {
			most = min(most, r.Most)
		}
		if most > 0 {
			s.posts = append(s.posts, post{i, string(r.Key), r.Hours, r.Cost, most, int64(r.Cost) * s.scale / int64(r.Hours)})
		}
	}
	slices.SortFunc(s.posts, func(a, b post) int {
		return cmp.Or(cmp.Compare(b.cost*events.GBP(a.hours), a.cost*events.GBP(b.hours)), cmp.Compare(b.key, a.key))
	})
	s.cuts = cuts(g, s.posts)
	s.mix, s.spare = make([]int, len(s.posts)), make([]int, len(s.cuts))
	s.short = make([][]int, len(s.posts)+1)
	for i := range s.short {
		s.short[i] = make([]int, len(s.cuts))
	}
	for i, c := range s.cuts {
		s.short[0][i] = c.short
	}
	s.common = make([][]int, len(s.posts))
	for i := range s.posts {
		s.common[i] = make([]int, len(s.posts))
		for j, divisor := i, 0; j < len(s.posts); j++ {
			divisor = common(divisor, s.posts[j].hours)
			s.common[i][j] = divisor
		}
	}
	return s
}

// scale makes the prices of an hour whole, where the hours of posts have a
// multiple in common that is small enough for a scaled sum to be held; else it
// makes them nearly exact.
func scale(sum events.GBP, roles []Role) int64 {
	most := math.MaxInt64 / (int64(sum) + 1)
	scale := int64(1)
	for _, r := range roles {
		times := int64(r.Hours) / int64(common(int(scale%int64(r.Hours)), r.Hours))
		if scale > most/times {
			return most
		}
		scale *= times
	}
	return scale
}

// common is the greatest common divisor.
func common(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// choice is how many of the next post, and the least that any mix with that many
// leaves undone, costs and has in posts: each for the least before it.
type choice struct {
	posts         int
	undone, count int
	cost          events.GBP
}

// visit goes through the mixes that have i posts decided, of which so much is
// spent, on so many. It returns false when there are no steps left.
func (s *search) visit(i int, spent events.GBP, count int) bool {
	if i == len(s.posts) {
		s.keep(spent, count)
		return true
	}
	choices := s.choices(i, spent, count)
	for _, c := range choices {
		if s.steps < 0 {
			return false
		}
		if !s.promising(i, c) {
			continue
		}
		s.mix[i] = c.posts
		s.add(i, s.short[i], s.short[i+1], c.posts)
		if !s.visit(i+1, spent+s.posts[i].cost*events.GBP(c.posts), count+c.posts) {
			return false
		}
	}
	return s.steps >= 0
}

// choices are those of post i, the most promising first.
func (s *search) choices(i int, spent events.GBP, count int) (all []choice) {
	p := s.posts[i]
	was := math.MaxInt
	for k := 0; k <= p.most && p.cost*events.GBP(k) <= s.sum-spent && s.steps >= 0; k++ {
		undone := s.add(i, s.short[i], s.short[i+1], k)
		if undone == was {
			break // what one more helps never grows as others are added, so this one would be idle in any mix
		}
		was = undone
		s.steps -= 32
		cost := p.cost * events.GBP(k)
		c := s.least(i+1, s.sum-spent-cost)
		all = append(all, choice{k, c.undone, count + k + c.count, spent + cost + c.cost})
	}
	slices.SortFunc(all, func(a, b choice) int {
		return cmp.Or(cmp.Compare(a.undone, b.undone), cmp.Compare(a.cost, b.cost), cmp.Compare(a.count, b.count), cmp.Compare(a.posts, b.posts))
	})
	return all
}

// add is how short the cuts are with k posts more, and how much that leaves undone.
func (s *search) add(i int, short, with []int, k int) (undone int) {
	s.steps -= len(s.cuts) + 4
	give := k * s.posts[i].hours
	for j, c := range s.cuts {
		with[j] = short[j] - give*int(c.by>>i&1)
		undone = max(undone, with[j])
	}
	return undone
}

// promising reports whether a mix with the posts decided, and c of post i, may be
// better than the worst of the best.
func (s *search) promising(i int, c choice) bool {
	if len(s.best) < s.n {
		return true
	}
	worst := s.best[len(s.best)-1]
	order := cmp.Or(
		cmp.Compare(c.undone, worst.undone), cmp.Compare(c.cost, worst.cost), cmp.Compare(c.count, worst.count),
		slices.Compare(s.mix[:i], worst.posts[:i]), cmp.Compare(c.posts, worst.posts[i]),
	)
	return order < 0
}

// keep takes the mix, all of it decided, among the best where it belongs there.
func (s *search) keep(cost events.GBP, count int) {
	last := s.short[len(s.posts)]
	undone := slices.Max(last)
	for i, k := range s.mix {
		if k > 0 && s.add(i, last, s.spare, -1) == undone {
			return
		}
	}
	f := found{undone, count, cost, slices.Clone(s.mix)}
	at, _ := slices.BinarySearchFunc(s.best, f, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.undone, b.undone), cmp.Compare(a.cost, b.cost), cmp.Compare(a.count, b.count), slices.Compare(a.posts, b.posts))
	})
	s.best = slices.Insert(s.best, at, f)
	s.best = s.best[:min(len(s.best), s.n)]
}
