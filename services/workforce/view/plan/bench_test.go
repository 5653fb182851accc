package plan_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/services/workforce/view/plan"
)

// made is a made-up instance of a size as they come: £1.3m for posts of £32,000 to
// £106,000, and work for 20 to 40 of them.
func made(r *rand.Rand, roles, tasks int) (g plan.Given) {
	g.Sum = 1_300_000_00
	work := 20 + r.IntN(21)
	for i := range tasks {
		hours := float64(work*37_50/tasks) * (0.3 + 1.4*r.Float64())
		g.Tasks = append(g.Tasks, plan.Task{Key: fmt.Sprint("task-", i), Hours: int(hours) / 25 * 25})
	}
	for i := range roles {
		role := plan.Role{Key: contract.Key(fmt.Sprint("role-", i)), Hours: 37_50, Cost: events.GBP(32_000_00 + r.IntN(74_000_00))}
		for _, t := range g.Tasks {
			if r.IntN(3) == 0 {
				role.Tasks = append(role.Tasks, t.Key)
			}
		}
		if r.IntN(3) == 0 {
			role.Most = 1 + r.IntN(4)
		}
		g.Roles = append(g.Roles, role)
		if r.IntN(2) == 0 {
			g.Held = append(g.Held, plan.Held{Role: role.Key, Hours: 18_75 * r.IntN(4), Tasks: role.Tasks})
		}
	}
	return g
}

// Such sizes are far from being refused, whatever the machine.
func TestStepsAsTheyCome(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 100 {
		if steps := plan.Steps(made(r, 10, 10), 3); steps > 1<<23 {
			t.Errorf("%d steps", steps)
		}
	}
}

func BenchmarkBest(b *testing.B) {
	for _, c := range []struct {
		name         string
		roles, tasks int
		change       func(*rand.Rand, *plan.Given)
	}{
		{"as they come", 10, 10, nil},
		{"the largest", plan.MaxRoles, plan.MaxTasks, nil},
		{"part-time posts", 10, 10, func(r *rand.Rand, g *plan.Given) {
			for i, role := range g.Roles {
				g.Roles[i].Hours = []int{18_75, 22_50, 30_00, 37_50}[r.IntN(4)]
				g.Roles[i].Cost = role.Cost.Part(g.Roles[i].Hours, 37_50)
			}
		}},
		{"odd hours, nearly equal costs", 10, 10, func(r *rand.Rand, g *plan.Given) {
			for i := range g.Roles {
				g.Roles[i].Hours, g.Roles[i].Cost = 30_00+r.IntN(7_50), events.GBP(50_000_00+r.IntN(5_000_00))
			}
		}},
		{"the same, the largest", plan.MaxRoles, plan.MaxTasks, func(r *rand.Rand, g *plan.Given) {
			for i := range g.Roles {
				g.Roles[i].Hours, g.Roles[i].Cost = 30_00+r.IntN(7_50), events.GBP(50_000_00+r.IntN(5_000_00))
			}
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 2))
			all := make([]plan.Given, 100)
			for i := range all {
				all[i] = made(r, c.roles, c.tasks)
				if c.change != nil {
					c.change(r, &all[i])
				}
			}
			refused := 0
			for i := 0; b.Loop(); i++ {
				g := all[i%len(all)]
				_, err := plan.Best(g, 3)
				if errors.Is(err, plan.ErrTooLarge) {
					refused++
				} else if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(100*float64(refused)/float64(b.N), "%refused")
		})
	}
}
