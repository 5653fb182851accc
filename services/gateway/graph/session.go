package graph

import (
	"context"
	"sync/atomic"

	"github.com/ics-openbook/openbook/events"
)

// Session is what one request has seen. Everything in one answer is read from
// one state, which moves only when the request's own mutations do.
type Session struct {
	seen      atomic.Pointer[Registry]
	after     atomic.Pointer[events.Position]
	unsettled atomic.Bool
	money     atomic.Pointer[Money]
}

type sessionKey struct{}

// NewSession returns a context whose request reads seen; after is what the
// asker says it has seen before, here or elsewhere.
func NewSession(ctx context.Context, seen *Registry, after events.Position) (context.Context, *Session) {
	s := &Session{}
	s.seen.Store(seen)
	s.after.Store(&after)
	return context.WithValue(ctx, sessionKey{}, s), s
}

func sessionOf(ctx context.Context) *Session {
	return ctx.Value(sessionKey{}).(*Session)
}

// SessionOf returns the request's session, if it has come that far.
func SessionOf(ctx context.Context) (*Session, bool) {
	s, ok := ctx.Value(sessionKey{}).(*Session)
	return s, ok
}

// Seen is the state the request reads.
func (s *Session) Seen() *Registry { return s.seen.Load() }

// Settled reports whether what the request has read follows from the state it
// reads. The past does; a moment that the book may still add to does not.
func (s *Session) Settled() bool { return !s.unsettled.Load() }

// Advance makes the request read on from a newer state, and ask after a receipt
// of its own. Mutations of one request come one after another.
func (s *Session) Advance(seen *Registry, receipt events.Position) {
	if seen.At.Position.Compare(s.Seen().At.Position) > 0 {
		s.seen.Store(seen)
	}
	if receipt.Compare(*s.after.Load()) > 0 {
		s.after.Store(&receipt)
	}
}

// After is the newest entry the asker may have seen.
func (s *Session) After() events.Position {
	if at := s.Seen().At.Position; at.Compare(*s.after.Load()) > 0 {
		return at
	}
	return *s.after.Load()
}
