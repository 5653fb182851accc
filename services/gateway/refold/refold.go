// Package refold works a figure out again: from nothing but some entries of the
// book, and by the code that answers everybody. What comes out the same needs
// nothing that those entries do not say.
//
// A ledger's entries are numbered, and a figure stands on some of them only. They are
// folded with gaps between; that the book has no others of the same payee is what
// its tree proves, not this.
package refold

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"

	"github.com/ics-openbook/openbook/events"
	contract "github.com/ics-openbook/openbook/services/contract/view"
	funding "github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/funding/view/money"
	"github.com/ics-openbook/openbook/services/gateway/graph"
	"github.com/ics-openbook/openbook/services/gateway/graph/generated"
	"github.com/ics-openbook/openbook/services/gateway/guard"
	"github.com/ics-openbook/openbook/services/gateway/identity"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/follow"
	"github.com/ics-openbook/openbook/services/internal/store"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

// ErrEntry means that an entry cannot be folded: this release does not know it, or
// it breaks the laws of what it is in.
var ErrEntry = errors.New("an entry that cannot be folded")

// Again is the figure of a name as entries tell it to somebody. They may come in
// any order, and must have their ordinals. It is nil where they know nothing of
// what the name leads to.
func Again(ctx context.Context, n graph.FigureName, entries []events.Recorded, who identity.Person) (*graph.Figure, error) {
	r, seen, err := resolver(entries)
	if err != nil {
		return nil, err
	}
	exec := executor.New(generated.NewExecutableSchema(generated.Config{Schema: graph.Schema(), Resolvers: r}))
	exec.SetRecoverFunc(func(_ context.Context, p any) error { return fmt.Errorf("panic: %v\n%s", p, debug.Stack()) })
	exec.AroundFields(guard.Fields(r.Viewer))
	ctx, _ = graph.NewSession(identity.With(ctx, who), seen, events.Position{})
	ctx = graphql.StartOperationTrace(ctx)
	op, wrong := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: n.Document("entries(first: 100) { nodes { id } }")})
	if len(wrong) > 0 {
		return nil, wrong
	}
	answer, ctx := exec.DispatchOperation(ctx, op)
	response := answer(ctx)
	if len(response.Errors) > 0 {
		return nil, response.Errors
	}
	return n.Read(response.Data)
}

// resolver answers from what some entries say.
func resolver(entries []events.Recorded) (*graph.Resolver, *graph.Registry, error) {
	entries = slices.Clone(entries)
	slices.SortFunc(entries, func(a, b events.Recorded) int { return cmp.Compare(a.Ordinal, b.Ordinal) })
	var bodies registry.State
	var contracts contract.State
	monies := money.State{Ledgers: funding.Some()}
	var at store.Mark
	for _, e := range entries {
		var err error
		switch domain := e.Domain(); {
		case domain == "network":
			bodies, err = registry.Follow(bodies, e)
		case domain == "contract":
			contracts, err = contract.Follow(contracts, e)
		case slices.Contains(money.Domains, domain):
			monies, err = money.Follow(monies, e)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("%w: entry %d (%s): %w", ErrEntry, e.Ordinal, e.Type, err)
		}
		at = store.Mark{Ordinal: e.Ordinal, Position: e.Position, ID: e.ID, Time: e.Time}
	}
	seen := &graph.Registry{State: bodies, At: at}
	return &graph.Resolver{
		Clock: clock.System, Book: book{entries: entries, mark: at}, Registry: still[registry.State]{seen},
		Contracts: still[contract.State]{&graph.Contracts{State: contracts, At: at}}, Money: still[money.State]{&graph.Money{State: monies, At: at}},
	}, seen, nil
}

// still is a view that does not move: it is as it was at every moment.
type still[S any] struct{ seen *follow.Seen[S] }

func (s still[S]) Seen() *follow.Seen[S] { return s.seen }
func (s still[S]) Wait(context.Context, events.Position) (*follow.Seen[S], error) {
	return s.seen, nil
}
func (s still[S]) AsAt(context.Context, store.Mark) (*follow.Seen[S], error) { return s.seen, nil }

// book is one of which only some entries are known, in order. The last of them is
// that of every moment.
type book struct {
	graph.Book
	entries []events.Recorded
	mark    store.Mark
}

func (b book) AsAt(context.Context, time.Time) (store.Mark, error) { return b.mark, nil }

func (b book) ByID(_ context.Context, id events.ID) (events.Recorded, error) {
	for _, e := range b.entries {
		if e.ID == id {
			return e, nil
		}
	}
	return events.Recorded{}, fmt.Errorf("%s: %w", id, store.ErrNotFound)
}
