package booktest

import (
	"bytes"
	"testing"

	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/store/storetest"
)

// Leaves examines an empty store: whatever it takes has a leaf, which is that of
// what it was given, so that a book never stands still and is the same book on
// every store.
func Leaves(t *testing.T, s store.Store) {
	facts := storetest.Odd()
	done, err := s.Append(t.Context(), "practice-A81001", events.NoStream, facts)
	Must(t, err)
	n := 0
	for is, err := range s.ReadAll(t.Context(), events.Position{}) {
		Must(t, err)
		given := events.Recorded{Envelope: facts[n].Envelope, Stream: "practice-A81001", Revision: events.Revision(n), Data: facts[n].Data}
		given.Time = done.Time
		want, err := proof.AppendLeaf(nil, &given)
		Must(t, err)
		leaf, err := proof.AppendLeaf(nil, &is)
		Must(t, err)
		if !bytes.Equal(leaf, want) {
			t.Errorf("the leaf of entry %d is\n%q, and of what was given\n%q", n+1, leaf, want)
		}
		n++
	}
	if n != len(facts) {
		t.Errorf("%d entries, want %d", n, len(facts))
	}
}
