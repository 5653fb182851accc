package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/services/platform"
)

// What the command says to who called it.
const (
	done    = 0
	notDone = 1 // refused, not reachable, or something is wrong
	misread = 2 // the command line, the environment or the file of settings
)

func root() *cobra.Command {
	cmd := group("openbook", "One shared book for an Integrated Care System and its networks")
	cmd.Long = `One shared book for an Integrated Care System and its Primary Care Networks.

` + "`openbook up`" + ` runs the whole platform on this machine. The other commands ask a
platform something: the one on this machine, or another by --url.

Every flag can be set in the environment too, --log-level as OPENBOOK_LOG_LEVEL,
or in a YAML file named by --config, as "log-level: debug".

It exits with 0 when done; 1 when the platform refused, did not answer, or is
not well; 2 when it was called in a way it does not understand.`
	cmd.Example = `  openbook up
  openbook register system QZ1 "Demonstration"
  openbook networks`
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	file := cmd.PersistentFlags().String("config", "", "YAML `file` of settings")
	cmd.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if err := platform.Settings(cmd.Flags(), *file); err != nil {
			return usage{cmd, err}
		}
		return needed(cmd)
	}
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return usage{cmd, flagError(cmd, err)} })
	cmd.AddGroup(
		&cobra.Group{ID: "run", Title: "Run a platform:"},
		&cobra.Group{ID: "read", Title: "Read the book:"},
		&cobra.Group{ID: "write", Title: "Write in the book:"},
	)
	within := func(group string, commands ...*cobra.Command) {
		for _, c := range commands {
			c.GroupID = group
		}
		cmd.AddCommand(commands...)
	}
	within("run", up(), serve(), keys(), token(), documents(), doctor(), rebuild(), migration(), backup(), restore(), drill(), benchmark())
	within("read", show(), networks(), equity(), posts(), reconciles(), entries(), export(), watch(), query(), receipts(), explains(), verify())
	within("write", register(), rename(), join(), leave(), persons(), imports(), contracts(), fund(), challenges(), submit(), claims())
	cmd.AddCommand(version())
	return cmd
}

// group is a command that only has others. What it does not know it says, with
// what may have been meant.
func group(use, short string) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			cmd.SuggestionsMinimumDistance = 2
			problem := fmt.Errorf("there is no command %q", strings.TrimSpace(cmd.CommandPath()+" "+args[0]))
			if similar := cmd.SuggestionsFor(args[0]); len(similar) > 0 {
				problem = fmt.Errorf("%w: did you mean %q?", problem, cmd.CommandPath()+" "+similar[0])
			}
			return usage{cmd, problem}
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
}

// run carries out a command line and returns its exit code.
func run(ctx context.Context, cmd *cobra.Command, args []string) int {
	cmd.SetArgs(args)
	ran, err := cmd.ExecuteContextC(ctx)
	if err == nil {
		return done
	}
	code, text := explain(ran, err)
	if text != "" {
		fmt.Fprintln(ran.ErrOrStderr(), text)
	}
	return code
}

// self is how to call this command again.
func self() string {
	if strings.Contains(os.Args[0], string(filepath.Separator)+"go-build") {
		return "go run ./tools/openbook"
	}
	return "openbook"
}
