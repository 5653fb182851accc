package client

import "time"

// Quiet sets how long a stream may be silent.
func Quiet(d time.Duration) Option { return set(func(c *Client) { c.quiet = d }) }
