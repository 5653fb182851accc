package limit

import (
	"encoding/json"
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// checkVariables refuses variables that are more than any document of the schema
// takes, before they are held against it.
func checkVariables(variables map[string]any, limits Limits) *gqlerror.Error {
	left := mostValues
	for name, value := range variables {
		if why := tooMuch(value, limits, 0, &left); why != "" {
			return at(nil, ErrVariables, clip(fmt.Sprintf("%.*q", limits.Name, name)), why)
		}
	}
	return nil
}

func tooMuch(value any, limits Limits, depth int, left *int) string {
	if *left--; *left < 0 {
		return fmt.Sprintf("is where there are more than %d values in all", mostValues)
	}
	if depth > limits.Nesting {
		return fmt.Sprintf("has lists and objects more than %d deep", limits.Nesting)
	}
	switch v := value.(type) {
	case json.Number:
		if len(v) > limits.Name {
			return fmt.Sprintf("has a number of %d digits, where %d is the most", len(v), limits.Name)
		}
	case []any:
		for _, one := range v {
			if why := tooMuch(one, limits, depth+1, left); why != "" {
				return why
			}
		}
	case map[string]any:
		for name, one := range v {
			if len(name) > limits.Name {
				return fmt.Sprintf("has a name of %d characters, where %d is the most", len(name), limits.Name)
			}
			if why := tooMuch(one, limits, depth+1, left); why != "" {
				return why
			}
		}
	}
	return ""
}

// Defaults are the variables that an operation has if none are sent.
func Defaults(op *ast.OperationDefinition) map[string]any {
	variables := map[string]any{}
	for _, v := range op.VariableDefinitions {
		if v.DefaultValue == nil {
			continue
		}
		if value, err := v.DefaultValue.Value(nil); err == nil {
			variables[v.Variable] = value
		}
	}
	return variables
}
