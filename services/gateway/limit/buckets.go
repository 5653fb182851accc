package limit

import (
	"fmt"
	"math"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"github.com/ics-openbook/openbook/services/gateway/identity"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/refuse"
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

// bucket is a client's. What it holds is counted from above, as what is left. It
// looks at the clock each time: a request that went by the time it began at would
// turn the bucket back, and what has leaked since would leak again.
type bucket struct {
	*rate.Limiter
	clock clock.Clock
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
	return bucket{limiter, b.clock}
}

// left is how much more may be poured in; none if that has been overdone.
func (b bucket) left() int { return max(0, int(b.TokensAt(b.clock.Now()))) }

// take pours in what something costs, or reports that there is no room for it.
func (b bucket) take(cost int) bool { return b.AllowN(b.clock.Now(), cost) }

// owe pours in what has been done already, room or not.
func (b bucket) owe(cost int) { b.ReserveN(b.clock.Now(), min(cost, b.Burst())) }

// wait is in how many seconds there is room for a cost.
func (b bucket) wait(cost int) int {
	missing := float64(min(cost, b.Burst())) - b.TokensAt(b.clock.Now())
	return max(1, int(math.Ceil(missing/float64(b.Limit()))))
}

// empty is when the bucket has leaked empty, if nothing more is asked for.
func (b bucket) empty() time.Time {
	now := b.clock.Now()
	held := float64(b.Burst()) - b.TokensAt(now)
	return now.Add(time.Duration(held / float64(b.Limit()) * float64(time.Second)))
}

// Take pours in what somebody's program asks for beside GraphQL, or refuses it
// and says in how many seconds there is room.
func (b *Buckets) Take(who identity.Person, cost int) (wait int, err error) {
	c := b.client(who)
	if c.take(min(cost, c.Burst())) {
		return 0, nil
	}
	return c.full(cost)
}

// full is in how many seconds there is room for a cost, and the refusal that says
// so.
func (b bucket) full(cost int) (wait int, err *refuse.Refusal) {
	wait = b.wait(cost)
	return wait, ErrRate.About("", cost, b.left(), wait)
}
