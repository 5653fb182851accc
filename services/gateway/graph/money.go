package graph

import (
	"context"
	"time"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/funding/view/money"
	"github.com/ics-openbook/openbook/services/internal/follow"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// Money is what is said of money, as this replica has seen it.
type Money = follow.Seen[money.State]

// MoneyFollower keeps up with the money. [follow.Follower] says what each
// promises.
type MoneyFollower interface {
	Seen() *Money
	Wait(context.Context, events.Position) (*Money, error)
	AsAt(context.Context, store.Mark) (*Money, error)
}

// money is what one request reads of the money: what the book said at asAt, or
// one state, as new as the rest of the answer at least. Ledgers move all the
// time: to read them exactly as old as the registry would fold them anew for
// each request.
func (r *Resolver) money(ctx context.Context, asAt *time.Time) (*Money, error) {
	session := sessionOf(ctx)
	mark := session.Seen().At
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if asAt != nil {
		if !asAt.Before(mark.Time) {
			session.unsettled.Store(true)
		}
		then, err := r.Book.AsAt(ctx, *asAt)
		if err != nil {
			return nil, err
		}
		if _, err := r.Money.Wait(wait, then.Position); err != nil {
			return nil, err
		}
		return r.Money.AsAt(ctx, then)
	}
	pinned := session.money.Load()
	if pinned != nil && pinned.At.Position.Compare(mark.Position) >= 0 {
		return pinned, nil
	}
	seen, err := r.Money.Wait(wait, mark.Position)
	if err != nil {
		return nil, err
	}
	if !session.money.CompareAndSwap(pinned, seen) {
		return session.money.Load(), nil
	}
	return seen, nil
}
