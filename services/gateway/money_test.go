package gateway

import (
	"context"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/funding"
	ledgers "github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/funding/view/money"
	"github.com/ics-openbook/openbook/services/gateway/graph"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// monies is money that does not move: something of everything.
var monies = stillMoney{&graph.Money{State: func() (s money.State) {
	books := funding.Ledger{System: "QZ1", Year: "2025/26"}
	account := func(holder events.Entity, stage funding.Stage) funding.Account {
		return funding.Account{Holder: holder, Stage: stage, Stream: "core", Purpose: "anything"}
	}
	head := func(number int) funding.Head {
		return funding.Head{Ledger: books, Number: number, On: books.Year.First(), Party: "system-QZ1", By: "person-finance", Reason: "agreed"}
	}
	pot, allocated := account("system-QZ1", funding.StagePot), account("network-U99001", funding.StageAllocated)
	for i, e := range []funding.Event{
		funding.Received{Move: funding.Move{Head: head(1), Reference: "R-1", Postings: funding.Transfer(20_000_00, account(funding.England, funding.StageSource), pot)}},
		funding.Allocated{Move: funding.Move{Head: head(2), Reference: "A-1", Postings: funding.Transfer(15_000_00, pot, allocated)}},
		funding.Held{Move: funding.Move{Head: head(3), Reference: "H-1", Postings: funding.Transfer(1_000_00, allocated, account("network-U99001", funding.StageHeld))}},
	} {
		var err error
		if s.Ledgers, err = ledgers.Evolve(s.Ledgers, e, ledgers.Place{ID: events.ID(string(rune('k' + i))), Ordinal: events.Ordinal(i + 1), Time: recorded}); err != nil {
			panic(err)
		}
	}
	return disputed(s)
}()}}

// stillMoney does not move.
type stillMoney struct{ of *graph.Money }

func (s stillMoney) Seen() *graph.Money { return s.of }

func (s stillMoney) Wait(context.Context, events.Position) (*graph.Money, error) { return s.of, nil }

func (s stillMoney) AsAt(context.Context, store.Mark) (*graph.Money, error) { return s.of, nil }
