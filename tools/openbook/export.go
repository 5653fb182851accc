package main

import (
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
)

func export() *cobra.Command {
	cmd := group("export", "Take a year of a system's money away as CSV")
	cmd.Long = `Writes CSV to standard output, for a spreadsheet or another program. The columns
are in docs/funding.md; they have a version, and stay. It is all there is, or the
command says that it is not and exits with 1.`
	cmd.Example = "  openbook export ledger QZ1 2025/26 > ledger.csv"
	grants := exportOf("grants", "What a system has awarded, as the 360Giving Data Standard has grants", "  openbook export grants QZ1 2025/26 --prefix 360G-example > grants.csv")
	grants.Flags().String("prefix", "", "your publisher's `prefix` as 360Giving has given it to you, such as 360G-example")
	cmd.AddCommand(
		exportOf("ledger", "Every entry of a ledger, posting by posting", "  openbook export ledger QZ1 2025/26 > ledger.csv"),
		grants,
	)
	return cmd
}

// exportOf makes the command that writes a list of a ledger.
func exportOf(list, short, example string) *cobra.Command {
	cmd := &cobra.Command{Use: list + " SYSTEM YEAR", Short: short, Example: example, Args: exactly}
	a := accessFlags(cmd, cmd.Flags())
	var asAt time.Time
	cmd.Flags().Var((*moment)(&asAt), "as-at", "what the book said at this `moment`, such as 2026-04-01T09:30:00Z")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		year, err := events.ParseYear(args[1])
		if err != nil {
			return usage{cmd, err}
		}
		takes := url.Values{"system": {strings.ToUpper(args[0])}, "year": {string(year)}, "columns": {"1"}}
		if prefix := valueOf(cmd, "prefix"); prefix != "" {
			takes.Set("prefix", prefix)
		}
		if !asAt.IsZero() {
			takes.Set("asAt", asAt.UTC().Format(time.RFC3339Nano))
		}
		c, err := a.client(cmd, client.Visible())
		if err != nil {
			return err
		}
		return c.Table(cmd.Context(), list, takes, cmd.OutOrStdout())
	}
	return cmd
}
