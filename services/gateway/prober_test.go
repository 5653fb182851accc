package gateway

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/gateway/guard"
)

// prober makes questions up.
type prober struct {
	*rand.Rand
	schema  *ast.Schema
	cursors []string // of everybody's lists

	// of the document that is being made
	names     int
	variables []string
	values    map[string]any
	fragments []string
}

func pick[T any](p *prober, of []T) T { return of[p.IntN(len(of))] }

// chance is true once in n times.
func (p *prober) chance(n int) bool { return p.IntN(n) == 0 }

// few is one, mostly: a field that is refused hides what is beside it.
func (p *prober) few() int {
	if p.chance(3) {
		return 1 + p.IntN(3)
	}
	return 1
}

func (p *prober) name(kind string) string {
	p.names++
	return fmt.Sprint(kind, p.names)
}

// things are what there is of each type, of both estates, and what there is not.
var things = map[string][]string{
	"SystemCode":   {"QZ1", "QZ2", "QY1", "QZ9"},
	"NetworkCode":  {"U99011", "U99012", "U99021", "U99022", "U99031", "U99032", "U99041", "U99042", "U99051", "U99061", "U99062", "U99999"},
	"PracticeCode": {"Z99011", "Z99012", "Z99021", "Z99022", "Z99031", "Z99032", "Z99041", "Z99042", "Z99991", "Z99999"},
	"PlaceCode":    {"WEST", "EAST"},
	"DateTime":     {"2020-01-01T12:10:30Z", "2020-01-01T12:40:30Z", "2020-01-01T13:25:30Z", "2100-01-01T00:00:00Z", "1999-01-01T00:00:00Z"},
	"Date":         {"2026-11-02", "2026-05-31", "2019-07-01", "2012-01-01", "2080-01-01"},
	"String":       {"", "QZ", "Cedar", "UNDATED", "EMIS", "none"},
	"Position":     {"0", "1", "k"},
	"Basis":        {"REGISTERED", "ADJUSTED", "WEIGHTED"},
	"NetworkOrder": {"CODE", "NAME", "PRACTICES", "PATIENTS"},

	"ChallengeName":   {"U99011-2025-26-C1", "Z99011-2025-26-C1", "U99012-2025-26-C1", "U99999-2025-26-C1", "C1"},
	"ChallengeStatus": {"OPEN", "ACKNOWLEDGED", "ANSWERED", "ESCALATED", "ACCEPTED", "RESOLVED"},

	"FinancialYear": {"2025/26", "2024/25", "2025"}, "Month": {"2025-06", "2024-06", "June"}, "GBP": {"0.00", "50000.00", "-1.00"}, "ClaimArea": {"INNER_LONDON"}, "TermKey": {"core", "owed", "nurse", "none"}, "Purpose": {"printers", "anything"}, "Payee": {"NETWORK", "PRACTICE"},
	"FundingStreamName": {"core", "none"}, "EquityStage": {"ALLOCATED", "ENTITLED"}, "Decimal": {"0", "0.1", "9"},
}

// stages are where the money of each is shown.
var stages = map[string]string{"system": "stages", "network": "totality", "practice": "stages"}

func init() {
	things["FigureID"] = []string{`entitlements(year: "2025/26") { networks }`, "patients"}
	for kind, of := range map[string]string{"system": "SystemCode", "network": "NetworkCode", "practice": "PracticeCode"} {
		for _, code := range things[of] {
			things["ID"] = append(things["ID"], kind+"-"+code)
			things["FigureID"] = append(things["FigureID"], fmt.Sprintf("%s(code: %q) { patients }", kind, code), fmt.Sprintf("%s(code: %q, asAt: \"2020-01-01T12:40:30Z\") { funding(year: \"2025/26\") { %s { left } } }", kind, code, stages[kind]))
		}
	}
	things["ID"] = append(things["ID"], "place-QZ1-WEST", "place-QZ2-WEST", "subicb-91E", "subicb-92E", "england", "person-recorder", string(cited.Source))
	things["EntityID"] = things["ID"]
	things["EntryID"] = arguments["EntryID"]
}

// value is one of a type, as JSON has it.
func (p *prober) value(name string, of *ast.Type) any {
	d := p.schema.Types[of.Name()]
	switch {
	case name == "after" && of.Name() == "String", name == "before":
		return pick(p, p.cursors)
	case d.Kind == ast.InputObject:
		object := map[string]any{}
		for range 1 + p.IntN(2) {
			f := pick(p, d.Fields)
			object[f.Name] = p.value(f.Name, f.Type)
		}
		return object
	case of.Name() == "Int":
		return 1 + p.IntN(12)
	case of.Name() == "Boolean":
		return p.chance(2)
	case len(things[of.Name()]) == 0:
		panic("there is no value of type " + of.Name())
	}
	return pick(p, things[of.Name()])
}

// literal writes a value into the document.
func (p *prober) literal(v any, of *ast.Type) string {
	switch v := v.(type) {
	case map[string]any:
		var parts []string
		d := p.schema.Types[of.Name()]
		for _, f := range d.Fields {
			if one, given := v[f.Name]; given {
				parts = append(parts, f.Name+": "+p.literal(one, f.Type))
			}
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case string:
		if p.schema.Types[of.Name()].Kind != ast.Enum {
			return fmt.Sprintf("%q", v)
		}
	}
	return fmt.Sprint(v)
}

// argument is a value, or a variable with one, given or its default.
func (p *prober) argument(name string, of *ast.Type) string {
	v := p.value(name, of)
	if !p.chance(3) {
		return p.literal(v, of)
	}
	variable := p.name("v")
	declared := "$" + variable + ": " + of.String()
	if p.chance(2) {
		declared += " = " + p.literal(v, of)
	} else {
		p.values[variable] = v
	}
	p.variables = append(p.variables, declared)
	return "$" + variable
}

// document is a whole operation.
func (p *prober) document(operation string, root *ast.Definition) string {
	p.names, p.variables, p.values, p.fragments = 0, nil, map[string]any{}, nil
	fields := 1
	if operation == "query" {
		fields += p.IntN(2)
	}
	return p.headed(operation, p.selection(root, fields, 1+p.IntN(5)))
}

// headed is what is selected with the variables and fragments that it uses.
func (p *prober) headed(operation, selected string) string {
	head := operation + " Q"
	if len(p.variables) > 0 {
		head += "(" + strings.Join(p.variables, ", ") + ")"
	}
	return head + " " + selected + "\n" + strings.Join(p.fragments, "\n")
}

// selection is some fields of a type, in one way or another.
func (p *prober) selection(of *ast.Definition, fields, deep int) string {
	var parts []string
	for range fields {
		parts = append(parts, p.one(of, deep))
	}
	return "{ " + strings.Join(parts, " ") + " }"
}

func (p *prober) one(of *ast.Definition, deep int) string {
	if of.Kind == ast.Interface {
		if p.chance(6) {
			return "__typename"
		}
		return p.fragment(pick(p, p.schema.GetPossibleTypes(of)), deep)
	}
	field := p.field(of, deep)
	switch {
	case of == p.schema.Query || of == p.schema.Subscription:
		return field
	case p.chance(8):
		return p.fragment(of, deep)
	case p.chance(12) && slices.Contains(of.Interfaces, "Node"):
		return "... on Node { id ... on " + of.Name + " { " + field + " } }"
	}
	return field
}

// fragment is an inline or a named one.
func (p *prober) fragment(of *ast.Definition, deep int) string {
	selected := p.selection(of, p.few(), deep)
	if p.chance(2) {
		return "... on " + of.Name + p.condition() + " " + selected
	}
	name := p.name("F")
	p.fragments = append(p.fragments, "fragment "+name+" on "+of.Name+" "+selected)
	return "..." + name + p.condition()
}

// condition is a directive, or none.
func (p *prober) condition() string {
	if !p.chance(8) {
		return ""
	}
	return fmt.Sprintf(" @%s(if: %s)", pick(p, []string{"include", "skip"}), p.argument("if", ast.NonNullNamedType("Boolean", nil)))
}

// field is one with its arguments and what is selected of it. What has a rule is
// asked for as often as all else.
func (p *prober) field(of *ast.Definition, deep int) string {
	var candidates, ruled ast.FieldList
	for _, f := range of.Fields {
		if strings.HasPrefix(f.Name, "__") || deep == 0 && p.schema.Types[f.Type.Name()].IsCompositeType() {
			continue
		}
		candidates = append(candidates, f)
		if rule, _ := guard.RuleOf(of.Name, f.Name); !rule.Everyones() {
			ruled = append(ruled, f)
		}
	}
	if len(ruled) > 0 && p.chance(2) {
		candidates = ruled
	}
	if len(candidates) == 0 {
		return "__typename"
	}
	f := pick(p, candidates)
	text := p.name("a") + ": " + f.Name + p.arguments(f)
	if of != p.schema.Subscription {
		text += p.condition()
	}
	if d := p.schema.Types[f.Type.Name()]; d.IsCompositeType() {
		text += " " + p.selection(d, p.few(), deep-1)
	}
	return text
}

// arguments are those that a field needs, and some others.
func (p *prober) arguments(f *ast.FieldDefinition) string {
	var all []string
	for _, a := range f.Arguments {
		if a.Type.NonNull && a.DefaultValue == nil || a.Name == "first" || p.chance(3) && a.Name != "last" {
			all = append(all, a.Name+": "+p.argument(a.Name, a.Type))
		}
	}
	if len(all) == 0 {
		return ""
	}
	return "(" + strings.Join(all, ", ") + ")"
}

// address is that of a list as CSV.
func (p *prober) address() string {
	q := url.Values{}
	for range p.IntN(4) {
		name := pick(p, []string{"system", "network", "practice", "place", "text", "clinicalSystem", "minPractices", "maxPatients", "closed", "order", "code", "on", "asAt"})
		of := map[string]string{"system": "SystemCode", "network": "NetworkCode", "practice": "PracticeCode", "place": "PlaceCode", "on": "Date", "asAt": "DateTime", "order": "NetworkOrder", "closed": "Boolean", "minPractices": "Int", "maxPatients": "Int"}[name]
		if of == "" {
			of = "String"
		}
		q.Set(name, fmt.Sprint(p.value(name, ast.NamedType(of, nil))))
	}
	return "/csv/" + pick(p, []string{"systems", "networks", "practices", "memberships", "conflicts", "unknowns"}) + "?" + q.Encode()
}

// listener is a connection that hangs up after a second event.
type listener struct {
	recorder
	hangUp context.CancelFunc
	events int
}

func (l *listener) Write(b []byte) (int, error) {
	if l.events += strings.Count(string(b), "event: next"); l.events > 1 {
		l.hangUp()
	}
	return l.recorder.Write(b)
}

// Flush has nothing to do here.
func (l *listener) Flush() {}

// listened is what a subscription is sent while things happen again and again.
func (s *shelf) listened(h http.Handler, document string, variables map[string]any) string {
	ctx, hangUp := context.WithTimeout(context.Background(), 30*time.Second)
	defer hangUp()
	var happening sync.WaitGroup
	happening.Go(func() {
		facts := slices.Clone(pages{s}.all())
		for ctx.Err() == nil {
			for i := range facts {
				s.newest++
				facts[i].Position = events.PositionAt(s.newest, s.newest)
			}
			s.hub().Changed(slices.Clone(facts))
			runtime.Gosched()
		}
	})
	l := &listener{recorder: recorder{httptest.NewRecorder()}, hangUp: hangUp}
	h.ServeHTTP(l, asked(document, variables, "text/event-stream").WithContext(ctx))
	hangUp()
	happening.Wait()
	return l.Body.String()
}
