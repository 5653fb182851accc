package main

import (
	"fmt"
	"io"

	"github.com/govalues/decimal"
	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/network"
)

// whatIfShown is what another division is printed from.
type whatIfShown struct {
	System events.ICB `json:"system"`
	Name   string     `json:"name"`
	*client.EquityWhatIf
}

func showWhatIf(cmd *cobra.Command, c *client.Client, of client.EquityOf, by network.Basis, weight decimal.Decimal, json bool) error {
	name, found, err := c.EquityWhatIf(cmd.Context(), of, by, weight)
	switch {
	case err != nil:
		return err
	case found == nil:
		return fmt.Errorf("the book knows no system %s: register it first, or check the code", of.System)
	}
	shown := whatIfShown{of.System, name, found}
	if json {
		return printJSON(cmd, shown)
	}
	return shown.print(cmd.OutOrStdout(), of)
}

func (s whatIfShown) print(w io.Writer, of client.EquityOf) error {
	rule := "by " + word(s.Basis) + " patients"
	if s.MeanDeprivation != nil {
		rule += fmt.Sprintf(", who count %s more for ten points of deprivation above %s", s.DeprivationWeight, s.MeanDeprivation)
	}
	fmt.Fprintf(w, "%s\nWhat if £%s were divided %s? Nothing is recorded.\n\n", heading(s.Name, of, s.Before.Practices), s.Pot, rule)
	most := 0.0
	for _, n := range s.Networks {
		if n.Percent != nil {
			v, _ := n.Percent.Abs().Float64()
			most = max(most, v)
		}
	}
	rows := [][]string{{"NETWORK", "NAME", "HAS", "WOULD HAVE", "CHANGE", "PER CENT", ""}}
	for _, n := range s.Networks {
		change, percent, drawn := "", "", ""
		if n.Change != nil {
			change = n.Change.String()
		}
		if n.Percent != nil {
			v, _ := n.Percent.Float64()
			percent, drawn = n.Percent.String(), bar(v, most, barWidth)
		}
		rows = append(rows, []string{string(n.Code), n.Name, pounds(n.Before), pounds(n.After), change, percent, drawn})
	}
	if err := table(w, rows...); err != nil {
		return err
	}
	for _, l := range s.Kept {
		fmt.Fprintf(w, "  keeps what it has: %s %s: %s\n", l.Code, l.Name, l.Why.Reason)
	}
	fmt.Fprintf(w, "\nAs it is. %s\nAs it would be. %s\n\n", slope(s.Before.Slope), slope(s.After.Slope))
	is, would := bands(s.Before.Bands), bands(s.After.Bands)
	is[0] = []string{"MONEY", "NETWORKS", "WOULD BE", "PER CENT", "WOULD BE", "SURVEY"}
	for i := range is[1:] {
		is[i+1] = []string{is[i+1][0], is[i+1][1], would[i+1][1], is[i+1][2], would[i+1][2], is[i+1][3]}
	}
	return table(w, is...)
}
