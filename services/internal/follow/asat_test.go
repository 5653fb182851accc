package follow_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/book/booktest"
	"github.com/ics-openbook/openbook/services/internal/carrier"
	"github.com/ics-openbook/openbook/services/internal/follow"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

// Whatever was asked before, in memory or on disk, and whatever the book has
// lost since: the past is the fold of the facts from the first on.
func TestThePastIsAFoldFromTheBeginning(t *testing.T) {
	folder, books := t.TempDir(), 0
	rapid.Check(t, func(rt *rapid.T) {
		p := &pad{}
		books++
		dir := filepath.Join(folder, fmt.Sprint(books))
		o := follow.Options[int]{
			KeepEvery: events.Ordinal(rapid.IntRange(1, 7).Draw(rt, "stride")), Keep: rapid.IntRange(1, 6).Draw(rt, "keep")}
		f, epoch := p.follower(t, dir, o), carrier.Epoch("")
		shifted := false
		ask := func(rt *rapid.T) (*follow.Seen[int], bool) {
			if len(p.facts) == 0 {
				return nil, false
			}
			n := rapid.IntRange(1, len(p.facts)).Draw(rt, "ordinal")
			then, err := f.AsAt(t.Context(), p.mark(n))
			if err != nil {
				rt.Fatal(err)
			}
			if wrong := p.same(then, n); wrong != "" {
				rt.Fatal(wrong)
			}
			if then.Epoch != epoch {
				rt.Fatalf("it is of epoch %q, now is %q", then.Epoch, epoch)
			}
			return then, true
		}
		kinds := rapid.SampledFrom([]string{"sum.added.v1", "sum.added.v1", "sum.added.v1", "other.added.v1", "sum.added.v9"})
		rt.Repeat(map[string]func(*rapid.T){
			"record": func(rt *rapid.T) { p.record(rapid.SliceOfN(kinds, 1, 20).Draw(rt, "facts")...) },
			"ask":    func(rt *rapid.T) { ask(rt) },
			"snapshot": func(rt *rapid.T) {
				if then, ok := ask(rt); ok && len(then.AllParked()) == 0 {
					booktest.Must(t, f.Write(*then))
				}
			},
			"lose": func(rt *rapid.T) { p.lose(rapid.IntRange(0, len(p.facts)).Draw(rt, "left")) },
			"shift": func(rt *rapid.T) {
				if !shifted { // a second time may bring one back to its place: only an epoch tells of that
					p.shift(rapid.IntRange(0, len(p.facts)).Draw(rt, "left"))
				}
				shifted = true
			},
			"restart": func(*rapid.T) { f, epoch = p.follower(t, dir, o), "" },
			"rebuild": func(*rapid.T) {
				epoch += "n"
				f.Begin(epoch)
			},
			"ask for what is gone": func(rt *rapid.T) {
				if len(p.facts) == 0 {
					return
				}
				gone := p.mark(rapid.IntRange(1, len(p.facts)).Draw(rt, "ordinal"))
				gone.ID += "'"
				if _, err := f.AsAt(t.Context(), gone); !errors.Is(err, refuse.ErrStale) {
					rt.Fatalf("another book's mark is answered with %v", err)
				}
			},
			"": func(rt *rapid.T) {
				if kept := f.Kept(); len(kept) > o.Keep {
					rt.Fatalf("%d states are kept, %d are too many", len(kept), o.Keep)
				}
			},
		})
	})
}

// full is a pad with n facts that can be read.
func full(n int) *pad {
	p := &pad{}
	p.record(slices.Repeat([]string{"sum.added.v1"}, n)...)
	return p
}

func TestThePastIsReadOnce(t *testing.T) {
	p := full(1000)
	f := p.follower(t, t.TempDir(), follow.Options[int]{KeepEvery: 10})
	cost := func(n int) int {
		before := p.read
		_, err := f.AsAt(t.Context(), p.mark(n))
		booktest.Must(t, err)
		return p.read - before
	}
	for _, c := range []struct{ at, facts int }{{999, 999}, {999, 0}, {555, 5}, {557, 2}, {554, 4}, {555, 0}, {1000, 1}} {
		if got := cost(c.at); got != c.facts {
			t.Errorf("as at %d took %d facts, want %d", c.at, got, c.facts)
		}
	}
}

// Where nobody looks the past grows sparse, but nothing of it is lost.
func TestWhatIsKeptIsThinnedOut(t *testing.T) {
	p := full(4000)
	f := p.follower(t, t.TempDir(), follow.Options[int]{KeepEvery: 1, Keep: 64})
	gaps := func() (widest, near, present events.Ordinal) {
		before := events.Ordinal(0)
		for _, n := range follow.Ordinals(f.Kept()) {
			gap := n - before
			widest = max(widest, gap)
			if n > 1480 && n <= 1500 {
				near = max(near, gap)
			}
			present, before = gap, n
		}
		return widest, near, present
	}
	for _, n := range []int{4000, 1500} {
		_, err := f.AsAt(t.Context(), p.mark(n))
		booktest.Must(t, err)
		widest, near, present := gaps()
		if len(f.Kept()) != 64 || widest > 200 || present > 8 || n == 1500 && near > 16 {
			t.Errorf("asked for %d, it keeps %v: gaps of up to %d, %d before 1500, and %d at the end",
				n, follow.Ordinals(f.Kept()), widest, near, present)
		}
	}
}

// So many at once, the others in their turn, and nobody for ever.
func TestQuestionsAboutThePastAreBounded(t *testing.T) {
	p := full(100)
	goOn := make(chan struct{})
	p.before = func(context.Context, events.Recorded) error { <-goOn; return nil }
	f := p.follower(t, t.TempDir(), follow.Options[int]{KeepEvery: 10})
	var asked sync.WaitGroup
	for n := range 5 * follow.Folders {
		asked.Go(func() {
			then, err := f.AsAt(t.Context(), p.mark(90-n))
			if err != nil {
				t.Error(err)
			} else if wrong := p.same(then, 90-n); wrong != "" {
				t.Error(wrong)
			}
		})
	}
	booktest.Eventually(t, "as many are folded as may be", func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.readers == follow.Folders
	})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := f.AsAt(ctx, p.mark(7)); !errors.Is(err, refuse.ErrBusy) {
		t.Errorf("one too many, and out of time, is answered with %v", err)
	}
	close(goOn)
	asked.Wait()
	if p.most != follow.Folders {
		t.Errorf("%d were folded at once", p.most)
	}
}

// What a question passed helps the next, even if it was not answered itself.
func TestAQuestionCutShortIsNotInVain(t *testing.T) {
	p, enough := full(100), errors.New("enough")
	p.before = func(_ context.Context, r events.Recorded) error {
		if r.Ordinal == 78 {
			return enough
		}
		return nil
	}
	f := p.follower(t, t.TempDir(), follow.Options[int]{KeepEvery: 10})
	if _, err := f.AsAt(t.Context(), p.mark(100)); !errors.Is(err, enough) {
		t.Fatal(err)
	}
	if kept := follow.Ordinals(f.Kept()); len(kept) != 7 || kept[6] != 70 {
		t.Errorf("it keeps %v", kept)
	}
}

// A question that is under way when the fold is begun anew adds nothing to the
// new one, and is not answered with the old one.
func TestAQuestionFromBeforeANewFold(t *testing.T) {
	p := full(100)
	f := p.follower(t, t.TempDir(), follow.Options[int]{KeepEvery: 10})
	for _, at := range []events.Ordinal{1, 35, 99} {
		f.Begin("old")
		p.before = func(_ context.Context, r events.Recorded) error {
			if r.Ordinal == at {
				f.Begin("new")
			}
			return nil
		}
		if then, err := f.AsAt(t.Context(), p.mark(99)); !errors.Is(err, refuse.ErrStale) {
			t.Errorf("begun anew at %d, it is answered with %v, %v", at, then, err)
		}
		if kept := follow.Ordinals(f.Kept()); len(kept) > 0 {
			t.Errorf("begun anew at %d, it keeps %v", at, kept)
		}
	}
}
