package book

import (
	"context"
	"time"

	"github.com/ics-openbook/openbook/services/book/index"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/store/wire"
)

// progress knows how far the facts have come.
type progress struct {
	store Engine
	index *index.Index
	relay *relay
	clock clock.Clock
}

// Status looks at the stages from the last to the first, so that none seems to
// be ahead of the one before it.
func (p progress) Status(ctx context.Context) (s wire.Status, err error) {
	s.Book, s.Epoch, s.Relayed, s.Counted = p.store.Book(), p.relay.Epoch(), p.relay.Relayed(), p.index.Mark()
	if s.Head, err = p.store.Head(ctx); err != nil {
		return s, err
	}
	var oldest time.Time // of the facts that are not counted
	if s.Counted.Position != s.Head {
		for r, err := range p.store.ReadAll(ctx, s.Counted.Position) {
			if err != nil {
				return s, err
			}
			if s.Lag.Counted.Facts++; s.Lag.Counted.Facts == 1 {
				oldest = r.Time
			}
			if s.Lag.Counted.Facts == wire.LagBound {
				break
			}
		}
	}
	s.Lag.Counted.Seconds = p.since(oldest)
	s.Lag.Relayed.Facts = s.Lag.Counted.Facts
	if s.Relayed < s.Counted.Ordinal {
		s.Lag.Relayed.Facts += uint64(s.Counted.Ordinal - s.Relayed)
		mark, err := p.index.At(ctx, s.Relayed+1)
		if err != nil {
			return s, err
		}
		oldest = mark.Time
	}
	s.Lag.Relayed.Seconds = p.since(oldest)
	return s, nil
}

// since is the age of something in seconds; nothing has none.
func (p progress) since(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return max(0, p.clock.Now().Sub(t).Seconds())
}
