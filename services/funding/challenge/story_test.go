package challenge_test

import (
	"testing"
	"time"

	ask "github.com/ics-openbook/openbook/api/ask/challenge"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/challenge"
	"github.com/ics-openbook/openbook/events/funding"
	registered "github.com/ics-openbook/openbook/events/network"
	undertaken "github.com/ics-openbook/openbook/events/policy"
	"github.com/ics-openbook/openbook/services/funding/challenge"
	ledgers "github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/funding/view/challenged"
	"github.com/ics-openbook/openbook/services/funding/view/policies"
	"github.com/ics-openbook/openbook/services/internal/decider/decidertest"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

type (
	when  = func(challenge.State) ([]fact.Event, error)
	test  = decidertest.Case[challenge.State, fact.Event]
	facts = []fact.Event
)

const c1 fact.ID = "U99001-2025-26-C1"

var july = events.Day(2025, time.July, 1)

func check(t *testing.T, cases []test) {
	t.Helper()
	decidertest.Run(t, challenge.Evolve, cases)
}

// country is what the registry knows in these tests: QZ3 has gone, and QZ1
// stands in its place.
func country() (s registry.State) {
	for _, e := range []registered.Event{
		registered.SystemRegistered{System: "QZ1", Name: "Home"},
		registered.SystemRegistered{System: "QZ2", Name: "Away"},
		registered.SystemRegistered{System: "QZ3", Name: "Gone"},
		registered.NetworkRegistered{Network: "U99001", Name: "One", System: "QZ1"},
		registered.NetworkRegistered{Network: "U99002", Name: "Two", System: "QZ1"},
		registered.NetworkRegistered{Network: "U99005", Name: "Elsewhere", System: "QZ2"},
		registered.PracticeRegistered{Practice: "Z99001", Name: "Practice", System: "QZ1"},
		registered.SystemSucceeded{System: "QZ3", By: []events.ICB{"QZ1"}, On: events.Day(2025, time.April, 1)},
	} {
		s = registry.Evolve(s, e)
	}
	return s
}

// entries are those of QZ1's ledger of 2025/26: money in the pot (1), promised to
// U99001 (2), to U99002 (3), to Z99001 (4), to U99005 (5), which has gone since,
// and held back from U99001 (6); and of QZ3's: money in the pot.
func entries(t *testing.T) (s ledgers.State) {
	t.Helper()
	at := func(holder events.Entity, stage funding.Stage) funding.Account {
		return funding.Account{Holder: holder, Stage: stage, Stream: "core", Purpose: "anything"}
	}
	pot, books := at("system-QZ1", funding.StagePot), funding.Ledger{System: "QZ1", Year: "2025/26"}
	move := func(n int, amount events.GBP, from, to funding.Account) funding.Move {
		return funding.Move{Head: funding.Head{Ledger: books, Number: n, On: july, Party: "system-QZ1"}, Postings: funding.Transfer(amount, from, to)}
	}
	gone := move(1, 1, at(funding.England, funding.StageSource), at("system-QZ3", funding.StagePot))
	gone.System = "QZ3"
	for _, e := range []funding.Event{
		funding.Received{Move: move(1, 9, at(funding.England, funding.StageSource), pot)},
		funding.Allocated{Move: move(2, 1, pot, at("network-U99001", funding.StageAllocated))},
		funding.Allocated{Move: move(3, 1, pot, at("network-U99002", funding.StageAllocated))},
		funding.Allocated{Move: move(4, 1, pot, at("practice-Z99001", funding.StageAllocated))},
		funding.Allocated{Move: move(5, 1, pot, at("network-U99005", funding.StageAllocated))},
		funding.Held{Move: move(6, 1, at("network-U99001", funding.StageAllocated), at("network-U99001", funding.StageHeld))},
		funding.Received{Move: gone},
	} {
		var err error
		if s, err = ledgers.Evolve(s, e, ledgers.Place{}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// known is what is known on a day after 1 July.
func known(t *testing.T, after int) challenge.Known {
	return challenge.Known{By: "person-1", Today: july.AddDays(after), Registry: country(), Ledgers: entries(t)}
}

func with(t *testing.T, k challenge.Known, all ...fact.Event) challenge.Known {
	t.Helper()
	for _, e := range all {
		var err error
		if k.Challenges, err = challenged.Evolve(k.Challenges, e, ledgers.Place{}); err != nil {
			t.Fatal(err)
		}
	}
	return k
}

func undertakes(t *testing.T, k challenge.Known, d undertaken.Days) challenge.Known {
	t.Helper()
	var err error
	if k.Policies, err = policies.Evolve(k.Policies, undertaken.Set{System: "QZ1", From: july, Days: d}, ledgers.Place{}); err != nil {
		t.Fatal(err)
	}
	return k
}

func do[A any](decide func(challenge.State, challenge.Known, A) ([]fact.Event, error), k challenge.Known, a A) when {
	return func(s challenge.State) ([]fact.Event, error) { return decide(s, k, a) }
}

func head(after int) fact.Head {
	return fact.Head{Challenge: c1, System: "QZ1", On: july.AddDays(after), By: "person-1"}
}

func asks(change ...func(*ask.OpenChallenge)) ask.OpenChallenge {
	a := ask.OpenChallenge{Network: "U99001", System: "QZ1", Year: "2025/26", Reference: "C1", Entry: 6, Words: "Nobody told us."}
	for _, do := range change {
		do(&a)
	}
	return a
}

func owed(system events.ICB, words string) ask.Owed {
	return ask.Owed{Step: ask.Step{Challenge: c1, Words: words}, System: system}
}

func own(words string) ask.Own { return ask.Own{Step: ask.Step{Challenge: c1, Words: words}} }

// What has been said, one after the other.
var (
	due          = fact.Due{Acknowledgement: july.AddDays(7), Answer: july.AddDays(28), Default: true}
	opened       = fact.Opened{Head: head(0), Entry: 6, Words: "Nobody told us.", Due: due}
	acknowledged = fact.Acknowledged{Head: head(7), Words: "Read."}
	answered     = fact.Answered{Head: head(20), Outcome: fact.Explained, Words: "We told you in May."}
	accepted     = fact.Accepted{Head: head(22), Words: "Fine."}
	escalated    = fact.Escalated{Head: head(22), To: "NHS England", Words: "You did not."}
	resolved     = fact.Resolved{Head: head(40), Words: "They did not."}
)
