package importing

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Bounds of a document. The longest that is shipped has 20 kB.
const (
	mostBytes    = 256 << 10
	mostTokens   = 50_000
	mostProblems = 50    // said at once
	deepest      = 12    // levels of nesting
	mostValue    = 2_000 // bytes of one value
)

const tooLong = "The document is longer than 256 kB. A year's terms are far less: divide it, or check that it is the right file."

// places are where the fields of the ask were read, by their paths.
type places map[string]place

type place struct{ line, column int }

func of(n ast.Node) place {
	if n == nil || n.GetToken() == nil {
		return place{}
	}
	if m, is := n.(*ast.MappingNode); is && len(m.Values) > 0 {
		n = m.Values[0] // its own token is the first colon
	}
	if v, is := n.(*ast.MappingValueNode); is {
		n = v.Key
	}
	at := n.GetToken().Position
	return place{at.Line, at.Column}
}

// reader reads one document.
type reader struct {
	file     string
	at       places
	problems []Problem
}

func (r *reader) note(at place, format string, args ...any) {
	r.problems = append(r.problems, Problem{r.file, at.line, at.column, fmt.Sprintf(format, args...)})
}

func (r *reader) all() error {
	var all []error
	for i, p := range r.problems {
		if i == mostProblems {
			all = append(all, fmt.Errorf("%s: and %d more", r.file, len(r.problems)-i))
			break
		}
		all = append(all, p)
	}
	return errors.Join(all...)
}

// parse returns the document's root. What a document never needs is refused
// before it is parsed, because it is what makes parsing dear.
func (r *reader) parse(text []byte) (root fields, ok bool) {
	if len(text) > mostBytes {
		r.note(place{1, 1}, tooLong)
		return root, false
	}
	tokens := lexer.Tokenize(string(text))
	if !r.plain(tokens) {
		return root, false
	}
	tree, err := parser.Parse(tokens, 0)
	var syntax interface{ GetToken() *token.Token }
	switch {
	case errors.As(err, &syntax) && syntax.GetToken() != nil:
		at := syntax.GetToken().Position
		message, _, _ := strings.Cut(err.Error(), "\n")
		if _, after, cut := strings.Cut(message, "] "); cut {
			message = after
		}
		r.note(place{at.Line, at.Column}, "This is not YAML: %s. Compare it with the lines before.", message)
		return root, false
	case err != nil:
		r.note(place{1, 1}, "This is not YAML: %s.", err)
		return root, false
	case len(tree.Docs) != 1 || tree.Docs[0].Body == nil:
		r.note(place{1, 1}, "The document is empty, or more than one. Write one year's terms, beginning with \"year: 2025/26\".")
		return root, false
	}
	return r.fields(tree.Docs[0].Body, "the document", "", "year", "streams", "roles", "requirements", "maturityFrameworks", "disputes")
}

// plain refuses what needs no document of ours, and deep nesting.
func (r *reader) plain(tokens token.Tokens) bool {
	if len(tokens) > mostTokens {
		r.note(place{1, 1}, tooLong)
		return false
	}
	depth, line, dashes := 0, 0, 0
	for _, t := range tokens {
		at := place{t.Position.Line, t.Position.Column}
		if at.line != line {
			line, dashes = at.line, 0
		}
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType, token.TagType, token.DirectiveType:
			r.note(at, "%q: anchors, aliases, tags and directives are not read. Write the value out.", strings.TrimSpace(t.Value))
			return false
		case token.MappingStartType, token.SequenceStartType:
			depth++
		case token.MappingEndType, token.SequenceEndType:
			depth--
		case token.SequenceEntryType:
			dashes++
		default:
		}
		if len(t.Value) > mostValue {
			r.note(at, "This value is longer than %d characters. Write it in fewer.", mostValue)
			return false
		}
		if depth > deepest || dashes > deepest || t.Position.IndentNum > 8*deepest {
			r.note(at, "This is nested deeper than any term is. Compare it with the lines before.")
			return false
		}
	}
	return true
}

// fields are a mapping's values by their names.
type fields struct {
	r      *reader
	what   string // "the stream core"
	path   string // of the ask, without a dot at its end
	at     place
	values map[string]ast.Node
}

// fields reads a mapping that has no fields but those named.
func (r *reader) fields(n ast.Node, what, path string, names ...string) (f fields, ok bool) {
	f = fields{r, what, path, of(n), map[string]ast.Node{}}
	var pairs []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		pairs = n.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{n}
	default:
		r.note(f.at, "Here %s is expected, as lines such as \"%s: …\".", what, names[0])
		return f, false
	}
	r.at[path] = f.at
	for _, pair := range pairs {
		name, at := pair.Key.GetToken().Value, of(pair)
		switch _, twice := f.values[name]; {
		case !slices.Contains(names, name):
			r.note(at, "There is no field %q in %s%s Its fields are %s.", name, what, meant(name, names), strings.Join(names, ", "))
			continue
		case twice:
			r.note(at, "%s has %q twice. Keep one of them.", upper(what), name)
			continue
		}
		f.values[name] = pair.Value
		r.at[join(path, name)] = of(pair.Value)
	}
	return f, true
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// meant says which of names may have been meant.
func meant(name string, names []string) string {
	nearest, distance := "", len(name)/2+1
	for _, n := range names {
		if d := levenshtein.ComputeDistance(name, n); d < distance {
			nearest, distance = n, d
		}
	}
	if nearest == "" {
		return "."
	}
	return fmt.Sprintf(": did you mean %q?", nearest)
}

// list is a field's items; none where it is not there.
func (f fields) list(name string) []ast.Node {
	switch n := f.values[name].(type) {
	case nil:
		return nil
	case *ast.SequenceNode:
		return n.Values
	default:
		f.r.note(of(n), "%q in %s is a list. Begin each of its items with \"- \".", name, f.what)
		return nil
	}
}

// text is a field's value as it is written; empty where it is not there.
func (f fields) text(name string) string {
	switch n := f.values[name].(type) {
	case nil:
		return ""
	case *ast.StringNode:
		return n.Value
	case *ast.LiteralNode:
		return strings.TrimSpace(strings.ReplaceAll(n.Value.Value, "\n", " "))
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value
	case *ast.NullNode:
		f.r.note(of(n), "%q in %s has no value. Write one, or leave the field out.", name, f.what)
	default:
		f.r.note(of(n), "%q in %s is one value, not several.", name, f.what)
	}
	return ""
}

// need is a field's value, which must be there.
func (f fields) need(name string) string {
	if f.values[name] == nil {
		f.r.note(f.at, "%s has no %q. %s", upper(f.what), name, remedies[name])
	}
	return f.text(name)
}

// remedies say what to write for a field that is missing.
var remedies = map[string]string{
	"year":       "Write the financial year, as \"year: 2025/26\".",
	"key":        "Write a name that no other term of the year has, as \"key: core-registered\".",
	"title":      "Write what it is called.",
	"payee":      "Write who is paid, NETWORK or PRACTICE.",
	"source":     "Write where it is known from, such as \"source: pulsetoday.co.uk\".",
	"confidence": "Write how well it is known, such as \"confidence: FOUND\".",
	"basis":      "Write what the rate is multiplied by, such as \"basis: ADJUSTED\".",
	"rates":      "Write at least one rate; leave the line out where none is known.",
	"rate":       "Write pounds, such as \"rate: 1.761\"; leave the line out where it is not known.",
	"maxima":     "Write what it is reimbursed up to; without \"maximum\" where that is not known.",
	"purpose":    "Write what is bought, such as \"purpose: additional-roles\", or anything.",
	"allowed":    "Write \"allowed: true\" or \"allowed: false\".",
	"text":       "Write it in a sentence.",
	"service":    "Write of which specification it is.",
	"from":       "Write its first day, as \"from: 2025-04-01\".",
	"publisher":  "Write who published it.",
	"version":    "Write which version it is, as \"version: August 2019\".",
	"domains":    "Write at least one, as \"- {key: leadership, title: Leadership}\".",
	"levels":     "Write at least one, the first step first, as \"- {key: foundation, title: Foundation}\".",
	"domain":     "Write the key of one of the framework's domains.",
	"level":      "Write the key of one of the framework's levels.",
	"about":      "Write the key of the term.",
	"says":       "Write what the source says in a sentence.",
	"because":    "Write why the term's own figure is used.",
}
