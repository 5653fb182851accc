package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/platform"
)

// importOwn makes the command that imports one kind of people's own files.
func importOwn(kind platform.OwnFile, short, example string) *cobra.Command {
	cmd := &cobra.Command{
		Use: string(kind) + " FILE", Short: short, Example: example, Args: exactly,
		Long: short + `.

The file is a CSV, however your spreadsheet saves it, or an XLSX workbook. The
columns are in docs/funding.md. Nothing of it is recorded unless all of it can be;
with --good-lines, what can be is. A line is one entry by its reference: the same
file again records nothing.`,
	}
	a := accessFlags(cmd, cmd.Flags())
	dry := cmd.Flags().Bool("dry-run", false, "say what would be recorded, and record nothing")
	good := cmd.Flags().Bool("good-lines", false, "record the lines that are right, though others are wrong")
	system := cmd.Flags().String("system", "", "`code` of the system whose ledger it is; the payee's own unless given")
	whose := ""
	if kind == platform.SpendingFile {
		cmd.Flags().StringVar(&whose, "for", "", "`code` of the network or practice whose spending it is, where the file does not say")
	}
	years := yearsFlag(cmd.Flags())
	cmd.Flags().Lookup("year").Usage = "financial `year` of the ledger: lines of another are wrong; that of each line's date unless given"
	asJSON := cmd.Flags().Bool("json", false, "print the outcome as JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o := platform.ImportingOf{Kind: kind, For: whose, System: events.ICB(strings.ToUpper(*system)), DryRun: *dry, GoodLines: *good}
		switch len(*years) {
		case 0:
		case 1:
			o.Year = (*years)[0]
		default:
			return usage{cmd, errors.New("--year: a file is of one year, or of those that its dates are in")}
		}
		c, err := a.client(cmd, client.Visible())
		if err != nil {
			return err
		}
		bars := &bars{w: cmd.ErrOrStderr()}
		o.Progress = func(step platform.OwnStep, done, total int64) { bars.show(platform.Step(step), done, total) }
		out, err := platform.ImportOwn(cmd.Context(), c, o, args[0])
		bars.finish()
		wrong := errors.Is(err, platform.ErrWrongLines)
		switch {
		case *asJSON && (err == nil || wrong):
			err = printJSON(cmd, out)
		case err == nil || wrong:
			err = importedOwn(cmd.OutOrStdout(), cmd.ErrOrStderr(), out, o)
		case out.Recorded > 0 && !o.DryRun:
			fmt.Fprintf(cmd.ErrOrStderr(), "Stopped after %s. The same command does the rest.\n", recorded(out, "recorded"))
		}
		if err == nil && wrong {
			return errUnwell
		}
		return err
	}
	return cmd
}

// importedOwn says what came of a file: what is wrong to those who mend it, and
// the rest to those who read on.
func importedOwn(w, wrong io.Writer, out *platform.ImportedOf, o platform.ImportingOf) error {
	for _, p := range out.Problems {
		if _, err := fmt.Fprintln(wrong, p); err != nil {
			return err
		}
	}
	var b strings.Builder
	for _, note := range out.Notes {
		fmt.Fprintln(&b, "note:", note)
	}
	bad, of := len(out.Problems) > 0, counted(out.Lines, "line")
	if out.Wrong > 0 {
		of += fmt.Sprintf(", %d of them wrong", out.Wrong)
	}
	switch {
	case o.DryRun && bad && !o.GoodLines:
		fmt.Fprintf(&b, "Nothing would be recorded of %s. With --good-lines, %s at most.\n", of, counted(out.Recorded, "line"))
	case o.DryRun:
		fmt.Fprintf(&b, "%s. Nothing was recorded, and by the time it is, the ledger may be another.\n", recorded(out, "to record"))
	case bad && !o.GoodLines && out.Recorded == 0:
		fmt.Fprintf(&b, "Nothing was recorded of %s. Put the file right and import it again, or say --good-lines.\n", of)
	case bad && !o.GoodLines:
		fmt.Fprintf(&b, "Stopped after %s, as others have written in the ledger meanwhile. Import the file again for the rest.\n", recorded(out, "recorded"))
	default:
		fmt.Fprintf(&b, "%s.\n", recorded(out, "recorded"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// recorded is how many lines were, and what of the others.
func recorded(out *platform.ImportedOf, did string) string {
	text := fmt.Sprintf("%s %s, £%s", counted(out.Recorded, "line"), did, out.Amount)
	if out.Already > 0 {
		text += fmt.Sprintf("; %d in the ledger already", out.Already)
	}
	if out.Wrong > 0 {
		text += fmt.Sprintf("; %d wrong", out.Wrong)
	}
	return text
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	if stem, is := strings.CutSuffix(what, "try"); is {
		return fmt.Sprintf("%d %stries", n, stem)
	}
	return fmt.Sprintf("%d %ss", n, what)
}
