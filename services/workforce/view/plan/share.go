package plan

import "github.com/ics-openbook/openbook/events/contract"

// doer is who gives hours: those in post in a role, or those added to it.
type doer struct {
	role  contract.Key
	held  bool
	spare int
	may   []bool // by task
	does  []int  // hours, by task
}

// share is what is left undone of each task with so many posts added in each
// role, and who does the rest.
//
// It is a maximum flow, filled one task after the other. A later task may move
// what is done of an earlier one to others, and never lessens it; so the first
// ones have the most they can, and together as much is done as can be.
func share(g Given, posts []int) (undone []int, work []Work) {
	var all []*doer
	join := func(role contract.Key, held bool, hours int, tasks []string) {
		d := &doer{role, held, hours, make([]bool, len(g.Tasks)), make([]int, len(g.Tasks))}
		for _, k := range tasks {
			d.may[g.task(k)] = true
		}
		all = append(all, d)
	}
	for _, h := range g.Held {
		join(h.Role, true, h.Hours, h.Tasks)
	}
	for i, r := range g.Roles {
		if posts[i] > 0 {
			join(r.Key, false, posts[i]*r.Hours, r.Tasks)
		}
	}
	undone = make([]int, len(g.Tasks))
	for t, task := range g.Tasks {
		undone[t] = task.Hours
		for undone[t] > 0 {
			hours := more(all, t, undone[t])
			if hours == 0 {
				break
			}
			undone[t] -= hours
		}
	}
	for _, d := range all {
		for t, hours := range d.does {
			if hours > 0 {
				work = append(work, Work{d.role, d.held, g.Tasks[t].Key, hours})
			}
		}
	}
	return undone, work
}

// more has more hours done of a task, at most need, by a shortest chain: one takes
// it on and leaves another task, which another takes on, and so on, to somebody
// with hours to spare. It returns how many; 0 where there is no chain.
func more(all []*doer, task, need int) int {
	takes, left := make(map[*doer]int), make(map[int]*doer) // the task that one takes on; who leaves a task
	for queue := []int{task}; len(queue) > 0; queue = queue[1:] {
		for _, d := range all {
			if _, busy := takes[d]; busy || !d.may[queue[0]] {
				continue
			}
			takes[d] = queue[0]
			if d.spare > 0 {
				return pass(takes, left, task, d, need)
			}
			for t, hours := range d.does {
				if hours > 0 && t != task && left[t] == nil {
					left[t] = d
					queue = append(queue, t)
				}
			}
		}
	}
	return 0
}

// pass moves hours along a chain that ends with somebody who has some to spare,
// as many as it carries and need at most.
func pass(takes map[*doer]int, left map[int]*doer, task int, last *doer, need int) int {
	hours := min(need, last.spare)
	for t := takes[last]; t != task; t = takes[left[t]] {
		hours = min(hours, left[t].does[t])
	}
	last.spare -= hours
	for d := last; ; {
		t := takes[d]
		d.does[t] += hours
		if t == task {
			return hours
		}
		d = left[t]
		d.does[t] -= hours
	}
}
