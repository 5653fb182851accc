package plan_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/services/workforce/view/plan"
)

func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*plan.Given)
		n     int
		want  error
		path  string
	}{
		"nothing to do":         {func(g *plan.Given) { g.Tasks = nil }, 3, plan.ErrNoTasks, "tasks"},
		"no mixes":              {func(*plan.Given) {}, 0, plan.ErrCount, "n"},
		"too many mixes":        {func(*plan.Given) {}, plan.MaxMixes + 1, plan.ErrCount, "n"},
		"less than no money":    {func(g *plan.Given) { g.Sum = -1 }, 3, plan.ErrSum, "sum"},
		"too much money":        {func(g *plan.Given) { g.Sum = plan.MaxSum + 1 }, 3, plan.ErrSum, "sum"},
		"a task twice":          {func(g *plan.Given) { g.Tasks[2].Key = g.Tasks[0].Key }, 3, plan.ErrTwice, "tasks[2].key"},
		"a task of less":        {func(g *plan.Given) { g.Tasks[1].Hours = -1 }, 3, plan.ErrHours, "tasks[1].hours"},
		"a task of too much":    {func(g *plan.Given) { g.Tasks[1].Hours = plan.MaxHours + 1 }, 3, plan.ErrHours, "tasks[1].hours"},
		"a role twice":          {func(g *plan.Given) { g.Roles[1].Key = g.Roles[0].Key }, 3, plan.ErrTwice, "roles[1].key"},
		"a post of hardly any":  {func(g *plan.Given) { g.Roles[1].Hours = plan.MinPost - 1 }, 3, plan.ErrHours, "roles[1].hours"},
		"a post of too many":    {func(g *plan.Given) { g.Roles[1].Hours = plan.MaxPost + 1 }, 3, plan.ErrHours, "roles[1].hours"},
		"a post for nothing":    {func(g *plan.Given) { g.Roles[1].Cost = 0 }, 3, plan.ErrCost, "roles[1].cost"},
		"a post for too much":   {func(g *plan.Given) { g.Roles[1].Cost = plan.MaxSum + 1 }, 3, plan.ErrCost, "roles[1].cost"},
		"fewer than none":       {func(g *plan.Given) { g.Roles[1].Most = -1 }, 3, plan.ErrMost, "roles[1].most"},
		"a role's unknown task": {func(g *plan.Given) { g.Roles[1].Tasks = []string{"x"} }, 3, plan.ErrUnknown, "roles[1].tasks[0]"},
		"a role's task twice": {func(g *plan.Given) { g.Roles[1].Tasks = []string{g.Tasks[0].Key, g.Tasks[0].Key} }, 3,
			plan.ErrTwice, "roles[1].tasks[1]"},
		"less than nobody":             {func(g *plan.Given) { g.Held[1].Hours = -1 }, 3, plan.ErrHours, "held[1].hours"},
		"too many people":              {func(g *plan.Given) { g.Held[1].Hours = plan.MaxHours + 1 }, 3, plan.ErrHours, "held[1].hours"},
		"an unknown task of who there": {func(g *plan.Given) { g.Held[1].Tasks[0] = "x" }, 3, plan.ErrUnknown, "held[1].tasks[0]"},
		"too many tasks": {func(g *plan.Given) {
			for i := len(g.Tasks); i <= plan.MaxTasks; i++ {
				g.Tasks = append(g.Tasks, plan.Task{Key: fmt.Sprint(i)})
			}
		}, 3, plan.ErrTooMany, "tasks"},
		"too many roles": {func(g *plan.Given) {
			for i := len(g.Roles); i <= plan.MaxRoles; i++ {
				g.Roles = append(g.Roles, plan.Role{Key: contract.Key(fmt.Sprint(i)), Hours: 1_00, Cost: 1})
			}
		}, 3, plan.ErrTooMany, "roles"},
		"too many in post": {func(g *plan.Given) { g.Held = make([]plan.Held, plan.MaxHeld+1) }, 3, plan.ErrTooMany, "held"},
	} {
		g := network()
		c.spoil(&g)
		got, err := plan.Best(g, c.n)
		var wrong *plan.Wrong
		if got != nil || !errors.Is(err, c.want) || !errors.As(err, &wrong) || wrong.Path != c.path {
			t.Errorf("%s: %v, want %v of %s", name, err, c.want, c.path)
		}
	}
	g := network()
	g.Roles[1].Cost = 0
	_, err := plan.Best(g, 3)
	if want := "roles[1].cost is £0.00: a post costs more than nothing"; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("it says %q", err)
	}
}

// What is just within the bounds is planned with, or ErrTooLarge; nothing
// overflows.
func TestBounds(t *testing.T) {
	g := plan.Given{Sum: plan.MaxSum}
	var all []string
	for i := range plan.MaxTasks {
		g.Tasks = append(g.Tasks, plan.Task{Key: fmt.Sprint(i), Hours: plan.MaxHours})
		all = append(all, fmt.Sprint(i))
	}
	for i := range plan.MaxRoles {
		g.Roles = append(g.Roles, plan.Role{Key: contract.Key(fmt.Sprint(i)), Hours: plan.MaxPost, Cost: plan.MaxSum, Tasks: all})
	}
	g.Held = make([]plan.Held, plan.MaxHeld)
	got, err := plan.Best(g, plan.MaxMixes)
	if err != nil || len(got) != plan.MaxMixes || got[0].Left != 0 || got[0].Hours != plan.MaxTasks*plan.MaxHours-plan.MaxPost {
		t.Errorf("one each: %+v, %v", got, err)
	}
	for i := range g.Roles {
		g.Roles[i].Hours, g.Roles[i].Cost = plan.MaxPost-i, 1
	}
	got, err = plan.Best(g, 1)
	if want := (plan.MaxTasks*plan.MaxHours + plan.MaxPost - 1) / plan.MaxPost; err != nil || got[0].Hours != 0 || int(got[0].Cost) != want {
		t.Errorf("a penny each, of %d posts: %+v, %v", want, got, err)
	}
}

func TestTooLarge(t *testing.T) {
	g := network()
	if got, err := plan.Within(100, g, 3); got != nil || !errors.Is(err, plan.ErrTooLarge) {
		t.Errorf("%v, %v", got, err)
	}
	enough := plan.Steps(g, 3)
	if _, err := plan.Within(enough, g, 3); err != nil {
		t.Errorf("with as many steps as it takes: %v", err)
	}
	if _, err := plan.Within(enough-1, g, 3); !errors.Is(err, plan.ErrTooLarge) {
		t.Errorf("with one fewer: %v", err)
	}
}
