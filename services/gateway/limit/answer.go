package limit

import (
	"reflect"

	"github.com/99designs/gqlgen/graphql"
)

const (
	little  = 64 // bytes of a value that is not worth counting: what fields cost bounds how many there are
	ofField = 6  // bytes of a field in an answer, with its name, at the least
)

// size is about how many bytes a field's value adds to an answer: those of a
// long text, or those of the fields of objects, which are counted where they are
// found, all at once.
func size(field func() *graphql.FieldContext, value any) int {
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.String:
		return long(v.Len())
	case reflect.Slice, reflect.Array:
		switch v.Type().Elem().Kind() {
		case reflect.Uint8: // text that is JSON already
			return long(v.Len())
		case reflect.String:
			n := 0
			for i := range v.Len() {
				n += v.Index(i).Len() + len(`"",`)
			}
			return n
		}
		return v.Len() * len(field().Field.Selections) * ofField
	case reflect.Pointer:
		if v.Elem().Kind() == reflect.String {
			return long(v.Elem().Len())
		}
		if v.Elem().Kind() == reflect.Struct {
			return len(field().Field.Selections) * ofField
		}
	case reflect.Struct:
		return len(field().Field.Selections) * ofField
	}
	return 0
}

func long(n int) int {
	if n < little {
		return 0
	}
	return n
}
