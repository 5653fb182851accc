package graph

import (
	"context"
	"encoding/json"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/gateway/graph/model"
	"github.com/ics-openbook/openbook/services/gateway/guard"
	"github.com/ics-openbook/openbook/services/gateway/identity"
	"github.com/ics-openbook/openbook/services/gateway/live"
	"github.com/ics-openbook/openbook/services/gateway/scalar"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/decider"
	"github.com/ics-openbook/openbook/services/internal/follow"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/internal/serve"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/network/view"
)

const (
	// AfterHeader names the position an answer must have come at least as far as.
	AfterHeader = "Openbook-After"
	// AsOfHeader names the position that an answer in another form is true at.
	AsOfHeader = "Openbook-As-Of"
)

// patience is how long an answer waits for a view to catch up.
const patience = 2 * time.Second

// Registry is the registry as this replica has seen it.
type Registry = follow.Seen[view.State]

// Follower keeps up with the registry. [follow.Follower] says what each promises.
type Follower interface {
	Seen() *Registry
	Wait(context.Context, events.Position) (*Registry, error)
	AsAt(context.Context, store.Mark) (*Registry, error)
}

// Book is where what was said is read, and looked up.
type Book interface {
	follow.Book
	// ReadStream is that of a [store.Store].
	ReadStream(ctx context.Context, stream events.Stream, from events.Revision) iter.Seq2[events.Recorded, error]
}

// Notary vouches for the book.
type Notary interface {
	// Receipt is a proof.Receipt in JSON, with the entry. The error wraps
	// [store.ErrNotFound] where the book has no such entry.
	Receipt(ctx context.Context, id events.ID, reach events.Position) (json.RawMessage, error)
}

// Resolver is what answers are made of.
type Resolver struct {
	Clock     clock.Clock
	Book      Book
	Notary    Notary
	Registry  Follower
	Contracts ContractFollower
	Money     MoneyFollower
	Asks      *serve.Caller
	Unseal    Unseal
	Live      *live.Hub

	readings readings
}

// Newest is the state a request is to be answered from, as new as it asks for: at
// least as far as a position that the asker has seen, written as in a header.
func (r *Resolver) Newest(ctx context.Context, header string) (seen *Registry, after events.Position, err error) {
	if header == "" {
		return r.Registry.Seen(), after, nil
	}
	if after, err = events.ParsePosition(header); err != nil {
		return nil, after, refuse.New(refuse.Invalid, "POSITION_INVALID", err.Error())
	}
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	seen, err = r.Registry.Wait(wait, after)
	return seen, after, err
}

func (r *Resolver) reading(ctx context.Context, asAt *time.Time, on *events.Date) (*view.Reading, error) {
	session := sessionOf(ctx)
	if asAt != nil && !asAt.Before(session.Seen().At.Time) {
		session.unsettled.Store(true)
	}
	return r.Reading(ctx, session.Seen(), asAt, on)
}

// Reading is the registry as one request reads it: what the book said at asAt,
// or says, and what was true on a day.
func (r *Resolver) Reading(ctx context.Context, seen *Registry, asAt *time.Time, on *events.Date) (*view.Reading, error) {
	if asAt != nil {
		mark, err := r.Book.AsAt(ctx, *asAt)
		if err != nil {
			return nil, err
		}
		switch {
		case mark.Ordinal < seen.At.Ordinal:
			seen, err = r.Registry.AsAt(ctx, mark)
		case mark.Ordinal > seen.At.Ordinal: // the past must not change while this replica catches up
			wait, cancel := context.WithTimeout(ctx, patience)
			defer cancel()
			if _, err = r.Registry.Wait(wait, mark.Position); err == nil {
				seen, err = r.Registry.AsAt(ctx, mark)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	day := clock.Today(r.Clock)
	if on != nil {
		day = *on
	}
	if asAt == nil {
		return r.readings.of(seen, day), nil
	}
	reading := read(seen, day)
	reading.Rights = &r.Registry.Seen().State // by which the viewer is judged too
	return reading, nil
}

func read(seen *Registry, on events.Date) *view.Reading {
	if !seen.AnyParked() {
		return &view.Reading{State: seen.State, On: on}
	}
	return &view.Reading{State: seen.State, On: on, Unknown: seen.Unknown}
}

// submit asks a service for what a mutation says, and waits as it says. The
// reading it returns is as new as the answer.
func (r *Resolver) submit(ctx context.Context, a ask.Ask) (model.Done, *view.Reading, error) {
	who, _ := identity.From(ctx) // the guard lets nobody else come here
	session := sessionOf(ctx)
	receipt, err := decider.Receipt{}, scalar.Unread(ctx)
	if err == nil {
		receipt, err = r.Asks.Ask(ctx, a, serve.By{Actor: who.Ref, Client: who.Client + "/" + string(who.Ref), Grants: who.Grants, After: session.After()})
	}
	refusals := refuse.All(err)
	switch {
	case err != nil && (len(refusals) == 0 || refusals[0].Kind == refuse.Broken):
		return model.Done{}, nil, err
	case err != nil:
		done := model.Done{}
		for _, no := range refusals {
			p := model.Problem{Code: no.Code, Message: no.Message}
			if no.Path != "" {
				p.Path = &no.Path
			}
			done.Problems = append(done.Problems, p)
		}
		return done, &view.Reading{}, nil // a refused request shows nothing
	}
	seen := r.Registry.Seen()
	visible := seen.At.Position.Compare(receipt.Position) >= 0
	if !visible && a.Terms().Wait == ask.Visible {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		seen, err = r.Registry.Wait(ctx, receipt.Position)
		visible = err == nil
		if visible {
			_, err = r.Money.Wait(ctx, receipt.Position)
			visible = err == nil
		}
	}
	session.Advance(seen, receipt.Position)
	shown := &view.Reading{}
	if visible {
		shown = read(seen, clock.Today(r.Clock))
	}
	return model.Done{Receipt: &model.Receipt{
		ID: receipt.ID, Entries: receipt.Entries, Types: receipt.Types, Revision: receipt.Revision, Position: receipt.Position,
		Time: receipt.Time, Visible: visible, Proposed: receipt.Proposed, Count: r.ordinal(receipt.ID), Sign: func(ctx context.Context) (*model.SignedReceipt, error) {
			signed, err := r.receipt(ctx, receipt.ID, receipt.Position)
			if err != nil {
				return nil, nil // as of an ordinal that is not known yet
			}
			return signed, nil
		},
	}}, shown, nil
}

// report passes on what a source says. A rehearsal has proposals in place of a
// receipt: nothing was recorded.
func (r *Resolver) report(ctx context.Context, a ask.Ask) (*model.ReportPayload, error) {
	done, _, err := r.submit(ctx, a)
	if err != nil {
		return nil, err
	}
	p := &model.ReportPayload{Done: done}
	if trial, is := a.(ask.Rehearsal); is && trial.Rehearses() && done.Receipt != nil {
		p.Proposed, p.Receipt = done.Receipt.Proposed, nil
	}
	return p, nil
}

// ordinal finds an entry's place in the whole book, where it is counted already.
// A book that cannot say so now takes nothing from the receipt: the entry is
// recorded, and an error beside it would say that it is not.
func (r *Resolver) ordinal(id events.ID) func(context.Context) (*events.Ordinal, error) {
	return func(ctx context.Context) (*events.Ordinal, error) {
		fact, err := r.Book.ByID(ctx, id)
		if err != nil {
			return nil, nil
		}
		return &fact.Ordinal, nil
	}
}

// entries makes a page of what the book says of something. It holds only what
// may be shown one by one.
func (r *Resolver) entries(ctx context.Context, about events.Entity, first int, after *string, asAt *time.Time) (*model.EntryConnection, error) {
	if err := checkPage(ctx, &first, nil); err != nil {
		return nil, err
	}
	from, err := ordinalOf(after)
	if err != nil {
		return nil, err
	}
	upto := sessionOf(ctx).Seen().At.Ordinal
	if asAt != nil {
		mark, err := r.Book.AsAt(ctx, *asAt)
		if err != nil {
			return nil, err
		}
		upto = min(upto, mark.Ordinal)
	}
	v, _ := r.Viewer(ctx) // the guard lets nobody else come here
	var page []*model.Entry
	if upto > from {
		for fact, err := range r.Book.About(ctx, about, from, upto) {
			if err != nil {
				return nil, err
			}
			if !shows(v, fact) {
				continue
			}
			if page = append(page, &model.Entry{Recorded: fact}); len(page) > first {
				break
			}
		}
	}
	more := len(page) > first
	return model.Entries(page[:min(first, len(page))], after != nil, more), nil
}

func (r *Resolver) status(ctx context.Context) (*model.BookStatus, error) {
	book, err := r.Book.Status(ctx)
	if err != nil {
		return nil, err
	}
	seen := r.Registry.Seen()
	v, _ := r.Viewer(ctx) // the guard lets nobody else come here
	parked := slices.DeleteFunc(append(seen.AllParked(), slices.Concat(r.Contracts.Seen().AllParked(), r.Money.Seen().AllParked())...), func(p follow.Parking) bool { return guard.Shows(v, p.Entity) != nil })
	s := &model.BookStatus{
		Book: string(book.Book), Epoch: string(book.Epoch),
		Recorded: book.Counted.Ordinal, Relayed: book.Relayed, Visible: seen.At.Ordinal, Parked: parked,
		Transit: func() []model.MoneyInTransit { return inTransit(r.Money.Seen().State.Ledgers, v) },
	}
	s.LagFacts, s.LagSeconds = int(book.Lag.Counted.Facts), book.Lag.Counted.Seconds // what is not even counted
	if s.Recorded > s.Visible {
		s.LagFacts += int(s.Recorded - s.Visible)
		for next, err := range r.Book.Range(ctx, s.Visible, s.Visible+1) {
			if err != nil {
				return nil, err
			}
			s.LagSeconds = r.Clock.Now().Sub(next.Time).Seconds()
		}
	}
	return s, nil
}

// node finds what a global id names.
func (r *Resolver) node(ctx context.Context, id string) (model.Node, error) {
	reading, err := r.reading(ctx, nil, nil)
	if err != nil {
		return nil, err
	}
	kind, code, _ := strings.Cut(id, "-")
	switch kind {
	case "contract":
		first, second, _ := strings.Cut(code, "-")
		found, err := r.contract(ctx, events.Year(first+"/"+second), nil, nil)
		if refused, _ := refuse.From(err); err != nil && refused == nil {
			return nil, err
		}
		if found != nil {
			return found, nil
		}
	case "system":
		if found := reading.System(events.ICB(code)); found != nil {
			return found, nil
		}
	case "network":
		if found := reading.Network(events.PCN(code)); found != nil {
			return found, nil
		}
	case "subicb":
		if found := reading.SubICB(events.SubICB(code)); found != nil {
			return found, nil
		}
	case "practice":
		if found := reading.Practice(events.Practice(code)); found != nil {
			return found, nil
		}
	case "place":
		system, place, _ := strings.Cut(code, "-")
		if found := reading.Place(events.ICB(system), network.Place(place)); found != nil {
			return found, nil
		}
	}
	return nil, nil // a nil pointer would not be a nil Node
}
