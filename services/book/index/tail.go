package index

import (
	"github.com/ics-openbook/openbook/events"
)

// tailBytes bounds the data in a tail.
const tailBytes = 8 << 20

// tail is the last facts counted, kept in memory for those who follow closely:
// the relay would otherwise read every fact from the store once more. Slices of
// it stay as they are while it grows.
type tail struct {
	facts []events.Recorded
	bytes int
}

func (t *tail) add(facts []events.Recorded) {
	t.facts = append(t.facts, facts...)
	for i := range facts {
		t.bytes += weight(&facts[i])
	}
	for t.bytes > tailBytes && len(t.facts) > 0 {
		t.bytes -= weight(&t.facts[0])
		t.facts = t.facts[1:]
	}
}

// after returns the facts with ordinals after n, and whether that is all there
// are.
func (t *tail) after(n events.Ordinal) ([]events.Recorded, bool) {
	if len(t.facts) == 0 || n+1 < t.facts[0].Ordinal {
		return nil, false
	}
	return t.facts[min(int(n+1-t.facts[0].Ordinal), len(t.facts)):], true
}

// weight is roughly what a fact takes in memory.
func weight(r *events.Recorded) int { return 1000 + len(r.Data) }
