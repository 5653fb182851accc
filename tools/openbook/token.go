package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/services/platform"
)

func token() *cobra.Command {
	cmd := &cobra.Command{
		Use: "token", Args: exactly,
		Short: "Be a sample person of the platform on this machine",
		Long: "Prints a token of the platform whose data folder is on this machine; with --link, an\n" +
			"address that signs a browser in, once, within ten minutes.",
		Example: "  openbook token --as pcn --link\n  curl -H \"Authorization: Bearer $(openbook token --as auditor)\" …",
	}
	flags := cmd.Flags()
	data, as := localFlags(cmd, flags)
	ttl := flags.Duration("ttl", time.Hour, "how `long` it holds")
	link := flags.Bool("link", false, "ask the platform that runs for a sign-in link")
	url := flags.String("url", here, "address of the `platform`, for --link")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if *ttl <= 0 {
			return usage{cmd, fmt.Errorf("--ttl: a token holds for some time, such as 15m")}
		}
		printed, err := platform.Token(platform.Config{Data: *data}, *as, *ttl)
		if err == nil && *link {
			var c *client.Client
			if c, err = client.New(*url, client.Token(printed)); err == nil {
				printed, err = c.SignInLink(cmd.Context())
			}
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(cmd.OutOrStdout(), printed)
		return err
	}
	return cmd
}
