package live

import (
	"errors"
	"fmt"
	"runtime"
	"testing"

	"github.com/ics-openbook/openbook/events"
)

const (
	north, south = events.Entity("network-U99001"), events.Entity("network-U99002")
	system       = events.Entity("system-QZ1")
)

func fact(n int, about ...events.Entity) events.Recorded {
	return events.Recorded{Envelope: events.Envelope{ID: events.ID(fmt.Sprint(n)), Entities: about}}
}

func subscribe(t *testing.T, h *Hub, who events.PersonRef, entity events.Entity, hangsOn ...events.Entity) *Subscription {
	t.Helper()
	s, err := h.Subscribe(who, entity, hangsOn...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ids are the changes that wait for a subscriber; "-" is one without facts.
func (s *Subscription) ids() (all string) {
	for len(s.Changes) > 0 {
		facts := <-s.Changes
		if len(facts) == 0 {
			all += "-"
		}
		for _, f := range facts {
			all += string(f.ID)
		}
	}
	return all
}

// empty reports whether nothing is left of those who watched.
func (h *Hub) empty() bool { return len(h.all)+len(h.watching)+len(h.of) == 0 }

func TestEverybodyIsToldOfWhatTheyWatch(t *testing.T) {
	h := NewHub()
	a, b, c := subscribe(t, h, "person-a", north), subscribe(t, h, "person-a", north, north, system), subscribe(t, h, "person-b", south)
	h.Changed([]events.Recorded{fact(1, north), fact(2, "practice-Z99001", north), fact(3, south)})
	h.Changed([]events.Recorded{fact(4, system)})
	h.Changed([]events.Recorded{fact(5, "practice-Z99001")})
	for s, want := range map[*Subscription]string{a: "12", b: "12-", c: "3"} {
		if got := s.ids(); got != want {
			t.Errorf("somebody is told of %q, want %q", got, want)
		}
	}
	if h.Count() != 3 {
		t.Errorf("%d are watching", h.Count())
	}
	for _, s := range []*Subscription{a, b, c, a} {
		s.Close()
	}
	if h.Changed([]events.Recorded{fact(6, north, south)}); a.ids()+b.ids()+c.ids() != "" || !h.empty() {
		t.Error("something is left of who has gone")
	}
}

// Who does not read is dropped, and nobody else waits or misses anything.
func TestASlowReaderIsDropped(t *testing.T) {
	h := NewHub()
	slow, quick, stirred := subscribe(t, h, "person-a", north), subscribe(t, h, "person-b", north), subscribe(t, h, "person-c", south, north)
	read := 0
	for n := range 2 * buffer {
		h.Changed([]events.Recorded{fact(n, north)})
		read += len(<-quick.Changes)
	}
	if read != 2*buffer || h.Count() != 2 {
		t.Errorf("who reads has read %d of %d; %d are watching", read, 2*buffer, h.Count())
	}
	waiting := 0
	for range slow.Changes {
		waiting++
	}
	if waiting != buffer || !errors.Is(slow.Why(), ErrSlow) {
		t.Errorf("who does not read had %d waiting, and is told %v", waiting, slow.Why())
	}
	if got := len(stirred.Changes); got != buffer {
		t.Errorf("%d stirs wait", got)
	}
	slow.Close()
	quick.Close()
	stirred.Close()
	if !h.empty() {
		t.Error("something is left of who has gone")
	}
}

// Nobody takes all the room there is, and what somebody frees is free.
func TestThereIsRoomForEverybody(t *testing.T) {
	h := NewHub()
	var all []*Subscription
	for n := range most / mostOfOne {
		who := events.PersonRef(fmt.Sprint("person-", n))
		for range mostOfOne {
			all = append(all, subscribe(t, h, who, north))
		}
		if _, err := h.Subscribe(who, south); n+1 < most/mostOfOne && !errors.Is(err, ErrGreedy) {
			t.Fatalf("one more of the same person: %v", err)
		}
	}
	if _, err := h.Subscribe("person-late", south); !errors.Is(err, ErrFull) {
		t.Errorf("one too many: %v", err)
	}
	all[0].Close()
	all[0].Close()
	subscribe(t, h, "person-late", south).Close()
	subscribe(t, h, "person-0", south).Close()
	for _, s := range all {
		s.Close()
	}
	if !h.empty() || h.Count() != 0 {
		t.Error("something is left of who has gone")
	}
}

func TestAStopTellsEverybody(t *testing.T) {
	h := NewHub()
	s := subscribe(t, h, "person-a", north)
	h.Changed([]events.Recorded{fact(1, north)})
	h.Stop()
	if facts, open := <-s.Changes; !open || len(facts) != 1 {
		t.Error("what waited is lost")
	}
	if _, open := <-s.Changes; open || !errors.Is(s.Why(), ErrStopping) {
		t.Errorf("who watches is told %v", s.Why())
	}
	if _, err := h.Subscribe("person-a", north); !errors.Is(err, ErrStopping) {
		t.Errorf("who comes later is told %v", err)
	}
	if s.Close(); !h.empty() {
		t.Error("something is left of who has gone")
	}
}

// An idle subscriber is some kilobytes and no goroutine here.
func TestAnIdleSubscriberIsLittle(t *testing.T) {
	const n, each = 1_000, 4 << 10 // bytes: the queue is 1.5 kB
	h := NewHub()
	goroutines, before := runtime.NumGoroutine(), heap()
	for i := range n {
		subscribe(t, h, events.PersonRef(fmt.Sprint("person-", i)), events.Entity(fmt.Sprint("network-", i)), system)
	}
	if got := int64(heap()-before) / n; got > each {
		t.Errorf("a subscriber takes %d bytes, more than %d", got, each)
	}
	if got := runtime.NumGoroutine(); got > goroutines {
		t.Errorf("%d goroutines for subscribers", got-goroutines)
	}
	runtime.KeepAlive(h)
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
