package eventstoredb_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/book/eventstoredb"
	"github.com/ics-openbook/openbook/services/book/eventstoredb/esdbtest"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/store/storetest"
)

// Appends by so many at once, of so many facts of 400 bytes: through the store,
// and the same events through the client alone with the same batching, which is one
// append of each, all sent together and waited for before the next.
func BenchmarkAppend(b *testing.B) {
	for _, at := range []struct{ writers, facts int }{{1, 1}, {16, 1}, {64, 1}, {64, 8}} {
		name := fmt.Sprintf("%dx%d", at.writers, at.facts)
		b.Run("client/"+name, func(b *testing.B) { benchmarkClient(b, at.writers, at.facts) })
		b.Run("store/"+name, func(b *testing.B) { benchmarkStore(b, at.writers, at.facts) })
	}
}

func benchmarkStore(b *testing.B, writers, facts int) {
	s := open(b, eventstoredb.Options{Connection: esdbtest.New(b, esdbtest.Options{}).Connection() + "?tls=false"})
	ends := make([]events.Revision, writers)
	for i := range ends {
		ends[i] = events.NoStream
	}
	appending(b, writers, facts, nil, func(ctx context.Context, w int, all []store.Entry) error {
		done, err := s.Append(ctx, events.Stream(fmt.Sprint("practice-A", w)), ends[w], all)
		ends[w] = done.Revision
		return err
	})
}

func benchmarkClient(b *testing.B, writers, facts int) {
	config, err := esdb.ParseConnectionString(esdbtest.New(b, esdbtest.Options{}).Connection() + "?tls=false")
	if err != nil {
		b.Fatal(err)
	}
	config.Logger = esdb.NoopLogging()
	client, err := esdb.NewClient(config)
	if err != nil {
		b.Fatal(err)
	}
	defer client.Close()
	ends := make([]esdb.ExpectedRevision, writers)
	for i := range ends {
		ends[i] = esdb.NoStream{}
	}
	batches := &sync.WaitGroup{}
	appending(b, writers, facts, batches, func(ctx context.Context, w int, all []store.Entry) error {
		data := make([]esdb.EventData, len(all))
		for i, e := range all {
			envelope := e.Envelope
			envelope.Time = time.Now()
			meta, err := json.Marshal(envelope)
			if err != nil {
				return err
			}
			data[i] = esdb.EventData{EventID: uuid.MustParse(string(e.ID)), EventType: e.Type, ContentType: esdb.ContentTypeJson, Data: e.Data, Metadata: meta}
		}
		result, err := client.AppendToStream(ctx, fmt.Sprint("openbook-practice-A", w), esdb.AppendToStreamOptions{ExpectedRevision: ends[w]}, data...)
		if err == nil {
			ends[w] = esdb.Revision(result.NextExpectedVersion)
		}
		return err
	})
}

// appending has writers append, each as soon as it can or, if there is a batch,
// all of them once in it; and reports facts a second.
func appending(b *testing.B, writers, facts int, batch *sync.WaitGroup, do func(ctx context.Context, writer int, all []store.Entry) error) {
	ready := make([][]store.Entry, b.N)
	for i := range ready {
		ready[i] = storetest.Entries(facts)
		for j := range ready[i] {
			ready[i][j].Data = []byte(`{"text":"` + strings.Repeat("x", 390) + `"}`)
		}
	}
	b.ResetTimer()
	if batch != nil {
		for i := range ready {
			batch.Go(func() {
				if err := do(b.Context(), i%writers, ready[i]); err != nil {
					b.Error(err)
				}
			})
			if i%writers == writers-1 {
				batch.Wait()
			}
		}
		batch.Wait()
	} else {
		var all sync.WaitGroup
		var next atomic.Int64
		for w := range writers {
			all.Go(func() {
				for i := next.Add(1) - 1; i < int64(b.N); i = next.Add(1) - 1 {
					if err := do(b.Context(), w, ready[i]); err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
		all.Wait()
	}
	b.ReportMetric(float64(b.N*facts)/b.Elapsed().Seconds(), "facts/s")
}
