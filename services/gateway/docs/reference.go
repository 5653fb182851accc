package docs

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"

	"github.com/ics-openbook/openbook/services/gateway/guard"
)

// Reference serves the schema as pages to read: /docs/schema with each type,
// field and argument, and who may have it; and /docs/schema.graphql as it is.
func Reference(schema *ast.Schema) http.Handler {
	var printed bytes.Buffer
	formatter.NewFormatter(&printed).FormatSchema(schema)
	page := reference(schema)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /docs/schema", func(w http.ResponseWriter, _ *http.Request) {
		sum := sha256.Sum256([]byte(style))
		send(w, "text/html; charset=utf-8", "style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'", page)
	})
	mux.HandleFunc("GET /docs/schema.graphql", func(w http.ResponseWriter, _ *http.Request) {
		send(w, "application/graphql; charset=utf-8", "", printed.Bytes())
	})
	return mux
}

// chapter is the types of one kind.
type chapter struct {
	Title string
	Types []*ast.Definition
}

// chapters are in the order in which a reader needs them.
func chapters(schema *ast.Schema) []chapter {
	all := []chapter{{Title: "Operations"}, {Title: "Objects"}, {Title: "Inputs"}, {Title: "Interfaces and unions"}, {Title: "Enums"}, {Title: "Scalars"}}
	roots := []string{"Query", "Mutation", "Subscription"}
	of := map[ast.DefinitionKind]int{ast.Object: 1, ast.InputObject: 2, ast.Interface: 3, ast.Union: 3, ast.Enum: 4, ast.Scalar: 5}
	for _, name := range slices.SortedFunc(maps.Keys(schema.Types), func(a, b string) int {
		return cmp.Or(slices.Index(roots, b)-slices.Index(roots, a), strings.Compare(a, b))
	}) {
		switch d := schema.Types[name]; {
		case strings.HasPrefix(name, "__"):
		case slices.Contains(roots, name):
			all[0].Types = slices.Insert(all[0].Types, 0, d)
		default:
			all[of[d.Kind]].Types = append(all[of[d.Kind]].Types, d)
		}
	}
	return all
}

const style = `body{font:1em/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em}
code{font-size:.95em}dt{margin-top:.8em}dd{margin-left:1.5em}.who,.old{font-size:.9em;color:#555}
nav{columns:4;font-size:.9em}nav b{break-after:avoid}section{border-top:1px solid #ccc}`

var words = template.FuncMap{
	"named": named, "code": code, "style": func() template.CSS { return style },
	"who": func(d *ast.Definition, f *ast.FieldDefinition) string {
		rule, exists := guard.RuleOf(d.Name, f.Name)
		if d.Kind != ast.Object || !exists || rule.Everyones() {
			return ""
		}
		return rule.Who()
	},
	"old": func(l ast.DirectiveList) string {
		if d := l.ForName("deprecated"); d != nil {
			if reason := d.Arguments.ForName("reason"); reason != nil {
				return reason.Value.Raw
			}
			return "It will go."
		}
		return ""
	},
	"value": func(v *ast.Value) string { return v.String() },
	"shown": func(f *ast.FieldDefinition) bool { return !strings.HasPrefix(f.Name, "__") },
}

var name = regexp.MustCompile(`[A-Za-z_]\w*`)

// named is a type with a link to where it is explained.
func named(t *ast.Type) template.HTML {
	return template.HTML(name.ReplaceAllString(t.String(), `<a href="#$0">$0</a>`)) //nolint:gosec // it holds a GraphQL name and !, [ and ]
}

var quoted = regexp.MustCompile("`([^`]*)`")

// code is a description, with what stands between backticks as code.
func code(description string) template.HTML {
	return template.HTML(quoted.ReplaceAllString(template.HTMLEscapeString(description), "<code>$1</code>")) //nolint:gosec // escaped before
}

var reader = template.Must(template.New("").Funcs(words).Parse(`<!doctype html>
<html lang="en-GB"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Openbook: schema</title><style>{{style}}</style>
<h1>Schema</h1>
<p>Everything that may be asked, and who may have it: everybody who is signed in, unless it says otherwise. The same as text:
<a href="/docs/schema.graphql">schema.graphql</a>. What a refusal means: <a href="/docs/problems">problems</a>.</p>
<nav>{{range .}}<b>{{.Title}}</b><br>{{range .Types}}<a href="#{{.Name}}">{{.Name}}</a><br>{{end}}{{end}}</nav>
{{range .}}<h2>{{.Title}}</h2>
{{range $type := .Types}}<section id="{{.Name}}"><h3>{{.Name}}</h3>
<p>{{code .Description}}{{if .Interfaces}} Implements {{range .Interfaces}}<a href="#{{.}}">{{.}}</a> {{end}}{{end}}{{range .Types}}<a href="#{{.}}">{{.}}</a> {{end}}</p>
<dl>{{range .Fields}}{{if shown .}}
<dt id="{{$type.Name}}.{{.Name}}"><code>{{.Name}}: {{named .Type}}{{with .DefaultValue}} = {{value .}}{{end}}</code></dt>
<dd>{{code .Description}}{{with old .Directives}} <span class="old">Deprecated: {{.}}</span>{{end}}{{with who $type .}} <span class="who">For {{code .}}.</span>{{end}}
{{with .Arguments}}<dl>{{range .}}<dt><code>{{.Name}}: {{named .Type}}{{with .DefaultValue}} = {{value .}}{{end}}</code></dt><dd>{{code .Description}}</dd>{{end}}</dl>{{end}}</dd>{{end}}{{end}}
{{range .EnumValues}}<dt id="{{$type.Name}}.{{.Name}}"><code>{{.Name}}</code></dt><dd>{{code .Description}}{{with old .Directives}} <span class="old">Deprecated: {{.}}</span>{{end}}</dd>
{{end}}</dl></section>
{{end}}{{end}}</html>
`))

func reference(schema *ast.Schema) []byte {
	var b bytes.Buffer
	if err := reader.Execute(&b, chapters(schema)); err != nil {
		panic(err) // the template is above, and the schema in the build
	}
	return b.Bytes()
}
