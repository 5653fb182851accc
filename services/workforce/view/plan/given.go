package plan

import (
	"errors"
	"fmt"
	"slices"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
)

// Bounds of what is planned for.
const (
	MaxTasks = 12
	MaxRoles = 16
	MaxHeld  = 100
	MaxMixes = 10
	MaxHours = 5_000_00                     // of a task, or of those in post
	MinPost  = 1_00                         // hours of a post: of less there could be too many
	MaxPost  = 168_00                       // a week has no more
	MaxSum   = events.GBP(1_000_000_000_00) // and the most that a post may cost
)

// Why something given is wrong: what [Wrong] wraps.
var (
	ErrNoTasks = errors.New("there is nothing to plan for: name at least one task")
	ErrTooMany = errors.New("there are more than can be planned for at once")
	ErrTwice   = errors.New("it is named twice: name it once")
	ErrUnknown = errors.New("no such task is among those to be done: name it there, or leave it out here")
	ErrHours   = errors.New("hours a week are from 0 to 5,000, and those of one post from 1 to 168")
	ErrCost    = errors.New("a post costs more than nothing, and £1,000,000,000 at most: leave out a role whose cost is not known")
	ErrMost    = errors.New("the most posts that may be added are 0, for no limit, or more")
	ErrSum     = errors.New("the sum is from £0 to £1,000,000,000")
	ErrCount   = errors.New("ask for 1 to 10 mixes")
)

// ErrTooLarge means that the best mixes were not found, and proven to be them, in
// as many steps as are allowed.
var ErrTooLarge = errors.New("there are too many mixes to be sure which is the best: plan with fewer roles, a lower most of some, or a smaller sum")

// Wrong is something given that cannot be planned with.
type Wrong struct {
	Path string // what it is about: "roles[2].cost"
	Is   string // what was given there
	Why  error
}

func (w *Wrong) Error() string { return w.Path + " is " + w.Is + ": " + w.Why.Error() }

func (w *Wrong) Unwrap() error { return w.Why }

// check returns the first thing that is wrong, or nil.
func check(g Given, n int) error {
	switch {
	case n < 1 || n > MaxMixes:
		return wrong("n", n, ErrCount)
	case g.Sum < 0 || g.Sum > MaxSum:
		return wrong("sum", "£"+g.Sum.String(), ErrSum)
	case len(g.Tasks) == 0:
		return wrong("tasks", "empty", ErrNoTasks)
	}
	for _, l := range []struct {
		path      string
		size, max int
	}{{"tasks", len(g.Tasks), MaxTasks}, {"roles", len(g.Roles), MaxRoles}, {"held", len(g.Held), MaxHeld}} {
		if l.size > l.max {
			return wrong(l.path, fmt.Sprintf("%d long, of %d", l.size, l.max), ErrTooMany)
		}
	}
	for i, t := range g.Tasks {
		path := fmt.Sprintf("tasks[%d]", i)
		switch {
		case slices.ContainsFunc(g.Tasks[:i], func(before Task) bool { return before.Key == t.Key }):
			return wrong(path+".key", quoted(t.Key), ErrTwice)
		case t.Hours < 0 || t.Hours > MaxHours:
			return wrong(path+".hours", written(t.Hours), ErrHours)
		}
	}
	for i, r := range g.Roles {
		path := fmt.Sprintf("roles[%d]", i)
		switch {
		case slices.ContainsFunc(g.Roles[:i], func(before Role) bool { return before.Key == r.Key }):
			return wrong(path+".key", quoted(r.Key), ErrTwice)
		case r.Hours < MinPost || r.Hours > MaxPost:
			return wrong(path+".hours", written(r.Hours), ErrHours)
		case r.Cost < 1 || r.Cost > MaxSum:
			return wrong(path+".cost", "£"+r.Cost.String(), ErrCost)
		case r.Most < 0:
			return wrong(path+".most", r.Most, ErrMost)
		}
		if err := g.known(path, r.Tasks); err != nil {
			return err
		}
	}
	for i, h := range g.Held {
		path := fmt.Sprintf("held[%d]", i)
		if h.Hours < 0 || h.Hours > MaxHours {
			return wrong(path+".hours", written(h.Hours), ErrHours)
		}
		if err := g.known(path, h.Tasks); err != nil {
			return err
		}
	}
	return nil
}

// known refuses tasks that are none of g's, or named twice.
func (g Given) known(path string, keys []string) error {
	for i, k := range keys {
		switch {
		case g.task(k) < 0:
			return wrong(fmt.Sprintf("%s.tasks[%d]", path, i), quoted(k), ErrUnknown)
		case slices.Contains(keys[:i], k):
			return wrong(fmt.Sprintf("%s.tasks[%d]", path, i), quoted(k), ErrTwice)
		}
	}
	return nil
}

// task is the place of a task, or -1.
func (g Given) task(key string) int {
	return slices.IndexFunc(g.Tasks, func(t Task) bool { return t.Key == key })
}

func wrong(path string, is any, why error) error { return &Wrong{path, fmt.Sprint(is), why} }

func quoted[K string | contract.Key](key K) string { return fmt.Sprintf("%q", key) }

// written is hours as people write them.
func written(hundredths int) string { return events.GBP(hundredths).String() }
