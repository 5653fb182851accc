package gateway

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/gateway/graph/generated"
	"github.com/ics-openbook/openbook/services/gateway/guard"
)

// long is set for longer ways, and as everybody there is; else the first way to each
// field is tried in every role, and the others by turns of them.
var long = os.Getenv("OPENBOOK_TEST_LONG") != ""

// arguments is one of each type there is, of the first estate. A type that is not
// here fails the test that meets it.
var arguments = map[string][]string{
	"SystemCode": {`"QZ1"`, `"QY1"`}, "NetworkCode": {`"U99011"`, `"U99041"`, `"U99021"`, `"U99061"`}, "PracticeCode": {`"Z99011"`, `"Z99031"`, `"Z99021"`, `"Z99041"`}, "PlaceCode": {`"WEST"`},
	"ID":       {`"system-QZ1"`, `"network-U99011"`, `"practice-Z99011"`, `"place-QZ1-WEST"`, `"subicb-91E"`},
	"EntityID": {`"system-QZ1"`, `"network-U99011"`, `"practice-Z99011"`, `"place-QZ1-WEST"`, `"subicb-91E"`},
	"FigureID": {`"network(code: \"U99011\") { patients }"`},
	"EntryID":  {`"3c0d3c1e-5b0a-4a57-9c3d-6f1f0e8f7a11"`},
	"DateTime": {`"2100-01-01T00:00:00Z"`, `"2020-01-01T13:20:30Z"`}, "Date": {`"2026-11-02"`},
	"Int": {`9`}, "Boolean": {`true`, `false`}, "String": {`""`}, "Position": {`"0"`}, "Basis": {`WEIGHTED`},
	"NetworkOrder":  {`CODE`, `NAME`, `PRACTICES`, `PATIENTS`},
	"NetworkFilter": {`{system: "QZ1"}`, `{practice: "Z99011"}`, `{system: "QZ1", place: "WEST"}`, `{system: "QZ1", minPractices: 1, closed: true}`},
	"ChallengeName": {`"U99011-2025-26-C1"`, `"Z99011-2025-26-C1"`}, "ChallengeFilter": {`{overdue: true}`, `{network: "U99011", year: "2025/26", status: RESOLVED}`},
	"FinancialYear": {`"2025/26"`}, "Month": {`"2025-06"`},
	"MixesInput": {`{from: "2025-10-01", sum: "100000.00", tasks: [{task: "reviews", hours: "90"}, {task: "rounds", hours: "9"}], roles: [{role: "clinical-pharmacist", tasks: ["reviews"], cost: "40000.00"}, {role: "none", tasks: ["reviews"]}]}`}, "TermKey": {`"core"`, `"nurse"`}, "FundingStreamName": {`"core"`}, "Purpose": {`"printers"`}, "Payee": {`NETWORK`},
	"EquityStage": {`PAID`, `ENTITLED`}, "EquityWhatIfInput": {`{basis: REGISTERED}`, `{basis: WEIGHTED, deprivationWeight: "0.1"}`},
	"PracticeFilter": {`{network: "U99011"}`, `{system: "QZ1", closed: true}`},
}

// call is a root field with its arguments, and whose what it leads to is.
type call struct {
	text  string
	on    string // one of the types it leads to, where it leads to an interface
	field *ast.FieldDefinition
	given map[string]string
	base  bool // it is the first of its field
}

// owner are the estates whose own a call leads to: all of them must be seen by who
// is to be shown it. A system that is no more is its successor's.
func (c call) owner() []estate {
	for _, value := range c.given {
		for _, named := range []string{"QZ1", "QY1", "U990", "Z990", "91E"} {
			if strings.Contains(value, named) {
				return []estate{first}
			}
		}
	}
	return []estate{first, second}
}

// calls are every root field with what it needs, and with each argument it takes.
func calls(t *testing.T, root *ast.Definition) (all []call) {
	for _, f := range root.Fields {
		if strings.HasPrefix(f.Name, "__") {
			continue
		}
		needs := map[string]string{}
		for _, a := range f.Arguments {
			if a.Type.NonNull && a.DefaultValue == nil {
				needs[a.Name] = valuesOf(t, a)[0]
			}
		}
		if f.Arguments.ForName("first") != nil {
			needs["first"] = "9"
		}
		add := func(given map[string]string) {
			c := call{text: f.Name, field: f, given: given, base: len(all) == 0 || all[len(all)-1].field != f}
			if len(given) > 0 {
				var parts []string
				for _, name := range slices.Sorted(maps.Keys(given)) {
					parts = append(parts, name+": "+given[name])
				}
				c.text += "(" + strings.Join(parts, ", ") + ")"
			}
			all = append(all, c)
		}
		add(needs)
		for _, a := range f.Arguments {
			for _, value := range valuesOf(t, a) {
				given := maps.Clone(needs)
				if given[a.Name] == value {
					continue
				}
				if a.Name == "last" || a.Name == "before" {
					delete(given, "first")
					given["last"] = "9"
				}
				given[a.Name] = value
				add(given)
			}
		}
	}
	return all
}

func valuesOf(t *testing.T, a *ast.ArgumentDefinition) []string {
	t.Helper()
	switch a.Name {
	case "after", "before":
		if a.Type.Name() == "String" {
			return []string{"null"} // cursors have a test of their own
		}
	}
	values := arguments[a.Type.Name()]
	if len(values) == 0 {
		t.Fatalf("there is no value for %s: %s", a.Name, a.Type)
	}
	return values
}

// step is a field on the way to another.
type step struct {
	on    string // the type that has it
	field *ast.FieldDefinition
}

// matrix walks the schema.
type matrix struct {
	*testing.T
	schema *ast.Schema
	shelf  *shelf
	deep   int             // how many fields a way has
	shown  map[string]bool // the fields in which somebody was shown something
	tried  map[string]bool // in every role
	asked  int
}

// Everybody who is signed in asks for every field there is, by every way that
// leads to it, and is answered as the table says: with the field, or with why not
// and nothing else.
func TestEveryFieldIsAnsweredAsTheTableSays(t *testing.T) {
	m := &matrix{T: t, schema: generated.NewExecutableSchema(generated.Config{}).Schema(), shelf: planted(), shown: map[string]bool{}, tried: map[string]bool{}}
	for _, c := range calls(t, m.schema.Query) {
		switch {
		case long:
			m.deep = 4
		case c.base:
			m.deep = 3
		default:
			m.deep = 2
		}
		to := m.schema.Types[c.field.Type.Name()]
		for _, kind := range m.schema.GetPossibleTypes(to) {
			if c.on = ""; kind != to {
				c.on = kind.Name
			}
			m.walk(c, nil, kind, []string{kind.Name})
		}
	}
	m.deeper(calls(t, m.schema.Query))
	m.farther(calls(t, m.schema.Query))
	for name, d := range m.schema.Types {
		if d.Kind != ast.Object || strings.HasPrefix(name, "__") || strings.HasSuffix(name, "Payload") || slices.Contains(elsewhere, name) {
			continue
		}
		for _, f := range d.Fields {
			if path := name + "." + f.Name; !m.shown[path] && !strings.HasPrefix(f.Name, "__") && !slices.Contains(elsewhere, path) {
				t.Errorf("nobody was shown anything in %s, so that it was not tried", path)
			}
		}
	}
	t.Logf("%d questions", m.asked)
}

// deeper goes on to the types in whose fields nobody has been shown anything so
// far, by the shortest ways that lead there, until somebody is.
func (m *matrix) deeper(all []call) {
	type way struct {
		call  call
		steps []step
		to    *ast.Definition
	}
	var ways []way
	for _, c := range all {
		if to := m.schema.Types[c.field.Type.Name()]; c.base && to.Kind == ast.Object {
			ways = append(ways, way{c, nil, to})
		}
	}
	const longest, each = 9, 6                              // steps, and ways to a type
	kind := func(steps []step, to *ast.Definition) string { // the passport of money has terms, that of other figures none
		if slices.ContainsFunc(steps, func(s step) bool { return s.on == "Amount" }) {
			return to.Name + " of money"
		}
		return to.Name
	}
	tried := map[string]int{}
	for i := 0; i < len(ways); i++ {
		w := ways[i]
		is := kind(w.steps, w.to)
		if tried[is]++; tried[is] > each || len(w.steps) == longest {
			continue
		}
		if !slices.ContainsFunc(w.to.Fields, func(f *ast.FieldDefinition) bool {
			return !strings.HasPrefix(f.Name, "__") && !m.shown[w.to.Name+"."+f.Name]
		}) {
			if tried[is] > 2 {
				continue
			}
		} else {
			m.deep = 0
			m.walk(w.call, w.steps, w.to, nil)
		}
		for _, f := range w.to.Fields {
			steps := append(slices.Clip(w.steps), step{w.to.Name, f})
			if next := m.schema.Types[f.Type.Name()]; next.Kind == ast.Object && !strings.HasPrefix(f.Name, "__") && tried[kind(steps, next)] <= each {
				ways = append(ways, way{w.call, steps, next})
			}
		}
	}
}

// elsewhere is what other tests show: what no query leads to, and what a book in
// memory does not have.
var elsewhere = []string{
	"Query", "Mutation", "Subscription", "NetworkChange", "Receipt", "Problem", "Proposal", "Parking", "BookStatus.parked", "Unknown.since",
	"Contract.unknown", "PassportTerm.quantity", "PassportTerm.rate", "Equity.stream", "EquitySlope.line", "EquityLine", "EquityBands.unknown",
	"EquityWhatIf.meanDeprivation", "SpendingAnswer.fenced", "Challenge.unknown", "SystemDuties.unknown",
	"DirectorSpread", "DirectorTimes.spreads", // of five directors or more
	"ClaimLine.sinceApproval", "AccountCoverage.unread", // of a role of a contract
}

// walk asks for everything that steps lead to, and goes on.
func (m *matrix) walk(c call, steps []step, to *ast.Definition, on []string) {
	var open []string
	for i, f := range to.Fields {
		if strings.HasPrefix(f.Name, "__") {
			continue
		}
		here := append(slices.Clip(steps), step{to.Name, f})
		itself := f.Type.Name() == to.Name && (len(steps) == 0 || steps[len(steps)-1].on != to.Name)
		next := m.schema.Types[f.Type.Name()]
		for j, probe := range m.probes(f) {
			probe = fmt.Sprintf("p%dx%d: %s", i, j, probe)
			if next.IsCompositeType() {
				probe += " { __typename }"
			}
			if rule, _ := guard.RuleOf(to.Name, f.Name); rule.Everyones() {
				open = append(open, probe)
			} else {
				m.ask(c, steps, here, to, probe)
			}
		}
		if next.IsCompositeType() && len(here) < m.deep && (itself || !slices.Contains(on, next.Name)) {
			m.walk(c, here, next, append(slices.Clip(on), next.Name))
		}
	}
	if len(open) > 0 {
		m.ask(c, steps, steps, to, open...)
	}
}

// probes are a field with each argument it takes.
func (m *matrix) probes(f *ast.FieldDefinition) []string {
	all := []string{spelled(m.T, f, "")}
	for _, a := range f.Arguments {
		for _, value := range valuesOf(m.T, a) {
			all = append(all, spelled(m.T, f, a.Name, a.Name+": "+value))
		}
	}
	return all
}

// spelled is a field with the arguments that it needs, but for one, and those
// that are given.
func spelled(t *testing.T, f *ast.FieldDefinition, but string, needs ...string) string {
	t.Helper()
	for _, a := range f.Arguments {
		if a.Name != but && a.Type.NonNull && a.DefaultValue == nil {
			needs = append(needs, a.Name+": "+valuesOf(t, a)[0])
		}
	}
	if len(needs) == 0 {
		return f.Name
	}
	return f.Name + "(" + strings.Join(needs, ", ") + ")"
}

// ask asks for probes as everybody. steps lead to what they are of; judged are
// those of which the table has something to say.
func (m *matrix) ask(c call, steps, judged []step, to *ast.Definition, probes ...string) {
	document := "{ " + strings.Join(probes, " ") + " }"
	for _, s := range slices.Backward(steps) {
		document = "{ " + spelled(m.T, s.field, "") + " " + document + " }"
	}
	if c.on != "" {
		document = "{ ... on " + c.on + " " + document + " }"
	}
	document = "{ " + c.text + " " + document + " }"
	may := ask.Auditor // who may see all of England but what is a network's alone
	for _, s := range judged {
		if rule, _ := guard.RuleOf(s.on, s.field.Name); len(rule.Holders()) > 0 && !slices.Contains(rule.Holders(), may) {
			may = rule.Holders()[0]
		}
	}
	all := query(m, m.shelf.to(m.shelf.somebody(may, ask.England)), document)
	switch half := len(probes) / 2; {
	case len(all.Errors) == 0:
	case all.codes()[0] != "COMPLEXITY_LIMIT_EXCEEDED":
		m.Fatalf("England is refused %s\n%s", document, all.body)
	case half > 0:
		m.ask(c, steps, judged, to, probes[:half]...)
		m.ask(c, steps, judged, to, probes[half:]...)
		return
	default: // nobody has as much as it costs
		return
	}
	values := probed(all.Data)
	for alias, shown := range values {
		if i, _, _ := strings.Cut(alias[1:], "x"); shown {
			n, err := strconv.Atoi(i)
			if err != nil {
				m.Fatal(err)
			}
			m.shown[to.Name+"."+to.Fields[n].Name] = true
		}
	}
	kind := fmt.Sprint(to.Name, " ", len(judged)-len(steps), probes[0])
	everyRole := long || !m.tried[kind]
	m.tried[kind] = true
	for _, s := range scopesOf(m.asked) {
		for i, role := range ask.Roles {
			if everyRole || i == m.asked%len(ask.Roles) {
				m.judge(c, judged, s, role, document, len(values) > 0)
			}
		}
	}
}

// scopesOf are one of each estate, one of neither, and England: by turns of what is
// in them, or else all there are.
func scopesOf(turn int) []scope {
	all := scopes()
	if long {
		return all
	}
	n := len(first.organisations())
	return []scope{all[turn%n], all[n+turn%n], all[2*n], all[2*n+1+turn%3]}
}

func (m *matrix) judge(c call, steps []step, s scope, role ask.Role, document string, reached bool) {
	m.asked++
	a := query(m, m.shelf.to(m.shelf.somebody(role, s.of)), document)
	may, refusal := c.open(steps, s, role)
	if mark := s.leaks(a.body); mark != "" {
		m.Fatalf("%s of %q is told %s by\n%s\n%s", role, s.of, mark, document, a.body)
	}
	switch codes := a.codes(); {
	case refusal == "depends": // on which of its networks: TestWhatPeopleArePaid
	case may && len(codes) > 0:
		m.Fatalf("%s of %q, who may, is refused\n%s\n%s", role, s.of, document, a.body)
	case !may && reached && !refused(codes, refusal):
		m.Fatalf("%s of %q, who may not, is answered\n%s\n%s", role, s.of, document, a.body)
	case !may && len(s.sees) == 0 && slices.Contains(slices.Collect(maps.Values(probed(a.Data))), true):
		m.Fatalf("%s of %q, who may not, is shown something by\n%s\n%s", role, s.of, document, a.body)
	}
}

// refused reports whether an answer is nothing but refusals: by its code, or
// because some of what leads there is another system's.
func refused(codes []string, code string) bool {
	return len(codes) > 0 && !slices.ContainsFunc(codes, func(c string) bool { return c != code && c != "OTHER_SYSTEM" })
}

// open reports whether the table lets somebody have what steps lead to, and by
// which code it is refused otherwise.
func (c call) open(steps []step, s scope, role ask.Role) (may bool, refusal string) {
	refusal = "OTHER_SYSTEM"
	for _, one := range steps {
		if rule, _ := guard.RuleOf(one.on, one.field.Name); len(rule.Holders()) > 0 {
			refusal = "FORBIDDEN" // or the other, where it is of another system
		}
	}
	owner := c.owner()
	sees := func() bool {
		return s.of == ask.England || !slices.ContainsFunc(owner, func(e estate) bool { return !slices.Contains(s.sees, e) })
	}
	rule, _ := guard.RuleOf("Query", c.field.Name)
	if argument, mine := rule.Names(); argument != "" {
		if given := c.given[argument]; mine && (given == "" || given == "null") {
			return true, refusal // what is shown is one's own
		}
		if !sees() {
			return false, refusal
		}
	}
	for _, one := range steps {
		rule, _ := guard.RuleOf(one.on, one.field.Name)
		held := rule.Holders()
		switch {
		case rule.Owns() && !sees():
			return false, refusal
		case len(held) > 0 && !slices.Contains(held, role):
			return false, refusal
		case len(held) > 0 && s.of != ask.England && !strings.HasPrefix(string(s.of), "system-"):
			return false, "depends"
		}
	}
	return true, refusal
}

// probed are the aliases of probes in an answer, and whether any of each has a
// value.
func probed(data json.RawMessage) map[string]bool {
	found := map[string]bool{}
	var look func(any)
	look = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, one := range v {
				look(one)
			}
		case map[string]any:
			for key, one := range v {
				if probe.MatchString(key) {
					list, is := one.([]any)
					found[key] = found[key] || one != nil && (!is || len(list) > 0)
				}
				look(one)
			}
		}
	}
	var all any
	if json.Unmarshal(data, &all) == nil {
		look(all)
	}
	return found
}

var probe = regexp.MustCompile(`^p[0-9]+x[0-9]+$`)

// What was the one's and is the other's now is for the other, with its past; for
// whom the one's representative spoke besides is not, by whatever way.
func TestWhatHasMoved(t *testing.T) {
	s := entangled()
	of := func(e estate) http.Handler { return s.to(s.somebody(ask.Auditor, e.system().Entity())) }
	const before = `, on: "2026-05-31"`
	directors := `{ network(code: "U99051") { directors { person } } }`
	if a := query(t, of(second), directors); len(a.Errors) > 0 || !strings.Contains(a.body, second.mark) {
		t.Errorf("the second are answered %s", a.body)
	}
	for _, document := range []string{directors, strings.Replace(directors, `U99051"`, `U99051", asAt: "2020-01-01T13:55:00Z"`, 1), `{ entries(about: "network-U99051", first: 9) { nodes { data } } }`} {
		if a := query(t, of(first), document); !slices.Equal(a.codes(), []string{"OTHER_SYSTEM"}) || strings.Contains(a.body, second.mark) {
			t.Errorf("the first are answered %s, to %s", a.body, document)
		}
	}
	mandate := `{ network(code: "U99051"` + before + `) { representatives { person networks { code } } } }`
	if a := query(t, s.to(s.somebody(ask.Auditor, ask.England)), mandate); len(a.Errors) > 0 || !strings.Contains(a.body, first.mark) || !strings.Contains(a.body, "U99011") {
		t.Errorf("England is answered %s", a.body)
	}
	if a := query(t, of(second), mandate); !slices.Equal(a.codes(), []string{"OTHER_SYSTEM"}) || strings.Contains(a.body, first.mark) || strings.Contains(a.body, "U99011") {
		t.Errorf("the second are answered %s", a.body)
	}
	history := `{ entries(about: "network-U99051", first: 9) { nodes { type } } }`
	for who, mandated := range map[string]bool{"system-QZ2": false, "england": true} {
		if a := query(t, s.to(s.somebody(ask.Auditor, events.Entity(who))), history); len(a.Errors) > 0 || strings.Contains(a.body, "network.mandated.v1") != mandated || !strings.Contains(a.body, "network.director_appointed.v1") {
			t.Errorf("somebody of %s is answered %s", who, a.body)
		}
	}
}

// withoutCost leaves out of an answer what is left of a share.
var withoutCost = regexp.MustCompile(`,"cost":{[^}]*}`)

// Where nothing is, the answer to somebody else is the same as where something is.
func TestARefusalDoesNotTellWhetherThereIsSomething(t *testing.T) {
	s := planted()
	s.record("person-both", fact.NetworkRegistered{Network: "U99902", Name: "Nothing", System: second.system()}, fact.PracticeRegistered{Practice: "Z99902", Name: "Nothing", System: second.system()})
	who := s.to(s.somebody(ask.Steward, first.system().Entity()))
	same := func(document, something, nothing string) {
		t.Helper()
		full, empty := query(t, who, fmt.Sprintf(document, something)), query(t, who, fmt.Sprintf(document, nothing))
		full.body, empty.body = withoutCost.ReplaceAllString(full.body, ""), withoutCost.ReplaceAllString(empty.body, "")
		if full.body != strings.ReplaceAll(empty.body, nothing, something) || len(full.Errors) == 0 {
			t.Errorf("%s is answered\n%s where something is, and\n%s where nothing is", document, full.body, empty.body)
		}
	}
	for _, field := range []string{"members { from }", "memberships { from }", "directors { person }", "directorVacancy { since }", "deputies { person }", "representatives { person }", "covers { from }"} {
		same(`{ network(code: "%s") { `+field+` } }`, "U99012", "U99902")
	}
	for _, field := range []string{"memberships { from }", "notices { kind }", "coveredBy { from }"} {
		same(`{ practice(code: "%s") { `+field+` } }`, "Z99012", "Z99902")
	}
	same(`{ entries(about: "practice-%s", first: 9) { nodes { id } } }`, "Z99012", "Z99902")
}
