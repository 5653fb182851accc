package proof_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"iter"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/events"
)

var update = flag.Bool("update", false, "write golden files that are missing; never changes one")

// whole is an entry with every field filled in.
func whole() events.Recorded {
	return events.Recorded{
		Envelope: events.Envelope{
			ID: "0b0f2c1e-6a53-5c0f-9d1c-0f6e0a7c1d11", Type: "funding.allocated.v1", Source: "funding",
			Entities: []events.Entity{"network-U12345", "system-QWE"},
			Time:     time.Date(2026, time.April, 1, 9, 30, 15, 123456000, time.UTC),
			Ask:      "5a0b9e34-4a4b-5b0a-8a44-1a2b3c4d5e6f", AskHash: "9f86d081884c7d65",
			Cause: "11111111-2222-5333-8444-555555555555", Correlation: "66666666-7777-5888-9999-aaaaaaaaaaaa",
			Actor: "person-7c9e", OnBehalfOf: "organisation-F81001", Known: 41,
			Traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
		},
		Stream: "ledger-QWE-2026", Revision: 7,
		Position: events.PositionAt(900, 900), Ordinal: 42,
		Data: []byte(`{"amount":1250000,"rate":1.50,"note":"Café"}`),
	}
}

// nth is the n-th entry of a small book.
func nth(n int) events.Recorded {
	r := whole()
	r.ID = events.ID(fmt.Sprintf("00000000-0000-5000-8000-%012d", n))
	r.Revision = events.Revision(n)
	r.Ordinal = events.Ordinal(n)
	r.Time = r.Time.Add(time.Duration(n) * time.Millisecond)
	r.Data = fmt.Appendf(nil, `{"amount":%d}`, n)
	return r
}

func leafOf(t testing.TB, r events.Recorded) []byte {
	t.Helper()
	b, err := proof.AppendLeaf(nil, &r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// golden compares with a file, which is a promise: proofs stand on it for ever.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	want, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) && *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is no longer written as it was:\n%s", name, cmp.Diff(string(want), string(got)))
	}
}

func TestLeafIsGolden(t *testing.T) {
	leaf := leafOf(t, whole())
	golden(t, "entry.v1.leaf.hex", []byte(hex.Dump(leaf)))
	sum := sha256.Sum256(append([]byte{0}, leaf...))
	if got := proof.HashLeaf(leaf); got != sum {
		t.Errorf("leaf hash %x, want SHA-256(0x00 || leaf) %x", got, sum)
	}
	golden(t, "entry.v1.hash", []byte(proof.HashLeaf(leaf).String()+"\n"))

	bare := events.Recorded{
		Envelope: events.Envelope{ID: "i", Type: "t", Entities: []events.Entity{"e"}, Time: time.UnixMicro(-1).UTC()}, Stream: "s", Data: []byte("{}"),
	}
	golden(t, "bare.v1.leaf.hex", []byte(hex.Dump(leafOf(t, bare))))
}

// Every field of an entry is in the leaf, or is known to be stamped by stores
// and carriers. A new field fails until somebody has decided.
func TestEveryFieldIsDecided(t *testing.T) {
	stamped := map[string]bool{"Position": true, "Ordinal": true}
	base := leafOf(t, whole())
	for _, f := range reflect.VisibleFields(reflect.TypeFor[events.Recorded]()) {
		if f.Anonymous {
			continue
		}
		r := whole()
		switch v := reflect.ValueOf(&r).Elem().FieldByIndex(f.Index); v.Addr().Interface().(type) {
		case *events.Position:
			r.Position = events.PositionAt(1, 2)
		case *time.Time:
			r.Time = r.Time.Add(time.Microsecond)
		case *[]events.Entity:
			r.Entities = append(r.Entities, "place-X")
		default:
			switch v.Kind() {
			case reflect.String:
				v.SetString(v.String() + "x")
			case reflect.Int64:
				v.SetInt(v.Int() + 1)
			case reflect.Uint64:
				v.SetUint(v.Uint() + 1)
			case reflect.Slice:
				v.SetBytes([]byte(`{"amount":1250000,"rate":1.5,"note":"Café"}`))
			default:
				t.Fatalf("%s is a %s: decide whether it is part of the leaf", f.Name, v.Kind())
			}
		}
		if same := bytes.Equal(leafOf(t, r), base); same != stamped[f.Name] {
			t.Errorf("another %s gives the same leaf: %t, want %t", f.Name, same, stamped[f.Name])
		}
	}
}

func TestSpelling(t *testing.T) {
	base := leafOf(t, whole())
	zoned := whole()
	zoned.Time = zoned.Time.In(time.FixedZone("", 3600))
	if !bytes.Equal(leafOf(t, zoned), base) {
		t.Error("the same instant in another zone is another entry")
	}
	for _, data := range []string{`{"amount": 1250000,"rate":1.50,"note":"Café"}`, `{"amount":1250000,"rate":1.5,"note":"Café"}`, `{"rate":1.50,"amount":1250000,"note":"Café"}`, `{"amount":1250000,"rate":1.50,"note":"Caf\u00e9"}`} {
		r := whole()
		r.Data = []byte(data)
		if bytes.Equal(leafOf(t, r), base) {
			t.Errorf("data spelled %s is the same entry: what was recorded are the bytes", data)
		}
	}
}

func TestNoLeaf(t *testing.T) {
	for what, spoil := range map[string]func(*events.Recorded){
		"no id":                  func(r *events.Recorded) { r.ID = "" },
		"no type":                func(r *events.Recorded) { r.Type = "" },
		"no stream":              func(r *events.Recorded) { r.Stream = "" },
		"no entity":              func(r *events.Recorded) { r.Entities = nil },
		"an empty entity":        func(r *events.Recorded) { r.Entities = []events.Entity{"a", ""} },
		"no data":                func(r *events.Recorded) { r.Data = nil },
		"no time":                func(r *events.Recorded) { r.Time = time.Time{} },
		"a time too fine":        func(r *events.Recorded) { r.Time = r.Time.Add(time.Nanosecond) },
		"a time too late":        func(r *events.Recorded) { r.Time = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"a time too early":       func(r *events.Recorded) { r.Time = time.Date(0, 12, 31, 0, 0, 0, 0, time.UTC) },
		"before the first":       func(r *events.Recorded) { r.Revision = events.NoStream },
		"text that is none":      func(r *events.Recorded) { r.Actor = "person-\xff" },
		"an entity that is none": func(r *events.Recorded) { r.Entities = []events.Entity{"\xff"} },
	} {
		r := whole()
		spoil(&r)
		b, err := proof.AppendLeaf([]byte("before"), &r)
		if !errors.Is(err, proof.ErrMalformed) || string(b) != "before" {
			t.Errorf("%s: %q, %v", what, b, err)
		}
	}
}

var texts = rapid.OneOf(rapid.Just(""), rapid.String(), rapid.StringMatching(`[ab]{0,3}`))

var anyEntry = rapid.Custom(func(t *rapid.T) events.Recorded {
	filled := rapid.OneOf(rapid.StringN(1, 20, -1), rapid.StringMatching(`[ab]{1,3}`))
	return events.Recorded{
		Envelope: events.Envelope{
			ID: events.ID(filled.Draw(t, "id")), Type: filled.Draw(t, "type"), Source: texts.Draw(t, "source"),
			Entities: rapid.SliceOfN(rapid.Map(filled, func(s string) events.Entity { return events.Entity(s) }), 1, 4).Draw(t, "entities"),
			Time:     time.UnixMicro(rapid.Int64Range(-62135596799999999, 253402300799999999).Draw(t, "time")).UTC(),
			Ask:      events.ID(texts.Draw(t, "ask")), AskHash: texts.Draw(t, "askhash"), Cause: events.ID(texts.Draw(t, "cause")),
			Correlation: events.ID(texts.Draw(t, "correlation")), Actor: events.PersonRef(texts.Draw(t, "actor")),
			OnBehalfOf: events.Entity(texts.Draw(t, "onbehalfof")), Known: events.Ordinal(rapid.Uint64().Draw(t, "known")),
			Traceparent: texts.Draw(t, "traceparent"),
		},
		Stream: events.Stream(filled.Draw(t, "stream")), Revision: events.Revision(rapid.Int64Range(0, math.MaxInt64).Draw(t, "revision")),
		Data: rapid.SliceOfN(rapid.Byte(), 1, 20).Draw(t, "data"),
	}
})

// A leaf reads back as its entry, so two entries never share one.
func TestLeafReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyEntry.Draw(t, "a"), anyEntry.Draw(t, "b")
		leafA, errA := proof.AppendLeaf(nil, &a)
		leafB, errB := proof.AppendLeaf(nil, &b)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		back, err := proof.ParseLeaf(leafA)
		if diff := cmp.Diff(a, back, cmp.AllowUnexported(events.Position{})); err != nil || diff != "" {
			t.Fatalf("%v\n%s", err, diff)
		}
		if same := reflect.DeepEqual(a, b); bytes.Equal(leafA, leafB) != same {
			t.Fatalf("the entries are the same: %t, their leaves are not so", same)
		}
	})
}

// What moves from one field to the next, or from one entity into two, shows.
func TestFieldsDoNotRunTogether(t *testing.T) {
	seen := map[string]string{}
	for _, c := range []struct {
		what  string
		shape func(*events.Recorded)
	}{
		{"as it is", func(*events.Recorded) {}},
		{"source and ask", func(r *events.Recorded) { r.Source, r.Ask = r.Source+string(r.Ask), "" }},
		{"cause for correlation", func(r *events.Recorded) { r.Cause, r.Correlation = r.Correlation, r.Cause }},
		{"one entity", func(r *events.Recorded) { r.Entities = []events.Entity{r.Entities[0] + r.Entities[1]} }},
		{"one entity with a comma", func(r *events.Recorded) { r.Entities = []events.Entity{r.Entities[0] + "," + r.Entities[1]} }},
		{"the other first", func(r *events.Recorded) { slices.Reverse(r.Entities) }},
		{"an entity twice", func(r *events.Recorded) { r.Entities = append(r.Entities, r.Entities[1]) }},
	} {
		r := whole()
		c.shape(&r)
		leaf := string(leafOf(t, r))
		if other, is := seen[leaf]; is {
			t.Errorf("%s has the leaf of %s", c.what, other)
		}
		seen[leaf] = c.what
	}
}

func TestLeavesStopAtAnError(t *testing.T) {
	broken := errors.New("broken")
	bad := nth(2)
	bad.Data = nil
	for what, c := range map[string]struct {
		entries iter.Seq2[events.Recorded, error]
		want    error
	}{
		"of the entries": {func(yield func(events.Recorded, error) bool) {
			_ = yield(nth(1), nil) && yield(events.Recorded{}, broken) && yield(nth(3), nil)
		}, broken},
		"of a leaf": {func(yield func(events.Recorded, error) bool) {
			_ = yield(nth(1), nil) && yield(bad, nil) && yield(nth(3), nil)
		}, proof.ErrMalformed},
	} {
		var leaves int
		var last error
		for leaf, err := range proof.Leaves(c.entries) {
			if err == nil && !bytes.Equal(leaf, leafOf(t, nth(leaves+1))) {
				t.Errorf("%s: leaf %d is another", what, leaves)
			}
			if last = err; err == nil {
				leaves++
			}
		}
		if leaves != 1 || !errors.Is(last, c.want) {
			t.Errorf("an error %s: %d leaves, then %v", what, leaves, last)
		}
	}
}

// Whatever ParseLeaf reads, it reads as the one leaf of an entry.
func FuzzParseLeaf(f *testing.F) {
	r := whole()
	leaf := leafOf(f, r)
	f.Add(leaf)
	f.Add(leaf[:len(leaf)-1])
	f.Add(append(slices.Clone(leaf), 0))
	f.Add([]byte("openbook entry v1\n"))
	f.Add([]byte("openbook entry v2\n"))
	for _, n := range []int{18, 22, 98, 120, 150, 200} {
		changed := slices.Clone(leaf)
		changed[n] ^= 0x80
		f.Add(changed)
	}
	f.Fuzz(func(t *testing.T, leaf []byte) {
		r, err := proof.ParseLeaf(leaf)
		if err != nil {
			if !errors.Is(err, proof.ErrMalformed) {
				t.Errorf("%v is not typed", err)
			}
			return
		}
		if again, err := proof.AppendLeaf(nil, &r); err != nil || !bytes.Equal(again, leaf) {
			t.Errorf("%q is read and written as %q, %v", leaf, again, err)
		}
	})
}

// A count of entities that nobody could send must not cost memory.
func TestHugeCount(t *testing.T) {
	r := whole()
	leaf := leafOf(t, r)
	at := bytes.Index(leaf, []byte("ledger-QWE-2026")) + len("ledger-QWE-2026") + 8
	for i := range 8 {
		leaf[at+i] = 0x7f
	}
	if allocated := testing.AllocsPerRun(1, func() {
		if _, err := proof.ParseLeaf(leaf); !errors.Is(err, proof.ErrMalformed) {
			t.Error(err)
		}
	}); allocated > 100 {
		t.Errorf("%v allocations", allocated)
	}
}
