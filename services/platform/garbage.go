package platform

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// What lives is little when a platform starts, and what each request leaves
// behind is much: a collection for every doubling would cost a tenth of the
// work. So the heap may grow by some tens of MB between collections, and only
// when as much lives does it grow by half of that. A GOGC that is set stands.
const (
	between                   = 64 << 20 // bytes of garbage between collections
	leastPercent, mostPercent = 50, 400  // per cent of what lives
)

// paceGarbage keeps the percentage in step with what lives until it is ended: it
// looks after each collection, as the snapshots that are read at a start are many
// times what lived before.
func paceGarbage() (end func() error) {
	p := &pace{live: []metrics.Sample{{Name: "/gc/heap/live:bytes"}}}
	before := debug.SetGCPercent(100)
	p.step()
	return func() error {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.ended = true
		debug.SetGCPercent(before)
		return nil
	}
}

type pace struct {
	mu    sync.Mutex
	ended bool
	live  []metrics.Sample
	now   int // per cent
}

// collected is what the next collection finds to be garbage.
type collected struct{ _ *pace }

// next has step called after the next collection.
func (p *pace) next() { runtime.AddCleanup(&collected{p}, (*pace).step, p) }

func (p *pace) step() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	metrics.Read(p.live)
	if is := percent(p.live[0].Value.Uint64()); is != p.now {
		p.now = is
		debug.SetGCPercent(is)
	}
	p.next()
}

// percent is how far the heap may grow when so many bytes live.
func percent(live uint64) int {
	return int(min(mostPercent, max(leastPercent, between*100/max(1, live))))
}
