// Package migrate moves a book from one store to another, whatever the engines:
// it copies what the other does not have yet, and then reads both in full and
// compares the roots of their trees.
package migrate

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"golang.org/x/sync/errgroup"

	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// Source is the store a book is in.
type Source interface {
	store.Store
	Book() store.BookID
}

// Destination is the store it goes to, empty or with a beginning of the book.
type Destination interface {
	Source
	store.Copier
}

// What is wrong with two stores.
var (
	// ErrOther means that the destination holds another book, or more than the
	// source does. Nothing was copied.
	ErrOther = errors.New("the destination is not a beginning of this book")

	// ErrGrowing means that the source was written in meanwhile. What is copied
	// stays, and the same again does the rest.
	ErrGrowing = errors.New("the source is in use")
)

// Stage is what is being done.
type Stage string

// The stages, in their order.
const (
	Looking   Stage = "looking at the copy"
	Copying   Stage = "copying"
	Comparing Stage = "comparing"
)

// Progress is how far a stage has come.
type Progress struct {
	Stage       Stage
	Entries     uint64
	Done, Total uint64 // in the source's own order, whose steps may be of any size
}

// Result is what was moved. Both roots are the same.
type Result struct {
	Book    store.BookID `json:"book"`
	Entries proof.Size   `json:"entries"`
	Copied  uint64       `json:"copied"` // this time
	From    proof.Hash   `json:"from"`
	To      proof.Hash   `json:"to"`
}

// A page is copied at a time.
const (
	pageFacts = 1000
	pageBytes = 4 << 20
)

// Run moves a book. Broken off, the same again goes on where it ended. Nobody
// may write in either store meanwhile. Errors are those of the stores, or
// ErrOther, ErrGrowing, or [store.ErrDiffers].
func Run(ctx context.Context, from Source, to Destination, progress func(Progress)) (Result, error) {
	out := Result{Book: from.Book()}
	if from.Book() != to.Book() {
		return out, fmt.Errorf("%w: it is book %s, the source is %s", ErrOther, to.Book(), from.Book())
	}
	head, err := from.Head(ctx)
	if err != nil {
		return out, fmt.Errorf("the source: %w", err)
	}
	m := &move{from: from, to: to, progress: progress}
	m.Total, _ = head.Numbers()
	if err := m.look(ctx); err != nil {
		return out, err
	}
	if out.Copied, err = m.copy(ctx); err != nil {
		return out, fmt.Errorf("after entry %d: %w", m.Entries, err)
	}
	if err := m.compare(ctx, &out); err != nil {
		return out, err
	}
	switch now, err := from.Head(ctx); {
	case err != nil:
		return out, fmt.Errorf("the source: %w", err)
	case now != head:
		return out, fmt.Errorf("%w: it had entries added while it was copied; stop the book that writes in it, and do this again", ErrGrowing)
	case out.From != out.To:
		return out, fmt.Errorf("%w: the root of the source is %s, that of the copy %s", store.ErrDiffers, out.From, out.To)
	}
	return out, nil
}

// move is one copy on its way.
type move struct {
	from     Source
	to       Destination
	progress func(Progress)
	Progress
	last events.Position // in the source, of what the copy has
}

func (m *move) begin(s Stage) {
	m.Stage, m.Done = s, 0
	m.progress(m.Progress)
}

// passed counts an entry of the source.
func (m *move) passed(r *events.Recorded) {
	m.last = r.Position
	m.Done, _ = r.Position.Numbers()
	if m.Entries++; m.Entries%pageFacts == 0 {
		m.progress(m.Progress)
	}
}

// look reads what the copy has beside the source, entry by entry.
func (m *move) look(ctx context.Context) error {
	m.begin(Looking)
	next, stop := iter.Pull2(m.from.ReadAll(ctx, events.Position{}))
	defer stop()
	for is, err := range m.to.ReadAll(ctx, events.Position{}) {
		if err != nil {
			return fmt.Errorf("the copy: %w", err)
		}
		want, err, more := next()
		switch {
		case err != nil:
			return fmt.Errorf("the source: %w", err)
		case !more:
			return fmt.Errorf("%w: it has more than the %d entries of the source: somebody has written in it", ErrOther, m.Entries)
		}
		if err := store.Same(&want, &is); err != nil {
			return fmt.Errorf("%w: entry %d: %w", ErrOther, m.Entries+1, err)
		}
		m.passed(&want)
	}
	return nil
}

func (m *move) copy(ctx context.Context) (copied uint64, err error) {
	m.begin(Copying)
	var (
		page []events.Recorded
		size int
	)
	flush := func() error {
		if err := m.to.Copy(ctx, page); err != nil {
			return err
		}
		for i := range page {
			m.passed(&page[i])
		}
		copied += uint64(len(page))
		page, size = page[:0], 0
		return nil
	}
	for r, err := range m.from.ReadAll(ctx, m.last) {
		if err != nil {
			return copied, fmt.Errorf("the source: %w", err)
		}
		page, size = append(page, r), size+len(r.Data)
		if len(page) == pageFacts || size >= pageBytes {
			if err := flush(); err != nil {
				return copied, err
			}
		}
	}
	return copied, flush()
}

// compare reads both sides in full, at once.
func (m *move) compare(ctx context.Context, out *Result) error {
	m.Entries = 0
	m.begin(Comparing)
	group, ctx := errgroup.WithContext(ctx)
	var source, copied proof.Reading
	group.Go(func() (err error) {
		source, err = proof.VerifyEntries(proof.Leaves(func(yield func(events.Recorded, error) bool) {
			for r, err := range m.from.ReadAll(ctx, events.Position{}) {
				if err == nil {
					m.passed(&r)
				}
				if !yield(r, err) {
					return
				}
			}
		}))
		return named("the source", err)
	})
	group.Go(func() (err error) {
		copied, err = proof.VerifyEntries(proof.Leaves(m.to.ReadAll(ctx, events.Position{})))
		return named("the copy", err)
	})
	if err := group.Wait(); err != nil {
		return err
	}
	out.Entries, out.From, out.To = source.Size, source.Root, copied.Root
	return nil
}

func named(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
