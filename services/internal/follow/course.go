package follow

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/carrier"
)

// course is one pass over the stream, from where the view stood when it began.
type course[S any] struct {
	follower *Follower[S]
	epoch    carrier.Epoch
	of       fold
	retry    uint64 // how many retries it does when it has come far enough
	seen     Seen[S]
	ready    func()

	goal   events.Ordinal  // how far the book had counted when the pass began,
	head   events.Position // and where it ended
	behind bool            // until the view has come as far

	told   events.Ordinal // up to here nothing is news
	news   []events.Recorded
	folded int // since readers were last shown anything
}

// take folds one message, and shows readers what it led to unless more wait.
func (c *course[S]) take(ctx context.Context, msg jetstream.Msg) error {
	r, epoch, err := carrier.Decode(msg.Headers(), msg.Data())
	if err != nil {
		return fmt.Errorf("ordinal %d: %w", c.seen.At.Ordinal+1, err)
	}
	meta, err := msg.Metadata()
	if err != nil {
		return err
	}
	if epoch != c.epoch {
		return fmt.Errorf("%w: the stream has a new epoch, %s", errAgain, epoch)
	}
	if r.Ordinal != c.seen.At.Ordinal+1 || meta.Sequence.Stream != uint64(r.Ordinal) {
		return fmt.Errorf("after ordinal %d comes %d, as message %d", c.seen.At.Ordinal, r.Ordinal, meta.Sequence.Stream)
	}
	f := c.follower
	span := f.span(ctx, r)
	c.seen = f.view.after(c.seen, r)
	span.End()
	if c.folded++; r.Ordinal > c.told {
		c.news = append(c.news, r)
	}
	f.kept.pass(c.of, c.seen)
	if r.Ordinal%f.every == 0 {
		f.freeze(ctx, c.seen)
	}
	if meta.NumPending == 0 || c.folded >= burst {
		f.metrics.behind(meta.NumPending)
		c.settle(ctx)
	}
	return ctx.Err()
}

// settle shows readers the state, once it has come as far as the book had: the
// stream may still be on its way there, written again from the start, and half
// of it would look like a book with half its networks.
func (c *course[S]) settle(ctx context.Context) {
	c.behind = c.behind && (c.seen.At.Ordinal < c.goal || c.seen.At.Position.Compare(c.head) < 0)
	if !c.behind {
		now := c.seen
		c.follower.folded = c.retry
		c.follower.publish(&now, c.news)
		c.follower.metrics.visible(ctx, c.follower.env.Clock.Now(), c.folded, c.news)
		c.news = nil
		c.ready()
	}
	c.folded = 0
}
