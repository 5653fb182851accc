package limit

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/ics-openbook/openbook/services/internal/refuse"
)

// shape goes through a document once, whatever fragments make of it: what a
// fragment holds is counted when it is first met, and added wherever it is
// spread. It stops at the first thing that is more than the limits allow.
type shape struct {
	limits    Limits
	fragments map[string]*ast.FragmentDefinition
	counted   map[string]*extent // nil while a fragment is being counted
	visited   int                // nodes gone through: the work done
}

// extent is how far a selection set goes, fragments written out.
type extent struct {
	depth   int // levels of fields
	set     int // selections on the first level
	all     int // selections on all levels
	aliases int
}

// checkShape refuses a document whose shape is beyond the limits.
func checkShape(doc *ast.QueryDocument, limits Limits) *gqlerror.Error {
	return newShape(limits).document(doc)
}

func newShape(limits Limits) *shape {
	return &shape{limits: limits, fragments: map[string]*ast.FragmentDefinition{}, counted: map[string]*extent{}}
}

func (s *shape) document(doc *ast.QueryDocument) *gqlerror.Error {
	if n := len(doc.Operations); n > s.limits.Operations {
		return at(doc.Operations[s.limits.Operations].Position, ErrOperations, n, s.limits.Operations)
	}
	if n := len(doc.Fragments); n > s.limits.Fragments {
		return at(doc.Fragments[s.limits.Fragments].Position, ErrFragments, n, s.limits.Fragments)
	}
	for _, f := range doc.Fragments {
		if s.fragments[f.Name] == nil { // a second of the name is refused by the schema's rules
			s.fragments[f.Name] = f
		}
		if err := s.names(f.Position, f.Name, f.TypeCondition); err != nil {
			return err
		}
	}
	var all extent
	for _, f := range doc.Fragments {
		if err := s.directives(f.Position, f.Directives); err != nil {
			return err
		}
		if err := s.variables(f.VariableDefinition); err != nil {
			return err
		}
		if s.fragments[f.Name] == f {
			if _, err := s.fragment(f.Name, f.Position); err != nil {
				return err
			}
		} else if _, err := s.set(f.SelectionSet, 0); err != nil {
			return err
		}
	}
	for _, o := range doc.Operations {
		if err := s.operation(o, &all); err != nil {
			return err
		}
	}
	return nil
}

func (s *shape) operation(o *ast.OperationDefinition, all *extent) *gqlerror.Error {
	if err := s.names(o.Position, o.Name); err != nil {
		return err
	}
	if err := s.directives(o.Position, o.Directives); err != nil {
		return err
	}
	if err := s.variables(o.VariableDefinitions); err != nil {
		return err
	}
	e, err := s.set(o.SelectionSet, 0)
	if err != nil {
		return err
	}
	most := s.limits.Roots
	if o.Operation == ast.Subscription {
		most = 1 // by the specification; the schema's rules miss one field under two aliases
	}
	if e.set > most {
		return at(s.nth(o.SelectionSet, most), ErrRoots, most)
	}
	return s.add(all, e, o.Position)
}

// nth is where a selection set comes to more than n fields.
func (s *shape) nth(set ast.SelectionSet, n int) *ast.Position {
	for _, selection := range set {
		switch one := selection.(type) {
		case *ast.Field:
			n--
		case *ast.InlineFragment:
			n -= len(one.SelectionSet)
		case *ast.FragmentSpread:
			if e := s.counted[one.Name]; e != nil {
				n -= e.set
			}
		}
		if n < 0 {
			return selection.GetPosition()
		}
	}
	return set[0].GetPosition()
}

// fragment is how far a fragment goes, which is spread at pos.
func (s *shape) fragment(name string, pos *ast.Position) (extent, *gqlerror.Error) {
	e, met := s.counted[name]
	switch f := s.fragments[name]; {
	case e != nil:
		return *e, nil
	case met:
		return extent{}, at(pos, ErrCycle, name)
	case f == nil:
		return extent{}, nil // refused by the schema's rules
	default:
		s.counted[name] = nil
		found, err := s.set(f.SelectionSet, 0)
		s.counted[name] = &found
		return found, err
	}
}

// set is how far a selection set goes that is depth levels down.
func (s *shape) set(selections ast.SelectionSet, depth int) (e extent, _ *gqlerror.Error) {
	seen := make(map[string]bool, min(len(selections), s.limits.Set))
	for _, selection := range selections {
		s.visited++
		var one extent
		var key string
		var err *gqlerror.Error
		switch sel := selection.(type) {
		case *ast.Field:
			key = sel.Alias
			one, err = s.field(sel, depth+1)
		case *ast.FragmentSpread:
			key = "..." + sel.Name
			one, err = s.spread(sel, depth)
		case *ast.InlineFragment:
			if err = s.names(sel.Position, sel.TypeCondition); err == nil {
				err = s.directives(sel.Position, sel.Directives)
			}
			if err == nil {
				one, err = s.set(sel.SelectionSet, depth)
			}
		}
		switch {
		case err != nil:
			return e, err
		case key != "" && seen[key]:
			return e, at(selection.GetPosition(), ErrRepeated, key)
		}
		seen[key] = true
		e.set += one.set
		if e.set > s.limits.Set {
			return e, at(selection.GetPosition(), ErrSet, s.limits.Set, "within one pair of braces")
		}
		if err := s.add(&e, one, selection.GetPosition()); err != nil {
			return e, err
		}
	}
	return e, nil
}

// add adds what is within, at pos, to what is around it.
func (s *shape) add(e *extent, one extent, pos *ast.Position) *gqlerror.Error {
	e.depth = max(e.depth, one.depth)
	if e.all += one.all; e.all > s.limits.Selections {
		return at(pos, ErrSet, s.limits.Selections, "in all")
	}
	if e.aliases += one.aliases; e.aliases > s.limits.Aliases {
		return at(pos, ErrAliases, s.limits.Aliases)
	}
	return nil
}

func (s *shape) field(f *ast.Field, depth int) (extent, *gqlerror.Error) {
	if depth > s.limits.Depth {
		return extent{}, at(f.Position, ErrDepth, depth, s.limits.Depth)
	}
	if err := s.names(f.Position, f.Alias, f.Name); err != nil {
		return extent{}, err
	}
	if err := s.directives(f.Position, f.Directives); err != nil {
		return extent{}, err
	}
	if err := s.arguments(f.Arguments); err != nil {
		return extent{}, err
	}
	e, err := s.set(f.SelectionSet, depth)
	e.depth++
	e.set = 1
	e.all++
	if f.Alias != f.Name {
		e.aliases++
	}
	return e, err
}

func (s *shape) spread(f *ast.FragmentSpread, depth int) (extent, *gqlerror.Error) {
	if err := s.names(f.Position, f.Name); err != nil {
		return extent{}, err
	}
	if err := s.directives(f.Position, f.Directives); err != nil {
		return extent{}, err
	}
	e, err := s.fragment(f.Name, f.Position)
	if err == nil && depth+e.depth > s.limits.Depth {
		err = at(f.Position, ErrDepth, depth+e.depth, s.limits.Depth)
	}
	return e, err
}

func (s *shape) directives(pos *ast.Position, all ast.DirectiveList) *gqlerror.Error {
	if n := len(all); n > s.limits.Directives {
		return at(pos, ErrDirectives, n, s.limits.Directives)
	}
	for _, d := range all {
		s.visited++
		if err := s.names(d.Position, d.Name); err != nil {
			return err
		}
		if err := s.arguments(d.Arguments); err != nil {
			return err
		}
	}
	return nil
}

func (s *shape) arguments(all ast.ArgumentList) *gqlerror.Error {
	for _, a := range all {
		if err := s.names(a.Position, a.Name); err != nil {
			return err
		}
		if err := s.value(a.Value, 0); err != nil {
			return err
		}
	}
	return nil
}

func (s *shape) variables(all ast.VariableDefinitionList) *gqlerror.Error {
	for _, v := range all {
		if err := s.names(v.Position, v.Variable); err != nil {
			return err
		}
		if err := s.directives(v.Position, v.Directives); err != nil {
			return err
		}
		if err := s.value(v.DefaultValue, 0); err != nil {
			return err
		}
		depth := 0
		for t := v.Type; t != nil; t = t.Elem {
			if depth++; depth > s.limits.Nesting {
				return at(v.Position, ErrNesting, s.limits.Nesting)
			}
			if err := s.names(v.Position, t.NamedType); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *shape) value(v *ast.Value, depth int) *gqlerror.Error {
	if v == nil {
		return nil
	}
	s.visited++
	switch v.Kind {
	case ast.StringValue, ast.BlockValue: // as long as the request lets them be
	default:
		if err := s.names(v.Position, v.Raw); err != nil {
			return err
		}
	}
	if len(v.Children) == 0 {
		return nil
	}
	if depth == s.limits.Nesting {
		return at(v.Position, ErrNesting, s.limits.Nesting)
	}
	for _, child := range v.Children {
		if err := s.names(child.Position, child.Name); err != nil {
			return err
		}
		if err := s.value(child.Value, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// names refuses one that is too long: the rules that come later look for names
// like it.
func (s *shape) names(pos *ast.Position, all ...string) *gqlerror.Error {
	for _, name := range all {
		if len(name) > s.limits.Name {
			return at(pos, ErrName, len(name), s.limits.Name)
		}
	}
	return nil
}

// at is a refusal about a place in the document.
func at(pos *ast.Position, r *refuse.Refusal, args ...any) *gqlerror.Error {
	e := refusal(r.About("", args...))
	if pos != nil {
		e.Locations = []gqlerror.Location{{Line: pos.Line, Column: pos.Column}}
	}
	return e
}

// refusal is a refusal as part of an answer.
func refusal(r *refuse.Refusal) *gqlerror.Error {
	short := *r
	short.Message = clip(r.Message)
	return &gqlerror.Error{Err: &short, Message: short.Message, Extensions: map[string]any{"code": r.Code}}
}

// clip keeps an error short, whatever it repeats.
func clip(text string) string {
	n := 0
	for i := range text {
		if n++; n > mostWords {
			return strings.ToValidUTF8(text[:i], "") + "…"
		}
	}
	return text
}
