package ledger

import (
	"slices"
	"strings"

	"github.com/ics-openbook/openbook/api/ask/funding"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

const (
	// chunk is how many accounts one entry carries forward: an entry has to stay
	// readable, and fit into a message.
	chunk = 200
	// atOnce is how many entries of as many accounts one decision carries forward
	// or in. Even with the longest names, and where what is carried in goes on at
	// once, they fit into one append.
	atOnce = 2
)

var (
	ErrYearRuns = refuse.New(refuse.Conflict, "YEAR_NOT_OVER",
		"The financial year %s lasts until %s. Its ledger can be closed from the day after on.")
	ErrNoSuccessor = refuse.New(refuse.Conflict, "NO_SUCCESSOR",
		"The book does not say in which system %s is from %s on, so what it still has cannot be carried forward. Record that first, or allocate or return the money.")
	ErrNothingSent = refuse.New(refuse.NotFound, "NOTHING_CARRIED_FORWARD",
		"The ledger of %s for %s has sent nothing into that of %s for %s. Close it first, or check the system and the year.")
)

// Close ends a year that is over: what is left goes on its way into the ledgers
// of the next. Requests that nobody has answered have come to nothing.
//
// Where more is left than fits into one append, it begins to, and goes on each
// time it is asked again. Until the year is closed, nothing else is entered.
func Close(s State, k Known, a funding.CloseYear) ([]fact.Event, error) {
	switch {
	case s.unsound != nil:
		return nil, s.open(a.Books())
	case s.closed:
		return nil, nil
	case !k.Registry.HasSystem(a.System):
		return nil, ErrSystemUnknown.About("system", a.System)
	case !k.Today.After(a.Year.Last()):
		return nil, ErrYearRuns.About("year", a.Year, a.Year.Last())
	}
	head := s.head(k, a.Books(), a.Concerns(), a.Year.Last(), "")
	all, more, err := s.forward(k, head)
	if err != nil {
		return nil, err
	}
	if head.Number += len(all); !more {
		all = append(all, fact.YearClosed{Head: head})
	}
	return s.checked(all...)
}

// CarryIn begins the year with what another ledger has sent: with as much as fits
// into one append, and with more each time it is asked again. Where this one is
// closed too, it is sent on at once.
func CarryIn(s State, k Known, a funding.CarryIn) ([]fact.Event, error) {
	if err := s.listens(a.Books()); err != nil {
		return nil, err
	}
	from := fact.Ledger{System: a.FromSystem, Year: a.FromYear}
	var sent []fact.CarriedForward
	if k.Sent != nil {
		sent = k.Sent(from, a.Books())
	}
	if len(sent) == 0 {
		return nil, ErrNothingSent.About("fromYear", a.FromSystem, a.FromYear, a.System, a.Year)
	}
	head := s.head(k, a.Books(), a.Concerns(), a.Year.First(), "")
	var all []fact.Event
	for _, e := range sent {
		if slices.Contains(s.arrived, arrival{from, e.Number}) {
			continue
		}
		in := fact.CarriedIn{Head: head, From: from, Entry: e.Number, Postings: slices.Concat(transit(e.Arriving, from.Entity(), -1), e.Arriving)}
		all = append(all, in)
		if head.Number++; len(all) == atOnce {
			break
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	return s.sendingOn(k, a.Concerns(), all...)
}

// sendingOn is all, and, where the year is closed, what carries it forward.
func (s State) sendingOn(k Known, party events.Entity, all ...fact.Event) ([]fact.Event, error) {
	if _, err := s.checked(all...); err != nil || !s.closed {
		return all, err
	}
	after := s
	for _, e := range all {
		after = Evolve(after, e)
	}
	on, _, err := after.forward(k, after.head(k, s.ledger, party, s.ledger.Year.Last(), ""))
	if err != nil {
		return nil, err
	}
	return s.checked(append(all, on...)...)
}

// forward carries what is left into the ledgers where it belongs next year, and
// says whether there is more than fits into one append. The entries begin with
// head.
func (s State) forward(k Known, head fact.Head) (all []fact.Event, more bool, err error) {
	left := map[fact.Ledger][]fact.Posting{} // to where, what as it leaves
	arriving := map[fact.Ledger][]fact.Posting{}
	var order []fact.Ledger
	accounts := 0
	for _, p := range s.Balances() {
		if p.Stage.Final() {
			continue
		}
		to, holder, err := k.next(head.Ledger, p.Holder) // of all, so that nothing begins that cannot end
		if err != nil {
			return nil, false, err
		}
		if accounts++; accounts > atOnce*chunk {
			continue
		}
		if left[to] == nil {
			order = append(order, to)
		}
		there := p
		there.Holder, there.Stage = holder, p.Stage.Arrives()
		left[to] = append(left[to], fact.Posting{Account: p.Account, Amount: -p.Amount})
		arriving[to] = append(arriving[to], there)
	}
	for _, to := range order {
		in := arriving[to]
		for out := range slices.Chunk(left[to], chunk) {
			all = append(all, fact.CarriedForward{
				Head: head, To: to,
				Postings: slices.Concat(out, transit(in[:len(out)], head.Entity(), 1)),
				Arriving: in[:len(out):len(out)],
			})
			in = in[len(out):]
			head.Number++
		}
	}
	return all, accounts > atOnce*chunk, nil
}

// transit is the other side of what arrives, for each stream and purpose.
func transit(arriving []fact.Posting, from events.Entity, sign events.GBP) (all []fact.Posting) {
	for _, p := range arriving {
		a := fact.Account{Holder: from, Stage: fact.StageTransit, Stream: p.Stream, Purpose: p.Purpose}
		i := slices.IndexFunc(all, func(q fact.Posting) bool { return q.Account == a })
		if i < 0 {
			all = append(all, fact.Posting{Account: a})
			i = len(all) - 1
		}
		all[i].Amount += sign * p.Amount
	}
	return all
}

// next is the ledger in which a holder's money goes on after a year, and whose
// it is there: a merged network's is its successor's, and a network that has
// moved takes its money along.
func (k Known) next(l fact.Ledger, holder events.Entity) (fact.Ledger, events.Entity, error) {
	year := l.Year.Next()
	on := year.First()
	kind, code, _ := strings.Cut(string(holder), "-")
	r := &registry.Reading{State: k.Registry, On: on}
	var system events.ICB
	switch kind {
	case "system":
		if system = k.Registry.Standing(events.ICB(code), on); system != "" {
			holder = system.Entity()
		}
	case "network":
		successor := k.successor(events.PCN(code), on)
		holder = successor.Entity()
		if n := r.Network(successor); n != nil && n.System() != nil {
			system = n.System().Code()
		}
	case "practice":
		if p := r.Practice(events.Practice(code)); p != nil && p.System() != nil {
			system = p.System().Code()
		}
	}
	if system == "" {
		return fact.Ledger{}, "", ErrNoSuccessor.About("", holder, on)
	}
	return fact.Ledger{System: system, Year: year}, holder, nil
}

// successor is the network that stands in a network's place on a day: itself,
// unless it has been merged by then.
func (k Known) successor(code events.PCN, on events.Date) events.PCN {
	r := &registry.Reading{State: k.Registry, On: on}
	const longest = 20 // mergers one after another; a circle would be longer
	for range longest {
		n := r.Network(code)
		if n == nil || n.Open() || n.Into() == nil {
			break
		}
		code = n.Into().Code()
	}
	return code
}
