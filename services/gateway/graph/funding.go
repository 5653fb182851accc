package graph

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/funding/view/totality"
	"github.com/ics-openbook/openbook/services/gateway/graph/model"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// totality is what one field reads of the money, the contracts and the registry
// together: of the moment that the whole answer, or its part, is asked about.
func (r *Resolver) totality(ctx context.Context, year events.Year) (*totality.Reading, error) {
	if !year.Valid() {
		return nil, ErrYear.About("year", ask.Clip(string(year)))
	}
	asAt := asked(ctx)
	seen, err := r.money(ctx, asAt)
	if err != nil {
		return nil, err
	}
	contracts, err := r.contracts(ctx, asAt, nil)
	if err != nil {
		return nil, err
	}
	first := year.First()
	bodies, err := r.reading(ctx, asAt, &first)
	if err != nil {
		return nil, err
	}
	t := &totality.Reading{Money: seen.State, Contracts: contracts, Registry: bodies}
	if seen.AnyParked() {
		t.Unknown = seen.Unknown
	}
	return t, nil
}

// asked is the moment of the past that the root field above asks about, or nil.
func asked(ctx context.Context) *time.Time {
	for f := graphql.GetFieldContext(ctx); f != nil; f = f.Parent {
		if at, is := f.Args["asAt"].(*time.Time); is {
			return at
		}
	}
	return nil
}

// terms makes a page of what adds up to an amount.
func (r *Resolver) terms(ctx context.Context, p *figure.Passport, first int, after *string) (*model.TermConnection, error) {
	all := make([]model.Term, 0)
	for i, t := range p.Sum() {
		all = append(all, model.Term{Term: t, Place: i})
	}
	c, err := cut(ctx, "terms ", all, model.Term.Key, span{first: &first, after: after})
	if err != nil {
		return nil, err
	}
	return model.Terms(c), nil
}

// ledgerEntries makes a page of entries of ledgers.
func (r *Resolver) ledgerEntries(ctx context.Context, all []*totality.Entry, first int, after *string) (*model.LedgerEntryConnection, error) {
	key := func(e *totality.Entry) string { return fmt.Sprintf("%020d", e.Ordinal) }
	c, err := cut(ctx, "ledger ", all, key, span{first: &first, after: after})
	if err != nil {
		return nil, err
	}
	return model.LedgerEntries(c), nil
}

// behind makes a page of the entries that a figure follows from. What the viewer
// may not read is left out before the page is cut, so that a page tells nothing of
// it.
func (r *Resolver) behind(ctx context.Context, p *figure.Passport, first int, after *string) (*model.EntryConnection, error) {
	if err := checkPage(ctx, &first, nil); err != nil {
		return nil, err
	}
	const list = "behind "
	ids := p.Entries()
	if after != nil {
		key, ok := model.CursorOf(list, *after)
		if !ok {
			return nil, errCursor.About("after", ask.Clip(*after))
		}
		ids = ids[1+slices.Index(ids, events.ID(key[len(list):])):]
	}
	v, _ := r.Viewer(ctx) // the guard lets nobody else come here
	var nodes []*model.Entry
	for _, id := range ids {
		recorded, err := r.Book.ByID(ctx, id)
		if err != nil {
			return nil, err
		}
		if !mayRead(v, recorded) {
			continue
		}
		if nodes = append(nodes, &model.Entry{Recorded: recorded}); len(nodes) > first {
			break
		}
	}
	more := len(nodes) > first
	return model.Behind(model.Cut[*model.Entry]{
		Nodes: nodes[:min(first, len(nodes))], Before: after != nil, After: more,
		Key: func(e *model.Entry) string { return list + string(e.ID) },
	}), nil
}
