package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
)

func watch() *cobra.Command {
	cmd := group("watch", "Watch something change")
	cmd.Example = "  openbook watch network U99001"
	cmd.AddCommand(watchNetwork())
	return cmd
}

func watchNetwork() *cobra.Command {
	cmd := &cobra.Command{
		Use: "network CODE", Args: exactly,
		Short:   "Watch a network: as it is, then each change",
		Long:    "Shows a network as it is, then each time it changes, until Ctrl-C. It outlives restarts\nof the platform. With --after it goes on after the last change seen.",
		Example: "  openbook watch network U99001 --count 2",
	}
	flags := cmd.Flags()
	a := accessFlags(cmd, flags)
	flags.Lookup("after").Usage = "the `position` of the last change seen"
	count := flags.Uint("count", 0, "end after so many; 0 for never")
	asJSON := flags.Bool("json", false, "print JSON, one line each")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := a.client(cmd, client.Retries(20, time.Minute))
		if err != nil {
			return err
		}
		seen := uint(0)
		for change, err := range c.WatchNetwork(cmd.Context(), events.PCN(args[0]), *a.after) {
			if errors.Is(err, context.Canceled) {
				return nil // by Ctrl-C, as it is meant to end
			}
			if err == nil && *asJSON {
				err = json.NewEncoder(cmd.OutOrStdout()).Encode(change)
			} else if err == nil {
				err = printChange(cmd.OutOrStdout(), change)
			}
			if seen++; err != nil || seen == *count {
				return err
			}
		}
		return nil
	}
	return cmd
}

func printChange(w io.Writer, change client.NetworkChange) error {
	for _, e := range change.Entries {
		if _, err := fmt.Fprintf(w, "%s  %s  %s\n", at(e.Time), e.Type, e.Data); err != nil {
			return err
		}
	}
	n := change.Network
	unit := "practices"
	if figure(n.PracticeCount) == "1" {
		unit = "practice"
	}
	_, err := fmt.Fprintf(w, "%s  %s  %s %s\n", n.Code, n.Name, figure(n.PracticeCount), unit)
	return err
}
