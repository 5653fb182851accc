package gateway

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/services/gateway/graph/generated"
	"github.com/ics-openbook/openbook/services/gateway/registrytest"
	"github.com/ics-openbook/openbook/services/network/view"
)

// unreadable are texts that a scalar cannot be read from, and what they are refused
// for.
var unreadable = map[string]map[string]string{
	"GBP": {
		"1.005": "PENNY_FRACTION", "-0.001": "PENNY_FRACTION", "1,000.00": "AMOUNT_MALFORMED", "£5": "AMOUNT_MALFORMED", "": "AMOUNT_MALFORMED", "1e3": "AMOUNT_MALFORMED",
		"99999999999999999999": "AMOUNT_INVALID",
	},
	"Date":    {"31/07/2025": "DATE_MALFORMED", "2025-02-29": "DATE_MALFORMED", "": "DATE_MALFORMED", "2025-07-31T00:00:00Z": "DATE_MALFORMED"},
	"Rate":    {"£1.761": "NUMBER_MALFORMED", "1,761": "NUMBER_MALFORMED", "1e3": "NUMBER_MALFORMED", "": "NUMBER_MALFORMED"},
	"Decimal": {"a half": "NUMBER_MALFORMED", "0,5": "NUMBER_MALFORMED", "": "NUMBER_MALFORMED"},
}

// An amount, a date or a number that cannot be read is refused by every mutation that
// takes one, among its problems and where it stands, and nobody is asked.
func TestWhatCannotBeRead(t *testing.T) {
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	var roles []ask.Grant
	for _, role := range ask.Roles {
		roles = append(roles, ask.Grant{Role: role, Of: ask.England})
	}
	who := over(view.State{}, view.State{}).as(roles...)
	tried := map[string]int{}
	try := func(m *ast.FieldDefinition, scalar string) {
		input := m.Arguments.ForName("input").Type
		for amount, code := range unreadable[scalar] {
			var want []string
			value, has := filled(schema, input, scalar, amount, "", &want)
			if !has {
				return
			}
			tried[scalar]++
			for _, literal := range []bool{false, true} { // in the document, or as a variable
				document, variables := "mutation($i: "+input.String()+") { it: "+m.Name+"(input: $i) { problems { code path docs message } receipt { id } } }", map[string]any{"i": value}
				if literal {
					document, variables = "mutation { it: "+m.Name+"(input: "+written(schema, input, value)+") { problems { code path docs message } receipt { id } } }", nil
				}
				w := recorder{httptest.NewRecorder()}
				who.ServeHTTP(w, requestWith(document, variables))
				var answer struct {
					Data struct {
						It struct {
							Problems []struct{ Code, Path, Docs, Message string }
							Receipt  *struct{ ID string }
						}
					}
					Errors []json.RawMessage
				}
				if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || len(answer.Errors) > 0 || answer.Data.It.Receipt != nil {
					t.Fatalf("%s of %q is answered %s", m.Name, amount, w.Body)
				}
				var got []string
				for _, p := range answer.Data.It.Problems {
					got = append(got, p.Path)
					if p.Code != code || p.Docs == "" || !strings.Contains(p.Message, "“"+amount+"”") || !strings.HasSuffix(p.Message, ".") {
						t.Errorf("%s of %q says %+v", m.Name, amount, p)
					}
				}
				slices.Sort(got)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s of %q: (-want +got)\n%s", m.Name, amount, diff)
				}
			}
		}
	}
	for _, m := range schema.Mutation.Fields {
		for scalar := range unreadable {
			try(m, scalar)
		}
	}
	for scalar, least := range map[string]int{"GBP": 100, "Date": 100, "Rate": 8, "Decimal": 20} {
		if tried[scalar] < least {
			t.Errorf("only %d texts for a %s were tried", tried[scalar], scalar)
		}
	}
}

// What is no mutation, and what is no text, is a mistake in the request.
func TestAmountsElsewhere(t *testing.T) {
	who := over(registrytest.Fold(two), view.State{}).as(steward, ask.Grant{Role: ask.Finance, Of: ask.England})
	for _, document := range []string{
		`{ network(code: "U99001") { workforce(year: "2025/26") { mixes(input: {from: "2025-10-01", sum: "1.005", tasks: [{task: "reviews", hours: "30"}], roles: [{role: "nurse", tasks: ["reviews"], cost: "40000.00"}]}) { sum } } } }`,
		`mutation { allocateFunding(input: {system: "QZ1", year: "2025/26", on: "2025-07-01", fundingStream: "core", purpose: "anything", amount: 1.5, reference: "A", idempotencyKey: "k"}) { problems { code } } }`,
	} {
		if a := query(t, who, document); !slices.Equal(a.codes(), []string{"MALFORMED"}) {
			t.Errorf("%s is answered %s", document, a.body)
		}
	}
}

// filled is a value of an input type with all that it must have, and a text for a
// scalar wherever one may be: where those are is added to at.
func filled(schema *ast.Schema, of *ast.Type, scalar, text, path string, at *[]string) (value any, has bool) {
	if of.Elem != nil {
		one, has := filled(schema, of.Elem, scalar, text, path+"0", at)
		return []any{one}, has
	}
	switch d := schema.Types[of.Name()]; {
	case d.Name == scalar:
		*at = append(*at, path)
		return text, true
	case d.Name == "GBP":
		return "1.00", false
	case d.Kind == ast.Enum:
		return d.EnumValues[0].Name, false
	case d.Kind == ast.InputObject:
		object := map[string]any{}
		for _, f := range d.Fields {
			var inner []string
			v, amounts := filled(schema, f.Type, scalar, text, strings.TrimPrefix(path+"."+f.Name, "."), &inner)
			if f.Type.Elem != nil {
				inner = nil
				v, amounts = filled(schema, f.Type, scalar, text, strings.TrimPrefix(path+"."+f.Name+".", "."), &inner)
			}
			if has = has || amounts; amounts || f.Type.NonNull {
				object[f.Name] = v
				*at = append(*at, inner...)
			}
		}
		slices.Sort(*at)
		return object, has
	case d.Name == "Int", d.Name == "Revision", d.Name == "Ordinal":
		return 1, false
	case d.Name == "Boolean":
		return true, false
	case d.Name == "Date":
		return "2025-07-01", false
	case d.Name == "Rate", d.Name == "Decimal":
		return "1", false
	}
	return "x", false
}

// written is a value as a document has it.
func written(schema *ast.Schema, of *ast.Type, v any) string {
	switch v := v.(type) {
	case []any:
		return "[" + written(schema, of.Elem, v[0]) + "]"
	case map[string]any:
		var parts []string
		for name, one := range v {
			parts = append(parts, name+": "+written(schema, schema.Types[of.Name()].Fields.ForName(name).Type, one))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case string:
		if schema.Types[of.Name()].Kind != ast.Enum {
			return fmt.Sprintf("%q", v)
		}
	}
	return fmt.Sprint(v)
}
