package equity

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/funding/view/totality"
	"github.com/ics-openbook/openbook/services/internal/figure"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

// ErrStream refuses a stream that nobody knows.
var ErrStream = refuse.New(refuse.NotFound, "STREAM_UNKNOWN",
	"Neither the contract of %s nor the ledger of %s has a stream %s. Look at the streams of both, and check the year.")

// Stage is how far money has come, where networks are compared.
type Stage string

const (
	Entitled  Stage = "ENTITLED"  // the contract entitles to it
	Allocated Stage = "ALLOCATED" // the system has allocated it
	Paid      Stage = "PAID"      // the system says that it has paid it
	Confirmed Stage = "CONFIRMED" // the network says that it has received it
	Spent     Stage = "SPENT"     // the network has spent it
)

// Question is which money is compared.
type Question struct {
	System    events.ICB
	Year      events.Year
	Stream    *funding.Stream // nil: all streams
	Stage     Stage
	Practices bool // whether what is paid to a network's practices counts as its money
}

// Asked is a question about money of a year. What nobody has said whether to count
// counts as the contract says: a stream that is paid to practices reaches a network
// through them alone.
func Asked(r *totality.Reading, q Question, practices *bool) (Question, error) {
	if practices != nil {
		q.Practices = *practices
	}
	if q.Stream == nil {
		return q, nil
	}
	known := slices.ContainsFunc(r.System(q.System, q.Year).Streams(), func(s *totality.SystemStream) bool { return s.Key == *q.Stream })
	if !known {
		return q, ErrStream.About("stream", q.Year, q.System, *q.Stream)
	}
	if c := r.Contracts.Contract(q.Year); c != nil && practices == nil {
		s := c.Stream(contract.Key(*q.Stream))
		q.Practices = s != nil && s.Payee() == contract.Practice
	}
	return q, nil
}

// Read is the networks of a system with their money, patients and deprivation.
func Read(r *totality.Reading, q Question) Table {
	counting := r.Registry.Counting(q.Year.Freeze())
	entered := r.Money.Ledgers.Ledger(funding.Ledger{System: q.System, Year: q.Year}) != nil
	var rows []Row
	for _, f := range r.System(q.System, q.Year).Networks {
		code := events.PCN(strings.TrimPrefix(string(f.Holder), "network-"))
		row := Row{Code: code, Amount: q.amount(f)}
		if n := r.Registry.Network(code); n != nil {
			row.Name = n.Name()
		}
		if !entered && q.Stage != Entitled {
			by := q.System.Entity()
			row.Amount = figure.NoAmount(&figure.Unknown{
				Code: "NOTHING_ENTERED", OwedBy: &by, Reason: fmt.Sprintf("%s has entered nothing in its ledger of %s.", q.System, q.Year),
			})
		}
		row.Populations, row.Deprivation = People(counting, code, q.Year)
		rows = append(rows, row)
	}
	return Of(rows)
}

// amount is a network's money.
func (q Question) amount(f *totality.Funding) figure.Amount {
	switch {
	case q.Stream == nil && q.Practices:
		return q.at(f.Totality())
	case q.Stream == nil:
		return q.at(f.Stages())
	}
	whose := []*totality.Funding{f}
	if q.Practices {
		whose = append(whose, f.Practices...)
	}
	var all []figure.Amount
	for _, one := range whose {
		if s := one.Stream(*q.Stream); s != nil {
			all = append(all, q.at(s.Stages()))
		}
	}
	if len(all) == 1 {
		return all[0]
	}
	rule := "Nothing is entered."
	if len(all) > 0 && all[0].Passport != nil {
		rule = all[0].Passport.Rule + " The network's and its practices' together."
	}
	return figure.Together(rule, all...)
}

// at is what of money has come as far as is asked.
func (q Question) at(s *totality.Stages) figure.Amount {
	switch q.Stage {
	case Entitled:
		if is := s.Entitled(); is != nil {
			return *is
		}
		return figure.NoAmount(&figure.Unknown{
			Code: "STREAM_UNKNOWN", Reason: fmt.Sprintf("The contract of %s does not have this stream, so it says nothing of who is entitled to it.", q.Year),
		})
	case Paid:
		return s.Paid()
	case Confirmed:
		return s.Confirmed()
	case Spent:
		return s.Spent()
	case Allocated:
	}
	return s.Allocated()
}
