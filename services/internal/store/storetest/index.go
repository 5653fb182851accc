package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// RunIndex examines indexes that open makes, each beside an empty store.
func RunIndex(t *testing.T, open func(testing.TB) (store.Store, store.Index)) {
	for _, sentence := range []struct {
		says string
		test func(*testing.T, store.Store, store.Index)
	}{
		{"an empty index has a zero head and finds nothing", emptyIndex},
		{"ordinals are 1, 2, 3 in the store's order", ordinals},
		{"a range is after one ordinal and up to another", ranges},
		{"the facts about an entity are all that name it, in any place", about},
		{"as at a time is the last fact recorded at or before it", asAt},
		{"a fact is found by its id", byID},
	} {
		t.Run(sentence.says, func(t *testing.T) {
			s, x := open(t)
			sentence.test(t, s, x)
		})
	}
}

func emptyIndex(t *testing.T, _ store.Store, x store.Index) {
	if mark, err := x.IndexHead(t.Context()); err != nil || mark != (store.Mark{}) {
		t.Errorf("head is %v, %v", mark, err)
	}
	if mark, err := x.AsAt(t.Context(), time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)); err != nil || mark != (store.Mark{}) {
		t.Errorf("as at 2100 is %v, %v", mark, err)
	}
	if got := read(t, x.Range(t.Context(), 0, 0)); len(got) != 0 {
		t.Errorf("a range of nothing is %v", got)
	}
	if got := read(t, x.About(t.Context(), "practice-A81001", 0, 0)); len(got) != 0 {
		t.Errorf("about nobody there is %v", got)
	}
	if _, err := x.ByID(t.Context(), "6f0d7c5e-3b57-5f0e-8f0a-9c8f3b6d1a01"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an unknown id: %v", err)
	}
}

func ordinals(t *testing.T, s store.Store, x store.Index) {
	for i := range 30 {
		add(t, s, events.Stream(fmt.Sprint("practice-A8100", i)), events.NoStream, Entries(i%4+1)...)
	}
	head := counted(t, s, x)
	all := read(t, s.ReadAll(t.Context(), events.Position{}))
	for i := range all {
		all[i].Ordinal = events.Ordinal(i + 1)
	}
	if diff := cmp.Diff(all, read(t, x.Range(t.Context(), 0, 0)), positions); diff != "" {
		t.Errorf("the whole range is not the whole book (-book +range):\n%s", diff)
	}
	last := all[len(all)-1]
	if want := (store.Mark{Ordinal: last.Ordinal, Position: last.Position, ID: last.ID, Time: last.Time}); head != want {
		t.Errorf("head is %v, want %v", head, want)
	}
}

func ranges(t *testing.T, s store.Store, x store.Index) {
	add(t, s, "practice-A81001", events.NoStream, Entries(10)...)
	counted(t, s, x)
	for _, r := range []struct{ after, upto, from, to events.Ordinal }{
		{0, 0, 1, 10}, {0, 3, 1, 3}, {3, 0, 4, 10}, {3, 4, 4, 4}, {9, 99, 10, 10},
		{3, 3, 0, 0}, {4, 3, 0, 0}, {10, 0, 0, 0}, {99, 0, 0, 0},
	} {
		var want, got []events.Ordinal
		for n := r.from; n > 0 && n <= r.to; n++ {
			want = append(want, n)
		}
		for _, f := range read(t, x.Range(t.Context(), r.after, r.upto)) {
			got = append(got, f.Ordinal)
		}
		if !slices.Equal(got, want) {
			t.Errorf("after %d up to %d: %v, want %v", r.after, r.upto, got, want)
		}
	}
}

func about(t *testing.T, s store.Store, x store.Index) {
	at := events.NoStream
	var want []events.Ordinal
	for batch := range 5 { // more than one page
		facts := Entries(400)
		for i := range facts {
			facts[i].Entities = []events.Entity{"practice-A81001"}
			switch i % 3 {
			case 0:
				facts[i].Entities = append(facts[i].Entities, "network-U12345", "network-U12345")
			case 1:
				facts[i].Entities = append(facts[i].Entities, "network-U1234")
			}
			if i%3 == 0 {
				want = append(want, events.Ordinal(batch*400+i+1))
			}
		}
		at = add(t, s, "practice-A81001", at, facts...).Revision
	}
	counted(t, s, x)
	find := func(after, upto events.Ordinal) (got []events.Ordinal) {
		for _, f := range read(t, x.About(t.Context(), "network-U12345", after, upto)) {
			if !slices.Contains(f.Entities, "network-U12345") || f.Revision != events.Revision(f.Ordinal-1) {
				t.Errorf("fact %d is about %v, at %d", f.Ordinal, f.Entities, f.Revision)
			}
			got = append(got, f.Ordinal)
		}
		return got
	}
	if got := find(0, 0); !slices.Equal(got, want) {
		t.Errorf("%d facts, want %d: %v", len(got), len(want), got)
	}
	if got := find(want[2], want[5]); !slices.Equal(got, want[3:6]) {
		t.Errorf("after %d up to %d: %v, want %v", want[2], want[5], got, want[3:6])
	}
	if got := find(want[len(want)-1], 0); len(got) != 0 {
		t.Errorf("after the last there are %v", got)
	}
}

func asAt(t *testing.T, s store.Store, x store.Index) {
	for i := range 10 {
		add(t, s, events.Stream(fmt.Sprint("practice-A8100", i)), events.NoStream, Entries(3)...)
		time.Sleep(time.Millisecond)
	}
	counted(t, s, x)
	all := read(t, x.Range(t.Context(), 0, 0))
	for _, moment := range []time.Time{all[0].Time.Add(-time.Nanosecond), all[0].Time, all[4].Time.Add(-time.Nanosecond), all[4].Time, all[4].Time.Add(time.Nanosecond), all[29].Time.Add(time.Hour)} {
		var want store.Mark
		for _, r := range all {
			if !r.Time.After(moment) {
				want = store.Mark{Ordinal: r.Ordinal, Position: r.Position, ID: r.ID, Time: r.Time}
			}
		}
		if got, err := x.AsAt(t.Context(), moment); err != nil || got != want {
			t.Errorf("as at %s it is %v, %v; want %v", moment, got, err, want)
		}
	}
}

func byID(t *testing.T, s store.Store, x store.Index) {
	add(t, s, "practice-A81001", events.NoStream, Entries(5)...)
	counted(t, s, x)
	for _, want := range read(t, x.Range(t.Context(), 0, 0)) {
		got, err := x.ByID(t.Context(), want.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, positions); diff != "" {
			t.Errorf("by id (-range +by id):\n%s", diff)
		}
	}
}

// counted waits until the index has come as far as the store.
func counted(t *testing.T, s store.Store, x store.Index) store.Mark {
	t.Helper()
	head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		mark, err := x.IndexHead(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if mark.Position == head {
			return mark
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("the index does not reach %s in ten seconds", head)
	return store.Mark{}
}

var positions = cmp.AllowUnexported(events.Position{})
