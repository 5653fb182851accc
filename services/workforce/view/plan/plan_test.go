package plan_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/workforce/view/plan"
)

// network is a network at the beginning of 2025/26, with the year's maxima as far
// as they are known: what a link worker or a care coordinator may cost is not, so
// none can be added.
func network() plan.Given {
	return plan.Given{
		Tasks: []plan.Task{
			{Key: "structured medication reviews", Hours: 90_00},
			{Key: "care home rounds", Hours: 50_00},
			{Key: "repeat prescriptions", Hours: 60_00},
			{Key: "first contact MSK", Hours: 45_00},
			{Key: "long-term condition reviews", Hours: 75_00},
			{Key: "health checks", Hours: 40_00},
			{Key: "social prescribing", Hours: 80_00},
		},
		Roles: []plan.Role{
			{Key: "clinical-pharmacist", Hours: 37_50, Cost: 66_972_00, Tasks: []string{"structured medication reviews", "care home rounds", "repeat prescriptions"}},
			{Key: "pharmacy-technician", Hours: 37_50, Cost: 43_352_00, Tasks: []string{"repeat prescriptions"}},
			{Key: "advanced-practitioner", Hours: 37_50, Cost: 73_334_00, Tasks: []string{"care home rounds", "first contact MSK", "long-term condition reviews"}, Most: 2},
			{Key: "experienced-general-practice-nurse", Hours: 37_50, Cost: 53_319_00, Tasks: []string{"care home rounds", "long-term condition reviews", "health checks"}},
			{Key: "new-to-general-practice-nurse", Hours: 37_50, Cost: 43_352_00, Tasks: []string{"long-term condition reviews", "health checks"}},
			{Key: "healthcare-support-worker", Hours: 37_50, Cost: 32_159_00, Tasks: []string{"health checks"}},
		},
		Held: []plan.Held{
			{Role: "clinical-pharmacist", Hours: 37_50, Tasks: []string{"structured medication reviews", "care home rounds", "repeat prescriptions"}},
			{Role: "social-prescribing-link-worker", Hours: 75_00, Tasks: []string{"social prescribing"}},
		},
		Sum: 400_000_00,
	}
}

// What a manager would be told. Somebody else goes through all mixes, too, and
// finds the same.
func TestNetwork(t *testing.T) {
	g := network()
	got, err := plan.Best(g, 3)
	if err != nil {
		t.Fatal(err)
	}
	want := []plan.Mix{
		{ // an advanced practitioner for MSK, who helps in care homes; all but £808 is spent
			Posts: []plan.Added{
				{Role: "clinical-pharmacist", Posts: 1}, {Role: "pharmacy-technician", Posts: 2}, {Role: "advanced-practitioner", Posts: 1},
				{Role: "experienced-general-practice-nurse", Posts: 1}, {Role: "new-to-general-practice-nurse", Posts: 2}, {Role: "healthcare-support-worker", Posts: 1},
			},
			Cost: 399_192_00, Left: 808_00, Hours: 42_50,
			Undone: []plan.Task{
				{Key: "structured medication reviews", Hours: 15_00}, {Key: "first contact MSK", Hours: 20_00},
				{Key: "health checks", Hours: 2_50}, {Key: "social prescribing", Hours: 5_00},
			},
			Work: []plan.Work{
				{Role: "clinical-pharmacist", Held: true, Task: "structured medication reviews", Hours: 37_50},
				{Role: "social-prescribing-link-worker", Held: true, Task: "social prescribing", Hours: 75_00},
				{Role: "clinical-pharmacist", Task: "structured medication reviews", Hours: 37_50},
				{Role: "pharmacy-technician", Task: "repeat prescriptions", Hours: 60_00},
				{Role: "advanced-practitioner", Task: "care home rounds", Hours: 12_50},
				{Role: "advanced-practitioner", Task: "first contact MSK", Hours: 25_00},
				{Role: "experienced-general-practice-nurse", Task: "care home rounds", Hours: 37_50},
				{Role: "new-to-general-practice-nurse", Task: "long-term condition reviews", Hours: 75_00},
				{Role: "healthcare-support-worker", Task: "health checks", Hours: 37_50},
			},
		},
		{ // a pharmacist more, and nobody for MSK
			Posts: []plan.Added{
				{Role: "clinical-pharmacist", Posts: 2}, {Role: "pharmacy-technician", Posts: 2},
				{Role: "experienced-general-practice-nurse", Posts: 1}, {Role: "new-to-general-practice-nurse", Posts: 2}, {Role: "healthcare-support-worker", Posts: 1},
			},
			Cost: 392_830_00, Left: 7_170_00, Hours: 50_00,
			Undone: []plan.Task{{Key: "first contact MSK", Hours: 45_00}, {Key: "social prescribing", Hours: 5_00}},
		},
		{ // a support worker for the last of the health checks, instead of the second technician
			Posts: []plan.Added{
				{Role: "clinical-pharmacist", Posts: 2}, {Role: "pharmacy-technician", Posts: 1},
				{Role: "experienced-general-practice-nurse", Posts: 1}, {Role: "new-to-general-practice-nurse", Posts: 2}, {Role: "healthcare-support-worker", Posts: 2},
			},
			Cost: 381_637_00, Left: 18_363_00, Hours: 62_50,
			Undone: []plan.Task{{Key: "repeat prescriptions", Hours: 12_50}, {Key: "first contact MSK", Hours: 45_00}, {Key: "social prescribing", Hours: 5_00}},
		},
	}
	for i, m := range got {
		realised(t, g, m)
		if i > 0 {
			got[i].Work = nil
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("got (+):\n%s", d)
	}
	if d := cmp.Diff(want, brute(g, 3), notWork); d != "" {
		t.Errorf("every mix (+):\n%s", d)
	}
}

var notWork = cmpopts.IgnoreFields(plan.Mix{}, "Work")

// With £500,000 all is done that anybody may do; the second and the third mix cost
// the same and have nine posts each, with a technician for a nurse of the same cost.
func TestNetworkWithMore(t *testing.T) {
	g := network()
	g.Sum = 500_000_00
	got, err := plan.Best(g, 3)
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for _, m := range got {
		shown = append(shown, fmt.Sprintf("%v £%s", posts(m), m.Cost))
		if d := cmp.Diff([]plan.Task{{Key: "social prescribing", Hours: 5_00}}, m.Undone); d != "" {
			t.Errorf("undone (+):\n%s", d)
		}
	}
	if d := cmp.Diff([]string{"[2 2 2 0 2 1] £486179.00", "[2 1 2 1 2 1] £496146.00", "[2 2 2 1 1 1] £496146.00"}, shown); d != "" {
		t.Errorf("got (+):\n%s", d)
	}
	if d := cmp.Diff(brute(g, 3), got, notWork); d != "" {
		t.Errorf("every mix (-), got (+):\n%s", d)
	}
}

// posts are those of the network's roles, in their order.
func posts(m plan.Mix) (all []int) {
	for _, r := range network().Roles {
		n := 0
		for _, a := range m.Posts {
			if a.Role == r.Key {
				n = a.Posts
			}
		}
		all = append(all, n)
	}
	return all
}

func TestEdges(t *testing.T) {
	a, b := plan.Task{Key: "a", Hours: 50_00}, plan.Task{Key: "b", Hours: 50_00}
	both := []string{"a", "b"}
	either := plan.Role{Key: "either", Hours: 37_50, Cost: 10_00, Tasks: both}
	left := func(a, b int) (undone []plan.Task) {
		for _, u := range []plan.Task{{Key: "a", Hours: a}, {Key: "b", Hours: b}} {
			if u.Hours > 0 {
				undone = append(undone, u)
			}
		}
		return undone
	}
	nobody := func(sum events.GBP, a, b int) plan.Mix {
		return plan.Mix{Left: sum, Undone: left(a, b), Hours: a + b}
	}
	with := func(sum events.GBP, posts, a, b int) plan.Mix {
		cost := 10_00 * events.GBP(posts)
		return plan.Mix{Posts: []plan.Added{{Role: "either", Posts: posts}}, Cost: cost, Left: sum - cost, Undone: left(a, b), Hours: a + b}
	}
	for name, c := range map[string]struct {
		given plan.Given
		want  []plan.Mix
	}{
		"no role": {plan.Given{Tasks: []plan.Task{a, b}, Sum: 1}, []plan.Mix{nobody(1, 50_00, 50_00)}},
		"a penny short": {
			plan.Given{Tasks: []plan.Task{a, b}, Roles: []plan.Role{either}, Sum: 9_99}, []plan.Mix{nobody(9_99, 50_00, 50_00)},
		},
		"to the penny": {
			plan.Given{Tasks: []plan.Task{a, b}, Roles: []plan.Role{either}, Sum: 10_00}, []plan.Mix{with(10_00, 1, 12_50, 50_00), nobody(10_00, 50_00, 50_00)},
		},
		"no more than it takes": {
			plan.Given{Tasks: []plan.Task{a, b}, Roles: []plan.Role{either}, Sum: 1_000_00},
			[]plan.Mix{with(1_000_00, 3, 0, 0), with(1_000_00, 2, 0, 25_00), with(1_000_00, 1, 12_50, 50_00)},
		},
		"one at most": {
			plan.Given{Tasks: []plan.Task{a, b}, Roles: []plan.Role{{Key: "either", Hours: 37_50, Cost: 10_00, Tasks: both, Most: 1}}, Sum: 1_000_00},
			[]plan.Mix{with(1_000_00, 1, 12_50, 50_00), nobody(1_000_00, 50_00, 50_00)},
		},
		"what matters first comes first": {
			plan.Given{Tasks: []plan.Task{b, a}, Roles: []plan.Role{either}, Sum: 10_00},
			[]plan.Mix{
				{Posts: []plan.Added{{Role: "either", Posts: 1}}, Cost: 10_00, Undone: []plan.Task{{Key: "b", Hours: 12_50}, {Key: "a", Hours: 50_00}}, Hours: 62_50},
				{Left: 10_00, Undone: []plan.Task{b, a}, Hours: 100_00},
			},
		},
		"those in post do all": {
			plan.Given{Tasks: []plan.Task{a, b}, Roles: []plan.Role{either}, Held: []plan.Held{{Role: "either", Hours: 100_00, Tasks: both}}, Sum: 10_00},
			[]plan.Mix{nobody(10_00, 0, 0)},
		},
		"those in post may do the second alone, and hand on the first": {
			plan.Given{
				Tasks: []plan.Task{a, b}, Roles: []plan.Role{{Key: "either", Hours: 50_00, Cost: 10_00, Tasks: []string{"b"}}},
				Held: []plan.Held{{Role: "x", Hours: 50_00, Tasks: both}}, Sum: 10_00,
			},
			[]plan.Mix{with(10_00, 1, 0, 0), nobody(10_00, 0, 50_00)},
		},
		"nothing to do":      {plan.Given{Tasks: []plan.Task{{Key: "a"}}, Roles: []plan.Role{{Key: "r", Hours: 1_00, Cost: 1, Tasks: []string{"a"}}}, Sum: 1}, []plan.Mix{nobody(1, 0, 0)}},
		"a role of no tasks": {plan.Given{Tasks: []plan.Task{a}, Roles: []plan.Role{{Key: "r", Hours: 1_00, Cost: 1}}, Sum: 1}, []plan.Mix{nobody(1, 50_00, 0)}},
	} {
		got, err := plan.Best(c.given, 3)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if d := cmp.Diff(c.want, got, notWork); d != "" {
			t.Errorf("%s, got (+):\n%s", name, d)
		}
		for _, m := range got {
			realised(t, c.given, m)
		}
	}
}

// Equal in what is undone and in cost, fewer posts are better; then fewer of the
// role that is last by key. A role of many hours that helps nobody makes the bound
// of how many posts it takes a low one.
func TestTies(t *testing.T) {
	a := []string{"a"}
	two := plan.Role{Key: "two", Hours: 20_00, Cost: 20_00, Tasks: a}
	same := plan.Role{Key: "same", Hours: 20_00, Cost: 20_00, Tasks: a}
	one := plan.Role{Key: "one", Hours: 10_00, Cost: 10_00, Tasks: a}
	idle := plan.Role{Key: "idle", Hours: 40_00, Cost: 40_00, Tasks: []string{"b"}}
	for name, c := range map[string]struct {
		roles []plan.Role
		want  string
	}{
		"fewer posts":                  {[]plan.Role{one, two}, "[[{two 1}] [{one 2}] [{one 1}]]"},
		"fewer posts, one role idle":   {[]plan.Role{one, idle, two}, "[[{two 1}] [{one 2}] [{one 1}]]"},
		"as many of one as of another": {[]plan.Role{two, same, one}, "[[{same 1}] [{two 1}] [{one 2}]]"},
	} {
		g := plan.Given{Tasks: []plan.Task{{Key: "a", Hours: 20_00}, {Key: "b"}}, Roles: c.roles, Sum: 100_00}
		var shown, first [][]plan.Added
		for n := 3; n > 0; n -= 2 {
			got, err := plan.Best(g, n)
			if err != nil {
				t.Fatal(err)
			}
			first = append(first, got[0].Posts)
			for _, m := range got[:n/3*3] {
				shown = append(shown, m.Posts)
			}
		}
		if fmt.Sprint(shown) != c.want || !cmp.Equal(first[0], first[1]) {
			t.Errorf("%s: %v, want %s; alone %v", name, shown, c.want, first[1])
		}
	}
}
