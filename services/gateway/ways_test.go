package gateway

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// longWays are ways to what is withheld that are longer than the walk goes by
// itself, and that chance hardly finds. Each begins with a root field: the rule is
// there or below it, far above the text that it withholds.
var longWays = [][]string{
	{"system", "funding", "entries", "nodes"},
	{"system", "funding", "networks", "entries", "nodes"},
	{"system", "funding", "networks", "entries", "nodes", "postings"},
	{"system", "funding", "networks", "practices", "entries", "nodes"},
	{"system", "funding", "practices", "entries", "nodes"},
	{"system", "funding", "networks", "stages", "allocated", "passport", "entries", "nodes"},
	{"network", "funding", "entries", "nodes"},
	{"network", "funding", "practices", "entries", "nodes"},
	{"practice", "funding", "entries", "nodes"},
}

// stepsOf are the fields of a way, and where it leads.
func stepsOf(schema *ast.Schema, way []string) (steps []step, to *ast.Definition) {
	to = schema.Query
	for _, name := range way {
		f := to.Fields.ForName(name)
		if f == nil {
			panic("there is no " + to.Name + "." + name + " on the way " + strings.Join(way, "."))
		}
		steps = append(steps, step{to.Name, f})
		to = schema.Types[f.Type.Name()]
	}
	return steps, to
}

// farther walks the long ways to their ends.
func (m *matrix) farther(all []call) {
	m.deep = 0
	for _, way := range longWays {
		steps, to := stepsOf(m.schema, way)
		for _, c := range all {
			if c.base && c.field == steps[0].field {
				m.walk(c, steps[1:], to, nil)
			}
		}
	}
}

// along is a document that goes one of the long ways, and asks for much at its
// end.
func (p *prober) along() string {
	p.names, p.variables, p.values, p.fragments = 0, nil, map[string]any{}, nil
	steps, to := stepsOf(p.schema, pick(p, longWays))
	var opened strings.Builder
	for _, s := range steps {
		opened.WriteString("{ " + s.field.Name + p.arguments(s.field) + " ")
	}
	selected := opened.String() + p.selection(to, 1+p.IntN(8), 0) + strings.Repeat(" }", len(steps))
	return p.headed("query", selected)
}
