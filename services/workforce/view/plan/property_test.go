package plan_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/services/workforce/view/plan"
)

// some is a small instance, with many equal mixes: hours and costs are small
// multiples of something.
func some(t *rapid.T) (g plan.Given) {
	hour := rapid.SampledFrom([]int{1_00, 7_00, 37_50}).Draw(t, "hour")
	pound := events.GBP(rapid.SampledFrom([]int64{1, 33_333_33, 50_000_000_00}).Draw(t, "pound"))
	odd := rapid.Bool().Draw(t, "odd") // with hours that have no multiple in common to speak of
	hours := func(most int, of string) int {
		h := rapid.IntRange(0, most).Draw(t, of) * hour
		if odd && h > 2 {
			h -= rapid.IntRange(0, 2).Draw(t, "less")
		}
		return h
	}
	for i := range rapid.IntRange(1, 4).Draw(t, "tasks") {
		g.Tasks = append(g.Tasks, plan.Task{Key: fmt.Sprint("task-", i), Hours: hours(9, "need")})
	}
	may := func() (keys []string) {
		for _, task := range g.Tasks {
			if rapid.Bool().Draw(t, "may") {
				keys = append(keys, task.Key)
			}
		}
		return keys
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "roles") {
		g.Roles = append(g.Roles, plan.Role{
			Key: contract.Key(fmt.Sprint("role-", i)), Hours: max(plan.MinPost, hours(4, "gives")),
			Cost: pound * events.GBP(rapid.Int64Range(1, 6).Draw(t, "cost")), Tasks: may(), Most: rapid.IntRange(0, 3).Draw(t, "most"),
		})
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "held") {
		g.Held = append(g.Held, plan.Held{Role: contract.Key(fmt.Sprint("role-", i)), Hours: hours(4, "held"), Tasks: may()})
	}
	g.Sum = pound * events.GBP(rapid.Int64Range(0, 14).Draw(t, "sum"))
	return g
}

// The whole answer is what going through every mix finds. A bound that is wrong by
// a little shows in one instance of a thousand.
func TestBestAgainstEveryMix(t *testing.T) {
	for range 20 {
		rapid.Check(t, sameAsEveryMix)
	}
}

func sameAsEveryMix(t *rapid.T) {
	g, n := some(t), rapid.IntRange(1, 4).Draw(t, "n")
	got, err := plan.Best(g, n)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(brute(g, n), got, cmpopts.IgnoreFields(plan.Mix{}, "Work")); d != "" {
		t.Fatalf("every mix (-) and Best (+):\n%s", d)
	}
	for _, m := range got {
		realised(t, g, m)
	}
}

// realised holds a mix's work against who there is, what they may do and what is
// undone.
func realised(t interface{ Errorf(string, ...any) }, g plan.Given, m plan.Mix) {
	type who struct {
		role contract.Key
		held bool
	}
	give, may := map[who]int{}, map[who][]string{}
	for _, h := range g.Held {
		give[who{h.Role, true}] += h.Hours
		may[who{h.Role, true}] = append(may[who{h.Role, true}], h.Tasks...)
	}
	for _, r := range g.Roles {
		for _, a := range m.Posts {
			if a.Role == r.Key {
				give[who{r.Key, false}], may[who{r.Key, false}] = a.Posts*r.Hours, r.Tasks
			}
		}
	}
	left := map[string]int{}
	for _, task := range g.Tasks {
		left[task.Key] = task.Hours
	}
	for _, w := range m.Work {
		by := who{w.Role, w.Held}
		give[by] -= w.Hours
		left[w.Task] -= w.Hours
		if w.Hours <= 0 || give[by] < 0 || !slices.Contains(may[by], w.Task) {
			t.Errorf("%+v cannot be, of %+v", w, m)
		}
	}
	for _, u := range m.Undone {
		left[u.Key] -= u.Hours
	}
	for key, hours := range left {
		if hours != 0 {
			t.Errorf("%d hours of %s are neither done nor undone", hours, key)
		}
	}
}

// In whatever order roles, people and their tasks come, the same is found; and
// however the tasks come, the same posts.
func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := some(t)
		same, err := plan.Best(g, 3)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := plan.Best(g, 3); err != nil || !cmp.Equal(same, again) {
			t.Fatalf("another time it is not the same, %v:\n%s", err, cmp.Diff(same, again))
		}
		h := plan.Given{Tasks: g.Tasks, Sum: g.Sum, Held: rapid.Permutation(g.Held).Draw(t, "held")}
		for _, r := range rapid.Permutation(g.Roles).Draw(t, "roles") {
			r.Tasks = rapid.Permutation(r.Tasks).Draw(t, "may")
			h.Roles = append(h.Roles, r)
		}
		byRole := cmpopts.SortSlices(func(a, b plan.Added) bool { return a.Role < b.Role })
		for _, reordered := range []bool{false, true} {
			apart := []string{"Work"}
			if reordered {
				h.Tasks = rapid.Permutation(h.Tasks).Draw(t, "tasks")
				apart = append(apart, "Undone")
			}
			got, err := plan.Best(h, 3)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(same, got, byRole, cmpopts.IgnoreFields(plan.Mix{}, apart...)); d != "" {
				t.Fatalf("in another order (+):\n%s", d)
			}
		}
	})
}
