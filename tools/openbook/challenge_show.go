package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/challenge"
)

// theChallenge is a challenge, which the book must have.
func theChallenge(ctx context.Context, c *client.Client, name string, asAt time.Time) (*client.Challenge, error) {
	found, err := c.Challenge(ctx, fact.ID(name), asAt)
	if err == nil && found == nil {
		err = fmt.Errorf("the book has no challenge %s: look it up by `%s challenge list`", name, self())
	}
	return found, err
}

func listChallenges() *cobra.Command {
	cmd := &cobra.Command{
		Use: "list", Args: exactly, Short: "List challenges, and what is owed of them",
		Example: "  openbook challenge list --by U99001 --as pcn\n  openbook challenge list --system QZ1 --overdue --as finance",
	}
	flags := cmd.Flags()
	a := accessFlags(cmd, flags)
	asJSON := flags.Bool("json", false, "print JSON")
	of := client.ChallengesOf{}
	flags.Var((*moment)(&of.AsAt), "as-at", "as the book was at this `moment`, such as 2026-04-01T09:30:00Z")
	system := flags.String("system", "", "of the ledgers of the system with this `code`; of all your own systems' unless given")
	by := flags.String("by", "", "opened by the network or practice with this `code`")
	year := flags.String("year", "", "about the ledgers of this financial `year`")
	status := choice("", lower(client.ChallengeStatuses))
	flags.Var(status, "status", "that have come so far: "+status.words())
	overdue := flags.Bool("overdue", false, "of which the system owes a word that is overdue; none of them by --overdue=false")
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		of := of
		of.System, of.Status = events.ICB(strings.ToUpper(*system)), client.ChallengeStatus(strings.ToUpper(status.chosen))
		if *by != "" {
			p, err := payee(strings.ToUpper(*by))
			if err != nil {
				return usage{cmd, fmt.Errorf("--by: %w", err)}
			}
			of.Network, of.Practice = p.Network, p.Practice
		}
		if *year != "" {
			if of.Year, err = events.ParseYear(*year); err != nil {
				return usage{cmd, fmt.Errorf("--year: %w", err)}
			}
		}
		if cmd.Flags().Changed("overdue") {
			of.Overdue = overdue
		}
		c, err := a.client(cmd)
		if err != nil {
			return err
		}
		all := []client.Challenge{}
		for one, err := range c.Challenges(cmd.Context(), of) {
			if err != nil {
				return err
			}
			all = append(all, one)
		}
		switch {
		case *asJSON:
			return printJSON(cmd, all)
		case len(all) == 0:
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "There are none.")
			return err
		}
		rows := [][]string{{"CHALLENGE", "SYSTEM", "ABOUT", "OPENED", "STATUS", "OWED"}}
		for _, one := range all {
			rows = append(rows, []string{string(one.Name), string(one.System), about(one), one.OpenedOn.String(), strings.ToLower(string(one.Status)), owed(one)})
		}
		return table(cmd.OutOrStdout(), rows...)
	}
	return cmd
}

func showChallenge() *cobra.Command {
	cmd := &cobra.Command{
		Use: "show CHALLENGE", Args: exactly, Short: "Show a challenge with all that was said of it",
		Example: "  openbook challenge show U99001-2025-26-C1 --as pcn",
	}
	a := accessFlags(cmd, cmd.Flags())
	asJSON := cmd.Flags().Bool("json", false, "print JSON")
	var asAt time.Time
	cmd.Flags().Var((*moment)(&asAt), "as-at", "as the book was at this `moment`, such as 2026-04-01T09:30:00Z")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := a.client(cmd)
		if err != nil {
			return err
		}
		one, err := theChallenge(cmd.Context(), c, args[0], asAt)
		switch {
		case err != nil:
			return err
		case *asJSON:
			return printJSON(cmd, one)
		}
		return printChallenge(cmd.OutOrStdout(), *one)
	}
	return cmd
}

// printChallenge prints what was said, in the order it was.
func printChallenge(w io.Writer, c client.Challenge) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s, ledger of %s %s, %s\n", c.Name, about(c), c.System, c.Year, strings.ToLower(string(c.Status)))
	if owes := owed(c); owes != "" {
		fmt.Fprintf(&b, "owed: %s\n", owes)
	}
	for _, l := range c.LetGoBy {
		fmt.Fprintf(&b, "let go by: %s, due %s\n", strings.ToLower(string(l.Step)), l.Due)
	}
	b.WriteByte('\n')
	said := func(on events.Date, by events.PersonRef, what, words string) {
		fmt.Fprintf(&b, "%s  %s  %s\n", on, what, by)
		if words != "" {
			fmt.Fprintf(&b, "    %s\n", words)
		}
	}
	said(c.OpenedOn, c.OpenedBy, "opened", c.Words)
	if word := c.Acknowledgement; word != nil {
		said(word.On, word.By, "acknowledged", word.Words)
	}
	if word := c.Answer; word != nil {
		what := "answered, " + strings.ToLower(string(word.Outcome))
		for _, one := range word.Corrections {
			what += fmt.Sprintf(", entry %d of %s", one.Entry, one.Year)
		}
		said(word.On, word.By, what, word.Words)
	}
	if word := c.Escalation; word != nil {
		said(word.On, word.By, "escalated to "+word.To, word.Words)
	}
	if word := c.Acceptance; word != nil {
		said(word.On, word.By, "accepted", word.Words)
	}
	if word := c.Resolution; word != nil {
		said(word.On, word.By, "resolved", word.Words)
	}
	if c.Unknown != nil {
		fmt.Fprintf(&b, "\nThere may be more: %s\n", c.Unknown.Reason)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// about is what a challenge is about.
func about(c client.Challenge) string {
	switch {
	case c.Entry != nil:
		return fmt.Sprintf("entry %d", *c.Entry)
	case c.Missing == nil:
		return ""
	case c.Missing.Amount == nil:
		return "missing " + c.Missing.FundingStream
	}
	return fmt.Sprintf("missing %s £%s", c.Missing.FundingStream, c.Missing.Amount)
}

// owed is what the system owes next, and whether its day has gone by.
func owed(c client.Challenge) string {
	var (
		step string
		due  events.Date
	)
	switch c.Status {
	case client.ChallengeOpen:
		step, due = "acknowledgement", c.AcknowledgeBy
	case client.ChallengeAcknowledged:
		step, due = "answer", c.AnswerBy
	default:
		return ""
	}
	text := fmt.Sprintf("%s by %s", step, due)
	for _, late := range c.Overdue {
		if strings.EqualFold(string(late), step) {
			text += ", overdue"
		}
	}
	return text
}
