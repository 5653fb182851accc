package main

import (
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ics-openbook/openbook/services/platform"
)

func up() *cobra.Command {
	cmd := &cobra.Command{
		Use: "up", Args: exactly,
		Short:   "Run the whole platform on this machine",
		Long:    "Runs the whole platform in one process, for this machine alone, until Ctrl-C.\nSample people sign in by links that it prints.",
		Example: "  openbook up --data /srv/openbook --listen 127.0.0.1:9000",
	}
	flags := cmd.Flags()
	c := platform.Config{}
	flags.StringVar(&c.Data, "data", folder, "`folder` of the book, and of what can be made again")
	flags.StringVar(&c.Listen, "listen", "127.0.0.1:8080", "`address` of the API and the pages")
	flags.StringVar(&c.Admin, "admin", "127.0.0.1:8081", "`address` of metrics and health; empty for none")
	flags.BoolVar(&c.Demo, "demo", false, "put an invented system, QZ1, into the book, to try things with")
	store := storeFlag(flags, "")
	signingFlags(flags, &c, "")
	askingFlags(flags, &c, "")
	logFlags(flags, &c, slog.LevelWarn)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c.Log, c.Store = cmd.ErrOrStderr(), *store
		var failed error
		err := platform.Up(cmd.Context(), c, func(s platform.Started) { failed = welcome(cmd.OutOrStdout(), c, s) })
		return ended(cmd, err, failed)
	}
	return cmd
}

// storeFlag adds where the book is. It may have a password.
func storeFlag(flags *pflag.FlagSet, who string) *string {
	return platform.Secret(flags, "store", "`store` of the book, as sqlite:///folder/book.db or esdb://user:password@host:2113; a file in the data folder unless given"+who)
}

// askingFlags add what the gateway lets people ask for.
func askingFlags(flags *pflag.FlagSet, c *platform.Config, who string) {
	flags.StringVar(&c.Documents, "documents", "", "`folder` of trusted documents, *.graphql, read again when it changes"+who)
	flags.IntVar(&c.Capacity, "cost-capacity", platform.Usual.Capacity, "what one client may ask for at once, as `extensions.cost` counts it"+who)
	flags.IntVar(&c.Leak, "cost-leak", platform.Usual.Leak, "what it may ask for in each second from then on"+who)
}

// signingFlags add what the book signs with.
func signingFlags(flags *pflag.FlagSet, c *platform.Config, who string) {
	flags.StringVar(&c.BookKey, "book-key", "", "`file` of the keys the book signs with; book.key in the data folder unless given, made at the first start"+who)
	flags.StringVar(&c.Origin, "origin", "", "`name` under which a new book signs, such as book.example.nhs.uk/QZ1; made up unless given"+who)
	flags.StringArrayVar(&c.Witnesses, "witness", nil, "`key and address` of a witness (c2sp.org/tlog-witness) who cosigns checkpoints; more than once for several"+who)
}

// logFlags add how much is logged, and how.
func logFlags(flags *pflag.FlagSet, c *platform.Config, usual slog.Level) {
	c.LogLevel = usual
	flags.Var((*level)(&c.LogLevel), "log-level", "the least that is logged: debug, info, warn or error")
	flags.BoolVar(&c.LogAsJSON, "log-json", false, "log in JSON")
}

// ended is how a platform that ran ended.
func ended(cmd *cobra.Command, err, said error) error {
	if err == nil && said == nil && cmd.Context().Err() != nil {
		_, said = fmt.Fprintln(cmd.OutOrStdout(), "Stopped.")
	}
	if err != nil {
		return err
	}
	return said
}

// welcome says what runs, how to sign in, and what to try next.
func welcome(w io.Writer, c platform.Config, s platform.Started) error {
	where, err := filepath.Abs(c.Data)
	if err != nil {
		return err
	}
	book, err := c.BookAt()
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "Openbook %s runs. Its book is in %s.\n\n", platform.Version, book)
	rows := [][]string{{"  API and pages", s.URL}}
	if s.Admin != "" {
		rows = append(rows, []string{"  metrics", s.Admin + "/metrics"})
	}
	if err := table(w, rows...); err != nil {
		return err
	}
	fmt.Fprint(w, "\nSign in as one of the sample people. Each link works once, for ten minutes.\n\n")
	rows = nil
	for _, link := range s.Links {
		rows = append(rows, []string{"  " + link.Role, link.URL})
	}
	if err := table(w, rows...); err != nil {
		return err
	}
	first := `register system QZ1 "Demonstration"`
	if c.Demo {
		first = "show network U99001"
	}
	reach := ""
	if s.URL != here {
		reach += " --url " + s.URL
	}
	if c.Data != folder {
		reach += " --data " + quoted(where)
	}
	_, err = fmt.Fprintf(w, `
In another terminal:

  %[1]s %[2]s%[3]s
  %[1]s query '{ me { name } networks(first: 10) { nodes { code name } } }'%[3]s
  %[1]s token --link --as pcn%[3]s

Ctrl-C stops it.
`, self(), first, reach)
	return err
}

// quoted is a word as a shell takes it for one.
func quoted(word string) string {
	if strings.ContainsFunc(word, func(r rune) bool {
		return !strings.ContainsRune("/._-+:@%", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return word
}
