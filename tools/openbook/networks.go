package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
)

func networks() *cobra.Command {
	cmd := &cobra.Command{
		Use: "networks", Args: exactly,
		Short:   "List the networks, all or those of one system",
		Example: "  openbook networks --system QZ1",
	}
	flags := cmd.Flags()
	r := &reader{access: accessFlags(cmd, flags), when: whenFlags(flags), json: flags.Bool("json", false, "print JSON")}
	system := flags.String("system", "", "those of the system with this `code` alone")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := r.client(cmd)
		if err != nil {
			return err
		}
		all := []client.Network{}
		for n, err := range c.Networks(cmd.Context(), events.ICB(*system), *r.when) {
			if err != nil {
				return err
			}
			all = append(all, n)
		}
		switch {
		case *r.json:
			return printJSON(cmd, all)
		case len(all) == 0:
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "There are none in the book.")
			return err
		}
		rows := [][]string{{"NETWORK", "NAME", "SYSTEM", "PLACE", "PRACTICES"}}
		for _, n := range all {
			place := ""
			if n.Place != nil {
				place = n.Place.Name
			}
			rows = append(rows, []string{string(n.Code), n.Name, n.System.Name, place, figure(n.PracticeCount)})
		}
		return table(cmd.OutOrStdout(), rows...)
	}
	return cmd
}
