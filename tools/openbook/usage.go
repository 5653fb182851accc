package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// usage is an error of who called the command.
type usage struct {
	cmd *cobra.Command
	err error
}

func (u usage) Error() string { return u.err.Error() }
func (u usage) Unwrap() error { return u.err }

// A command's line of use, such as "network CODE NAME --system SYSTEM", is also
// what is checked: the arguments it names, and the flags that must be there.

// parameters are the arguments that a command takes.
func parameters(cmd *cobra.Command) (names []string) {
	for _, word := range strings.Fields(cmd.Use)[1:] {
		if strings.HasPrefix(word, "-") || strings.HasPrefix(word, "[") {
			break
		}
		names = append(names, word)
	}
	return names
}

// exactly the arguments of the line of use are taken.
func exactly(cmd *cobra.Command, args []string) error {
	names := parameters(cmd)
	switch {
	case len(args) == len(names)-1:
		return usage{cmd, fmt.Errorf("%s is missing", names[len(args)])}
	case len(args) < len(names):
		return usage{cmd, fmt.Errorf("%s are missing", strings.Join(names[len(args):], " and "))}
	case len(args) > len(names):
		return usage{cmd, fmt.Errorf("%q is one too many: put what has spaces in quotes", args[len(names)])}
	}
	return nil
}

// some wants one argument or more.
func some(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return exactly(cmd, args)
	}
	return nil
}

// needed checks the flags of the line of use, once the environment and the file
// have spoken too.
func needed(cmd *cobra.Command) error {
	for _, word := range strings.Fields(cmd.Use)[1:] {
		name, isFlag := strings.CutPrefix(word, "--")
		if isFlag && !cmd.Flags().Changed(name) {
			return usage{cmd, fmt.Errorf("--%s is missing", name)}
		}
	}
	return nil
}

// flagError says what is wrong with a flag in words.
func flagError(cmd *cobra.Command, err error) error {
	var (
		unknown *pflag.NotExistError
		empty   *pflag.ValueRequiredError
		unfit   *pflag.InvalidValueError
	)
	switch {
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "":
		return fmt.Errorf("there is no flag -%s", unknown.GetSpecifiedName())
	case errors.As(err, &unknown):
		name := unknown.GetSpecifiedName()
		if near := nearest(cmd, name); near != "" {
			return fmt.Errorf("there is no flag --%s: did you mean --%s?", name, near)
		}
		return fmt.Errorf("there is no flag --%s", name)
	case errors.As(err, &empty):
		return fmt.Errorf("--%s is without its value", empty.GetFlag().Name)
	case errors.As(err, &unfit):
		return fmt.Errorf("--%s: %w", unfit.GetFlag().Name, inWords(unfit))
	}
	return err
}

// inWords says what a value should look like: our own kinds of values know,
// others speak to programmers.
func inWords(unfit *pflag.InvalidValueError) error {
	like := map[string]string{"duration": "90s, 15m or 2h", "bool": "true or false", "uint": "10", "uint64": "10"}[unfit.GetFlag().Value.Type()]
	if like == "" {
		return unfit.Unwrap()
	}
	return fmt.Errorf("%q does not fit: write it as %s", unfit.GetValue(), like)
}

func nearest(cmd *cobra.Command, name string) (near string) {
	distance := len(name)/2 + 1 // what is further away is no slip
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if d := levenshtein.ComputeDistance(name, f.Name); d < distance {
			near, distance = f.Name, d
		}
	})
	return near
}
