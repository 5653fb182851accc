package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/services/platform"
)

func differ() *cobra.Command {
	cmd := &cobra.Command{
		Use: "diff FILE|YEAR [YEAR]", Short: "Say what a document would change, or what changed between two years",
		Long: `With a FILE, says what publishing it would change in the book, and what the book
has that it has not. With a YEAR, the same of the document that is shipped for it.
With two years, says what changed from the one to the other.`,
		Example: "  openbook contract diff terms.yaml\n  openbook contract diff 2024/25 2025/26",
		Args: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) == 0:
				return usage{cmd, errors.New("FILE or YEAR is missing")}
			case len(args) > 2:
				return usage{cmd, fmt.Errorf("%q is one too many", args[2])}
			}
			return nil
		},
	}
	a := accessFlags(cmd, cmd.Flags())
	asJSON := cmd.Flags().Bool("json", false, "print JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		var years []events.Year
		for _, arg := range args {
			y, err := events.ParseYear(arg)
			if err != nil && (len(args) == 2 || yearLike(arg)) {
				return usage{cmd, err}
			}
			years = append(years, y)
		}
		c, err := a.client(cmd)
		if err != nil {
			return err
		}
		var d difference
		if len(args) == 2 {
			d, err = between(cmd, c, years[0], years[1])
		} else {
			d, err = ofDocument(cmd, c, args[0], years[0])
		}
		switch {
		case err != nil:
			return err
		case *asJSON:
			return printJSON(cmd, d)
		}
		return d.print(cmd.OutOrStdout())
	}
	return cmd
}

// yearLike reports whether what is no year was meant to be one.
func yearLike(arg string) bool { return arg != "" && strings.Trim(arg, "0123456789/-") == "" }

// difference is what is otherwise, term by term.
type difference struct {
	Year    events.Year `json:"year"`
	Changes []change    `json:"changes"`
	Only    []change    `json:"onlyInTheBook,omitempty"` // of a document: what it has not
}

type change struct {
	Key contract.Key `json:"key"`
	Was string       `json:"was,omitempty"`
	Now string       `json:"now,omitempty"`
}

func (d difference) print(w io.Writer) error {
	var b strings.Builder
	for _, c := range d.Changes {
		switch {
		case c.Was == "":
			fmt.Fprintf(&b, "+ %s: %s\n", c.Key, c.Now)
		case c.Now == "":
			fmt.Fprintf(&b, "- %s: %s\n", c.Key, c.Was)
		default:
			fmt.Fprintf(&b, "~ %s: %s\n  now %s\n", c.Key, c.Was, c.Now)
		}
	}
	if len(d.Changes) == 0 {
		b.WriteString("Nothing differs.\n")
	}
	if len(d.Only) > 0 {
		b.WriteString("\nIn the book and not in the document; publishing leaves it there:\n")
	}
	for _, c := range d.Only {
		fmt.Fprintf(&b, "  %s: %s\n", c.Key, c.Was)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// between is what changed from one year's contract to another's.
func between(cmd *cobra.Command, c *client.Client, from, to events.Year) (d difference, err error) {
	before, err := theContract(cmd, c, from, client.When{})
	if err != nil {
		return d, err
	}
	after, err := theContract(cmd, c, to, client.When{})
	if err != nil {
		return d, err
	}
	d = difference{Year: to, Changes: []change{}}
	was, now := termsOf(before, true), termsOf(after, true)
	for _, t := range was {
		if there := now.find(t.Key); there != t.Now {
			d.Changes = append(d.Changes, change{t.Key, t.Now, there})
		}
	}
	for _, t := range now {
		if was.find(t.Key) == "" {
			d.Changes = append(d.Changes, t)
		}
	}
	return d, nil
}

// ofDocument is what publishing a document would change.
func ofDocument(cmd *cobra.Command, c *client.Client, file string, year events.Year) (d difference, err error) {
	var documents []*platform.ContractDocument
	if year.Valid() {
		documents, err = platform.ShippedContracts(year)
	} else {
		documents, err = documentsOf([]string{file}, nil)
	}
	if err != nil {
		return d, err
	}
	doc := documents[0]
	held, err := c.Contract(cmd.Context(), doc.Ask.Year, client.When{})
	if err != nil {
		return d, err
	}
	out, err := platform.PublishContracts(cmd.Context(), c, true, doc)
	if err != nil {
		return d, err
	}
	was := termsOf(held, false)
	d = difference{Year: doc.Ask.Year, Changes: []change{}}
	for _, p := range out[0].Proposed {
		fact, err := contract.Family.Decode(events.Recorded{Envelope: events.Envelope{Type: p.Type}, Data: json.RawMessage(p.Data)})
		if err != nil {
			return d, err
		}
		if s, is := fact.(contract.Statement); is {
			d.Changes = append(d.Changes, change{s.Term(), was.find(s.Term()), inShort(s)})
		}
	}
	for _, t := range was {
		if !doc.Has(t.Key) {
			d.Only = append(d.Only, change{Key: t.Key, Was: t.Now})
		}
	}
	return d, nil
}

// terms are a contract's terms in words: Key and Now.
type terms []change

func (t terms) find(key contract.Key) string {
	if i := slices.IndexFunc(t, func(c change) bool { return c.Key == key }); i >= 0 {
		return t[i].Now
	}
	return ""
}

// termsOf says a contract in words, the same as inShort does of a fact. Between
// years days and sources say nothing new: every rate has others.
func termsOf(c *client.Contract, years bool) (all terms) {
	if c == nil {
		return nil
	}
	for _, s := range c.Streams {
		all = append(all, change{Key: s.Key, Now: streamInShort(s.Title, s.Payee, s.Ended)})
		for _, l := range s.Lines {
			var rates []string
			for _, r := range l.Rates {
				rates = append(rates, rateInShort(r.Rate, r.Maximum, l.Basis, r.Per, r.From, r.To, years))
			}
			all = append(all, change{Key: l.Key, Now: strings.Join(rates, "; ")})
		}
		for _, u := range s.Uses {
			all = append(all, change{Key: u.Key, Now: useInShort(s.Key, u.Purpose, u.Allowed)})
		}
	}
	for _, r := range c.Roles {
		var maxima []string
		for _, m := range r.Maxima {
			var most events.GBP
			if m.Value != nil {
				most = *m.Value
			}
			maxima = append(maxima, roleInShort(r.Title, most, m.OuterLondon, m.InnerLondon, m.London, m.From, m.To, years))
		}
		all = append(all, change{Key: r.Key, Now: strings.Join(maxima, "; ")})
		for _, l := range r.Limits {
			all = append(all, change{Key: l.Key, Now: limitInShort(r.Key, l.Posts, l.LargePosts, l.LargeFrom)})
		}
	}
	for _, r := range c.Requirements {
		if years || r.Began == c.Year {
			all = append(all, change{Key: r.Key, Now: requirementInShort(r.Service, r.Text, r.From, r.To)})
		}
	}
	for _, f := range c.MaturityFrameworks {
		if years || f.Began == c.Year {
			all = append(all, frameworkTerms(f)...)
		}
	}
	for _, d := range c.Disputes {
		all = append(all, change{Key: d.Key, Now: disputeInShort(d.About, d.Says)})
	}
	return all
}

// inShort says what a fact says.
func inShort(s contract.Statement) string {
	switch f := s.(type) {
	case contract.StreamListed:
		return streamInShort(f.Title, f.Payee, f.Ended)
	case contract.RateSet:
		return rateInShort(f.Rate, f.Maximum, f.Basis, f.Per, f.From, f.To, false)
	case contract.UseStated:
		return useInShort(f.StreamKey, f.Purpose, f.Allowed)
	case contract.RoleSet:
		return roleInShort(f.Title, f.Maximum, f.OuterLondon, f.InnerLondon, f.London, f.From, f.To, false)
	case contract.RoleLimited:
		return limitInShort(f.Role, f.Posts, f.LargePosts, f.LargeFrom)
	case contract.RequirementSet:
		return requirementInShort(f.Service, f.Text, f.From, f.To)
	case contract.FrameworkSet:
		return frameworkInShort(f.Title, f.Publisher, f.Version, titlesOf(f.Domains, func(d contract.Domain) string { return d.Title }), titlesOf(f.Levels, func(l contract.Level) string { return l.Title }), f.From, f.To)
	case contract.DescriptorStated:
		return descriptorInShort(f.Framework, f.Domain, f.Level, f.Text)
	case contract.FigureDisputed:
		return disputeInShort(f.About, f.Says)
	}
	return string(s.Kind())
}

func streamInShort(title string, to contract.Payee, ended bool) string {
	if ended {
		return title + ", ended"
	}
	return title + ", paid to the " + strings.ToLower(string(to))
}

func rateInShort(r events.Rate, maximum bool, b contract.Basis, per contract.Per, from, to events.Date, undated bool) string {
	text := amount(r, maximum, false) + " for one " + unit(b, per)
	if undated {
		return text
	}
	return fmt.Sprintf("%s, %s to %s", text, from, to)
}

func useInShort(stream contract.Key, p contract.Purpose, allowed bool) string {
	if allowed {
		return fmt.Sprintf("%s may be bought with %s", p, stream)
	}
	return fmt.Sprintf("%s may not be bought with %s", p, stream)
}

func roleInShort(title string, most, outer, inner, london events.GBP, from, to events.Date, undated bool) string {
	text := title + ", up to a sum that is not known"
	if most != 0 {
		text = title + ", up to £" + most.String()
	}
	for _, w := range []struct {
		where string
		most  events.GBP
	}{{"Outer London", outer}, {"Inner London", inner}, {"London", london}} {
		if w.most != 0 {
			text += fmt.Sprintf(" (%s £%s)", w.where, w.most)
		}
	}
	if undated {
		return text
	}
	return fmt.Sprintf("%s, %s to %s", text, from, to)
}

func limitInShort(role contract.Key, posts, large, from int) string {
	switch {
	case posts == 0:
		return fmt.Sprintf("%s is limited, to how many is not known", role)
	case large == 0:
		return fmt.Sprintf("%s is limited to %d", role, posts)
	}
	return fmt.Sprintf("%s is limited to %d, to %d from %d patients on", role, posts, large, from)
}

func requirementInShort(service, text string, from, to events.Date) string {
	if to.IsZero() {
		return fmt.Sprintf("%s: %s From %s.", service, text, from)
	}
	return fmt.Sprintf("%s: %s From %s to %s.", service, text, from, to)
}

func disputeInShort(about contract.Key, says string) string {
	return fmt.Sprintf("of %s another source says: %s", about, says)
}
