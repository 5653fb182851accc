package equity

import (
	"fmt"
	"strconv"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// Index is the year of the Index of Multiple Deprivation that scores are of: 0 is
// the least deprived. Scores of two indices cannot be compared.
const Index = 2025

// scored is the unit of a score.
var scored = "IMD " + strconv.Itoa(Index) + " score"

// Member is a practice of a network, as its score counts it.
type Member struct {
	Practice events.Practice
	Name     string
	Patients figure.Figure      // registered
	Score    *decimal.Decimal   // of [Index]; nil where it has none
	Scored   func() []events.ID // the entries that say so; nil where there are none
}

// Score is a network's deprivation: the mean of its practices' scores, each
// counted as often as it has registered patients, to three decimals. It is not
// known while a practice with patients has no score.
func Score(members []Member) figure.Figure {
	var patients, weighed decimal.Decimal
	for _, m := range members {
		if m.Patients.Value == nil {
			return figure.Not(scored, m.Patients.Unknown)
		}
		if m.Patients.Value.IsZero() {
			continue
		}
		if m.Score == nil {
			by := events.Entity("england")
			return figure.Not(scored, &figure.Unknown{
				Code: "DEPRIVATION_NOT_KNOWN", OwedBy: &by,
				Reason: "No source tells how deprived the patients of " + string(m.Practice) + " " + m.Name + " are by the index of " + strconv.Itoa(Index) + ".",
			})
		}
		sum, err := weighed.AddMul(*m.Score, *m.Patients.Value)
		if err != nil {
			return figure.Not(scored, beyond)
		}
		weighed = sum
		if patients, err = patients.Add(*m.Patients.Value); err != nil {
			return figure.Not(scored, beyond)
		}
	}
	if patients.IsZero() {
		return figure.Not(scored, &figure.Unknown{Code: "NO_PATIENTS", Reason: "No patients are counted, so nobody is deprived or not."})
	}
	mean, err := weighed.Quo(patients)
	if err != nil {
		return figure.Not(scored, beyond)
	}
	mean = mean.Round(3)
	f := figure.Figure{Value: &mean, Unit: scored}
	return f.By("The mean of the practices' scores, each counted as often as it has registered patients, to three decimals.", func() (string, []events.ID) {
		all := scores(members)
		return f.Equals(fmt.Sprintf("%s ÷ %s", figure.Sum(all), patients)), figure.Behind(all)
	})
}

// scores are what practices bring to a network's score: "20 × 10000".
func scores(members []Member) (all []figure.Part) {
	for _, m := range members {
		if m.Patients.Value.IsZero() {
			continue
		}
		part := figure.Part{Is: fmt.Sprintf("%s × %s", m.Score, m.Patients.Value), Entries: m.Patients.Entries()}
		if m.Scored != nil {
			part.Entries = append(part.Entries, m.Scored()...)
		}
		all = append(all, part)
	}
	return all
}
