package platform

import (
	"runtime"
	"runtime/metrics"
	"testing"
	"time"
)

func TestTheHeapGrowsByTensOfMegabytesOrByHalf(t *testing.T) {
	for live, want := range map[uint64]int{0: 400, 8 << 20: 400, 32 << 20: 200, 64 << 20: 100, 100 << 20: 64, 1 << 30: 50} {
		if got := percent(live); got != want {
			t.Errorf("with %d MB alive it may grow by %d %%, want %d", live>>20, got, want)
		}
	}
}

// As soon as a collection has found that much lives, and again after the next.
func TestThePaceIsSetByEachCollection(t *testing.T) {
	set := func() uint64 {
		s := []metrics.Sample{{Name: "/gc/gogc:percent"}}
		metrics.Read(s)
		return s[0].Value.Uint64()
	}
	before := set()
	end := paceGarbage()
	until := func(what string, right func(uint64) bool) {
		for late := time.Now().Add(10 * time.Second); !right(set()); runtime.GC() {
			if time.Now().After(late) {
				t.Fatalf("%s it may grow by %d %%", what, set())
			}
		}
	}
	more := make([]byte, 300<<20)
	until("with 300 MB more alive", func(is uint64) bool { return is == leastPercent })
	runtime.KeepAlive(more)
	until("without them", func(is uint64) bool { return is > leastPercent })
	if err := end(); err != nil || set() != before {
		t.Errorf("afterwards it may grow by %d %%, before by %d: %v", set(), before, err)
	}
}
