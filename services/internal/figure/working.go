package figure

import (
	"fmt"
	"strings"

	"github.com/ics-openbook/openbook/events"
)

// Part is one of what a figure is worked out of.
type Part struct {
	Is      string      // as the arithmetic has it: "8211", "U99011"
	Entries []events.ID // what says so in the book
}

// Adding is f as the sum of parts: "8211 + 9120 = 17331 patients".
func (f Figure) Adding(rule string, parts func() []Part) Figure { return f.joined(rule, " + ", parts) }

// Counting is f as how many parts there are: "U99011, U99012 = 2 networks".
func (f Figure) Counting(rule string, parts func() []Part) Figure { return f.joined(rule, ", ", parts) }

func (f Figure) joined(rule, sign string, parts func() []Part) Figure {
	is := f // without its passport
	return f.By(rule, func() (string, []events.ID) {
		all := parts()
		return is.Equals(Joined(all, sign)), Behind(all)
	})
}

// Alone is f for those who are shown it and not what it is of: its passport has the
// rule, and tells nothing more than f does.
func (f Figure) Alone() Figure {
	if f.Passport == nil {
		return f
	}
	return f.By(f.Passport.Rule, func() (string, []events.ID) { return f.Equals("parts that are not shown"), nil })
}

// Equals is arithmetic with what it comes to: "(3 + 9) ÷ 2" is
// "(3 + 9) ÷ 2 = 6 days". Of nothing it comes to nothing.
func (f Figure) Equals(arithmetic string) string {
	if arithmetic == "" {
		arithmetic = "nothing"
	}
	return arithmetic + " = " + f.Written()
}

// Joined is parts with a sign between two: "3 + 9"; of many, the beginning.
func Joined(parts []Part, sign string) string {
	words := make([]string, min(len(parts), mostTerms))
	for i := range words {
		words[i] = parts[i].Is
	}
	return joined(words, len(parts), sign)
}

// Sum is parts added up, as one number in longer arithmetic: "(3 + 9)".
func Sum(parts []Part) string {
	if len(parts) == 1 {
		return parts[0].Is
	}
	return "(" + Joined(parts, " + ") + ")"
}

// joined is the first words of so many parts with a sign between two.
func joined(words []string, of int, sign string) string {
	if left := of - len(words); left > 0 {
		words = append(words, fmt.Sprintf("%d more", left))
	}
	return strings.Join(words, sign)
}

// Behind are the entries behind parts, in their order.
func Behind(parts []Part) (all []events.ID) {
	for _, p := range parts {
		all = append(all, p.Entries...)
	}
	return all
}

// Entries are the entries behind a figure, if it has a passport.
func (f Figure) Entries() []events.ID { return f.Passport.entries() }

// Entries are the entries behind an amount, if it has a passport.
func (a Amount) Entries() []events.ID { return a.Passport.entries() }

func (p *Passport) entries() []events.ID {
	if p == nil {
		return nil
	}
	return p.Entries()
}

// Written is a figure that is known with its unit, as people write it: "6 days",
// "30 %".
func (f Figure) Written() string {
	is := f.Value.String()
	switch f.Unit {
	case "GBP per patient":
		return "£" + is + " per patient"
	case "per cent":
		return is + " %"
	case "hour a week", "person":
		if !f.Value.IsOne() {
			return is + " " + many[f.Unit]
		}
	case "day", "network", "practice", "patient", "post", "director":
		if !f.Value.IsOne() {
			return is + " " + f.Unit + "s"
		}
	}
	return is + " " + f.Unit
}

var many = map[string]string{"hour a week": "hours a week", "person": "people"}
