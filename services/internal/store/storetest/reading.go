package storetest

import (
	"fmt"
	"iter"
	"strings"
	"sync"
	"testing"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/store"
)

func readingEnds(t *testing.T, s store.Store) {
	at := events.NoStream
	for range 3 { // more than any page holds
		at = add(t, s, "practice-A81001", at, Entries(400)...).Revision
	}
	for what, begin := range map[string]func() iter.Seq2[events.Recorded, error]{
		"stream": func() iter.Seq2[events.Recorded, error] { return s.ReadStream(t.Context(), "practice-A81001", 0) },
		"all":    func() iter.Seq2[events.Recorded, error] { return s.ReadAll(t.Context(), events.Position{}) },
	} {
		there, seen := int(at)+1, 0
		for _, err := range begin() {
			if err != nil {
				t.Fatal(err)
			}
			if seen++; seen > there {
				t.Fatalf("%s: there were %d facts when the reading began, and here comes another", what, there)
			}
			if seen%100 == 1 {
				at = add(t, s, "practice-A81001", at, Entries(1)...).Revision
			}
		}
		if seen != there {
			t.Errorf("%s: %d facts, want %d", what, seen, there)
		}
	}
}

func readWhileWriting(t *testing.T, s store.Store) {
	const writers, each = 8, 25
	var all sync.WaitGroup
	for i := range writers {
		all.Go(func() {
			stream, at := events.Stream(fmt.Sprint("practice-A8100", i)), events.NoStream
			for n := range each {
				at = add(t, s, stream, at, Entries(n%4+1)...).Revision
			}
		})
	}
	finished := make(chan struct{})
	go func() { all.Wait(); close(finished) }()
	var (
		seen  []events.Recorded
		after events.Position
		last  = false
	)
	for !last {
		select {
		case <-finished:
			last = true // what was recorded by now is seen in one more round
		default:
		}
		for r, err := range s.ReadAll(t.Context(), after) {
			if err != nil {
				t.Fatal(err)
			}
			seen, after = append(seen, r), r.Position
		}
	}
	whole := read(t, s.ReadAll(t.Context(), events.Position{}))
	if len(seen) != len(whole) {
		t.Fatalf("%d facts were seen while writing, %d are there", len(seen), len(whole))
	}
	next := map[events.Stream]events.Revision{}
	for i, r := range seen {
		if r.ID != whole[i].ID || r.Revision != next[r.Stream] {
			t.Fatalf("fact %d is %s at %d of %s", i, r.ID, r.Revision, r.Stream)
		}
		next[r.Stream]++
	}
}

func brokenOff(t *testing.T, s store.Store) {
	add(t, s, "practice-A81001", events.NoStream, Entries(5)...)
	for what, facts := range map[string]iter.Seq2[events.Recorded, error]{
		"stream": s.ReadStream(t.Context(), "practice-A81001", 1),
		"all":    s.ReadAll(t.Context(), events.Position{}),
	} {
		var first [50]events.ID // more readings than any pool has connections
		for i := range first {
			for r, err := range facts {
				if err != nil {
					t.Fatal(err)
				}
				first[i] = r.ID
				break
			}
			if first[i] != first[0] {
				t.Fatalf("reading the %s began with %s, then with %s", what, first[0], first[i])
			}
		}
	}
	add(t, s, "practice-A81001", 4, Entries(1)...)
}

func longStream(t *testing.T, s store.Store) {
	at := events.NoStream
	for range 9 {
		facts := Entries(300)
		for i := range facts {
			facts[i].Data = []byte(`{"text":"` + strings.Repeat("x", 700) + `"}`)
		}
		at = add(t, s, "practice-A81001", at, facts...).Revision
	}
	for what, facts := range map[string]iter.Seq2[events.Recorded, error]{
		"stream": s.ReadStream(t.Context(), "practice-A81001", 0),
		"all":    s.ReadAll(t.Context(), events.Position{}),
	} {
		next := events.Revision(0)
		for r, err := range facts {
			if err != nil || r.Revision != next {
				t.Fatalf("%s: got revision %d, %v; want %d", what, r.Revision, err, next)
			}
			next++
		}
		if next != at+1 {
			t.Errorf("%s: %d facts, want %d", what, next, at+1)
		}
	}
}
