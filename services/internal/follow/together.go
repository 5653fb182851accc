package follow

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// Following is a view that is being followed, of whatever state.
type Following interface {
	Run(ctx context.Context, ready func()) error
}

// Together follows all views until ctx is done. Once each has come as far as the
// stream had, it runs what builds on them; they all live and end together.
func Together(ctx context.Context, views []Following, then ...func(context.Context) error) error {
	work, ctx := errgroup.WithContext(ctx)
	seen := make(chan struct{}, len(views))
	for _, v := range views {
		work.Go(func() error { return v.Run(ctx, func() { seen <- struct{}{} }) })
	}
	work.Go(func() error {
		for range views { // nothing is built on what is not known yet
			select {
			case <-seen:
			case <-ctx.Done():
				return nil
			}
		}
		for _, run := range then {
			work.Go(func() error { return run(ctx) })
		}
		return nil
	})
	return work.Wait()
}
