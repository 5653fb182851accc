package decider_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/book/sqlite"
	"github.com/ics-openbook/openbook/services/internal/decider"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// reached says how far a counter has come. It is absolute, so a decision taken
// on a stale count would undo a step that somebody else has counted.
type reached struct {
	N int `json:"n"`
}

func (reached) EventType() string         { return "test.reached.v1" }
func (reached) Entities() []events.Entity { return []events.Entity{"count-x"} }

type tally struct{ N int }

var family = events.NewFamily(reached{})

func evolve(_ tally, e reached) tally { return tally(e) }

func countOn(s tally) ([]reached, error) { return []reached{{s.N + 1}}, nil }

const stream = events.Stream("count-x")

func TestNoStepIsLost(t *testing.T) {
	const askers, each = 64, 20
	// Two deciders on one store are two replicas of a service.
	s := counted{Store: open(t)}
	replicas := []*decider.Decider[tally, reached]{newDecider(&s), newDecider(&s)}
	var all sync.WaitGroup
	for i := range askers {
		all.Go(func() {
			for range each {
				_, err := replicas[i%2].Transact(t.Context(), stream, newAsk(), countOn)
				for errors.Is(err, refuse.ErrContended) { // said honestly, and worth a retry
					_, err = replicas[i%2].Transact(t.Context(), stream, newAsk(), countOn)
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if got := count(t, replicas[0]); got != askers*each {
		t.Errorf("counted to %d in %d steps", got, askers*each)
	}
	if n := s.appends.Load(); n >= askers*each {
		t.Errorf("%d appends for %d asks: nothing was appended together", n, askers*each)
	}
}

// distant is a store that takes its time, as one over a network does: a state is
// read more slowly than the next batch is appended.
type distant struct{ store.Store }

func (d distant) Append(ctx context.Context, stream events.Stream, at events.Revision, all []store.Entry) (store.Appended, error) {
	<-time.After(2 * time.Millisecond)
	return d.Store.Append(ctx, stream, at, all)
}

func (d distant) ReadStream(ctx context.Context, stream events.Stream, from events.Revision) iter.Seq2[events.Recorded, error] {
	<-time.After(6 * time.Millisecond)
	return d.Store.ReadStream(ctx, stream, from)
}

func TestReplicasTakeTurns(t *testing.T) {
	const askers, each = 64, 20
	s := open(t)
	replicas := []*decider.Decider[tally, reached]{newDecider(distant{s}), newDecider(distant{s})}
	var all sync.WaitGroup
	var contended atomic.Int64
	for i := range askers {
		all.Go(func() {
			for range each {
				_, err := replicas[i%2].Transact(t.Context(), stream, newAsk(), countOn)
				if errors.Is(err, refuse.ErrContended) {
					contended.Add(1)
				} else if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if n := contended.Load(); n > 0 {
		t.Errorf("%d of %d asks found no turn", n, askers*each)
	}
}

// TestANewcomerGetsATurn has a replica beside the store write without a rest. It needs
// not read, so one further off, that must, can come first only when it is let.
func TestANewcomerGetsATurn(t *testing.T) {
	s := open(t)
	busy, newcomer := newDecider(s), newDecider(distant{s})
	if _, err := busy.Transact(t.Context(), stream, newAsk(), countOn); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for ctx.Err() == nil {
				if _, err := busy.Transact(t.Context(), stream, newAsk(), countOn); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 5 {
		if _, err := newcomer.Transact(t.Context(), stream, newAsk(), countOn); err != nil {
			t.Error(err)
		}
	}
	stop()
	all.Wait()
}

func TestOneReplicaNeverConflicts(t *testing.T) {
	d := newDecider(open(t))
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			for range 10 {
				if _, err := d.Transact(t.Context(), stream, newAsk(), countOn); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if got := count(t, d); got != 640 {
		t.Errorf("counted to %d in 640 steps", got)
	}
}

var places = cmp.Comparer(func(a, b events.Position) bool { return a == b })

func TestTheSameAskIsAnsweredAlike(t *testing.T) {
	s := open(t)
	asked := newAsk()
	first, err := newDecider(s).Transact(t.Context(), stream, asked, countOn)
	if err != nil {
		t.Fatal(err)
	}
	if len(first.Types) != first.Entries {
		t.Errorf("recorded %d facts, and names %q", first.Entries, first.Types)
	}
	first.Types = nil          // of what is recorded just now
	restarted := newDecider(s) // knows only what is in the book
	for range 2 {
		again, err := restarted.Transact(t.Context(), stream, asked, countOn)
		if err != nil || !cmp.Equal(again, first, places) {
			t.Errorf("answered\n%+v, %v, and first\n%+v", again, err, first)
		}
	}
	other := asked
	other.Hash = "other input"
	if _, err := restarted.Transact(t.Context(), stream, other, countOn); !errors.Is(err, refuse.ErrIdempotency) {
		t.Errorf("the same key with other input: %v", err)
	}
	if got := count(t, restarted); got != 1 {
		t.Errorf("counted to %d for one ask", got)
	}
}

// terse is a store that says of an append where its last fact is, and no more.
type terse struct{ held }

func (s *terse) Append(ctx context.Context, stream events.Stream, at events.Revision, facts []store.Entry) (store.Appended, error) {
	a, err := s.held.Append(ctx, stream, at, facts)
	if err == nil {
		a.Positions = a.Positions[len(a.Positions)-1:]
	}
	return a, err
}

// Asks that are appended together are each told where their own facts are, whether
// the store says that at once or has to be asked.
func TestEachAskIsToldItsOwnPlace(t *testing.T) {
	s := &terse{held{open(t), make(chan struct{})}}
	d := newDecider(s)
	var all sync.WaitGroup
	receipts := make([]decider.Receipt, 20)
	for i := range receipts {
		all.Go(func() {
			var err error
			if receipts[i], err = d.Transact(t.Context(), stream, newAsk(), countOn); err != nil {
				t.Error(err)
			}
		})
	}
	time.Sleep(50 * time.Millisecond) // the first is held, and the others gather behind it
	close(s.release)
	all.Wait()
	for r, err := range s.ReadStream(t.Context(), stream, 0) {
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(receipts, func(told decider.Receipt) bool { return told.Revision == r.Revision })
		if i < 0 || receipts[i].Position != r.Position || receipts[i].ID != r.ID {
			t.Errorf("revision %d is at %s: %+v", r.Revision, r.Position, receipts)
		}
	}
}

// The same key twice at once meets itself in one batch.
func TestTheSameAskAtOnce(t *testing.T) {
	d := newDecider(open(t))
	asked := newAsk()
	receipts := make([]decider.Receipt, 50)
	var all sync.WaitGroup
	for i := range receipts {
		all.Go(func() {
			var err error
			if receipts[i], err = d.Transact(t.Context(), stream, asked, countOn); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for i := range receipts {
		receipts[i].Types = nil // named by the one that recorded them
		if !cmp.Equal(receipts[i], receipts[0], places) {
			t.Fatalf("answered %+v and %+v", receipts[i], receipts[0])
		}
	}
	if got := count(t, d); got != 1 {
		t.Errorf("counted to %d for one ask", got)
	}
}

func TestARefusalIsNotRemembered(t *testing.T) {
	d := newDecider(open(t))
	asked := newAsk()
	no := refuse.New(refuse.Conflict, "NO", "No.")
	if _, err := d.Transact(t.Context(), stream, asked, func(tally) ([]reached, error) { return nil, no }); !errors.Is(err, no) {
		t.Fatal(err)
	}
	if _, err := d.Transact(t.Context(), stream, asked, countOn); err != nil {
		t.Errorf("the same ask, now allowed: %v", err)
	}
}

// What one replica has kept in memory is not enough to say no.
func TestNoIsSaidOnFreshStateOnly(t *testing.T) {
	s := open(t)
	here, there := newDecider(s), newDecider(s)
	mustTransact(t, here, countOn)
	mustTransact(t, there, countOn) // here does not know of it
	onlyFromTwo := func(s tally) ([]reached, error) {
		if s.N != 2 {
			return nil, fmt.Errorf("%w: at %d", errNotTwo, s.N)
		}
		return []reached{{3}}, nil
	}
	if _, err := here.Transact(t.Context(), stream, newAsk(), onlyFromTwo); err != nil {
		t.Errorf("refused on an old state: %v", err)
	}
	already := func(s tally) ([]reached, error) { return nil, nil }
	mustTransact(t, there, already)
	if r := mustTransact(t, there, already); r.Revision != 2 || r.Entries != 0 {
		t.Errorf("“so already” names %+v, not the last fact", r)
	}
}

var errNotTwo = refuse.New(refuse.Conflict, "NOT_TWO", "Not two.")

func TestIfRevision(t *testing.T) {
	d := newDecider(open(t))
	mustTransact(t, d, countOn)
	at := func(r events.Revision) decider.Asked { a := newAsk(); a.IfRevision = &r; return a }
	if _, err := d.Transact(t.Context(), stream, at(7), countOn); !errors.Is(err, refuse.ErrRevision) {
		t.Errorf("another revision: %v", err)
	}
	if _, err := d.Transact(t.Context(), stream, at(0), countOn); err != nil {
		t.Errorf("the right revision: %v", err)
	}
}

func TestAnAppendWhoseOutcomeIsUnknown(t *testing.T) {
	for name, lose := range map[string]func(*flaky){
		"was recorded":     func(f *flaky) { f.afterwards = 2 },
		"was not recorded": func(f *flaky) { f.beforehand = 2 },
	} {
		t.Run(name, func(t *testing.T) {
			f := &flaky{Store: open(t)}
			d := newDecider(f)
			lose(f)
			if r, err := d.Transact(t.Context(), stream, newAsk(), countOn); err != nil || r.Revision != 0 {
				t.Fatalf("%+v, %v", r, err)
			}
			if got := count(t, d); got != 1 {
				t.Errorf("counted to %d for one ask", got)
			}
		})
	}
	t.Run("because the answer was lost", func(t *testing.T) {
		f := &flaky{Store: open(t), lost: 1}
		d := newDecider(f)
		if r, err := d.Transact(t.Context(), stream, newAsk(), countOn); err != nil || r.Revision != 0 {
			t.Fatalf("%+v, %v", r, err)
		}
		if got := count(t, d); got != 1 {
			t.Errorf("counted to %d for one ask", got)
		}
	})
	t.Run("and stays so", func(t *testing.T) {
		f := &flaky{Store: open(t), afterwards: 1000}
		d := newDecider(f)
		asked := newAsk()
		if _, err := d.Transact(t.Context(), stream, asked, countOn); !errors.Is(err, refuse.ErrUnavailable) {
			t.Fatal(err)
		}
		f.afterwards = 0
		if r, err := d.Transact(t.Context(), stream, asked, countOn); err != nil || r.Revision != 0 {
			t.Errorf("asked again with the same key: %+v, %v", r, err)
		}
	})
}

func TestConflictsEndInANamedError(t *testing.T) {
	s := open(t)
	d := newDecider(&contested{s})
	if _, err := d.Transact(t.Context(), stream, newAsk(), countOn); !errors.Is(err, refuse.ErrContended) {
		t.Error(err)
	}
}

func TestAFullQueueAnswersBusy(t *testing.T) {
	held := &held{Store: open(t), release: make(chan struct{})}
	d := newDecider(held)
	var all sync.WaitGroup
	var busy, done atomic.Int64
	for range 1500 { // 1,024 may wait, and 64 be in hand
		all.Go(func() {
			switch _, err := d.Transact(t.Context(), stream, newAsk(), countOn); {
			case err == nil:
				done.Add(1)
			case errors.Is(err, refuse.ErrBusy):
				if busy.Add(1) == 1500-1024-64 {
					close(held.release)
				}
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if int64(count(t, d)) != done.Load() || busy.Load() == 0 {
		t.Errorf("counted to %d, with %d answered and %d refused", count(t, d), done.Load(), busy.Load())
	}
}

func TestAnUnreadableFactParksItsStreamAlone(t *testing.T) {
	s := open(t)
	entry := store.Entry{Data: []byte(`{}`), Envelope: events.Envelope{
		ID: events.ID(uuid.NewString()), Type: "test.reached.v9", Source: "test", Entities: []events.Entity{"count-x"}}}
	if _, err := s.Append(t.Context(), stream, events.NoStream, []store.Entry{entry}); err != nil {
		t.Fatal(err)
	}
	d := newDecider(s)
	if _, err := d.Transact(t.Context(), stream, newAsk(), countOn); !errors.Is(err, refuse.ErrParked) {
		t.Errorf("deciding on what cannot be read: %v", err)
	}
	if _, err := d.Transact(t.Context(), "count-y", newAsk(), countOn); err != nil {
		t.Errorf("deciding elsewhere: %v", err)
	}
}

func TestAPanicIsAFaultOfOneAsk(t *testing.T) {
	d := newDecider(open(t))
	if _, err := d.Transact(t.Context(), stream, newAsk(), func(tally) ([]reached, error) { panic("oh") }); err == nil || len(refuse.All(err)) > 0 {
		t.Errorf("a panic is %v", err)
	}
	mustTransact(t, d, countOn)
}

func TestABatchThatDoesNotFitIsDivided(t *testing.T) {
	d := newDecider(open(t))
	many := func(n int) func(tally) ([]reached, error) {
		return func(s tally) (es []reached, _ error) {
			for i := range n {
				es = append(es, reached{s.N + i + 1})
			}
			return es, nil
		}
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if r, err := d.Transact(t.Context(), stream, newAsk(), many(200)); err != nil || r.Entries != 200 {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
	all.Wait()
	if got := count(t, d); got != 1600 {
		t.Errorf("counted to %d", got)
	}
	if _, err := d.Transact(t.Context(), stream, newAsk(), many(store.MaxFacts+1)); err == nil {
		t.Error("one ask larger than an append is accepted")
	}
}

// counted counts appends. It and its like below change what a real store says,
// as a network would.
type counted struct {
	store.Store
	appends atomic.Int64
}

func (c *counted) Append(ctx context.Context, stream events.Stream, at events.Revision, facts []store.Entry) (store.Appended, error) {
	c.appends.Add(1)
	return c.Store.Append(ctx, stream, at, facts)
}

type flaky struct {
	store.Store
	beforehand, afterwards int
	lost                   int // answers that never come
}

func (f *flaky) Append(ctx context.Context, stream events.Stream, at events.Revision, facts []store.Entry) (store.Appended, error) {
	if f.beforehand > 0 {
		f.beforehand--
		return store.Appended{}, store.ErrUnavailable
	}
	a, err := f.Store.Append(ctx, stream, at, facts)
	if f.lost > 0 {
		f.lost--
		<-ctx.Done()
		return store.Appended{}, ctx.Err()
	}
	if f.afterwards > 0 {
		f.afterwards--
		return store.Appended{}, store.ErrUnavailable
	}
	return a, err
}

type contested struct{ store.Store }

func (c *contested) Append(ctx context.Context, stream events.Stream, at events.Revision, facts []store.Entry) (store.Appended, error) {
	theirs := facts[0]
	theirs.ID, theirs.Ask = events.ID(uuid.NewString()), ""
	if _, err := c.Store.Append(ctx, stream, at, []store.Entry{theirs}); err != nil {
		return store.Appended{}, err
	}
	return c.Store.Append(ctx, stream, at, facts)
}

type held struct {
	store.Store
	release chan struct{}
}

func (h *held) Append(ctx context.Context, stream events.Stream, at events.Revision, facts []store.Entry) (store.Appended, error) {
	<-h.release
	return h.Store.Append(ctx, stream, at, facts)
}

func open(t *testing.T) store.Store {
	s, err := sqlite.Open(sqlite.Options{Path: filepath.Join(t.TempDir(), "book.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func newDecider(s store.Store) *decider.Decider[tally, reached] {
	return decider.New("test", s, family, evolve)
}

func newAsk() decider.Asked { return decider.Asked{ID: events.ID(uuid.NewString()), Hash: "input"} }

func mustTransact(t *testing.T, d *decider.Decider[tally, reached], decide func(tally) ([]reached, error)) decider.Receipt {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	r, err := d.Transact(ctx, stream, newAsk(), decide)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func count(t *testing.T, d *decider.Decider[tally, reached]) (n int) {
	t.Helper()
	mustTransact(t, d, func(s tally) ([]reached, error) { n = s.N; return nil, nil })
	return n
}

// A rehearsal is answered as the ask itself would be, by what a replica has
// written too, and records nothing.
func TestRehearsing(t *testing.T) {
	s := counted{Store: open(t)}
	here, there := newDecider(&s), newDecider(&s)
	mustTransact(t, here, countOn)
	mustTransact(t, there, countOn) // here does not know of it
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			r, err := here.Rehearse(t.Context(), stream, countOn)
			if err != nil || len(r.Proposed) != 1 || r.Proposed[0].Type != "test.reached.v1" || string(r.Proposed[0].Data) != `{"n":3}` {
				t.Errorf("rehearsed %+v, %v", r, err)
			}
		})
	}
	all.Wait()
	no := func(tally) ([]reached, error) { return nil, errNotTwo }
	if _, err := here.Rehearse(t.Context(), stream, no); !errors.Is(err, errNotTwo) {
		t.Errorf("what is refused is rehearsed with %v", err)
	}
	if n := s.appends.Load(); n != 2 {
		t.Errorf("%d appends, of which 2 were asked for", n)
	}
	if got := count(t, here); got != 2 {
		t.Errorf("counted to %d", got)
	}
}
