package demo_test

import (
	"testing"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/platform/demo"
)

// Every ask has the form it must have, an id of its own, and a step to itself on
// its history.
func TestSteps(t *testing.T) {
	ids := map[events.ID]bool{}
	for n, step := range demo.Steps() {
		streams := map[events.Stream]bool{}
		for _, a := range step {
			if problems := a.Problems(); len(problems) > 0 {
				t.Errorf("step %d: %+v: %+v", n, a, problems)
			}
			if streams[a.Stream()] {
				t.Errorf("step %d asks twice of %s", n, a.Stream())
			}
			streams[a.Stream()] = true
			id, err := demo.ID(a)
			if err != nil || ids[id] {
				t.Errorf("step %d: %+v has the id of another, %v", n, a, err)
			}
			ids[id] = true
		}
	}
}
