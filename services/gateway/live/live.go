// Package live tells subscribers that something they watch has changed. A
// subscriber that reads too slowly is dropped with a reason, and can resume
// from the last position it has seen: nothing waits for it.
package live

import (
	"sync"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

const (
	// most is how many may watch at once.
	most = 10_000
	// buffer is how many changes may wait for one subscriber.
	buffer = 64
)

var (
	// ErrFull refuses one subscriber too many.
	ErrFull = refuse.New(refuse.Busy, "TOO_MANY_SUBSCRIBERS",
		"As many are watching as this replica can serve. Try again in a moment.")
	// ErrSlow ends a subscription whose changes came faster than it was read.
	ErrSlow = refuse.New(refuse.Busy, "SLOW_READER",
		"Changes came faster than you read them. Subscribe again with `after`, the position of the last change you have seen.")
)

// Hub passes on which entities have changed.
type Hub struct {
	mu       sync.Mutex
	watching map[events.Entity]map[*Subscription]struct{}
	count    int
}

// NewHub returns a hub without subscribers.
func NewHub() *Hub { return &Hub{watching: map[events.Entity]map[*Subscription]struct{}{}} }

// Subscription is one subscriber's queue of changes to one entity.
type Subscription struct {
	// Changes yields the facts that name the entity, as they become visible, in
	// order. It is closed when the subscriber is dropped for being slow.
	Changes <-chan []events.Recorded

	hub     *Hub
	entity  events.Entity
	changes chan []events.Recorded
}

// Subscribe watches an entity until Close.
func (h *Hub) Subscribe(entity events.Entity) (*Subscription, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.count >= most {
		return nil, ErrFull
	}
	changes := make(chan []events.Recorded, buffer)
	s := &Subscription{changes, h, entity, changes}
	if h.watching[entity] == nil {
		h.watching[entity] = map[*Subscription]struct{}{}
	}
	h.watching[entity][s] = struct{}{}
	h.count++
	return s, nil
}

// Close ends the subscription. It may be called more than once.
func (s *Subscription) Close() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	s.hub.remove(s)
}

func (h *Hub) remove(s *Subscription) {
	if _, there := h.watching[s.entity][s]; !there {
		return
	}
	delete(h.watching[s.entity], s)
	if len(h.watching[s.entity]) == 0 {
		delete(h.watching, s.entity)
	}
	h.count--
}

// Changed passes facts on to those who watch the entities they name. It never
// waits.
func (h *Hub) Changed(facts []events.Recorded) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.count == 0 {
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
	for entity, changes := range about {
		for s := range h.watching[entity] {
			select {
			case s.changes <- changes:
			default:
				h.remove(s)
				close(s.changes)
			}
		}
	}
}

// Count is how many are watching.
func (h *Hub) Count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.count
}
