package eventstoredb_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/book/eventstoredb"
	"github.com/ics-openbook/openbook/services/book/eventstoredb/esdbtest"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/store/storetest"
)

// A stream of the book whose settings would forget facts keeps the book from
// being opened, until they are taken away; other streams' settings are no
// concern of it.
func TestForgetfulSettings(t *testing.T) {
	t.Parallel()
	count, age, none := esdb.StreamMetadata{}, esdb.StreamMetadata{}, esdb.StreamMetadata{}
	count.SetMaxCount(10)
	age.SetMaxAge(time.Hour)
	none.AddCustomProperty("owner", "steward")
	for what, c := range map[string]struct {
		stream string
		set    esdb.StreamMetadata
		says   string
	}{
		"$maxCount":          {"openbook-practice-A81001", count, "openbook-practice-A81001 has $maxCount"},
		"$maxAge":            {"openbook-practice-A81001", age, "openbook-practice-A81001 has $maxAge"},
		"of the book itself": {"openbook.book", count, "openbook.book has $maxCount"},
		"of no consequence":  {"openbook-practice-A81001", none, ""},
		"of another book":    {"openbook2-practice-A81001", count, ""},
		"of another stream":  {"orders-1", age, ""},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			server := esdbtest.New(t, esdbtest.Options{})
			o := eventstoredb.Options{Connection: server.Connection() + "?tls=false"}
			s := open(t, o)
			if _, err := s.Append(t.Context(), "practice-A81001", events.NoStream, storetest.Entries(3)); err != nil {
				t.Fatal(err)
			}
			client := raw(t, server)
			set := func(m esdb.StreamMetadata) {
				t.Helper()
				if _, err := client.SetStreamMetadata(t.Context(), c.stream, esdb.AppendToStreamOptions{}, m); err != nil {
					t.Fatal(err)
				}
			}
			set(c.set)
			for again := range 3 { // a refused opening must not make the next one believe that it was checked
				_, err := eventstoredb.Open(t.Context(), o)
				if c.says == "" && err != nil {
					t.Fatal(err)
				}
				if c.says != "" && (!errors.Is(err, eventstoredb.ErrForgetful) || !strings.Contains(err.Error(), c.says)) {
					t.Fatalf("opening %d: %v", again, err)
				}
			}
			set(esdb.StreamMetadata{})
			if got := all(t, open(t, o)); len(got) != 3 {
				t.Errorf("%d facts are there", len(got))
			}
		})
	}
}

// What is missing from a stream is an error: it is never passed over.
func TestForgottenFacts(t *testing.T) {
	t.Parallel()
	for what, forget := range map[string]func(*testing.T, *esdbtest.Server, *esdb.Client){
		"hidden by a setting": func(t *testing.T, _ *esdbtest.Server, c *esdb.Client) { truncate(t, c) },
		"scavenged": func(t *testing.T, s *esdbtest.Server, c *esdb.Client) {
			truncate(t, c)
			s.Log.Scavenge()
		},
		"closed for ever": func(_ *testing.T, s *esdbtest.Server, _ *esdb.Client) { s.Log.Tombstone("openbook-practice-A81001") },
		"written by another": func(t *testing.T, _ *esdbtest.Server, c *esdb.Client) {
			if _, err := c.AppendToStream(t.Context(), "openbook-practice-A81001", esdb.AppendToStreamOptions{}, esdb.EventData{EventType: "note", Data: []byte("hello")}); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			server := esdbtest.New(t, esdbtest.Options{})
			s := open(t, eventstoredb.Options{Connection: server.Connection() + "?tls=false"})
			if _, err := s.Append(t.Context(), "practice-A81001", events.NoStream, storetest.Entries(5)); err != nil {
				t.Fatal(err)
			}
			forget(t, server, raw(t, server))
			var last error
			for _, err := range s.ReadStream(t.Context(), "practice-A81001", 0) {
				last = err
			}
			if !errors.Is(last, eventstoredb.ErrDamaged) {
				t.Errorf("reading it ended with %v", last)
			}
		})
	}
}

// truncate forgets the first facts of a stream.
func truncate(t *testing.T, c *esdb.Client) {
	t.Helper()
	before := esdb.StreamMetadata{}
	before.SetTruncateBefore(2)
	if _, err := c.SetStreamMetadata(t.Context(), "openbook-practice-A81001", esdb.AppendToStreamOptions{}, before); err != nil {
		t.Fatal(err)
	}
}

// A stream that was deleted is refused at start, and an append to one closed
// for ever is an error of its own.
func TestDeletedStreams(t *testing.T) {
	t.Parallel()
	server := esdbtest.New(t, esdbtest.Options{})
	o := eventstoredb.Options{Connection: server.Connection() + "?tls=false"}
	s := open(t, o)
	for _, stream := range []events.Stream{"practice-A81001", "practice-A81002"} {
		if _, err := s.Append(t.Context(), stream, events.NoStream, storetest.Entries(2)); err != nil {
			t.Fatal(err)
		}
	}
	server.Log.Tombstone("openbook-practice-A81002")
	if _, err := s.Append(t.Context(), "practice-A81002", 1, storetest.Entries(1)); !errors.Is(err, eventstoredb.ErrDamaged) {
		t.Errorf("an append to a closed stream: %v", err)
	}
	if _, err := raw(t, server).DeleteStream(t.Context(), "openbook-practice-A81001", esdb.DeleteStreamOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := eventstoredb.Open(t.Context(), o); !errors.Is(err, eventstoredb.ErrForgetful) || !strings.Contains(err.Error(), "$tb") {
		t.Errorf("a deleted stream: %v", err)
	}
}

// What else is in the cluster is not the book's: links that projections make to
// its facts, another book, the server's own events.
func TestStrangersInTheLog(t *testing.T) {
	t.Parallel()
	server := esdbtest.New(t, esdbtest.Options{})
	s := open(t, eventstoredb.Options{Connection: server.Connection() + "?tls=false"})
	other := open(t, eventstoredb.Options{Connection: server.Connection() + "?tls=false&book=openbook2"})
	if s.Book() == other.Book() {
		t.Error("two books have one id")
	}
	at := events.NoStream
	for range 20 {
		done, err := s.Append(t.Context(), "practice-A81001", at, storetest.Entries(2))
		if err != nil {
			t.Fatal(err)
		}
		at = done.Revision
		if _, err := other.Append(t.Context(), "practice-A81001", at-2, storetest.Entries(2)); err != nil {
			t.Fatal(err)
		}
		for range 40 { // more than the first page of a look for the end
			server.Log.Link("$ce-openbook", "0@openbook-practice-A81001")
		}
		if head, err := s.Head(t.Context()); err != nil || head != done.Last() {
			t.Fatalf("head is %s, %v; want %s", head, err, done.Last())
		}
	}
	if got := all(t, s); len(got) != 40 || got[39].Revision != at {
		t.Errorf("%d facts are there", len(got))
	}
	// What was gone through once, looking for the end, is not gone through again.
	for range 5000 {
		server.Log.Link("$ce-openbook", "0@openbook-practice-A81001")
	}
	var readings atomic.Int32
	server.Fail(esdbtest.Faults{Reading: func(context.Context) error { readings.Add(1); return nil }})
	for _, most := range []int32{9, 1} {
		readings.Store(0)
		if _, err := s.Head(t.Context()); err != nil || readings.Load() > most {
			t.Errorf("the head took %d readings, %v", readings.Load(), err)
		}
	}
	// The same facts found by where they are, as the index does.
	var positions []events.Position
	for _, r := range all(t, s) {
		positions = append(positions, r.Position)
	}
	picked, err := s.Pick(t.Context(), positions)
	if err != nil || len(picked) != 40 || picked[17].Revision != 17 {
		t.Errorf("picked %d, %v", len(picked), err)
	}
	commit, prepare := positions[0].Numbers()
	for _, wrong := range []events.Position{events.PositionAt(1, 1), events.PositionAt(commit+1, prepare+1), all(t, other)[0].Position} {
		if _, err := s.Pick(t.Context(), []events.Position{positions[3], wrong}); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("picked at %s: %v", wrong, err)
		}
	}
}

// Many who open an empty place at once agree on the book there.
func TestOpenedByMany(t *testing.T) {
	t.Parallel()
	connection := esdbtest.New(t, esdbtest.Options{}).Connection() + "?tls=false"
	var opening sync.WaitGroup
	ids := make([]store.BookID, 4)
	for i := range ids {
		opening.Go(func() {
			s, err := eventstoredb.Open(t.Context(), eventstoredb.Options{Connection: connection})
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			ids[i] = s.Book()
		})
	}
	opening.Wait()
	if ids[0] == "" || ids[0] != ids[1] || ids[1] != ids[2] || ids[2] != ids[3] {
		t.Errorf("they opened %v", ids)
	}
	if again := open(t, eventstoredb.Options{Connection: connection, Begin: ids[0]}); again.Book() != ids[0] {
		t.Errorf("then it was %s", again.Book())
	}
	if _, err := eventstoredb.Open(t.Context(), eventstoredb.Options{Connection: connection, Begin: "another"}); !errors.Is(err, eventstoredb.ErrForeign) {
		t.Errorf("opened as another: %v", err)
	}
}

// A stream in the book's place that somebody else has written is left alone.
func TestSomebodyElsesStream(t *testing.T) {
	t.Parallel()
	server := esdbtest.New(t, esdbtest.Options{})
	if _, err := raw(t, server).AppendToStream(t.Context(), "openbook.book", esdb.AppendToStreamOptions{}, esdb.EventData{EventType: "note", Data: []byte("{}")}); err != nil {
		t.Fatal(err)
	}
	if _, err := eventstoredb.Open(t.Context(), eventstoredb.Options{Connection: server.Connection() + "?tls=false"}); !errors.Is(err, eventstoredb.ErrForeign) {
		t.Errorf("opened: %v", err)
	}
	if n := server.Log.Events("openbook"); n != 1 {
		t.Errorf("there are %d events of it", n)
	}
}

// raw is the client alone.
func raw(t testing.TB, server *esdbtest.Server) *esdb.Client {
	t.Helper()
	config, err := esdb.ParseConnectionString(server.Connection() + "?tls=false")
	if err != nil {
		t.Fatal(err)
	}
	config.Logger = esdb.NoopLogging()
	client, err := esdb.NewClient(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}
