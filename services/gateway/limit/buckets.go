package limit

import (
	"fmt"
	"math"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"github.com/ics-openbook/openbook/services/gateway/identity"
	"github.com/ics-openbook/openbook/services/internal/clock"
)

// mostClients is how many buckets are kept: who has not asked for longest finds
// an empty one.
const mostClients = 10_000

// Share is what one client may have: a bucket that each request pours its cost
// into, and that leaks.
type Share struct {
	Capacity int // what it holds: what may be asked for at once
	Leak     int // what leaks from it in a second: what may be asked for all the time
}

// Usual lets a dashboard of all England be opened a dozen times at once, and an
// importer write as fast as the book records, while a loop around the dearest
// document that is allowed stops after a few turns.
var Usual = Share{Capacity: 4_000_000, Leak: 200_000}

// Check says what is wrong with a share.
func (s Share) Check() error {
	if s.Capacity < Trusted.Cost || s.Leak < 1 {
		return fmt.Errorf("a client's share holds %d and leaks %d a second: it must hold %d, which is what the dearest trusted document may cost, and leak 1 at least", s.Capacity, s.Leak, Trusted.Cost)
	}
	return nil
}

// Buckets are those of all clients: of a person with a program.
type Buckets struct {
	clock clock.Clock
	share Share
	of    *lru.Cache[string, *rate.Limiter]
}

// NewBuckets returns empty ones.
func NewBuckets(c clock.Clock, s Share) *Buckets {
	of, err := lru.New[string, *rate.Limiter](mostClients)
	if err != nil {
		panic(err) // the number is above
	}
	return &Buckets{c, s, of}
}

// bucket is a client's. What it holds is counted from above, as what is left.
type bucket struct {
	*rate.Limiter
	now time.Time
}

// client finds the bucket of who asks.
func (b *Buckets) client(who identity.Person) bucket {
	key := string(who.Ref) + "\x00" + who.Client
	limiter, known := b.of.Get(key)
	if !known {
		fresh := rate.NewLimiter(rate.Limit(b.share.Leak), b.share.Capacity)
		if before, was, _ := b.of.PeekOrAdd(key, fresh); was {
			fresh = before
		}
		limiter = fresh
	}
	return bucket{limiter, b.clock.Now()}
}

// left is how much more may be poured in; none if that has been overdone.
func (b bucket) left() int { return max(0, int(b.TokensAt(b.now))) }

// take pours in what something costs, or reports that there is no room for it.
func (b bucket) take(cost int) bool { return b.AllowN(b.now, cost) }

// owe pours in what has been done already, room or not.
func (b bucket) owe(cost int) { b.ReserveN(b.now, min(cost, b.Burst())) }

// wait is in how many seconds there is room for a cost.
func (b bucket) wait(cost int) int {
	missing := float64(min(cost, b.Burst())) - b.TokensAt(b.now)
	return max(1, int(math.Ceil(missing/float64(b.Limit()))))
}

// empty is when the bucket has leaked empty, if nothing more is asked for.
func (b bucket) empty() time.Time {
	held := float64(b.Burst()) - b.TokensAt(b.now)
	return b.now.Add(time.Duration(held / float64(b.Limit()) * float64(time.Second)))
}
