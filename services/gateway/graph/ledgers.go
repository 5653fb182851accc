package graph

import (
	"context"
	"time"
)

// MoneyAt is the money as a request reads it that has no session of its own: what
// the book said at asAt or, without that, at least as far as seen.
func (r *Resolver) MoneyAt(ctx context.Context, seen *Registry, asAt *time.Time) (*Money, error) {
	mark := seen.At
	if asAt != nil {
		then, err := r.Book.AsAt(ctx, *asAt)
		if err != nil {
			return nil, err
		}
		mark = then
	}
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	now, err := r.Money.Wait(wait, mark.Position)
	if err != nil || asAt == nil {
		return now, err
	}
	return r.Money.AsAt(ctx, mark)
}
