package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPlot(t *testing.T) {
	p := plot{
		points: []point{{10, 1}, {10, 1}, {20, 3}, {40, 5}}, x: "deprivation", y: "£ per head", width: 16, height: 5,
		line: func(x float64) float64 { return 1 + (x-10)/6 },
	}
	want := `£ per head
5.00 │           ··  ●
     │        ···
     │     ●··
     │  ···
1.00 │2·
     └────────────────
      10.00      40.00  deprivation`
	got := strings.Join(p.lines(), "\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s\n%s", diff, got)
	}
	if all := (plot{width: 16, height: 5}).lines(); all != nil {
		t.Errorf("nothing is drawn as %q", all)
	}
	if all := (plot{points: []point{{1, 1}}, width: 3, height: 3}).lines(); !strings.Contains(strings.Join(all, "\n"), "●") {
		t.Errorf("one point is drawn as %q", all)
	}
}

func TestBar(t *testing.T) {
	for want, got := range map[string]string{
		"████": bar(10, 10, 4), "██": bar(5, 10, 4), "░░": bar(-5, 10, 4), "": bar(0, 10, 4),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := bar(1, 0, 4); got != "" {
		t.Errorf("of nothing: %q", got)
	}
}
