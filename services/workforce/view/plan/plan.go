// Package plan finds what a network does best to add to its additional roles:
// the mixes of posts within its sum of money that leave the fewest hours of its
// tasks undone, and what each leaves. It is pure, exact and deterministic; what
// would take too long is refused, never guessed.
//
// Hours are hours a week in hundredths, of which 3,750 are one WTE.
package plan

import (
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
)

// Task is work that has to be done each week.
type Task struct {
	Key   string
	Hours int // it needs
}

// Role is one in which posts may be added.
type Role struct {
	Key   contract.Key
	Hours int        // a post gives
	Cost  events.GBP // of a post, out of the sum; a role whose cost is not known is no choice
	Tasks []string   // it may do
	Most  int        // posts that may be added; 0 where the sum alone limits them
}

// Held is somebody in post, or all in posts of a role: they cost nothing more.
type Held struct {
	Role  contract.Key
	Hours int      // they give
	Tasks []string // they may do
}

// Given is what a network has and needs.
type Given struct {
	Tasks []Task // what matters first comes first
	Roles []Role
	Held  []Held
	Sum   events.GBP // what the added posts may cost
}

// Mix is posts to add, and what comes of it.
type Mix struct {
	Posts  []Added // in the order of the roles given; none is the mix that adds nobody
	Cost   events.GBP
	Left   events.GBP // of the sum
	Undone []Task     // with the hours that are left undone, in the order given; without those all done
	Hours  int        // undone, in all
	Work   []Work     // who does what, so that no more is undone than that
}

// Added is how many posts of a role are added, at least one.
type Added struct {
	Role  contract.Key
	Posts int
}

// Work is what those in a role do of a task.
type Work struct {
	Role  contract.Key
	Held  bool // by those in post already
	Task  string
	Hours int // above 0
}

// Best is the n best mixes, the best first; fewer where there are fewer. Posts
// split their hours as they like among the tasks they may do.
//
// The better mix leaves fewer hours undone in all; then it costs less; then it
// has fewer posts; then it has fewer of the role that is dearest by the hour, and
// of equally dear ones the last by key, and so on. Within a mix, fewest hours are
// undone of the first task, then of the second, and so on, as far as that leaves
// no more undone in all. No mix has a post without which as little would be left
// undone, so that the one that adds nobody is among the best where little helps.
//
// What is wrong with g or n is [Wrong]. ErrTooLarge means that more than a fixed
// number of steps, a tenth of a second, would be needed to be sure.
func Best(g Given, n int) ([]Mix, error) { return within(maxSteps, g, n) }

func within(steps int, g Given, n int) ([]Mix, error) {
	if err := check(g, n); err != nil {
		return nil, err
	}
	s := begin(g, n)
	s.steps = steps
	if !s.visit(0, 0, 0) {
		return nil, ErrTooLarge
	}
	mixes := make([]Mix, len(s.best))
	for i, f := range s.best {
		posts := make([]int, len(g.Roles))
		for j, p := range s.posts {
			posts[p.role] = f.posts[j]
		}
		mixes[i] = mixed(g, posts)
	}
	return mixes, nil
}

// mixed is the mix of so many posts in each role.
func mixed(g Given, posts []int) Mix {
	m := Mix{Left: g.Sum}
	for i, r := range g.Roles {
		if posts[i] > 0 {
			m.Posts = append(m.Posts, Added{r.Key, posts[i]})
			m.Cost += r.Cost * events.GBP(posts[i])
		}
	}
	m.Left -= m.Cost
	var undone []int
	undone, m.Work = share(g, posts)
	for i, hours := range undone {
		if hours > 0 {
			m.Undone = append(m.Undone, Task{g.Tasks[i].Key, hours})
			m.Hours += hours
		}
	}
	return m
}
