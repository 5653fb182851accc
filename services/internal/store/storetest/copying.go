package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// Copier is a store that a book can be moved into.
type Copier interface {
	store.Store
	store.Copier
}

// RunCopier examines stores that open makes, each of them empty.
func RunCopier(t *testing.T, open func(testing.TB) Copier) {
	for _, sentence := range []struct {
		says string
		test func(*testing.T, Copier)
	}{
		{"a copy has the ids, order, revisions and times of what it is a copy of", copied},
		{"what is there already is passed over, wherever a copy was broken off", copiedOn},
		{"what differs is refused, with its place", copyDiffers},
		{"what is appended to a copy comes after it, and is not of an earlier time", appendedToCopy},
	} {
		t.Run(sentence.says, func(t *testing.T) { sentence.test(t, open(t)) })
	}
}

// Recorded makes n facts as a store records them, in streams that take turns in
// runs of a few facts.
func Recorded(n int) []events.Recorded {
	facts := make([]events.Recorded, 0, n)
	next := map[events.Stream]events.Revision{}
	began := time.Date(2024, 7, 1, 9, 0, 0, 123456000, time.UTC)
	for i, e := range Entries(n) {
		stream := events.Stream(fmt.Sprintf("practice-A%05d", i/17%7*(i/40%3)))
		e.Time = began.Add(time.Duration(i/4) * 250 * time.Millisecond)
		facts = append(facts, events.Recorded{Envelope: e.Envelope, Stream: stream, Revision: next[stream], Data: e.Data})
		next[stream]++
	}
	return facts
}

func holds(t *testing.T, s store.Store, want []events.Recorded) {
	t.Helper()
	got := read(t, s.ReadAll(t.Context(), events.Position{}))
	if len(got) != len(want) {
		t.Fatalf("it has %d facts, want %d", len(got), len(want))
	}
	for i := range got {
		if err := store.Same(&want[i], &got[i]); err != nil {
			t.Errorf("fact %d: %v", i, err)
		}
	}
}

func copied(t *testing.T, s Copier) {
	facts := Recorded(1500)
	facts[3].Data = []byte(`{"a" : 1.0,  "b":"\u00e9\/é" }`)
	for i, e := range Entries(store.MaxFacts + 200) { // one stream, of more than one append takes
		e.Time = facts[len(facts)-1].Time
		if i%100 == 0 {
			e.Data = []byte(`{"text":"` + strings.Repeat("x", store.MaxBytes/2) + `"}`)
		}
		facts = append(facts, events.Recorded{Envelope: e.Envelope, Stream: "practice-B", Revision: events.Revision(i), Data: e.Data})
	}
	for page := range slices.Chunk(facts, 800) {
		if err := s.Copy(t.Context(), page); err != nil {
			t.Fatal(err)
		}
	}
	holds(t, s, facts)
	if err := s.Copy(t.Context(), nil); err != nil {
		t.Errorf("nothing to copy: %v", err)
	}
}

func copiedOn(t *testing.T, s Copier) {
	facts := Recorded(60)
	for n := range facts { // each time one more is there already
		if err := s.Copy(t.Context(), facts[:n+1]); err != nil {
			t.Fatalf("with %d there: %v", n, err)
		}
	}
	if err := s.Copy(t.Context(), facts[20:40]); err != nil {
		t.Errorf("a part of what is there: %v", err)
	}
	holds(t, s, facts)
}

func copyDiffers(t *testing.T, s Copier) {
	facts := Recorded(40)
	if err := s.Copy(t.Context(), facts[:30]); err != nil {
		t.Fatal(err)
	}
	changed := func(i int, change func(*events.Recorded)) []events.Recorded {
		all := slices.Clone(facts)
		all[i].Entities = slices.Clone(all[i].Entities)
		change(&all[i])
		return all
	}
	for what, all := range map[string][]events.Recorded{
		"another id":             changed(11, func(r *events.Recorded) { r.ID = Entries(1)[0].ID }),
		"other data":             changed(11, func(r *events.Recorded) { r.Data = []byte(`{"n": 11}`) }),
		"another time":           changed(11, func(r *events.Recorded) { r.Time = r.Time.Add(time.Microsecond) }),
		"another entity":         changed(11, func(r *events.Recorded) { r.Entities[1] = "network-U1" }),
		"another actor":          changed(11, func(r *events.Recorded) { r.Actor = "person-2" }),
		"another order":          {facts[1], facts[0]},
		"an old one after a new": {facts[30], facts[0]},
		"a gap":                  changed(35, func(r *events.Recorded) { r.Revision++ })[35:36],
		"an earlier time":        changed(30, func(r *events.Recorded) { r.Time = facts[29].Time.Add(-time.Microsecond) })[30:],
		"another stream's":       {facts[31], changed(32, func(r *events.Recorded) { r.Stream, r.Revision = "practice-A1", 7 })[32]},
	} {
		if err := s.Copy(t.Context(), all); !errors.Is(err, store.ErrDiffers) {
			t.Errorf("%s: %v", what, err)
		}
	}
	malformed := changed(33, func(r *events.Recorded) { r.Type = "" })
	if err := s.Copy(t.Context(), malformed[33:34]); !errors.Is(err, store.ErrMalformed) && !errors.Is(err, store.ErrDiffers) {
		t.Errorf("one that no store takes: %v", err)
	}
	if got := read(t, s.ReadAll(t.Context(), events.Position{})); len(got) < 30 || len(got) > 32 {
		t.Errorf("%d facts are there", len(got))
	}
}

func appendedToCopy(t *testing.T, s Copier) {
	facts := Recorded(10)
	future := time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	facts[9].Time = future
	if err := s.Copy(t.Context(), facts); err != nil {
		t.Fatal(err)
	}
	done := add(t, s, facts[9].Stream, facts[9].Revision, Entries(2)...)
	if done.Time.Before(future) || done.Revision != facts[9].Revision+2 {
		t.Errorf("it is at %d, of %s", done.Revision, done.Time)
	}
	if got := read(t, s.ReadAll(t.Context(), events.Position{})); len(got) != 12 || got[11].Position != done.Last() {
		t.Errorf("%d facts, the last appended at %s", len(got), done.Last())
	}
}
