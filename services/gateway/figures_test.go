package gateway

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/gateway/graph/generated"
)

// figureOf is a figure as an answer has it.
type figureOf struct {
	Value    *string
	Unit     string
	Unknown  *struct{ Code string }
	Passport *struct{ Rule, Arithmetic string }
}

// explained is what is asked of a figure.
const explained = " { value unit unknown { code } passport { rule arithmetic entries(first: 1) { nodes { id } } } }"

// Whoever is shown a figure that is known is told its rule, and arithmetic that
// comes to it; by whatever way it is reached.
func TestEveryKnownFigureHasAPassport(t *testing.T) {
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	type way struct {
		call  call
		steps []step
		to    *ast.Definition
	}
	var ways []way
	for _, c := range calls(t, schema.Query) {
		if to := schema.Types[c.field.Type.Name()]; to.Kind == ast.Object {
			ways = append(ways, way{c, nil, to})
		}
	}
	s := planted()
	who := []struct {
		role ask.Role
		of   events.Entity
	}{{ask.Auditor, ask.England}, {ask.Auditor, "system-QZ2"}} // who sees all, and a stranger
	const longest, each = 5, 100 // steps, and ways to a type
	tried, known, all := map[string]int{}, map[string]int{}, map[string]bool{}
	for i := 0; i < len(ways); i++ {
		w := ways[i]
		if tried[w.to.Name]++; tried[w.to.Name] > each {
			continue
		}
		for _, f := range w.to.Fields {
			next := schema.Types[f.Type.Name()]
			if next.Name == "Figure" {
				path := w.to.Name + "." + f.Name
				all[path] = true
				document := "{ f: " + spelled(t, f, "") + explained + " }"
				for _, st := range slices.Backward(w.steps) {
					document = "{ " + spelled(t, st.field, "") + " " + document + " }"
				}
				document = "{ " + w.call.text + " " + document + " }"
				for _, viewer := range who {
					var data any
					a := query(t, s.to(s.somebody(viewer.role, viewer.of)), document)
					if slices.Contains(a.codes(), "FAULT") {
						t.Errorf("%s\nis answered %s", document, a.body)
					}
					if json.Unmarshal(a.Data, &data) != nil {
						continue // it is refused
					}
					for _, is := range figures(t, data) {
						if is.Value == nil {
							continue
						}
						known[path]++
						p := is.Passport
						switch {
						case p == nil || p.Rule == "" || !strings.HasSuffix(p.Rule, "."):
							t.Errorf("%s is %s %s and has no passport, by\n%s", path, *is.Value, is.Unit, document)
						case !strings.Contains(p.Arithmetic[strings.LastIndex(p.Arithmetic, " = ")+1:], *is.Value):
							t.Errorf("%s is %s %s, and its arithmetic %q", path, *is.Value, is.Unit, p.Arithmetic)
						}
					}
				}
			}
			if next.Kind == ast.Object && next.Name != "Figure" && !strings.HasPrefix(f.Name, "__") && len(w.steps) < longest && tried[next.Name] <= each {
				ways = append(ways, way{w.call, append(slices.Clip(w.steps), step{w.to.Name, f}), next})
			}
		}
	}
	for _, path := range slices.Sorted(maps.Keys(all)) {
		if known[path] == 0 && !slices.Contains(notKnown, path) {
			t.Errorf("%s was never known, so that it was not tried", path)
		}
	}
}

// notKnown are figures of which a book in memory has too little: five directors, a
// change to give notice of, or money for patients whose deprivation is known. The
// tests of their views show them.
var notKnown = []string{"DirectorTimes.directors", "NetworkEquity.deprivation", "NetworkEquity.perHead", "NoticeRecord.median", "NoticeRecord.shortest", "NoticeRecord.withinPolicy"}

// figures are all that an answer has by the name of f.
func figures(t *testing.T, data any) (all []figureOf) {
	switch is := data.(type) {
	case []any:
		for _, one := range is {
			all = append(all, figures(t, one)...)
		}
	case map[string]any:
		for name, one := range is {
			if name != "f" || one == nil {
				all = append(all, figures(t, one)...)
				continue
			}
			var f figureOf
			b, err := json.Marshal(one)
			if err == nil {
				err = json.Unmarshal(b, &f)
			}
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, f)
		}
	}
	return all
}

// A figure is worked out again from as many entries as a machine takes at once, and
// from no more: whoever asks for more is told so.
func TestGroundsAreBounded(t *testing.T) {
	const most = 20_000
	s := newShelf(fact.SystemRegistered{System: "QZ1", Name: "System", Region: "Y59"})
	a := s.somebody(ask.Auditor, ask.England)
	renamed := make([]fact.Event, most-1)
	for i := range renamed {
		renamed[i] = fact.SystemRenamed{System: "QZ1", Name: fmt.Sprint("System ", i)}
	}
	s.record("person-recorder", renamed...)
	const document = `{ grounds(figure: "system(code: \"QZ1\") { patients }") }`
	var all struct{ Grounds []events.ID }
	if got := query(t, s.to(a), document); len(got.codes()) > 0 || json.Unmarshal(got.Data, &all) != nil || len(all.Grounds) != most {
		t.Errorf("%d entries are %d grounds: %.200s", most, len(all.Grounds), got.body)
	}
	s.record("person-recorder", fact.SystemRenamed{System: "QZ1", Name: "One more"})
	if got := query(t, s.to(a), document); !slices.Equal(got.codes(), []string{"TOO_MANY_GROUNDS"}) {
		t.Errorf("one more is answered %.200s", got.body)
	}
}
