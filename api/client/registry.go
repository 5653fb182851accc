package client

import (
	"context"
	"iter"
	"time"

	"github.com/Khan/genqlient/graphql"
	"github.com/google/uuid"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/api/client/generated"
	"github.com/ics-openbook/openbook/api/client/wire"
	"github.com/ics-openbook/openbook/events"
)

// What the registry shows.
type (
	System     = generated.System
	Place      = generated.Place
	Network    = generated.Network
	Practice   = generated.Practice
	Membership = generated.Membership
	Figure     = generated.Figure
	Unknown    = generated.Unknown
	SystemRef  = generated.SystemRef
)

// Receipt says what was recorded, and where.
type Receipt = wire.Receipt

// RegisterSystem opens a system's part of the book.
func (c *Client) RegisterSystem(ctx context.Context, a network.RegisterSystem) (Receipt, error) {
	return submit(ctx, c, generated.RegisterSystem, &a, &a.Given)
}

// RenameSystem gives a system another name.
func (c *Client) RenameSystem(ctx context.Context, a network.RenameSystem) (Receipt, error) {
	return submit(ctx, c, generated.RenameSystem, &a, &a.Given)
}

// RegisterPlace adds a place to a system.
func (c *Client) RegisterPlace(ctx context.Context, a network.RegisterPlace) (Receipt, error) {
	return submit(ctx, c, generated.RegisterPlace, &a, &a.Given)
}

// RenamePlace gives a place another name.
func (c *Client) RenamePlace(ctx context.Context, a network.RenamePlace) (Receipt, error) {
	return submit(ctx, c, generated.RenamePlace, &a, &a.Given)
}

// RegisterNetwork opens a network's part of the book.
func (c *Client) RegisterNetwork(ctx context.Context, a network.RegisterNetwork) (Receipt, error) {
	return submit(ctx, c, generated.RegisterNetwork, &a, &a.Given)
}

// RenameNetwork gives a network another name.
func (c *Client) RenameNetwork(ctx context.Context, a network.RenameNetwork) (Receipt, error) {
	return submit(ctx, c, generated.RenameNetwork, &a, &a.Given)
}

// RegisterPractice opens a practice's part of the book.
func (c *Client) RegisterPractice(ctx context.Context, a network.RegisterPractice) (Receipt, error) {
	return submit(ctx, c, generated.RegisterPractice, &a, &a.Given)
}

// RenamePractice gives a practice another name.
func (c *Client) RenamePractice(ctx context.Context, a network.RenamePractice) (Receipt, error) {
	return submit(ctx, c, generated.RenamePractice, &a, &a.Given)
}

// Join makes a practice a member of a network.
func (c *Client) Join(ctx context.Context, a network.Join) (Receipt, error) {
	return submit(ctx, c, generated.JoinNetwork, &a, &a.Given)
}

// Leave ends a practice's membership of a network.
func (c *Client) Leave(ctx context.Context, a network.Leave) (Receipt, error) {
	return submit(ctx, c, generated.LeaveNetwork, &a, &a.Given)
}

// answered is what the generated mutations have in common.
type answered interface{ GetAnswer() wire.Answer }

// submit sends an ask under one key, however often it has to be sent.
func submit[A any, R answered](ctx context.Context, c *Client, send func(context.Context, graphql.Client, A) (R, error), a *A, given *ask.Given) (Receipt, error) {
	if given.IdempotencyKey == "" {
		given.IdempotencyKey = uuid.NewString()
	}
	if given.Wait == "" {
		given.Wait = c.wait
	}
	answer, err := send(ctx, documents{c}, *a)
	if err != nil {
		return Receipt{}, err
	}
	receipt := answer.GetAnswer().Receipt
	if receipt == nil {
		return Receipt{}, unreachable(c.url, errNoReceipt)
	}
	return *receipt, nil
}

// When says of which moment a reading is. Its zero value is now.
type When struct {
	AsAt time.Time   // what the book said at this moment
	On   events.Date // what was true on this day
}

func (w When) asAt() *time.Time { return given(w.AsAt) }
func (w When) on() *events.Date { return given(w.On) }

// given returns nil for what has not been given.
func given[T comparable](v T) *T {
	if v == *new(T) {
		return nil
	}
	return &v
}

// System returns a system, or nil when the book does not know it.
func (c *Client) System(ctx context.Context, code events.ICB, when When) (*System, error) {
	r, err := generated.GetSystem(ctx, documents{c}, code, when.asAt(), when.on())
	if err != nil {
		return nil, err
	}
	return r.System, nil
}

// Network returns a network, or nil when the book does not know it.
func (c *Client) Network(ctx context.Context, code events.PCN, when When) (*Network, error) {
	r, err := generated.GetNetwork(ctx, documents{c}, code, when.asAt(), when.on())
	if err != nil {
		return nil, err
	}
	return r.Network, nil
}

// Members returns the memberships of a network that include the day asked
// about. They are open to those who belong to its system.
func (c *Client) Members(ctx context.Context, code events.PCN, when When) ([]Membership, error) {
	r, err := generated.GetMembers(ctx, documents{c}, code, when.asAt(), when.on())
	if err != nil || r.Network == nil {
		return nil, err
	}
	return r.Network.Members, nil
}

// Practice returns a practice, or nil when the book does not know it.
func (c *Client) Practice(ctx context.Context, code events.Practice, when When) (*Practice, error) {
	r, err := generated.GetPractice(ctx, documents{c}, code, when.asAt(), when.on())
	if err != nil {
		return nil, err
	}
	return r.Practice, nil
}

// Memberships returns every membership a practice ever had, as the book said at
// a moment. They are open to those who belong to its system.
func (c *Client) Memberships(ctx context.Context, code events.Practice, asAt time.Time) ([]Membership, error) {
	r, err := generated.GetMemberships(ctx, documents{c}, code, given(asAt))
	if err != nil || r.Practice == nil {
		return nil, err
	}
	return r.Practice.Memberships, nil
}

// Networks yields all networks, or those of one system, by code, a page at a
// time. An error ends it.
func (c *Client) Networks(ctx context.Context, system events.ICB, when When) iter.Seq2[Network, error] {
	return pages(func(after *string) ([]Network, generated.PageInfo, error) {
		r, err := generated.GetNetworks(ctx, documents{c}, page, after, given(system), when.asAt(), when.on())
		if err != nil {
			return nil, generated.PageInfo{}, err
		}
		return r.Networks.Nodes, r.Networks.PageInfo, nil
	})
}

// Source is a published file that the book rests on.
type Source = generated.Source

// Sources returns the published files that the book rests on, the oldest first.
func (c *Client) Sources(ctx context.Context) ([]Source, error) {
	r, err := generated.GetSources(ctx, documents{c})
	if err != nil {
		return nil, err
	}
	return r.Sources, nil
}

// Practices yields the practices that are open on the day, by code, a page at a
// time. An error ends it.
func (c *Client) Practices(ctx context.Context, when When) iter.Seq2[Practice, error] {
	return pages(func(after *string) ([]Practice, generated.PageInfo, error) {
		r, err := generated.GetPractices(ctx, documents{c}, page, after, when.asAt(), when.on())
		if err != nil {
			return nil, generated.PageInfo{}, err
		}
		return r.Practices.Nodes, r.Practices.PageInfo, nil
	})
}

// page is the longest there is.
const page = 100

// pages yields what lies on pages until one says that it is the last.
func pages[T any](read func(after *string) ([]T, generated.PageInfo, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var after *string
		for {
			items, info, err := read(after)
			if err != nil {
				yield(*new(T), err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if !info.HasNextPage || len(items) == 0 {
				return
			}
			after = &info.EndCursor
		}
	}
}
