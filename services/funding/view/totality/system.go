package totality

import (
	"cmp"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// System is the money of a system in a year.
type System struct {
	Year      events.Year
	Networks  []*Funding // by code: those in it on the year's first day, and those its ledger knows
	Practices []*Funding // by code: those that its ledger knows apart from its networks

	of     *Reading
	code   events.ICB
	ledger *view.Ledger // nil where nothing is entered
	held   []place

	notKept  *figure.Unknown   // why the ledger tells nothing, or nil
	entitled func() *entitling // what all are entitled to, worked out once
}

// System is the money of a system in a year: what is in its own ledger. Of a
// network that has moved, another system has the rest, and the entries about it.
func (r *Reading) System(of events.ICB, year events.Year) *System {
	s := &System{Year: year, of: r, code: of, ledger: r.Money.Ledgers.Ledger(funding.Ledger{System: of, Year: year})}
	var networks, practices []string
	var own []*view.Ledger
	if s.ledger != nil {
		own = append(own, s.ledger)
	}
	is := r.Registry.System(of)
	if s.ledger == nil {
		s.notKept = r.notKept(is, year)
	}
	if is != nil {
		for _, n := range is.Networks() {
			networks = append(networks, string(n.Code()))
		}
	}
	if s.ledger != nil {
		for _, a := range s.ledger.Accounts("") {
			if a.Holder == funding.England || a.Stage == funding.StageTransit {
				continue
			}
			s.held = append(s.held, place{s.ledger, a})
			switch kind, of, _ := strings.Cut(string(a.Holder), "-"); kind {
			case "network":
				networks = append(networks, of)
			case "practice":
				practices = append(practices, of)
			}
		}
	}
	slices.Sort(networks)
	inOne := map[events.Entity]bool{}
	for _, of := range slices.Compact(networks) {
		f := r.network(events.PCN(of), year, own, s.notKept)
		for _, p := range f.Practices {
			inOne[p.Holder] = true
		}
		s.Networks = append(s.Networks, f)
	}
	s.entitled = kept(s.together)
	slices.Sort(practices)
	for _, of := range slices.Compact(practices) {
		if p := events.Practice(of); !inOne[p.Entity()] {
			s.Practices = append(s.Practices, r.payee(p.Entity(), year, contract.Practice, own, s.notKept))
		}
	}
	return s
}

// Closed reports whether the year has been closed.
func (s *System) Closed() bool { return s.ledger != nil && s.ledger.Closed }

// Stages is where all its money is.
func (s *System) Stages() *Stages { return s.stages(s.held, s.entitled()) }

func (s *System) stages(held []place, e *entitling) *Stages {
	return s.of.stages(held, s.code.Entity(), e, s.notKept)
}

// Pot is what the system has received, and allocated to nobody.
func (s *System) Pot() figure.Amount { return s.Stages().Pot() }

// Streams is the same stream by stream: those of the contract, and then those
// that only the ledger knows.
func (s *System) Streams() (all []*SystemStream) {
	by := map[funding.Stream]*SystemStream{}
	of := func(key funding.Stream) *SystemStream {
		if by[key] == nil {
			by[key] = &SystemStream{Key: key, Title: string(key), of: s}
			all = append(all, by[key])
		}
		return by[key]
	}
	if c := s.of.Contracts.Contract(s.Year); c != nil {
		for _, listed := range c.Streams() {
			if !listed.Ended() {
				one := of(funding.Stream(listed.Key()))
				one.Title, one.listed = listed.Title(), true
			}
		}
	}
	for _, p := range s.held {
		one := of(p.Stream)
		one.held = append(one.held, p)
	}
	return all
}

// SystemStream is the money of a system out of one stream.
type SystemStream struct {
	Key    funding.Stream
	Title  string
	of     *System
	listed bool
	held   []place
}

// Stages is where its money is.
func (s *SystemStream) Stages() *Stages {
	var e *entitling
	if s.listed {
		e = s.of.entitled().outOf(contract.Key(s.Key))
	}
	return s.of.stages(s.held, e)
}

// Pot is what of it the system has received, and allocated to nobody.
func (s *SystemStream) Pot() figure.Amount { return s.Stages().Pot() }

// together is what the networks and their practices are entitled to. Who was in
// another system on the year's first day is counted there.
func (s *System) together() *entitling {
	all := &entitling{}
	for _, n := range s.Networks {
		if is := s.of.Registry.Network(events.PCN(code(n.Holder))); is != nil && is.System() != nil && is.System().Code() != s.code {
			continue
		}
		one := n.everything()
		all.why = cmp.Or(all.why, one.why)
		all.lines = append(all.lines, one.lines...)
		all.owed = append(all.owed, one.owed...)
	}
	return all
}

// Totals are the totals of a system's ledger of a year: what everybody may see.
// What is on its way into another ledger is not among them.
func (r *Reading) Totals(of events.ICB, year events.Year) (all []*view.Total) {
	l := r.Money.Ledgers.Ledger(funding.Ledger{System: of, Year: year})
	if l == nil || r.unknown(l.Entity()) != nil {
		return nil
	}
	for _, t := range l.Totals() {
		if t.Stage != funding.StageTransit {
			all = append(all, &t)
		}
	}
	return all
}

// kept works something out when it is first asked for, and keeps it: twice, where
// two ask at the same time.
func kept[T any](work func() T) func() T {
	var done atomic.Pointer[T]
	return func() T {
		if t := done.Load(); t != nil {
			return *t
		}
		t := work()
		done.Store(&t)
		return t
	}
}
