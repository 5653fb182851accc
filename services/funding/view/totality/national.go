package totality

import (
	"cmp"
	"fmt"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/entitlement"
	"github.com/ics-openbook/openbook/events/network"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/funding/view/entitled"
	"github.com/ics-openbook/openbook/services/internal/figure"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

// National is what the contract entitles all England to in a year.
type National struct {
	Year     events.Year
	Networks int // it has been worked out for
	Outside  int // practices that count for no network
	Streams  []*NationalStream
}

// NationalStream is a stream of money in all England.
type NationalStream struct {
	Key          contract.Key
	Title        string
	Members      figure.Amount // what the networks are entitled to
	MembersSoFar figure.Amount // the part of that which is known
	Networks     int           // of how many
	Outside      figure.Amount // what the practices outside every network would bring
	Total        figure.Amount
}

// England is what the contract entitles all England to in a year: what the
// networks are entitled to, and what the practices outside every network would
// bring, which nobody is entitled to, as a line of its own.
func (r *Reading) England(year events.Year) *National {
	counting := r.counting(year)
	all := &National{Year: year, Outside: len(counting.Outside())}
	computed := map[events.PCN]*entitled.Entitlement{}
	for _, e := range r.Money.Entitled.In(year) {
		if last, _ := e.Last(); last != nil && len(last.Lines) > 0 {
			computed[e.Network] = e
			all.Networks++
		}
	}
	c := r.Contracts.Contract(year)
	if c == nil {
		return all
	}
	for _, s := range c.Streams() {
		if !s.Ended() {
			one := r.national(s, counting, computed, year)
			all.Streams = append(all.Streams, one)
		}
	}
	return all
}

func (r *Reading) national(s *terms.Stream, counting *registry.Counting, computed map[events.PCN]*entitled.Entitlement, year events.Year) *NationalStream {
	all := &NationalStream{Key: s.Key(), Title: s.Title()}
	var sum events.GBP
	var missing []*figure.Unknown
	for _, code := range counting.Networks() {
		part, unknown := r.share(computed[code], s.Key(), code)
		if unknown != nil {
			missing = append(missing, unknown)
			continue
		}
		sum += part
		all.Networks++
	}
	// A sum of all England says nothing of a single network.
	parts := func() []figure.Term {
		return []figure.Term{{Label: fmt.Sprintf("%d networks", all.Networks), Amount: sum}}
	}
	all.MembersSoFar = figure.Known(sum, "What each network and its practices are entitled to, added up.", parts)
	all.Members = all.MembersSoFar
	switch {
	case len(missing) > 0:
		all.Members = figure.NoAmount(lacking(missing, len(counting.Networks())))
	case all.Networks == 0:
		by := england
		all.Members = figure.NoAmount(&figure.Unknown{Code: "NOT_COMPUTED", Reason: fmt.Sprintf("The populations of %s are not in the book. They are owed by NHS England.", year.Freeze()), OwedBy: &by})
	}
	all.Outside = outside(r.Contracts.Contract(year), s, counting.Outside(), year)
	switch {
	case all.Members.Unknown != nil:
		all.Total = figure.NoAmount(all.Members.Unknown)
	case all.Outside.Unknown != nil:
		all.Total = figure.NoAmount(all.Outside.Unknown)
	default:
		members, beyond := *all.Members.Value, *all.Outside.Value
		all.Total = figure.Known(members+beyond, "What the networks' members bring and what the practices outside every network would, together.", func() []figure.Term {
			return []figure.Term{{Label: "members of networks", Amount: members}, {Label: "practices outside every network", Amount: beyond}}
		})
	}
	return all
}

// lacking says why a sum of all England is not known. Everybody may read it, so
// that it names no network and repeats nothing that is said of one.
func lacking(missing []*figure.Unknown, of int) *figure.Unknown {
	why := &figure.Unknown{Code: "NOT_COMPUTED", Reason: fmt.Sprintf("What %d of %d networks are entitled to is not known.", len(missing), of)}
	for _, m := range missing {
		if m.OwedBy != nil && *m.OwedBy == england {
			why.Code, why.OwedBy = m.Code, m.OwedBy
			why.Reason += " NHS England owes what it is worked out from."
			break
		}
	}
	return why
}

// share is what one network and its practices are entitled to out of a stream.
func (r *Reading) share(e *entitled.Entitlement, stream contract.Key, of events.PCN) (sum events.GBP, _ *figure.Unknown) {
	if e == nil {
		by := england
		return 0, &figure.Unknown{Code: "NOT_COMPUTED", Reason: fmt.Sprintf("What %s is entitled to has not been worked out.", of), OwedBy: &by}
	}
	if why := cmp.Or(r.unknown(e.Entity()), r.unknown(of.Entity())); why != nil {
		return 0, why
	}
	last, _ := e.Last()
	known := false
	var owed []entitlement.Owed
	for _, o := range last.Owed {
		if o.Stream == stream {
			owed = append(owed, o)
		}
	}
	for _, l := range last.Lines {
		if l.Stream == stream {
			sum += l.Amount()
			known = true
		}
	}
	if len(owed) == 0 && !known {
		owed = append(owed, since(stream, string(of)))
	}
	if len(owed) > 0 {
		return 0, (&entitling{owed: owed}).owing()
	}
	return sum, nil
}

// outside is what the practices outside every network would bring: their
// patients together times each rate. Beds and points they have none.
func outside(of *terms.Contract, s *terms.Stream, all []*registry.Practice, year events.Year) figure.Amount {
	var sum events.GBP
	var parts []figure.Term
	if why := s.RateUnknown(); why != nil {
		return figure.NoAmount(why)
	}
	for _, line := range s.Lines() {
		var quantity int64
		switch line.Basis() {
		case contract.Registered, contract.Adjusted, contract.Weighted:
			for _, p := range all {
				patients, _, why := p.PatientsOn(network.Basis(line.Basis()), year.Freeze())
				if why != nil {
					return figure.NoAmount(why)
				}
				quantity += int64(patients)
			}
		case contract.Beds, contract.Points, contract.Flat:
			continue
		}
		for _, r := range line.Rates() {
			amount, err := r.Amount(quantity)
			if err != nil {
				return figure.NoAmount(&figure.Unknown{Code: "OUT_OF_RANGE", Reason: "The amount is beyond what can be added up."})
			}
			sum += amount
			is := rated{r.Rate(), r.Per(), own(of, s.Key(), line.Key(), r.Entry().ID), events.Period{From: r.From(), To: r.To()}}
			t := is.term(string(line.Key()), quantity, amount)
			t.Entries = []events.ID{r.Entry().ID}
			parts = append(parts, t)
		}
	}
	return figure.Known(sum, "The patients of the practices outside every network, together, times each rate, "+rounding+".", func() []figure.Term { return parts })
}
