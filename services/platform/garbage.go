package platform

import (
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// What lives is little when a platform starts, and what each request leaves
// behind is much: a collection for every doubling would cost a tenth of the
// work. So the heap may grow by some tens of MB between collections, and only
// when as much lives does it grow by half of that. A GOGC that is set stands.
const (
	between                   = 64 << 20 // bytes of garbage between collections
	leastPercent, mostPercent = 50, 400  // per cent of what lives
	lookAgain                 = 2 * time.Second
)

// paceGarbage keeps the percentage in step with what lives until it is ended.
func paceGarbage() (end func() error) {
	before := debug.SetGCPercent(mostPercent)
	done, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		tick := time.NewTicker(lookAgain)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				metrics.Read(live)
				debug.SetGCPercent(percent(live[0].Value.Uint64()))
			}
		}
	}()
	return func() error {
		close(done)
		<-gone
		debug.SetGCPercent(before)
		return nil
	}
}

// percent is how far the heap may grow when so many bytes live.
func percent(live uint64) int {
	return int(min(mostPercent, max(leastPercent, between*100/max(1, live))))
}
