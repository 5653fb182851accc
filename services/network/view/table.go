package view

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/benbjohnson/immutable"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
)

// table is a persistent sorted map of rows. A row is never changed once it is
// in the table.
type table[K ~string, R any] struct{ rows *immutable.SortedMap[K, *R] }

func (t table[K, R]) get(k K) *R {
	if t.rows == nil {
		return nil
	}
	r, _ := t.rows.Get(k)
	return r
}

func (t table[K, R]) with(k K, change func(*R)) table[K, R] {
	if t.rows == nil {
		t.rows = immutable.NewSortedMap[K, *R](byCode[K]{})
	}
	var r R
	if old, ok := t.rows.Get(k); ok {
		r = *old
	}
	change(&r)
	return table[K, R]{t.rows.Set(k, &r)}
}

func (t table[K, R]) len() int {
	if t.rows == nil {
		return 0
	}
	return t.rows.Len()
}

func (t table[K, R]) iterate() *immutable.SortedMapIterator[K, *R] {
	if t.rows == nil {
		return immutable.NewSortedMap[K, *R](byCode[K]{}).Iterator()
	}
	return t.rows.Iterator()
}

type byCode[K ~string] struct{}

func (byCode[K]) Compare(a, b K) int { return compare(a, b) }

// Freeze writes s, row by row; Thaw reads it.
func Freeze(s State, w io.Writer) error {
	return errors.Join(
		s.systems.freeze(w, `{"systems":[`),
		s.subICBs.freeze(w, `],"subICBs":[`),
		s.networks.freeze(w, `],"networks":[`),
		s.practices.freeze(w, `],"practices":[`),
		s.sources.freeze(w, `],"sources":[`),
		s.persons.freeze(w, `],"persons":[`),
		write(w, "]}"),
	)
}

// freeze writes the rows of t after what opens them, and a comma between two.
func (t table[K, R]) freeze(w io.Writer, opens string) error {
	e, comma, err := json.NewEncoder(w), "", write(w, opens)
	for itr := t.iterate(); !itr.Done() && err == nil; comma = "," {
		_, r, _ := itr.Next()
		err = errors.Join(write(w, comma), e.Encode(r))
	}
	return err
}

func write(w io.Writer, text string) error {
	_, err := io.WriteString(w, text)
	return err
}

// Thaw reads what Freeze of the same Version wrote.
func Thaw(from io.Reader) (s State, err error) {
	d := json.NewDecoder(from)
	for _, read := range []func() error{
		func() error { return expect(d, json.Delim('{')) },
		func() error { return thaw(d, "systems", &s.systems, func(r *system) events.ICB { return r.Code }) },
		func() error { return thaw(d, "subICBs", &s.subICBs, func(r *subICB) events.SubICB { return r.Code }) },
		func() error { return thaw(d, "networks", &s.networks, func(r *network) events.PCN { return r.Code }) },
		func() error {
			return thaw(d, "practices", &s.practices, func(r *practice) events.Practice { return r.Code })
		},
		func() error { return thaw(d, "sources", &s.sources, func(r *Source) fact.Source { return r.Source }) },
		func() error { return thaw(d, "persons", &s.persons, func(r *person) events.PersonRef { return r.Ref }) },
		func() error { return expect(d, json.Delim('}')) },
	} {
		if err := read(); err != nil {
			return State{}, err
		}
	}
	for all := s.practices.iterate(); !all.Done(); {
		_, r, _ := all.Next()
		s.share(r)
	}
	return s, nil
}

// thaw reads the rows of a table row by row, so that their text is never in memory
// as a whole.
func thaw[K ~string, R any](d *json.Decoder, name string, t *table[K, R], key func(*R) K) error {
	if err := errors.Join(expect(d, name), expect(d, json.Delim('['))); err != nil {
		return err
	}
	b := immutable.NewSortedMapBuilder[K, *R](byCode[K]{})
	for d.More() {
		r := new(R)
		if err := d.Decode(r); err != nil {
			return err
		}
		b.Set(key(r), r)
	}
	t.rows = b.Map()
	return expect(d, json.Delim(']'))
}

// expect reads a token that has to be there.
func expect(d *json.Decoder, want json.Token) error {
	is, err := d.Token()
	if err == nil && is != want {
		err = fmt.Errorf("%v in place of %v", is, want)
	}
	return err
}
