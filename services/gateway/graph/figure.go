package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/costing"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

// figure is the name of the figure that a field shows: the one field of a query
// that leads to it, in GraphQL, such as
//
//	network(code: "U99001", asAt: "…") { funding(year: "2025/26") { totality { left } } }
//
// with the moment and the day that it was read for. An item of a list has its place
// as an alias: `at3: streams`. It is nil where it cannot be asked for again.
func (r *Resolver) figure(ctx context.Context) *string {
	op := graphql.GetOperationContext(ctx)
	if op.Operation.Operation != ast.Query {
		return nil
	}
	var below, object string // what is asked of the field, and the type that has it
	var item *int
	for f := graphql.GetFieldContext(ctx).Parent; f != nil; f = f.Parent {
		if f.Index != nil {
			item = f.Index
			continue
		}
		if f.Field.Field == nil {
			break
		}
		args := arguments(f.Field.Field, op.Variables)
		if f.Object == "Query" {
			if f.Field.Definition.Arguments.ForName(asAtArgument) == nil {
				return nil
			}
			args = r.pinned(ctx, f.Field.Definition, args)
		}
		name := f.Field.Name
		if len(args) > 0 {
			name += "(" + strings.Join(args, ", ") + ")"
		}
		if item != nil {
			name = fmt.Sprintf("at%d: %s", *item, name)
			item = nil
		}
		switch {
		case below == "":
		case object == f.Field.Definition.Type.Name():
			name += " { " + below + " }"
		default:
			name += " { ... on " + object + " { " + below + " } }"
		}
		below, object = name, f.Object
	}
	return &below
}

const (
	asAtArgument = "asAt"
	onArgument   = "on"
)

// pinned are the arguments of a root field with the moment, and the day, that it is
// read for.
func (r *Resolver) pinned(ctx context.Context, d *ast.FieldDefinition, args []string) []string {
	has := func(name string) bool {
		return d.Arguments.ForName(name) == nil || slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, name+": ") })
	}
	if !has(asAtArgument) {
		args = append(args, fmt.Sprintf("%s: %q", asAtArgument, r.moment(ctx).UTC().Format(time.RFC3339Nano)))
	}
	if !has(onArgument) {
		args = append(args, fmt.Sprintf("%s: %q", onArgument, clock.Today(r.Clock)))
	}
	return args
}

// moment is that of the newest entry that the request has read, or may have.
func (r *Resolver) moment(ctx context.Context) time.Time {
	session := sessionOf(ctx)
	at := session.Seen().At
	if m := session.money.Load(); m != nil && m.At.Position.Compare(at.Position) > 0 {
		at = m.At
	}
	return at.Time
}

// arguments are those of a field as they are written, without variables. What is
// null is left out: it is as if it were not given.
func arguments(f *ast.Field, variables map[string]any) (all []string) {
	for _, a := range f.Arguments {
		if text := literal(a.Value, variables); text != "null" {
			all = append(all, a.Name+": "+text)
		}
	}
	return all
}

func literal(v *ast.Value, variables map[string]any) string {
	switch v.Kind {
	case ast.Variable:
		return written(variables[v.Raw], v.Definition)
	case ast.ListValue, ast.ObjectValue:
		var all []string
		for _, c := range v.Children {
			text := literal(c.Value, variables)
			if v.Kind == ast.ObjectValue {
				text = c.Name + ": " + text
			}
			all = append(all, text)
		}
		if v.Kind == ast.ListValue {
			return "[" + strings.Join(all, ", ") + "]"
		}
		return "{" + strings.Join(all, ", ") + "}"
	}
	return v.String()
}

// written is the value of a variable as GraphQL writes it.
func written(value any, of *ast.Definition) string {
	switch value := value.(type) {
	case []any:
		var all []string
		for _, v := range value {
			all = append(all, written(v, of))
		}
		return "[" + strings.Join(all, ", ") + "]"
	case map[string]any:
		var all []string
		for _, field := range of.Fields {
			if v, given := value[field.Name]; given {
				all = append(all, field.Name+": "+written(v, Schema().Types[field.Type.Name()]))
			}
		}
		return "{" + strings.Join(all, ", ") + "}"
	case string:
		if of.Kind == ast.Enum {
			return value
		}
	}
	text, err := json.Marshal(value)
	if err != nil {
		return "null" // cannot be: it came as JSON
	}
	return string(text)
}

// ErrFigure refuses what is no figure's name.
var ErrFigure = refuse.New(refuse.Invalid, "FIGURE_INVALID", "`%s` is not the name of a figure: %s. It is the `id` of an amount or of another figure, as an answer has it.")

// FigureName is a figure's name, read: see [Resolver.figure].
type FigureName struct {
	doc  *ast.QueryDocument
	path []*ast.Field // from the root to the figure
}

// figureShown is what is asked of a figure.
const figureShown = "{ id value unknown { code reason } passport { rule arithmetic %s } }"

// mostTokens is more than the name of a figure can have.
const mostTokens = 1_000

// ParseFigure reads a figure's name. The error is an [ErrFigure].
func ParseFigure(text string) (FigureName, error) {
	no := func(why string) (FigureName, error) {
		return FigureName{}, ErrFigure.About("figure", ask.Clip(text), why)
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: "{" + text + "}"}, mostTokens)
	if err != nil || len(doc.Operations) != 1 {
		return no("it does not read as one")
	}
	path, alone := way(doc.Operations[0].SelectionSet)
	if !alone || len(doc.Fragments) > 0 {
		return no("it asks for several things")
	}
	n := FigureName{doc: doc}
	query, err := parser.ParseQuery(&ast.Source{Input: n.Document()})
	if err != nil {
		return no("it does not read as one")
	}
	wrong := validator.ValidateWithRules(Schema(), query, rules.NewDefaultRules())
	n.path, _ = way(query.Operations[0].SelectionSet)
	n.path = n.path[:len(path)]
	leaf := n.path[len(path)-1]
	switch {
	case leaf.Definition != nil && !slices.Contains([]string{"Amount", "Figure"}, leaf.Definition.Type.Name()):
		return no(leaf.Name + " is none")
	case len(wrong) > 0:
		return no(strings.TrimSuffix(wrong[0].Message, "."))
	}
	return n, nil
}

// way is the fields one below the other, as long as there is one alone.
func way(set ast.SelectionSet) (path []*ast.Field, alone bool) {
	for len(set) == 1 {
		switch s := set[0].(type) {
		case *ast.Field:
			path = append(path, s)
			set = s.SelectionSet
		case *ast.InlineFragment:
			set = s.SelectionSet
		default:
			return path, false
		}
	}
	return path, len(set) == 0
}

// Document is the query that asks for the figure and how it has come about, and
// for more of its passport.
func (n FigureName) Document(more ...string) string {
	var b strings.Builder
	formatter.NewFormatter(&b, formatter.WithIndent("")).FormatQueryDocument(n.doc)
	text := strings.TrimSpace(b.String())
	end := len(strings.TrimRight(text, "} \n"))
	return text[:end] + " " + fmt.Sprintf(figureShown, strings.Join(more, " ")) + text[end:]
}

// firstYear is the first of Network Contracts.
const firstYear events.Year = "2019/20"

// mostYears is how many years before another are looked at.
const mostYears = 50

// concerns is whom and what the figure is about: the bodies that its name has, the
// contracts of its years, and what a network states of its costs in those.
func (n FigureName) concerns() (all []events.Entity) {
	var networks []events.PCN
	var years []events.Year
	for _, f := range n.path {
		for _, a := range f.Arguments {
			switch d := f.Definition.Arguments.ForName(a.Name); d.Type.Name() {
			case "NetworkCode":
				networks = append(networks, events.PCN(a.Value.Raw))
				all = append(all, events.PCN(a.Value.Raw).Entity())
			case "SystemCode":
				all = append(all, events.ICB(a.Value.Raw).Entity())
			case "PracticeCode":
				all = append(all, events.Practice(a.Value.Raw).Entity())
			case "FinancialYear":
				y := events.Year(a.Value.Raw)
				years, all = append(years, y), append(all, y.Contract())
				for range mostYears { // what is required stays so in later years
					if f.Name != "costs" || !y.Valid() || y <= firstYear {
						break
					}
					y = events.YearOf(y.First().AddDays(-1))
					all = append(all, y.Contract())
				}
			}
		}
	}
	for _, n := range networks {
		for _, y := range years {
			all = append(all, costing.Costing{Network: n, Year: y}.Entity())
		}
	}
	return all
}

// asAt is the moment that the figure is asked of, or nil.
func (n FigureName) asAt() *time.Time {
	a := n.path[0].Arguments.ForName(asAtArgument)
	if a == nil {
		return nil
	}
	at, err := time.Parse(time.RFC3339Nano, a.Value.Raw)
	if err != nil {
		return nil
	}
	return &at
}

// Figure is a figure as an answer has it.
type Figure struct {
	ID       *string  `json:"id"`
	Value    *string  `json:"value"`
	Unknown  *Reason  `json:"unknown"`
	Passport *Working `json:"passport"` // nil where it is not known
}

// Reason is why a figure is not known.
type Reason struct {
	Code   string `json:"code"`
	Reason string `json:"reason"`
}

// Working is how a figure has come about.
type Working struct {
	Rule       string `json:"rule"`
	Arithmetic string `json:"arithmetic"`
	// Entries are those behind it, where they were asked for.
	Entries *struct {
		Nodes []struct {
			ID events.ID `json:"id"`
		} `json:"nodes"`
	} `json:"entries,omitempty"`
}

// Read finds the figure in the data that its document was answered with; it is nil
// where there is none.
func (n FigureName) Read(data json.RawMessage) (*Figure, error) {
	for _, f := range n.path {
		var object map[string]json.RawMessage
		if err := json.Unmarshal(data, &object); err != nil {
			return nil, err
		}
		data = object[f.Alias]
		if data == nil {
			return nil, nil
		}
		place, is := strings.CutPrefix(f.Alias, "at")
		at, err := strconv.Atoi(place)
		if !is || err != nil {
			continue
		}
		var list []json.RawMessage
		if err := json.Unmarshal(data, &list); err != nil {
			return nil, err
		}
		if at >= len(list) {
			return nil, nil
		}
		data = list[at]
	}
	var f *Figure
	return f, json.Unmarshal(data, &f)
}
