package follow_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ics-openbook/openbook/events"
	registry "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/book/booktest"
	"github.com/ics-openbook/openbook/services/internal/follow"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/store/remote"
	"github.com/ics-openbook/openbook/services/internal/telemetry"
	"github.com/ics-openbook/openbook/services/network/view"
	"github.com/ics-openbook/openbook/services/platform/natsd"
)

// A book as large as England's registry after some years.
const facts, networks, practices = 60_000, 1298, 6139

// england yields the registry's facts: everybody registered, and then renamed
// here and there.
func england(upto int) (all []registry.Event) {
	random := rand.New(rand.NewPCG(1, 2))
	pcn := func(n int) events.PCN { return events.PCN(fmt.Sprintf("U%05d", n)) }
	gp := func(n int) events.Practice { return events.Practice(fmt.Sprintf("A%05d", n)) }
	icb := func(n int) events.ICB { return events.ICB(fmt.Sprintf("Q%02d", n%42)) }
	for n := range 42 {
		all = append(all, registry.SystemRegistered{System: icb(n), Name: fmt.Sprintf("NHS Somewhere Integrated Care Board %d", n)})
	}
	for n := range networks {
		all = append(all, registry.NetworkRegistered{Network: pcn(n), System: icb(n), Name: fmt.Sprintf("Somewhere Primary Care Network %d", n)})
	}
	for n := range practices {
		all = append(all, registry.PracticeRegistered{Practice: gp(n), System: icb(n), Name: fmt.Sprintf("The Somewhere Surgery %d", n)})
	}
	for n := range practices {
		all = append(all, registry.Joined{Practice: gp(n), Network: pcn(n % networks), Period: events.Period{From: events.Day(2019, 7, 1)}})
	}
	for len(all) < upto {
		if n := random.IntN(networks + practices); n < networks {
			all = append(all, registry.NetworkRenamed{Network: pcn(n), Name: fmt.Sprintf("Somewhere Primary Care Network %d", len(all))})
		} else {
			n -= networks
			all = append(all, registry.PracticeRenamed{Practice: gp(n), Name: fmt.Sprintf("The Somewhere Surgery %d", len(all))})
		}
	}
	return all[:upto]
}

var registryView = follow.View[view.State]{
	Name: "registry", Version: view.Version, Domains: []string{"network"},
	Evolve: view.Follow, Freeze: view.Freeze, Thaw: view.Thaw,
}

// Any moment of a large book, once it has been folded, and once a follower that
// began from a snapshot has been asked its first question.
func BenchmarkAsAt(b *testing.B) {
	w, marks := library(b)
	for _, start := range []struct {
		name  string
		every events.Ordinal
	}{{"folded", 1 << 40}, {"snapshot", 50_000}, {"restarted", 50_000}} {
		b.Run(start.name, func(b *testing.B) {
			f, stop := begun(b, w, start.every)
			defer stop()
			if start.name == "snapshot" { // leaves one behind for the next
				return
			}
			first := marks[len(marks)/2]
			began := time.Now()
			_, err := f.AsAt(b.Context(), first)
			booktest.Must(b, err)
			once := time.Since(began)
			time.Sleep(3 * time.Second) // what it set going
			random := rand.New(rand.NewPCG(3, 4))
			var took []time.Duration
			b.ReportAllocs()
			for b.Loop() {
				mark := marks[random.IntN(len(marks))]
				began := time.Now()
				then, err := f.AsAt(b.Context(), mark)
				took = append(took, time.Since(began))
				if err != nil || then.At.ID != mark.ID {
					b.Fatal(then, err)
				}
			}
			b.ReportMetric(float64(once.Microseconds())/1000, "first-ms")
			slices.Sort(took)
			for _, p := range []int{50, 99} {
				b.ReportMetric(float64(took[len(took)*p/100].Microseconds())/1000, fmt.Sprintf("p%d-ms", p))
			}
			b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "max-ms")
		})
	}
}

func begun(b *testing.B, w *booktest.Book, every events.Ordinal) (*follow.Follower[view.State], func()) {
	e := w.Env("network", "follower")
	f, err := follow.New(e, remote.New(e.NATS), registryView, follow.Options[view.State]{SnapshotEvery: every})
	booktest.Must(b, err)
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- f.Run(ctx, func() { close(ready) }) }()
	<-ready
	time.Sleep(200 * time.Millisecond) // a snapshot may still be on its way to disk
	return f, func() { cancel(); booktest.Must(b, <-ended) }
}

// library opens a large book, and gives the mark of each of its facts.
func library(b *testing.B) (*booktest.Book, []store.Mark) {
	dir := b.TempDir()
	nats, err := natsd.Embedded(natsd.Config{Dir: filepath.Join(dir, "nats"), Log: telemetry.Off().Log})
	booktest.Must(b, err)
	b.Cleanup(func() { booktest.Must(b, nats.Stop()) })
	w := booktest.Open(b, dir, nats)
	at := events.NoStream
	for some := range slices.Chunk(england(facts), 200) {
		entries := make([]store.Entry, len(some))
		for i, e := range some {
			data, err := json.Marshal(e)
			booktest.Must(b, err)
			entries[i] = store.Entry{Data: data, Envelope: events.Envelope{
				ID: events.ID(uuid.NewString()), Type: e.EventType(), Source: "network", Entities: e.Entities(), Actor: "person-sample-steward"}}
		}
		done, err := w.Store.Append(b.Context(), "network-all", at, entries)
		booktest.Must(b, err)
		at = done.Revision
	}
	for { // until all is counted and relayed
		status, err := w.Remote.Status(b.Context())
		booktest.Must(b, err)
		if status.Relayed >= facts {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	var marks []store.Mark
	for r, err := range w.Remote.Range(b.Context(), 0, 0) {
		booktest.Must(b, err)
		marks = append(marks, store.Mark{Ordinal: r.Ordinal, Position: r.Position, ID: r.ID, Time: r.Time})
	}
	return w, marks
}

// What states kept cost, beside the newest: what differs from their neighbours.
func BenchmarkKept(b *testing.B) {
	recorded := make([]events.Recorded, facts)
	for i, e := range england(facts) {
		data, err := json.Marshal(e)
		booktest.Must(b, err)
		recorded[i] = events.Recorded{Envelope: events.Envelope{Type: e.EventType()}, Data: data}
	}
	for _, stride := range []int{1 << 40, 250, 500, 1000, 2000} {
		b.Run(fmt.Sprint("stride=", stride), func(b *testing.B) {
			var kept []view.State
			var before, after runtime.MemStats
			for b.Loop() {
				kept = nil
				runtime.GC()
				runtime.ReadMemStats(&before)
				var s view.State
				for i, r := range recorded {
					var err error
					s, err = registryView.Evolve(s, r)
					booktest.Must(b, err)
					if (i+1)%stride == 0 {
						kept = append(kept, s)
					}
				}
				kept = append(kept, s)
				runtime.GC()
				runtime.ReadMemStats(&after)
			}
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc), "resident-B")
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(len(kept)), "B/state")
			runtime.KeepAlive(kept)
		})
	}
	runtime.KeepAlive(recorded)
}
