package store_test

import (
	"errors"
	"iter"
	"testing"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// What is read ahead comes in the same order, with the same end: all, an error
// after the last, or wherever the caller has enough; then nothing reads on.
func TestAhead(t *testing.T) {
	broken := errors.New("broken")
	for _, n := range []int{0, 1, 255, 256, 257, 5000} {
		for _, end := range []error{nil, broken} {
			for _, take := range []int{n / 2, n, n + 1} {
				reading := true
				var facts iter.Seq2[events.Recorded, error] = func(yield func(events.Recorded, error) bool) {
					defer func() { reading = false }()
					for i := range n {
						if !yield(events.Recorded{Ordinal: events.Ordinal(i)}, nil) {
							return
						}
					}
					if end != nil {
						yield(events.Recorded{}, end)
					}
				}
				got, failed := 0, error(nil)
				for r, err := range store.Ahead(facts) {
					if got == take {
						break
					}
					if failed = err; err != nil {
						break
					}
					if r.Ordinal != events.Ordinal(got) {
						t.Fatalf("of %d, after %d came %d", n, got, r.Ordinal)
					}
					got++
				}
				if reading || got != min(take, n) || take > n && !errors.Is(failed, end) {
					t.Errorf("of %d that end with %v, %d taken: %d came, %v; still reading: %t", n, end, take, got, failed, reading)
				}
			}
		}
	}
}
