package config

import (
	"errors"
	"fmt"
	"os"

	"github.com/agnivade/levenshtein"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/spf13/pflag"
)

// fromFile reads a YAML file of flags and their values. It reads the tree and
// not into a map, for the lines, and because a flag wants the value as it is
// written: 0700 and 1.10 are not numbers to everybody.
func fromFile(flags *pflag.FlagSet, file string) (map[string]setting, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	tree, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var errs []error
	found := map[string]setting{}
	for _, doc := range tree.Docs {
		entries, err := mapping(doc.Body)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", file, err))
		}
		for _, entry := range entries {
			name := entry.Key.GetToken().Value
			where := fmt.Sprintf("%s:%d", file, entry.Key.GetToken().Position.Line)
			if f := flags.Lookup(name); f == nil || !settable(f) {
				errs = append(errs, fmt.Errorf("%s: %w", where, unknown(flags, name)))
				continue
			}
			if before, twice := found[name]; twice {
				errs = append(errs, fmt.Errorf("%s: %s is set at %s already", where, name, before.where))
			}
			s, err := settingOf(entry.Value)
			if err != nil {
				errs = append(errs, fmt.Errorf("%s: %s: %w", where, name, err))
			}
			s.where = where
			found[name] = s
		}
	}
	return found, errors.Join(errs...)
}

func mapping(body ast.Node) ([]*ast.MappingValueNode, error) {
	switch n := body.(type) {
	case nil, *ast.NullNode, *ast.CommentGroupNode: // an empty file
		return nil, nil
	case *ast.MappingNode:
		return n.Values, nil
	case *ast.MappingValueNode: // a file of one line
		return []*ast.MappingValueNode{n}, nil
	default:
		return nil, fmt.Errorf("line %d: write lines such as \"nats-url: nats://localhost:4222\"", n.GetToken().Position.Line)
	}
}

func settingOf(value ast.Node) (setting, error) {
	list, ok := value.(*ast.SequenceNode)
	if !ok {
		text, err := scalar(value)
		return setting{value: text}, err
	}
	s := setting{values: []string{}}
	for _, element := range list.Values {
		text, err := scalar(element)
		if err != nil {
			return s, err
		}
		s.values = append(s.values, text)
	}
	return s, nil
}

func scalar(value ast.Node) (string, error) {
	switch n := value.(type) {
	case *ast.StringNode:
		return n.Value, nil
	case *ast.LiteralNode:
		return n.Value.Value, nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, nil
	case *ast.NullNode:
		return "", errors.New("no value is given; write \"\" for an empty one")
	default:
		return "", errors.New("write one value, or a list of them")
	}
}

// unknown says that name is no flag, and which one may have been meant.
func unknown(flags *pflag.FlagSet, name string) error {
	nearest, distance := "", len(name)/2+1 // further away than that is no slip
	flags.VisitAll(func(f *pflag.Flag) {
		if d := levenshtein.ComputeDistance(name, f.Name); d < distance && settable(f) {
			nearest, distance = f.Name, d
		}
	})
	if nearest == "" {
		return fmt.Errorf("there is no setting %q", name)
	}
	return fmt.Errorf("there is no setting %q: did you mean %q?", name, nearest)
}
