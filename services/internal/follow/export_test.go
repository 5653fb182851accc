package follow

import (
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/carrier"
)

// Kept returns the states kept in memory.
func (f *Follower[S]) Kept() (all []Seen[S]) {
	f.kept.mu.Lock()
	defer f.kept.mu.Unlock()
	for _, s := range f.kept.states {
		all = append(all, *s)
	}
	return all
}

// Begin begins a new fold, as a pass over another stream does.
func (f *Follower[S]) Begin(epoch carrier.Epoch) { f.kept.begin(epoch) }

// Write writes a snapshot, as a fold does that comes by.
func (f *Follower[S]) Write(s Seen[S]) error { return f.write(s) }

// Folders is how many may fold the past at once.
const Folders = folders

// Ordinals are those of states.
func Ordinals[S any](all []Seen[S]) (at []events.Ordinal) {
	for _, s := range all {
		at = append(at, s.At.Ordinal)
	}
	return at
}
