package eventstoredb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/ics-openbook/openbook/services/internal/store"
)

const (
	tries     = 5 // of one call
	firstWait = 50 * time.Millisecond
	mostWait  = 800 * time.Millisecond

	reading = 10 * time.Second // for one page
)

// writing is how long one try to append may take, unless the connection string
// has a defaultDeadline.
var writing = 2 * time.Second

var errClosed = fmt.Errorf("%w: it is closed", store.ErrUnavailable)

// connection is a client of the library, and a new one when that has died: a
// server that is away for a moment ends a client for good. Its goroutine ends
// when it does not find the server, and whoever calls it just then waits for
// ever. So a client is let to others once the server has answered it, is dropped
// at the first sign that the server has gone, and no call is waited for beyond
// its context.
type connection struct {
	config *esdb.Configuration
	log    *slog.Logger
	hands  hands

	mu     sync.Mutex
	closed bool
	line   *line   // nil where there is none
	search *search // for a new one, or nil
}

// line is a client that the server has answered.
type line struct {
	*esdb.Client
	inside  int // calls in it, under the connection's lock
	dropped bool
}

// search is one look for the server, for all who wait.
type search struct {
	done chan struct{}
	err  error
}

func connect(config *esdb.Configuration, log *slog.Logger) *connection {
	config.Logger = func(level esdb.LogLevel, format string, args ...any) {
		log.Debug("the client of the store: "+fmt.Sprintf(format, args...), "level", level)
	}
	return &connection{config: config, log: log, hands: make(hands)}
}

// enter returns the client, once there is one.
func (c *connection) enter(ctx context.Context) (*line, error) {
	for range 2 { // a line can be dropped between being found and being entered
		c.mu.Lock()
		if c.closed {
			c.mu.Unlock()
			return nil, errClosed
		}
		if c.line != nil {
			defer c.mu.Unlock()
			c.line.inside++
			return c.line, nil
		}
		if c.search == nil {
			c.search = &search{done: make(chan struct{})}
			go c.find(c.search)
		}
		s := c.search
		c.mu.Unlock()
		select {
		case <-s.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if s.err != nil {
			return nil, s.err
		}
	}
	return nil, errLost
}

var errLost = errors.New("the server went away again")

// find makes a client and has the server answer it. Only this goroutine is in
// the client meanwhile. It ends: the library bounds each of its steps.
func (c *connection) find(s *search) {
	client, err := esdb.NewClient(c.config)
	if err == nil {
		_, err = client.GetServerVersion()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.search, s.err = nil, err
	defer close(s.done)
	switch {
	case err != nil:
		if client != nil {
			_ = client.Close() // it returns no error
		}
	case c.closed:
		_, s.err = client.Close(), errClosed
	default:
		c.line = &line{Client: client}
		c.log.Debug("connected to the store")
	}
}

// leave ends a call.
func (c *connection) leave(l *line) {
	c.mu.Lock()
	defer c.mu.Unlock()
	l.inside--
	l.end()
}

// drop has the next call find a new client, and lets go of this one when the
// last call has left it. A call that the library has lost never does.
func (c *connection) drop(l *line, why error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.line == l {
		c.line = nil
		c.log.Warn("the store went away; connecting again", "error", why)
	}
	l.dropped = true
}

// end closes a client that nobody uses any more. The connection is locked.
func (l *line) end() {
	if l.dropped && l.inside == 0 {
		_ = l.Close() // it returns no error
	}
}

func (c *connection) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	if l := c.line; l != nil {
		c.line, l.dropped = nil, true
		l.end()
	}
}

// call does something with the server, again after an error that may pass, each
// time for as long as patience. The error is the context's, is [store.ErrUnavailable],
// or is the server's own last word, which is no longer tried again.
func call[T any](ctx context.Context, c *connection, patience time.Duration, do func(context.Context, *esdb.Client) (T, error)) (T, error) {
	var (
		none T
		err  error
	)
	wait := firstWait
	for n := range tries {
		if n > 0 {
			select {
			case <-time.After(wait):
			case <-ctx.Done():
				return none, ctx.Err()
			}
			wait = min(2*wait, mostWait)
		}
		var value T
		if value, err = try(ctx, c, patience, do); err == nil || final(err) {
			return value, err
		}
		if ctx.Err() != nil {
			return none, ctx.Err()
		}
	}
	return none, fmt.Errorf("%w: the server at hand did not answer %d times: %w", store.ErrUnavailable, tries, err)
}

// try is one try. The library does not always mind the context, so it is called
// in a goroutine of its own; it panics on answers that it does not know, which
// is an error like any other.
func try[T any](ctx context.Context, c *connection, patience time.Duration, do func(context.Context, *esdb.Client) (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	var none outcome
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	l, err := c.enter(ctx)
	if err != nil {
		return none.value, err
	}
	came := make(chan outcome, 1)
	c.hands.run(func() {
		var o outcome
		defer func() {
			if p := recover(); p != nil {
				o = outcome{err: fmt.Errorf("the client library failed: %v", p)}
			}
			if gone(o.err) {
				c.drop(l, o.err)
			}
			c.leave(l)
			came <- o
		}()
		o.value, o.err = do(ctx, l.Client)
	})
	select {
	case o := <-came:
		return o.value, o.err
	case <-ctx.Done():
		return none.value, ctx.Err()
	}
}

// code is the library's kind of an error. Its own FromError does not look into
// wrapped errors, and what subscriptions say is gRPC's alone.
func code(err error) esdb.ErrorCode {
	var e *esdb.Error
	switch {
	case errors.As(err, &e):
		return e.Code()
	case status.Code(err) == codes.Unavailable:
		return esdb.ErrorUnavailable
	case status.Code(err) == codes.PermissionDenied:
		return esdb.ErrorCodeAccessDenied
	case status.Code(err) == codes.Unauthenticated:
		return esdb.ErrorCodeUnauthenticated
	}
	return esdb.ErrorCodeUnknown
}

// gone reports whether an error means that the client is of no more use.
func gone(err error) bool {
	c := code(err)
	return c == esdb.ErrorUnavailable || c == esdb.ErrorCodeConnectionClosed
}

// final reports whether an error is an answer, which no further try changes. All
// that is not known to be one may pass: a leader that has moved, a connection
// that was closed under a call, a deadline.
func final(err error) bool {
	switch code(err) {
	case esdb.ErrorCodeWrongExpectedVersion, esdb.ErrorCodeResourceNotFound, esdb.ErrorCodeStreamDeleted,
		esdb.ErrorCodeAccessDenied, esdb.ErrorCodeUnauthenticated, esdb.ErrorCodeUnsupportedFeature:
		return true
	}
	return errors.Is(err, errClosed) || errors.Is(err, ErrDamaged) || tooLarge(err)
}

func tooLarge(err error) bool {
	return status.Code(rooted(err)) == codes.InvalidArgument && strings.Contains(err.Error(), "Maximum Append Size")
}

// rooted is what the library wraps: a status is found by gRPC through errors
// that unwrap, which those of the library do.
func rooted(err error) error {
	var e *esdb.Error
	if errors.As(err, &e) && e.Err() != nil {
		return e.Err()
	}
	return err
}

// refused says what an answer of the server means to whoever called.
func refused(ctx context.Context, err error) error {
	switch code(err) {
	case esdb.ErrorCodeAccessDenied, esdb.ErrorCodeUnauthenticated:
		return fmt.Errorf("%w: the server does not let this user do it: check the user and password of the connection string, and the rights there: %w", store.ErrUnavailable, err)
	case esdb.ErrorCodeStreamDeleted:
		return fmt.Errorf("%w: a stream was deleted on the server: %w", ErrDamaged, err)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, store.ErrUnavailable), errors.Is(err, ErrDamaged):
		return err
	}
	return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
}
