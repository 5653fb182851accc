package carrier_test

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/carrier"
)

var (
	token = rapid.StringMatching(`[a-zA-Z0-9][a-zA-Z0-9_-]{0,20}`)
	text  = rapid.String() // some attributes are other people's: UTF-8 of any kind, and empty
)

var facts = rapid.Custom(func(t *rapid.T) events.Recorded {
	return events.Recorded{
		Envelope: events.Envelope{
			ID:          events.ID(token.Draw(t, "id")),
			Type:        rapid.StringMatching(`[a-z]{1,8}\.[a-z_]{1,8}\.v[1-9]`).Draw(t, "type"),
			Source:      text.Draw(t, "source"),
			Entities:    rapid.SliceOfN(rapid.Custom(func(t *rapid.T) events.Entity { return events.Entity(token.Draw(t, "entity")) }), 1, 5).Draw(t, "entities"),
			Time:        time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanoseconds")).UTC(),
			Ask:         events.ID(text.Draw(t, "ask")),
			AskHash:     text.Draw(t, "ask hash"),
			Cause:       events.ID(text.Draw(t, "cause")),
			Correlation: events.ID(text.Draw(t, "correlation")),
			Actor:       events.PersonRef(text.Draw(t, "actor")),
			OnBehalfOf:  events.Entity(text.Draw(t, "on behalf of")),
			Known:       events.Ordinal(rapid.Uint64Range(0, 1<<62).Draw(t, "known")),
			Traceparent: text.Draw(t, "traceparent"),
		},
		Stream:   events.Stream(token.Draw(t, "stream")),
		Revision: events.Revision(rapid.Int64Range(0, 1<<62).Draw(t, "revision")),
		Position: events.PositionAt(rapid.Uint64Min(1).Draw(t, "commit"), rapid.Uint64().Draw(t, "prepare")),
		Ordinal:  events.Ordinal(rapid.Uint64Range(1, 1<<62).Draw(t, "ordinal")),
		Data:     rapid.SliceOf(rapid.Byte()).Draw(t, "data"),
	}
})

// A fact is the same fact after it has been through NATS's own writer and
// reader of headers.
func TestRoundTrip(t *testing.T) {
	wire := loop(t)
	rapid.Check(t, func(t *rapid.T) {
		fact, epoch := facts.Draw(t, "fact"), carrier.Epoch(token.Draw(t, "epoch"))
		m := wire(t, carrier.Encode(fact, epoch))
		got, gotEpoch, err := carrier.Decode(m.Header, m.Data)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(fact, got, cmp.AllowUnexported(events.Position{}), cmp.Comparer(sameBytes)); diff != "" || gotEpoch != epoch {
			t.Fatalf("epoch %q, want %q; fact (-sent +came):\n%s", gotEpoch, epoch, diff)
		}
	})
}

func sameBytes(a, b []byte) bool { return string(a) == string(b) }

func TestSubject(t *testing.T) {
	m := carrier.Encode(example(), "e")
	if want := "fact.network.practice-A81001.joined.v1"; m.Subject != want {
		t.Errorf("published on %s, want %s", m.Subject, want)
	}
}

// Whatever is taken from an envelope, doubled or garbled, no half fact comes
// out: the reader either gets the fact it would have got, or an error.
func TestDamagedEnvelope(t *testing.T) {
	optional := []string{"ce-source", "ce-origin", "ce-traceparent"}
	whole := carrier.Encode(example(), "e")
	damage := map[string]func(h nats.Header, name string){
		"missing": func(h nats.Header, name string) { delete(h, name) },
		"empty":   func(h nats.Header, name string) { h[name] = []string{""} },
		"twice":   func(h nats.Header, name string) { h[name] = []string{h[name][0], h[name][0]} },
		"garbled": func(h nats.Header, name string) { h[name] = []string{"%F"} },
	}
	for what, do := range damage {
		for name := range whole.Header {
			header := maps.Clone(whole.Header)
			do(header, name)
			got, _, err := carrier.Decode(header, whole.Data)
			if what == "missing" && slices.Contains(optional, name) {
				if err != nil {
					t.Errorf("%s %s: %v", what, name, err)
				}
				continue
			}
			if !errors.Is(err, carrier.ErrDamaged) || got.ID != "" {
				t.Errorf("%s %s: fact %q, error %v", what, name, got.ID, err)
			}
		}
	}
	for name, value := range map[string]string{
		"ce-specversion": "2.0", "ce-time": "yesterday", "ce-entities": "practice-A81001,,network-U12345", "ce-subject": "network-U12345",
		"ce-place#1": "practice-A81001,-1,1,1,e", "ce-place#2": "practice-A81001,0,0,1,e", "ce-place#3": "practice-A81001,0,1,0,e",
		"ce-place#4": ",0,1,1,e", "ce-place#5": "practice-A81001,0,1,1,", "ce-place#6": "practice-A81001,0,1,1", "ce-place#7": "practice-A81001,0,1,1,e,",
		"ce-origin#1": "a,h,c,,p,,many", "ce-origin#2": "a,h,c,,p,", "ce-origin#3": "a,h,c,,p,,-1",
	} {
		header := maps.Clone(whole.Header)
		name, _, _ := strings.Cut(name, "#")
		header[name] = []string{value}
		if _, _, err := carrier.Decode(header, whole.Data); !errors.Is(err, carrier.ErrDamaged) {
			t.Errorf("%s: %s gives %v", name, value, err)
		}
	}
}

// An attribute of a later release is none of this one's business.
func TestUnknownAttribute(t *testing.T) {
	m := carrier.Encode(example(), "e")
	m.Header["ce-novelty"] = []string{"1"}
	if _, _, err := carrier.Decode(m.Header, m.Data); err != nil {
		t.Error(err)
	}
}

// nats.go cuts all values of a header from one text. A fact that kept a piece of it
// would keep all of it, for as long as anybody remembers the fact's id.
func TestAFactKeepsNothingOfItsMessage(t *testing.T) {
	m := carrier.Encode(example(), "e")
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(m.Header)) {
		text.WriteString(m.Header[name][0])
	}
	whole := text.String()
	at := 0
	for _, name := range slices.Sorted(maps.Keys(m.Header)) {
		n := len(m.Header[name][0])
		m.Header[name] = []string{whole[at : at+n]}
		at += n
	}
	r, epoch, err := carrier.Decode(m.Header, m.Data)
	if err != nil {
		t.Fatal(err)
	}
	begin := uintptr(unsafe.Pointer(unsafe.StringData(whole)))
	kept := func(name, s string) {
		if p := uintptr(unsafe.Pointer(unsafe.StringData(s))); s != "" && p >= begin && p < begin+uintptr(len(whole)) {
			t.Errorf("%s is a piece of the header", name)
		}
	}
	kept("epoch", string(epoch))
	kept("stream", string(r.Stream))
	texts := 0
	for field, value := range reflect.ValueOf(r.Envelope).Fields() {
		switch value.Kind() {
		case reflect.String:
			kept(field.Name, value.String())
			texts++
		case reflect.Slice:
			for i := range value.Len() {
				kept(field.Name, value.Index(i).String())
				texts++
			}
		}
	}
	if texts < 10 {
		t.Errorf("looked at %d texts", texts)
	}
}

func BenchmarkEncode(b *testing.B) {
	r := example()
	for b.Loop() {
		carrier.Encode(r, "0c8f8f5e-5f5c-4c1e-9f86-2f1f3c1c7a55")
	}
}

func BenchmarkDecode(b *testing.B) {
	m := carrier.Encode(example(), "0c8f8f5e-5f5c-4c1e-9f86-2f1f3c1c7a55")
	for b.Loop() {
		if _, _, err := carrier.Decode(m.Header, m.Data); err != nil {
			b.Fatal(err)
		}
	}
}

func example() events.Recorded {
	return events.Recorded{
		Envelope: events.Envelope{
			ID: "6f0d7c5e-3b57-5f0e-8f0a-9c8f3b6d1a01", Type: "network.joined.v1", Source: "network",
			Entities: []events.Entity{"practice-A81001", "network-U12345"},
			Time:     time.Date(2026, 4, 1, 9, 0, 0, 123456000, time.UTC),
			Ask:      "6f0d7c5e-3b57-5f0e-8f0a-9c8f3b6d1a00", AskHash: "sha256-1", Cause: "6f0d7c5e-3b57-5f0e-8f0a-9c8f3b6d1a02",
			Correlation: "6f0d7c5e-3b57-5f0e-8f0a-9c8f3b6d1a03", Actor: "person-7c9e", OnBehalfOf: "network-U12345", Known: 7,
			Traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
		},
		Stream: "practice-A81001", Revision: 3, Position: events.PositionAt(9, 9), Ordinal: 9,
		Data: []byte(`{"practice":"A81001","network":"U12345","from":"2026-04-01"}`),
	}
}

// loop sends messages through a server and back.
func loop(t *testing.T) func(*rapid.T, *nats.Msg) *nats.Msg {
	nc := connect(t)
	sub, err := nc.SubscribeSync(carrier.Subjects)
	if err != nil {
		t.Fatal(err)
	}
	return func(t *rapid.T, m *nats.Msg) *nats.Msg {
		if err := nc.PublishMsg(m); err != nil {
			t.Fatal(err)
		}
		back, err := sub.NextMsg(5 * time.Second)
		if err != nil {
			t.Fatal(err)
		}
		return back
	}
}
