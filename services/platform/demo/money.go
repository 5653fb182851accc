package demo

import (
	"fmt"
	"time"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/ask/challenge"
	"github.com/ics-openbook/openbook/api/ask/contract"
	"github.com/ics-openbook/openbook/api/ask/funding"
	"github.com/ics-openbook/openbook/events"
	agreed "github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/funding"
)

// The story of the money is that of the year 2025/26, of a stream of the
// system's own: development money, which reached networks unevenly. One has less
// than £20,000 of it and one more than £50,000; one had a part diverted and
// challenges that; one did not spend all of it and may keep the rest.
const (
	year        = events.Year("2025/26")
	development = fact.Stream("development")
	supporting  = fact.Purpose("management-support") // it is ring-fenced

	diverted = events.PCN("U99003")
	retained = events.PCN("U99005")
	held     = events.PCN("U99009")
)

// shares are what each network was allocated, in the order of networks.
var shares = []events.GBP{
	12_400_00, 28_600_00, 27_500_00, 31_200_00, 26_800_00, 29_900_00, 61_250_00,
	24_300_00, 33_700_00, 22_450_00, 21_900_00, 38_600_00, 30_150_00, 36_000_00,
}

// Act is an ask and who asks it: the steward, where nobody is named.
type Act struct {
	ask.Ask
	By    events.PersonRef
	Grant ask.Grant
}

// acts are those of the steward.
func acts(steps [][]ask.Ask) (all [][]Act) {
	for _, step := range steps {
		var these []Act
		for _, a := range step {
			these = append(these, Act{Ask: a})
		}
		all = append(all, these)
	}
	return all
}

// money is what became of the development money: one entry after another.
func money() [][]Act {
	s := &story{}
	s.all = append(s.all, []Act{{Ask: contract.ListStream{Year: year, FundingStream: agreed.FundingStream{
		Key: agreed.Key(development), Title: "Development of networks (invented)", Payee: agreed.Network,
		Cited: agreed.Cited{Source: "invented for the demonstration", Confidence: agreed.Local},
	}}}})
	s.finance(funding.ReceiveFunding{Act: s.act(450_000_00, events.Day(2025, time.May, 6), "")})
	for i, n := range networks {
		s.finance(funding.AllocateFunding{Upon: s.upon(n.code, shares[i], events.Day(2025, time.June, 2), "")})
	}
	s.finance(funding.HoldFunding{Upon: s.upon(held, 5_000_00, events.Day(2025, time.June, 9), "until the network has a clinical director")})

	s.finance(funding.RequestDiversion{Upon: s.upon(diverted, 9_000_00, events.Day(2025, time.November, 10), "winter pressures at the acute trust"), From: fact.StageAllocated})
	s.approve()
	taken := s.entries
	s.manager(diverted, funding.ProtestDiversion{OwnAnswer: funding.OwnAnswer{
		Answer: funding.Answer{Ledger: s.books(), On: events.Day(2025, time.November, 12), Entry: taken, Reason: "Nobody asked us. It pays for our care coordinator."},
		Payee:  funding.Payee{Network: diverted},
	}})
	for i, n := range networks {
		paid := shares[i]
		switch n.code {
		case diverted:
			paid -= 9_000_00
		case held:
			paid -= 5_000_00
		}
		s.finance(funding.RequestPayment{Upon: s.upon(n.code, paid, events.Day(2025, time.July, 1).AddDays(9*i), "")})
		s.approve()
		if i%5 != 4 || n.code == retained { // some have not confirmed it yet
			s.manager(n.code, funding.ConfirmReceipt{Own: s.own(n.code, paid, events.Day(2025, time.July, 8).AddDays(9*i), "")})
		}
	}
	for _, of := range []events.PCN{"U99001", "U99002", retained, "U99007"} {
		s.manager(of, funding.SpendFunding{Own: s.own(of, 11_300_00, events.Day(2025, time.December, 1), ""), For: "a manager for the network, two days a week", Category: string(supporting)})
	}
	s.manager(retained, funding.DeclareUnderspend{Own: s.own(retained, 6_500_00, events.Day(2026, time.February, 16), "")})
	s.finance(funding.RetainUnderspend{Upon: s.upon(retained, 6_500_00, events.Day(2026, time.March, 2), "for the same manager until June")})

	s.manager(diverted, challenge.OpenChallenge{
		Network: diverted, System: system, Year: year, Reference: "C1", Entry: taken,
		Words: "This money is ring-fenced for management support, and winter pressures are none.",
	})
	return s.all
}

// story is acts one after another, each when the one before is recorded.
type story struct {
	all        [][]Act
	entries    int // of the ledger
	references int
	requested  events.Date // when what waits for an approval was asked for
}

func (s *story) books() funding.Ledger { return funding.Ledger{System: system, Year: year} }

func (s *story) act(amount events.GBP, on events.Date, reason string) funding.Act {
	s.references++
	s.requested = on
	return funding.Act{
		Ledger: s.books(), Money: funding.Money{FundingStream: development, Purpose: supporting, Amount: amount},
		On: on, Reference: fmt.Sprintf("DEV-%03d", s.references), Reason: reason,
	}
}

func (s *story) upon(n events.PCN, amount events.GBP, on events.Date, reason string) funding.Upon {
	return funding.Upon{Act: s.act(amount, on, reason), Payee: funding.Payee{Network: n}}
}

func (s *story) own(n events.PCN, amount events.GBP, on events.Date, reason string) funding.Own {
	return funding.Own(s.upon(n, amount, on, reason))
}

// finance is an act of a finance officer.
func (s *story) finance(a ask.Ask) {
	s.says(a, "person-demo-finance-1", ask.Grant{Role: ask.Finance, Of: system.Entity()})
}

// approve is another's, of what was requested last.
func (s *story) approve() {
	s.says(funding.ApproveRequest{Answer: funding.Answer{Ledger: s.books(), On: s.requested.AddDays(2), Entry: s.entries}}, "person-demo-finance-2", ask.Grant{Role: ask.Finance, Of: system.Entity()})
}

// manager is a word of a network's manager.
func (s *story) manager(n events.PCN, a ask.Ask) {
	s.says(a, events.PersonRef("person-demo-manager-"+string(n)), ask.Grant{Role: ask.PCN, Of: n.Entity()})
}

func (s *story) says(a ask.Ask, by events.PersonRef, as ask.Grant) {
	s.all = append(s.all, []Act{{a, by, as}})
	if a.Stream() == s.books().Stream() {
		s.entries++
	}
}
