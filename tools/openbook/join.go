package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
)

func join() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "join PRACTICE NETWORK",
		Short:   "Make a practice a member of a network",
		Example: "  openbook join Z99001 U99001 --from 2026-04-01",
	}
	w := writerFlags(cmd, cmd.Flags())
	from, last := today(), events.Date{}
	cmd.Flags().Var((*day)(&from), "from", "its first `day`; today unless given")
	cmd.Flags().Var((*day)(&last), "last-day", "its last `day`, which still counts, if it is known already")
	cmd.Flags().Lookup("from").DefValue = "" // would be another every day
	return w.runs(cmd, func(ctx context.Context, c *client.Client, args []string, given ask.Given) (client.Receipt, error) {
		return c.Join(ctx, network.Join{Given: given, Practice: events.Practice(args[0]), Network: events.PCN(args[1]), From: from, LastDay: last})
	})
}
