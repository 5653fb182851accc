package graph

import (
	"context"
	"time"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/gateway/graph/model"
	"github.com/ics-openbook/openbook/services/internal/follow"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// ErrYear refuses a year that is none.
var ErrYear = refuse.New(refuse.Invalid, "YEAR_INVALID", "%q is not a financial year. Write it as 2025/26.")

// Contracts are the Network Contracts as this replica has seen them.
type Contracts = follow.Seen[view.State]

// ContractFollower keeps up with the contracts. [follow.Follower] says what each
// promises.
type ContractFollower interface {
	Seen() *Contracts
	Wait(context.Context, events.Position) (*Contracts, error)
	AsAt(context.Context, store.Mark) (*Contracts, error)
}

// contracts is what one request reads of the contracts: what the book said at
// asAt, or as far as the rest of the answer has come.
func (r *Resolver) contracts(ctx context.Context, asAt *time.Time, on *events.Date) (*view.Reading, error) {
	session := sessionOf(ctx)
	mark := session.Seen().At
	if asAt != nil {
		if !asAt.Before(mark.Time) {
			session.unsettled.Store(true)
		}
		then, err := r.Book.AsAt(ctx, *asAt)
		if err != nil {
			return nil, err
		}
		mark = then
	}
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	seen, err := r.Contracts.Wait(wait, mark.Position)
	// What was recorded after mark is hardly ever about a contract.
	if err == nil && seen.At.Ordinal != mark.Ordinal && (seen.State.Last() > mark.Ordinal || len(seen.AllParked()) > 0) {
		seen, err = r.Contracts.AsAt(ctx, mark)
	}
	if err != nil {
		return nil, err
	}
	reading := &view.Reading{State: seen.State, Unknown: seen.Unknown}
	if on != nil {
		reading.On = *on
	}
	return reading, nil
}

func (r *Resolver) contract(ctx context.Context, year events.Year, asAt *time.Time, on *events.Date) (*view.Contract, error) {
	if !year.Valid() {
		return nil, ErrYear.About("year", ask.Clip(string(year)))
	}
	reading, err := r.contracts(ctx, asAt, on)
	if err != nil {
		return nil, err
	}
	return reading.Contract(year), nil
}

// state asks the contract's service for what a mutation says.
func (r *Resolver) state(ctx context.Context, year events.Year, a ask.Ask) (*model.ContractPayload, error) {
	done, _, err := r.submit(ctx, a)
	if err != nil {
		return nil, err
	}
	p := &model.ContractPayload{Done: done}
	switch trial, is := a.(ask.Rehearsal); {
	case done.Receipt == nil:
		return p, nil
	case is && trial.Rehearses():
		p.Proposed, p.Receipt = done.Receipt.Proposed, nil
		return p, nil
	case !done.Receipt.Visible:
		return p, nil
	}
	reading, err := r.contracts(ctx, nil, nil)
	if err != nil {
		return p, nil // recorded it is, and an error beside the receipt would say that it is not
	}
	p.Contract = reading.Contract(year)
	return p, nil
}
