package eventstoredb

import "time"

// idle is how long a hand waits for more to do.
const idle = 10 * time.Second

// hands are goroutines for calls that may get stuck. They are kept for a while:
// a call needs a deep stack, and to grow it anew for each would cost as much as
// a quarter of the call.
type hands chan func()

// run has a hand do something, a new one if none is free.
func (h hands) run(do func()) {
	select {
	case h <- do:
	default:
		go h.work(do)
	}
}

func (h hands) work(do func()) {
	rest := time.NewTimer(idle)
	defer rest.Stop()
	for {
		do()
		rest.Reset(idle)
		select {
		case do = <-h:
		case <-rest.C:
			return
		}
	}
}
