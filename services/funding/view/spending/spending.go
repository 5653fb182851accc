// Package spending answers what a clinical director asks before buying something:
// may it come out of this money, who says so, and how much of it is there. It reads
// the contract and the ledgers together.
package spending

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/funding"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/funding/view/totality"
	"github.com/ics-openbook/openbook/services/internal/figure"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

// ErrStream refuses a stream that nobody knows.
var ErrStream = refuse.New(refuse.NotFound, "STREAM_UNKNOWN",
	"Neither the contract of %s nor a ledger of %s has a stream %s. Look at the network's streams, and check the year.")

// Answer is whether money may be spent on something, and how much there is.
type Answer struct {
	Ruling    terms.Ruling
	Available figure.Amount       // received, and neither spent nor set aside
	Left      figure.Amount       // the same with what is on its way
	Fenced    []*totality.Purpose // the stream's money that is meant for something else
	Until     events.Date         // the last day on which it may be spent
	stream    *totality.Stream
}

// May answers whether a network's money of a stream may be spent on something. What
// there is for it is the money that is meant for anything, or for just that.
func May(r *totality.Reading, network events.PCN, year events.Year, stream funding.Stream, on contract.Purpose) (*Answer, error) {
	f := r.Network(network, year)
	s := f.Stream(stream)
	if s == nil {
		return nil, ErrStream.About("stream", year, network, stream)
	}
	a := &Answer{Ruling: s.MayBuy(on), Until: f.Until(), stream: s}
	var available, left []figure.Amount
	for _, p := range s.Purposes() {
		if p.Key != funding.Purpose(contract.Anything) && p.Key != funding.Purpose(on) {
			a.Fenced = append(a.Fenced, p)
			continue
		}
		available, left = append(available, p.Stages().Available()), append(left, p.Stages().Left())
	}
	if why := s.Stages().Left().Unknown; why != nil {
		a.Available, a.Left = figure.NoAmount(why), figure.NoAmount(why)
		return a, nil
	}
	const meant = "Of the money meant for anything or for just this: what "
	a.Available = figure.Together(meant+"the network has received, and has neither spent nor set aside.", available...)
	a.Left = figure.Together(meant+"has not been spent, diverted, offered to others or returned.", left...)
	return a, nil
}

// Sentence is the answer for people.
func (a *Answer) Sentence() string {
	what := "“" + a.stream.Title + "”"
	var said string
	switch a.Ruling.Permission {
	case terms.Allowed:
		said = fmt.Sprintf("%s may be spent on %s, as %s says.", what, a.Ruling.Purpose, a.sources())
	case terms.Forbidden:
		said = fmt.Sprintf("%s may not be spent on %s, as %s says. It may be entered all the same with a reason, and is then shown as outside the permitted use.", what, a.Ruling.Purpose, a.sources())
	case terms.Conflicting:
		said = fmt.Sprintf("Sources do not agree whether %s may be spent on %s: %s. Ask the system before you spend it.", what, a.Ruling.Purpose, a.sources())
	case terms.NotStated:
		said = fmt.Sprintf("No source says whether %s may be spent on %s. Ask the system before you spend it.", what, a.Ruling.Purpose)
	}
	if a.Available.Value == nil {
		return said + " How much there is for it is not known: " + a.Available.Unknown.Reason
	}
	return fmt.Sprintf("%s £%s is there for it, until %s.", said, a.Available.Value, a.Until)
}

// sources are those that the ruling follows from, each once.
func (a *Answer) sources() string {
	var all []string
	for _, u := range a.Ruling.Uses {
		if cited := string(u.Key()) + " (" + u.Source() + ")"; !slices.Contains(all, cited) {
			all = append(all, cited)
		}
	}
	return strings.Join(all, ", ")
}
