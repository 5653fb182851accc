package docs_test

import (
	"html"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/ics-openbook/openbook/services/gateway/docs"
	"github.com/ics-openbook/openbook/services/gateway/graph/generated"
)

func schema() *ast.Schema { return generated.NewExecutableSchema(generated.Config{}).Schema() }

func read(t *testing.T, path string, s *ast.Schema) string {
	t.Helper()
	w := httptest.NewRecorder()
	docs.Reference(s).ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("%s: %d %v", path, w.Code, w.Header())
	}
	return w.Body.String()
}

// Everything in the schema is there to be read, with its description, and every
// link leads somewhere.
func TestTheReferenceHasAllOfTheSchema(t *testing.T) {
	page := html.UnescapeString(regexp.MustCompile(`</?(?:a|code)\b[^>]*>`).ReplaceAllString(read(t, "/docs/schema", schema()), ""))
	said := func(what, description string) {
		if !strings.Contains(page, strings.ReplaceAll(description, "`", "")) {
			t.Errorf("%s is not explained: %s", what, description)
		}
	}
	for _, d := range schema().Types {
		if strings.HasPrefix(d.Name, "__") {
			continue
		}
		said(d.Name, d.Description)
		for _, f := range d.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			said(d.Name+"."+f.Name, f.Description)
			if !strings.Contains(page, f.Name+": "+f.Type.String()) {
				t.Errorf("the type of %s.%s is not there", d.Name, f.Name)
			}
			for _, a := range f.Arguments {
				said(d.Name+"."+f.Name+"."+a.Name, a.Description)
			}
		}
		for _, v := range d.EnumValues {
			said(d.Name+"."+v.Name, v.Description)
		}
	}
	whole := read(t, "/docs/schema", schema())
	for _, link := range regexp.MustCompile(`href="#([^"]*)"`).FindAllStringSubmatch(whole, -1) {
		if !strings.Contains(whole, `id="`+link[1]+`"`) {
			t.Errorf("%s leads nowhere", link[0])
		}
	}
	for _, rule := range []string{"For those who belong to its system.", "For <code>steward</code>.", "For those who belong to the system of <code>about</code>."} {
		if !strings.Contains(whole, rule) {
			t.Errorf("nothing is %q", rule)
		}
	}
}

func TestTheReferenceSaysWhatWillGo(t *testing.T) {
	s := gqlparser.MustLoadSchema(&ast.Source{Input: `
		"Asks." type Query { "Old & <b>grey</b>, like ` + "`a`" + `." a(b: Int = 7): Int @deprecated(reason: "Ask c.") c: E }
		"Which." enum E { "One." ONE @deprecated }`})
	page := read(t, "/docs/schema", s)
	for _, part := range []string{"Deprecated: Ask c.", "Deprecated: It will go.", "Old &amp; &lt;b&gt;grey&lt;/b&gt;, like <code>a</code>.", "= 7"} {
		if !strings.Contains(page, part) {
			t.Errorf("without %q:\n%s", part, page)
		}
	}
}

// What is served as text is the schema itself.
func TestTheSchemaAsText(t *testing.T) {
	again, err := gqlparser.LoadSchema(&ast.Source{Input: read(t, "/docs/schema.graphql", schema())})
	if err != nil {
		t.Fatal(err)
	}
	for name, d := range schema().Types {
		if got := again.Types[name]; got == nil || len(got.Fields) != len(d.Fields) || got.Description != d.Description {
			t.Errorf("%s is not as it was", name)
		}
	}
}
