package graph

import (
	"maps"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/ics-openbook/openbook/services/gateway/graph/generated"
)

// Schema is the contract as it is offered: without the directive that asks for an
// answer in parts, as no answer comes in parts.
func Schema() *ast.Schema {
	schema := *generated.NewExecutableSchema(generated.Config{}).Schema()
	schema.Directives = maps.Clone(schema.Directives)
	delete(schema.Directives, "defer")
	return &schema
}
