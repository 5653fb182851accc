// Package answers keeps what queries have been answered, while nothing has
// changed that the answer follows from: the document and its variables, the state
// of the registry, the day, and who looks, as far as the document has anything
// that is not everybody's. Of many who ask the same at once, one works it out.
//
// Only answers are kept of which nothing was resolved: see package plain.
package answers

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/ics-openbook/openbook/services/gateway/graph"
	"github.com/ics-openbook/openbook/services/gateway/limit"
	"github.com/ics-openbook/openbook/services/gateway/plain"
	"github.com/ics-openbook/openbook/services/gateway/transport"
	"github.com/ics-openbook/openbook/services/internal/clock"
)

const (
	mostBytes  = 64 << 20 // of all answers that are kept
	mostOfThem = 10_000
)

// Cache is the answers that are kept: those of one state, the newest that
// anybody has asked of.
type Cache struct {
	resolver *graph.Resolver

	mu      sync.Mutex
	seen    *graph.Registry // whose answers they are
	state   digest          // what tags say of it
	kept    *simplelru.LRU[digest, *flight]
	bytes   int // of them, at most
	most    int
	flights map[digest]*flight // those in the air

	served atomic.Int64
}

// flight is an answer that is being worked out, or has been.
type flight struct {
	landed chan struct{} // closed when it has been
	data   []byte        // from then on; nil if it is not to be kept
}

// New returns a cache of what a resolver's registry is asked.
func New(r *graph.Resolver) *Cache {
	c := &Cache{resolver: r, most: mostBytes, flights: map[digest]*flight{}}
	kept, err := simplelru.NewLRU(mostOfThem, func(_ digest, fly *flight) { c.bytes -= cap(fly.data) })
	if err != nil {
		panic(err) // the number is above
	}
	c.kept = kept
	return c
}

// Served is how many answers have been given that were kept.
func (c *Cache) Served() int { return int(c.served.Load()) }

// Responses answers queries from what is kept, and keeps what is answered. It
// comes after whatever else makes up a response: of that it keeps the data alone.
func (c *Cache) Responses(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	q, is := c.question(ctx)
	if !is {
		return next(ctx)
	}
	tag := c.tag(q)
	if transport.Known(ctx, tag) {
		tagged(ctx, tag)
		return &graphql.Response{Data: []byte("null"), Extensions: graphql.GetExtensions(ctx)}
	}
	fly, mine := c.find(q)
	if mine {
		r, keep := c.work(ctx, q, fly, next)
		if keep {
			tagged(ctx, tag)
		}
		return r
	}
	select {
	case <-fly.landed:
	case <-ctx.Done():
		return next(ctx) // which says so
	}
	if fly.data == nil {
		return next(ctx)
	}
	c.served.Add(1)
	tagged(ctx, tag)
	return &graphql.Response{Data: fly.data, Extensions: graphql.GetExtensions(ctx)}
}

// tagged puts a tag on an answer. Whatever a client keeps, it asks again before
// using it.
func tagged(ctx context.Context, tag string) {
	h := transport.Header(ctx)
	h.Set("ETag", tag)
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Vary", "Accept, Authorization, Cookie, "+graph.AfterHeader)
}

// find returns the answer to a question, or whoever is working it out; if nobody
// is, that is mine to do, and to land.
func (c *Cache) find(q question) (fly *flight, mine bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.of(q.seen)
	if fly, is := c.kept.Get(q.key); is {
		return fly, false
	}
	if fly := c.flights[q.key]; fly != nil {
		return fly, false
	}
	fly = &flight{landed: make(chan struct{})}
	c.flights[q.key] = fly
	return fly, true
}

// of drops the answers of any other state.
func (c *Cache) of(seen *graph.Registry) {
	if c.seen == seen {
		return
	}
	c.seen, c.state = seen, stateOf(seen)
	c.kept.Purge()
	clear(c.flights) // who waits for one of them has a hold of it
}

// work answers a question the ordinary way, and keeps what others may have.
func (c *Cache) work(ctx context.Context, q question, fly *flight, next graphql.ResponseHandler) (r *graphql.Response, keep bool) {
	defer func() { c.land(q, fly) }() // whatever happens, or the others would wait for it
	counting, tally := plain.Counting(ctx)
	r = next(counting)
	if keep = r != nil && len(r.Errors) == 0 && r.HasNext == nil && len(r.Data) <= limit.Of(ctx).Answer &&
		tally.Fields() == q.fields && c.still(ctx, q); keep {
		fly.data = r.Data
	}
	return r, keep
}

// still reports whether an answer follows from what it was asked of: no later
// moment, and no later day.
func (c *Cache) still(ctx context.Context, q question) bool {
	session, is := graph.SessionOf(ctx)
	return is && session.Settled() && clock.Today(c.resolver.Clock) == q.day
}

// land lets go those who wait, and makes room for an answer among the others.
func (c *Cache) land(q question, fly *flight) {
	defer close(fly.landed)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.flights[q.key] != fly {
		return // of a state that is no more
	}
	delete(c.flights, q.key)
	if fly.data == nil {
		return
	}
	c.bytes += cap(fly.data)
	c.kept.Add(q.key, fly)
	for c.bytes > c.most {
		c.kept.RemoveOldest()
	}
}
