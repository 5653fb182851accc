package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/ask/workforce"
	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/workforce"
)

func claims() *cobra.Command {
	cmd := group("claims", "Look at a network's claims for additional roles, and judge them")
	cmd.Example = "  openbook claims show U99001 2025/26 --as pcn"
	cmd.AddCommand(
		showClaims(),
		judging("approve", "Have a claim paid", "  openbook claims approve U99001 2025/26 3 --as commissioner\n  openbook claims approve U99001 2025/26 4 --figure \"5=36000.00 letter of 3 July\"",
			func(cmd *cobra.Command) judge {
				figures := cmd.Flags().StringArray("figure", nil, "`line=maximum source`: the yearly maximum of a line that the book has none for, and where it is known from")
				return func(about workforce.About, c *client.Client) (client.Receipt, error) {
					a := workforce.ApproveClaim{About: about}
					for _, text := range *figures {
						number, rest, _ := strings.Cut(text, "=")
						maximum, source, _ := strings.Cut(rest, " ")
						line, err1 := strconv.Atoi(number)
						m, err2 := events.ParseGBP(maximum)
						if err1 != nil || err2 != nil || source == "" {
							return client.Receipt{}, usage{cmd, fmt.Errorf("--figure: write %q as 5=36000.00 letter of 3 July", text)}
						}
						a.Figures = append(a.Figures, fact.Figure{Line: line, Maximum: m, Source: source})
					}
					return c.ApproveClaim(cmd.Context(), a)
				}
			}),
		judging("reject", "Turn a claim down", "  openbook claims reject U99001 2025/26 3 --reason \"2: left in May\"",
			func(cmd *cobra.Command) judge {
				reasons := cmd.Flags().StringArray("reason", nil, "`why`: of the whole claim, or, with a number and a colon before it, of a line; as often as there are reasons")
				return func(about workforce.About, c *client.Client) (client.Receipt, error) {
					a := workforce.RejectClaim{About: about}
					for _, text := range *reasons {
						r := fact.Reason{Reason: text}
						if number, rest, two := strings.Cut(text, ":"); two {
							if line, err := strconv.Atoi(number); err == nil {
								r = fact.Reason{Line: line, Reason: strings.TrimSpace(rest)}
							}
						}
						a.Reasons = append(a.Reasons, r)
					}
					return c.RejectClaim(cmd.Context(), a)
				}
			}),
		judging("withdraw", "Take back a claim that nobody has judged", "  openbook claims withdraw U99001 2025/26 3 --reason \"a line is missing\"",
			func(cmd *cobra.Command) judge {
				reason := cmd.Flags().String("reason", "", "`why`")
				return func(about workforce.About, c *client.Client) (client.Receipt, error) {
					return c.WithdrawClaim(cmd.Context(), workforce.WithdrawClaim{About: about, Reason: *reason})
				}
			}),
	)
	return cmd
}

// judge asks for something of a claim.
type judge func(workforce.About, *client.Client) (client.Receipt, error)

// judging makes a command about one claim.
func judging(use, short, example string, flags func(*cobra.Command) judge) *cobra.Command {
	cmd := &cobra.Command{Use: use + " NETWORK YEAR CLAIM", Short: short, Example: example}
	w, do := writerFlags(cmd, cmd.Flags()), flags(cmd)
	return w.runs(cmd, func(_ context.Context, c *client.Client, args []string, given ask.Given) (r client.Receipt, err error) {
		of, err := workforceOf(args)
		if err != nil {
			return r, usage{cmd, err}
		}
		about := workforce.About{Given: given, Network: of.Network, Year: of.Year}
		if about.Claim, err = strconv.Atoi(args[2]); err != nil {
			return r, usage{cmd, fmt.Errorf("CLAIM: %q is not the number of a claim: write it as 3", args[2])}
		}
		return do(about, c)
	})
}

// workforceOf is whose claims the first two arguments name.
func workforceOf(args []string) (of fact.Workforce, err error) {
	of.Network = events.PCN(strings.ToUpper(args[0]))
	if !of.Network.Valid() {
		return of, fmt.Errorf("NETWORK: %q is not the code of a network: it looks like U12345", args[0])
	}
	if of.Year, err = events.ParseYear(args[1]); err != nil {
		return of, fmt.Errorf("YEAR: %w", err)
	}
	return of, nil
}

const claimsOfNetwork = `query Claims($network: NetworkCode!, $year: FinancialYear!) { network(code: $network) { name workforce(year: $year) {
	weeksLeft entitled { ...all } approved { ...all } paid { ...all } waiting { ...all } lost { ...all } remaining { ...all } projected { ...all } underspend { ...all }
	claims(first: 100) { totalCount nodes { number month status late claimed approved reasons { line reason } lines { number } } } } } }
fragment all on Amount { value unknown { reason } }`

// claimsShown is what a network's claims are printed from.
type claimsShown struct {
	Network *struct {
		Name      string `json:"name"`
		Workforce struct {
			WeeksLeft                                                                 int
			Entitled, Approved, Paid, Waiting, Lost, Remaining, Projected, Underspend amountShown
			Claims                                                                    struct {
				TotalCount int
				Nodes      []claimShown
			}
		} `json:"workforce"`
	} `json:"network"`
}

type amountShown struct {
	Value   *events.GBP
	Unknown *struct{ Reason string }
}

func (a amountShown) String() string {
	if a.Value == nil {
		return "not known: " + a.Unknown.Reason
	}
	return "£" + a.Value.String()
}

type claimShown struct {
	Number            int
	Month             *events.Month
	Status            string
	Late              bool
	Claimed, Approved *events.GBP
	Reasons           []struct {
		Line   *int
		Reason string
	}
	Lines []struct{ Number int }
}

func showClaims() *cobra.Command {
	cmd := &cobra.Command{
		Use: "show NETWORK YEAR", Short: "Show what a network has claimed, and what is left", Args: exactly,
		Example: "  openbook claims show U99001 2025/26 --as pcn",
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
		data, _, err := c.Do(cmd.Context(), claimsOfNetwork, map[string]any{"network": of.Network, "year": of.Year})
		if err != nil {
			return err
		}
		if *asJSON {
			return printJSON(cmd, data)
		}
		var shown claimsShown
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

func (s claimsShown) print(w io.Writer, of fact.Workforce) error {
	standing, all := s.Network.Workforce, [][]string{{"CLAIM", "MONTH", "LINES", "CLAIMED", "APPROVED", "STATUS"}}
	if _, err := fmt.Fprintf(w, "%s  %s  additional roles %s\n\n", of.Network, s.Network.Name, of.Year); err != nil {
		return err
	}
	for _, c := range standing.Claims.Nodes {
		month, status := "adjustment", strings.ToLower(c.Status)
		if c.Month != nil {
			month = string(*c.Month)
		}
		if c.Late {
			status += ", late"
		}
		for _, r := range c.Reasons {
			if r.Line != nil {
				status += fmt.Sprintf("; line %d", *r.Line)
			}
			status += "; " + r.Reason
		}
		all = append(all, []string{strconv.Itoa(c.Number), month, strconv.Itoa(len(c.Lines)), dashed(c.Claimed), dashed(c.Approved), status})
	}
	if err := table(w, all...); err != nil {
		return err
	}
	if more := standing.Claims.TotalCount - len(standing.Claims.Nodes); more > 0 {
		if _, err := fmt.Fprintf(w, "and %d more: openbook query has them all\n", more); err != nil {
			return err
		}
	}
	rows := [][]string{
		{"entitled to", standing.Entitled.String()}, {"approved", standing.Approved.String()}, {"of it paid", standing.Paid.String()}, {"waiting", standing.Waiting.String()},
		{"lost", standing.Lost.String()}, {"left", standing.Remaining.String()}, {"by the end of the year", standing.Projected.String()}, {"will be lost", standing.Underspend.String()},
		{"whole weeks left", strconv.Itoa(standing.WeeksLeft)},
	}
	if _, err := fmt.Fprintln(w); err != nil {
		return err
	}
	return table(w, rows...)
}

// dashed is an amount, or a dash where it is not known.
func dashed(m *events.GBP) string {
	if m == nil {
		return "–"
	}
	return "£" + m.String()
}
