package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
)

func rename() *cobra.Command {
	cmd := group("rename", "Give a system, place, network or practice another name; its code stays")
	cmd.Example = "  openbook rename network U99001 \"North and Coast\""
	w := writerFlags(cmd, cmd.PersistentFlags())
	cmd.AddCommand(
		w.runs(&cobra.Command{
			Use: "system CODE NAME", Short: "Rename a system",
			Example: "  openbook rename system QZ1 \"Sampleshire\"",
		}, func(ctx context.Context, c *client.Client, args []string, given ask.Given) (client.Receipt, error) {
			return c.RenameSystem(ctx, network.RenameSystem{Given: given, Code: events.ICB(args[0]), Name: args[1]})
		}),
		w.runs(&cobra.Command{
			Use: "place SYSTEM CODE NAME", Short: "Rename a place",
			Example: "  openbook rename place QZ1 WEST \"West and Hills\"",
		}, func(ctx context.Context, c *client.Client, args []string, given ask.Given) (client.Receipt, error) {
			return c.RenamePlace(ctx, network.RenamePlace{Given: given, System: events.ICB(args[0]), Code: fact.Place(args[1]), Name: args[2]})
		}),
		w.runs(&cobra.Command{
			Use: "network CODE NAME", Short: "Rename a network",
			Example: "  openbook rename network U99001 \"North and Coast\"",
		}, func(ctx context.Context, c *client.Client, args []string, given ask.Given) (client.Receipt, error) {
			return c.RenameNetwork(ctx, network.RenameNetwork{Given: given, Code: events.PCN(args[0]), Name: args[1]})
		}),
		w.runs(&cobra.Command{
			Use: "practice CODE NAME", Short: "Rename a practice",
			Example: "  openbook rename practice Z99001 \"Mill Lane Surgery\"",
		}, func(ctx context.Context, c *client.Client, args []string, given ask.Given) (client.Receipt, error) {
			return c.RenamePractice(ctx, network.RenamePractice{Given: given, Code: events.Practice(args[0]), Name: args[1]})
		}),
	)
	return cmd
}
