package book_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/carrier"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/store/storetest"
)

// Durable appends of 400 bytes through the remote port, with the index and the
// relay at work beside them.
func BenchmarkAppend(b *testing.B) {
	for _, callers := range []int{1, 16, 64, 256} {
		b.Run(fmt.Sprint("callers=", callers), func(b *testing.B) {
			h := begin(b)
			took := make([][]time.Duration, callers)
			var (
				all  sync.WaitGroup
				left atomic.Int64
			)
			left.Store(int64(b.N))
			book := h.remote() // callers of one service share it
			used := processorTime(b)
			b.ResetTimer()
			for i := range callers {
				all.Go(func() {
					stream, at := events.Stream(fmt.Sprint("practice-A", 81000+i)), events.NoStream
					for left.Add(-1) >= 0 {
						e := usual(1)
						began := time.Now()
						done, err := book.Append(b.Context(), stream, at, e)
						if err != nil {
							b.Error(err)
							return
						}
						took[i] = append(took[i], time.Since(began))
						at = done.Revision
					}
				})
			}
			all.Wait()
			b.StopTimer()
			perSecond := float64(b.N) / b.Elapsed().Seconds()
			flat := slices.Concat(took...)
			slices.Sort(flat)
			s, err := h.remote().Status(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64((processorTime(b)-used).Microseconds())/float64(b.N), "cpu-µs/append")
			b.ReportMetric(perSecond, "appends/s")
			b.ReportMetric(float64(flat[len(flat)/2])/1e6, "p50-ms")
			b.ReportMetric(float64(flat[len(flat)*99/100])/1e6, "p99-ms")
			b.ReportMetric(float64(s.Lag.Relayed.Seconds), "lag-s")
		})
	}
}

// The relay and one reader of all facts, from an empty JetStream.
func BenchmarkRelay(b *testing.B) {
	h := newHouse(b)
	h.start(b)
	fillStore(b, h.store, b.N)
	for h.status(b).Counted.Ordinal < events.Ordinal(b.N) {
		time.Sleep(time.Millisecond)
	}
	h.relayed(b, events.Ordinal(b.N))
	h.down(b)
	remove(b, h.streams)
	h.serve(b)
	used := processorTime(b)
	b.ResetTimer()
	h.start(b)
	js, err := jetstream.New(h.connect(b))
	if err != nil {
		b.Fatal(err)
	}
	var c jetstream.Consumer
	for c == nil {
		c, err = js.OrderedConsumer(b.Context(), carrier.Stream, jetstream.OrderedConsumerConfig{})
		if err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
			b.Fatal(err)
		}
	}
	seen := make(chan struct{})
	n := 0
	cc, err := c.Consume(func(m jetstream.Msg) {
		if _, _, err := carrier.Decode(m.Headers(), m.Data()); err != nil {
			b.Error(err)
		}
		if n++; n == b.N {
			close(seen)
		}
	}, jetstream.PullMaxMessages(10000))
	if err != nil {
		b.Fatal(err)
	}
	<-seen
	b.StopTimer()
	cc.Stop()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "facts/s")
	b.ReportMetric(float64((processorTime(b)-used).Microseconds())/float64(b.N), "cpu-µs/fact")
}

func BenchmarkReadAll(b *testing.B) {
	h := newHouse(b)
	h.start(b)
	fillStore(b, h.store, b.N)
	b.ResetTimer()
	n := 0
	for _, err := range h.store.ReadAll(b.Context(), events.Position{}) {
		if err != nil {
			b.Fatal(err)
		}
		n++
	}
	if n != b.N {
		b.Fatal(n)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "facts/s")
}

// processorTime is what this process has used of all processors. It is the
// figure to go by on a machine that others are busy on.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// usual makes facts as a service does: 400 bytes of data, and the envelope of an
// ask by a person.
func usual(n int) []store.Entry {
	all := storetest.Entries(n)
	for i := range all {
		e := &all[i]
		e.Source, e.Cause, e.Correlation, e.OnBehalfOf, e.Data = "network", "", "", "", payload
	}
	return all
}

var payload = []byte(`{"text":"` + strings.Repeat("x", 389) + `"}`)

func fillStore(b *testing.B, s store.Store, n int) {
	var all sync.WaitGroup
	var left atomic.Int64
	left.Store(int64(n))
	for i := range 8 {
		all.Go(func() {
			stream, at := events.Stream(fmt.Sprint("practice-A", 81000+i)), events.NoStream
			for {
				size := min(100, left.Add(-100)+100)
				if size <= 0 {
					return
				}
				done, err := s.Append(context.Background(), stream, at, usual(int(size)))
				if err != nil {
					b.Error(err)
					return
				}
				at = done.Revision
			}
		})
	}
	all.Wait()
}
