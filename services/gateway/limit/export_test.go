package limit

import (
	"maps"
	"math"
	"slices"

	"github.com/ics-openbook/openbook/services/gateway/identity"
)

// Special are the names in the table of prices.
func Special() []string { return slices.Sorted(maps.Keys(special)) }

// Kept are how many documents and refusals a guard keeps, and may keep.
func (g *Guard) Kept() (known, refused, mostOfEither int) {
	return g.known.Len(), g.refused.Len(), max(mostKnown, mostRefused)
}

// MostClients is how many buckets are kept.
const MostClients = mostClients

// Clients is how many there are.
func (b *Buckets) Clients() int { return b.of.Len() }

// Visited is how many nodes of a document were gone through for its shape.
func Visited(text string) int {
	doc, err := parse(text, Trusted)
	if err != nil {
		panic(err) // it is written in a test
	}
	s := newShape(Free)
	s.limits.Depth, s.limits.Set, s.limits.Selections = math.MaxInt, math.MaxInt, math.MaxInt
	_ = s.document(doc)
	return s.visited
}

// Begin is a request that has found its bucket, and takes what it costs later.
func (b *Buckets) Begin(who identity.Person) (take func(cost int) bool, left func() int) {
	c := b.client(who)
	return c.take, c.left
}
