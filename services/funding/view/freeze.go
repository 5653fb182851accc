package view

import (
	"cmp"
	"encoding/json"
	"io"
	"slices"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/funding"
)

// byAccount sorts accounts so that those of a holder lie together.
type byAccount struct{}

func (byAccount) Compare(a, b fact.Account) int {
	return cmp.Or(
		cmp.Compare(a.Holder, b.Holder), cmp.Compare(a.Stream, b.Stream), cmp.Compare(a.Purpose, b.Purpose),
		cmp.Compare(a.Stage, b.Stage),
	)
}

type byTransit struct{}

func (byTransit) Compare(a, b InTransit) int {
	return cmp.Or(
		cmp.Compare(a.From.Entity(), b.From.Entity()), cmp.Compare(a.To.Entity(), b.To.Entity()), cmp.Compare(a.Entry, b.Entry),
	)
}

type byName struct{}

func (byName) Compare(a, b events.Entity) int { return cmp.Compare(a, b) }

// frozen is an entry as a snapshot keeps it. The accounts are folded again: they
// follow from the entries.
type frozen struct {
	Type string          `json:"type"`
	Data json.RawMessage `json:"data"`
	Place
}

// freezing is one that is being written.
type freezing struct {
	Type string     `json:"type"`
	Data fact.Event `json:"data"`
	Place
}

// Freeze writes s, entry by entry; Thaw reads it.
func Freeze(s State, w io.Writer) error {
	if _, err := io.WriteString(w, "["); err != nil {
		return err
	}
	to, comma := json.NewEncoder(w), ""
	for _, l := range s.Ledgers() {
		for n := 1; n <= l.Len(); n++ {
			e := l.Entry(n)
			if _, err := io.WriteString(w, comma); err != nil {
				return err
			}
			if err := to.Encode(freezing{e.EventType(), e.Event, e.Place}); err != nil {
				return err
			}
			comma = ","
		}
	}
	_, err := io.WriteString(w, "]")
	return err
}

// Thaw reads what Freeze of the same Version wrote, entry by entry.
func Thaw(d *json.Decoder) (s State, err error) {
	type entry struct {
		fact.Event
		Place
	}
	var all []entry
	if _, err := d.Token(); err != nil {
		return s, err
	}
	for d.More() {
		var f frozen
		if err := d.Decode(&f); err != nil {
			return s, err
		}
		e, err := fact.Family.Decode(events.Recorded{Envelope: events.Envelope{ID: f.ID, Type: f.Type}, Data: f.Data})
		if err != nil {
			return s, err
		}
		all = append(all, entry{e, f.Place})
	}
	if _, err := d.Token(); err != nil {
		return s, err
	}
	// As they were recorded: what is in transit is known in the order sent.
	slices.SortStableFunc(all, func(a, b entry) int { return cmp.Compare(a.Ordinal, b.Ordinal) })
	for _, e := range all {
		if s, err = Evolve(s, e.Event, e.Place); err != nil {
			return State{}, err
		}
	}
	return s, nil
}
