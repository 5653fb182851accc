package esdbtest_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"

	"github.com/ics-openbook/openbook/services/book/eventstoredb/esdbtest"
)

// Whatever the documentation promises of appends, by the real client.
func TestAppends(t *testing.T) {
	c := client(t, esdbtest.New(t, esdbtest.Options{}))
	first, second := some(3), some(2)
	must(t, c, "s", esdb.NoStream{}, first, 2)
	must(t, c, "s", esdb.Revision(2), second, 4)
	for what, a := range map[string]struct {
		expected esdb.ExpectedRevision
		events   []esdb.EventData
		says     string // nothing is a success
		last     uint64
	}{
		"the whole of it again": {esdb.NoStream{}, first, "", 2},
		"what came then, again": {esdb.Revision(2), second, "", 4},
		"the beginning of it":   {esdb.NoStream{}, first[:2], "", 1},
		"over both":             {esdb.NoStream{}, slices.Concat(first, second), "", 4},
		"another":               {esdb.NoStream{}, some(1), "expecting 'no_stream' but got '4'", 0},
		"a part the same":       {esdb.NoStream{}, slices.Concat(first[:1], some(1)), "expecting 'no_stream' but got '4'", 0},
		"more than there is":    {esdb.Revision(2), slices.Concat(second, some(1)), "expecting '2' but got '4'", 0},
		"the same a place on":   {esdb.Revision(0), first, "expecting '0' but got '4'", 0},
		"ahead of the stream":   {esdb.Revision(5), some(1), "expecting '5' but got '4'", 0},
	} {
		t.Run(what, func(t *testing.T) {
			done, err := c.AppendToStream(t.Context(), "s", esdb.AppendToStreamOptions{ExpectedRevision: a.expected}, a.events...)
			switch {
			case a.says == "" && (err != nil || done.NextExpectedVersion != a.last):
				t.Errorf("it is %v, %v", done, err)
			case a.says != "" && (code(err) != esdb.ErrorCodeWrongExpectedVersion || !strings.Contains(err.Error(), a.says)):
				t.Errorf("it is %v", err)
			}
		})
	}
	must(t, c, "s", esdb.StreamExists{}, some(1), 5)
	_, err := c.AppendToStream(t.Context(), "nobody", esdb.AppendToStreamOptions{ExpectedRevision: esdb.StreamExists{}}, some(1)...)
	if code(err) != esdb.ErrorCodeWrongExpectedVersion || !strings.Contains(err.Error(), "got 'no_stream'") {
		t.Errorf("a stream that is not there: %v", err)
	}
	big := esdb.EventData{EventType: "e", Data: make([]byte, 2<<20)}
	if _, err := c.AppendToStream(t.Context(), "s", esdb.AppendToStreamOptions{}, big); err == nil || !strings.Contains(err.Error(), "Maximum Append Size") {
		t.Errorf("too much: %v", err)
	}
}

// Reading all begins at a position and a subscription after it, the server's own
// events are there, and an append says where its last event is.
func TestPositions(t *testing.T) {
	c := client(t, esdbtest.New(t, esdbtest.Options{}))
	var last esdb.Position
	for range 10 {
		done, err := c.AppendToStream(t.Context(), "s", esdb.AppendToStreamOptions{}, some(2)...)
		if err != nil {
			t.Fatal(err)
		}
		last = esdb.Position{Commit: done.CommitPosition, Prepare: done.PreparePosition}
	}
	forwards := all(t, c, esdb.Forwards, esdb.Start{}, 1000)
	own := 0
	for i, e := range forwards {
		if strings.HasPrefix(e.Event.EventType, "$") {
			own++
		}
		if i > 0 && e.Event.Position.Commit <= forwards[i-1].Event.Position.Commit+1 {
			t.Errorf("event %d is at %v, after %v: positions are sparse", i, e.Event.Position, forwards[i-1].Event.Position)
		}
	}
	if own < 2 {
		t.Errorf("there are %d events of the server's own", own)
	}
	if from := all(t, c, esdb.Forwards, last, 1000); from[0].Event.Position != last || from[0].Event.StreamID != "s" {
		t.Errorf("reading all from %v begins with %v", last, from[0].Event)
	}
	backwards := all(t, c, esdb.Backwards, esdb.End{}, 1000)
	slices.Reverse(backwards)
	if len(backwards) != len(forwards) || backwards[0].Event.EventID != forwards[0].Event.EventID {
		t.Errorf("backwards there are %d, forwards %d", len(backwards), len(forwards))
	}
	if before := all(t, c, esdb.Backwards, last, 1); before[0].Event.Position.Commit >= last.Commit {
		t.Errorf("backwards from %v begins with %v", last, before[0].Event.Position)
	}
	sub, err := c.SubscribeToAll(t.Context(), esdb.SubscribeToAllOptions{
		From: forwards[3].Event.Position, MaxSearchWindow: 2, Filter: &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{"s"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Close()
	appeared, checkpoints := 0, 0
	for m := sub.Recv(); m.CaughtUp == nil; m = sub.Recv() {
		switch {
		case m.SubscriptionDropped != nil:
			t.Fatal(m.SubscriptionDropped.Error)
		case m.CheckPointReached != nil:
			checkpoints++
		case m.EventAppeared.Event.StreamID != "s" || m.EventAppeared.Event.Position.Commit <= forwards[3].Event.Position.Commit:
			t.Errorf("it sends %v", m.EventAppeared.Event)
		default:
			appeared++
		}
	}
	if appeared < 15 || checkpoints < 5 {
		t.Errorf("%d events and %d checkpoints", appeared, checkpoints)
	}
	must(t, c, "s2", esdb.NoStream{}, some(1), 0)
	if m := sub.Recv(); m.EventAppeared == nil && m.CheckPointReached == nil {
		t.Errorf("live, it sends %v", m)
	}
}

// Links are followed where that is asked; settings hide events until they go,
// and a scavenge takes them for good; a deleted stream goes on numbering, one
// that is closed never does.
func TestStreams(t *testing.T) {
	server := esdbtest.New(t, esdbtest.Options{})
	c := client(t, server)
	must(t, c, "s", esdb.NoStream{}, some(5), 4)
	server.Log.Link("$ce-s", "3@s")
	for _, resolve := range []bool{false, true} {
		stream, err := c.ReadStream(t.Context(), "$ce-s", esdb.ReadStreamOptions{ResolveLinkTos: resolve}, 10)
		if err != nil {
			t.Fatal(err)
		}
		e, err := stream.Recv()
		if err != nil || (e.Link != nil) != resolve || e.Event.EventType == "$>" == resolve || e.OriginalEvent().StreamID != "$ce-s" {
			t.Errorf("resolved %t: %v, %v", resolve, e, err)
		}
	}
	set := func(change func(*esdb.StreamMetadata), want ...uint64) {
		t.Helper()
		var m esdb.StreamMetadata
		change(&m)
		if _, err := c.SetStreamMetadata(t.Context(), "s", esdb.AppendToStreamOptions{}, m); err != nil {
			t.Fatal(err)
		}
		if got := numbers(t, c, "s"); !slices.Equal(got, want) {
			t.Errorf("it has %v, want %v", got, want)
		}
	}
	set(func(m *esdb.StreamMetadata) { m.SetMaxCount(2) }, 3, 4)
	set(func(m *esdb.StreamMetadata) { m.SetTruncateBefore(1) }, 1, 2, 3, 4)
	set(func(m *esdb.StreamMetadata) { m.SetMaxAge(time.Hour) }, 0, 1, 2, 3, 4)
	set(func(m *esdb.StreamMetadata) { m.SetTruncateBefore(3) }, 3, 4)
	server.Log.Scavenge()
	set(func(*esdb.StreamMetadata) {}, 3, 4)
	if _, err := c.DeleteStream(t.Context(), "s", esdb.DeleteStreamOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := numbers(t, c, "s"); got != nil {
		t.Errorf("deleted, it has %v", got)
	}
	must(t, c, "s", esdb.Revision(4), some(1), 5)
	server.Log.Tombstone("s")
	if _, err := c.AppendToStream(t.Context(), "s", esdb.AppendToStreamOptions{}, some(1)...); err == nil || !strings.Contains(err.Error(), "deleted") {
		t.Errorf("closed: %v", err)
	}
}

// A deadline ends an append that is answered late; who does not lead says who
// does, and the client goes there.
func TestLateAndElsewhere(t *testing.T) {
	log := esdbtest.NewLog()
	leader, follower := esdbtest.New(t, esdbtest.Options{Log: log}), esdbtest.New(t, esdbtest.Options{Log: log})
	follower.Follow(leader)
	leader.Fail(esdbtest.Faults{After: esdbtest.Late(time.Minute)})
	soon := 50 * time.Millisecond
	if _, err := client(t, leader).AppendToStream(t.Context(), "s", esdb.AppendToStreamOptions{Deadline: &soon}, some(1)...); code(err) != esdb.ErrorCodeDeadlineExceeded {
		t.Errorf("late: %v", err)
	}
	leader.Fail(esdbtest.Faults{})
	c := client(t, follower)
	if _, err := c.AppendToStream(t.Context(), "s", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Revision(0)}, some(1)...); code(err) != esdb.ErrorCodeNotLeader {
		t.Errorf("a follower: %v", err)
	}
	must(t, c, "s", esdb.Revision(0), some(1), 1)
}

func client(t *testing.T, s *esdbtest.Server) *esdb.Client {
	t.Helper()
	config, err := esdb.ParseConnectionString(s.Connection() + "?tls=false")
	if err != nil {
		t.Fatal(err)
	}
	config.Logger = esdb.NoopLogging()
	c, err := esdb.NewClient(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func code(err error) esdb.ErrorCode {
	var e *esdb.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return esdb.ErrorCodeUnknown
}

func some(n int) []esdb.EventData {
	all := make([]esdb.EventData, n)
	for i := range all {
		all[i] = esdb.EventData{EventID: uuid.New(), EventType: "e", ContentType: esdb.ContentTypeJson, Data: []byte("{}")}
	}
	return all
}

func must(t *testing.T, c *esdb.Client, stream string, expected esdb.ExpectedRevision, events []esdb.EventData, last uint64) {
	t.Helper()
	done, err := c.AppendToStream(t.Context(), stream, esdb.AppendToStreamOptions{ExpectedRevision: expected}, events...)
	if err != nil || done.NextExpectedVersion != last {
		t.Fatalf("append to %s: %v, %v; want %d", stream, done, err, last)
	}
}

func all(t *testing.T, c *esdb.Client, d esdb.Direction, from esdb.AllPosition, n uint64) (found []*esdb.ResolvedEvent) {
	t.Helper()
	stream, err := c.ReadAll(context.Background(), esdb.ReadAllOptions{Direction: d, From: from}, n)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	for {
		e, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, e)
	}
}

func numbers(t *testing.T, c *esdb.Client, name string) (found []uint64) {
	t.Helper()
	stream, err := c.ReadStream(t.Context(), name, esdb.ReadStreamOptions{}, 100)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	for {
		e, err := stream.Recv()
		if errors.Is(err, io.EOF) || code(err) == esdb.ErrorCodeResourceNotFound {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, e.Event.EventNumber)
	}
}
