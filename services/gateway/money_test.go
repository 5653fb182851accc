package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/entitlement"
	"github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/events/workforce"
	"github.com/ics-openbook/openbook/services/funding/view/money"
	"github.com/ics-openbook/openbook/services/gateway/graph"
	"github.com/ics-openbook/openbook/services/internal/store"
	claims "github.com/ics-openbook/openbook/services/workforce/view"
)

// monies is money that does not move: something of everything, in each estate.
var monies = stillMoney{&graph.Money{State: func() (s money.State) {
	n := 0
	tell := func(mark string, all ...events.Fact) {
		for _, f := range all {
			n++
			data, err := json.Marshal(f)
			if err != nil {
				panic(err) // a fact can be written
			}
			r := events.Recorded{Envelope: events.Envelope{
				ID: events.ID(fmt.Sprint("money-", n)), Type: f.EventType(), Entities: f.Entities(), Time: recorded, Cause: events.ID(mark),
			}, Ordinal: events.Ordinal(n), Data: data}
			if s, err = money.Follow(s, r); err != nil {
				panic(err)
			}
			moved[r.ID] = r
			if a, approves := f.(workforce.ClaimApproved); approves {
				s.Claims = claims.WithPayment(s.Claims, r.ID, claims.Payment{Ledger: a.Entity(), Number: 6, Place: claims.Place{ID: r.ID, Time: recorded}})
			}
		}
	}
	for _, e := range []estate{first, second} {
		tell(e.mark, e.money()...)
	}
	// The network that has gone over has money in both ledgers. What the first has
	// entered of it goes with it, so that both know; the second's is the second's.
	tell("both", goneOver(s, first, "both"))
	tell(second.mark, goneOver(s, second, second.mark))
	return disputed(s)
}()}}

// goneOver is what an estate allocates to the network that was the first's and is
// the second's.
func goneOver(s money.State, by estate, mark string) events.Fact {
	books := funding.Ledger{System: by.system(), Year: "2025/26"}
	at := func(holder events.Entity, stage funding.Stage) funding.Account {
		return funding.Account{Holder: holder, Stage: stage, Stream: "core", Purpose: "anything"}
	}
	return funding.Allocated{Move: funding.Move{
		Head: funding.Head{
			Ledger: books, Number: s.Ledgers.Ledger(books).Len() + 1, On: books.Year.First(), Party: by.system().Entity(),
			By: events.PersonRef("person-" + mark), Reason: "reason " + mark,
		},
		Reference: "N-" + mark,
		Postings:  funding.Transfer(5_00, at(by.system().Entity(), funding.StagePot), at(first.network(5).Entity(), funding.StageAllocated)),
	}}
}

// money is what there is to know of an estate's.
func (e estate) money() (all []events.Fact) {
	books := funding.Ledger{System: e.system(), Year: "2025/26"}
	account := func(holder events.Entity, stage funding.Stage) funding.Account {
		return funding.Account{Holder: holder, Stage: stage, Stream: "core", Purpose: "anything"}
	}
	number := 0
	head := func(party events.Entity) funding.Head {
		number++
		return funding.Head{Ledger: books, Number: number, On: books.Year.First(), Party: party, By: e.person("finance"), Reason: "reason " + e.mark}
	}
	system, network := e.system().Entity(), e.network(1).Entity()
	move := func(from, to funding.Account) funding.Move {
		return funding.Move{Head: head(to.Holder), Reference: fmt.Sprint(e.mark, "-", number), Postings: funding.Transfer(1_000_00, from, to)}
	}
	within := func(from, to funding.Stage) funding.Move { return move(account(network, from), account(network, to)) }
	pot := account(system, funding.StagePot)
	pay := funding.Transfer(1_000_00, account(network, funding.StageAllocated), account(network, funding.StagePaid))
	all = []events.Fact{
		funding.Received{Move: move(account(funding.England, funding.StageSource), pot)},
		funding.Allocated{Move: move(pot, account(network, funding.StageAllocated))},
		funding.Allocated{Move: move(pot, account(e.practice(1).Entity(), funding.StageAllocated))},
		funding.Allocated{Move: move(pot, account(e.practice(9).Entity(), funding.StageAllocated))},
		funding.PaymentRequested{Request: funding.Request{Head: head(system), Reference: "P-1" + e.mark, Proposed: pay}},
		funding.Paid{Answer: funding.Answer{Head: head(system), Entry: 5, Postings: pay}},
		funding.Confirmed{Move: within(funding.StagePaid, funding.StageConfirmed)},
		funding.Spent{Work: funding.Work{Move: within(funding.StageConfirmed, funding.StageSpent), For: "things " + e.mark, Category: "printers", Use: funding.UseOutside}},
	}
	before := funding.Ledger{System: e.system(), Year: "2024/25"} // of which something is on its way still
	sent := funding.Head{Ledger: before, Number: 2, On: before.Year.Last(), Party: system, By: e.person("finance")}
	arrived := sent
	arrived.Number = 1
	all = append(all,
		funding.Received{Move: funding.Move{Head: arrived, Reference: "R-1" + e.mark, Postings: funding.Transfer(1_000_00, account(funding.England, funding.StageSource), pot)}},
		funding.CarriedForward{Head: sent, To: books, Postings: funding.Transfer(1_000_00, pot, account(before.Entity(), funding.StageTransit)), Arriving: []funding.Posting{{Account: pot, Amount: 1_000_00}}},
	)
	rate, err := events.ParseRate("2.266")
	if err != nil {
		panic(err)
	}
	of := entitlement.Subject{Network: e.network(1), Year: books.Year}
	line := func(patients int, whose events.Practice) entitlement.Line {
		amount, err := rate.For(int64(patients))
		if err != nil {
			panic(err)
		}
		return entitlement.Line{
			Stream: "core", Key: "core-registered", Practice: whose, Basis: contract.Registered, Quantity: patients,
			Rates: []entitlement.Rate{{Rate: rate, Per: contract.PerYear, Period: books.Year.Period(), Amount: amount, Entry: "money-1"}},
		}
	}
	owed := []entitlement.Owed{{Stream: "core", Key: "core-adjusted", Code: "NOT_STATED", Reason: "Nobody has told " + e.mark, By: system}}
	for _, patients := range []int{9000, 9001} {
		all = append(all, entitlement.Computed{
			Subject: of, ReadTo: 1, Owed: owed, Lines: []entitlement.Line{line(patients, ""), line(patients, e.practice(1))},
			Counts: []entitlement.Count{{Basis: contract.Registered, Quantity: patients, Of: []entitlement.Part{{Practice: e.practice(1), Patients: patients}}, Source: "source " + e.mark}},
		})
	}
	all = slices.Concat(all, e.partners(), e.costs(), e.claims(), e.staff())
	return append(all, entitlement.QuantityStated{Subject: of, Line: "beds", Quantity: 9, Source: "source " + e.mark, By: e.person("commissioner")})
}

// moved are the facts of all that money, by id.
var moved = map[events.ID]events.Recorded{}

// stillMoney does not move.
type stillMoney struct{ of *graph.Money }

func (s stillMoney) Seen() *graph.Money { return s.of }

func (s stillMoney) Wait(context.Context, events.Position) (*graph.Money, error) { return s.of, nil }

func (s stillMoney) AsAt(context.Context, store.Mark) (*graph.Money, error) { return s.of, nil }
