package graph

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// mostGrounds is how many entries a figure may be worked out from again.
const mostGrounds = 20_000

var errGrounds = refuse.New(refuse.Invalid, "TOO_MANY_GROUNDS", "The figure stands on more than %d entries. Explain the parts that it is made of.")

// grounds are the entries that a figure can be worked out from again. What a fold
// must know of whom and what the figure is about is more than what adds up to it:
// that there is such a network, who its members are, which streams the contract has.
// It is their histories, whole: a practice's for each that has ever been named with
// the network, a network's for each of the system. Of bodies that are only named, and
// of a system where the figure is a network's, it is what they say of themselves.
func (r *Resolver) grounds(ctx context.Context, name string) ([]events.ID, error) {
	n, err := ParseFigure(name)
	if err != nil {
		return nil, err
	}
	upto := sessionOf(ctx).Seen().At
	if asAt := n.asAt(); asAt != nil {
		if upto, err = r.Book.AsAt(ctx, *asAt); err != nil {
			return nil, err
		}
	}
	g := gathering{ctx: ctx, book: r.Book, upto: upto.Ordinal, facts: map[events.ID]events.Recorded{}, done: map[events.Entity]bool{}}
	concerns := n.concerns()
	if !slices.ContainsFunc(concerns, func(e events.Entity) bool { return slices.Contains(bodies, kind(e)) }) {
		concerns = []events.Entity{everything}
	}
	for _, of := range concerns {
		if err := g.history(of); err != nil {
			return nil, err
		}
	}
	v, _ := r.Viewer(ctx) // the guard lets nobody else come here
	var all []events.Recorded
	for _, fact := range g.facts {
		if mayRead(v, fact) {
			all = append(all, fact)
		}
	}
	slices.SortFunc(all, func(a, b events.Recorded) int { return cmp.Compare(a.Ordinal, b.Ordinal) })
	ids := make([]events.ID, len(all))
	for i, fact := range all {
		ids[i] = fact.ID
	}
	return ids, nil
}

// everything is what a figure is about that is of no body: all England.
const everything events.Entity = "england"

// gathering is facts that are gathered, each once.
type gathering struct {
	ctx   context.Context
	book  Book
	upto  events.Ordinal
	facts map[events.ID]events.Recorded
	done  map[events.Entity]bool
}

// history gathers all that is said about something, and what has to be known with
// it.
func (g *gathering) history(of events.Entity) error {
	if g.done[of] {
		return nil
	}
	g.done[of] = true
	var named []events.Entity
	facts := g.book.About(g.ctx, of, 0, g.upto)
	if of == everything {
		facts = g.book.Range(g.ctx, 0, g.upto)
	}
	for fact, err := range facts {
		if err != nil {
			return err
		}
		if err := g.add(fact); err != nil {
			return err
		}
		named = append(named, fact.Entities...)
		named = append(named, cited(fact))
	}
	slices.Sort(named)
	whole := within[kind(of)]
	for _, e := range slices.Compact(named) {
		var err error
		switch {
		case slices.Contains(whole, kind(e)):
			err = g.history(e)
		case slices.Contains(bodies, kind(e)):
			err = g.own(e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// cited is the source that a fact of the registry names, or nothing.
func cited(fact events.Recorded) events.Entity {
	var says struct {
		Source network.Source `json:"source"`
	}
	if fact.Domain() != "network" || json.Unmarshal(fact.Data, &says) != nil || says.Source == "" {
		return ""
	}
	return says.Source.Entity()
}

// own gathers what a body says of itself, without all that others say of it.
func (g *gathering) own(of events.Entity) error {
	if g.done[of] || g.done["own "+of] {
		return nil
	}
	g.done["own "+of] = true
	for fact, err := range g.book.ReadStream(g.ctx, events.Stream(of), 0) {
		if err != nil {
			return err
		}
		if _, has := g.facts[fact.ID]; has {
			continue
		}
		fact, err = g.book.ByID(g.ctx, fact.ID)
		if errors.Is(err, store.ErrNotFound) || err == nil && fact.Ordinal > g.upto {
			return nil // recorded since, or not even counted
		}
		if err != nil {
			return err
		}
		if err := g.add(fact); err != nil {
			return err
		}
	}
	return nil
}

func (g *gathering) add(fact events.Recorded) error {
	if g.facts[fact.ID] = fact; len(g.facts) > mostGrounds {
		return errGrounds.About("figure", mostGrounds)
	}
	return nil
}

// within is what makes a body up: whose histories belong to its own.
var within = map[string][]string{
	"system":  {"network", "practice", "partner"},
	"network": {"practice"},
}

// bodies have histories of their own, or something said of them that others follow.
var bodies = []string{"system", "network", "practice", "policy", "source", "subicb", "partner"}

func kind(e events.Entity) string {
	kind, _, _ := strings.Cut(string(e), "-")
	return kind
}
