package limit_test

import (
	"math"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/ics-openbook/openbook/services/gateway/limit"
)

var prices = limit.PricesOf(schema.Schema())

// operation is a document's first, whatever its shape.
func operation(t *testing.T, text string) *ast.OperationDefinition {
	t.Helper()
	doc, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		t.Fatal(err)
	}
	if errs := validator.ValidateWithRules(schema.Schema(), doc, rules.NewDefaultRules()); len(errs) > 0 {
		t.Fatal(errs)
	}
	return doc.Operations[0]
}

func TestWhatThingsCost(t *testing.T) {
	for _, c := range []struct {
		text      string
		variables map[string]any
		cost      int
	}{
		{"{ me { name ref } }", nil, 1 + 2},
		{"{ a: __typename b: __typename }", nil, 2},
		{"{ networks(first: 7) { nodes { code name } } }", nil, 500 + 7*(1+2)},
		{"{ networks(last: 7) { edges { node { code } cursor } pageInfo { endCursor } } }", nil, 500 + 7*(1+(1+1)+1+(1+1))},
		{"query($n: Int = 3) { networks(first: $n) { totalCount } }", map[string]any{"n": int64(3)}, 500 + 3},
		{"query($n: Int) { networks(first: $n) { totalCount } }", nil, 500 + 100},
		{"query($n: Int!) { networks(first: $n) { totalCount } }", map[string]any{"n": "2000"}, 500 + 2000},
		{"{ networks(first: 1000000) { totalCount } }", nil, 500 + 100},
		{"{ networks(first: -1) { totalCount } }", nil, 500 + 100},
		{"{ systems { code patients { value } } }", nil, 1 + 36*(1+10+1)},
		{"{ network(code: \"U1\") { practices { code } directors { person } } }", nil, 1 + (1 + 10) + (1 + 2)},
		{`{ network(code: "U1", asAt: "2020-01-01T00:00:00Z") { name } }`, nil, 1_000 + 1 + 1},
		{`query($t: DateTime) { sources(asAt: $t) { title } then: systems(asAt: null) { name } }`, map[string]any{"t": "2020-01-01T00:00:00Z"}, 1_000 + 1 + 50 + 1 + 36},
		{"{ node(id: \"x\") { id ... on System { places { code } } } }", nil, 1 + 1 + (1 + 10)},
		{"{ network(code: \"U1\") { ...F } } fragment F on Network { name ...G } fragment G on Network { code }", nil, 1 + 2},
		{"{ me { name @skip(if: true) } }", nil, 2},
		{`{ entries(about: "england", first: 9) { nodes { id } } }`, nil, 1 + 9*(1+1)},
		{`mutation { renameSystem(input: {idempotencyKey: "a", code: "QZ1", name: "x"}) { problems { code message } } }`, nil, 1 + (1 + 2*2)},
	} {
		if got := prices.Of(operation(t, c.text), c.variables); got != c.cost {
			t.Errorf("%s costs %d, want %d", c.text, got, c.cost)
		}
	}
}

// Nobody has to think of a new list: what lists cost follows from the schema.
func TestEveryListCostsItsItems(t *testing.T) {
	s := schema.Schema()
	for _, of := range s.Types {
		if of.Kind != ast.Object {
			continue
		}
		for _, f := range of.Fields {
			d := s.Types[f.Type.Name()]
			if !d.IsCompositeType() {
				continue
			}
			field := &ast.Field{Alias: f.Name, Name: f.Name, Definition: f, ObjectDefinition: of}
			cost := func(n int) int {
				field.SelectionSet = nil
				for range n {
					field.SelectionSet = append(field.SelectionSet, &ast.Field{Alias: "__typename", Name: "__typename", Definition: &ast.FieldDefinition{Name: "__typename", Type: ast.NamedType("String", nil)}})
				}
				return prices.Of(&ast.OperationDefinition{SelectionSet: ast.SelectionSet{field}}, nil)
			}
			each := (cost(1_000) - cost(1)) / 999
			list, page := f.Type.Elem != nil, strings.HasSuffix(d.Name, "Connection")
			counted := strings.HasSuffix(of.Name, "Connection") || of.Name == "NetworkChange" // by what leads there
			introspection := strings.HasPrefix(of.Name, "__") && of.Name+"."+f.Name != "__Schema.types"
			switch {
			case page && each < 100, list && !counted && !introspection && each < 2, !list && !page && each != 1:
				t.Errorf("%s.%s costs what it holds %d times", of.Name, f.Name, each)
			}
		}
	}
}

// A name in the table of prices that the schema does not have is one that was
// changed, and has lost its price.
func TestThePricesAreOfTheSchema(t *testing.T) {
	for _, name := range limit.Special() {
		of, field, _ := strings.Cut(name, ".")
		if d := schema.Schema().Types[of]; d == nil || d.Fields.ForName(field) == nil {
			t.Errorf("there is a price for %s, which there is not", name)
		}
	}
}

func TestACostBeyondNumbersStaysThere(t *testing.T) {
	inner := "name"
	for range 30 {
		inner = "system { places { " + inner + " } }"
	}
	if got := prices.Of(operation(t, "{ networks(first: 2000) { nodes { "+inner+" } } }"), nil); got != math.MaxInt {
		t.Errorf("it costs %d", got)
	}
}

func TestWhatCostsMostIsNamed(t *testing.T) {
	op := operation(t, `{ me { name } few: networks(first: 1) { nodes { code members { practice { code name } } } } networks(first: 50) { totalCount nodes { code members { practice { code name } } } } systems { name } }`)
	const want = "networks.nodes.members.practice (2200), few.nodes.members.practice (533), systems (37)"
	if got := prices.Dearest(op, nil); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
