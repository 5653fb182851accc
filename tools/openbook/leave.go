package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
)

func leave() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "leave PRACTICE NETWORK",
		Short:   "End a practice's membership of a network",
		Example: "  openbook leave Z99001 U99001 --last-day 2027-03-31",
	}
	w := writerFlags(cmd, cmd.Flags())
	last := today()
	cmd.Flags().Var((*day)(&last), "last-day", "its last `day`, which still counts; today unless given")
	cmd.Flags().Lookup("last-day").DefValue = "" // would be another every day
	return w.runs(cmd, func(ctx context.Context, c *client.Client, args []string, given ask.Given) (client.Receipt, error) {
		return c.Leave(ctx, network.Leave{Given: given, Practice: events.Practice(args[0]), Network: events.PCN(args[1]), LastDay: last})
	})
}
