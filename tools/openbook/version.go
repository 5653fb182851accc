package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/services/platform"
)

func version() *cobra.Command {
	return &cobra.Command{
		Use: "version", Args: exactly,
		Short:   "Print the version, and what it was built of",
		Example: "  openbook version",
		RunE: func(cmd *cobra.Command, _ []string) error {
			rows := [][]string{{"openbook", platform.Version}}
			if built, ok := debug.ReadBuildInfo(); ok {
				rows = append(rows, []string{"go", built.GoVersion})
				for _, s := range built.Settings {
					switch s.Key {
					case "vcs.revision":
						rows = append(rows, []string{"commit", s.Value})
					case "vcs.time":
						rows = append(rows, []string{"of", s.Value})
					case "vcs.modified":
						if s.Value == "true" {
							rows = append(rows, []string{"and", "changes that are in no commit"})
						}
					}
				}
			}
			if err := table(cmd.OutOrStdout(), rows...); err != nil {
				return fmt.Errorf("print the version: %w", err)
			}
			return nil
		},
	}
}
