package main

import (
	"context"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/platform"
)

const (
	here      = "http://127.0.0.1:8080"
	folder    = "openbook-data"
	fewTries  = 4 // a person waits
	shortTime = 10 * time.Second
	life      = 15 * time.Minute // of a token that this command makes for itself
)

// access is how a command reaches a platform, and as whom.
type access struct {
	url, ca, token, data, as *string
	after                    *events.Position
}

// accessFlags adds the flags that say so: to a command, or to all of a group.
func accessFlags(cmd *cobra.Command, flags *pflag.FlagSet) *access {
	a := &access{
		url:   flags.String("url", here, "address of the `platform`"),
		ca:    flags.String("ca", "", "`file` with the certificate of the authority that vouches for it"),
		token: platform.Secret(flags, "token", "`token` that says who you are"),
		after: new(events.Position),
	}
	a.data, a.as = localFlags(cmd, flags)
	flags.Var((*position)(a.after), "after", "answer no older than this `position`")
	return a
}

// localFlags add who to be on a platform of this machine.
func localFlags(cmd *cobra.Command, flags *pflag.FlagSet) (data, as *string) {
	data = flags.String("data", folder, "data `folder` of a platform on this machine, where you may be anybody")
	as = flags.String("as", "steward", "whom to be there: a `role`, or one held for an organisation, such as pcn:network-U99001")
	roles := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return platform.Roles(), cobra.ShellCompDirectiveNoFileComp
	}
	if err := cmd.RegisterFlagCompletionFunc("as", roles); err != nil {
		panic(err) // the flag was defined two lines above
	}
	return data, as
}

// client returns one that does as the flags say.
func (a *access) client(cmd *cobra.Command, options ...client.Option) (*client.Client, error) {
	options = append([]client.Option{
		client.Retries(fewTries, shortTime), client.After(*a.after), client.Agent("openbook-cli/" + platform.Version),
	}, options...)
	if *a.ca != "" {
		pem, err := os.ReadFile(*a.ca)
		if err != nil {
			return nil, err
		}
		options = append(options, client.CA(pem))
	}
	c, err := client.New(*a.url, a.source(), options...)
	if err != nil {
		return nil, usage{cmd, err}
	}
	return c, nil
}

// source gives the token that was given, or makes one where this machine may.
func (a *access) source() client.TokenSource {
	if *a.token != "" {
		return client.Token(*a.token)
	}
	return func(context.Context) (string, error) {
		return platform.Token(platform.Config{Data: *a.data}, *a.as, life)
	}
}

// whenFlags add of which moment a reading is.
func whenFlags(flags *pflag.FlagSet) *client.When {
	when := &client.When{}
	flags.Var((*moment)(&when.AsAt), "as-at", "what the book said at this `moment`, such as 2026-04-01T09:30:00Z")
	flags.Var((*day)(&when.On), "on", "what was true on this `day`, such as 2026-04-01; today unless given")
	return when
}
