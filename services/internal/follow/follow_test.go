package follow_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/book/booktest"
	"github.com/ics-openbook/openbook/services/internal/carrier"
	"github.com/ics-openbook/openbook/services/internal/follow"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/internal/store/remote"
	"github.com/ics-openbook/openbook/services/internal/telemetry"
	"github.com/ics-openbook/openbook/services/platform/natsd"
)

// added is a fact to add up.
type added struct {
	Who events.Entity `json:"who"`
	N   int           `json:"n"`
}

func (added) EventType() string           { return "sum.added.v1" }
func (a added) Entities() []events.Entity { return []events.Entity{a.Who} }

// unreadable is of the same domain, and of a later release.
type unreadable struct{ added }

func (unreadable) EventType() string { return "sum.added.v9" }

// elsewhere is of another domain.
type elsewhere struct{ added }

func (elsewhere) EventType() string { return "other.added.v1" }

var family = events.NewFamily(added{})

// folding is a fold over what is added.
func folding(fold func(s int, e added) int) func(int, events.Recorded) (int, error) {
	return func(s int, r events.Recorded) (int, error) {
		e, err := family.Decode(r)
		if err != nil {
			return s, err
		}
		return fold(s, e), nil
	}
}

func sum() follow.View[int] {
	return follow.View[int]{
		Name: "sum", Version: 1, Domains: []string{"sum"},
		Evolve: folding(func(s int, e added) int { return s + e.N }),
		Freeze: follow.Whole(func(s int) ([]byte, error) { return fmt.Append(nil, s), nil }),
		Thaw:   func(r io.Reader) (s int, err error) { _, err = fmt.Fscan(r, &s); return s, err },
	}
}

type world struct {
	*booktest.Book
	t    *testing.T
	nats *natsd.Server
}

func open(t *testing.T) world {
	dir := t.TempDir()
	nats, err := natsd.Embedded(natsd.Config{Dir: filepath.Join(dir, "nats"), Log: telemetry.Off().Log})
	booktest.Must(t, err)
	t.Cleanup(func() { booktest.Must(t, nats.Stop()) })
	return world{booktest.Open(t, dir, nats), t, nats}
}

// follow starts a follower and returns once it has seen all there was. It may
// be given a book to ask.
func (w world) follow(v follow.View[int], o follow.Options[int], book ...follow.Book) (*follow.Follower[int], func()) {
	w.t.Helper()
	e := w.Env("network", "follower")
	head, err := w.Store.Head(w.t.Context())
	booktest.Must(w.t, err)
	booktest.Eventually(w.t, "the book has counted what it holds", func() bool {
		counted, err := remote.New(e.NATS).IndexHead(w.t.Context())
		booktest.Must(w.t, err)
		return counted.Position == head
	})
	f, err := follow.New(e, append(book, remote.New(e.NATS))[0], v, o)
	booktest.Must(w.t, err)
	ctx, stop := context.WithCancel(context.Background())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- f.Run(ctx, func() { close(ready) }) }()
	end := sync.OnceFunc(func() { stop(); booktest.Must(w.t, <-ended) })
	w.t.Cleanup(end)
	select {
	case <-ready:
	case <-time.After(20 * time.Second):
		w.t.Fatal("the follower is not ready after 20 s")
	}
	return f, end
}

func (w world) record(n int) events.Position {
	w.t.Helper()
	for range n {
		w.Record("sum-a", added{"sum-a", 1})
	}
	at, err := w.Store.Head(w.t.Context())
	booktest.Must(w.t, err)
	return at
}

func (w world) wait(f *follow.Follower[int], at events.Position) *follow.Seen[int] {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 20*time.Second)
	defer cancel()
	seen, err := f.Wait(ctx, at)
	booktest.Must(w.t, err)
	return seen
}

func TestAViewKeepsInStep(t *testing.T) {
	w := open(t)
	w.record(10)
	var mu sync.Mutex
	var watched []events.Ordinal
	f, _ := w.follow(sum(), follow.Options[int]{Watch: func(_ *follow.Seen[int], facts []events.Recorded) {
		mu.Lock()
		defer mu.Unlock()
		for _, r := range facts {
			watched = append(watched, r.Ordinal)
		}
	}})
	if got := f.Seen().State; got != 10 {
		t.Errorf("shown at first with %d, before it has come as far as the book", got)
	}
	w.Record("other-a", elsewhere{added{"other-a", 100}})
	if got := w.wait(f, w.record(5)); got.State != 15 || got.At.Ordinal != 16 {
		t.Errorf("sees %d at ordinal %d, want 15 at 16", got.State, got.At.Ordinal)
	}
	mu.Lock()
	defer mu.Unlock()
	for i, o := range watched {
		if o != events.Ordinal(11+i) {
			t.Fatalf("was told of %v: of what is new, in order, once", watched)
		}
	}
}

func TestWaitingHasAnEnd(t *testing.T) {
	w := open(t)
	f, _ := w.follow(sum(), follow.Options[int]{})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := f.Wait(ctx, events.PositionAt(99, 99)); !errors.Is(err, refuse.ErrStale) {
		t.Errorf("waiting for what does not come ends with %v", err)
	}
}

// The stream is made again under a new epoch, as after the loss of its folder.
func TestANewEpochStartsAgain(t *testing.T) {
	w := open(t)
	w.record(20)
	f, _ := w.follow(sum(), follow.Options[int]{})
	before := f.Seen()
	nc, err := w.nats.Connect(t.Context(), "book")
	booktest.Must(t, err)
	defer nc.Close()
	js, err := jetstream.New(nc)
	booktest.Must(t, err)
	booktest.Must(t, js.DeleteStream(t.Context(), carrier.Stream))
	booktest.Eventually(t, "the view is of a new epoch", func() bool {
		seen := f.Seen()
		if seen.At.Ordinal < 20 || seen.State != int(seen.At.Ordinal) {
			t.Fatalf("meanwhile it shows %d at ordinal %d", seen.State, seen.At.Ordinal)
		}
		return seen.Epoch != before.Epoch
	})
	if got := w.wait(f, w.record(3)).State; got != 23 {
		t.Errorf("goes on with %d, want 23", got)
	}
}

func TestSnapshots(t *testing.T) {
	w := open(t)
	const every = 10
	f, stop := w.follow(sum(), follow.Options[int]{SnapshotEvery: every})
	const most = 68 // more than are kept
	for n := 1; n <= most; n++ {
		w.wait(f, w.record(every))
		name := filepath.Join(w.Dir, "follower", "snapshots", "sum-v1", fmt.Sprintf("%d.json", n*every))
		booktest.Eventually(t, name+" is written", func() bool { _, err := os.Stat(name); return err == nil })
	}
	kept, err := filepath.Glob(filepath.Join(w.Dir, "follower", "snapshots", "sum-v1", "*.json"))
	booktest.Must(t, err)
	want := map[string]bool{"680": true, "670": true, "660": true}
	for n := 200; n <= 650; n += 50 {
		want[strconv.Itoa(n)] = true
	}
	for _, name := range kept {
		if n := strings.TrimSuffix(filepath.Base(name), ".json"); !want[n] {
			t.Errorf("the snapshot at %s is kept", n)
		}
	}
	if len(kept) != len(want) {
		t.Errorf("%d snapshots are kept, want %d", len(kept), len(want))
	}
	stop()

	t.Run("are started from", func(t *testing.T) {
		w := w
		w.t = t
		v, from := sum(), 0
		v.Thaw = func(r io.Reader) (int, error) { from++; return sum().Thaw(r) }
		f, stop := w.follow(v, follow.Options[int]{SnapshotEvery: every})
		defer stop()
		if f.Seen().State != most*every || from != 1 {
			t.Errorf("sees %d, having thawed %d snapshots", f.Seen().State, from)
		}
	})
	t.Run("that are torn are passed over", func(t *testing.T) {
		w := w
		w.t = t
		booktest.Must(t, os.WriteFile(filepath.Join(w.Dir, "follower", "snapshots", "sum-v1", "680.json"), []byte(`{"at":{"ord`), 0o600))
		f, stop := w.follow(sum(), follow.Options[int]{SnapshotEvery: every})
		defer stop()
		if f.Seen().State != most*every {
			t.Errorf("sees %d", f.Seen().State)
		}
	})
	t.Run("of another version are not looked at", func(t *testing.T) {
		w := w
		w.t = t
		v := sum()
		v.Version = 2
		v.Evolve = folding(func(s int, e added) int { return s + 2*e.N })
		f, stop := w.follow(v, follow.Options[int]{SnapshotEvery: every})
		defer stop()
		if f.Seen().State != 2*most*every {
			t.Errorf("sees %d, want %d", f.Seen().State, 2*most*every)
		}
	})
}

func TestAsAtIsTheFoldOfWhatWasThere(t *testing.T) {
	w := open(t)
	f, _ := w.follow(sum(), follow.Options[int]{SnapshotEvery: 7})
	w.wait(f, w.record(30))
	book := remote.New(w.Env("network", "reader").NATS)
	for r, err := range book.Range(t.Context(), 0, 0) {
		booktest.Must(t, err)
		mark, err := book.AsAt(t.Context(), r.Time)
		booktest.Must(t, err)
		then, err := f.AsAt(t.Context(), mark)
		booktest.Must(t, err)
		if then.State != int(mark.Ordinal) || mark.Ordinal < r.Ordinal {
			t.Errorf("as at ordinal %d it was %d, and the mark is %d", r.Ordinal, then.State, mark.Ordinal)
		}
	}
	never, err := book.AsAt(t.Context(), time.Date(1948, 7, 5, 0, 0, 0, 0, time.UTC))
	booktest.Must(t, err)
	if then, err := f.AsAt(t.Context(), never); err != nil || then.State != 0 {
		t.Errorf("before the first fact it was %v, %v", then, err)
	}
}

// What cannot be read parks whom it names, and nobody else; a release that can
// read it makes all well.
func TestParking(t *testing.T) {
	w := open(t)
	v := sum()
	reads := make(chan bool, 1)
	reads <- false
	old := v.Evolve
	v.Evolve = func(s int, r events.Recorded) (int, error) {
		can := <-reads
		reads <- can
		if r.Type == "sum.added.v9" && can {
			r.Type = "sum.added.v1"
		}
		return old(s, r)
	}
	f, _ := w.follow(v, follow.Options[int]{SnapshotEvery: 2})
	w.Record("sum-b", unreadable{added{"sum-b", 1000}})
	w.Record("other-c", elsewhere{added{"other-c", 1}})
	seen := w.wait(f, w.record(5))
	if seen.State != 5 {
		t.Errorf("others stop too: %d", seen.State)
	}
	if p, parked := seen.Parked("sum-b"); !parked || p.Type != "sum.added.v9" || p.Ordinal != 1 {
		t.Errorf("is parked: %v, %+v", parked, p)
	}
	if all := seen.AllParked(); len(all) != 1 {
		t.Errorf("parked are %v", all)
	}
	<-reads
	reads <- true
	f.Retry()
	booktest.Eventually(t, "the view has read it", func() bool { return f.Seen().State == 1005 })
	if all := f.Seen().AllParked(); len(all) != 0 {
		t.Errorf("still parked are %v", all)
	}
}

// A fold that panics is a fact that cannot be read, not the end of the service.
func TestAPanicParks(t *testing.T) {
	w := open(t)
	v := sum()
	v.Evolve = func(int, events.Recorded) (int, error) { panic("oh") }
	f, _ := w.follow(v, follow.Options[int]{})
	if _, parked := w.wait(f, w.record(1)).Parked("sum-a"); !parked {
		t.Error("a panic is passed over")
	}
}
