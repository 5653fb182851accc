package figure

import (
	"fmt"
	"strings"

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

// Passport is how an amount has come about: the rule, and what adds up to it.
type Passport struct {
	Rule string // in a sentence
	// Sum is the terms, worked out when somebody asks; they add up to the amount.
	Sum func() []Term
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
	return Amount{Value: &value, Passport: &Passport{rule, sum}}
}

// NoAmount is one that is not.
func NoAmount(why *Unknown) Amount { return Amount{Unknown: why} }

// mostTerms is how many terms are written out.
const mostTerms = 12

// Arithmetic is the sum written out, where it is short enough to be read.
func (p *Passport) Arithmetic() string {
	terms := p.Sum()
	var sum events.GBP
	var words []string
	for i, t := range terms {
		sum += t.Amount
		if i < mostTerms {
			words = append(words, t.written())
		}
	}
	if left := len(terms) - mostTerms; left > 0 {
		words = append(words, fmt.Sprintf("%d more", left))
	}
	if len(terms) == 0 {
		return "nothing = £0.00"
	}
	return strings.Join(words, " + ") + " = £" + sum.String()
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
