package view

import (
	"encoding/json"
	"errors"
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

type frozen struct {
	Systems   []*system   `json:"systems"`
	SubICBs   []*subICB   `json:"subICBs"`
	Networks  []*network  `json:"networks"`
	Practices []*practice `json:"practices"`
	Sources   []*Source   `json:"sources"`
	Persons   []*person   `json:"persons"`
}

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
func Thaw(b []byte) (s State, err error) {
	var f frozen
	if err := json.Unmarshal(b, &f); err != nil {
		return s, err
	}
	s.systems = tableOf(f.Systems, func(r *system) events.ICB { return r.Code })
	s.subICBs = tableOf(f.SubICBs, func(r *subICB) events.SubICB { return r.Code })
	s.networks = tableOf(f.Networks, func(r *network) events.PCN { return r.Code })
	s.practices = tableOf(f.Practices, func(r *practice) events.Practice { return r.Code })
	s.sources = tableOf(f.Sources, func(r *Source) fact.Source { return r.Source })
	s.persons = tableOf(f.Persons, func(r *person) events.PersonRef { return r.Ref })
	for _, r := range f.Practices {
		s.share(r)
	}
	return s, nil
}

func tableOf[K ~string, R any](all []*R, key func(*R) K) table[K, R] {
	b := immutable.NewSortedMapBuilder[K, *R](byCode[K]{})
	for _, r := range all {
		b.Set(key(r), r)
	}
	return table[K, R]{b.Map()}
}
