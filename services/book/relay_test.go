package book_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/carrier"
	"github.com/ics-openbook/openbook/services/internal/store/storetest"
	"github.com/ics-openbook/openbook/services/internal/store/wire"
)

// What JetStream holds is the book: the same facts, each at the sequence of its
// ordinal, all of one epoch, which is the stream's.
func (h *house) sameAsBook(t testing.TB) carrier.Epoch {
	t.Helper()
	stream := h.stream(t)
	info := stream.CachedInfo()
	epoch := carrier.Epoch(info.Config.Metadata["epoch"])
	n := events.Ordinal(0)
	for want, err := range h.remote().Range(t.Context(), 0, 0) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		m, err := stream.GetMsg(t.Context(), uint64(n))
		if err != nil {
			t.Fatal(err)
		}
		got, said, err := carrier.Decode(m.Header, m.Data)
		if err != nil {
			t.Fatal(err)
		}
		if got.ID != want.ID || got.Ordinal != n || got.Position != want.Position || said != epoch || m.Subject != carrier.Subject(want) {
			t.Fatalf("sequence %d is %s as %d of epoch %s on %s, want %s of %s", n, got.ID, got.Ordinal, said, m.Subject, want.ID, epoch)
		}
	}
	if info.State.LastSeq != uint64(n) || info.State.Msgs != uint64(n) || info.Config.Metadata["book"] != string(h.store.Book()) {
		t.Fatalf("the stream has %d messages up to %d of book %s; the book %d facts", info.State.Msgs, info.State.LastSeq, info.Config.Metadata["book"], n)
	}
	return epoch
}

func (h *house) stream(t testing.TB) jetstream.Stream {
	t.Helper()
	js, err := jetstream.New(h.nc)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := js.Stream(t.Context(), carrier.Stream)
	if err != nil {
		t.Fatal(err)
	}
	return stream
}

// write records n facts, one an append, in a stream of their own.
func (h *house) write(t testing.TB, n int) {
	t.Helper()
	stream, at := events.Stream("practice-"+string(storetest.Entries(1)[0].ID)), events.NoStream
	for range n {
		done, err := h.remote().Append(t.Context(), stream, at, storetest.Entries(1))
		if err != nil {
			t.Fatal(err)
		}
		at = done.Revision
	}
}

func TestRelay(t *testing.T) {
	h := begin(t)
	h.write(t, 50)
	h.relayed(t, 50)
	first := h.sameAsBook(t)
	h.stop(t)
	h.start(t)
	h.write(t, 50)
	h.relayed(t, 100)
	if epoch := h.sameAsBook(t); epoch != first {
		t.Errorf("a new start made a new epoch:\n%s", h.log)
	}
	// Nobody can take a fact out of the stream, or add one that is not the
	// next; what can still be done to it is for permissions to forbid.
	stream := h.stream(t)
	if err := stream.DeleteMsg(t.Context(), 7); err == nil {
		t.Error("a message could be deleted")
	}
	if err := stream.Purge(t.Context()); err == nil {
		t.Error("the stream could be purged")
	}
}

// After each of these the stream is the book again. A stream that is only short
// is continued; any other is made anew, with the reason in the log.
func TestStreamUnlikeTheBook(t *testing.T) {
	backUp := func(t *testing.T, h *house) { copyTree(t, h.streams, h.streams+".old") }
	putBack := func(t *testing.T, h *house) {
		remove(t, h.streams)
		copyTree(t, h.streams+".old", h.streams)
	}
	for _, c := range []struct {
		what   string
		before func(*testing.T, *house) // with 20 of 40 facts there, everything stopped
		after  func(*testing.T, *house) // with all 40 there, everything stopped
		reason string                   // in the log; none means the same epoch
		facts  events.Ordinal
	}{
		{"nothing happened", nil, nil, "", 40},
		{"its folder is gone", nil, func(t *testing.T, h *house) { remove(t, h.streams) }, "there was no stream", 40},
		{"it is older than the store", backUp, putBack, "", 40},
		{"it is ahead of the store", func(t *testing.T, h *house) { copyTree(t, h.books, h.books+".old") },
			func(t *testing.T, h *house) { remove(t, h.books); copyTree(t, h.books+".old", h.books) }, "it has 40 facts, the store 20", 20},
		{"it is of another book", nil, func(t *testing.T, h *house) { remove(t, h.books) }, `it is of book \"`, 0},
		{"it is as long as the store, but other", func(t *testing.T, h *house) { copyTree(t, h.books, h.books+".old") },
			func(t *testing.T, h *house) {
				remove(t, h.books)
				copyTree(t, h.books+".old", h.books)
				h.streamless(t, func() { h.write(t, 20) })
			}, "its message 40 is fact", 40},
	} {
		t.Run(c.what, func(t *testing.T) {
			h := begin(t)
			h.write(t, 20)
			h.relayed(t, 20)
			h.down(t)
			if c.before != nil {
				c.before(t, h)
			}
			h.up(t)
			h.write(t, 20)
			h.relayed(t, 40)
			first := h.sameAsBook(t)
			h.down(t)
			if c.after != nil {
				c.after(t, h)
			}
			h.up(t)
			h.relayed(t, c.facts)
			if epoch := h.sameAsBook(t); (epoch != first) != (c.reason != "") {
				t.Errorf("epoch %s, then %s", first, epoch)
			}
			if !strings.Contains(h.log.String(), c.reason) {
				t.Errorf("the log does not say %q:\n%s", c.reason, h.log)
			}
			h.write(t, 3)
			h.relayed(t, c.facts+3)
			h.sameAsBook(t)
		})
	}
}

// The same while the book runs: somebody with more rights than sense deletes
// the stream, or puts another in its place.
func TestStreamVanishes(t *testing.T) {
	for what, do := range map[string]func(context.Context, jetstream.JetStream, jetstream.StreamConfig) error{
		"deleted": func(ctx context.Context, js jetstream.JetStream, _ jetstream.StreamConfig) error {
			return js.DeleteStream(ctx, carrier.Stream)
		},
		"emptied": func(ctx context.Context, js jetstream.JetStream, c jetstream.StreamConfig) error {
			_, err := js.CreateStream(ctx, c)
			return errors.Join(js.DeleteStream(ctx, carrier.Stream), err)
		},
		"of another epoch": func(ctx context.Context, js jetstream.JetStream, c jetstream.StreamConfig) error {
			c.Metadata["epoch"] = "another"
			_, err := js.UpdateStream(ctx, c)
			return err
		},
		"cut": func(ctx context.Context, js jetstream.JetStream, c jetstream.StreamConfig) error {
			c.MaxMsgs, c.Discard = 5, jetstream.DiscardOld
			_, err := js.UpdateStream(ctx, c)
			return err
		},
		"written to": func(ctx context.Context, js jetstream.JetStream, _ jetstream.StreamConfig) error {
			_, err := js.PublishMsg(ctx, &nats.Msg{Subject: "fact.a.b.c", Data: []byte("{}")})
			return err
		},
	} {
		for _, busy := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, busy %t", what, busy), func(t *testing.T) {
				h := begin(t)
				h.write(t, 20)
				h.relayed(t, 20)
				js, err := jetstream.New(h.nc)
				if err != nil {
					t.Fatal(err)
				}
				before := h.sameAsBook(t)
				if err := do(t.Context(), js, h.stream(t).CachedInfo().Config); err != nil && what != "emptied" {
					t.Fatal(err)
				}
				n := events.Ordinal(20)
				if busy { // one append is one flight of messages
					if _, err := h.remote().Append(t.Context(), "practice-A81999", events.NoStream, storetest.Entries(20)); err != nil {
						t.Fatal(err)
					}
					n = 40
				}
				deadline := time.Now().Add(15 * time.Second)
				for h.epoch(t) == before && time.Now().Before(deadline) {
					time.Sleep(20 * time.Millisecond)
				}
				h.relayed(t, n)
				if after := h.sameAsBook(t); after == before {
					t.Errorf("the epoch is still %s", after)
				}
			})
		}
	}
}

func (h *house) epoch(t testing.TB) carrier.Epoch { return h.status(t).Epoch }

func (h *house) status(t testing.TB) wire.Status {
	t.Helper()
	s, err := h.remote().Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Two relays of one book get in each other's way, and still no fact is relayed
// twice, or left out, or out of order.
func TestTwoRelays(t *testing.T) {
	h := begin(t)
	second := &house{books: h.books, keyring: h.keyring, own: t.TempDir(), nats: h.nats, log: h.log, wrap: h.wrap}
	second.share(t, h.store)
	h.write(t, 1)
	h.relayed(t, 1)
	first := carrier.Epoch(h.stream(t).CachedInfo().Config.Metadata["epoch"])
	for _, n := range []int{40, 40, 40, 40, 39} {
		h.write(t, n)
	}
	h.relayed(t, 200)
	for agreed := 0; agreed < 20; agreed++ { // either of the two answers
		if s, err := h.remote().Status(t.Context()); err != nil || s.Counted.Ordinal != 200 {
			agreed = -1
			time.Sleep(10 * time.Millisecond)
		}
	}
	if last := h.sameAsBook(t); last != first {
		t.Errorf("they spoilt the stream and made another:\n%s", h.log)
	}
}

// A server that goes away in the middle comes back, and the relay with it.
func TestServerRestarts(t *testing.T) {
	h := begin(t)
	h.write(t, 100)
	h.down(t)
	h.up(t)
	h.write(t, 100)
	h.relayed(t, 200)
	h.sameAsBook(t)
}

// down stops the book and the NATS server.
func (h *house) down(t testing.TB) {
	t.Helper()
	h.stop(t)
	h.nats.Shutdown()
	h.nats.WaitForShutdown()
}

func (h *house) up(t testing.TB) {
	t.Helper()
	h.serve(t)
	h.start(t)
}

// streamless lets the book run beside a JetStream that is not the house's.
func (h *house) streamless(t testing.TB, do func()) {
	t.Helper()
	streams := h.streams
	h.streams = t.TempDir()
	h.up(t)
	do()
	h.down(t)
	h.streams = streams
}

func remove(t testing.TB, folder string) {
	t.Helper()
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
}

func copyTree(t testing.TB, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}
