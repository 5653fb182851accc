package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/platform"
)

func contracts() *cobra.Command {
	cmd := group("contract", "Publish, compare and show the Network Contract of a year")
	cmd.Long = `The Network Contract is kept by year: streams of money with what they are paid by,
what may be bought with them, roles with their maxima, and what is required; each
with its source and how well it is known. What nobody has found is not there.

The years since 2019/20 come with openbook. Publishing records only what the book
does not say yet, and takes nothing away.`
	cmd.Example = `  openbook contract publish --shipped
  openbook contract show 2025/26
  openbook contract diff terms.yaml`
	cmd.AddCommand(publish(), differ(), showContract())
	return cmd
}

func publish() *cobra.Command {
	cmd := &cobra.Command{
		Use: "publish [FILE...]", Short: "Put the terms of documents, or those that are shipped, into the book",
		Example: "  openbook contract publish --shipped --year 2025/26 --dry-run\n  openbook contract publish terms.yaml",
	}
	a := accessFlags(cmd, cmd.Flags())
	shipped := cmd.Flags().Bool("shipped", false, "the documents that come with openbook")
	years := yearsFlag(cmd.Flags())
	dry := cmd.Flags().Bool("dry-run", false, "say what would be recorded, and record nothing")
	asJSON := cmd.Flags().Bool("json", false, "print the outcome as JSON; of a dry run, with every entry")
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) == 0 && !*shipped:
			return usage{cmd, errors.New("FILE is missing: name a document, or --shipped")}
		case len(args) > 0 && *shipped:
			return usage{cmd, errors.New("name documents, or --shipped, not both")}
		case len(*years) > 0 && !*shipped:
			return usage{cmd, errors.New("--year goes with --shipped: a document says itself of which year it is")}
		}
		return nil
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		documents, err := documentsOf(args, *years)
		if err != nil {
			return err
		}
		c, err := a.client(cmd, client.Visible())
		if err != nil {
			return err
		}
		out, err := platform.PublishContracts(cmd.Context(), c, *dry, documents...)
		if *asJSON && (err == nil || len(out) > 0) {
			return errors.Join(printJSON(cmd, out), err)
		}
		return errors.Join(published(cmd.OutOrStdout(), out, *dry), err)
	}
	return cmd
}

// documentsOf are the documents of files, all read before any is published, or
// those that are shipped.
func documentsOf(files []string, years yearList) (all []*platform.ContractDocument, err error) {
	if len(files) == 0 {
		return platform.ShippedContracts(years...)
	}
	var wrong []error
	for _, file := range files {
		d, err := platform.ReadContract(file)
		wrong = append(wrong, err)
		all = append(all, d)
	}
	return all, errors.Join(wrong...)
}

// published says what came of each document.
func published(w io.Writer, all []platform.PublishedContract, dry bool) error {
	var b strings.Builder
	for _, o := range all {
		switch {
		case o.Entries == 0:
			fmt.Fprintf(&b, "%s  the book says all of it already (%s)\n", o.Year, o.File)
		case dry:
			fmt.Fprintf(&b, "%s  %d entries to record; nothing was recorded (%s)\n", o.Year, o.Entries, o.File)
			for _, p := range o.Proposed {
				fmt.Fprintf(&b, "           %s  %s\n", p.Type, plainly(p.Data))
			}
		default:
			fmt.Fprintf(&b, "%s  %d entries recorded (%s)\n", o.Year, o.Entries, o.File)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// yearList is a flag of financial years.
type yearList []events.Year

func yearsFlag(flags *pflag.FlagSet) *yearList {
	y := &yearList{}
	flags.Var(y, "year", "only of this financial `year`, such as 2025/26; give it again for others")
	return y
}

func (y *yearList) Type() string { return "year" }
func (y *yearList) String() string {
	var s []string
	for _, one := range *y {
		s = append(s, string(one))
	}
	return strings.Join(s, ",")
}

func (y *yearList) Set(s string) error {
	one, err := events.ParseYear(s)
	*y = append(*y, one)
	return err
}
