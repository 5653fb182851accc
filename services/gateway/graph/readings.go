package graph

import (
	"sync"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/network/view"
)

// mostReadings is how many days of one state are kept as they have been read. Of
// all England, one takes a megabyte at most.
const mostReadings = 8

// readings are those of the newest state, by day: what one request has worked
// out, the next need not. The zero readings are none.
type readings struct {
	mu   sync.Mutex
	seen *Registry
	kept map[events.Date]*view.Reading
}

// of returns the reading of a state for a day: a common one, unless somebody has
// read a newer state before.
func (r *readings) of(seen *Registry, on events.Date) *view.Reading {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen != seen {
		if r.seen != nil && seen.At.Position.Compare(r.seen.At.Position) < 0 {
			return read(seen, on)
		}
		r.seen, r.kept = seen, map[events.Date]*view.Reading{}
	}
	if reading := r.kept[on]; reading != nil {
		return reading
	}
	if len(r.kept) == mostReadings {
		clear(r.kept)
	}
	reading := read(seen, on)
	r.kept[on] = reading
	return reading
}
