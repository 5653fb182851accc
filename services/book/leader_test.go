package book_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/book"
	"github.com/ics-openbook/openbook/services/book/sqlite"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/store/storetest"
)

// turns says whose turn it is to lead, as a lease does.
type turns struct {
	mu   sync.Mutex
	mine chan struct{} // closed when it is
	lost chan struct{} // closed when it is no more
}

func newTurns() *turns { return &turns{mine: make(chan struct{})} }

func (l *turns) lead(ctx context.Context) (<-chan struct{}, error) {
	l.mu.Lock()
	mine := l.mine
	l.mu.Unlock()
	select {
	case <-mine:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lost, nil
}

func (l *turns) give() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lost = make(chan struct{})
	close(l.mine)
}

func (l *turns) take() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.mine = make(chan struct{})
	close(l.lost)
}

// stalling is a store whose appends can be held up, as those of a machine that
// stops for a while, and goes on where it was.
type stalling struct {
	book.Engine
	mu   sync.Mutex
	hold chan struct{} // nil while nothing is held up
}

func (s *stalling) Append(ctx context.Context, stream events.Stream, expected events.Revision, facts []store.Entry) (store.Appended, error) {
	s.mu.Lock()
	hold := s.hold
	s.mu.Unlock()
	if hold != nil {
		<-hold
		ctx = context.WithoutCancel(ctx) // what was on its way arrives, however late
	}
	return s.Engine.Append(ctx, stream, expected, facts)
}

// Of two replicas on one store one appends, relays and signs, and both are read.
// The one that leads stalls, and the other takes over; it comes back and finishes
// what it had in hand; it leads again, and dies. Nothing is doubled, nothing lost.
func TestOneLeader(t *testing.T) {
	h := newHouse(t)
	stall := &stalling{}
	h.wrap = func(e book.Engine) book.Engine { stall.Engine = e; return stall }
	first, second := newTurns(), newTurns()
	h.lead = first.lead
	s, err := sqlite.Open(sqlite.Options{Path: filepath.Join(h.books, "book.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	h.share(t, s)
	other := &house{books: h.books, keyring: h.keyring, own: t.TempDir(), nats: h.nats, log: h.log, wrap: func(e book.Engine) book.Engine { return e }, lead: second.lead}
	other.share(t, s)

	if _, err := h.remote().Append(t.Context(), "practice-A81001", events.NoStream, usual(1)); !errors.Is(err, store.ErrUnavailable) {
		t.Fatalf("nobody leads, and an append is answered with %v", err)
	}
	if head, err := h.remote().Head(t.Context()); err != nil || !head.IsZero() {
		t.Fatalf("nobody leads, and the book is read with %v, %v", head, err)
	}
	first.give()
	h.leads(t)
	h.persist(t, 20)
	h.relayed(t, 20)

	// it stalls with an append in hand
	stall.mu.Lock()
	stall.hold = make(chan struct{})
	stall.mu.Unlock()
	facts := storetest.Entries(3)
	held := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_, err := h.remote().Append(ctx, "practice-A81002", events.NoStream, facts)
		held <- err
	}()
	if err := <-held; !errors.Is(err, store.ErrUnavailable) {
		t.Fatalf("an append that stalls is answered with %v", err)
	}
	first.take()
	second.give()
	var done store.Appended
	h.until(t, func() (err error) { // the same again, until the one that leads now answers
		done, err = h.remote().Append(t.Context(), "practice-A81002", events.NoStream, facts)
		return err
	})
	h.persist(t, 20)

	close(stall.hold) // it comes back, and what it had in hand arrives once more
	stall.mu.Lock()
	stall.hold = nil
	stall.mu.Unlock()
	h.persist(t, 20)
	again, err := h.remote().Append(t.Context(), "practice-A81002", events.NoStream, facts)
	if err != nil || again.Positions[0] != done.Positions[0] {
		t.Errorf("the append is at %v and at %v, %v", done.Positions, again.Positions, err)
	}
	h.relayed(t, 63)

	second.take() // and back; then it dies
	first.give()
	h.leads(t)
	h.persist(t, 7)
	h.stop(t)
	second.give()
	other.leads(t)
	other.persist(t, 10)
	other.relayed(t, 80)
	other.sameAsBook(t)
	other.checkpoint(t, 80, h.keyring.Public)
}

// persist records n facts as a service does: the same again, until somebody who
// leads answers.
func (h *house) persist(t *testing.T, n int) {
	t.Helper()
	stream, at := events.Stream("practice-"+string(storetest.Entries(1)[0].ID)), events.NoStream
	for range n {
		facts := storetest.Entries(1)
		h.until(t, func() error {
			done, err := h.remote().Append(t.Context(), stream, at, facts)
			if err == nil {
				at = done.Revision
			}
			return err
		})
	}
}

// leads waits until somebody does.
func (h *house) leads(t *testing.T) {
	t.Helper()
	h.until(t, func() error { _, err := h.remote().Status(t.Context()); return err })
}

func (h *house) until(t *testing.T, so func() error) {
	t.Helper()
	var err error
	for range 500 {
		if err = so(); err == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal(err)
}
