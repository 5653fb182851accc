package platform

import "testing"

func TestTheHeapGrowsByTensOfMegabytesOrByHalf(t *testing.T) {
	for live, want := range map[uint64]int{0: 400, 8 << 20: 400, 32 << 20: 200, 64 << 20: 100, 100 << 20: 64, 1 << 30: 50} {
		if got := percent(live); got != want {
			t.Errorf("with %d MB alive it may grow by %d %%, want %d", live>>20, got, want)
		}
	}
}
