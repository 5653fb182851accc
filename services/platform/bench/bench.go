// Package bench measures the platform as it is, on this machine: real NATS, a
// real book on a real disk, real HTTP. It reports; it judges nothing. The load
// runs in the same process and takes its share of the processors.
package bench

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/ics-openbook/openbook/services/internal/clock"
)

// Options say how long and how hard.
type Options struct {
	Dir      string        // where books are made and removed again: measure on the disk that matters
	Duration time.Duration // of each measurement; 0 means 5 s
	Clients  int           // at once; 0 means 64
	Rate     int           // of what they ask a second, together; 0 is as much as is answered
	Facts    int           // to be relayed from an empty JetStream; 0 means 300,000
	Files    string        // the folder of the national files, for the registry; without it that is not measured
	Only     string        // a part of the name of the measurements to make; empty for all
	Progress func(what string)
}

// Report is what was measured, and on what.
type Report struct {
	Machine Machine  `json:"machine"`
	Time    string   `json:"time"`
	Figures []Figure `json:"figures"`
}

// Machine is what the figures hold for.
type Machine struct {
	CPU   string `json:"cpu"`
	Cores int    `json:"cores"`
	OS    string `json:"os"`
	Go    string `json:"go"`
	Disk  string `json:"disk"` // flushed writes a second by one writer, the limit of anything that is durable one by one
	Noise string `json:"noise"`
}

// Figure is one measurement. Latencies are in milliseconds.
type Figure struct {
	Name  string  `json:"name"`
	What  string  `json:"what"`
	Rate  float64 `json:"perSecond"`
	Of    string  `json:"of"` // "appends", "facts"
	P50   float64 `json:"p50ms,omitempty"`
	P99   float64 `json:"p99ms,omitempty"`
	Max   float64 `json:"maxms,omitempty"`
	CPU   float64 `json:"cpuMicrosecondsEach"` // of the whole process, the load included: less noisy than time
	Count int     `json:"count"`
	Fails int     `json:"fails"`
	Note  string  `json:"note,omitempty"`
}

type measurement struct {
	name, what string
	run        func(context.Context, Options) ([]Figure, error)
}

// one is a measurement of one figure.
func one(name, what string, run func(context.Context, Options) (Figure, error)) measurement {
	return measurement{name, what, func(ctx context.Context, o Options) ([]Figure, error) {
		f, err := run(ctx, o)
		f.Name, f.What = name, what
		return []Figure{f}, err
	}}
}

var all = []measurement{
	one("append", "durable appends of 400 B through store/remote, each on its own stream", appends),
	one("mutation", "mutations over HTTP, answered when recorded, over 80 streams", func(ctx context.Context, o Options) (Figure, error) { return mutations(ctx, o, 80) }),
	one("one-stream", "mutations over HTTP, answered when recorded, all on one stream", func(ctx context.Context, o Options) (Figure, error) { return mutations(ctx, o, 1) }),
	one("posting", "allocations over HTTP to 80 networks of one system, answered when recorded: one ledger", func(ctx context.Context, o Options) (Figure, error) { return postings(ctx, o, 1) }),
	one("posting-two", "the same with two replicas of the service that decides", func(ctx context.Context, o Options) (Figure, error) { return postings(ctx, o, 2) }),
	{"funding", "the money of a system", funding},
	{"workforce", "claims, and what a system's networks have claimed", workforce},
	one("visible", "from recorded to visible, at 500 mutations a second", visible),
	one("relay", "facts relayed and folded from an empty JetStream", relay),
	{"proofs", "what the book is proven by", proofs},
	{"registry", "all of England", registry},
}

// Names are the measurements there are.
func Names() (names []string) {
	for _, m := range all {
		names = append(names, m.name)
	}
	return names
}

// Run measures. It stops at the first measurement that cannot be made.
func Run(ctx context.Context, o Options) (Report, error) {
	if o.Duration == 0 {
		o.Duration = 5 * time.Second
	}
	if o.Clients == 0 {
		o.Clients = 64
	}
	if o.Facts == 0 {
		o.Facts = 300_000
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	dir, err := os.MkdirTemp(o.Dir, "openbook-bench-")
	if err != nil {
		return Report{}, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // what is left of a measurement harms nothing
	o.Dir = dir

	o.Progress("the machine")
	report := Report{Time: clock.System.Now().Format(time.RFC3339)}
	if report.Machine, err = machine(dir); err != nil {
		return report, err
	}
	for _, m := range all {
		if !strings.Contains(m.name, o.Only) {
			continue
		}
		if m.name == "registry" && o.Files == "" {
			o.Progress("not the registry: that needs the national files")
			continue
		}
		o.Progress(m.what)
		one := o
		one.Dir = filepath.Join(dir, m.name)
		if err := os.MkdirAll(one.Dir, 0o700); err != nil {
			return report, err
		}
		figures, err := m.run(ctx, one)
		if err != nil {
			return report, fmt.Errorf("%s: %w", m.name, err)
		}
		report.Figures = append(report.Figures, figures...)
		if err := os.RemoveAll(one.Dir); err != nil {
			return report, err
		}
		runtime.GC()
	}
	return report, nil
}

func machine(dir string) (Machine, error) {
	m := Machine{CPU: "unknown", Cores: runtime.NumCPU(), OS: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version()}
	if b, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for lines := bufio.NewScanner(bytes.NewReader(b)); lines.Scan(); {
			if name, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
				m.CPU = strings.TrimSpace(value)
				break
			}
		}
	}
	var rates []float64
	for range 3 {
		rate, err := flushes(dir, 300*time.Millisecond)
		if err != nil {
			return m, err
		}
		rates = append(rates, rate)
	}
	slices.Sort(rates)
	m.Disk = fmt.Sprintf("%.0f flushed writes/s", rates[1])
	m.Noise = fmt.Sprintf("%.0f to %.0f of them", rates[0], rates[2])
	return m, nil
}

// flushes counts writes of 4 KB, each flushed before the next.
func flushes(dir string, d time.Duration) (float64, error) {
	f, err := os.Create(filepath.Join(dir, "flush"))
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }() // nothing of it is kept
	block := make([]byte, 4096)
	start, n := clock.System.Now(), 0
	for clock.System.Now().Sub(start) < d {
		if _, err := f.WriteAt(block, int64(n%1024)*4096); err != nil {
			return 0, err
		}
		if err := f.Sync(); err != nil {
			return 0, err
		}
		n++
	}
	return float64(n) / clock.System.Now().Sub(start).Seconds(), nil
}

// load has clients do a thing again and again for a while, after a second of
// warming up, and says how long each took.
func load(ctx context.Context, o Options, of string, do func(client, n int) error) (Figure, error) {
	var warm, stop atomic.Bool
	var fails atomic.Int64
	var first atomic.Pointer[error]
	took := make([][]time.Duration, o.Clients)
	var clients sync.WaitGroup
	began := clock.System.Now()
	for c := range o.Clients {
		clients.Go(func() {
			for n := 0; !stop.Load() && ctx.Err() == nil; n++ {
				start := clock.System.Now()
				if o.Rate > 0 { // from when it was due: who waits for a slow answer asks late, and that counts
					start = began.Add(time.Duration(n*o.Clients+c) * time.Second / time.Duration(o.Rate))
					time.Sleep(start.Sub(clock.System.Now()))
				}
				err := do(c, n)
				if !warm.Load() {
					continue
				}
				if err != nil {
					fails.Add(1)
					first.CompareAndSwap(nil, &err)
					continue
				}
				took[c] = append(took[c], clock.System.Now().Sub(start))
			}
		})
	}
	time.Sleep(time.Second)
	warm.Store(true)
	start, cpu := clock.System.Now(), used()
	time.Sleep(o.Duration)
	stop.Store(true)
	elapsed := clock.System.Now().Sub(start)
	cpu = used() - cpu
	clients.Wait()
	f := figure(slices.Concat(took...), elapsed, of)
	f.each(cpu)
	f.Fails = int(fails.Load())
	if err := first.Load(); err != nil {
		f.Note = "first failure: " + (*err).Error()
	}
	return f, ctx.Err()
}

func figure(took []time.Duration, elapsed time.Duration, of string) Figure {
	slices.Sort(took)
	at := func(q float64) float64 {
		if len(took) == 0 {
			return 0
		}
		return float64(took[int(q*float64(len(took)-1))].Microseconds()) / 1000
	}
	return Figure{Of: of, Rate: float64(len(took)) / elapsed.Seconds(), P50: at(.5), P99: at(.99), Max: at(1), Count: len(took)}
}

// each says how much of the processors one took.
func (f *Figure) each(cpu time.Duration) {
	if f.Count > 0 {
		f.CPU = float64(cpu.Microseconds()) / float64(f.Count)
	}
}

// used is the processors' time this process has taken.
func used() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
