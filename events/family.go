package events

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// Family is every fact of one domain, and every shape such a fact was ever
// stored in. It is the only way from bytes back to a typed fact.
type Family[E Fact] struct {
	facts []E
	read  map[string]func(data []byte) (E, error)
}

// NewFamily returns the family of the given facts, each named by its zero
// value.
func NewFamily[E Fact](facts ...E) Family[E] {
	f := Family[E]{facts, map[string]func([]byte) (E, error){}}
	for _, zero := range facts {
		typ := reflect.TypeOf(zero)
		f.add(zero.EventType(), func(data []byte) (E, error) {
			v := reflect.New(typ)
			if err := unmarshal(data, v.Interface()); err != nil {
				var none E
				return none, err
			}
			return v.Elem().Interface().(E), nil
		})
	}
	return f
}

// Upcasting adds a shape that is no longer written: name is its stored type,
// now turns it into the fact of today. It is called while the family is built.
func Upcasting[Old any, E Fact](f Family[E], name string, now func(Old) E) Family[E] {
	f.add(name, func(data []byte) (e E, err error) {
		var old Old
		if err := unmarshal(data, &old); err != nil {
			return e, err
		}
		return now(old), nil
	})
	return f
}

// unmarshal reads a JSON object. Without the check a null would read as a fact
// whose every field is empty.
func unmarshal(data []byte, v any) error {
	if !bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("{")) {
		return errors.New("its data is no JSON object")
	}
	return json.Unmarshal(data, v)
}

func (f Family[E]) add(name string, read func([]byte) (E, error)) {
	if _, twice := f.read[name]; twice {
		panic("events: two facts are called " + name)
	}
	f.read[name] = read
}

// Facts returns the zero value of every fact that may be written today.
func (f Family[E]) Facts() []E { return slices.Clone(f.facts) }

// Types returns every type that can be read, those no longer written too, in
// alphabetical order.
func (f Family[E]) Types() []string { return slices.Sorted(maps.Keys(f.read)) }

// Reads reports whether typ is, or once was, a type of this family.
func (f Family[E]) Reads(typ string) bool { return f.read[typ] != nil }

// Decode returns the typed fact that r records, upcast to its shape of today.
// Its error wraps [ErrUnreadable].
func (f Family[E]) Decode(r Recorded) (E, error) {
	read, known := f.read[r.Type]
	if !known {
		var none E
		return none, fmt.Errorf("%w: no fact is called %q in this release", ErrUnreadable, r.Type)
	}
	e, err := read(r.Data)
	if err != nil {
		return e, fmt.Errorf("%w: %s %s: %w", ErrUnreadable, r.Type, r.ID, err)
	}
	return e, nil
}
