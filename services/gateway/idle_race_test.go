//go:build race

package gateway

// The race detector's own notes on memory are counted with it.
const bytesEach = 200_000
