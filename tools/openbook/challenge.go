package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/ask/challenge"
	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/challenge"
)

func challenges() *cobra.Command {
	cmd := group("challenge", "Challenge an entry of a ledger, answer a challenge, and see what is owed")
	cmd.Long = `A network or practice challenges an entry of its system's ledger, or says that one
is missing. The system owes an acknowledgement and an answer, each by a day that
follows from its policy; what it lets go by stays in the book. The challenger
accepts the answer, or takes it to somebody else. CHALLENGE is a name such as
U99001-2025-26-C1: whose it is, the year of the ledger, and its reference.`
	cmd.Example = "  openbook challenge open U99001 2025/26 C1 --entry 8 --words \"Nobody asked us.\" --as pcn\n" +
		"  openbook challenge list --system QZ1 --overdue --as finance"
	cmd.AddCommand(
		openChallenge(),
		saying("acknowledge CHALLENGE", "Say that the system has read a challenge", "U99001-2025-26-C1 --as finance", func(cmd *cobra.Command) speak {
			owed := owing(cmd)
			return func(ctx context.Context, c *client.Client, _ []string, step challenge.Step) (r client.Receipt, err error) {
				a := challenge.AcknowledgeChallenge{}
				if a.Owed, err = owed(ctx, c, step); err != nil {
					return r, err
				}
				return c.AcknowledgeChallenge(ctx, a)
			}
		}),
		saying("answer CHALLENGE OUTCOME --words WORDS", "Say what the system makes of a challenge: UPHELD, AMENDED or EXPLAINED",
			"U99001-2025-26-C1 upheld --correction 12 --words \"It is put right.\" --as finance", answering),
		saying("accept CHALLENGE", "Accept the answer, which closes the challenge", "U99001-2025-26-C1 --as pcn", func(*cobra.Command) speak {
			return func(ctx context.Context, c *client.Client, _ []string, step challenge.Step) (client.Receipt, error) {
				return c.AcceptAnswer(ctx, challenge.AcceptAnswer{Own: challenge.Own{Step: step}})
			}
		}),
		saying("escalate CHALLENGE TO --words WORDS", "Take a challenge to somebody else, because of the answer or of silence",
			"U99001-2025-26-C1 \"the board\" --words \"It is no answer.\" --as pcn", func(*cobra.Command) speak {
				return func(ctx context.Context, c *client.Client, args []string, step challenge.Step) (client.Receipt, error) {
					return c.EscalateChallenge(ctx, challenge.EscalateChallenge{Own: challenge.Own{Step: step}, To: args[1]})
				}
			}),
		saying("resolve CHALLENGE --words WORDS", "Say how an escalated challenge has ended, which closes it", "U99001-2025-26-C1 --words \"The board has paid.\" --as pcn", func(*cobra.Command) speak {
			return func(ctx context.Context, c *client.Client, _ []string, step challenge.Step) (client.Receipt, error) {
				return c.ResolveChallenge(ctx, challenge.ResolveChallenge{Own: challenge.Own{Step: step}})
			}
		}),
		listChallenges(), showChallenge(),
	)
	return cmd
}

func openChallenge() *cobra.Command {
	cmd := &cobra.Command{
		Use: "open PAYEE YEAR REFERENCE --words WORDS", Short: "Challenge an entry, or say that one is missing",
		Example: "  openbook challenge open U99001 2025/26 C1 --entry 8 --words \"Nobody asked us.\" --as pcn\n" +
			"  openbook challenge open U99001 2025/26 C2 --missing core --amount 500.00 --words \"May has not come.\" --as pcn",
	}
	flags := cmd.Flags()
	w := writerFlags(cmd, flags)
	words := flags.String("words", "", "`what` you have to say")
	entry := flags.Int("entry", 0, "`number` of the entry that you challenge")
	missing := flags.String("missing", "", "`stream` of which an entry is missing, in place of --entry")
	amount := flags.String("amount", "", "with --missing, how many `pounds` are missing, if you know")
	system := flags.String("system", "", "`code` of the system whose ledger it is; your own unless given")
	return w.runs(cmd, func(ctx context.Context, c *client.Client, args []string, given ask.Given) (r client.Receipt, err error) {
		a := challenge.OpenChallenge{Given: given, System: events.ICB(strings.ToUpper(*system)), Reference: args[2], Entry: *entry, Words: *words}
		p, err := payee(strings.ToUpper(args[0]))
		if err != nil {
			return r, usage{cmd, fmt.Errorf("PAYEE: %w", err)}
		}
		a.Network, a.Practice = p.Network, p.Practice
		if a.Year, err = events.ParseYear(args[1]); err != nil {
			return r, usage{cmd, fmt.Errorf("YEAR: %w", err)}
		}
		if a.Missing, err = missingEntry(*missing, *amount); err != nil {
			return r, usage{cmd, err}
		}
		if a.System == "" {
			if a.System, err = systemOf(ctx, c, p); err != nil {
				return r, err
			}
		}
		return c.OpenChallenge(ctx, a)
	})
}

// missingEntry is what is not in the ledger; nil where nothing is missing.
func missingEntry(stream, amount string) (m *challenge.MissingEntry, err error) {
	if stream == "" {
		if amount != "" {
			return nil, errors.New("--amount goes with --missing: an entry that is there has its own")
		}
		return nil, nil
	}
	m = &challenge.MissingEntry{FundingStream: stream}
	if amount != "" {
		if m.Amount, err = events.ParseGBP(amount); err != nil {
			return nil, fmt.Errorf("--amount: %w", err)
		}
	}
	return m, nil
}

// speak sends one thing more that is said of a challenge, the first argument.
type speak func(context.Context, *client.Client, []string, challenge.Step) (client.Receipt, error)

// saying makes a command of it.
func saying(use, short, example string, flags func(*cobra.Command) speak) *cobra.Command {
	name, _, _ := strings.Cut(use, " ")
	cmd := &cobra.Command{Use: use, Short: short, Example: "  openbook challenge " + name + " " + example}
	w, do := writerFlags(cmd, cmd.Flags()), flags(cmd)
	words := cmd.Flags().String("words", "", "`what` is to be said")
	return w.runs(cmd, func(ctx context.Context, c *client.Client, args []string, given ask.Given) (client.Receipt, error) {
		return do(ctx, c, args, challenge.Step{Given: given, Challenge: fact.ID(args[0]), Words: *words})
	})
}

// owing makes a word of one that a system owes: the system whose ledger is
// challenged, unless a flag names the one that stands in its place.
func owing(cmd *cobra.Command) func(context.Context, *client.Client, challenge.Step) (challenge.Owed, error) {
	system := cmd.Flags().String("system", "", "`code` of the system that says so; the one whose ledger is challenged unless given")
	return func(ctx context.Context, c *client.Client, step challenge.Step) (challenge.Owed, error) {
		o := challenge.Owed{Step: step, System: events.ICB(strings.ToUpper(*system))}
		if o.System != "" {
			return o, nil
		}
		found, err := theChallenge(ctx, c, string(step.Challenge), time.Time{})
		if err == nil {
			o.System = found.System
		}
		return o, err
	}
}

func answering(cmd *cobra.Command) speak {
	owed := owing(cmd)
	corrections := cmd.Flags().StringArray("correction", nil, "number of an `entry` that puts it right, such as 12, or 2026/27:3 in a later year; as often as there are entries")
	return func(ctx context.Context, c *client.Client, args []string, step challenge.Step) (r client.Receipt, err error) {
		a := challenge.AnswerChallenge{Outcome: fact.Outcome(strings.ToUpper(args[1]))}
		if outcomes := []fact.Outcome{fact.Upheld, fact.Amended, fact.Explained}; !slices.Contains(outcomes, a.Outcome) {
			return r, usage{cmd, fmt.Errorf("OUTCOME: %q is none of %s", args[1], strings.Join(lower(outcomes), ", "))}
		}
		for _, text := range *corrections {
			one, err := correction(text, step.Challenge.Year())
			if err != nil {
				return r, usage{cmd, err}
			}
			a.Corrections = append(a.Corrections, one)
		}
		if a.Owed, err = owed(ctx, c, step); err != nil {
			return r, err
		}
		return c.AnswerChallenge(ctx, a)
	}
}

// correction is an entry of a year's ledger, unless it names another year.
func correction(text string, year events.Year) (one fact.Correction, err error) {
	one.Year = year
	number := text
	if of, rest, other := strings.Cut(text, ":"); other {
		if one.Year, err = events.ParseYear(of); err != nil {
			return one, fmt.Errorf("--correction: %w", err)
		}
		number = rest
	}
	if one.Entry, err = strconv.Atoi(number); err != nil {
		return one, fmt.Errorf("--correction: %q is not the number of an entry: write it as 12, or 2026/27:3", text)
	}
	return one, nil
}
