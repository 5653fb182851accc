package answers

import (
	"slices"
	"strconv"
	"testing"

	"github.com/ics-openbook/openbook/services/gateway/graph"
	"github.com/ics-openbook/openbook/services/gateway/graph/generated"
	"github.com/ics-openbook/openbook/services/gateway/guard"
)

// Whoever adds a field to the query says what its answer follows from.
func TestEveryFieldOfTheQueryIsOfTheRegistryOrNot(t *testing.T) {
	others := []string{"me", "node", "status", "entries", "challenge", "challenges", "entitlements", "mayISpend", "receipt", "grounds"}
	fields := generated.NewExecutableSchema(generated.Config{}).Schema().Query.Fields
	there := map[string]bool{}
	for _, f := range fields {
		there[f.Name] = true
		if f.Name[0] != '_' && registry[f.Name] == slices.Contains(others, f.Name) {
			t.Errorf("is %s of the registry alone? Say so in the table, or here that it is not", f.Name)
		}
		if rule, _ := guard.RuleOf("Query", f.Name); registry[f.Name] && rule == (guard.Rule{}) {
			t.Errorf("%s is in the table, and nobody may have it", f.Name)
		}
	}
	for name := range registry {
		if !there[name] {
			t.Errorf("%s is in the table, and not in the schema", name)
		}
	}
}

// The answers that were asked for last are kept, within their bounds; those of
// another state are not.
func TestWhatIsKeptIsBounded(t *testing.T) {
	c := New(&graph.Resolver{})
	c.most = 100
	q := func(n int) question { return question{key: digestOf(strconv.Itoa(n)), seen: c.seen} }
	kept := func() (all []int) {
		sum := 0
		for n := range 50 {
			if fly, is := c.kept.Peek(q(n).key); is {
				all = append(all, n)
				sum += cap(fly.data)
			}
		}
		if sum != c.bytes || sum > c.most {
			t.Errorf("%d bytes are kept, counted as %d", sum, c.bytes)
		}
		return all
	}
	answer := func(n, size int) {
		fly, mine := c.find(q(n))
		if !mine {
			t.Fatalf("somebody else works out %d", n)
		}
		fly.data = make([]byte, size)
		c.land(q(n), fly)
	}
	c.of(&graph.Registry{})
	for n := range 20 {
		answer(n, 10)
	}
	if _, mine := c.find(q(12)); mine {
		t.Fatal("12 is not kept any more")
	}
	answer(20, 35)
	if got := kept(); !slices.Equal(got, []int{12, 15, 16, 17, 18, 19, 20}) {
		t.Errorf("kept are %v", got)
	}
	c.of(&graph.Registry{})
	if got := kept(); len(got) > 0 || len(c.flights) > 0 {
		t.Errorf("of another state %v are kept", got)
	}
}
