// Package storetest is the examination of event stores and of the index beside
// them: every sentence of the contract in package store, as a test. Whatever
// calls itself a store passes it, on its real engine.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// Run examines stores that open makes, each of them empty.
func Run(t *testing.T, open func(testing.TB) store.Store) {
	for _, sentence := range []struct {
		says string
		test func(*testing.T, store.Store)
	}{
		{"an empty book has no head, no facts and no streams", emptyBook},
		{"a stream is read in order, numbered from 0, from any revision on", streamInOrder},
		{"positions grow strictly, over all streams", positionsGrow},
		{"an append is recorded whole or not at all", allOrNone},
		{"only the stream's own revision is accepted", expectedRevision},
		{"of many writers at one revision, one wins", oneWriterWins},
		{"the same append again is answered as before and records nothing", retry},
		{"an append that is only partly the same is a conflict", notARetry},
		{"facts of one append have one time, which is not earlier than any before", timeNeverGoesBack},
		{"what is beyond the limits or malformed is refused, and records nothing", limits},
		{"a fact comes back as it was given", roundTrip},
		{"data comes back byte for byte, however it is spelled", bytesKept},
		{"a reading ends where the book ended when it began", readingEnds},
		{"a reader sees every fact once, in one order, while writers write", readWhileWriting},
		{"a reading can be broken off, and begun again", brokenOff},
		{"a long stream is read whole", longStream},
		{"a context that is done ends what was asked with it", contextDone},
	} {
		t.Run(sentence.says, func(t *testing.T) { sentence.test(t, open(t)) })
	}
}

func emptyBook(t *testing.T, s store.Store) {
	if head, err := s.Head(t.Context()); err != nil || !head.IsZero() {
		t.Errorf("head is %s, %v", head, err)
	}
	if got := read(t, s.ReadAll(t.Context(), events.Position{})); len(got) != 0 {
		t.Errorf("the book holds %v", got)
	}
	if got := read(t, s.ReadStream(t.Context(), "practice-A81001", 0)); len(got) != 0 {
		t.Errorf("the stream holds %v", got)
	}
}

func streamInOrder(t *testing.T, s store.Store) {
	first, second := Entries(3), Entries(2)
	a := add(t, s, "practice-A81001", events.NoStream, first...)
	add(t, s, "practice-A81002", events.NoStream, Entries(2)...)
	b := add(t, s, "practice-A81001", 2, second...)
	if a.Revision != 2 || b.Revision != 4 {
		t.Errorf("the appends ended at %d and %d, not at 2 and 4", a.Revision, b.Revision)
	}
	want := slices.Concat(first, second)
	for from := range events.Revision(7) {
		got := read(t, s.ReadStream(t.Context(), "practice-A81001", from))
		if len(got) != max(0, 5-int(from)) {
			t.Fatalf("from %d on there are %d facts", from, len(got))
		}
		for i, r := range got {
			if n := int(from) + i; r.Revision != events.Revision(n) || r.ID != want[n].ID || r.Stream != "practice-A81001" {
				t.Errorf("from %d: fact %d is %s at %d of %s", from, i, r.ID, r.Revision, r.Stream)
			}
		}
	}
}

func positionsGrow(t *testing.T, s store.Store) {
	var last events.Position
	for i := range 5 {
		stream := events.Stream(fmt.Sprint("practice-A8100", i))
		done := add(t, s, stream, events.NoStream, Entries(i+1)...)
		there(t, done, read(t, s.ReadStream(t.Context(), stream, 0)))
		last = done.Last()
	}
	all := read(t, s.ReadAll(t.Context(), events.Position{}))
	if len(all) != 15 {
		t.Fatalf("%d facts, want 15", len(all))
	}
	for i, r := range all {
		if r.Position.IsZero() || i > 0 && r.Position.Compare(all[i-1].Position) <= 0 {
			t.Errorf("fact %d is at %s, after %s", i, r.Position, all[max(i-1, 0)].Position)
		}
		if rest := read(t, s.ReadAll(t.Context(), r.Position)); len(rest) != len(all)-i-1 {
			t.Errorf("after fact %d there are %d", i, len(rest))
		}
	}
	if head, err := s.Head(t.Context()); err != nil || head != last {
		t.Errorf("head is %s, %v; want %s", head, err, last)
	}
}

func allOrNone(t *testing.T, s store.Store) {
	facts := Entries(3)
	facts[2].Data = []byte(`{"n":`)
	if _, err := s.Append(t.Context(), "practice-A81001", events.NoStream, facts); err == nil {
		t.Error("broken JSON was taken")
	}
	add(t, s, "practice-A81001", events.NoStream, Entries(2)...)
	if got := read(t, s.ReadAll(t.Context(), events.Position{})); len(got) != 2 {
		t.Errorf("%d facts were recorded, want 2", len(got))
	}
}

func expectedRevision(t *testing.T, s store.Store) {
	refused(t, s, "practice-A81001", 0, store.ErrConflict, Entries(1)...)
	add(t, s, "practice-A81001", events.NoStream, Entries(2)...)
	for _, wrong := range []events.Revision{events.NoStream, 0, 2, 3} {
		refused(t, s, "practice-A81001", wrong, store.ErrConflict, Entries(1)...)
	}
	refused(t, s, "practice-A81002", 1, store.ErrConflict, Entries(1)...)
	add(t, s, "practice-A81001", 1, Entries(1)...)
}

func oneWriterWins(t *testing.T, s store.Store) {
	for expected := events.NoStream; expected < 4; expected++ {
		var won atomic.Int32
		var all sync.WaitGroup
		for range 16 {
			all.Go(func() {
				switch _, err := s.Append(t.Context(), "practice-A81001", expected, Entries(1)); {
				case err == nil:
					won.Add(1)
				case !errors.Is(err, store.ErrConflict):
					t.Error(err)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 {
			t.Fatalf("%d winners at revision %d", won.Load(), expected)
		}
	}
	if got := read(t, s.ReadStream(t.Context(), "practice-A81001", 0)); len(got) != 5 {
		t.Errorf("%d facts, want 5", len(got))
	}
}

func retry(t *testing.T, s store.Store) {
	begin, first := Entries(1), Entries(3)
	add(t, s, "practice-A81001", events.NoStream, begin...)
	answer := add(t, s, "practice-A81001", 0, first...)
	same := func(when string) {
		t.Helper()
		if again := add(t, s, "practice-A81001", 0, first...); !equal(again, answer) {
			t.Errorf("%s: answered %v, first %v", when, again, answer)
		}
	}
	same("at once")
	add(t, s, "practice-A81001", 3, Entries(2)...)
	same("after more facts")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { same("many at once") })
	}
	all.Wait()
	// What was only a part of an append is recorded all the same.
	if again := add(t, s, "practice-A81001", 0, first[:2]...); again.Revision != 2 {
		t.Errorf("the first two of three end at %d", again.Revision)
	}
	if got := read(t, s.ReadAll(t.Context(), events.Position{})); len(got) != 6 {
		t.Errorf("%d facts, want 6", len(got))
	}
}

func notARetry(t *testing.T, s store.Store) {
	facts := Entries(3)
	add(t, s, "practice-A81001", events.NoStream, facts...)
	longer := slices.Concat(facts, Entries(1))
	refused(t, s, "practice-A81001", events.NoStream, store.ErrConflict, longer...)
	refused(t, s, "practice-A81001", events.NoStream, store.ErrConflict, facts[0], facts[1], Entries(1)[0])
	refused(t, s, "practice-A81001", events.NoStream, store.ErrConflict, Entries(1)[0], facts[1], facts[2])
	refused(t, s, "practice-A81001", events.NoStream, store.ErrConflict, facts[1:]...)
	refused(t, s, "practice-A81001", 0, store.ErrConflict, facts...)
	refused(t, s, "practice-A81002", 0, store.ErrConflict, facts...)
	add(t, s, "practice-A81001", 2, Entries(1)...)
	refused(t, s, "practice-A81001", events.NoStream, store.ErrConflict, longer...)
	if got := read(t, s.ReadAll(t.Context(), events.Position{})); len(got) != 4 {
		t.Errorf("%d facts, want 4", len(got))
	}
}

func timeNeverGoesBack(t *testing.T, s store.Store) {
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			stream, at := events.Stream(fmt.Sprint("practice-A8100", i)), events.NoStream
			for n := range 10 {
				done := add(t, s, stream, at, Entries(n%3+1)...)
				at = done.Revision
				for _, r := range read(t, s.ReadStream(t.Context(), stream, at-events.Revision(n%3))) {
					if !r.Time.Equal(done.Time) {
						t.Errorf("a fact has the time %s, its append said %s", r.Time, done.Time)
					}
				}
			}
		})
	}
	all.Wait()
	var last time.Time
	for _, r := range read(t, s.ReadAll(t.Context(), events.Position{})) {
		if r.Time.Before(last) || r.Time.IsZero() {
			t.Errorf("%s comes after %s", r.Time, last)
		}
		if r.Time.Nanosecond()%1000 != 0 || r.Time.Location() != time.UTC {
			t.Errorf("%s is not in whole microseconds of UTC", r.Time)
		}
		last = r.Time
	}
}

func limits(t *testing.T, s store.Store) {
	big := func(n int) store.Entry {
		e := Entries(1)[0]
		e.Data = []byte(`{"text":"` + strings.Repeat("x", n) + `"}`)
		return e
	}
	change := func(do func(*store.Entry)) store.Entry {
		e := Entries(1)[0]
		do(&e)
		return e
	}
	refused(t, s, "practice-A81001", events.NoStream, store.ErrMalformed)
	refused(t, s, "practice-A81001", events.NoStream, store.ErrTooLarge, Entries(store.MaxFacts+1)...)
	refused(t, s, "practice-A81001", events.NoStream, store.ErrTooLarge, big(store.MaxBytes))
	refused(t, s, "practice-A81001", events.NoStream, store.ErrTooLarge, big(store.MaxBytes/2), big(store.MaxBytes/2))
	refused(t, s, "practice-A81001", -2, store.ErrMalformed, Entries(1)...)
	for _, name := range []string{"", "a b", "a.b", "a*", ">", "a,b", `a"b`, "ä", "a\n", strings.Repeat("a", 300)} {
		refused(t, s, events.Stream(name), events.NoStream, store.ErrMalformed, Entries(1)...)
		refused(t, s, "practice-A81001", events.NoStream, store.ErrMalformed, change(func(e *store.Entry) { e.Entities[1] = events.Entity(name) }))
	}
	for _, typ := range []string{"", "examined", "store.examined", "store.examined.v", "store.examined.v1.v2", "store.examined.1", "Store.examined.v1", "store.ex amined.v1", "store..v1", "store.*.v1"} {
		refused(t, s, "practice-A81001", events.NoStream, store.ErrMalformed, change(func(e *store.Entry) { e.Type = typ }))
	}
	for _, id := range []events.ID{"", "1", "6F0D7C5E-3b57-5f0e-8f0a-9c8f3b6d1a01", "{6f0d7c5e-3b57-5f0e-8f0a-9c8f3b6d1a01}"} {
		refused(t, s, "practice-A81001", events.NoStream, store.ErrMalformed, change(func(e *store.Entry) { e.ID = id }))
	}
	for _, data := range []string{"", "null", "[]", "{", "{}{}", "{} ", `{"n":1,}`} {
		refused(t, s, "practice-A81001", events.NoStream, store.ErrMalformed, change(func(e *store.Entry) { e.Data = []byte(data) }))
	}
	refused(t, s, "practice-A81001", events.NoStream, store.ErrMalformed, change(func(e *store.Entry) { e.Entities = nil }))
	refused(t, s, "practice-A81001", events.NoStream, store.ErrMalformed, change(func(e *store.Entry) { e.Source = "\xff" }))
	if got := read(t, s.ReadAll(t.Context(), events.Position{})); len(got) != 0 {
		t.Errorf("%d facts were recorded", len(got))
	}
	add(t, s, "practice-A81001", events.NoStream, Entries(store.MaxFacts)...)
	add(t, s, "practice-A81002", events.NoStream, big(store.MaxBytes-1000))
	if got := read(t, s.ReadAll(t.Context(), events.Position{})); len(got) != store.MaxFacts+1 {
		t.Errorf("%d facts, want %d", len(got), store.MaxFacts+1)
	}
}

func roundTrip(t *testing.T, s store.Store) {
	full, bare := Entries(1)[0], Entries(1)[0]
	full.Data = []byte("{\"a\" : [1, 2.50,\t\"<&\u00fc\\u00fc\u2028\"],\n \"a\":null, \"\xff\": 1e400}")
	bare.Envelope = events.Envelope{ID: bare.ID, Type: bare.Type, Entities: bare.Entities[:1]}
	bare.Data = []byte(`{}`)
	done := add(t, s, "practice-A81001", events.NoStream, full, bare)
	for i, r := range read(t, s.ReadStream(t.Context(), "practice-A81001", 0)) {
		given := []store.Entry{full, bare}[i]
		given.Time = done.Time
		if diff := cmp.Diff(given.Envelope, r.Envelope); diff != "" {
			t.Errorf("the envelope changed (-given +came):\n%s", diff)
		}
		if string(r.Data) != string(given.Data) {
			t.Errorf("the data was %q and came back as %q", given.Data, r.Data)
		}
		if r.Ordinal != 0 {
			t.Errorf("the ordinal is %d, want 0", r.Ordinal)
		}
	}
	there(t, done, read(t, s.ReadStream(t.Context(), "practice-A81001", 0)))
}

func bytesKept(t *testing.T, s store.Store) {
	facts := Odd()
	add(t, s, "practice-A81001", events.NoStream, facts...)
	for what, got := range map[string][]events.Recorded{
		"stream": read(t, s.ReadStream(t.Context(), "practice-A81001", 0)),
		"all":    read(t, s.ReadAll(t.Context(), events.Position{})),
	} {
		if len(got) != len(facts) {
			t.Fatalf("%s: %d facts, want %d", what, len(got), len(facts))
		}
		for i, r := range got {
			if string(r.Data) != string(facts[i].Data) {
				t.Errorf("%s: %q became %q", what, facts[i].Data, r.Data)
			}
		}
	}
}

// Odd makes facts that a store takes although nobody would write them so.
func Odd() []store.Entry {
	data := []string{
		`{}`, "{ \n\t\r }", `{"a":1.0}`, `{"a":1.00,"b":1e0,"c":-0,"d":0.1e+01}`, `{"a":12345678901234567890123456789}`,
		`{"b":1,"a":2,"b":3}`, `{"\u0061":"\u00e9\/\ud83d\ude00"}`, `{"a":"é😀\u2028<>&"}`, `{"a":"` + "\u2028\u2029\x7f" + `"}`,
		"{\"a\":\"\xff\xfe\"}", `{"a" : [ 1 ,2,  3 ] , "n": null}`, `{"":""}`, `{"a":"\u0000"}`,
	}
	all := Entries(len(data))
	for i := range all {
		all[i].Data = []byte(data[i])
	}
	all[0].Envelope = events.Envelope{ID: all[0].ID, Type: all[0].Type, Entities: all[0].Entities[:1]}
	all[1].Source, all[1].Traceparent = " \t\n\x01\x7f\u2028\"\\<&>", strings.Repeat("é", 1000)
	all[2].Actor, all[2].OnBehalfOf, all[2].AskHash = "a b", "c, d", "{}"
	all[3].Known = 1<<63 - 1
	all[4].Entities = []events.Entity{"a", "a", "b-!#$%&'()+/:;<=?@[]^_`{|}~"}
	return all
}

func contextDone(t *testing.T, s store.Store) {
	add(t, s, "practice-A81001", events.NoStream, Entries(3)...)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	ended := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, context.Canceled) && !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err := s.Append(ctx, "practice-A81001", 2, Entries(1))
	ended("append", err)
	for what, facts := range map[string]iter.Seq2[events.Recorded, error]{
		"stream": s.ReadStream(ctx, "practice-A81001", 0),
		"all":    s.ReadAll(ctx, events.Position{}),
	} {
		yielded, err := 0, error(nil)
		for _, err = range facts {
			yielded++
		}
		ended(what, err)
		if yielded != 1 {
			t.Errorf("%s yielded %d times", what, yielded)
		}
	}
}

// Entries makes n facts with whole envelopes and new ids.
func Entries(n int) []store.Entry {
	all := make([]store.Entry, n)
	for i := range all {
		all[i] = store.Entry{
			Envelope: events.Envelope{
				ID: events.ID(uuid.NewString()), Type: "store.examined.v1", Source: "storetest, \"quoted\" ü",
				Entities: []events.Entity{"practice-A81001", "network-U12345"},
				Ask:      events.ID(uuid.NewString()), AskHash: "sha256-1", Cause: events.ID(uuid.NewString()), Correlation: events.ID(uuid.NewString()),
				Actor: "person-7c9e", OnBehalfOf: "network-U12345", Known: 12, Traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
			},
			Data: fmt.Appendf(nil, `{"n":%d}`, i),
		}
	}
	return all
}
