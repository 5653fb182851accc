package gateway

import (
	"strings"
	"testing"

	"github.com/99designs/gqlgen/complexity"
	"github.com/99designs/gqlgen/graphql/introspection"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/ics-openbook/openbook/services/gateway/graph/generated"
	"github.com/ics-openbook/openbook/services/gateway/guard"
)

// What goes round in the graph is refused before it is worked out; what people
// and their tools ask is not.
func TestListsCostTheirItems(t *testing.T) {
	schema := generated.NewExecutableSchema(generated.Config{Complexity: costs()})
	round := "name"
	for range 8 {
		round = "system { places { " + round + " } }"
	}
	for query, allowed := range map[string]bool{
		"{ networks(first: 100) { nodes { code name system { name } practiceCount { value unit unknown { reason } } members { practice { code name } } } } }": true,
		introspection.Query: true,
		"{ networks(first: 10) { nodes { system { places { " + round + " } } } } }":                          false,
		`{ entries(about: "network-U99001", first: 0) { nodes { ` + strings.Repeat("a: id ", 300) + ` } } }`: false,
	} {
		document, err := gqlparser.LoadQueryWithRules(schema.Schema(), query, rules.NewDefaultRules())
		if err != nil {
			t.Fatal(err)
		}
		if cost := complexity.Calculate(t.Context(), schema, document.Operations[0], nil); (cost <= guard.Free.Complexity) != allowed {
			t.Errorf("costs %d of %d: %.60s", cost, guard.Free.Complexity, query)
		}
	}
}
