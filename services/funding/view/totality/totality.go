// Package totality is all the money of a payee or a system in a year, on one
// line and stream by stream: what the contract entitles to, what has come of it,
// and where it is. It folds nothing: it reads the ledgers, the contract and the
// registry together, and says of each figure what made it.
package totality

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/funding"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/funding/view/money"
	"github.com/ics-openbook/openbook/services/internal/figure"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

// Reading is what is read together, as of one moment.
type Reading struct {
	Money     money.State
	Contracts *terms.Reading
	Registry  *registry.Reading // of the first day of the year that is read
	// Unknown says why what is known of an entity's money cannot be relied on, or
	// nil; it is nil itself where all can be.
	Unknown func(events.Entity) *figure.Unknown
}

func (r *Reading) unknown(e events.Entity) *figure.Unknown {
	if r.Unknown == nil {
		return nil
	}
	return r.Unknown(e)
}

// ledgers are those of a year, of every system: who moves takes along what is
// entered in the ledger it leaves.
func (r *Reading) ledgers(year events.Year) (all []*view.Ledger) {
	for _, l := range r.Money.Ledgers.Ledgers() {
		if l.Year == year {
			all = append(all, l)
		}
	}
	return all
}

// counting is which practices count for whom in a year.
func (r *Reading) counting(year events.Year) *registry.Counting {
	return r.Registry.Counting(year.Freeze())
}

// Network is the money of a network and of its practices in a year.
func (r *Reading) Network(code events.PCN, year events.Year) *Funding {
	var home *registry.System
	if n := r.Registry.Network(code); n != nil {
		home = n.System()
	}
	return r.network(code, year, r.ledgers(year), r.notKept(home, year))
}

// network is as much of it as is in some ledgers. Where that is nothing, why says
// why it is not known, unless it is.
func (r *Reading) network(code events.PCN, year events.Year, in []*view.Ledger, why *figure.Unknown) *Funding {
	f := r.payee(code.Entity(), year, contract.Network, in, why)
	for _, p := range r.counting(year).Network(code) {
		f.Practices = append(f.Practices, r.payee(p.Code().Entity(), year, contract.Practice, in, why))
	}
	return f
}

// Due is what a network is entitled to out of one stream, or nil where no contract
// of the year has that.
func (r *Reading) Due(code events.PCN, year events.Year, stream funding.Stream) *figure.Amount {
	if s := r.payee(code.Entity(), year, contract.Network, nil, nil).Stream(stream); s != nil {
		return s.Stages().Entitled()
	}
	return nil
}

// Practice is the money of a practice in a year.
func (r *Reading) Practice(code events.Practice, year events.Year) *Funding {
	var home *registry.System
	if p := r.Registry.Practice(code); p != nil {
		home = p.System()
	}
	return r.payee(code.Entity(), year, contract.Practice, r.ledgers(year), r.notKept(home, year))
}

// payee is the money of one payee that is in some ledgers of a year.
func (r *Reading) payee(holder events.Entity, year events.Year, as contract.Payee, in []*view.Ledger, why *figure.Unknown) *Funding {
	f := &Funding{Holder: holder, Year: year, of: r, as: as, ledgers: in}
	for _, l := range f.ledgers {
		for _, a := range l.Accounts(holder) {
			f.held = append(f.held, place{l, a})
		}
	}
	if len(f.held) == 0 {
		f.notKept = why
	}
	return f
}

// notKept says why the ledger of a system and year tells nothing, or nil: what
// nobody has entered is not zero.
func (r *Reading) notKept(system *registry.System, year events.Year) *figure.Unknown {
	why := &figure.Unknown{Code: "LEDGER_NOT_KEPT"}
	if system == nil {
		why.Reason = fmt.Sprintf("The book does not say whose ledger of %s it would be in.", year)
		return why
	}
	books := funding.Ledger{System: system.Code(), Year: year}
	if r.Money.Ledgers.Ledger(books) != nil {
		return nil
	}
	by := system.Code().Entity()
	why.OwedBy, why.Reason = &by, fmt.Sprintf("System %s has entered nothing in a ledger of %s.", system.Code(), year)
	return cmp.Or(r.unknown(books.Entity()), why)
}

// place is an account and the ledger it is in.
type place struct {
	in *view.Ledger
	*view.Account
}

// Funding is the money of a payee in a year.
type Funding struct {
	Holder    events.Entity
	Year      events.Year
	Practices []*Funding // of a network: its members', by code

	of      *Reading
	as      contract.Payee
	ledgers []*view.Ledger  // that are read: of every system, or of one
	held    []place         // its accounts
	notKept *figure.Unknown // why no ledger tells anything of it, or nil
}

// Stream is one stream of it, or nil.
func (f *Funding) Stream(key funding.Stream) *Stream {
	for _, s := range f.Streams() {
		if s.Key == key {
			return s
		}
	}
	return nil
}

// Until is the last day on which money of the year may be spent.
func (f *Funding) Until() events.Date { return f.Year.Last() }

// NotKept says why no ledger tells anything of the payee's money, or nil.
func (f *Funding) NotKept() *figure.Unknown { return f.notKept }

// Stages is where the payee's own money is.
func (f *Funding) Stages() *Stages { return f.stages(f.held, f.entitled()) }

func (f *Funding) stages(held []place, e *entitling) *Stages {
	return f.of.stages(held, f.Holder, e, f.notKept)
}

// Totality is where all the money is that comes to the payee and, if it is a
// network, to its practices.
func (f *Funding) Totality() *Stages {
	all := slices.Clone(f.held)
	for _, p := range f.Practices {
		all = append(all, p.held...)
	}
	return f.stages(all, f.everything())
}

// Streams is the money stream by stream: those of the year's contract that are
// paid to such a payee, in its order, and then those that only ledgers know.
func (f *Funding) Streams() (all []*Stream) {
	due := f.computed()
	by := map[funding.Stream]*Stream{}
	of := func(key funding.Stream) *Stream {
		if by[key] == nil {
			by[key] = &Stream{Key: key, Title: string(key), of: f}
			all = append(all, by[key])
		}
		return by[key]
	}
	for _, s := range f.streams() {
		one := of(funding.Stream(s.Key()))
		one.Title, one.Listed, one.due = s.Title(), s, due.outOf(s.Key())
	}
	for _, p := range f.held {
		one := of(p.Stream)
		one.held = append(one.held, p)
	}
	return all
}

// Stream is the money of a payee out of one stream.
type Stream struct {
	Key    funding.Stream
	Title  string
	Listed *terms.Stream // as the contract has it; nil where only the ledger knows it

	of   *Funding
	held []place
	due  *entitling // nil where no contract has it
}

// Stages is where the stream's money is.
func (s *Stream) Stages() *Stages { return s.of.stages(s.held, s.due) }

// Purposes is where it is, by what it is meant for, in the order of their names.
func (s *Stream) Purposes() (all []*Purpose) {
	for _, p := range s.held {
		if n := len(all); n > 0 && all[n-1].Key == p.Purpose {
			all[n-1].held = append(all[n-1].held, p)
			continue
		}
		if i := slices.IndexFunc(all, func(q *Purpose) bool { return q.Key == p.Purpose }); i >= 0 {
			all[i].held = append(all[i].held, p)
			continue
		}
		all = append(all, &Purpose{p.Purpose, s, []place{p}})
	}
	slices.SortFunc(all, func(a, b *Purpose) int { return cmp.Compare(a.Key, b.Key) })
	return all
}

// Purpose is the money of a stream that is meant for one thing.
type Purpose struct {
	Key  funding.Purpose
	of   *Stream
	held []place
}

// Stages is where that money is. What it is meant for is no matter of the
// contract's, so it has no entitlement of its own.
func (p *Purpose) Stages() *Stages { return p.of.of.stages(p.held, nil) }

// MayBuy says whether the stream may be spent on something. Of a stream that no
// contract knows, nothing is stated.
func (s *Stream) MayBuy(purpose contract.Purpose) terms.Ruling {
	if s.Listed == nil {
		return terms.Ruling{Purpose: purpose, Permission: terms.NotStated}
	}
	return s.Listed.MayBuy(purpose)
}

// code is the part of an entity after its kind.
func code(e events.Entity) string {
	_, code, _ := strings.Cut(string(e), "-")
	return code
}
