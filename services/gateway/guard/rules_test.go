package guard

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gql "github.com/vektah/gqlparser/v2/ast"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/services/gateway/graph/generated"
)

func schema() *gql.Schema { return generated.NewExecutableSchema(generated.Config{}).Schema() }

// objects are the types whose fields are resolved.
func objects(s *gql.Schema) (all []*gql.Definition) {
	for _, d := range s.Types {
		if d.Kind == gql.Object && !strings.HasPrefix(d.Name, "__") {
			all = append(all, d)
		}
	}
	return all
}

func TestEveryFieldHasARuleAndEveryRuleAField(t *testing.T) {
	s := schema()
	there := map[string]bool{"Query.__schema": true, "Query.__type": true}
	for _, d := range objects(s) {
		for _, f := range d.Fields {
			there[d.Name+"."+f.Name] = true
			if _, exists := RuleOf(d.Name, f.Name); !exists {
				t.Errorf("%s.%s has no rule: nobody may have it", d.Name, f.Name)
			}
		}
	}
	for name, rule := range fields {
		object, field, _ := strings.Cut(name, ".")
		switch {
		case !there[name]:
			t.Errorf("%s has a rule, and is not in the schema", name)
		case rule.kind == nobody:
			t.Errorf("%s has a rule that says nothing", name)
		case (rule.kind == ownArgument || rule.argument != "") && s.Types[object].Fields.ForName(field).Arguments.ForName(rule.argument) == nil:
			t.Errorf("%s is judged by its argument %s, which it has not", name, rule.argument)
		}
	}
	for name, rule := range types {
		if d := s.Types[name]; d == nil || d.Kind != gql.Object || rule.kind == nobody {
			t.Errorf("type %s has a rule, and is no object of the schema", name)
		}
	}
	for _, root := range []string{"Query", "Mutation", "Subscription"} {
		if _, whole := types[root]; whole {
			t.Errorf("all of %s shares a rule: a new field of it would be open unnoticed", root)
		}
	}
}

func TestEveryMutationIsAskedByTheTableOfAsks(t *testing.T) {
	asked := map[string]string{}
	for _, f := range schema().Mutation.Fields {
		rule, _ := RuleOf("Mutation", f.Name)
		if rule.kind != mayAsk {
			t.Errorf("%s is not judged by what it asks", f.Name)
			continue
		}
		subject := rule.asks.Subject()
		if before, twice := asked[subject]; twice {
			t.Errorf("%s and %s ask the same, %s", before, f.Name, subject)
		}
		asked[subject] = f.Name
		if len(ask.May(subject)) == 0 {
			t.Errorf("nobody may ask %s, which %s asks", subject, f.Name)
		}
	}
	for _, subject := range ask.Subjects() {
		if asked[subject] == "" {
			t.Errorf("no mutation asks %s", subject)
		}
	}
}

// What is open within a system alone is reached only through a field that asks
// whose it is.
func TestWhatBelongsToASystemIsReachedThroughAJudge(t *testing.T) {
	within := []string{"Membership", "Entry", "EntryConnection", "EntryEdge", "NetworkChange",
		"Conflict", "ConflictConnection", "ConflictEdge", "Gap", "GapConnection", "GapEdge",
		"SystemPositions", "SpecificationCost",
		"NetworkEquity", "EquityLeftOut", "EquityWhatIf", "EquityChange", "SpendingAnswer", "Director", "DirectorVacancy", "Deputy", "Mandate", "Notice", "Cover", "Parking"}
	for _, d := range objects(schema()) {
		if slices.Contains(within, d.Name) {
			continue
		}
		for _, f := range d.Fields {
			rule, _ := RuleOf(d.Name, f.Name)
			if d.Name+"."+f.Name == "Passport.entries" {
				continue // each is judged by itself
			}
			if slices.Contains(within, f.Type.Name()) && !slices.Contains([]kind{ownParent, ownArgument, ownOrMine}, rule.kind) {
				t.Errorf("%s.%s leads to %s, and nobody asks whose it is", d.Name, f.Name, f.Type.Name())
			}
		}
	}
}

// The schema is the public documentation.
func TestEverythingInTheSchemaIsDescribed(t *testing.T) {
	built := []string{"String", "Int", "Float", "Boolean", "ID"}
	for _, d := range schema().Types {
		if strings.HasPrefix(d.Name, "__") || slices.Contains(built, d.Name) {
			continue
		}
		described(t, d.Description, d.Name)
		for _, f := range d.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			described(t, f.Description, d.Name, f.Name)
			for _, a := range f.Arguments {
				described(t, a.Description, d.Name, f.Name, a.Name)
			}
		}
		for _, v := range d.EnumValues {
			described(t, v.Description, d.Name, v.Name)
		}
	}
}

func described(t *testing.T, description string, name ...string) {
	t.Helper()
	if strings.TrimSpace(description) == "" {
		t.Errorf("%s has no description", strings.Join(name, "."))
	}
}

// A type that no domain owns would be generated there.
func TestNothingIsUnbound(t *testing.T) {
	files, err := filepath.Glob("../graph/unbound/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("the package of unbound types is not found: %v", err)
	}
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok && !slices.Contains([]string{"Query", "Mutation", "Subscription"}, spec.Name.Name) {
				t.Errorf("%s is bound to no type of ours", spec.Name.Name)
			}
			return true
		})
	}
}
