package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	fact "github.com/ics-openbook/openbook/events/workforce"
)

const postsOfNetwork = `query Posts($network: NetworkCode!, $year: FinancialYear!) { network(code: $network) { name workforce(year: $year) {
	leavers { value } turnover { value } posts(first: 100) { totalCount nodes { number role band hoursPerWeek purpose stage since employee additionality { verdict until why } } } } } }`

// postsShown is what a network's posts are printed from.
type postsShown struct {
	Network *struct {
		Name      string
		Workforce struct {
			Leavers, Turnover figureShown
			Posts             struct {
				TotalCount int
				Nodes      []postShown
			}
		}
	}
}

type postShown struct {
	Number                             int
	Role, HoursPerWeek, Purpose, Stage string
	Band, Since, Employee              *string
	Additionality                      struct {
		Verdict string
		Until   *string
		Why     []string
	}
}

func posts() *cobra.Command {
	cmd := &cobra.Command{
		Use: "posts NETWORK YEAR", Short: "Show a network's posts, who is in them, and which are additional", Args: exactly,
		Example: "  openbook posts U99001 2025/26 --as pcn",
	}
	a := accessFlags(cmd, cmd.Flags())
	asJSON := cmd.Flags().Bool("json", false, "print JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		of, err := workforceOf(args)
		if err != nil {
			return usage{cmd, err}
		}
		c, err := a.client(cmd)
		if err != nil {
			return err
		}
		data, _, err := c.Do(cmd.Context(), postsOfNetwork, map[string]any{"network": of.Network, "year": of.Year})
		if err != nil {
			return err
		}
		if *asJSON {
			return printJSON(cmd, data)
		}
		var shown postsShown
		if err := json.Unmarshal(data, &shown); err != nil {
			return err
		}
		if shown.Network == nil {
			return fmt.Errorf("the book knows no network %s: register it first, or check the code", of.Network)
		}
		return shown.print(cmd.OutOrStdout(), of)
	}
	return cmd
}

func (s postsShown) print(w io.Writer, of fact.Workforce) error {
	staff, rows := s.Network.Workforce, [][]string{{"POST", "ROLE", "BAND", "HOURS", "WHY", "STAGE", "SINCE", "WHO", "ADDITIONAL"}}
	var why strings.Builder
	said := func(s *string) string {
		if s == nil {
			return "–"
		}
		return *s
	}
	words := func(enum string) string { return strings.ToLower(strings.ReplaceAll(enum, "_", " ")) }
	for _, p := range staff.Posts.Nodes {
		a := p.Additionality
		verdict := words(a.Verdict)
		if a.Until != nil {
			verdict += " until " + *a.Until
		}
		if p.Purpose != "ADDITIONAL" {
			verdict = "–"
		} else if a.Verdict != "ADDITIONAL" {
			fmt.Fprintf(&why, "post %d: %s\n", p.Number, strings.Join(a.Why, " "))
		}
		rows = append(rows, []string{strconv.Itoa(p.Number), p.Role, said(p.Band), p.HoursPerWeek, words(p.Purpose), words(p.Stage), said(p.Since), said(p.Employee), verdict})
	}
	if _, err := fmt.Fprintf(w, "%s  %s  posts %s\n\n", of.Network, s.Network.Name, of.Year); err != nil {
		return err
	}
	if err := table(w, rows...); err != nil {
		return err
	}
	if more := staff.Posts.TotalCount - len(staff.Posts.Nodes); more > 0 {
		fmt.Fprintf(&why, "and %d more: openbook query has them all\n", more)
	}
	_, err := fmt.Fprintf(w, "\n%sleft since the year began: %s; turnover %s %%\n", why.String(), staff.Leavers, staff.Turnover)
	return err
}
