package follow_test

import (
	"context"
	"errors"
	"iter"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/book/booktest"
	"github.com/ics-openbook/openbook/services/internal/carrier"
	"github.com/ics-openbook/openbook/services/internal/follow"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/store/remote"
)

// pages records n facts with few appends.
func (w world) pages(n int, kind func(int) events.Fact) {
	w.t.Helper()
	for n > 0 {
		var facts []events.Fact
		for ; n > 0 && len(facts) < 50; n-- {
			facts = append(facts, kind(n))
		}
		w.Record("sum-a", facts...)
	}
}

func one(n int) events.Fact { return added{"sum-a", n} }

// copied is the book as a pad: the truth to compare with.
func (w world) copied() *pad {
	w.t.Helper()
	p := &pad{}
	for r, err := range w.Remote.Range(w.t.Context(), 0, 0) {
		booktest.Must(w.t, err)
		p.facts = append(p.facts, r)
	}
	return p
}

// check compares answers about random moments with the truth.
func (w world) check(f *follow.Follower[int], p *pad, times int) {
	w.t.Helper()
	for range times {
		n := 1 + rand.IntN(len(p.facts))
		then, err := f.AsAt(w.t.Context(), p.mark(n))
		booktest.Must(w.t, err)
		if wrong := p.same(then, n); wrong != "" {
			w.t.Fatal(wrong)
		}
	}
}

// A view passes the past on its way, and so need not fold it for who asks.
func TestTheViewKeepsWhatItPasses(t *testing.T) {
	w := open(t)
	w.pages(205, one)
	book := &reader{Book: w.Remote}
	f, _ := w.follow(chain(), follow.Options[int]{KeepEvery: 10}, book)
	if kept := f.Kept(); len(kept) != 20 {
		t.Errorf("of 205 it keeps %v", follow.Ordinals(kept))
	}
	w.check(f, w.copied(), 50)
	if read := book.facts.Load(); read > 50*9 {
		t.Errorf("50 questions had %d facts read", read)
	}
}

// Begun from a snapshot, a view has not seen what was before. It folds that for
// the first who asks, and the rest of it in the background.
func TestTheViewFillsTheGapBeforeASnapshot(t *testing.T) {
	w := open(t)
	w.pages(250, one)
	o := follow.Options[int]{SnapshotEvery: 200, KeepEvery: 10}
	_, stop := w.follow(chain(), o)
	name := filepath.Join(w.Dir, "follower", "snapshots", "chain-v1", "200.json")
	booktest.Eventually(t, "there is a snapshot", func() bool { ok, _ := filepath.Glob(name); return len(ok) == 1 })
	stop()
	book := &reader{Book: w.Remote}
	f, _ := w.follow(chain(), o, book)
	if kept := f.Kept(); len(kept) != 6 || kept[0].At.Ordinal != 200 {
		t.Fatalf("begun from a snapshot it keeps %v", follow.Ordinals(kept))
	}
	p := w.copied()
	then, err := f.AsAt(t.Context(), p.mark(42))
	booktest.Must(t, err)
	if wrong := p.same(then, 42); wrong != "" {
		t.Error(wrong)
	}
	booktest.Eventually(t, "the gap is closed", func() bool { return len(f.Kept()) == 25 })
	book.facts.Store(0)
	w.check(f, p, 50)
	if read := book.facts.Load(); read > 50*9 {
		t.Errorf("50 questions had %d facts read", read)
	}
}

// reader counts what is read for questions about the past.
type reader struct {
	follow.Book
	facts atomic.Int64
}

func (r *reader) Range(ctx context.Context, after, upto events.Ordinal) iter.Seq2[events.Recorded, error] {
	return func(yield func(events.Recorded, error) bool) {
		for fact, err := range r.Book.Range(ctx, after, upto) {
			r.facts.Add(1)
			if !yield(fact, err) {
				return
			}
		}
	}
}

// A past before a parking knows nothing of it; one after it does, until a retry
// has read what was parked.
func TestThePastHasItsOwnParking(t *testing.T) {
	w := open(t)
	kind := func(n int) events.Fact {
		if n == 60 { // comes as the 41st
			return unreadable{added{"sum-b", 1000}}
		}
		return one(n)
	}
	w.pages(100, kind)
	v, reads := chain(), atomic.Bool{}
	old := v.Evolve
	v.Evolve = func(s int, r events.Recorded) (int, error) {
		if r.Type == "sum.added.v9" && reads.Load() {
			r.Type = "sum.added.v1"
		}
		return old(s, r)
	}
	f, _ := w.follow(v, follow.Options[int]{SnapshotEvery: 10, KeepEvery: 10})
	p := w.copied()
	w.check(f, p, 50)
	reads.Store(true)
	f.Retry()
	booktest.Eventually(t, "the view has read it", func() bool { return len(f.Seen().AllParked()) == 0 })
	p.facts[40].Type = "sum.added.v1"
	for n := range p.facts {
		then, err := f.AsAt(t.Context(), p.mark(n+1))
		booktest.Must(t, err)
		if wrong := p.same(then, n+1); wrong != "" {
			t.Fatal(wrong)
		}
	}
}

// A retry that is cut short before readers have seen anything of it is still
// owed.
func TestARetryThatFailsIsNotForgotten(t *testing.T) {
	w := open(t)
	w.Record("sum-b", unreadable{added{"sum-b", 1000}})
	w.pages(20, one)
	v, old := sum(), sum().Evolve
	retried, reads, cut := make(chan struct{}, 100), atomic.Bool{}, make(chan struct{})
	v.Evolve = func(s int, r events.Recorded) (int, error) {
		if reads.Load() {
			if r.Type == "sum.added.v9" {
				r.Type = "sum.added.v1"
			}
			retried <- struct{}{}
			<-cut
		}
		return old(s, r)
	}
	e := w.Env("network", "follower")
	f, err := follow.New(e, remote.New(e.NATS), v, follow.Options[int]{})
	booktest.Must(t, err)
	ended := make(chan error, 1)
	run := func() context.CancelFunc {
		ctx, stop := context.WithCancel(t.Context())
		go func() { ended <- f.Run(ctx, func() {}) }()
		return stop
	}
	stop := run()
	booktest.Eventually(t, "it has seen all", func() bool { return f.Seen().At.Ordinal == 21 })
	reads.Store(true)
	f.Retry()
	<-retried // it has begun
	stop()
	close(cut)
	booktest.Must(t, <-ended)
	if len(f.Seen().AllParked()) != 1 {
		t.Error("readers were shown a retry that has hardly begun")
	}
	stop = run()
	booktest.Eventually(t, "the retry is done", func() bool { return len(f.Seen().AllParked()) == 0 })
	if got := f.Seen(); got.State != 1000+20*21/2 || got.At.Ordinal != 21 {
		t.Errorf("it leads to %d at %d", got.State, got.At.Ordinal)
	}
	stop()
	booktest.Must(t, <-ended)
	folded := len(retried)
	stop = run()
	w.wait(f, w.record(1))
	stop()
	booktest.Must(t, <-ended)
	if again := len(retried) - folded; again != 1 {
		t.Errorf("a retry that is done is done again: %d facts are folded for one", again)
	}
}

// While facts are recorded, the stream is lost and made again, and a retry is
// under way: whoever asks is told the truth, or to ask again.
func TestThePastWhileEverythingMoves(t *testing.T) {
	w := open(t)
	w.pages(150, one)
	f, _ := w.follow(chain(), follow.Options[int]{SnapshotEvery: 40, KeepEvery: 5, Keep: 12})
	before, p := f.Seen().Epoch, w.copied()
	ctx, cancel := context.WithCancel(t.Context())
	var asking sync.WaitGroup
	var told atomic.Int64
	for n := range 6 {
		asking.Go(func() {
			random := rand.New(rand.NewPCG(uint64(n), 1))
			for ctx.Err() == nil {
				n := 1 + random.IntN(len(p.facts))
				then, err := f.AsAt(ctx, p.mark(n))
				switch {
				case errors.Is(err, refuse.ErrStale), errors.Is(err, refuse.ErrBusy), err != nil && ctx.Err() != nil:
				case err != nil:
					t.Error(err)
				default:
					told.Add(1)
					if wrong := p.same(then, n); wrong != "" {
						t.Error(wrong)
					}
				}
			}
		})
	}
	w.pages(60, one)
	booktest.Eventually(t, "the book has nothing on its way to the stream", func() bool {
		status, err := w.Remote.Status(t.Context())
		return err == nil && status.Relayed == 210
	})
	f.Retry()
	nc, err := w.nats.Connect(t.Context(), "book")
	booktest.Must(t, err)
	defer nc.Close()
	js, err := jetstream.New(nc)
	booktest.Must(t, err)
	booktest.Must(t, js.DeleteStream(t.Context(), carrier.Stream))
	w.pages(60, one)
	booktest.Eventually(t, "the view is of a new epoch, and has seen all", func() bool {
		return f.Seen().Epoch != before && f.Seen().At.Ordinal == 270
	})
	time.Sleep(50 * time.Millisecond) // of questions to the new one
	cancel()
	asking.Wait()
	if told.Load() == 0 {
		t.Error("nobody was told anything")
	}
	for _, s := range f.Kept() {
		if s.Epoch != f.Seen().Epoch {
			t.Errorf("the state kept at %d is of epoch %s", s.At.Ordinal, s.Epoch)
		}
	}
	w.check(f, w.copied(), 100)
}

// Many ask at one moment, as a page does that shows several things.
func TestOneMomentIsFoldedOnceForAll(t *testing.T) {
	w := open(t)
	w.pages(100, one)
	book := &reader{Book: w.Remote}
	f, _ := w.follow(chain(), follow.Options[int]{KeepEvery: 1000}, book)
	mark := w.copied().mark(99)
	var asking sync.WaitGroup
	for range 20 {
		asking.Go(func() {
			_, err := f.AsAt(context.WithoutCancel(t.Context()), mark)
			if err != nil {
				t.Error(err)
			}
		})
	}
	asking.Wait()
	if read := book.facts.Load(); read > 99*follow.Folders {
		t.Errorf("%d facts were read", read)
	}
	if _, err := f.AsAt(t.Context(), store.Mark{Ordinal: 100, ID: "another"}); !errors.Is(err, refuse.ErrStale) {
		t.Errorf("the newest ordinal with another's id is answered with %v", err)
	}
}
