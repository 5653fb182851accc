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

func register() *cobra.Command {
	cmd := group("register", "Open a part of the book: of a system, place, network or practice")
	cmd.Example = "  openbook register network U99001 \"North\" --system QZ1"
	w := writerFlags(cmd, cmd.PersistentFlags())
	cmd.AddCommand(registerSystem(w), registerPlace(w), registerNetwork(w), registerPractice(w))
	return cmd
}

func registerSystem(w *writer) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "system CODE NAME",
		Short:   "Register an Integrated Care System, by the code of its board",
		Example: "  openbook register system QZ1 \"Demonstration\" --region Y59",
	}
	region := cmd.Flags().String("region", "", "`code` of its NHS England region, such as Y59")
	return w.runs(cmd, func(ctx context.Context, c *client.Client, args []string, given ask.Given) (client.Receipt, error) {
		return c.RegisterSystem(ctx, network.RegisterSystem{Given: given, Code: events.ICB(args[0]), Name: args[1], Region: events.Region(*region)})
	})
}

func registerPlace(w *writer) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "place SYSTEM CODE NAME",
		Short:   "Register a place of a system, under a short code of its own",
		Example: "  openbook register place QZ1 WEST \"West\"",
	}
	return w.runs(cmd, func(ctx context.Context, c *client.Client, args []string, given ask.Given) (client.Receipt, error) {
		return c.RegisterPlace(ctx, network.RegisterPlace{Given: given, System: events.ICB(args[0]), Code: fact.Place(args[1]), Name: args[2]})
	})
}

func registerNetwork(w *writer) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "network CODE NAME --system SYSTEM",
		Short:   "Register a Primary Care Network",
		Example: "  openbook register network U99001 \"North\" --system QZ1 --place WEST",
	}
	system := cmd.Flags().String("system", "", "`code` of the system it is in")
	place := cmd.Flags().String("place", "", "`code` of its place there, if known")
	return w.runs(cmd, func(ctx context.Context, c *client.Client, args []string, given ask.Given) (client.Receipt, error) {
		return c.RegisterNetwork(ctx, network.RegisterNetwork{
			Given: given, Code: events.PCN(args[0]), Name: args[1], System: events.ICB(*system), Place: fact.Place(*place),
		})
	})
}

func registerPractice(w *writer) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "practice CODE NAME --system SYSTEM",
		Short:   "Register a GP practice",
		Example: "  openbook register practice Z99001 \"Mill Lane Surgery\" --system QZ1",
	}
	system := cmd.Flags().String("system", "", "`code` of the system it is in")
	return w.runs(cmd, func(ctx context.Context, c *client.Client, args []string, given ask.Given) (client.Receipt, error) {
		return c.RegisterPractice(ctx, network.RegisterPractice{Given: given, Code: events.Practice(args[0]), Name: args[1], System: events.ICB(*system)})
	})
}
