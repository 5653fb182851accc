package plan

import (
	"cmp"
	"slices"
)

// cut is a reason why hours are left undone. Of any set of tasks at least as much
// is left undone as it needs beyond what all give who may do any of it; and by
// the theorem of the maximum flow and the minimum cut, the set of which that is
// most says how much is left undone in all.
type cut struct {
	short int    // what the tasks need beyond what those in post give
	by    uint16 // the posts that may do any of them: a bit for each, by its place
}

// cuts are those that matter, however many posts are added: without what another
// implies, that is as short and may be done by no others. One is of no tasks, or
// implies it, so that the most is never below 0.
func cuts(g Given, posts []post) (all []cut) {
	can := make([]int, len(posts)) // tasks, a bit for each
	for i, p := range posts {
		can[i] = g.bits(g.Roles[p.role].Tasks)
	}
	held := make([]int, len(g.Held))
	for i, h := range g.Held {
		held[i] = g.bits(h.Tasks)
	}
	for tasks := range 1 << len(g.Tasks) {
		var c cut
		for i, t := range g.Tasks {
			c.short += t.Hours * (tasks >> i & 1)
		}
		for i, h := range g.Held {
			if held[i]&tasks != 0 {
				c.short -= h.Hours
			}
		}
		for i := range posts {
			if can[i]&tasks != 0 {
				c.by |= 1 << i
			}
		}
		if c.short >= 0 {
			all = append(all, c)
		}
	}
	// What implies a cut sorts before it.
	slices.SortFunc(all, func(a, b cut) int { return cmp.Or(cmp.Compare(b.short, a.short), cmp.Compare(a.by, b.by)) })
	kept := all[:0]
	for _, c := range all {
		if !slices.ContainsFunc(kept, func(k cut) bool { return k.by&^c.by == 0 }) {
			kept = append(kept, c)
		}
	}
	return slices.Clip(kept)
}

// bits are tasks, a bit for each.
func (g Given) bits(keys []string) (set int) {
	for _, k := range keys {
		set |= 1 << g.task(k)
	}
	return set
}
