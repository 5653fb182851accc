package limit

import (
	"encoding/json"
	"reflect"
)

// size is about how many bytes a field's value takes in an answer: fewer than
// it does, never more.
func size(value any) int {
	switch v := value.(type) {
	case nil:
		return len("null")
	case string:
		return len(v) + 2
	case *string:
		if v != nil {
			return len(*v) + 2
		}
	case json.RawMessage:
		return len(v)
	}
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.String:
		return v.Len() + 2
	case reflect.Slice:
		if v.Type().Elem().Kind() != reflect.String {
			break
		}
		n := 2
		for i := range v.Len() {
			n += v.Index(i).Len() + 2
		}
		return n
	}
	return 1
}
