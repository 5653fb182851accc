// Package decider joins the two pure halves of an aggregate, deciding and
// evolving, to the book they are pure of.
package decider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/internal/store"
)

const (
	// attempts bounds how often an append is repeated whose outcome is not known.
	attempts = 5
	// races bounds how often a batch is decided afresh because another replica
	// has written to the same stream; patience ends it sooner where appends are slow.
	races = 200
	// turn is how long a replica that has just written to a stream leaves it to
	// the others, where there are any. They must read before they can append, and
	// this one needs not: without it they would hardly ever come first.
	turn = 5 * time.Millisecond
	// wary is for how many batches a stream is held to be shared after another
	// replica was last seen to write to it.
	wary = 64
	// streak is how many batches a replica that never rests appends to a stream
	// before it leaves it for a breath to others, of whom it cannot know: they read
	// and lose each race to the one that need not read, and so it meets no conflict.
	streak = 64
	breath = 20 * time.Millisecond
	// most is how many asks are decided and appended together.
	most = 64
	// waiting is how many asks of one stream may wait to be decided.
	waiting = 1024
	// patience bounds one batch, whatever its askers' own deadlines.
	patience = 8 * time.Second
	// silence is how long one append may go unanswered before it is repeated:
	// its answer may have been lost with a connection, or with the book. All
	// attempts fit into patience.
	silence = 1500 * time.Millisecond
	// again is the pause before an append is repeated, doubled each time.
	again = 20 * time.Millisecond
	// kept is how many folded states stay in memory.
	kept = 1024
)

// Asked is an ask as the decider needs to know it: everything but what is asked.
type Asked struct {
	ID          events.ID // the same for the same request, however often it is sent
	Hash        string    // of the request's input
	Actor       events.PersonRef
	OnBehalfOf  events.Entity
	Cause       events.ID
	Correlation events.ID
	Known       events.Ordinal // how far the view had come that the decision looks at
	IfRevision  *events.Revision
	Traceparent string
}

// Receipt says where an ask left its trace in the book.
type Receipt struct {
	ID       events.ID       `json:"id"`      // of the last fact recorded for the ask
	Entries  int             `json:"entries"` // how many facts were recorded; 0 when it was so already
	Stream   events.Stream   `json:"stream"`
	Revision events.Revision `json:"revision"`
	Position events.Position `json:"position"`
	Time     time.Time       `json:"time"`
	// Types are the types of the facts recorded just now; none for an ask that
	// was answered before.
	Types []string `json:"types,omitempty"`
	// Proposed are the facts a rehearsal would have recorded.
	Proposed []Proposal `json:"proposed,omitempty"`
}

// Decider takes the decisions of one kind of aggregate. The asks of one stream
// wait in a queue: they are decided one after another on the state in memory
// and appended together, so that many askers of one stream share one flush and
// never see a conflict among themselves.
type Decider[S any, E events.Fact] struct {
	source string
	store  store.Store
	family events.Family[E]
	evolve func(S, E) S

	mu     sync.Mutex
	queues map[events.Stream]*queue[S, E]
	cache  *lru.Cache[events.Stream, *folded[S]]
}

type queue[S any, E events.Fact] struct{ asks []*pending[S, E] }

type pending[S any, E events.Fact] struct {
	Asked
	ctx    context.Context
	decide func(S) ([]E, error)
	answer chan outcome // holds one, so that answering never waits
	// rehearses is for an ask that is to record nothing.
	rehearses bool
}

type outcome struct {
	receipt Receipt
	err     error
}

// folded is a stream's state as far as it is known here. Only the one goroutine
// that works off the stream's queue touches it.
type folded[S any] struct {
	state S
	tail  Receipt // of the last fact; Entries unused
	asks  map[events.ID]earlier
	wary  int // for how many batches others are to be expected
}

// earlier is an ask found in the stream.
type earlier struct {
	hash    string
	receipt Receipt
}

// New returns a Decider that records facts as source, the service's name.
func New[S any, E events.Fact](source string, s store.Store, family events.Family[E], evolve func(S, E) S) *Decider[S, E] {
	cache, err := lru.New[events.Stream, *folded[S]](kept)
	if err != nil {
		panic(err) // only for a size below one
	}
	return &Decider[S, E]{source: source, store: s, family: family, evolve: evolve, queues: map[events.Stream]*queue[S, E]{}, cache: cache}
}

// Transact takes a decision on a stream and records what follows from it. It
// returns once that is on disk.
//
// The same ask again, known by its id, is not decided again: it gets the first
// answer, or [refuse.ErrIdempotency] if its input differs. A decision without
// facts means that it is so already; the receipt then names the stream's last
// fact. Errors are the decision's own refusals, ErrBusy, ErrContended,
// ErrRevision, ErrParked, ErrFull, ErrUnavailable of package refuse, or faults.
func (d *Decider[S, E]) Transact(ctx context.Context, stream events.Stream, asked Asked, decide func(S) ([]E, error)) (Receipt, error) {
	return d.wait(stream, &pending[S, E]{Asked: asked, ctx: ctx, decide: decide, answer: make(chan outcome, 1)})
}

// wait is the answer to p, which waits its turn for it.
func (d *Decider[S, E]) wait(stream events.Stream, p *pending[S, E]) (Receipt, error) {
	if !d.enqueue(stream, p) {
		return Receipt{}, refuse.ErrBusy
	}
	select {
	case o := <-p.answer:
		return o.receipt, o.err
	case <-p.ctx.Done():
		return Receipt{}, fmt.Errorf("%w (%w)", refuse.ErrUnavailable, context.Cause(p.ctx))
	}
}

// enqueue puts p into its stream's queue and sees to it that somebody works it
// off. It reports false when the queue is full.
func (d *Decider[S, E]) enqueue(stream events.Stream, p *pending[S, E]) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	q, busy := d.queues[stream]
	if !busy {
		q = &queue[S, E]{}
		d.queues[stream] = q
		go d.workOff(stream, q)
	}
	if len(q.asks) >= waiting {
		return false
	}
	q.asks = append(q.asks, p)
	return true
}

// workOff settles a stream's asks batch by batch until none waits. There is one
// such goroutine for a stream that has asks, none for others.
func (d *Decider[S, E]) workOff(stream events.Stream, q *queue[S, E]) {
	for batches := 1; ; batches++ {
		d.mu.Lock()
		n := min(len(q.asks), most)
		batch := q.asks[:n:n]
		q.asks = q.asks[n:]
		if n == 0 {
			delete(d.queues, stream)
			d.mu.Unlock()
			return
		}
		d.mu.Unlock()

		ctx, cancel := context.WithTimeout(context.Background(), patience)
		d.settle(ctx, stream, batch)
		cancel()
		if batches%streak == 0 {
			<-time.After(breath)
		}
	}
}

// settle answers every ask of a batch, exactly once.
func (d *Decider[S, E]) settle(ctx context.Context, stream events.Stream, batch []*pending[S, E]) {
	for len(batch) > 0 {
		n, err := d.trySafely(ctx, stream, batch)
		if err != nil {
			d.cache.Remove(stream) // what is in the book is no longer known here
			for _, p := range batch {
				p.answer <- outcome{err: err}
			}
			return
		}
		batch = batch[n:]
	}
}

// trySafely is tryAll, with a panic of the fold turned into a fault of the asks
// that met it: it answers only at its end, so none of them has an answer yet.
func (d *Decider[S, E]) trySafely(ctx context.Context, stream events.Stream, batch []*pending[S, E]) (n int, err error) {
	defer func() {
		if r := recover(); r != nil {
			n, err = 0, fmt.Errorf("deciding on %s panicked: %v\n%s", stream, r, debug.Stack())
		}
	}()
	return d.tryAll(ctx, stream, batch)
}

// tryAll settles the first asks of a batch, as many as fit into one append, and
// says how many. With an error it has answered none.
func (d *Decider[S, E]) tryAll(ctx context.Context, stream events.Stream, batch []*pending[S, E]) (int, error) {
	fresh := d.yield(ctx, stream) // whether the state was read just now
	for race := 0; race < races && ctx.Err() == nil; race++ {
		f, read, err := d.load(ctx, stream, fresh)
		if err != nil {
			return 0, err
		}
		fresh = fresh || read
		plan := d.plan(f, stream, batch)
		if len(plan.entries) == 0 {
			// A state kept since earlier may not say no, nor "already so": a
			// replica may have written meanwhile. An append would notice.
			if !fresh && plan.relies {
				fresh = true
				continue
			}
			plan.deliver()
			return len(plan.outcomes), nil
		}
		appended, err := d.append(ctx, stream, f.tail.Revision, plan.entries)
		if err == nil {
			err = d.locate(ctx, stream, plan, f.tail.Revision, &appended)
		}
		if errors.Is(err, store.ErrConflict) {
			fresh, f.wary = true, wary
			continue
		}
		if err != nil {
			return 0, translate(err)
		}
		plan.commit(f, appended)
		d.cache.Add(stream, f)
		plan.deliver()
		return len(plan.outcomes), nil
	}
	return 0, fmt.Errorf("%w (%s, %d attempts)", refuse.ErrContended, stream, races)
}

// yield leaves a stream that others write to as well to them for a moment, and
// reports whether its state is to be read again.
func (d *Decider[S, E]) yield(ctx context.Context, stream events.Stream) bool {
	f, known := d.cache.Get(stream)
	if !known || f.wary == 0 {
		return false
	}
	f.wary--
	select {
	case <-time.After(turn):
	case <-ctx.Done():
	}
	return true
}

// load returns the state of a stream: the one kept, brought up to date if it is
// to be fresh, or one that it has read just now, and then says so.
func (d *Decider[S, E]) load(ctx context.Context, stream events.Stream, fresh bool) (f *folded[S], read bool, err error) {
	f, cached := d.cache.Get(stream)
	if cached && !fresh {
		return f, false, nil
	}
	if !cached {
		f = nothing[S](stream)
	}
	if err := d.catchUp(ctx, stream, f); err != nil {
		d.cache.Remove(stream)
		return nil, false, err
	}
	d.cache.Add(stream, f)
	return f, true, nil
}

func nothing[S any](stream events.Stream) *folded[S] {
	return &folded[S]{tail: Receipt{Stream: stream, Revision: events.NoStream}, asks: map[events.ID]earlier{}}
}

// catchUp folds what has been recorded after f.
func (d *Decider[S, E]) catchUp(ctx context.Context, stream events.Stream, f *folded[S]) error {
	for r, err := range d.store.ReadStream(ctx, stream, f.tail.Revision+1) {
		if err != nil {
			return translate(err)
		}
		e, err := d.family.Decode(r)
		if err != nil {
			return fmt.Errorf("%w: %w", refuse.ErrParked.About("", stream), err)
		}
		f.state = d.evolve(f.state, e)
		f.tail.ID, f.tail.Revision, f.tail.Position, f.tail.Time = r.ID, r.Revision, r.Position, r.Time
		f.remember(r.Ask, r.AskHash)
	}
	return nil
}

// remember notes that the stream's last fact belongs to an ask.
func (f *folded[S]) remember(ask events.ID, hash string) {
	if ask == "" {
		return
	}
	receipt := f.tail
	receipt.Entries = f.asks[ask].receipt.Entries + 1
	f.asks[ask] = earlier{hash, receipt}
}

func translate(err error) error {
	switch {
	case errors.Is(err, store.ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		return refuse.ErrUnavailable // alone: what else is in err may say that nothing was recorded
	case errors.Is(err, store.ErrFull):
		return fmt.Errorf("%w: %w", refuse.ErrFull, err)
	}
	return err
}

// factID names the n-th fact of an ask, the same whenever it is decided.
func factID(ask events.ID, n int) (events.ID, error) {
	space, err := uuid.Parse(string(ask))
	if err != nil {
		return "", fmt.Errorf("ask id %q is not a UUID: %w", ask, err)
	}
	return events.ID(uuid.NewSHA1(space, fmt.Append(nil, n)).String()), nil
}

func (d *Decider[S, E]) entry(p *pending[S, E], n int, e E) (store.Entry, error) {
	id, err := factID(p.ID, n)
	if err != nil {
		return store.Entry{}, err
	}
	data, err := json.Marshal(e)
	if err != nil {
		return store.Entry{}, err
	}
	return store.Entry{Data: data, Envelope: events.Envelope{
		ID: id, Type: e.EventType(), Source: d.source, Entities: e.Entities(),
		Ask: p.ID, AskHash: p.Hash, Cause: p.Cause, Correlation: p.Correlation,
		Actor: p.Actor, OnBehalfOf: p.OnBehalfOf, Known: p.Known, Traceparent: p.Traceparent,
	}}, nil
}
