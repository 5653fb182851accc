package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/ics-openbook/openbook/services/platform"
)

func migration() *cobra.Command {
	cmd := &cobra.Command{
		Use: "migrate --from STORE --to STORE", Args: exactly,
		Short: "Move the book to another store, and prove that it is the same",
		Long: "Copies the book from one store to another, with its ids, order, revisions and times, then\n" +
			"reads both in full and compares the roots of their trees. Broken off, the same command goes\n" +
			"on. The facts of the source are only read. No platform may run on either meanwhile;\n" +
			"afterwards start it with the new --store, and it makes its index and stream anew.\n\n" +
			"Passwords are better in a file, or in OPENBOOK_FROM and OPENBOOK_TO.",
		Example: "  openbook migrate --from sqlite:///srv/openbook/book.db --to 'esdb://admin:changeit@db1:2113?tls=true'",
	}
	flags := cmd.Flags()
	from := platform.Secret(flags, "from", "`store` the book is in, as sqlite:///folder/book.db or esdb://user:password@host:2113")
	to := platform.Secret(flags, "to", "`store` it goes to, empty or with a beginning of the same book")
	c := platform.Config{}
	asJSON := flags.Bool("json", false, "print the outcome as JSON")
	logFlags(flags, &c, slog.LevelError)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c.Log = cmd.ErrOrStderr()
		began, bar := time.Now(), &stages{w: cmd.ErrOrStderr()}
		out, err := platform.Migrate(cmd.Context(), c, *from, *to, bar.show)
		bar.finish()
		switch {
		case err != nil:
			return err
		case *asJSON:
			return printJSON(cmd, out)
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "Book %s has %d entries in both stores, %d of them copied in %s.\nroot of the source  %s\nroot of the copy    %s\n",
			out.Book, out.Entries, out.Copied, time.Since(began).Round(10*time.Millisecond), out.From, out.To)
		return err
	}
	return cmd
}

// stages are the bars of a move, one a stage, where somebody is looking.
type stages struct {
	w     io.Writer
	stage string
	bar   *progressbar.ProgressBar
}

func (s *stages) show(p platform.Moving) {
	if s.bar == nil || s.stage != string(p.Stage) {
		s.finish()
		s.stage = string(p.Stage)
		f, isFile := s.w.(*os.File)
		s.bar = progressbar.NewOptions64(int64(p.Total),
			progressbar.OptionSetWriter(s.w),
			progressbar.OptionSetVisibility(isFile && term.IsTerminal(int(f.Fd()))),
			progressbar.OptionSetPredictTime(true), progressbar.OptionSetWidth(30),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(),
		)
	}
	s.bar.Describe(fmt.Sprintf("%s: %d entries", s.stage, p.Entries))
	_ = s.bar.Set64(int64(p.Done)) // a bar that cannot be drawn stops nothing
}

func (s *stages) finish() {
	if s.bar != nil {
		_ = s.bar.Finish()
	}
	s.bar = nil
}
