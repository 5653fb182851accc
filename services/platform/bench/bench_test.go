package bench_test

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/services/platform/bench"
)

// Every measurement can be made and nothing in it fails. How fast it is, is not
// a test's business.
func TestEveryMeasurementIsMade(t *testing.T) {
	o := bench.Options{Dir: t.TempDir(), Duration: 300 * time.Millisecond, Clients: 8, Facts: 20_000, Only: os.Getenv("BENCH_ONLY")}
	if os.Getenv("BENCH_FULL") != "" {
		o = bench.Options{Dir: t.TempDir(), Only: os.Getenv("BENCH_ONLY"), Progress: func(s string) { t.Log(s) }}
	}
	report, err := bench.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Figures {
		if f.Fails > 0 || f.Count == 0 || f.Rate == 0 {
			t.Errorf("%+v", f)
		}
	}
	b, _ := json.MarshalIndent(report, "", " ")
	t.Log(string(b))
}
