package store

import (
	"iter"

	"github.com/ics-openbook/openbook/events"
)

// Sizes of what is read ahead: about a megabyte of ordinary facts.
const (
	aheadFacts   = 256
	aheadBatches = 4
)

// Ahead yields what facts yields, and reads on meanwhile, a little: whoever does
// something with each has the reading done beside it. The facts are the caller's
// to keep. Whatever facts hangs on must outlast the loop.
func Ahead(facts iter.Seq2[events.Recorded, error]) iter.Seq2[events.Recorded, error] {
	type batch struct {
		facts []events.Recorded
		err   error
	}
	return func(yield func(events.Recorded, error) bool) {
		read, enough := make(chan batch, aheadBatches), make(chan struct{})
		go func() {
			defer close(read)
			send := func(b batch) bool {
				select {
				case read <- b:
					return true
				case <-enough:
					return false
				}
			}
			var b batch
			for r, err := range facts {
				if err != nil {
					b.err = err
					break
				}
				if b.facts = append(b.facts, r); len(b.facts) == aheadFacts {
					if !send(b) {
						return
					}
					b = batch{facts: make([]events.Recorded, 0, aheadFacts)}
				}
			}
			send(b)
		}()
		defer func() {
			close(enough)
			for range read { // until the reader has let go of facts
			}
		}()
		for b := range read {
			for _, r := range b.facts {
				if !yield(r, nil) {
					return
				}
			}
			if b.err != nil && !yield(events.Recorded{}, b.err) {
				return
			}
		}
	}
}
