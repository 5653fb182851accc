package main

import (
	"errors"
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

func rebuild() *cobra.Command {
	cmd := &cobra.Command{
		Use: "rebuild", Args: exactly,
		Short: "Make again what can be made again from the book",
		Long: "Removes the index, the stream that carries the book to its readers, and the snapshots of\n" +
			"views, and makes them again from the book, which it only reads. The platform must not\n" +
			"run meanwhile.",
		Example: "  openbook rebuild --data /srv/openbook",
	}
	flags := cmd.Flags()
	c := platform.Config{}
	flags.StringVar(&c.Data, "data", folder, "`folder` of the book")
	store := storeFlag(flags, "")
	logFlags(flags, &c, slog.LevelError)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c.Log, c.Store = cmd.ErrOrStderr(), *store
		began := time.Now()
		bar := progress(cmd.ErrOrStderr())
		var entries uint64
		err := platform.Rebuild(cmd.Context(), c, func(made, total uint64) {
			if entries = total; made == 0 {
				return // there is no rate to show yet
			}
			bar.ChangeMax64(int64(total))
			_ = bar.Set64(int64(made)) // a bar that cannot be drawn stops nothing
		})
		if errors.Is(err, platform.ErrHeld) || errors.Is(err, platform.ErrNoBook) {
			return fmt.Errorf("nothing was removed: %w", err)
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "Made again from %d entries in %s. Views are read anew at the next start.\n",
			entries, time.Since(began).Round(10*time.Millisecond))
		return err
	}
	return cmd
}

// progress is a bar with rate and time left, where somebody is looking.
func progress(w io.Writer) *progressbar.ProgressBar {
	f, isFile := w.(*os.File)
	return progressbar.NewOptions64(1,
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetVisibility(isFile && term.IsTerminal(int(f.Fd()))),
		progressbar.OptionSetDescription("rebuilding"),
		progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetItsString("entries"),
		progressbar.OptionSetPredictTime(true), progressbar.OptionSetWidth(30),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(),
	)
}
