package index

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/book/sqlite"
)

// How fast entries are integrated into the tree on disk: hashed, and their nodes
// kept, in transactions as large as those that count a book.
func BenchmarkIntegrate(b *testing.B) {
	s, err := sqlite.Open(sqlite.Options{Path: filepath.Join(b.TempDir(), "book.db")})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	x, err := Open(b.Context(), Options{Store: s, Book: s.Book(), Path: filepath.Join(b.TempDir(), "index.db"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	defer x.Close()
	facts := make([]events.Recorded, batch)
	for i := range facts {
		facts[i] = events.Recorded{
			Envelope: events.Envelope{ID: events.ID(uuid.NewString()), Type: "network.network_renamed.v1", Source: "network", Entities: []events.Entity{"network-U99001"}, Time: time.Unix(int64(i), 0).UTC(), Actor: "person-1"},
			Stream:   "network-U99001", Revision: events.Revision(i), Data: fmt.Appendf(nil, `{"network":"U99001","name":"North %d"}`, i),
		}
	}
	b.ResetTimer()
	for left := b.N; left > 0; left -= batch {
		if err := x.hash(facts[:min(left, batch)]); err != nil {
			b.Fatal(err)
		}
		if err := x.together(func() error { return x.tree.Append(x.leaves) }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}
