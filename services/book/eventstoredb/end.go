package eventstoredb

import (
	"context"
	"errors"
	"io"
	"math"
	"sync"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"github.com/ics-openbook/openbook/events"
)

// edge is where the book ends, as far as somebody has looked.
type edge struct {
	head events.Position // of the last fact, or zero
	time time.Time       // that it was recorded at
	seen events.Position // no later fact is up to here
}

// end keeps the furthest edge.
type end struct {
	mu   sync.Mutex
	edge edge
}

func (e *end) known() edge {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.edge
}

// reach takes what somebody found, unless more is known.
func (e *end) reach(found edge) edge {
	e.mu.Lock()
	defer e.mu.Unlock()
	if found.head.Compare(e.edge.head) > 0 {
		e.edge.head = found.head
	}
	if found.time.After(e.edge.time) {
		e.edge.time = found.time
	}
	for _, p := range []events.Position{found.seen, found.head} {
		if p.Compare(e.edge.seen) > 0 {
			e.edge.seen = p
		}
	}
	return e.edge
}

// The client cannot filter what it reads backwards, so a look goes back in
// pages, over events that are not the book's too, to where the last one ended.
// The first event is mostly enough.
const (
	lookMore = 32 // times as many in the next page
	lookMost = 4096
)

// look asks the server where the book ends.
func (s *Store) look(ctx context.Context) (edge, error) {
	known := s.end.known()
	found, back := known, esdb.AllPosition(esdb.End{})
	for size := uint64(1); ; size = min(lookMore*size, lookMost) {
		page, err := s.readAll(ctx, esdb.Backwards, back, size)
		if err != nil {
			return edge{}, err
		}
		for _, e := range page {
			p := positionOf(e)
			if p.Compare(found.seen) > 0 {
				found.seen = p
			}
			if p.Compare(known.seen) <= 0 {
				return s.end.reach(found), nil
			}
			if s.owns(e) {
				fact, err := s.decode(e)
				if err != nil {
					return edge{}, err
				}
				found.head, found.time = p, fact.Time
				return s.end.reach(found), nil
			}
			back = from(p)
		}
		if uint64(len(page)) < size { // there is nothing before
			return s.end.reach(found), nil
		}
	}
}

// readAll reads one page of everything, the server's own events too.
func (s *Store) readAll(ctx context.Context, direction esdb.Direction, at esdb.AllPosition, size uint64) ([]*esdb.RecordedEvent, error) {
	page, err := call(ctx, s.connection, reading, func(ctx context.Context, c *esdb.Client) ([]*esdb.RecordedEvent, error) {
		stream, err := c.ReadAll(ctx, esdb.ReadAllOptions{Direction: direction, From: at}, size)
		if err != nil {
			return nil, err
		}
		return whole(stream)
	})
	if err != nil {
		return nil, refused(ctx, err)
	}
	return page, nil
}

// readStream reads one page of a stream: none where there is no stream.
func (s *Store) readStream(ctx context.Context, name string, direction esdb.Direction, at esdb.StreamPosition, size uint64) ([]*esdb.RecordedEvent, error) {
	page, err := call(ctx, s.connection, reading, func(ctx context.Context, c *esdb.Client) ([]*esdb.RecordedEvent, error) {
		stream, err := c.ReadStream(ctx, name, esdb.ReadStreamOptions{Direction: direction, From: at}, size)
		if err != nil {
			return nil, err
		}
		return whole(stream)
	})
	switch {
	case code(err) == esdb.ErrorCodeResourceNotFound:
		return nil, nil
	case err != nil:
		return nil, refused(ctx, err)
	}
	return page, nil
}

// whole reads to the end of a page.
func whole(stream *esdb.ReadStream) (page []*esdb.RecordedEvent, err error) {
	defer stream.Close()
	for {
		switch e, err := stream.Recv(); {
		case errors.Is(err, io.EOF):
			return page, nil
		case err != nil:
			return nil, err
		default:
			page = append(page, e.OriginalEvent())
		}
	}
}

// stretch is what follows a position.
type stretch struct {
	events []*esdb.RecordedEvent
	upto   events.Position // there is no other event up to here
}

// following returns events of streams with prefixes after a position, until one
// is enough, or time is over and there was any progress. Only subscriptions are
// filtered by the server; they begin after their position, and their
// checkpoints are progress over what the filter leaves out.
func (s *Store) following(ctx context.Context, after events.Position, prefixes []string, enough func(e *esdb.RecordedEvent, n int) bool) (stretch, error) {
	got, err := call(ctx, s.connection, reading+time.Second, func(ctx context.Context, c *esdb.Client) (stretch, error) {
		ctx, cancel := context.WithTimeout(ctx, reading)
		defer cancel()
		got := stretch{upto: after}
		sub, err := c.SubscribeToAll(ctx, esdb.SubscribeToAllOptions{
			From: from(after), MaxSearchWindow: lookMost,
			Filter: &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: prefixes},
		})
		if err != nil {
			return got, err
		}
		defer func() { _ = sub.Close() }() // it returns no error
		for {
			switch m := sub.Recv(); {
			case m.EventAppeared != nil:
				e := m.EventAppeared.OriginalEvent()
				got.events, got.upto = append(got.events, e), positionOf(e)
				if enough(e, len(got.events)) {
					return got, nil
				}
			case m.CheckPointReached != nil:
				got.upto = events.PositionAt(m.CheckPointReached.Commit, m.CheckPointReached.Prepare)
			case m.SubscriptionDropped != nil && got.upto != after:
				return got, nil
			case m.SubscriptionDropped != nil:
				return got, m.SubscriptionDropped.Error
			}
		}
	})
	if err != nil {
		return got, refused(ctx, err)
	}
	return got, nil
}

func at(r events.Revision) esdb.StreamPosition {
	return esdb.Revision(uint64(min(max(r, 0), math.MaxInt64)))
}
