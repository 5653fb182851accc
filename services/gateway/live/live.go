// Package live tells subscribers that something they watch has changed. Nothing
// waits for a subscriber: one that reads too slowly is dropped with a reason, and
// can resume from the last position it has seen.
package live

import (
	"sync"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

const (
	// most is how many may watch at once, and mostOfOne how many of them for one
	// person.
	most, mostOfOne = 10_000, 200
	// buffer is how many batches of changes may wait for one subscriber.
	buffer = 64
)

var (
	// ErrFull refuses one subscriber too many.
	ErrFull = refuse.New(refuse.Busy, "TOO_MANY_SUBSCRIBERS",
		"As many are watching as this replica can serve. Try again in a moment.")
	// ErrGreedy refuses one subscription too many of one person.
	ErrGreedy = refuse.New(refuse.Busy, "TOO_MANY_OF_YOURS",
		"You are watching %d things at once here, which is the most for one person. End a subscription, then try again.")
	// ErrSlow ends a subscription whose changes came faster than it was read.
	ErrSlow = refuse.New(refuse.Busy, "SLOW_READER",
		"Changes came faster than you read them. Subscribe again with `after`, the position of the last change you have seen.")
	// ErrStopping ends a subscription whose replica stops, and refuses new ones.
	ErrStopping = refuse.New(refuse.Busy, "STOPPING",
		"This replica is stopping. Subscribe again with `after`, the position of the last change you have seen.")
)

// Hub passes on which entities have changed.
type Hub struct {
	mu       sync.Mutex
	watching map[events.Entity]map[*Subscription]watch
	all      map[*Subscription]struct{}
	of       map[events.PersonRef]int
	stopped  bool
}

// watch is what somebody wants to know of an entity.
type watch uint8

const (
	changes watch = iota // what has happened to it
	stirs                // that something has
)

// NewHub returns a hub without subscribers.
func NewHub() *Hub {
	return &Hub{watching: map[events.Entity]map[*Subscription]watch{}, all: map[*Subscription]struct{}{}, of: map[events.PersonRef]int{}}
}

// Subscription is one subscriber's queue of changes to one entity.
type Subscription struct {
	// Changes yields the facts that name the entity, as they become visible, in
	// order; none when something has happened to another entity that the
	// subscription hangs on. It is closed when the hub ends the subscription.
	Changes <-chan []events.Recorded

	hub      *Hub
	who      events.PersonRef
	entities map[events.Entity]watch
	changes  chan []events.Recorded
	why      error
}

// Why says why Changes was closed.
func (s *Subscription) Why() error { return s.why }

// Subscribe watches an entity for somebody until Close. Something that happens to
// those that it hangs on is told too, without what it is.
func (h *Hub) Subscribe(who events.PersonRef, entity events.Entity, hangsOn ...events.Entity) (*Subscription, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.stopped:
		return nil, ErrStopping
	case len(h.all) >= most:
		return nil, ErrFull
	case h.of[who] >= mostOfOne:
		return nil, ErrGreedy.About("", mostOfOne)
	}
	queue := make(chan []events.Recorded, buffer)
	s := &Subscription{Changes: queue, hub: h, who: who, entities: map[events.Entity]watch{}, changes: queue}
	for _, e := range hangsOn {
		s.entities[e] = stirs
	}
	s.entities[entity] = changes
	for e, w := range s.entities {
		if h.watching[e] == nil {
			h.watching[e] = map[*Subscription]watch{}
		}
		h.watching[e][s] = w
	}
	h.all[s] = struct{}{}
	h.of[who]++
	return s, nil
}

// Close ends the subscription. It may be called more than once.
func (s *Subscription) Close() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	s.hub.remove(s)
}

func (h *Hub) remove(s *Subscription) {
	if _, there := h.all[s]; !there {
		return
	}
	delete(h.all, s)
	for e := range s.entities {
		if delete(h.watching[e], s); len(h.watching[e]) == 0 {
			delete(h.watching, e)
		}
	}
	if h.of[s.who]--; h.of[s.who] == 0 {
		delete(h.of, s.who)
	}
}

func (h *Hub) end(s *Subscription, why error) {
	h.remove(s)
	s.why = why
	close(s.changes)
}

// Changed passes facts on to those who watch the entities they name. It never
// waits.
func (h *Hub) Changed(facts []events.Recorded) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.all) == 0 {
		return
	}
	about := map[events.Entity][]events.Recorded{}
	for _, r := range facts {
		for _, entity := range r.Entities {
			if h.watching[entity] != nil {
				about[entity] = append(about[entity], r)
			}
		}
	}
	for entity, news := range about {
		for s, w := range h.watching[entity] {
			h.tell(s, w, news)
		}
	}
}

func (h *Hub) tell(s *Subscription, w watch, news []events.Recorded) {
	if w == stirs {
		news = nil
	}
	select {
	case s.changes <- news:
	default:
		if w == changes { // who has no room for a stir has changes to look at, and looks then
			h.end(s, ErrSlow)
		}
	}
}

// Stop ends all subscriptions, and refuses new ones.
func (h *Hub) Stop() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stopped = true
	for s := range h.all {
		h.end(s, ErrStopping)
	}
}

// Count is how many are watching.
func (h *Hub) Count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.all)
}
