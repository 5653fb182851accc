package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
)

func entries() *cobra.Command {
	cmd := &cobra.Command{
		Use: "entries ENTITY", Args: exactly,
		Short:   "What the book says of something, entry by entry",
		Long:    "Lists the entries about something, the oldest first. A code will do for a system,\nnetwork or practice; anything else is named as kind and code, such as place-QZ1-WEST.",
		Example: "  openbook entries U99001",
	}
	flags := cmd.Flags()
	a := accessFlags(cmd, flags)
	var asAt time.Time
	flags.Var((*moment)(&asAt), "as-at", "what the book said at this `moment`, such as 2026-04-01T09:30:00Z")
	json := flags.Bool("json", false, "print JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := a.client(cmd)
		if err != nil {
			return err
		}
		all := []client.Entry{}
		for e, err := range c.Entries(cmd.Context(), entity(args[0]), asAt) {
			if err != nil {
				return err
			}
			all = append(all, e)
		}
		switch {
		case *json:
			return printJSON(cmd, all)
		case len(all) == 0:
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "The book says nothing of %s.\n", args[0])
			return err
		}
		rows := [][]string{{"ENTRY", "RECORDED", "WHAT", "BY", "SAYS"}}
		for _, e := range all {
			rows = append(rows, []string{fmt.Sprint(e.Ordinal), at(e.Time), e.Type, string(e.Actor), string(e.Data)})
		}
		return table(cmd.OutOrStdout(), rows...)
	}
	return cmd
}

// entity is what somebody means who writes a code or an entity.
func entity(name string) events.Entity {
	code := strings.ToUpper(name)
	switch {
	case events.PCN(code).Valid():
		return events.PCN(code).Entity()
	case events.Practice(code).Valid():
		return events.Practice(code).Entity()
	case events.ICB(code).Valid():
		return events.ICB(code).Entity()
	}
	return events.Entity(name)
}
