package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/api/client"
)

// tolerable is how far views may be behind the book, in seconds, before
// something is wrong.
const tolerable = 10

func doctor() *cobra.Command {
	cmd := &cobra.Command{
		Use: "doctor", Args: exactly,
		Short:   "Say whether a platform is well, and what to do if it is not",
		Example: "  openbook doctor || page-the-operator",
	}
	flags := cmd.Flags()
	a := accessFlags(cmd, flags)
	json := flags.Bool("json", false, "print JSON")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := a.client(cmd)
		if err != nil {
			return err
		}
		s, err := c.Status(cmd.Context())
		if err != nil {
			return err
		}
		findings := examine(s)
		if *json {
			err = printJSON(cmd, struct {
				client.Status
				Findings []string `json:"findings"`
			}{s, findings})
		} else {
			err = report(cmd, s, findings)
		}
		if err == nil && len(findings) > 0 {
			return errUnwell
		}
		return err
	}
	return cmd
}

// examine says what is wrong, and what to do, a sentence or two each.
func examine(s client.Status) (findings []string) {
	findings = []string{}
	for _, p := range s.Parked {
		findings = append(findings, fmt.Sprintf("This release cannot read entry %d (%s), so nothing is known of %s since %s. Run the release that wrote it, or a newer one. (%s)",
			p.Ordinal, p.Type, p.Entity, at(p.Since), p.Reason))
	}
	for _, m := range s.InTransit {
		findings = append(findings, fmt.Sprintf("£%s is on its way from the ledger of %s for %s (its entry %d) into that of %s for %s since %s, and has not arrived. A finance officer of %s enters it by carryInFunding.",
			m.Amount, m.FromSystem, m.FromYear, m.Entry, m.ToSystem, m.ToYear, at(m.Since), m.ToSystem))
	}
	switch {
	case s.LagSeconds < tolerable:
	case s.Relayed < s.Recorded:
		findings = append(findings, fmt.Sprintf("Readers have not been sent %d entries, the oldest %s old. Look for \"relaying stopped\" in the log of the book, and whether NATS runs and has room on its disk.",
			s.Recorded-s.Relayed, seconds(s.LagSeconds)))
	default:
		findings = append(findings, fmt.Sprintf("What this replica shows is %d entries behind, the oldest %s old. Look for \"view starts again\" in the log of the gateway; if nothing helps, stop the platform and run `%s rebuild`.",
			s.LagFacts, seconds(s.LagSeconds), self()))
	}
	return findings
}

func report(cmd *cobra.Command, s client.Status, findings []string) error {
	out := cmd.OutOrStdout()
	said := "The platform is well."
	if len(findings) > 0 {
		said = "The platform is not well."
	}
	fmt.Fprintf(out, "%s\n\n", said)
	err := table(out,
		[]string{"recorded", fmt.Sprint(s.Recorded)},
		[]string{"relayed", fmt.Sprint(s.Relayed)},
		[]string{"visible", fmt.Sprint(s.Visible)},
		[]string{"behind", fmt.Sprintf("%d entries, %s", s.LagFacts, seconds(s.LagSeconds))},
		[]string{"parked", fmt.Sprint(len(s.Parked))},
	)
	for _, finding := range findings {
		fmt.Fprintf(out, "\n%s\n", finding)
	}
	return err
}

func seconds(s float64) string {
	return time.Duration(s * float64(time.Second)).Round(100 * time.Millisecond).String()
}
