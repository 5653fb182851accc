package graph

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/gateway/graph/model"
	"github.com/ics-openbook/openbook/services/gateway/guard"
	"github.com/ics-openbook/openbook/services/gateway/identity"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// receipt is the book's word on an entry, for whoever knows its id. The entry
// itself is in it for those alone who may read it, or who asked for it: what is
// left commits to the entry and tells nothing of it. With reach, the entry may
// not be counted yet. It is nil where there is no such entry.
func (r *Resolver) receipt(ctx context.Context, id events.ID, reach events.Position) (*model.SignedReceipt, error) {
	sessionOf(ctx).unsettled.Store(true) // the next checkpoint makes it another
	text, err := r.Notary.Receipt(ctx, id, reach)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	signed, err := proof.ParseReceipt(text)
	if err != nil {
		return nil, err
	}
	entry, err := proof.ParseLeaf(signed.Entry)
	if err != nil {
		return nil, err
	}
	if !r.readable(ctx, entry) {
		signed.Entry = nil
	}
	return &model.SignedReceipt{Receipt: signed}, nil
}

// readable reports whether who asks may read an entry, or has asked for it.
func (r *Resolver) readable(ctx context.Context, entry events.Recorded) bool {
	who, _ := identity.From(ctx)
	v, ok := r.Viewer(ctx)
	return ok && (entry.Actor == who.Ref && who.Ref != "" || mayRead(v, entry))
}

// mayRead reports whether a viewer may read an entry: one that is open, of those it
// is about; one of a network's own affairs, if the viewer sees what its people are
// paid.
func mayRead(v guard.Viewer, entry events.Recorded) bool {
	if events.VisibilityOf(entry.Type) == events.OwnNetwork {
		return slices.ContainsFunc(entry.Entities, func(e events.Entity) bool {
			return strings.HasPrefix(string(e), "network-") && guard.Holds(v, e, guard.SeePay...)
		})
	}
	// Contracts are national.
	return shows(v, entry) && (entry.Domain() == "contract" || slices.ContainsFunc(entry.Entities, func(e events.Entity) bool { return guard.Shows(v, e) == nil }))
}
