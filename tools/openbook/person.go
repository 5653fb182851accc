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

func persons() *cobra.Command {
	cmd := group("person", "Record what somebody is called who leads a network or speaks for it, or erase it for ever")
	cmd.Example = "  openbook person name U99001 person-7c9e \"Nadia Whitlock\" --as pcn"
	cmd.AddCommand(namePerson(), erasePerson())
	return cmd
}

func namePerson() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "name NETWORK PERSON NAME",
		Short:   "Record, sealed, what somebody is called",
		Example: "  openbook person name U99001 person-7c9e \"Nadia Whitlock\"",
	}
	return writerFlags(cmd, cmd.Flags()).runs(cmd, func(ctx context.Context, c *client.Client, args []string, given ask.Given) (client.Receipt, error) {
		return c.NamePerson(ctx, network.NamePerson{Given: given, Network: events.PCN(args[0]), Person: events.PersonRef(args[1]), Name: args[2]})
	})
}

func erasePerson() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "erase SYSTEM PERSON REASON",
		Short:   "Erase somebody's name for ever, for the REASON that it is REQUESTED, NO_LONGER_NEEDED or a MISTAKE",
		Example: "  openbook person erase QZ1 person-7c9e REQUESTED --as steward",
	}
	return writerFlags(cmd, cmd.Flags()).runs(cmd, func(ctx context.Context, c *client.Client, args []string, given ask.Given) (client.Receipt, error) {
		return c.ErasePerson(ctx, network.ErasePerson{Given: given, System: events.ICB(args[0]), Person: events.PersonRef(args[1]), Reason: fact.ErasureReason(args[2])})
	})
}
