package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/events"
)

const (
	reconciledFigures = ` roles { role claimed { ...all } atEnd { ...all } posts { ...all } returned { ...all } } outside { role wte } outsideWTE { ...all } `
	reconcileNetwork  = `query Reconcile($network: NetworkCode!, $year: FinancialYear!, $month: Month!) { network(code: $network) { name workforce(year: $year) { reconciliation(month: $month) {` +
		reconciledFigures + `differences { code employee post role sentence } } } } } fragment all on Figure { value unknown { reason } }`
	reconcileSystem = `query Reconcile($system: SystemCode!, $year: FinancialYear!, $month: Month!) { system(code: $system) { name workforce(year: $year) { reconciliation(month: $month) {` +
		reconciledFigures + `claims { ...of } posts { ...of } returns { ...of } differing { network differences } } } } }
fragment all on Figure { value unknown { reason } } fragment of on AccountCoverage { networks missing unread }`
)

func reconciles() *cobra.Command {
	cmd := &cobra.Command{
		Use: "reconcile NETWORK|SYSTEM MONTH", Short: "Hold claims, posts and the national staff return against each other", Args: exactly,
		Example: "  openbook reconcile U99001 2025-06 --as pcn\n  openbook reconcile QZ1 2025-06 --as commissioner",
	}
	a := accessFlags(cmd, cmd.Flags())
	asJSON := cmd.Flags().Bool("json", false, "print JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		code, month := strings.ToUpper(args[0]), events.Month(args[1])
		if !month.Valid() {
			return usage{cmd, fmt.Errorf("MONTH: %q is not a month: write it as 2025-06", args[1])}
		}
		given, query := map[string]any{"year": month.Year(), "month": month}, reconcileNetwork
		switch {
		case events.PCN(code).Valid():
			given["network"] = code
		case events.ICB(code).Valid():
			given["system"], query = code, reconcileSystem
		default:
			return usage{cmd, fmt.Errorf("%q is not the code of a network, like U12345, or of a system, like QU9", args[0])}
		}
		c, err := a.client(cmd)
		if err != nil {
			return err
		}
		data, _, err := c.Do(cmd.Context(), query, given)
		if err != nil {
			return err
		}
		if *asJSON {
			return printJSON(cmd, data)
		}
		var shown map[string]*reconciledShown
		if err := json.Unmarshal(data, &shown); err != nil {
			return err
		}
		for _, of := range shown {
			if of != nil {
				return of.print(cmd.OutOrStdout(), code, month)
			}
		}
		return fmt.Errorf("the book knows no %s: register it first, or check the code", code)
	}
	return cmd
}

// reconciledShown is what a reconciliation is printed from: of a network, or of a
// system.
type reconciledShown struct {
	Name      string
	Workforce struct {
		Reconciliation struct {
			Roles []struct {
				Role                            string
				Claimed, AtEnd, Posts, Returned figureShown
			}
			Outside []struct {
				Role, WTE string
			}
			OutsideWTE             figureShown
			Differences            []struct{ Sentence string }
			Claims, Posts, Returns *coverageShown
			Differing              []struct {
				Network     string
				Differences int
			}
		}
	}
}

type figureShown struct {
	Value   *string
	Unknown *struct{ Reason string }
}

func (f figureShown) String() string {
	if f.Value == nil {
		return "–"
	}
	return *f.Value
}

type coverageShown struct {
	Networks        int
	Missing, Unread []string
}

func (s reconciledShown) print(w io.Writer, code string, month events.Month) error {
	r := s.Workforce.Reconciliation
	if _, err := fmt.Fprintf(w, "%s  %s  %s, whole-time equivalents\n\n", code, s.Name, month); err != nil {
		return err
	}
	rows := [][]string{{"ROLE", "CLAIMED", "AT THE END", "IN POST", "RETURNED"}}
	for _, one := range r.Roles {
		rows = append(rows, []string{one.Role, one.Claimed.String(), one.AtEnd.String(), one.Posts.String(), one.Returned.String()})
	}
	if len(r.Outside) > 0 {
		rows = append(rows, []string{"not of the scheme", "", "", "", r.OutsideWTE.String()})
	}
	if err := table(w, rows...); err != nil {
		return err
	}
	var b strings.Builder
	for _, c := range []struct {
		what string
		of   *coverageShown
	}{{"claimed", r.Claims}, {"recorded posts", r.Posts}, {"returned staff", r.Returns}} {
		if c.of != nil {
			fmt.Fprintf(&b, "\n%s of %d have %s.", counted(c.of.Networks, "network"), c.of.Networks+len(c.of.Missing)+len(c.of.Unread), c.what)
			if n := len(c.of.Missing); n > 0 {
				fmt.Fprintf(&b, " Not submitted: %s.", clipped(c.of.Missing))
			}
			if n := len(c.of.Unread); n > 0 {
				fmt.Fprintf(&b, " Cannot be read: %s.", clipped(c.of.Unread))
			}
		}
	}
	for _, d := range r.Differences {
		fmt.Fprintf(&b, "\n- %s", d.Sentence)
	}
	for _, why := range s.unknown() {
		fmt.Fprintf(&b, "\n–: %s", why)
	}
	for _, d := range r.Differing {
		fmt.Fprintf(&b, "\n%s  %s", d.Network, counted(d.Differences, "difference"))
	}
	if b.Len() == 0 {
		b.WriteString("\nNothing differs.")
	}
	_, err := fmt.Fprintln(w, b.String())
	return err
}

// unknown is why figures are not known, each reason once.
func (s reconciledShown) unknown() (all []string) {
	r := s.Workforce.Reconciliation
	figures := []figureShown{r.OutsideWTE}
	for _, one := range r.Roles {
		figures = append(figures, one.Claimed, one.AtEnd, one.Posts, one.Returned)
	}
	for _, f := range figures {
		if f.Unknown != nil && !slices.Contains(all, f.Unknown.Reason) {
			all = append(all, f.Unknown.Reason)
		}
	}
	return all
}

// clipped is a list of codes that fits a line or two.
func clipped(all []string) string {
	const most = 12
	if len(all) > most {
		return strings.Join(all[:most], ", ") + " and " + strconv.Itoa(len(all)-most) + " more"
	}
	return strings.Join(all, ", ")
}
