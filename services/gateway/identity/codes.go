package identity

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"maps"
	"sync"
	"time"

	"github.com/ics-openbook/openbook/services/internal/clock"
)

const (
	codeLife = 10 * time.Minute
	maxCodes = 64 // outstanding at once
)

var errCodes = errors.New("too many sign-in links are waiting to be used: use one, or wait ten minutes")

// codes are what one-time sign-in links bear. They are kept as hashes, so that
// the time it takes to look one up says nothing about another.
type codes struct {
	clock   clock.Clock
	mu      sync.Mutex
	waiting map[[sha256.Size]byte]waiting
}

type waiting struct {
	person Person
	until  time.Time
}

// issue returns a new code that signs p in.
func (c *codes) issue(p Person) (string, error) {
	now := c.clock.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	maps.DeleteFunc(c.waiting, func(_ [sha256.Size]byte, w waiting) bool { return !now.Before(w.until) })
	if len(c.waiting) >= maxCodes {
		return "", errCodes
	}
	if c.waiting == nil {
		c.waiting = make(map[[sha256.Size]byte]waiting)
	}
	code := rand.Text()
	c.waiting[sha256.Sum256([]byte(code))] = waiting{p, now.Add(codeLife)}
	return code, nil
}

// use returns whom a code signs in. It does so once.
func (c *codes) use(code string) (Person, bool) {
	id, now := sha256.Sum256([]byte(code)), c.clock.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	w, ok := c.waiting[id]
	delete(c.waiting, id)
	return w.person, ok && now.Before(w.until)
}
