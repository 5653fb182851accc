package eventstest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"

	"github.com/ics-openbook/openbook/events"
)

// complete holds the facts declared in dir's source against the family and the
// examples.
func complete[E events.Fact](dir string, facts, examples []E) (problems []error) {
	declared, err := declaredIn(dir)
	if err != nil {
		return []error{err}
	}
	if len(declared) == 0 {
		return []error{fmt.Errorf("%s declares no fact", dir)}
	}
	inFamily, inExamples := count(facts), count(examples)
	for name := range declared {
		if inFamily[name] == 0 {
			problems = append(problems, fmt.Errorf("%s is not in the family", name))
		}
		if inExamples[name] != 1 {
			problems = append(problems, fmt.Errorf("%s has %d examples, want 1", name, inExamples[name]))
		}
	}
	for name := range inFamily {
		if !declared[name] {
			problems = append(problems, fmt.Errorf("%s is in the family and not declared in %s", name, dir))
		}
	}
	return problems
}

// declaredIn names the types in dir that have an EventType method.
func declaredIn(dir string) (map[string]bool, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	declared := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil || f.Name.Name != "EventType" {
				continue
			}
			receiver, ok := f.Recv.List[0].Type.(*ast.Ident)
			if !ok {
				return nil, fmt.Errorf("%s: a fact is a plain value: its EventType has a receiver that is none", name)
			}
			declared[receiver.Name] = true
		}
	}
	return declared, nil
}

func count[E events.Fact](facts []E) map[string]int {
	n := map[string]int{}
	for _, f := range facts {
		n[reflect.TypeOf(f).Name()]++
	}
	return n
}

var typeName = regexp.MustCompile(`^([a-z]+)\.[a-z]+(?:_[a-z]+)*\.v[1-9][0-9]*$`)

// wellFormed checks what an example says of itself.
func wellFormed[E events.Fact](dir string, e E) (problems []error) {
	typ := e.EventType()
	complain := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("%s: %w", typ, fmt.Errorf(format, args...)))
	}

	if folder, err := filepath.Abs(dir); err != nil {
		complain("%w", err)
	} else if name := typeName.FindStringSubmatch(typ); name == nil || name[1] != filepath.Base(folder) {
		complain("a stored type is called %s.<name>.v<number>", filepath.Base(folder))
	}

	for _, field := range unfilled(reflect.ValueOf(e), "") {
		complain("the example leaves %s empty", field)
	}

	named := map[events.Entity]bool{}
	for _, entity := range e.Entities() {
		if !entity.Valid() {
			complain("%q cannot be part of a subject", entity)
		}
		if named[entity] {
			complain("%q is named twice", entity)
		}
		named[entity] = true
	}
	if len(named) == 0 {
		complain("names no entity")
	}

	class := events.VisibilityOf(typ)
	if class == events.Withheld {
		complain("is not in the visibility table of package events")
	}
	if carriesSealed(reflect.TypeOf(e), map[reflect.Type]bool{}) && class != events.SealedValues && class != events.NeverSingly {
		complain("carries a sealed value, and its visibility class does not say so")
	}
	return problems
}

// unfilled names the fields of v that are empty.
func unfilled(v reflect.Value, path string) (fields []string) {
	if v.Kind() == reflect.Struct && v.NumField() > 0 && v.Type().Field(0).IsExported() {
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				fields = append(fields, unfilled(v.Field(i), path+"."+f.Name)...)
			}
		}
		return fields
	}
	if v.Kind() == reflect.Slice && v.Len() > 0 && v.Type().Elem().Kind() == reflect.Struct {
		return unfilled(v.Index(0), path+"[0]")
	}
	if v.IsZero() {
		return []string{strings.TrimPrefix(path, ".")}
	}
	return nil
}

// carriesSealed reports whether a sealed value can be anywhere in typ.
func carriesSealed(typ reflect.Type, seen map[reflect.Type]bool) bool {
	if typ == reflect.TypeFor[events.Sealed]() {
		return true
	}
	if seen[typ] {
		return false
	}
	seen[typ] = true
	switch typ.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return carriesSealed(typ.Elem(), seen)
	case reflect.Struct:
		for i := range typ.NumField() {
			if carriesSealed(typ.Field(i).Type, seen) {
				return true
			}
		}
	}
	return false
}
