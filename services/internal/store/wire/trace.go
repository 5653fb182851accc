package wire

import "github.com/nats-io/nats.go"

// TraceHeader lets a W3C trace context travel in a NATS header, under the
// lower-case names of that standard.
type TraceHeader nats.Header

// Get returns the value of key, or nothing.
func (h TraceHeader) Get(key string) string { return nats.Header(h).Get(key) }

// Set replaces the value of key.
func (h TraceHeader) Set(key, value string) { h[key] = []string{value} }

// Keys lists the names that have a value.
func (h TraceHeader) Keys() []string {
	keys := make([]string, 0, len(h))
	for key := range h {
		keys = append(keys, key)
	}
	return keys
}
