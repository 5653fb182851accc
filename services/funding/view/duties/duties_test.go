package duties_test

import (
	order "cmp"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	said "github.com/ics-openbook/openbook/events/challenge"
	fact "github.com/ics-openbook/openbook/events/funding"
	undertaken "github.com/ics-openbook/openbook/events/policy"
	"github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/funding/view/challenged"
	"github.com/ics-openbook/openbook/services/funding/view/duties"
	"github.com/ics-openbook/openbook/services/funding/view/policies"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

var (
	books = fact.Ledger{System: "QZ1", Year: "2025/26"}
	next  = fact.Ledger{System: "QZ1", Year: "2026/27"}
	april = events.Day(2025, time.April, 1)
	pot   = account("system-QZ1", fact.StagePot)
	one   = account("network-U99001", fact.StageAllocated)
)

func account(holder events.Entity, s fact.Stage) fact.Account {
	return fact.Account{Holder: holder, Stage: s, Stream: "core", Purpose: "anything"}
}

func at(s fact.Stage) fact.Account { return account("network-U99001", s) }

// told is ledgers with entries, each numbered as it comes and recorded on the day
// it counts for, unless it is in late: so many days after that.
type told struct {
	t       *testing.T
	s       view.State
	numbers map[fact.Ledger]int
}

func (l *told) enter(of fact.Ledger, day int, late int, e func(fact.Head) fact.Event) {
	l.t.Helper()
	l.numbers[of]++
	on := april.AddDays(day)
	h := fact.Head{Ledger: of, Number: l.numbers[of], On: on, Party: "system-QZ1", By: "person-1"}
	var err error
	if l.s, err = view.Evolve(l.s, e(h), view.Place{ID: events.ID(fmt.Sprint(of.Year, " ", h.Number)), Time: on.AddDays(late).Time().Add(12 * time.Hour)}); err != nil {
		l.t.Fatal(err)
	}
}

func (l *told) move(day int, amount events.GBP, from, to fact.Account, as func(fact.Move) fact.Event) {
	l.t.Helper()
	l.enter(books, day, 0, func(h fact.Head) fact.Event {
		return as(fact.Move{Head: h, Reference: fmt.Sprint(h.Number), Postings: fact.Transfer(amount, from, to)})
	})
}

func (l *told) allocate(day int, amount events.GBP) {
	l.t.Helper()
	l.move(day, amount, pot, one, func(m fact.Move) fact.Event { return fact.Allocated{Move: m} })
}

func (l *told) answer(day int, entry int, moved []fact.Posting, as func(fact.Answer) fact.Event) {
	l.t.Helper()
	l.enter(books, day, 0, func(h fact.Head) fact.Event { return as(fact.Answer{Head: h, Entry: entry, Postings: moved}) })
}

func (l *told) pay(day int, amount events.GBP) {
	l.t.Helper()
	l.answer(day, 1, fact.Transfer(amount, one, at(fact.StagePaid)), func(a fact.Answer) fact.Event { return fact.Paid{Answer: a} })
}

// begun is a ledger with £1,000 in the pot.
func begun(t *testing.T) *told {
	t.Helper()
	l := &told{t, view.State{}, map[fact.Ledger]int{}}
	l.move(0, 1000_00, account(fact.England, fact.StageSource), pot, func(m fact.Move) fact.Event { return fact.Received{Move: m} })
	return l
}

func (l *told) asked(day int) duties.Asked {
	return duties.Asked{Ledger: books, Ledgers: l.s, Today: april.AddDays(day), Day: func(t time.Time) events.Date { return events.DateOf(t) }}
}

// says is a figure as one reads it.
func says(f figure.Figure) string {
	if f.Unknown != nil {
		return f.Unknown.Code
	}
	return f.Value.String() + " " + f.Unit
}

// works holds a figure's passport to what it should say.
func works(t *testing.T, f figure.Figure, arithmetic, entries string) {
	t.Helper()
	if f.Passport == nil {
		t.Fatalf("%s has no passport", says(f))
	}
	var all []string
	for _, id := range f.Passport.Entries() {
		all = append(all, string(id))
	}
	if is := f.Passport.Arithmetic(); is != arithmetic || strings.Join(all, ", ") != entries || f.Passport.Rule == "" {
		t.Errorf("%q %s of %s, want %s of %s", f.Passport.Rule, is, strings.Join(all, ", "), arithmetic, entries)
	}
}

// Where there is nothing to work a figure out of, there is no figure.
func TestNothingIsNotZero(t *testing.T) {
	empty := (&told{t, view.State{}, nil}).asked(10)
	for name, a := range map[string]duties.Asked{"no ledger": empty, "nothing but the pot": begun(t).asked(10)} {
		d := duties.Read(a)
		for _, f := range []figure.Figure{
			d.Payments.Median, d.Payments.Longest, d.Payments.WithinPolicy, d.Payments.UnpaidOldest, d.Acknowledgements.OnTime, d.Answers.OnTime,
			d.Kept.Share, d.Notices.Median, d.Notices.Shortest, d.Notices.WithinPolicy,
		} {
			if got := says(f); got != "NOTHING_TO_MEASURE" || f.Unknown.Reason == "" || *f.Unknown.OwedBy != "system-QZ1" {
				t.Errorf("%s: %s", name, got)
			}
		}
		if len(d.Breaches) > 0 || d.Policy.Stated != nil || d.Policy.Days != undertaken.Default {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

// The oldest money goes first, and a payment is as old as the oldest in it.
func TestPayments(t *testing.T) {
	l := begun(t)
	l.allocate(0, 100_00)  // 2
	l.allocate(40, 100_00) // 3
	l.pay(28, 60_00)       // 4: 28 days, in time
	l.pay(50, 60_00)       // 5: of the first £40, which are 50 days old, and £20 of the second
	l.pay(68, 30_00)       // 6: of the second, 28 days
	d := duties.Read(l.asked(80))
	p := d.Payments
	if p.Made != 3 || p.InTime != 2 || says(p.Median) != "28 day" || says(p.Longest) != "50 day" || says(p.WithinPolicy) != "66.66 per cent" {
		t.Errorf("paid: %d, %d in time, median %s, longest %s, %s", p.Made, p.InTime, says(p.Median), says(p.Longest), says(p.WithinPolicy))
	}
	if p.Unpaid != 50_00 || says(p.UnpaidOldest) != "40 day" || p.UnpaidOverdue != 50_00 {
		t.Errorf("unpaid: %s, of which overdue %s, the oldest %s", p.Unpaid, p.UnpaidOverdue, says(p.UnpaidOldest))
	}
	want := []duties.Breach{
		{Duty: duties.Pay, Ledger: books, Entry: 5, Due: april.AddDays(28), Done: april.AddDays(50), Days: 22},
		{Duty: duties.Pay, Ledger: books, Entry: 3, Due: april.AddDays(68), Days: 12, Amount: 50_00},
	}
	if diff := cmp.Diff(want, d.Breaches, cmp.AllowUnexported(events.Date{})); diff != "" {
		t.Errorf("breaches (-want +got):\n%s", diff)
	}
	works(t, p.Median, "the middle of 28, 28, 50 = 28 days", "2025/26 2, 2025/26 4, 2025/26 3, 2025/26 6, 2025/26 5")
	works(t, p.Longest, "the longest of 28, 28, 50 = 50 days", "2025/26 2, 2025/26 4, 2025/26 3, 2025/26 6, 2025/26 5")
	works(t, p.WithinPolicy, "2 ÷ 3 = 66.66 %", "2025/26 2, 2025/26 4, 2025/26 3, 2025/26 6, 2025/26 5")
	works(t, p.UnpaidOldest, "40 = 40 days", "2025/26 3")
	if p := duties.Read(l.asked(68)).Payments; p.Unpaid != 50_00 || p.UnpaidOverdue != 0 {
		t.Errorf("on the last day: overdue %s of %s", p.UnpaidOverdue, p.Unpaid)
	}
	l.pay(81, 10_00)
	if p := duties.Read(l.asked(81)).Payments; says(p.Median) != "34.5 day" { // of 28, 28, 41 and 50
		t.Errorf("of four, the middle is %s", says(p.Median))
	} else {
		works(t, p.Median, "of 28, 28, 41, 50: (28 + 41) ÷ 2 = 34.5 days", "2025/26 2, 2025/26 4, 2025/26 3, 2025/26 6, 2025/26 7, 2025/26 5")
	}
}

// A policy holds for what is allocated while it does.
func TestPolicyOfTheDay(t *testing.T) {
	l := begun(t)
	l.allocate(0, 100_00)
	l.allocate(10, 100_00)
	l.pay(20, 100_00)
	l.pay(30, 100_00)
	a := l.asked(30)
	var err error
	set := undertaken.Set{System: "QZ1", From: april.AddDays(10), Days: undertaken.Days{Pay: 5}}
	if a.Policies, err = policies.Evolve(a.Policies, set, view.Place{}); err != nil {
		t.Fatal(err)
	}
	d := duties.Read(a)
	if d.Payments.InTime != 1 || len(d.Breaches) != 1 || !d.Breaches[0].Due.Equal(april.AddDays(15)) || d.Policy.Pay != 5 {
		t.Errorf("%+v", d)
	}
}

// What is held keeps its age, what is reversed has not been, what is refused
// comes back as old as it was, and a share is of all that was allocated.
func TestKept(t *testing.T) {
	l := begun(t)
	held, spentFor := at(fact.StageHeld), at(fact.StageSpentFor)
	l.allocate(0, 200_00)  // 2
	l.allocate(10, 100_00) // 3: by mistake
	l.answer(11, 3, fact.Negated(fact.Transfer(100_00, pot, one)), func(a fact.Answer) fact.Event { return fact.Reversed{Answer: a} })
	l.move(30, 150_00, one, held, func(m fact.Move) fact.Event { return fact.Held{Move: m} })                                              // 5
	l.move(35, 50_00, held, one, func(m fact.Move) fact.Event { return fact.Released{Move: m} })                                           // 6
	l.move(40, 30_00, one, spentFor, func(m fact.Move) fact.Event { return fact.SpentOnBehalf{Work: fact.Work{Move: m, For: "a locum"}} }) // 7
	l.answer(41, 7, fact.Transfer(30_00, spentFor, held), func(a fact.Answer) fact.Event { return fact.SpendingRefused{Answer: a} })       // 8
	l.answer(42, 1, fact.Transfer(20_00, one, at(fact.StageDiverted)), func(a fact.Answer) fact.Event { return fact.Diverted{Answer: a} }) // 9
	l.pay(43, 10_00)                                                                                                                       // 10
	l.pay(44, 5_00)                                                                                                                        // 11: by mistake
	l.answer(44, 11, fact.Negated(fact.Transfer(5_00, one, at(fact.StagePaid))), func(a fact.Answer) fact.Event { return fact.Reversed{Answer: a} })
	d := duties.Read(l.asked(50))
	if k := d.Kept; k.Allocated != 200_00 || k.Held != 130_00 || k.Diverted != 20_00 || says(k.Share) != "75 per cent" {
		t.Errorf("of %s, held %s, diverted %s: %s", k.Allocated, k.Held, k.Diverted, says(k.Share))
	}
	works(t, d.Kept.Share, "(£130.00 + £20.00) ÷ £200.00 = 75 %", "2025/26 2, 2025/26 3, 2025/26 4, 2025/26 5, 2025/26 6, 2025/26 8, 2025/26 9")
	if p := d.Payments; p.Made != 1 || says(p.Longest) != "43 day" || p.Unpaid != 40_00 || says(p.UnpaidOldest) != "50 day" {
		t.Errorf("paid %d, the longest %s, unpaid %s, the oldest %s", p.Made, says(p.Longest), p.Unpaid, says(p.UnpaidOldest))
	}
}

// Notice runs from the day a change is recorded; what has come to nothing needs
// none, and undoing a hold does not give it.
func TestNotice(t *testing.T) {
	l := begun(t)
	l.allocate(0, 500_00) // 2
	hold := func(day, late int) {
		l.enter(books, day, late, func(h fact.Head) fact.Event {
			return fact.Held{Move: fact.Move{Head: h, Postings: fact.Transfer(10_00, one, at(fact.StageHeld))}}
		})
	}
	request := func(day, late int, as func(fact.Request) fact.Event) {
		l.enter(books, day, late, func(h fact.Head) fact.Event {
			return as(fact.Request{Head: h, Proposed: fact.Transfer(10_00, one, at(fact.StageDiverted))})
		})
	}
	note := func(entry int, as func(fact.Note) fact.Event) {
		l.enter(books, 50, 0, func(h fact.Head) fact.Event { return as(fact.Note{Head: h, Entry: entry, Holder: "network-U99001"}) })
	}
	hold(60, -28)                                                                                    // 3: enough
	hold(60, -27)                                                                                    // 4: a day short
	hold(60, 3)                                                                                      // 5: told afterwards
	request(60, -40, func(r fact.Request) fact.Event { return fact.DiversionRequested{Request: r} }) // 6
	request(60, 0, func(r fact.Request) fact.Event { return fact.TakeBackRequested{Request: r} })    // 7: rejected
	note(7, func(n fact.Note) fact.Event { return fact.RequestRejected{Note: n} })
	request(60, 0, func(r fact.Request) fact.Event { return fact.DiversionRequested{Request: r} }) // 9: withdrawn
	note(9, func(n fact.Note) fact.Event { return fact.RequestWithdrawn{Note: n} })
	request(60, 0, func(r fact.Request) fact.Event { return fact.PaymentRequested{Request: r} }) // 11: no change to the worse
	l.answer(61, 5, fact.Transfer(10_00, at(fact.StageHeld), one), func(a fact.Answer) fact.Event { return fact.Reversed{Answer: a} })
	d := duties.Read(l.asked(70))
	if n := d.Notices; n.Given != 4 || n.InTime != 2 || says(n.Median) != "27.5 day" || says(n.Shortest) != "-3 day" || says(n.WithinPolicy) != "50 per cent" {
		t.Errorf("%d, %d in time, median %s, shortest %s, %s", n.Given, n.InTime, says(n.Median), says(n.Shortest), says(n.WithinPolicy))
	}
	works(t, d.Notices.Median, "of -3, 27, 28, 40: (27 + 28) ÷ 2 = 27.5 days", "2025/26 5, 2025/26 4, 2025/26 3, 2025/26 6")
	works(t, d.Notices.Shortest, "the shortest of -3, 27, 28, 40 = -3 days", "2025/26 5, 2025/26 4, 2025/26 3, 2025/26 6")
	works(t, d.Notices.WithinPolicy, "2 ÷ 4 = 50 %", "2025/26 5, 2025/26 4, 2025/26 3, 2025/26 6")
	due := april.AddDays(32)
	want := []duties.Breach{
		{Duty: duties.Pay, Ledger: books, Entry: 2, Due: april.AddDays(28), Days: 42, Amount: 480_00},
		{Duty: duties.Notice, Ledger: books, Entry: 4, Due: due, Done: due.AddDays(1), Days: 1},
		{Duty: duties.Notice, Ledger: books, Entry: 5, Due: due, Done: due.AddDays(31), Days: 31},
	}
	if diff := cmp.Diff(want, d.Breaches, cmp.AllowUnexported(events.Date{})); diff != "" {
		t.Errorf("breaches (-want +got):\n%s", diff)
	}
}

// Silence counts as long as it lasts, a late word as long as it took.
func TestWords(t *testing.T) {
	a := begun(t).asked(40)
	tell := func(id said.ID, system events.ICB, day int, more ...func(said.Head) said.Event) {
		t.Helper()
		all := []said.Event{said.Opened{Due: said.Due{Acknowledgement: april.AddDays(day + 7), Answer: april.AddDays(day + 28)}}}
		open := all[0].(said.Opened)
		open.Head = said.Head{Challenge: id, System: system, On: april.AddDays(day)}
		all[0] = open
		for _, e := range more {
			all = append(all, e(open.Head))
		}
		for i, e := range all {
			var err error
			if a.Challenges, err = challenged.Evolve(a.Challenges, e, view.Place{ID: events.ID(fmt.Sprintf("%s/%d", id[12:], i))}); err != nil {
				t.Fatal(err)
			}
		}
	}
	ack := func(day int) func(said.Head) said.Event {
		return func(h said.Head) said.Event { h.On = april.AddDays(day); return said.Acknowledged{Head: h} }
	}
	answer := func(day int) func(said.Head) said.Event {
		return func(h said.Head) said.Event { h.On = april.AddDays(day); return said.Answered{Head: h} }
	}
	resolve := func(day int) func(said.Head) said.Event {
		return func(h said.Head) said.Event { h.On = april.AddDays(day); return said.Resolved{Head: h} }
	}
	tell("U99001-2025-26-C1", "QZ1", 0, ack(7), answer(30)) // acknowledged in time, answered late
	tell("U99001-2025-26-C2", "QZ1", 0)                     // silence
	tell("U99001-2025-26-C3", "QZ1", 38)                    // new
	tell("U99001-2025-26-C4", "QZ1", 0, resolve(10))        // ended without a word
	tell("U99001-2025-26-C5", "QZ1", 0, answer(2))          // at once
	tell("U99001-2024-25-C1", "QZ1", 0)                     // of another year
	tell("U99001-2025-26-C6", "QZ2", 0)                     // of another system
	d := duties.Read(a)
	want := []duties.Words{{InTime: 2, Pending: 1, Overdue: 2}, {InTime: 1, Late: 1, Pending: 1, Overdue: 1}}
	if diff := cmp.Diff(want, []duties.Words{d.Acknowledgements, d.Answers}, cmpopts.IgnoreTypes(figure.Figure{})); diff != "" {
		t.Errorf("acknowledged, answered (-want +got):\n%s", diff)
	}
	if says(d.Acknowledgements.OnTime) != "50 per cent" || says(d.Answers.OnTime) != "33.33 per cent" {
		t.Errorf("in time: %s, %s", says(d.Acknowledgements.OnTime), says(d.Answers.OnTime))
	}
	works(t, d.Acknowledgements.OnTime, "2 ÷ 4 = 50 %", "26-C1/0, 26-C1/1, 26-C2/0, 26-C4/0, 26-C4/1, 26-C5/0, 26-C5/1")
	works(t, d.Answers.OnTime, "1 ÷ 3 = 33.33 %", "26-C1/0, 26-C1/2, 26-C2/0, 26-C5/0, 26-C5/1")
	var breaches []string
	for _, b := range d.Breaches {
		breaches = append(breaches, fmt.Sprintf("%s %s due %s, done %s, %d days", b.Duty, b.Challenge, b.Due, b.Done, b.Days))
	}
	if diff := cmp.Diff([]string{
		"ACKNOWLEDGEMENT U99001-2025-26-C2 due 2025-04-08, done , 33 days",
		"ACKNOWLEDGEMENT U99001-2025-26-C4 due 2025-04-08, done , 3 days",
		"ANSWER U99001-2025-26-C1 due 2025-04-29, done 2025-05-01, 2 days",
		"ANSWER U99001-2025-26-C2 due 2025-04-29, done , 12 days",
	}, breaches); diff != "" {
		t.Errorf("breaches (-want +got):\n%s", diff)
	}
}

// Money that is carried into the next year is as old there as it was.
func TestCarriedIn(t *testing.T) {
	l := begun(t)
	two, transit := account("network-U99002", fact.StageAllocated), account("ledger-QZ1-2025-26", fact.StageTransit)
	l.allocate(300, 70_00)
	l.move(320, 30_00, pot, two, func(m fact.Move) fact.Event { return fact.Allocated{Move: m} })
	arriving := []fact.Posting{{Account: one, Amount: 70_00}, {Account: one, Amount: 30_00}} // the second network has been merged into the first
	l.enter(books, 364, 0, func(h fact.Head) fact.Event {
		return fact.CarriedForward{Head: h, To: next, Arriving: arriving, Postings: []fact.Posting{
			{Account: one, Amount: -70_00}, {Account: two, Amount: -30_00}, {Account: transit, Amount: 100_00},
		}}
	})
	l.enter(next, 365, 0, func(h fact.Head) fact.Event {
		return fact.CarriedIn{Head: h, From: books, Entry: 4, Postings: append([]fact.Posting{{Account: transit, Amount: -100_00}}, arriving...)}
	})
	l.enter(next, 370, 0, func(h fact.Head) fact.Event {
		return fact.Paid{Answer: fact.Answer{Head: h, Entry: 1, Postings: fact.Transfer(70_00, one, at(fact.StagePaid))}}
	})
	a := l.asked(380)
	a.Ledger = next
	d := duties.Read(a)
	if p := d.Payments; says(p.Longest) != "70 day" || p.Unpaid != 30_00 || says(p.UnpaidOldest) != "60 day" || d.Kept.Allocated != 100_00 {
		t.Errorf("the longest %s, unpaid %s, the oldest %s, allocated %s", says(p.Longest), p.Unpaid, says(p.UnpaidOldest), d.Kept.Allocated)
	}
	works(t, d.Payments.Longest, "70 = 70 days", "2025/26 2, 2026/27 2")
	works(t, d.Kept.Share, "(£0.00 + £0.00) ÷ £100.00 = 0 %", "2026/27 1")
	if b := d.Breaches; len(b) != 2 || b[0].Entry != 2 || b[0].Ledger != next || b[1].Entry != 3 || b[1].Ledger != books {
		t.Errorf("breaches: %+v", b)
	}
}

// A cursor is a key, so what is sorted is sorted by it.
func TestKeysAreInOrder(t *testing.T) {
	all := []duties.Breach{
		{Duty: duties.Pay, Ledger: books, Entry: 9, Due: april}, {Duty: duties.Pay, Ledger: books, Entry: 10, Due: april},
		{Duty: duties.Pay, Ledger: next, Entry: 2, Due: april}, {Duty: duties.Answer, Ledger: books, Challenge: "U99001-2025-26-C2", Due: april},
		{Duty: duties.Answer, Ledger: books, Challenge: "U99001-2025-26-C1", Due: april}, {Duty: duties.Notice, Ledger: books, Entry: 3, Due: april.AddDays(-1)},
		{Duty: duties.Pay, Ledger: fact.Ledger{System: "Q1A1B", Year: "2025/26"}, Due: april}, {Duty: duties.Pay, Ledger: fact.Ledger{System: "Q1A", Year: "2025/26"}, Due: april},
	}
	for _, x := range all {
		for _, y := range all {
			if got, want := duties.CompareBreaches(x, y), order.Compare(x.Key(), y.Key()); got != want {
				t.Errorf("%s and %s are sorted as %d, their keys as %d", x.Key(), y.Key(), got, want)
			}
		}
	}
}

// What was held when the year was closed was kept in it, wherever it is held now.
func TestAClosedYearKeepsWhatWasHeld(t *testing.T) {
	l := begun(t)
	held, transit := at(fact.StageHeld), account("ledger-QZ1-2025-26", fact.StageTransit)
	l.allocate(0, 100_00)
	l.pay(10, 60_00)
	l.move(20, 40_00, one, held, func(m fact.Move) fact.Event { return fact.Held{Move: m} })
	before := duties.Read(l.asked(364)).Kept
	l.enter(books, 364, 0, func(h fact.Head) fact.Event {
		return fact.CarriedForward{Head: h, To: next, Arriving: []fact.Posting{{Account: held, Amount: 40_00}}, Postings: fact.Transfer(40_00, held, transit)}
	})
	l.enter(books, 364, 0, func(h fact.Head) fact.Event { return fact.YearClosed{Head: h} })
	l.enter(next, 365, 0, func(h fact.Head) fact.Event {
		return fact.CarriedIn{Head: h, From: books, Entry: 5, Postings: fact.Transfer(40_00, transit, held)}
	})
	after := duties.Read(l.asked(400)).Kept
	if diff := cmp.Diff(before, after, cmp.AllowUnexported(decimal.Decimal{}), cmpopts.IgnoreTypes(&figure.Passport{})); diff != "" || after.Held != 40_00 || says(after.Share) != "40 per cent" {
		t.Errorf("held %s, %s (-before +after):\n%s", after.Held, says(after.Share), diff)
	}
	a := l.asked(400)
	a.Ledger = next
	if k := duties.Read(a).Kept; k.Allocated != 40_00 || k.Held != 40_00 {
		t.Errorf("next year, of %s it holds %s", k.Allocated, k.Held)
	}
}

// Money has been allocated or paid when that is recorded, whatever earlier day it
// is said to count for; what is recorded before its day, on its day.
func TestAPaymentIsNotMadeBeforeItIsRecorded(t *testing.T) {
	l := begun(t)
	pay := func(day, late int) {
		l.enter(books, day, late, func(h fact.Head) fact.Event {
			return fact.Paid{Answer: fact.Answer{Head: h, Entry: 1, Postings: fact.Transfer(10_00, one, at(fact.StagePaid))}}
		})
	}
	l.allocate(0, 30_00)
	pay(20, 0)   // 3
	pay(20, 40)  // 4: approved after sixty days, and dated back
	pay(28, -10) // 5: ordered ahead
	d := duties.Read(l.asked(70))
	if p := d.Payments; p.Made != 3 || p.InTime != 2 || says(p.Longest) != "60 day" || says(p.Median) != "28 day" {
		t.Errorf("%d made, %d in time, the longest %s, the median %s", p.Made, p.InTime, says(p.Longest), says(p.Median))
	}
	want := []duties.Breach{{Duty: duties.Pay, Ledger: books, Entry: 4, Due: april.AddDays(28), Done: april.AddDays(60), Days: 32}}
	if diff := cmp.Diff(want, d.Breaches, cmp.AllowUnexported(events.Date{})); diff != "" {
		t.Errorf("breaches (-want +got):\n%s", diff)
	}
	l.enter(books, 60, 10, func(h fact.Head) fact.Event { // 6: nobody was told of it before
		return fact.Allocated{Move: fact.Move{Head: h, Reference: "6", Postings: fact.Transfer(5_00, pot, one)}}
	})
	if p := duties.Read(l.asked(75)).Payments; says(p.UnpaidOldest) != "5 day" {
		t.Errorf("what was allocated late has waited %s", says(p.UnpaidOldest))
	}
}
