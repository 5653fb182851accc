// Package store is the port to the book. Store is what an event store must be
// able to do; an engine is a package named after it in services/book, and must
// pass storetest. Index is what the book itself adds beside any engine: the
// dense count, and who is named where. Package remote is both over NATS, which
// is how every service but the book reaches them.
package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"time"

	"github.com/ics-openbook/openbook/events"
)

// Limits of one append. They keep a request inside one NATS message.
const (
	MaxFacts = 500
	MaxBytes = 512 << 10 // of data and envelopes together, as JSON
)

var (
	// ErrConflict means that the stream is not at the expected revision.
	// Nothing was recorded.
	ErrConflict = errors.New("the stream is not at the expected revision")

	// ErrFull means that there is no room to record anything more. Nothing was
	// recorded, reading goes on, and appends succeed again once there is room.
	ErrFull = errors.New("the store is full")

	// ErrTooLarge means that an append is beyond MaxFacts or MaxBytes. Nothing
	// was recorded.
	ErrTooLarge = errors.New("the append is too large")

	// ErrUnavailable means that the store did not answer in time or went away.
	// Whether anything was recorded is not known: append the same facts with
	// the same ids at the same revision again to find out.
	ErrUnavailable = errors.New("the store is not available")

	// ErrNotFound means that the book holds no such fact.
	ErrNotFound = errors.New("no such fact")

	// ErrDiffers means that a store has something else where a fact was to be
	// copied to. What comes before that place may have been copied.
	ErrDiffers = errors.New("the copy differs from what it is a copy of")
)

// Entry is a fact ready to be recorded. The store stamps the envelope's Time.
type Entry struct {
	events.Envelope
	Data []byte // JSON
}

// Appended says where facts were recorded.
type Appended struct {
	Revision events.Revision `json:"revision"` // of the last fact
	// Positions are of each fact, in order; or of the last alone, where the engine
	// would have to look for the others.
	Positions []events.Position `json:"positions"`
	Time      time.Time         `json:"time"` // of all of them
}

// Last is where the last fact is.
func (a Appended) Last() events.Position { return a.Positions[len(a.Positions)-1] }

// Store keeps streams of facts, and one order over all of them.
//
// All methods may be called at once from many goroutines. A method returns
// once its context is done, with the context's error or one that wraps
// ErrUnavailable; an append that returns so may have been recorded all the same.
type Store interface {
	// Append adds facts to stream, all or none, provided that the stream's
	// last revision is expected ([events.NoStream] for a new one), and returns
	// once they are on disk: they survive loss of power from then on.
	//
	// If the stream stands elsewhere, and the facts after expected are exactly
	// these by their ids, slot by slot, the append has happened before: it
	// succeeds again, with the same answer, and records nothing. Otherwise the
	// answer is ErrConflict. The store promises nothing more about ids.
	//
	// Facts of one append have one recorded time. It is never earlier than
	// that of any fact recorded before, whatever the machine's clock does.
	// There is at least one fact, and no more than the limits allow.
	Append(ctx context.Context, stream events.Stream, expected events.Revision, facts []Entry) (Appended, error)

	// ReadStream yields the facts of one stream from a revision on, in order,
	// as far as they were recorded when it was called. A stream nobody has
	// written to yields nothing. After an error it yields nothing more.
	ReadStream(ctx context.Context, stream events.Stream, from events.Revision) iter.Seq2[events.Recorded, error]

	// ReadAll yields the facts of all streams after a position, in the store's
	// order, as far as they were recorded when it was called. A fact once
	// yielded is never preceded later by another: there is no gap that fills.
	ReadAll(ctx context.Context, after events.Position) iter.Seq2[events.Recorded, error]

	// Head returns the position of the last fact, or the zero position.
	Head(ctx context.Context) (events.Position, error)
}

// Copier is a store that a book can be moved into.
type Copier interface {
	// Copy records facts as another store recorded them, in their order, each
	// with its id, stream, revision and time. Positions are the store's own. A
	// fact that is there already, the same at the same place, is passed over, so
	// that a copy that was broken off goes on. Anything else is ErrDiffers and
	// names the place: another fact, another order, a revision that does not
	// follow, a time before that of the last fact.
	//
	// It returns once the facts are on disk. After an error those up to some fact
	// may be: copy the same again. Nobody else writes meanwhile.
	Copy(ctx context.Context, facts []events.Recorded) error
}

// Same compares a fact that was to be copied with what is in its place: all but
// position and ordinal, which each store counts for itself. Its error wraps
// ErrDiffers.
func Same(want, is *events.Recorded) error {
	a, b := want.Envelope, is.Envelope
	same := a.Time.Equal(b.Time) && want.Stream == is.Stream && want.Revision == is.Revision && bytes.Equal(want.Data, is.Data)
	a.Time, b.Time = time.Time{}, time.Time{}
	if same && reflect.DeepEqual(a, b) {
		return nil
	}
	return fmt.Errorf("%w: revision %d of stream %s is fact %s of %s there, not %s of %s, or not with the same content",
		ErrDiffers, want.Revision, want.Stream, is.ID, is.Time.Format(time.RFC3339Nano), want.ID, want.Time.Format(time.RFC3339Nano))
}

// Mark is a place in the book that can be checked: an ordinal alone could be
// reused after the loss of a tail, so the fact's id goes with it.
type Mark struct {
	Ordinal  events.Ordinal  `json:"ordinal"`
	Position events.Position `json:"position"`
	ID       events.ID       `json:"id"`
	Time     time.Time       `json:"time"`
}

// Index finds facts by the book's own count and by whom they name. It lags a
// little behind the store: Head says how far it has come. Facts it yields carry
// their ordinals. It can be rebuilt from the store and forgets nothing.
type Index interface {
	// IndexHead is the mark of the last fact counted, or the zero Mark.
	IndexHead(ctx context.Context) (Mark, error)

	// Range yields the facts with ordinals after and up to and including upto,
	// in order; upto 0 means as far as counted.
	Range(ctx context.Context, after, upto events.Ordinal) iter.Seq2[events.Recorded, error]

	// About yields the facts that name entity, with ordinals after and up to
	// and including upto, in order; upto 0 means as far as counted.
	About(ctx context.Context, entity events.Entity, after, upto events.Ordinal) iter.Seq2[events.Recorded, error]

	// AsAt is the mark of the last fact recorded at or before t, or the zero
	// Mark.
	AsAt(ctx context.Context, t time.Time) (Mark, error)

	// ByID returns the fact with an id, or ErrNotFound.
	ByID(ctx context.Context, id events.ID) (events.Recorded, error)
}

// BookID tells one book from another, and from the same book begun anew. An
// engine makes it up at random when it first opens an empty place.
type BookID string
