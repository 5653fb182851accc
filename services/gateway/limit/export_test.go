package limit

import (
	"maps"
	"slices"
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
