package view

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/funding"
)

// Award is what a network or practice has been promised out of a stream for a
// purpose within a year: what was allocated to it, less what was taken back. What
// it brought along from the year before, or from a network that was merged into
// it, was awarded there.
type Award struct {
	Holder  events.Entity
	Stream  fact.Stream
	Purpose fact.Purpose
	Amount  events.GBP
	Paid    events.GBP  // as the system says
	On      events.Date // the day of the first allocation that stands, or, where none does, of the first entry
	Changed time.Time   // when an entry last changed it
	Times   int         // how many allocations stand
}

// award is the key of one.
type award struct {
	holder  events.Entity
	stream  fact.Stream
	purpose fact.Purpose
}

// Awards are those of the ledger that come to something, by holder, stream and
// purpose.
func (l *Ledger) Awards() []Award {
	sums := map[award]*Award{}
	undone := l.undone()
	for itr := l.entries.Iterator(); !itr.Done(); {
		_, e := itr.Next()
		if brought(l.meant(e.Event)) {
			continue
		}
		_, pays := l.meant(e.Event).(fact.Paid)
		for _, p := range e.Posted() {
			if !Payee(p.Holder) {
				continue
			}
			a := sums[award{p.Holder, p.Stream, p.Purpose}]
			if a == nil {
				a = &Award{Holder: p.Holder, Stream: p.Stream, Purpose: p.Purpose, On: e.Heading().On}
				sums[award{p.Holder, p.Stream, p.Purpose}] = a
			}
			a.Amount += p.Amount
			a.Changed = e.Time
			if pays && p.Stage == fact.StagePaid {
				a.Paid += p.Amount
			}
			if promises(e.Event) && p.Amount > 0 && !undone[e.Heading().Number] {
				a.promised(e.Heading().On)
			}
		}
	}
	var all []Award
	for _, a := range sums {
		if a.Amount != 0 {
			all = append(all, *a)
		}
	}
	slices.SortFunc(all, func(a, b Award) int {
		return cmp.Or(cmp.Compare(a.Holder, b.Holder), cmp.Compare(a.Stream, b.Stream), cmp.Compare(a.Purpose, b.Purpose))
	})
	return all
}

// promised is a with an allocation that stands.
func (a *Award) promised(on events.Date) {
	if a.Times++; a.Times == 1 || on.Before(a.On) {
		a.On = on
	}
}

// undone are the entries that others have reversed.
func (l *Ledger) undone() map[int]bool {
	all := map[int]bool{}
	for itr := l.entries.Iterator(); !itr.Done(); {
		_, e := itr.Next()
		if r, is := e.Event.(fact.Reversed); is {
			all[r.Entry] = true
		}
	}
	return all
}

// meant is an entry, or the one that it undoes.
func (l *Ledger) meant(e fact.Event) fact.Event {
	if r, is := e.(fact.Reversed); is {
		if was := l.Entry(r.Entry); was != nil {
			return was.Event
		}
	}
	return e
}

// brought reports whether an entry only moves what has been awarded elsewhere.
func brought(e fact.Event) bool {
	_, in := e.(fact.CarriedIn)
	_, on := e.(fact.CarriedForward)
	_, merged := e.(fact.MovedToSuccessor)
	return in || on || merged
}

// promises reports whether an entry allocates.
func promises(e fact.Event) bool {
	_, first := e.(fact.Allocated)
	_, again := e.(fact.Reallocated)
	return first || again
}

// Payee reports whether a holder is a network or practice.
func Payee(e events.Entity) bool {
	return strings.HasPrefix(string(e), "network-") || strings.HasPrefix(string(e), "practice-")
}
