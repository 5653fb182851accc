package equity

// Fitted is the arithmetic of a slope on bare numbers, for examples whose answer
// is published.
func Fitted(x, y, weights []float64) (a, b, err, half, r2 float64) {
	f := fitted(x, y, weights)
	return f.a, f.b, f.err, f.half, f.r2
}
