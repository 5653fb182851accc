package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
)

func showContract() *cobra.Command {
	cmd := &cobra.Command{
		Use: "show YEAR", Args: exactly, Short: "Show a year's contract: all of the year, or what holds on a day",
		Example: "  openbook contract show 2025/26\n  openbook contract show 2022/23 --on 2022-10-01",
	}
	flags := cmd.Flags()
	r := &reader{access: accessFlags(cmd, flags), when: whenFlags(flags), json: flags.Bool("json", false, "print JSON")}
	flags.Lookup("on").Usage = "what holds on this `day`, such as 2022-10-01; in the whole year unless given"
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		year, err := events.ParseYear(args[0])
		if err != nil {
			return usage{cmd, err}
		}
		c, err := r.client(cmd)
		if err != nil {
			return err
		}
		found, err := theContract(cmd, c, year, *r.when)
		switch {
		case err != nil:
			return err
		case *r.json:
			return printJSON(cmd, found)
		}
		return printContract(cmd.OutOrStdout(), found)
	}
	return cmd
}

// theContract is a year's contract, which the book must have.
func theContract(cmd *cobra.Command, c *client.Client, year events.Year, when client.When) (*client.Contract, error) {
	found, err := c.Contract(cmd.Context(), year, when)
	switch {
	case err != nil:
		return nil, err
	case found == nil && !when.AsAt.IsZero():
		return nil, fmt.Errorf("the book had no contract of %s at %s", year, at(when.AsAt))
	case found == nil:
		return nil, fmt.Errorf("the book has no contract of %s: publish it by `%s contract publish --shipped --year %s`, or check the year", year, self(), year)
	}
	return found, nil
}

func printContract(w io.Writer, c *client.Contract) error {
	rows := [][]string{{"STREAM", "PAID TO", "RATE", "FOR ONE", "FROM", "TO", "KNOWN", "SOURCE"}}
	for _, s := range c.Streams {
		rows = append(rows, streamRows(s)...)
	}
	fmt.Fprintf(w, "Network Contract %s\n\n", c.Year)
	if err := table(w, rows...); err != nil {
		return err
	}
	if len(c.Roles) > 0 {
		rows = [][]string{{"ROLE", "BAND", "MAXIMUM", "OUTER LONDON", "INNER LONDON", "SHARE", "FROM", "TO", "KNOWN", "SOURCE"}}
		for _, r := range c.Roles {
			for _, m := range r.Maxima {
				rows = append(rows, roleRow(r, m))
			}
		}
		fmt.Fprintln(w)
		if err := table(w, rows...); err != nil {
			return err
		}
	}
	if len(c.Requirements) > 0 {
		rows = [][]string{{"REQUIREMENT", "SERVICE", "FROM", "TO", "KNOWN", "TEXT"}}
		for _, r := range c.Requirements {
			rows = append(rows, []string{string(r.Key), r.Service, r.From.String(), r.To.String(), known(r.Confidence), r.Text})
		}
		fmt.Fprintln(w)
		if err := table(w, rows...); err != nil {
			return err
		}
	}
	if err := printFrameworks(w, c.MaturityFrameworks); err != nil {
		return err
	}
	if len(c.Disputes) > 0 {
		fmt.Fprint(w, "\nConflicting sources. What is used is what is shown above.\n")
	}
	for _, d := range c.Disputes {
		fmt.Fprintf(w, "  %s: %s (%s, %s)\n      %s\n", d.About, d.Says, d.Source, known(d.Confidence), d.Because)
	}
	return nil
}

func streamRows(s client.FundingStream) (rows [][]string) {
	paid := strings.ToLower(string(s.Payee))
	switch {
	case s.Ended:
		return [][]string{{s.Title, paid, "ended", "", "", "", known(s.Confidence), s.Source}}
	case s.RateUnknown != nil:
		return [][]string{{s.Title, paid, "not known", "", "", "", known(s.Confidence), s.RateUnknown.Reason}}
	}
	for _, l := range s.Lines {
		for _, r := range l.Rates {
			rows = append(rows, []string{s.Title, paid, amount(r.Rate, r.Maximum, l.Standing == "CONFLICTING"), unit(l.Basis, r.Per), r.From.String(), r.To.String(), known(r.Confidence), r.Source})
		}
	}
	return rows
}

// amount is a rate as a table has it; a star says that sources disagree.
func amount(r events.Rate, maximum, disputed bool) string {
	text := r.String()
	if maximum {
		text = "up to " + text
	}
	if disputed {
		text += " *"
	}
	return text
}

func unit(b contract.Basis, per contract.Per) string {
	text := b.Unit()
	if text == "patient" {
		text = strings.ToLower(string(b)) + " patient"
	}
	if per == contract.PerPeriod {
		return text + ", for the period"
	}
	return text + " and year"
}

func roleRow(r client.ReimbursedRole, m client.RoleMaximum) []string {
	money := func(p events.GBP) string { return blank(p == 0, p.String()) }
	most := "not known"
	if m.Value != nil {
		most = m.Value.String()
	}
	if r.Standing == "CONFLICTING" {
		most += " *"
	}
	outer, inner := money(m.OuterLondon), money(m.InnerLondon)
	if m.London != 0 {
		outer, inner = money(m.London), money(m.London)
	}
	return []string{r.Title, r.Band, most, outer, inner, blank(m.Share == 0, fmt.Sprint(m.Share, " %")), m.From.String(), m.To.String(), known(m.Confidence), m.Source}
}

// known says in words how well something is known.
func known(c contract.Confidence) string {
	return strings.ToLower(strings.ReplaceAll(string(c), "_", " "))
}
