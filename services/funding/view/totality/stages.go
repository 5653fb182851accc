package totality

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// Stages is how far money has come. Allocated, paid and confirmed count what has
// come that far in the year, wherever it has gone since; the others what is there
// now. What came along from the year before, or from a network that was merged,
// has come so far elsewhere, and has a figure of its own, as has what went along:
// what was allocated and brought in is, all together, spent, diverted, offered,
// returned, left, or carried on.
type Stages struct {
	held     []place
	unknown  *figure.Unknown
	entitled *entitling
}

// stages is where money is. notKept says why no ledger tells anything of it, or is
// nil.
func (r *Reading) stages(held []place, whose events.Entity, e *entitling, notKept *figure.Unknown) *Stages {
	s := &Stages{held: held, unknown: cmp.Or(r.unknown(whose), notKept), entitled: e}
	for i, p := range held {
		if i == 0 || p.in != held[i-1].in {
			s.unknown = cmp.Or(s.unknown, r.unknown(p.in.Entity()))
		}
	}
	return s
}

// What has come how far.
var (
	confirmed = []funding.Stage{
		funding.StageConfirmed, funding.StageCommitted, funding.StageSpent,
		funding.StageDeclared, funding.StageRetained, funding.StageOffered, funding.StageReturned,
	}
	paid      = append([]funding.Stage{funding.StagePaid}, confirmed...)
	onBehalf  = []funding.Stage{funding.StageSpentFor, funding.StageSpentBySystem}
	allocated = slices.Concat([]funding.Stage{funding.StageAllocated, funding.StageHeld, funding.StageDiverted}, onBehalf, paid)
	left      = []funding.Stage{
		funding.StageAllocated, funding.StageHeld, funding.StagePaid, funding.StageConfirmed, funding.StageCommitted,
		funding.StageDeclared, funding.StageRetained,
	}
)

// Entitled is what the contract entitles to; nil of what no contract knows, such
// as one purpose within a stream.
func (s *Stages) Entitled() *figure.Amount { return s.entitled.amount() }

// EntitledSoFar is the part of that which is known.
func (s *Stages) EntitledSoFar() *figure.Amount { return s.entitled.known() }

// Allocated is what the system has promised, less what it has taken back.
func (s *Stages) Allocated() figure.Amount {
	return s.reached("What the system has allocated, less what it has taken back.", allocated...)
}

// Paid is what the system says that it has paid.
func (s *Stages) Paid() figure.Amount {
	return s.reached("What the system says it has paid.", paid...)
}

// Confirmed is what the payee says that it has received.
func (s *Stages) Confirmed() figure.Amount {
	return s.reached("What the payee says it has received.", confirmed...)
}

// BroughtIn is what came along from the year before, or from a network that was
// merged into the payee. It is at whatever stage it had reached.
func (s *Stages) BroughtIn() figure.Amount {
	return s.along("What came along from the year before, or from a network that was merged into it.", 1)
}

// CarriedOn is what went along into the next year, or to the network that the
// payee was merged into.
func (s *Stages) CarriedOn() figure.Amount {
	return s.along("What went along into the next year, or to the network it was merged into.", -1)
}

// Committed is what is set aside and not spent yet.
func (s *Stages) Committed() figure.Amount {
	return s.sum("What is set aside for something agreed, and not spent.", funding.StageCommitted)
}

// Spent is what the payee has spent.
func (s *Stages) Spent() figure.Amount {
	return s.sum("What the payee has spent.", funding.StageSpent)
}

// Held is what the system keeps back.
func (s *Stages) Held() figure.Amount {
	return s.sum("What the system keeps back.", funding.StageHeld)
}

// SpentOnBehalf is what the system has spent in the payee's place.
func (s *Stages) SpentOnBehalf() figure.Amount {
	return s.sum("What the system has spent on the payee's behalf, acknowledged or not.", onBehalf...)
}

// Diverted is what the system has used for something else.
func (s *Stages) Diverted() figure.Amount {
	return s.sum("What the system has used for something else.", funding.StageDiverted)
}

// Declared is what the payee has said it will not spend, of which nobody has
// decided yet.
func (s *Stages) Declared() figure.Amount {
	return s.sum("What the payee has declared that it will not spend.", funding.StageDeclared)
}

// Retained is what of that it may keep.
func (s *Stages) Retained() figure.Amount {
	return s.sum("What the payee has declared, and may keep.", funding.StageRetained)
}

// Offered is what of that others may have.
func (s *Stages) Offered() figure.Amount {
	return s.sum("What the payee has declared, and others may have.", funding.StageOffered)
}

// Returned is what England has back.
func (s *Stages) Returned() figure.Amount {
	return s.sum("What has gone back to England.", funding.StageReturned)
}

// Available is what the payee has, and has neither spent nor set aside.
func (s *Stages) Available() figure.Amount {
	return s.sum("What the payee has received, and has neither spent nor set aside.", funding.StageConfirmed)
}

// Left is what is not spent, wherever it is: allocated, held back, paid,
// confirmed, set aside, declared or retained.
func (s *Stages) Left() figure.Amount {
	return s.sum("What has not been spent, diverted, offered to others, returned or carried on.", left...)
}

// Pot is what the system has received and allocated to nobody.
func (s *Stages) Pot() figure.Amount {
	return s.sum("What the system has received, and allocated to nobody.", funding.StagePot)
}

// sum is what is in all accounts of some stages.
func (s *Stages) sum(rule string, of ...funding.Stage) figure.Amount {
	if s.unknown != nil {
		return figure.NoAmount(s.unknown)
	}
	in := s.at(of, func(funding.Account) bool { return true })
	var sum events.GBP
	for _, p := range in {
		sum += p.Balance()
	}
	return figure.Known(sum, rule, func() []figure.Term { return moves(in, (*view.Ledger).Entries) })
}

// reached is what the payees' accounts have been given of some stages, but for
// what came along or went along. What goes back out of the pot has come no further
// than that.
func (s *Stages) reached(rule string, of ...funding.Stage) figure.Amount {
	if s.unknown != nil {
		return figure.NoAmount(s.unknown)
	}
	in := s.at(of, payees)
	var sum events.GBP
	for _, p := range in {
		sum += p.Balance() - p.Brought
	}
	return figure.Known(sum, rule, func() []figure.Term { return moves(in, (*view.Ledger).Own) })
}

// along is what came along, or, of sign -1, went along. What only moved between
// two of those whose money this is did neither.
func (s *Stages) along(rule string, sign events.GBP) figure.Amount {
	if s.unknown != nil {
		return figure.NoAmount(s.unknown)
	}
	all := moves(s.at(allocated, payees), (*view.Ledger).Along)
	all = slices.DeleteFunc(all, func(t figure.Term) bool { return t.Amount*sign < 0 })
	var sum events.GBP
	for i := range all {
		all[i].Amount *= sign
		sum += all[i].Amount
	}
	return figure.Known(sum, rule, func() []figure.Term { return all })
}

func payees(a funding.Account) bool { return view.Payee(a.Holder) }

// at is the accounts of some stages that are of some holders.
func (s *Stages) at(of []funding.Stage, whose func(funding.Account) bool) (all []place) {
	for _, p := range s.held {
		if slices.Contains(of, p.Stage) && whose(p.Account.Account) {
			all = append(all, p)
		}
	}
	return all
}

// moves are the entries of accounts that made a sum what it is, each with what it
// has brought or taken away. One that moves money within the sum is not among
// them.
func moves(of []place, entries func(*view.Ledger, *view.Account) []*view.Entry) (all []figure.Term) {
	type entry struct {
		at     int // the place of its ledger
		number int
	}
	sums := map[entry]events.GBP{}
	ledgers := map[events.Entity]int{}
	var order []place
	for _, p := range of {
		name := p.in.Entity()
		at, known := ledgers[name]
		if !known {
			at = len(order)
			ledgers[name] = at
			order = append(order, p)
		}
		last := 0
		for _, e := range entries(p.in, p.Account) {
			n := e.Heading().Number
			if n == last {
				continue // it names the account twice
			}
			last = n
			for _, posting := range e.Posted() {
				if posting.Account == p.Account.Account {
					sums[entry{at, n}] += posting.Amount
				}
			}
		}
	}
	var changed []entry
	for e, sum := range sums {
		if sum != 0 {
			changed = append(changed, e)
		}
	}
	slices.SortFunc(changed, func(a, b entry) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.number, b.number)) })
	for _, e := range changed {
		l := order[e.at].in
		recorded := l.Entry(e.number)
		all = append(all, figure.Term{
			Label:  fmt.Sprintf("%s %s, entry %d: %s", l.System, l.Year, e.number, words(recorded.EventType())),
			Amount: sums[e], Entries: []events.ID{recorded.ID},
		})
	}
	return all
}

// words is a type as people say it: "spent on behalf".
func words(typ string) string {
	name := strings.TrimPrefix(typ, "funding.")
	name, _, _ = strings.Cut(name, ".")
	return strings.ReplaceAll(name, "_", " ")
}
