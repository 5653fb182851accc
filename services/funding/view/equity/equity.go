// Package equity is how evenly a system's money reaches its networks: £ per head
// on each population basis, how that goes with deprivation, how many networks
// have little and how many much; and what each would have if the same money were
// divided otherwise. It is pure arithmetic over rows that others read from the
// ledgers and the registry. What is not known is left out by name, never guessed
// and never zero.
package equity

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// Row is a network with its money of a year, its patients and how deprived they
// are.
type Row struct {
	Code        events.PCN
	Name        string
	Amount      figure.Amount
	Populations Populations
	Deprivation figure.Figure // as [Score] has it
}

// Populations are a network's patients on each basis, in the order of
// [network.Bases]. One basis never stands for another.
type Populations [len(network.Bases)]figure.Figure

// On is the population on a basis.
func (p Populations) On(basis network.Basis) figure.Figure {
	return p[slices.Index(network.Bases[:], basis)]
}

// Left is a network that a figure could not take into account, and why.
type Left struct {
	Code events.PCN
	Name string
	Why  *figure.Unknown
}

func (r *Row) left(why *figure.Unknown) Left { return Left{r.Code, r.Name, why} }

// Patients is how many patients the network has on a basis.
func (r *Row) Patients(basis network.Basis) figure.Figure { return r.Populations.On(basis) }

// patients is how many there are on a basis, at least one, or why there is
// nobody to divide by.
func (r *Row) patients(basis network.Basis) (decimal.Decimal, *figure.Unknown) {
	p := r.Populations.On(basis)
	switch {
	case p.Value == nil:
		return decimal.Zero, p.Unknown
	case !p.Value.IsPos():
		by := r.Code.Entity()
		return decimal.Zero, &figure.Unknown{
			Code: "NO_PATIENTS", OwedBy: &by,
			Reason: "No patients are counted for " + string(r.Code) + " " + r.Name + ", so nothing can be divided among them.",
		}
	}
	return *p.Value, nil
}

// PerHead is the network's £ per head on a basis, to a hundredth of a penny.
func (r *Row) PerHead(basis network.Basis) figure.Figure {
	const unit = "GBP per patient"
	if r.Amount.Value == nil {
		return figure.Not(unit, r.Amount.Unknown)
	}
	patients, why := r.patients(basis)
	if why != nil {
		return figure.Not(unit, why)
	}
	each, err := decimal.MustNew(int64(*r.Amount.Value), 2).Quo(patients)
	if err != nil {
		return figure.Not(unit, beyond)
	}
	each = each.Round(4)
	f := figure.Figure{Value: &each, Unit: unit}
	return f.By("The network's money of the year for each of its patients, to a hundredth of a penny.", func() (string, []events.ID) {
		return f.Equals(fmt.Sprintf("£%s ÷ %s", r.Amount.Value, patients)), slices.Concat(r.Amount.Entries(), r.Patients(basis).Entries())
	})
}

// beyond says that a figure is larger than can be shown. No real amount is.
var beyond = &figure.Unknown{Code: "OUT_OF_RANGE", Reason: "The figure is larger than can be shown."}

// Table is the networks of a system, by code.
type Table struct{ rows []*Row }

// Of is a table of rows, in whatever order they come.
func Of(rows []Row) Table {
	t := Table{make([]*Row, len(rows))}
	for i, r := range rows {
		t.rows[i] = &r
	}
	slices.SortFunc(t.rows, func(a, b *Row) int { return cmp.Compare(a.Code, b.Code) })
	return t
}

// Rows are the networks, by code.
func (t Table) Rows() []*Row { return t.rows }
