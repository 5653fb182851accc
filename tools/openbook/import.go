package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/platform"
)

// shownOfEach is how many entries of a type a dry run shows.
const shownOfEach = 5

func imports() *cobra.Command {
	cmd := group("import", "Put files into the book: those NHS England publishes, and your own of spending and payments")
	cmd.Long = `Puts files into the book as they are: those that NHS England publishes, and those
that networks keep of what they spent and systems of what they pay. Only what the
book does not hold yet is recorded, so a file may be imported again, and a newer
one records what has changed. One wrong row, and nothing of the file is recorded.

Import what has dates (epcn) before what has none (registrations), the oldest
first: what has no date is recorded as between the two.`
	cmd.Example = `  openbook import epcn ePCN.xlsx --dry-run
  openbook import registrations gp-reg-pat-prac-map.csv gp-reg-pat-prac-quin-age.zip
  openbook import spending july.csv --for U99001 --dry-run`
	cmd.AddCommand(
		importOf(fact.EPCN, "epcn FILE", "The networks and their dated members", "ePCN.xlsx --dry-run"),
		importOf(fact.Registrations, "registrations FILE...", "Which network and system each practice is in, and its patients", "gp-reg-pat-prac-map.csv gp-reg-pat-prac-quin-age.zip"),
		importOf(fact.Populations, "populations FILE", "PCN adjusted populations of a contract year", "pcn_adjusted_populations_2025-26.csv"),
		importOf(fact.Deprivation, "deprivation FILE", "Index of Multiple Deprivation by practice", "fingertips-imd-2025-gp-practice.csv"),
		importStaff(),
		importOwn(platform.SpendingFile, "What a network or practice has spent, line by line",
			"  openbook import spending july.csv --for U99001 --dry-run\n  openbook import spending july.csv --for U99001 --good-lines"),
		importOwn(platform.PaymentsFile, "What a system means to pay: each line is a request, which somebody else approves",
			"  openbook import payments july.csv --system QZ1 --dry-run"),
	)
	return cmd
}

func importOf(kind fact.Kind, use, short, example string) *cobra.Command {
	name, _, _ := strings.Cut(use, " ")
	cmd := &cobra.Command{Use: use, Short: short, Example: "  openbook import " + name + " " + example, Args: func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usage{cmd, errors.New("FILE is missing")}
		}
		return nil
	}}
	a := accessFlags(cmd, cmd.Flags())
	dry := cmd.Flags().Bool("dry-run", false, "say what would be recorded, and record nothing")
	older := cmd.Flags().Bool("older", false, "import although the book rests on a newer file: add what has dates, and leave the rest")
	again := cmd.Flags().Bool("again", false, "report all of it, although the book has the file in full already")
	part := cmd.Flags().Bool("part", false, "the file is a part of what was published: what it does not have says nothing")
	asAt := cmd.Flags().String("as-at", "", "`day` that the file describes, where it does not say: 2025-01-31")
	asJSON := cmd.Flags().Bool("json", false, "print the outcome as JSON; of a dry run, with every entry")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o := platform.Importing{Kind: kind, DryRun: *dry, Part: *part, Older: *older, Again: *again}
		if *asAt != "" {
			day, err := events.ParseDate(*asAt)
			if err != nil {
				return usage{cmd, fmt.Errorf("--as-at: %w", err)}
			}
			o.AsAt = day
		}
		c, err := a.client(cmd, client.Visible())
		if err != nil {
			return err
		}
		bars := &bars{w: cmd.ErrOrStderr()}
		o.Progress = bars.show
		began := time.Now()
		out, err := platform.Import(cmd.Context(), c, o, args...)
		bars.finish()
		switch {
		case errors.Is(err, context.Canceled) && out != nil:
			if *dry {
				fmt.Fprintln(cmd.ErrOrStderr(), "Stopped. Nothing was recorded.")
			} else {
				fmt.Fprintf(cmd.ErrOrStderr(), "Stopped after %d reports. What they led to is recorded; the same command does the rest.\n", out.Reports)
			}
			return errUnwell
		case err != nil:
			return err
		case *asJSON:
			return printJSON(cmd, out)
		}
		return imported(cmd.OutOrStdout(), out, *dry, time.Since(began))
	}
	return cmd
}

// imported says what an import came to.
func imported(w io.Writer, out *platform.Imported, dry bool, took time.Duration) error {
	var b strings.Builder
	for _, note := range out.Notes {
		fmt.Fprintln(&b, "note:", note)
	}
	entries := 0
	types := slices.SortedFunc(maps.Keys(out.Entries), func(x, y string) int {
		return cmp.Or(cmp.Compare(out.Entries[y], out.Entries[x]), cmp.Compare(x, y))
	})
	did := "recorded"
	if dry {
		did = "to record"
	}
	for _, typ := range types {
		entries += out.Entries[typ]
		fmt.Fprintf(&b, "%8d  %s\n", out.Entries[typ], typ)
		if dry {
			examples(&b, out.Proposed, typ)
		}
	}
	switch {
	case entries == 0:
		fmt.Fprintf(&b, "Nothing %s: the book holds all of it already", did)
	case dry:
		fmt.Fprintf(&b, "%d entries to record; nothing was recorded", entries)
	default:
		fmt.Fprintf(&b, "%d entries recorded", entries)
	}
	fmt.Fprintf(&b, " (source %s, as at %s, %d reports in %s).\n", out.Source, out.AsAt, out.Reports, took.Round(10*time.Millisecond))
	_, err := io.WriteString(w, b.String())
	return err
}

// examples shows the first entries of a type.
func examples(b *strings.Builder, all []client.Proposal, typ string) {
	n := 0
	for _, p := range all {
		if p.Type != typ {
			continue
		}
		if n++; n > shownOfEach {
			fmt.Fprintln(b, "            …")
			return
		}
		fmt.Fprintln(b, "           ", plainly(p.Data))
	}
}

// plainly is an entry's data as words: what would be the same in each is left
// out.
func plainly(data json.RawMessage) string {
	var fields map[string]any
	if err := json.Unmarshal(data, &fields); err != nil {
		return string(data)
	}
	delete(fields, "source")
	delete(fields, "asAt")
	var words []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		words = append(words, fmt.Sprintf("%s %v", name, fields[name]))
	}
	return strings.Join(words, ", ")
}

// bars are the bars of an import, one a step, where somebody is looking.
type bars struct {
	w    io.Writer
	step string
	bar  *progressbar.ProgressBar
}

func (b *bars) show(step platform.Step, done, total int64) {
	if b.bar == nil || b.step != string(step) {
		b.finish()
		b.step = string(step)
		f, isFile := b.w.(*os.File)
		options := []progressbar.Option{
			progressbar.OptionSetWriter(b.w),
			progressbar.OptionSetVisibility(isFile && term.IsTerminal(int(f.Fd()))),
			progressbar.OptionSetDescription(b.step),
			progressbar.OptionSetPredictTime(true), progressbar.OptionSetWidth(30),
			progressbar.OptionThrottle(100 * time.Millisecond), progressbar.OptionClearOnFinish(),
		}
		if step == platform.ReadingFiles {
			options = append(options, progressbar.OptionShowBytes(true))
		} else {
			options = append(options, progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetItsString("reports"))
		}
		b.bar = progressbar.NewOptions64(total, options...)
	}
	_ = b.bar.Set64(done) // a bar that cannot be drawn stops nothing
}

func (b *bars) finish() {
	if b.bar != nil {
		_ = b.bar.Finish()
	}
	b.bar = nil
}
