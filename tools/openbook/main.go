// Command openbook is the platform, and the way to use it: `openbook up` runs
// it, the other commands ask it something over its API.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, root(), os.Args[1:]))
}
