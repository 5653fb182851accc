// Package eventstoredb keeps a book in EventStoreDB, or KurrentDB, by the Go
// client for it. It is the store for those who want no single machine: a
// cluster keeps the book, and only what can be made again is on local disks.
//
// Each stream of the book is a stream there, behind the book's name and a
// hyphen: "openbook-practice-A81001". The prefix sets the book's streams apart,
// so that reading everything is filtered by the server, several books can be in
// one cluster, and its category is the book's name. A fact is an event with the
// fact's id, type and data, byte for byte; the rest of its envelope is the
// event's metadata, the recorded time too, which the leaf of an entry holds and
// which must be the same on every store. What the book knows of itself, its id
// first of all, is in a stream beside them: "openbook.book".
//
// One goroutine writes: it takes all appends that wait, stamps them with one
// time and sends them together, and the next only once each has its outcome.
// So times never go back, in whatever order the server records what is sent
// together. Nothing in memory is trusted: every append stands on its expected
// revision, and every batch begins with a look at where the book ends.
package eventstoredb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// What is wrong with a place that Open will not open, or with what is read.
var (
	ErrForeign   = errors.New("the streams are not this book")
	ErrForgetful = errors.New("the settings of a stream would forget facts")
	ErrDamaged   = errors.New("the book's streams are damaged")
	ErrNone      = errors.New("there is no book")
)

// Options say which book to open and how.
type Options struct {
	// Connection is a connection string as of EventStoreDB's clients, with TLS
	// and credentials, and with ?book=NAME where there is more than one book.
	Connection string
	Clock      clock.Clock  // stamps the recorded time; the machine's if nil
	Log        *slog.Logger // nil is nowhere

	// Begin is the id that a book is begun with in an empty place: a copy of a
	// book is that book. Empty means a random one. A place with another book is
	// ErrForeign.
	Begin store.BookID

	// Existing has a place without a book be ErrNone, instead of beginning one.
	Existing bool
}

// Store is a [store.Store] in EventStoreDB.
type Store struct {
	address
	connection *connection
	book       store.BookID
	place      string
	clock      clock.Clock
	end        end

	queue   chan *pending
	copies  chan *copying
	closing chan struct{}
	close   func() error
}

var (
	_ store.Store  = (*Store)(nil)
	_ store.Copier = (*Store)(nil)
)

// waiting is how many appends are in the queue before callers wait to get into
// it.
const waiting = 1024

// Open opens the book at a connection, or begins one there. It refuses streams
// whose settings would forget facts. Many may read a book; one process at a
// time should append, or times of facts may go back where the clocks of two
// differ. All else holds with any number.
func Open(ctx context.Context, o Options) (*Store, error) {
	a, config, err := parse(o.Connection)
	if err != nil {
		return nil, err
	}
	if o.Clock == nil {
		o.Clock = clock.System
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Store{
		address: a, connection: connect(config, o.Log), clock: o.Clock,
		queue: make(chan *pending, waiting), copies: make(chan *copying), closing: make(chan struct{}),
	}
	if err := s.begin(ctx, o); err != nil {
		s.connection.close()
		return nil, fmt.Errorf("open the book %s at %s: %w", a.book, a.servers, err)
	}
	working, stop := context.WithCancel(context.Background())
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		newWriter(s).run(working)
	}()
	s.close = sync.OnceValue(func() error {
		close(s.closing)
		stop()
		<-stopped
		s.connection.close()
		return nil
	})
	return s, nil
}

// Book is the random name the book got when it was begun.
func (s *Store) Book() store.BookID { return s.book }

// Place is the cluster's log, by the random id of the first event about the book in it.
func (s *Store) Place() string { return s.place }

// Close turns away what waits and lets go of the server. What is being written
// is of unknown outcome.
func (s *Store) Close() error { return s.close() }
