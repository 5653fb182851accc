package entitlement

import (
	"fmt"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/entitlement"
	"github.com/ics-openbook/openbook/events/network"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/internal/figure"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

// compute works out every stream of the contract.
func compute(s State, k Known, of fact.Subject) fact.Computed {
	w := work{Computed: fact.Computed{Subject: of}, state: s, known: k, whole: k.Counting.Unknown(of.Network)}
	w.members = k.Counting.Network(of.Network)
	for _, stream := range k.Contract.Streams() {
		if stream.Ended() {
			continue
		}
		if why := stream.RateUnknown(); why != nil {
			w.owe(fact.Owed{Stream: stream.Key()}, why)
			continue
		}
		for _, line := range stream.Lines() {
			if stream.Payee() == contract.Network {
				w.line(stream, line, "", w.count(line))
				continue
			}
			for _, p := range w.members {
				w.line(stream, line, p.Code(), w.countOf(line, p))
			}
		}
	}
	return w.Computed
}

// work is an entitlement that is being worked out.
type work struct {
	fact.Computed
	state   State
	known   Known
	members []*registry.Practice
	whole   *figure.Unknown // why it is not known who counts for the network
	counts  map[contract.Basis]counted
}

// counted is how many count, or why that is not known.
type counted struct {
	quantity int
	why      *figure.Unknown
}

// line adds what a line of the contract comes to, or that it is owed.
func (w *work) line(stream *terms.Stream, line *terms.Line, whose events.Practice, n counted) {
	if n.why != nil {
		w.owe(fact.Owed{Stream: stream.Key(), Key: line.Key(), Practice: whose}, n.why)
		return
	}
	one := fact.Line{Stream: stream.Key(), Key: line.Key(), Practice: whose, Basis: line.Basis(), Quantity: n.quantity}
	for _, r := range line.Rates() {
		amount, err := r.Amount(int64(n.quantity))
		if err != nil {
			w.owe(fact.Owed{Stream: stream.Key(), Key: line.Key(), Practice: whose}, &figure.Unknown{Code: "OUT_OF_RANGE", Reason: err.Error()})
			return
		}
		one.Maximum = one.Maximum || r.Maximum()
		one.Rates = append(one.Rates, fact.Rate{
			Rate: r.Rate(), Per: r.Per(), Period: events.Period{From: r.From(), To: r.To()}, Amount: amount, Entry: r.Entry().ID,
		})
	}
	w.Lines = append(w.Lines, one)
}

func (w *work) owe(o fact.Owed, why *figure.Unknown) {
	o.Code, o.Reason = why.Code, why.Reason
	if why.OwedBy != nil {
		o.By = *why.OwedBy
	}
	w.Owed = append(w.Owed, o)
}

// count is what counts for the network on the basis of a line.
func (w *work) count(line *terms.Line) counted {
	switch line.Basis() {
	case contract.Registered, contract.Adjusted, contract.Weighted:
		n, done := w.counts[line.Basis()]
		if !done {
			n = w.patients(line.Basis())
			if w.counts == nil {
				w.counts = map[contract.Basis]counted{}
			}
			w.counts[line.Basis()] = n
		}
		return n
	case contract.Beds, contract.Points:
		return w.stated(line)
	case contract.Flat:
		return counted{quantity: 1}
	}
	return counted{why: &figure.Unknown{Code: "NOT_STATED", Reason: fmt.Sprintf("What %s is paid by is not known.", line.Key())}}
}

// countOf is what counts for one practice.
func (w *work) countOf(line *terms.Line, p *registry.Practice) counted {
	if w.whole != nil {
		return counted{why: w.whole}
	}
	switch line.Basis() {
	case contract.Registered, contract.Adjusted, contract.Weighted:
		patients, _, why := p.PatientsOn(network.Basis(line.Basis()), w.Year.Freeze())
		return counted{patients, why}
	case contract.Flat:
		return counted{quantity: 1}
	case contract.Beds, contract.Points:
	}
	return counted{why: &figure.Unknown{Code: "NOT_STATED", Reason: fmt.Sprintf("Nobody can say yet how many %ss of %s a practice has.", line.Unit(), line.Key())}}
}

// patients sums the lists that were frozen for the year.
func (w *work) patients(basis contract.Basis) counted {
	if w.whole != nil {
		return counted{why: w.whole}
	}
	n := fact.Count{Basis: basis}
	for _, p := range w.members {
		patients, source, why := p.PatientsOn(network.Basis(basis), w.Year.Freeze())
		if why != nil {
			return counted{why: why}
		}
		n.Quantity += patients
		n.Of = append(n.Of, fact.Part{Practice: p.Code(), Patients: patients})
		n.Source = source
	}
	if len(w.members) > 0 {
		w.Counts = append(w.Counts, n)
	}
	return counted{quantity: n.Quantity}
}

// stated is what somebody has said of what no registry counts.
func (w *work) stated(line *terms.Line) counted {
	if q, there := w.state.quantity(line.Key()); there {
		w.Counts = append(w.Counts, fact.Count{Basis: line.Basis(), Quantity: q.Quantity, Source: q.Source})
		return counted{quantity: q.Quantity}
	}
	why := &figure.Unknown{
		Code:   "NOT_STATED",
		Reason: fmt.Sprintf("Nobody has said how many %ss count for %s in %s. The commissioner of its system can.", line.Unit(), w.Network, w.Year),
	}
	if n := w.known.Registry.Network(w.Network); n != nil && n.Within() != "" {
		by := n.Within().Entity()
		why.OwedBy = &by
	}
	return counted{why: why}
}
