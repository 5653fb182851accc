package duties

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/ics-openbook/openbook/events"
	said "github.com/ics-openbook/openbook/events/challenge"
	fact "github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/funding/view/challenged"
	"github.com/ics-openbook/openbook/services/funding/view/policies"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// Asked is whose record it is, from what it follows, and when it is looked at.
type Asked struct {
	fact.Ledger
	Ledgers    view.State
	Challenges challenged.State
	Policies   policies.State
	Today      events.Date                 // in England
	Day        func(time.Time) events.Date // the day in England that a moment is in
}

// Duties are a system's record of a year.
type Duties struct {
	Policy           policies.Policy // what it undertakes today
	Payments         Payments
	Acknowledgements Words
	Answers          Words
	Kept             Kept
	Notices          Notices
	Breaches         []Breach // each time it has not done as it undertook, by the day it was due
}

// Payments is how soon a system has passed money on.
type Payments struct {
	Made, InTime  int
	Median        figure.Figure // days from allocation to payment
	Longest       figure.Figure
	WithinPolicy  figure.Figure // of 100 payments
	Unpaid        events.GBP    // allocated, and neither paid nor held
	UnpaidOldest  figure.Figure // how many days the oldest of it has waited
	UnpaidOverdue events.GBP    // as much of it as should have been paid before today
}

// Words is how soon a system has acknowledged or answered challenges.
type Words struct {
	InTime  int
	Late    int           // they came, after their day
	Pending int           // they have not come, and their day has not gone by
	Overdue int           // they have not come, and it has
	OnTime  figure.Figure // of 100 whose day has gone by or that came before
}

// Kept is what a system has kept of the money it allocated.
type Kept struct {
	Allocated events.GBP
	Held      events.GBP // when the year was closed, once it is
	Diverted  events.GBP
	Share     figure.Figure // of £100 allocated, what is held or diverted
}

// Notices is how long before a change a system said so.
type Notices struct {
	Given, InTime int
	Median        figure.Figure // days; below nothing where a change was recorded after it took effect
	Shortest      figure.Figure
	WithinPolicy  figure.Figure // of 100 changes
}

// Duty is what a system undertakes.
type Duty string

const (
	Pay         Duty = "PAYMENT"
	Acknowledge Duty = "ACKNOWLEDGEMENT"
	Answer      Duty = "ANSWER"
	Notice      Duty = "NOTICE"
)

// Breach is one time that a system has not done as it undertook.
type Breach struct {
	Duty      Duty
	Ledger    fact.Ledger // of the entry
	Entry     int         // the payment; where it has not been paid, the allocation; the change; or 0
	Challenge said.ID     // or none
	Due       events.Date // the last day in time
	Done      events.Date // when it was done; no date where it has not been
	Days      int         // how many days after Due, so far
	Amount    events.GBP  // that is not paid, or 0
}

// Key is the breach's place among all of a year, by the day it was due.
func (b Breach) Key() string {
	return fmt.Sprintf("%s %s %s %09d %s", b.Due, b.Duty, b.Ledger.Entity(), b.Entry, b.Challenge)
}

// compareBreaches sorts as their keys do.
func compareBreaches(x, y Breach) int {
	return cmp.Or(
		x.Due.Compare(y.Due), cmp.Compare(x.Duty, y.Duty), cmp.Compare(x.Ledger.System, y.Ledger.System), cmp.Compare(x.Ledger.Year, y.Ledger.Year),
		cmp.Compare(x.Entry, y.Entry), cmp.Compare(x.Challenge, y.Challenge),
	)
}

// Read works out a system's record.
func Read(a Asked) Duties {
	d := Duties{Policy: a.Policies.On(a.System, a.Today)}
	l := a.Ledgers.Ledger(a.Ledger)
	m := ages{a.Ledgers, a.Day, map[fact.Ledger]*money{}}.of(a.Ledger)
	if m == nil {
		m = &money{}
	}
	a.payments(&d, m)
	a.kept(&d, l, m)
	a.notices(&d, l)
	d.Acknowledgements = a.words(&d, said.Acknowledgement, Acknowledge)
	d.Answers = a.words(&d, said.Answer, Answer)
	slices.SortFunc(d.Breaches, compareBreaches)
	return d
}

// due is the last day on which money of a day is paid in time.
func (a Asked) due(since events.Date) events.Date {
	return since.AddDays(a.Policies.On(a.System, since).Pay)
}

func (a Asked) payments(d *Duties, m *money) {
	var waited []int
	var made []*passing
	p := &d.Payments
	for i := range m.payments {
		paid := &m.payments[i]
		if len(paid.of) == 0 {
			continue
		}
		since := paid.of[0].since
		waited, made = append(waited, max(0, between(since, paid.made))), append(made, paid)
		if due := a.due(since); paid.made.After(due) {
			d.Breaches = append(d.Breaches, Breach{Duty: Pay, Ledger: a.Ledger, Entry: paid.Number, Due: due, Done: paid.made, Days: between(due, paid.made)})
		} else {
			p.InTime++
		}
	}
	p.Made = len(waited)
	times := measures{waited, a.nothing("No payment has been entered in this ledger, so there is no time that one took."), func(i int) []events.ID {
		return []events.ID{a.entry(made[i].of[0].ledger, made[i].of[0].entry), a.entry(a.Ledger, made[i].Number)}
	}}
	p.Median = times.median("The middle of the days from the allocation of the oldest money in a payment to the payment.")
	p.Longest = times.longest("The most days from the allocation of the oldest money in a payment to the payment.")
	p.WithinPolicy = times.inTime(p.InTime, "The payments made in time, of all payments"+roundedDown)
	unpaid := m.at(fact.StageAllocated)
	p.Unpaid = total(unpaid)
	var ages []int
	for _, l := range unpaid {
		ages = append(ages, max(0, between(l.since, a.Today)))
		if due := a.due(l.since); a.Today.After(due) {
			p.UnpaidOverdue += l.amount
			d.Breaches = append(d.Breaches, Breach{Duty: Pay, Ledger: l.ledger, Entry: l.entry, Due: due, Days: between(due, a.Today), Amount: l.amount})
		}
	}
	waiting := measures{ages, a.nothing("Nothing that is allocated waits to be paid, so nothing has an age."), func(i int) []events.ID {
		return []events.ID{a.entry(unpaid[i].ledger, unpaid[i].entry)}
	}}
	p.UnpaidOldest = waiting.longest("The most days that money has waited since it was allocated.")
}

// entry is the id of an entry of a ledger.
func (a Asked) entry(of fact.Ledger, number int) events.ID {
	return a.Ledgers.Ledger(of).Entry(number).ID
}

func (a Asked) kept(d *Duties, l *view.Ledger, m *money) {
	k := &d.Kept
	k.Allocated = m.allocated
	if l != nil {
		for _, account := range l.Accounts("") {
			switch account.Stage {
			case fact.StageHeld:
				k.Held += account.Balance() + carriedOn(l, account)
			case fact.StageDiverted:
				k.Diverted += account.Balance()
			}
		}
	}
	f := share(int(k.Held+k.Diverted), int(k.Allocated), a.nothing("Nothing has been allocated in this ledger, so nothing of it can have been kept."))
	held, diverted, whole := k.Held, k.Diverted, k.Allocated
	k.Share = f.By("What is held or diverted, of all that was allocated or carried in"+roundedDown, func() (string, []events.ID) {
		return f.Equals(fmt.Sprintf("(£%s + £%s) ÷ £%s", held, diverted, whole)), m.behind(l)
	})
}

// behind are the entries of a ledger that have allocated money or brought it in,
// or undone that, and those by which some was held or diverted.
func (m *money) behind(l *view.Ledger) (all []events.ID) {
	for n := 1; n <= l.Len(); n++ {
		e := l.Entry(n)
		from := n
		if back, is := e.Event.(fact.Reversed); is {
			from = back.Entry
		}
		if m.moves[from].new != 0 || slices.ContainsFunc(e.Posted(), func(p fact.Posting) bool { return p.Stage == fact.StageHeld || p.Stage == fact.StageDiverted }) {
			all = append(all, e.ID)
		}
	}
	return all
}

// carriedOn is what was in an account when the year was closed: it is in the next
// year's ledger now.
func carriedOn(l *view.Ledger, a *view.Account) (sum events.GBP) {
	last := 0
	for _, e := range l.Along(a) {
		n := e.Heading().Number
		if _, on := e.Event.(fact.CarriedForward); !on || n == last {
			continue
		}
		last = n
		for _, p := range e.Posted() {
			if p.Account == a.Account {
				sum -= p.Amount
			}
		}
	}
	return sum
}

func (a Asked) notices(d *Duties, l *view.Ledger) {
	var given []int
	n := &d.Notices
	taken := changes(l)
	for _, e := range taken {
		h, told := e.Heading(), a.Day(e.Time)
		given = append(given, between(told, h.On))
		if due := h.On.AddDays(-a.Policies.On(a.System, told).Notice); told.After(due) {
			d.Breaches = append(d.Breaches, Breach{Duty: Notice, Ledger: a.Ledger, Entry: h.Number, Due: due, Done: told, Days: between(due, told)})
		} else {
			n.InTime++
		}
	}
	n.Given = len(given)
	none := a.nothing("No hold, diversion or take-back has been entered in this ledger, so there was none to give notice of.")
	times := measures{given, none, func(i int) []events.ID { return []events.ID{taken[i].ID} }}
	n.Median = times.median("The middle of the days from the entry of a hold, diversion or take-back to the day it counts for.")
	n.Shortest = times.shortest("The fewest days from the entry of a hold, diversion or take-back to the day it counts for.")
	n.WithinPolicy = times.inTime(n.InTime, "The holds, diversions and take-backs with notice in time, of all"+roundedDown)
}

// changes are the entries by which a system takes something from a network or
// practice that it had promised: it holds it, or asks to divert it or to take it
// back, unless that has come to nothing.
func changes(l *view.Ledger) (all []*view.Entry) {
	if l == nil {
		return nil
	}
	dropped := map[int]bool{}
	for n := l.Len(); n > 0; n-- { // an answer comes after what it answers
		switch e := l.Entry(n).Event.(type) {
		case fact.RequestRejected:
			dropped[e.Entry] = true
		case fact.RequestWithdrawn:
			dropped[e.Entry] = true
		case fact.Held, fact.DiversionRequested, fact.TakeBackRequested:
			if !dropped[n] {
				all = append(all, l.Entry(n))
			}
		case fact.Received, fact.Allocated, fact.Released, fact.SpentOnBehalf, fact.Committed, fact.CommitmentReleased, fact.Spent,
			fact.UnderspendDeclared, fact.Retained, fact.Offered, fact.Reallocated, fact.Returned, fact.PaymentRequested,
			fact.ReversalRequested, fact.Paid, fact.TakenBack, fact.Diverted, fact.Reversed, fact.Confirmed, fact.SpendingAcknowledged,
			fact.SpendingRefused, fact.DiversionAcknowledged, fact.DiversionProtested, fact.MovedToSuccessor, fact.CarriedForward,
			fact.CarriedIn, fact.YearClosed:
		}
	}
	slices.Reverse(all)
	return all
}

func (a Asked) words(d *Duties, step said.Step, duty Duty) (w Words) {
	var judged []*challenged.Entry
	for _, c := range a.Challenges.About(a.System) {
		if c.ID.Year() != a.Year {
			continue
		}
		done, late := c.Done(step), c.Late(step, a.Today)
		if late || !done.IsZero() {
			judged = append(judged, c)
		}
		switch {
		case late && done.IsZero():
			w.Overdue++
		case late:
			w.Late++
		case !done.IsZero():
			w.InTime++
		case c.Owed(step):
			w.Pending++
		}
		if late {
			due, end := c.Opened.Due.Of(step), done
			if end.IsZero() {
				end = cmp.Or(c.Closed(), a.Today)
			}
			d.Breaches = append(d.Breaches, Breach{Duty: duty, Ledger: a.Ledger, Challenge: c.ID, Due: due, Done: done, Days: between(due, end)})
		}
	}
	none := a.nothing("No challenge has been answered or become overdue, so none was in time or late.")
	rule := "The challenges with the system's word in time, of those that have it or should"
	w.OnTime = ratio(w.InTime, len(judged), none, rule+roundedDown, func() (all []events.ID) {
		for _, c := range judged {
			all = append(all, behind(c, step)...)
		}
		return all
	})
	return w
}

// behind are the entries by which a system has done what it owed of a challenge, or
// has not.
func behind(c *challenged.Entry, step said.Step) (all []events.ID) {
	done := c.Done(step)
	for _, f := range c.Facts {
		is := false
		switch e := f.Event.(type) {
		case said.Opened:
			is = true
		case said.Acknowledged:
			is = step == said.Acknowledgement
		case said.Answered:
			is = step == said.Answer || c.Acknowledged == nil
		case said.Accepted, said.Resolved:
			is = done.IsZero()
		case said.Overdue:
			is = e.Step == step
		case said.Escalated:
		}
		if is {
			all = append(all, f.ID)
		}
	}
	return all
}

// roundedDown ends the rule of a share.
const roundedDown = ", in per cent, rounded down to two decimals."
