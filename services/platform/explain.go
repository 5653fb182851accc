package platform

import (
	"context"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/gateway/graph"
	"github.com/ics-openbook/openbook/services/gateway/identity"
	"github.com/ics-openbook/openbook/services/gateway/refold"
)

// Figure is a figure as the API shows it, with how it has come about.
type Figure = graph.Figure

// FigureName is the name of a figure: its `id` in the API. It may leave out the
// moment that the figure was read at; then it is now.
type FigureName = graph.FigureName

// ParseFigure reads a figure's name.
func ParseFigure(text string) (FigureName, error) { return graph.ParseFigure(text) }

// Refold works a figure out again, from some entries of the book alone, as somebody
// with some grants sees it; the entries must have their ordinals. With it come the
// ids of those that its passport names, up to a hundred. It is nil where the entries
// know nothing of what the name leads to. The error is of an entry that this release
// cannot fold.
func Refold(ctx context.Context, n FigureName, entries []events.Recorded, as events.PersonRef, grants []ask.Grant) (*Figure, error) {
	return refold.Again(ctx, n, entries, identity.Person{Ref: as, Grants: grants})
}
