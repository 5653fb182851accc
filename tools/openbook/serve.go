package main

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/services/platform"
)

func serve() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve SERVICE",
		Short: "Run one service as a process of its own",
		Long: "Runs one service until it is told to stop: " + strings.Join(platform.Services, ", ") + ".\n" +
			"Services find each other over NATS and may be started in any order.",
		Example: "  openbook serve gateway --nats nats://nats:4222 --nats-password-file /run/secrets/gateway \\\n" +
			"    --issuer https://login.example.nhs.uk --audience openbook --signing-key gateway.key --listen :8080",
		ValidArgs: platform.Services,
		Args: func(cmd *cobra.Command, args []string) error {
			if err := exactly(cmd, args); err != nil {
				return err
			}
			if !slices.Contains(platform.Services, args[0]) {
				return usage{cmd, fmt.Errorf("there is no service %q: it is one of %s", args[0], strings.Join(platform.Services, ", "))}
			}
			return nil
		},
	}
	flags := cmd.Flags()
	c := platform.Config{}
	flags.StringVar(&c.Data, "data", folder, "`folder` of the service: of the book itself, or of what can be made again")
	store := storeFlag(flags, " (book)")
	flags.StringVar(&c.NATS, "nats", "nats://127.0.0.1:4222", "`URL` of NATS, or several with commas")
	password := platform.Secret(flags, "nats-password", "`password` of the service's user there")
	flags.StringVar(&c.Listen, "listen", "127.0.0.1:8080", "`address` of the API and the pages (gateway)")
	flags.StringVar(&c.Admin, "admin", "127.0.0.1:8081", "`address` of metrics and health; empty for none")
	flags.StringVar(&c.Issuer, "issuer", "", "`URL` of the issuer whose tokens are believed (gateway)")
	flags.StringVar(&c.Audience, "audience", "", "`name` that tokens must be issued for (gateway)")
	flags.StringVar(&c.KeysURL, "keys-url", "", "`URL` of the issuer's keys; asked of the issuer unless given (gateway)")
	signingFlags(flags, &c, " (book)")
	flags.StringVar(&c.SigningKey, "signing-key", "", "`file` of the key that asks are signed with (gateway)")
	flags.StringVar(&c.Verification, "verification-key", "", "`file` of that key's public half (services that decide)")
	askingFlags(flags, &c, " (gateway)")
	logFlags(flags, &c, slog.LevelInfo)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c.Log, c.Store, c.NATSPassword = cmd.ErrOrStderr(), *store, *password
		var failed error
		err := platform.Serve(cmd.Context(), args[0], c, func(s platform.Started) {
			rows := [][]string{{args[0] + " runs", s.NATS}}
			if s.URL != "" {
				rows = append(rows, []string{"API and pages", s.URL})
			}
			if s.Admin != "" {
				rows = append(rows, []string{"metrics", s.Admin + "/metrics"})
			}
			failed = table(cmd.OutOrStdout(), rows...)
		})
		return ended(cmd, err, failed)
	}
	return cmd
}
