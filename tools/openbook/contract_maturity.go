package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
)

// printFrameworks shows each framework with a row for each of its steps, also of
// those that nobody words.
func printFrameworks(w io.Writer, all []client.MaturityFramework) error {
	for _, f := range all {
		days := "from " + f.From.String()
		if !f.To.IsZero() {
			days += " to " + f.To.String()
		}
		fmt.Fprintf(w, "\n%s, %s, %s, %s (%s, %s)\n", f.Title, f.Publisher, f.Version, days, known(f.Confidence), f.Source)
		fmt.Fprint(w, "A tool of development, not a ranking.\n\n")
		rows := [][]string{{"DOMAIN", "LEVEL", "KNOWN", "TEXT"}}
		for _, d := range f.Domains {
			for _, l := range f.Levels {
				rows = append(rows, stepRows(f, d, l)...)
			}
		}
		if err := table(w, rows...); err != nil {
			return err
		}
	}
	return nil
}

// stepRows is what sources say of a step; a star says that they disagree.
func stepRows(f client.MaturityFramework, domain client.MaturityDomain, level client.MaturityLevel) (rows [][]string) {
	for _, d := range f.Descriptors {
		if d.Domain.Key == domain.Key && d.Level.Key == level.Key {
			rows = append(rows, []string{domain.Title, level.Title, known(d.Confidence) + blank(d.Standing != "CONFLICTING", " *"), d.Text})
		}
	}
	if len(rows) == 0 {
		return [][]string{{domain.Title, level.Title, "not known", ""}}
	}
	return rows
}

// frameworkTerms says a framework and its descriptors in words.
func frameworkTerms(f client.MaturityFramework) terms {
	domains := titlesOf(f.Domains, func(d client.MaturityDomain) string { return d.Title })
	levels := titlesOf(f.Levels, func(l client.MaturityLevel) string { return l.Title })
	all := terms{{Key: f.Key, Now: frameworkInShort(f.Title, f.Publisher, f.Version, domains, levels, f.From, f.To)}}
	for _, d := range f.Descriptors {
		all = append(all, change{Key: d.Key, Now: descriptorInShort(f.Key, d.Domain.Key, d.Level.Key, d.Text)})
	}
	return all
}

func titlesOf[T any](all []T, title func(T) string) string {
	var titles []string
	for _, one := range all {
		titles = append(titles, title(one))
	}
	return strings.Join(titles, "; ")
}

func frameworkInShort(title, publisher, version, domains, levels string, from, to events.Date) string {
	text := fmt.Sprintf("%s, %s, %s: %s, each by %s, from %s", title, publisher, version, domains, levels, from)
	if to.IsZero() {
		return text
	}
	return fmt.Sprintf("%s to %s", text, to)
}

func descriptorInShort(framework, domain, level contract.Key, text string) string {
	return fmt.Sprintf("%s words %s at %s: %s", framework, domain, level, text)
}
