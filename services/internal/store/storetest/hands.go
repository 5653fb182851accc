package storetest

import (
	"errors"
	"iter"
	"slices"
	"testing"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/store"
)

func add(t testing.TB, s store.Store, stream events.Stream, expected events.Revision, facts ...store.Entry) store.Appended {
	t.Helper()
	done, err := s.Append(t.Context(), stream, expected, facts)
	if err != nil {
		t.Errorf("append to %s at %d: %v", stream, expected, err)
		return store.Appended{Positions: []events.Position{{}}}
	}
	if n := len(done.Positions); n != len(facts) && n != 1 {
		t.Errorf("an append of %d facts tells of %d where they are", len(facts), n)
	}
	return done
}

func refused(t testing.TB, s store.Store, stream events.Stream, expected events.Revision, want error, facts ...store.Entry) {
	t.Helper()
	if _, err := s.Append(t.Context(), stream, expected, facts); !errors.Is(err, want) {
		t.Errorf("append of %d facts to %q at %d: %v; want %v", len(facts), stream, expected, err, want)
	}
}

func read(t testing.TB, facts iter.Seq2[events.Recorded, error]) (all []events.Recorded) {
	t.Helper()
	for r, err := range facts {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

func equal(a, b store.Appended) bool {
	same := slices.Equal(a.Positions, b.Positions) || len(a.Positions) != len(b.Positions) && a.Last() == b.Last()
	return same && a.Revision == b.Revision && a.Time.Equal(b.Time)
}

// there checks that the facts of a stream are where an append has said, as far as
// it has: all of them, or the last.
func there(t testing.TB, done store.Appended, facts []events.Recorded) {
	t.Helper()
	if len(facts) < len(done.Positions) {
		t.Fatalf("%d facts are there, and the append said where %d are", len(facts), len(done.Positions))
	}
	for i, r := range facts[len(facts)-len(done.Positions):] {
		if r.Position != done.Positions[i] {
			t.Errorf("revision %d is at %s, the append said %s", r.Revision, r.Position, done.Positions[i])
		}
	}
}
