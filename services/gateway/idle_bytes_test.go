//go:build !race

package gateway

const bytesEach = 100_000
