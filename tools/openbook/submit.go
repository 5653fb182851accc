package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/platform"
)

func submit() *cobra.Command {
	cmd := group("submit", "Submit what a network answers for: its claims for additional roles")
	cmd.Example = "  openbook submit claims june.csv --for U99001 --month 2025-06 --dry-run"
	cmd.AddCommand(submitClaims())
	return cmd
}

func submitClaims() *cobra.Command {
	cmd := &cobra.Command{
		Use: "claims FILE", Short: "Submit a network's claims for the people in its additional roles", Args: exactly,
		Example: "  openbook submit claims june.csv --for U99001 --month 2025-06 --dry-run\n  openbook submit claims june.csv --for U99001 --month 2025-06 --as pcn",
		Long: `Submit a network's claims for the people in its additional roles.

The file is a CSV, however your spreadsheet saves it, or an XLSX workbook, with the
columns of the national portal: they are in docs/workforce.md. The lines of one
network and month are one claim. Nothing is submitted unless all of it can be; with
--good-lines, the claims are, without the lines that are wrong. The same file again
submits nothing.`,
	}
	a := accessFlags(cmd, cmd.Flags())
	dry := cmd.Flags().Bool("dry-run", false, "say what is wrong, and submit nothing")
	good := cmd.Flags().Bool("good-lines", false, "submit the claims without the lines that are wrong")
	whose := cmd.Flags().String("for", "", "`code` of the network whose claim it is, where the file does not say")
	month := cmd.Flags().String("month", "", "`month` of the claim, such as 2025-06, where the file does not say")
	asJSON := cmd.Flags().Bool("json", false, "print the outcome as JSON")
	kept := keeperFlags(cmd.Flags(), "receipts")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o := platform.SubmittingOf{Network: events.PCN(strings.ToUpper(*whose)), Month: events.Month(*month), DryRun: *dry, GoodLines: *good}
		c, err := a.client(cmd, client.Visible(), kept.told())
		if err != nil {
			return err
		}
		bars := &bars{w: cmd.ErrOrStderr()}
		o.Progress = func(step platform.ClaimStep, done, total int64) { bars.show(platform.Step(step), done, total) }
		out, err := platform.SubmitClaims(cmd.Context(), c, o, args[0])
		bars.finish()
		wrong := errors.Is(err, platform.ErrWrongClaims)
		switch {
		case *asJSON && (err == nil || wrong):
			err = printJSON(cmd, out)
		case err == nil || wrong:
			err = submitted(cmd.OutOrStdout(), cmd.ErrOrStderr(), out, o)
		case out.Submitted > 0 && !o.DryRun:
			fmt.Fprintf(cmd.ErrOrStderr(), "Stopped after %s. The same command does the rest.\n", counted(out.Submitted, "claim"))
		}
		to := cmd.OutOrStdout()
		if *asJSON {
			to = cmd.ErrOrStderr()
		}
		err = errors.Join(err, kept.keep(cmd.Context(), c, to))
		if err == nil && wrong {
			return errUnwell
		}
		return err
	}
	return cmd
}

// submitted says what came of a file of claims.
func submitted(w, wrong io.Writer, out *platform.SubmittedOf, o platform.SubmittingOf) error {
	for _, p := range out.Problems {
		if _, err := fmt.Fprintln(wrong, p); err != nil {
			return err
		}
	}
	of := fmt.Sprintf("%s in %s", counted(out.Lines, "line"), counted(out.Claims, "claim"))
	if out.Wrong > 0 {
		of += fmt.Sprintf(", %d of the lines wrong", out.Wrong)
	}
	done := counted(out.Submitted, "claim")
	if out.Already > 0 {
		done += fmt.Sprintf("; %d submitted already", out.Already)
	}
	bad := len(out.Problems) > 0
	var err error
	switch {
	case o.DryRun && bad && !o.GoodLines:
		_, err = fmt.Fprintf(w, "Nothing would be submitted of %s. With --good-lines: %s.\n", of, done)
	case o.DryRun:
		_, err = fmt.Fprintf(w, "To submit: %s, of %s. Nothing was submitted.\n", done, of)
	case bad && !o.GoodLines:
		_, err = fmt.Fprintf(w, "Nothing was submitted of %s. Put the file right and submit it again, or say --good-lines.\n", of)
	default:
		_, err = fmt.Fprintf(w, "Submitted: %s, of %s. The commissioner approves them.\n", done, of)
	}
	return err
}
