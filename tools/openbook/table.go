package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/api/client"
)

// table lines up rows of cells.
func table(w io.Writer, rows ...[]string) error {
	tw := tabwriter.NewWriter(&trimmed{w: w}, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(tw, strings.Join(row, "\t"))
	}
	return tw.Flush()
}

// trimmed leaves out the spaces at the end of lines.
type trimmed struct {
	w       io.Writer
	pending []byte
}

func (t *trimmed) Write(b []byte) (int, error) {
	t.pending = append(t.pending, b...)
	for {
		line, rest, whole := strings.Cut(string(t.pending), "\n")
		if !whole {
			return len(b), nil
		}
		t.pending = []byte(rest)
		if _, err := fmt.Fprintln(t.w, strings.TrimRight(line, " ")); err != nil {
			return 0, err
		}
	}
}

// printJSON writes for programs.
func printJSON(cmd *cobra.Command, v any) error {
	e := json.NewEncoder(cmd.OutOrStdout())
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// figure is a number, or why it is not known.
func figure(f client.Figure) string {
	switch {
	case f.Value != nil:
		return f.Value.String()
	case f.Unknown != nil:
		return "not known: " + f.Unknown.Reason
	}
	return "not known"
}
