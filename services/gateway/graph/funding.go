package graph

import (
	"context"
	"fmt"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/funding/view/totality"
	"github.com/ics-openbook/openbook/services/gateway/graph/model"
	"github.com/ics-openbook/openbook/services/gateway/guard"
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

// behind makes a page of the entries that an amount follows from. What may not
// be shown to the viewer one by one is left out.
func (r *Resolver) behind(ctx context.Context, p *figure.Passport, first int, after *string) (*model.EntryConnection, error) {
	var ids []model.Source
	seen := map[events.ID]bool{}
	for _, t := range p.Sum() {
		for _, id := range t.Entries {
			if !seen[id] {
				seen[id] = true
				ids = append(ids, model.Source{ID: id, Place: len(ids)})
			}
		}
	}
	c, err := cut(ctx, "behind ", ids, model.Source.Key, span{first: &first, after: after})
	if err != nil {
		return nil, err
	}
	v, _ := r.Viewer(ctx) // the guard lets nobody else come here
	all := map[*model.Entry]string{}
	var nodes []*model.Entry
	for _, id := range c.Nodes {
		recorded, err := r.Book.ByID(ctx, id.ID)
		if err != nil {
			return nil, err
		}
		if shows(v, recorded) && (recorded.Domain() == "contract" || guard.Shows(v, recorded.Subject()) == nil) { // the contract is national
			e := &model.Entry{Recorded: recorded}
			nodes, all[e] = append(nodes, e), c.Key(id)
		}
	}
	return model.Behind(model.Cut[*model.Entry]{Nodes: nodes, Before: c.Before, After: c.After, Key: func(e *model.Entry) string { return all[e] }}), nil
}
