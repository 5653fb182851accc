package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/services/platform"
)

// importStaff makes the command that imports the national workforce file.
func importStaff() *cobra.Command {
	cmd := &cobra.Command{
		Use: "workforce FILE", Short: "Who works for each network, by role, at the end of a month", Args: exactly,
		Example: "  openbook import workforce \"1.Primary Care Networks - June 2026 Individual Level.csv\" --dry-run",
		Long: `Who works for each network, by role, at the end of a month.

The file is NHS England's individual-level file of primary care networks, as it is
published. Of single people nothing is recorded: a network's return is how many
there are of each role. A network that has no row has not submitted.`,
	}
	a := accessFlags(cmd, cmd.Flags())
	dry := cmd.Flags().Bool("dry-run", false, "say what would be recorded, and record nothing")
	asJSON := cmd.Flags().Bool("json", false, "print the outcome as JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := a.client(cmd, client.Visible())
		if err != nil {
			return err
		}
		bars := &bars{w: cmd.ErrOrStderr()}
		began := time.Now()
		out, err := platform.ImportStaff(cmd.Context(), c, platform.ReturningOf{DryRun: *dry, Progress: func(step platform.StaffStep, done, total int64) { bars.show(platform.Step(step), done, total) }}, args[0])
		bars.finish()
		unwell := errors.Is(err, platform.ErrWrongStaff) || errors.Is(err, platform.ErrUnknownNetworks)
		switch {
		case *asJSON && (err == nil || unwell):
			err = printJSON(cmd, out)
		case err == nil || unwell:
			err = returned(cmd.OutOrStdout(), cmd.ErrOrStderr(), out, *dry, time.Since(began))
		case out.Recorded > 0 && !*dry:
			fmt.Fprintf(cmd.ErrOrStderr(), "Stopped after %s. The same command does the rest.\n", counted(out.Recorded, "return"))
		}
		if err == nil && unwell {
			return errUnwell
		}
		return err
	}
	return cmd
}

// returned says what came of a file of staff.
func returned(w, wrong io.Writer, out *platform.ReturnedOf, dry bool, took time.Duration) error {
	for _, p := range out.Problems {
		if _, err := fmt.Fprintln(wrong, p); err != nil {
			return err
		}
	}
	if out.More > 0 {
		if _, err := fmt.Fprintf(wrong, "and %d more\n", out.More); err != nil {
			return err
		}
	}
	if len(out.Problems) > 0 {
		_, err := fmt.Fprintln(w, "Nothing of the file was recorded. Put it right and import it again.")
		return err
	}
	for _, u := range out.Unknown {
		if _, err := fmt.Fprintf(wrong, "%s %s: %s\n", u.Network, u.Name, u.Message); err != nil {
			return err
		}
	}
	did := "recorded"
	if dry {
		did = "to record"
	}
	_, err := fmt.Fprintf(w, "%s %s, %d held already: %s WTE of %s in %s (%s).\n",
		counted(out.Recorded, "return"), did, out.Already, out.WTE.Round(2), counted(out.Networks, "network"), counted(out.Rows, "row"), took.Round(10*time.Millisecond))
	return err
}
