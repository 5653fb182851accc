package figure

import (
	"fmt"
	"slices"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
)

// Amount is money, or why it is not known how much. Exactly one of Value and
// Unknown is set; what is known has a passport.
type Amount struct {
	Value    *events.GBP
	Unknown  *Unknown
	Passport *Passport
}

// Passport is how a figure has come about: the rule, and the arithmetic with the
// entries behind it. Of an amount that is a sum of terms.
type Passport struct {
	Rule string // in a sentence
	sum  func() []Term
	work func() (arithmetic string, entries []events.ID)
}

// Sum is the terms that add up to an amount; of any other figure there are none.
func (p *Passport) Sum() []Term {
	if p.sum == nil {
		return nil
	}
	return p.sum()
}

// Entries are the entries behind the figure, each once, in the order of the
// arithmetic.
func (p *Passport) Entries() (all []events.ID) {
	if p.work != nil {
		_, all = p.work()
		all = slices.Clone(all)
	}
	for _, t := range p.Sum() {
		all = append(all, t.Entries...)
	}
	seen := map[events.ID]bool{}
	return slices.DeleteFunc(all, func(id events.ID) bool {
		was := seen[id]
		seen[id] = true
		return was
	})
}

// Term is a part of a sum.
type Term struct {
	Label    string           // what it is: "entry 12, paid", "32,641 patients × £2.266"
	Quantity *decimal.Decimal // where the amount is a quantity times a rate, rounded to the penny
	Rate     *decimal.Decimal // pounds for one
	Amount   events.GBP
	Entries  []events.ID // what says so in the book
}

// Known is an amount that is known.
func Known(value events.GBP, rule string, sum func() []Term) Amount {
	return Amount{Value: &value, Passport: &Passport{Rule: rule, sum: sum}}
}

// NoAmount is one that is not.
func NoAmount(why *Unknown) Amount { return Amount{Unknown: why} }

// mostTerms is how many terms are written out.
const mostTerms = 12

// Arithmetic is how the figure is worked out, in figures; of a long sum, its
// beginning.
func (p *Passport) Arithmetic() string {
	if p.work != nil {
		is, _ := p.work()
		return is
	}
	terms := p.Sum()
	var sum events.GBP
	var words []string
	for i, t := range terms {
		sum += t.Amount
		if i < mostTerms {
			words = append(words, t.written())
		}
	}
	if len(terms) == 0 {
		return "nothing = £0.00"
	}
	return joined(words, len(terms), " + ") + " = £" + sum.String()
}

func (t Term) written() string {
	if t.Quantity != nil && t.Rate != nil {
		return fmt.Sprintf("%s × £%s", t.Quantity, t.Rate)
	}
	if t.Amount < 0 {
		return "(−£" + (-t.Amount).String() + ")"
	}
	return "£" + t.Amount.String()
}
