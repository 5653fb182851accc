package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/services/platform"
)

func backup() *cobra.Command {
	cmd := &cobra.Command{
		Use: "backup FOLDER", Args: exactly,
		Short: "Back up the book, while it runs or not, and verify the copy",
		Long: "Writes the book into a new folder, with its newest checkpoint and its public keys, and\n" +
			"verifies what it wrote. Private keys are not in it: keep a copy of book.key, and of the\n" +
			"keys of sealed values, apart.",
		Example: "  openbook backup /srv/backups/2026-11-22 --data /srv/openbook",
	}
	c := platform.Config{}
	cmd.Flags().StringVar(&c.Data, "data", folder, "data `folder` of the book")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		bar := progress(cmd.ErrOrStderr())
		r, err := platform.Backup(cmd.Context(), c, args[0], func(done, total uint64) { advance(bar, done, total) })
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "Backed up %s with the root %s, and verified.\n", counted(int(r.Size), "entry"), r.Root)
		return err
	}
	return cmd
}

func restore() *cobra.Command {
	cmd := &cobra.Command{
		Use: "restore FOLDER", Args: exactly,
		Short: "Put a backup into a data folder that has no book, and verify it there",
		Long: "Puts the book of a backup into a data folder, verified by its root. Where the folder still\n" +
			"has book.checkpoint and the backup is older, entries are lost that somebody may hold\n" +
			"proofs of; --new-log goes on all the same, under a new name. Put book.key there too.",
		Example: "  openbook restore /srv/backups/2026-11-22 --data /srv/openbook",
	}
	c := platform.Config{}
	cmd.Flags().StringVar(&c.Data, "data", folder, "data `folder` to restore into")
	anew := cmd.Flags().Bool("new-log", false, "go on under a new name where what was signed is lost")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		bar := progress(cmd.ErrOrStderr())
		r, err := platform.Restore(cmd.Context(), args[0], c, *anew, func(done, total uint64) { advance(bar, done, total) })
		if errors.Is(err, fs.ErrExist) || errors.Is(err, platform.ErrAhead) {
			return fmt.Errorf("nothing was restored: %w", err)
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "Restored %s with the root %s, and verified.\n", counted(int(r.Size), "entry"), r.Root)
		return err
	}
	return cmd
}

func drill() *cobra.Command {
	cmd := &cobra.Command{
		Use: "drill", Args: exactly,
		Short: "Try that the book can be restored: back up, restore, verify, start",
		Long: "Backs up the book, which may be in use, restores the backup beside it, verifies it by its\n" +
			"root and starts it there. Nothing of this is kept: it needs twice the book's room.",
		Example: "  openbook drill --data /srv/openbook",
	}
	c := platform.Config{}
	cmd.Flags().StringVar(&c.Data, "data", folder, "data `folder` of the book")
	logFlags(cmd.Flags(), &c, slog.LevelError)
	asJSON := cmd.Flags().Bool("json", false, "print how it went as JSON")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c.Log = cmd.ErrOrStderr()
		bars := &bars{w: cmd.ErrOrStderr()}
		d, err := platform.RestoreDrill(cmd.Context(), c, func(step string, done, total uint64) { bars.show(platform.Step(step), int64(done), int64(total)) })
		bars.finish()
		if err != nil {
			return fmt.Errorf("the drill failed: %w", err)
		}
		if *asJSON {
			return printJSON(cmd, map[string]any{
				"entries": d.Entries, "root": d.Root.String(), "backupSeconds": d.Backup.Seconds(), "restoreSeconds": d.Restore.Seconds(), "startSeconds": d.Start.Seconds(),
			})
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "The book can be restored: %s with the root %s.\nBacked up in %s, restored in %s, started in %s.\n",
			counted(int(d.Entries), "entry"), d.Root, round(d.Backup), round(d.Restore), round(d.Start))
		return err
	}
	return cmd
}

func round(d time.Duration) time.Duration { return d.Round(10 * time.Millisecond) }

// advance moves a bar that learns its length as it goes.
func advance(bar *progressbar.ProgressBar, done, total uint64) {
	bar.ChangeMax64(int64(total))
	_ = bar.Set64(int64(done)) // a bar that cannot be drawn stops nothing
}
