package gateway

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/gateway/graph/generated"
	"github.com/ics-openbook/openbook/services/gateway/guard"
	"github.com/ics-openbook/openbook/services/gateway/plain"
	"github.com/ics-openbook/openbook/services/gateway/registrytest"
)

// odd is what a registry may hold beside what is usual.
var odd = append(slices.Clone(two),
	fact.SubICBRegistered{SubICB: "99E", Name: "Sub-ICB \"99E\"", System: "QZ1"},
	fact.NetworkLocated{Network: "U99003", System: "QZ1", SubICB: "99E", From: since, Dating: fact.Dating{Undated: true}},
	fact.NetworkRegistered{Network: "U99006", Name: "<b>Nowhere</b> & \\ \u2028 Größe"},
	fact.NetworkClosed{Network: "U99004", LastDay: since.AddDays(99)},
	fact.Merged{Network: "U99005", Into: "U99001", On: since},
	fact.Joined{Practice: "Z99003", Network: "U99003", Period: joined, Dating: fact.Dating{Undated: true, NotBefore: since}},
	fact.Joined{Practice: "Z99003", Network: "U99009", Period: events.Period{From: since, To: since.AddDays(9)}}, // which nobody has registered
	fact.PracticeClosed{Practice: "Z99003", LastDay: since.AddDays(5), Dating: fact.Dating{Undated: true, NotBefore: since}},
	fact.PracticeRegistered{Practice: "Z99008", Name: "Nowhere either"},
	fact.Joined{Practice: "Z99008", Network: "U99006", Period: joined, Cited: cited},
)

// A query is answered the same, byte for byte, whichever way its answer is made,
// and whoever asks.
func TestPlainAnswersAreTheGeneralOnes(t *testing.T) {
	state := registrytest.Fold(odd)
	d := over(state, state)
	general := over(state, state)
	general.api.generally, general.api.answers = true, nil
	type pair struct{ plain, general http.Handler }
	who := map[events.Entity]pair{}
	for _, of := range organisations {
		grants := someone(ask.Auditor, of)
		who[of] = pair{d.as(grants...), general.as(grants...)}
	}
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	answered := 0
	rapid.Check(t, func(t *rapid.T) {
		asker := who[rapid.SampledFrom(organisations).Draw(t, "of")]
		document := documentOf(t, schema)
		plain, general := sent(asker.plain, document), sent(asker.general, document)
		if !alike(t, plain, general) {
			t.Fatalf("%s\nis answered plainly   %s\nis answered generally %s", document, plain, general)
		}
		if !strings.Contains(plain, `"errors"`) {
			answered++
		}
	})
	if answered < 20 {
		t.Errorf("only %d documents were answered without an error", answered)
	}
}

// alike reports whether two answers say the same; errors come in no order.
func alike(t interface{ Fatalf(string, ...any) }, one, other string) bool {
	parts := func(body string) []string {
		var a struct {
			Errors           []json.RawMessage
			Data, Extensions json.RawMessage
		}
		if err := json.Unmarshal([]byte(body), &a); err != nil {
			t.Fatalf("%v: %s", err, body)
		}
		var all []string
		for _, e := range a.Errors {
			all = append(all, string(e))
		}
		slices.Sort(all)
		return append(all, string(a.Data), string(a.Extensions))
	}
	return one == other || slices.Equal(parts(one), parts(other))
}

// Every field there is, of everything that is listed.
func TestEveryFieldIsAnsweredAlike(t *testing.T) {
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	whole := slices.DeleteFunc(slices.Clone(odd), func(f fact.Event) bool { j, is := f.(fact.Joined); return is && j.Network == "U99009" })
	for _, facts := range [][]fact.Event{two, odd, whole} {
		state := registrytest.Fold(facts)
		d, general := over(state, state), over(state, state)
		general.api.generally, general.api.answers = true, nil
		for _, root := range roots {
			for deep := range 4 {
				document := "{ list: " + root + ") " + everything(schema, listed(schema, root), deep) + " }"
				if deep > 1 && strings.HasPrefix(root, "systems") || deep > 2 && strings.HasPrefix(root, "networks(first: 9") {
					continue // costs more than anybody has
				}
				if plain, general := sent(d.as(steward), document), sent(general.as(steward), document); !alike(t, plain, general) || strings.Contains(plain, "COMPLEXITY") {
					t.Errorf("%s\nis answered plainly   %s\nis answered generally %s", document, plain, general)
				}
			}
		}
	}
}

// Every field that a query may reach has a writer, but for those named here: the
// generator leaves out what it does not know how to write.
func TestEveryFieldIsWrittenPlainly(t *testing.T) {
	// a number that may be none, what has any shape, and what may be refused
	not := []string{"BookStatus.lagSeconds", "Entry.data", "SignedReceipt.document", "TermEntry.data", "RateLine.amount",
		"Director.name", "Deputy.name", "Mandate.name", // unsealed when they are asked for
		"Network.funding", "Practice.funding", "System.funding", "System.fundingTotals", "System.positions", "Network.costs",
		"Network.challenges", "System.duties", "System.fundingPolicy", "SystemDuties.breaches",
		"Network.workforce", "System.workforce", "NetworkWorkforce.claims", "NetworkWorkforce.posts", "NetworkWorkforce.directorTime", "SystemWorkforce.directorTimes", "ClaimLine.sinceApproval",
		"NetworkWorkforce.reconciliation", "NetworkWorkforce.mixes", "SystemWorkforce.reconciliation",
		"System.equity", "System.equityWhatIf", "Passport.terms", "Passport.entries", "Amount.id", "Figure.id"} // money is worked out when it is asked for
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	state := registrytest.Fold(two)
	d := over(state, state)
	d.api.answers = nil
	who := d.as(ask.Grant{Role: ask.Auditor, Of: ask.England}, ask.Grant{Role: ask.PCN, Of: ask.England})
	arguments := map[string]string{
		"system": `(code: "QZ1")`, "network": `(code: "U99001")`, "practice": `(code: "Z99001")`, "entries": `(about: "network-U99001", first: 9)`,
		"grounds":  `(figure: "network(code: \"U99001\") { patients }")`,
		"receipt":  `(id: "3c0d3c1e-5b0a-4a57-9c3d-6f1f0e8f7a11")`,
		"networks": "(first: 9)", "practices": "(first: 9)", "conflicts": "(first: 9)", "unknowns": "(first: 9)",
		"contract": `(year: "2025/26")`, "stream": `(key: "core")`, "role": `(key: "nurse")`, "mayBuy": `(purpose: "printers")`, "amount": "(quantity: 9)", "lines": "(payee: NETWORK)",
		"funding": `(year: "2025/26")`, "fundingTotals": `(year: "2025/26")`, "entitlements": `(year: "2025/26")`, "positions": `(year: "2025/26")`, "costs": `(year: "2025/26")`,
		"duties": `(year: "2025/26")`, "breaches": "(first: 9)", "challenges": "(first: 9)", "challenge": `(name: "U99011-2025-26-C1")`,
		"equity": `(year: "2025/26")`, "equityWhatIf": `(year: "2025/26", input: {basis: REGISTERED})`, "mayISpend": `(network: "U99001", year: "2025/26", stream: "core", purpose: "printers")`,
		"workforce": `(year: "2025/26")`, "claims": "(first: 9)", "posts": "(first: 9)", "directorTimes": `(month: "2025-06")`, "reconciliation": `(month: "2025-06")`,
		"mixes":           `(input: {from: "2025-10-01", sum: "100000.00", tasks: [{task: "reviews", hours: "30"}], roles: [{role: "nurse", tasks: ["reviews"], cost: "40000.00"}]})`,
		"Funding.entries": "(first: 9)", "SystemFunding.entries": "(first: 9)", "terms": "(first: 9)", "Passport.entries": "(first: 9)",
	}
	type place struct {
		before, after string // around a selection of the type's fields
		generally     bool   // a field on the way is not written plainly
		of            *ast.Definition
	}
	var places []place
	reached := map[string]bool{}
	needed := func(of *ast.Definition, f *ast.FieldDefinition) string {
		if len(f.Arguments) == 0 || !f.Arguments[0].Type.NonNull || f.Arguments[0].DefaultValue != nil {
			return ""
		}
		return cmp.Or(arguments[of.Name+"."+f.Name], arguments[f.Name])
	}
	reach := func(p place, f *ast.FieldDefinition, arguments string) {
		if of := schema.Types[f.Type.Name()]; of.Kind == ast.Object && !reached[of.Name] {
			reached[of.Name] = true
			generally := p.generally || slices.Contains(not, p.of.Name+"."+f.Name)
			places = append(places, place{p.before + "{ " + f.Name + arguments, " }" + p.after, generally, of})
		}
	}
	for _, many := range []bool{false, true} { // what leads to one thing costs least
		for _, f := range schema.Query.Fields {
			if !strings.HasPrefix(f.Name, "__") && many == (f.Type.Elem != nil) {
				reach(place{of: schema.Query}, f, arguments[f.Name])
			}
		}
	}
	for i := 0; i < len(places); i++ {
		p := places[i]
		for _, f := range p.of.Fields {
			rule, _ := guard.RuleOf(p.of.Name, f.Name)
			judged := !rule.Everyones() && !rule.Owns() // by what only the guard knows
			if !judged {
				reach(p, f, needed(p.of, f))
			}
			inner := ""
			if schema.Types[f.Type.Name()].IsCompositeType() {
				inner = " { __typename }"
			}
			document := p.before + " { " + f.Name + needed(p.of, f) + inner + " }" + p.after
			r := request(document)
			ctx, tally := plain.Counting(r.Context())
			w := httptest.NewRecorder()
			who.ServeHTTP(recorder{w}, r.WithContext(ctx))
			name := p.of.Name + "." + f.Name
			if strings.Contains(w.Body.String(), `"errors"`) || (tally.Fields() == 1) == (judged || p.generally || slices.Contains(not, name)) {
				t.Errorf("%s is written plainly %d times by %s: %s", name, tally.Fields(), document, w.Body)
			}
		}
	}
	if len(places) < 20 {
		t.Errorf("only %d types are reached", len(places))
	}
}

func everything(schema *ast.Schema, of *ast.Definition, deep int) string {
	var b strings.Builder
	b.WriteString("{ __typename ")
	for _, f := range of.Fields {
		switch d := schema.Types[f.Type.Name()]; {
		case !d.IsCompositeType():
			b.WriteString(f.Name + " ")
		case deep > 0:
			b.WriteString(f.Name + " " + everything(schema, d, deep-1) + " ")
		}
	}
	return b.String() + "}"
}

var roots = []string{
	`networks(first: 9, filter: {closed: true}`, `networks(last: 2, order: NAME`, `networks(first: 3, on: "2019-07-05"`, `networks(first: 1, filter: {text: "none such"}`,
	`practices(first: 9, filter: {closed: true}`, `practices(first: 2, on: "2019-07-03"`, `conflicts(first: 9`, `unknowns(first: 50`, `systems(closed: true`,
}

// listed is what a root lists.
func listed(schema *ast.Schema, root string) *ast.Definition {
	name, _, _ := strings.Cut(root, "(")
	return schema.Types[schema.Query.Fields.ForName(name).Type.Name()]
}

// documentOf makes one up that asks for lists.
func documentOf(t *rapid.T, schema *ast.Schema) string {
	root := rapid.SampledFrom(roots).Draw(t, "root")
	return "query($yes: Boolean = true, $basis: Basis! = ADJUSTED) { list: " + root + ") " + selection(t, schema, listed(schema, root), 3) + " systems @skip(if: $yes) { patients(basis: $basis) { unit } } }"
}

func selection(t *rapid.T, schema *ast.Schema, of *ast.Definition, deep int) string {
	var b strings.Builder
	b.WriteString("{ ")
	n := rapid.IntRange(1, 5).Draw(t, "fields")
	for i := range n {
		f := rapid.SampledFrom(of.Fields).Draw(t, "field")
		if rapid.IntRange(0, 9).Draw(t, "kind") == 0 {
			fmt.Fprintf(&b, "t%d: __typename ", i)
			continue
		}
		inner := ""
		if d := schema.Types[f.Type.Name()]; d.IsCompositeType() {
			if deep == 0 {
				continue
			}
			inner = selection(t, schema, d, deep-1)
		}
		arguments := ""
		if f.Arguments.ForName("basis") != nil {
			arguments = rapid.SampledFrom([]string{"", "(basis: WEIGHTED)", "(basis: $basis)"}).Draw(t, "basis")
		}
		one := fmt.Sprintf("f%d: %s%s %s ", rapid.IntRange(i, n).Draw(t, "alias")*10+i, f.Name, arguments, inner)
		switch rapid.IntRange(0, 9).Draw(t, "within") {
		case 0:
			one = "... on " + of.Name + " { " + one + "} "
		case 1:
			one = strings.Replace(one, f.Name+arguments, f.Name+arguments+" @skip(if: $yes)", 1)
		case 2:
			one = strings.Replace(one, f.Name+arguments, f.Name+arguments+" @include(if: $yes)", 1)
		case 3:
			if slices.Contains(of.Interfaces, "Node") {
				one += fmt.Sprintf("... on Node { n%d: id } ", i)
			}
		}
		b.WriteString(one)
	}
	b.WriteString("last: __typename }")
	return b.String()
}

// What a dashboard asks for is among what is answered plainly: it takes a tenth
// of the memory.
func TestTheRegistryIsAnsweredPlainly(t *testing.T) {
	state := country()
	d := over(state, state)
	d.api.answers = nil
	general := over(state, state)
	general.api.generally, general.api.answers = true, nil
	document := registryDocument(t)
	allocations := func(who http.Handler) float64 {
		return testing.AllocsPerRun(1, func() { sent(who, document) })
	}
	if plain, general := allocations(d.as()), allocations(general.as()); plain*5 > general {
		t.Errorf("it takes %.0f allocations plainly, %.0f generally", plain, general)
	}
	if plain, general := sent(d.as(), document), sent(general.as(), document); plain != general {
		t.Errorf("answered plainly it is %d bytes, generally %d, and not the same", len(plain), len(general))
	}
}
