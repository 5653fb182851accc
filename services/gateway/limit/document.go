package limit

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/lexer"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// Hash is the SHA-256 of a document's exact text.
type Hash [sha256.Size]byte

// HashOf is the hash of a text.
func HashOf(text string) Hash { return sha256.Sum256([]byte(text)) }

func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// Document is one that may be carried out: it is within its limits, and fits
// the schema. It is not to be changed.
type Document struct {
	Hash    Hash
	Text    string
	Parsed  *ast.QueryDocument
	Trusted bool
}

// Limits are those of the document.
func (d *Document) Limits() Limits {
	if d.Trusted {
		return Trusted
	}
	return Free
}

// Read parses a document and holds it against its limits and the schema. The
// errors are refusals, five at most.
func Read(schema *ast.Schema, text string, trusted bool) (*Document, gqlerror.List) {
	d := &Document{Hash: HashOf(text), Text: text, Trusted: trusted}
	var err *gqlerror.Error
	if d.Parsed, err = parse(text, d.Limits()); err != nil {
		return nil, gqlerror.List{err}
	}
	if len(d.Parsed.Operations) == 0 {
		return nil, gqlerror.List{at(nil, ErrNoDocument)}
	}
	if err := checkShape(d.Parsed, d.Limits()); err != nil {
		return nil, gqlerror.List{err}
	}
	if errs := validate(schema, d.Parsed); len(errs) > 0 {
		return nil, errs
	}
	return d, nil
}

func parse(text string, limits Limits) (*ast.QueryDocument, *gqlerror.Error) {
	parsed, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, limits.Tokens)
	if err == nil {
		return parsed, nil
	}
	if pos := longer(text, limits.Tokens); pos != nil {
		return nil, at(pos, ErrTokens, limits.Tokens)
	}
	var wrong *gqlerror.Error
	if !errors.As(err, &wrong) {
		return nil, at(nil, ErrUnparsed, err.Error())
	}
	refused := at(nil, ErrUnparsed, wrong.Message)
	refused.Locations = wrong.Locations
	return nil, refused
}

// longer is where a text has its first token too many, or nil: the parser tells
// that it has one, and not where.
func longer(text string, most int) *ast.Position {
	l := lexer.New(&ast.Source{Input: text})
	for range most + 1 {
		token, err := l.ReadToken()
		if err != nil || token.Kind == lexer.EOF {
			return nil
		}
		if most--; most < 0 {
			return &token.Pos
		}
	}
	return nil
}

// checks are the schema's rules, in an order that does not change. Values are
// compared with those they may have been meant as nowhere: they may be long.
var checks = func() (all []validator.Rule) {
	for name, check := range rules.NewDefaultRules().GetInner() {
		if name == rules.ValuesOfCorrectTypeRule.Name {
			check = rules.ValuesOfCorrectTypeRuleWithoutSuggestions.RuleFunc
		}
		all = append(all, validator.Rule{Name: name, RuleFunc: check})
	}
	slices.SortFunc(all, func(a, b validator.Rule) int { return cmp.Compare(a.Name, b.Name) })
	return all
}()

// enough ends the walk of a document that is wrong all over.
type enough struct{}

// validate holds a document against the schema, and makes it ready to be
// carried out. It gives up after a few errors. The walk has no end but its own,
// so it is left by a panic, which does not leave this function.
func validate(schema *ast.Schema, doc *ast.QueryDocument) (errs gqlerror.List) {
	defer func() {
		if r := recover(); r != nil && r != any(enough{}) {
			panic(r)
		}
	}()
	events := &validator.Events{}
	for _, rule := range checks {
		rule.RuleFunc(events, func(options ...validator.ErrorOption) {
			wrong := &gqlerror.Error{}
			for _, option := range options {
				option(wrong)
			}
			refused := at(nil, ErrMisfit, wrong.Message)
			refused.Locations = wrong.Locations[:min(len(wrong.Locations), mostErrors)]
			if errs = append(errs, refused); len(errs) == mostErrors {
				panic(enough{})
			}
		})
	}
	validator.Walk(schema, doc, events)
	return errs
}
