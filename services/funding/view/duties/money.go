package duties

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/funding/view"
)

// lot is money that was allocated by one entry and has gone the same way since.
type lot struct {
	since  events.Date
	ledger fact.Ledger
	entry  int
	amount events.GBP
}

// passing is a payment, with the day it was made and the money in it, the oldest
// first.
type passing struct {
	fact.Paid
	made events.Date
	of   []lot
}

// money is a ledger with the age of what is in it.
type money struct {
	accounts  map[fact.Account][]lot // of those stages that money waits at
	moves     map[int]moved          // by the number of the entry
	payments  []passing
	allocated events.GBP // all that ever was, or was carried in
}

// moved is what an entry has taken out of accounts that money waits at, and put
// into them; and how much of that had not waited before.
type moved struct {
	out, in map[fact.Account][]lot
	new     events.GBP
}

// waits reports whether money at s has been allocated and has not been passed on
// or used for good: what is said to be spent on somebody's behalf may come back.
func waits(s fact.Stage) bool {
	return s == fact.StageAllocated || s == fact.StageHeld || s == fact.StageSpentFor
}

// ages works out the age of money, and keeps what it has worked out: a ledger may
// have money of several others.
type ages struct {
	view.State
	day   func(time.Time) events.Date // as [Asked] has it
	known map[fact.Ledger]*money
}

// of is the money of a ledger, or nil where nothing is entered in it. It ends:
// money is carried in from earlier years alone.
func (a ages) of(books fact.Ledger) *money {
	l := a.Ledger(books)
	if l == nil {
		return nil
	}
	if m, there := a.known[books]; there {
		return m
	}
	m := &money{accounts: map[fact.Account][]lot{}, moves: map[int]moved{}}
	for n := 1; n <= l.Len(); n++ {
		if back, is := l.Entry(n).Event.(fact.Reversed); is {
			m.undo(back)
		} else {
			a.enter(m, l.Entry(n))
		}
	}
	a.known[books] = m
	return m
}

// told is the day on which an entry has taken place: the one it counts for, unless
// it was recorded later.
func (a ages) told(e *view.Entry) events.Date {
	on, recorded := e.Heading().On, a.day(e.Time)
	if recorded.After(on) {
		return recorded
	}
	return on
}

// enter is m after an entry.
func (a ages) enter(m *money, e *view.Entry) {
	h := e.Heading()
	if !slices.ContainsFunc(e.Posted(), func(p fact.Posting) bool { return waits(p.Stage) }) {
		return
	}
	came := a.came(e.Event)
	move := moved{map[fact.Account][]lot{}, map[fact.Account][]lot{}, 0}
	var pool []lot
	for _, p := range e.Posted() {
		switch {
		case !waits(p.Stage):
		case p.Amount < 0:
			var out []lot
			out, m.accounts[p.Account] = take(m.accounts[p.Account], -p.Amount)
			move.out[p.Account] = merge(move.out[p.Account], out)
			pool = merge(pool, out)
		default:
			var in []lot
			if lots, there := came[p.Account]; there {
				in, came[p.Account] = take(lots, p.Amount)
				move.new += total(in)
			} else {
				in, pool = take(pool, p.Amount)
			}
			if missing := p.Amount - total(in); missing > 0 {
				in = merge(in, []lot{{a.told(e), h.Ledger, h.Number, missing}})
				move.new += missing
			}
			move.in[p.Account] = merge(move.in[p.Account], in)
			m.accounts[p.Account] = merge(m.accounts[p.Account], in)
		}
	}
	m.moves[h.Number] = move
	m.allocated += move.new
	if paid, is := e.Event.(fact.Paid); is {
		m.payments = append(m.payments, passing{paid, a.told(e), pool})
	}
}

// undo is m without what an entry did. The very money that it put somewhere goes
// first, as far as it is still there.
func (m *money) undo(back fact.Reversed) {
	was := m.moves[back.Entry]
	for _, p := range back.Posted() {
		switch {
		case !waits(p.Stage):
		case p.Amount < 0:
			out, left := takeOf(m.accounts[p.Account], was.in[p.Account])
			_, m.accounts[p.Account] = take(left, -p.Amount-total(out))
		default:
			m.accounts[p.Account] = merge(m.accounts[p.Account], was.out[p.Account])
		}
	}
	m.allocated -= was.new
	m.payments = slices.DeleteFunc(m.payments, func(p passing) bool { return p.Number == back.Entry })
}

// came is the money that an entry carries in, by where it arrives, as old as it
// was where it comes from.
func (a ages) came(e fact.Event) map[fact.Account][]lot {
	in, is := e.(fact.CarriedIn)
	if !is || !in.From.Year.Valid() || !in.From.Year.First().Before(in.Year.First()) {
		return nil
	}
	from := a.of(in.From)
	if from == nil || a.Ledger(in.From).Entry(in.Entry) == nil {
		return nil
	}
	out, is := a.Ledger(in.From).Entry(in.Entry).Event.(fact.CarriedForward)
	if !is {
		return nil
	}
	came := map[fact.Account][]lot{}
	for i, p := range out.Arriving { // as many as the postings begin with, in the same order
		came[p.Account] = merge(came[p.Account], from.moves[in.Entry].out[out.Postings[i].Account])
	}
	return came
}

// take divides lots into the oldest that come to an amount, and what is left.
func take(from []lot, amount events.GBP) (taken, left []lot) {
	for i, l := range from {
		switch {
		case amount == 0:
			return from[:i], from[i:]
		case l.amount > amount:
			some, rest := l, l
			some.amount, rest.amount = amount, l.amount-amount
			return append(slices.Clip(from[:i]), some), slices.Concat([]lot{rest}, from[i+1:])
		}
		amount -= l.amount
	}
	return from, nil
}

// takeOf divides lots into those that are of the same entries as some others, as
// much as there is of both, and what is left.
func takeOf(from, others []lot) (taken, left []lot) {
	left = slices.Clone(from)
	for _, o := range others {
		for i := range left {
			if l := &left[i]; l.ledger == o.ledger && l.entry == o.entry {
				some := *l
				some.amount = min(l.amount, o.amount)
				l.amount -= some.amount
				o.amount -= some.amount
				taken = append(taken, some)
			}
		}
	}
	return taken, slices.DeleteFunc(left, func(l lot) bool { return l.amount == 0 })
}

// merge is two runs of lots, each with the oldest first, as one. Neither is
// changed, and what it returns must not be.
func merge(a, b []lot) []lot {
	if len(a) == 0 {
		return b
	}
	all := make([]lot, 0, len(a)+len(b))
	for _, l := range b {
		n, same := slices.BinarySearchFunc(a, l, older)
		all = append(all, a[:n]...)
		if a = a[n:]; same {
			l.amount += a[0].amount
			a = a[1:]
		}
		all = append(all, l)
	}
	return append(all, a...)
}

// inOrder is lots with the oldest first, and one lot of an entry.
func inOrder(sorted []lot) (all []lot) {
	slices.SortStableFunc(sorted, older)
	for _, l := range sorted {
		if n := len(all); n > 0 && older(all[n-1], l) == 0 {
			all[n-1].amount += l.amount
			continue
		}
		all = append(all, l)
	}
	return all
}

// older compares lots by their age, then by the entry they are of.
func older(a, b lot) int {
	if c := a.since.Compare(b.since); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.ledger.System, b.ledger.System), cmp.Compare(a.ledger.Year, b.ledger.Year), cmp.Compare(a.entry, b.entry))
}

func total(all []lot) (sum events.GBP) {
	for _, l := range all {
		sum += l.amount
	}
	return sum
}

// at is all money at a stage, the oldest first.
func (m *money) at(s fact.Stage) (all []lot) {
	for _, a := range slices.SortedFunc(maps.Keys(m.accounts), compare) {
		if a.Stage == s {
			all = append(all, m.accounts[a]...)
		}
	}
	return inOrder(all)
}
