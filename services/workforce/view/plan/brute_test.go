package plan_test

import (
	"cmp"
	"slices"
	"sort"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/workforce/view/plan"
)

// brute is what Best promises, by its definition: every mix within the sum, each
// judged alone, then sorted. How much is undone it finds by filling tasks from
// people along any path, not by cuts.
func brute(g plan.Given, n int) []plan.Mix {
	type mix struct {
		posts         []int
		undone, count int
		cost          events.GBP
	}
	var all []mix
	posts := make([]int, len(g.Roles))
	var each func(i int, cost events.GBP)
	each = func(i int, cost events.GBP) {
		if i < len(posts) {
			r := g.Roles[i]
			for k := 0; (r.Most == 0 || k <= r.Most) && cost+r.Cost*events.GBP(k) <= g.Sum; k++ {
				posts[i] = k
				each(i+1, cost+r.Cost*events.GBP(k))
			}
			posts[i] = 0
			return
		}
		m := mix{slices.Clone(posts), total(g) - filled(g, needs(g), posts), 0, cost}
		for j, k := range posts {
			m.count += k
			if k == 0 {
				continue
			}
			posts[j]--
			same := total(g)-filled(g, needs(g), posts) == m.undone
			posts[j]++
			if same {
				return
			}
		}
		all = append(all, m)
	}
	each(0, 0)

	byPrice := make([]int, len(g.Roles))
	for i := range byPrice {
		byPrice[i] = i
	}
	slices.SortFunc(byPrice, func(a, b int) int {
		x, y := g.Roles[a], g.Roles[b]
		return cmp.Or(cmp.Compare(y.Cost*events.GBP(x.Hours), x.Cost*events.GBP(y.Hours)), cmp.Compare(y.Key, x.Key))
	})
	slices.SortFunc(all, func(a, b mix) int {
		if c := cmp.Or(cmp.Compare(a.undone, b.undone), cmp.Compare(a.cost, b.cost), cmp.Compare(a.count, b.count)); c != 0 {
			return c
		}
		for _, i := range byPrice {
			if a.posts[i] != b.posts[i] {
				return cmp.Compare(a.posts[i], b.posts[i])
			}
		}
		return 0
	})
	var best []plan.Mix
	for _, m := range all[:min(n, len(all))] {
		b := plan.Mix{Cost: m.cost, Left: g.Sum - m.cost, Hours: m.undone}
		for i, k := range m.posts {
			if k > 0 {
				b.Posts = append(b.Posts, plan.Added{Role: g.Roles[i].Key, Posts: k})
			}
		}
		for i, hours := range leastOfFirst(g, m.posts, m.undone) {
			if hours > 0 {
				b.Undone = append(b.Undone, plan.Task{Key: g.Tasks[i].Key, Hours: hours})
			}
		}
		best = append(best, b)
	}
	return best
}

// leastOfFirst is what is left undone of each task, so much in all: task by task
// the least with which those before can still be done as far as they were, and as
// much in all; nil where there is no such least.
func leastOfFirst(g plan.Given, posts []int, undone int) []int {
	need, left := needs(g), make([]int, len(g.Tasks))
	for i, hours := range need {
		first := append(slices.Clone(need[:i+1]), make([]int, len(need)-i-1)...)
		left[i] = sort.Search(hours, func(less int) bool {
			first[i] = hours - less
			return filled(g, first, posts) == sum(first)
		})
		if need[i] -= left[i]; filled(g, need, posts) != total(g)-undone {
			return nil
		}
	}
	return left
}

func needs(g plan.Given) (all []int) {
	for _, t := range g.Tasks {
		all = append(all, t.Hours)
	}
	return all
}

func total(g plan.Given) int { return sum(needs(g)) }

func sum(all []int) (s int) {
	for _, n := range all {
		s += n
	}
	return s
}

// filled is how many hours of the needs can be met: Ford and Fulkerson's way, on
// a matrix from 0, the source, to 1, the sink, by depth first.
func filled(g plan.Given, needs, posts []int) (flow int) {
	people := len(g.Roles) + len(g.Held)
	size := 2 + people + len(needs)
	room := make([][]int, size)
	for i := range room {
		room[i] = make([]int, size)
	}
	who := func(i, hours int, tasks []string) {
		room[0][2+i] = hours
		for j, t := range g.Tasks {
			if slices.Contains(tasks, t.Key) {
				room[2+i][2+people+j] = 1 << 40
			}
		}
	}
	for i, r := range g.Roles {
		who(i, r.Hours*posts[i], r.Tasks)
	}
	for i, h := range g.Held {
		who(len(g.Roles)+i, h.Hours, h.Tasks)
	}
	for j, hours := range needs {
		room[2+people+j][1] = hours
	}
	var push func(at, most int, seen []bool) int
	push = func(at, most int, seen []bool) int {
		if at == 1 {
			return most
		}
		seen[at] = true
		for to, r := range room[at] {
			if r > 0 && !seen[to] {
				if got := push(to, min(most, r), seen); got > 0 {
					room[at][to] -= got
					room[to][at] += got
					return got
				}
			}
		}
		return 0
	}
	for {
		got := push(0, 1<<40, make([]bool, size))
		if got == 0 {
			return flow
		}
		flow += got
	}
}
