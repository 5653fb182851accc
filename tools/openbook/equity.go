package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/govalues/decimal"
	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/events/network"
)

// How large a bar and a plot are.
const (
	barWidth   = 20
	plotWidth  = 60
	plotHeight = 16
)

func equity() *cobra.Command {
	cmd := &cobra.Command{
		Use: "equity SYSTEM YEAR", Args: exactly,
		Short: "Show how evenly money reaches the networks of a system",
		Long: `Show how evenly the money of a year reaches the networks of a system: pounds per
head, whether they go with deprivation, and how many networks have little or much.

With --what-if it shows what each network would have if the same money were divided
by another rule. Nothing is recorded.`,
		Example: `  openbook equity QZ1 2025/26
  openbook equity QZ1 2025/26 --stream core --stage paid --basis weighted
  openbook equity QZ1 2025/26 --what-if weighted --deprivation-weight 0.1`,
	}
	flags := cmd.Flags()
	a := accessFlags(cmd, flags)
	json := flags.Bool("json", false, "print JSON")
	asAt := new(moment)
	flags.Var(asAt, "as-at", "as the book was at this `moment`, such as 2026-04-01T09:30:00Z")
	stream := flags.String("stream", "", "one `stream` of money alone, such as core")
	stage, basis, by := choice("allocated", lower(client.EquityStages)), choice("registered", lower(network.Bases[:])), choice("", lower(network.Bases[:]))
	flags.Var(stage, "stage", "how far the money has come: "+stage.words())
	flags.Var(basis, "basis", "how patients are counted: "+basis.words())
	practices := flags.Bool("practices", false, "count what is paid to a network's practices as its money too; unless given, of a stream that is paid to practices alone")
	flags.Var(by, "what-if", "what each would have by patients counted so: "+by.words())
	weight := flags.String("deprivation-weight", "0", "with --what-if, how much more a patient counts for ten points of deprivation above the mean, such as `0.1`")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		year, err := events.ParseYear(args[1])
		if err != nil {
			return usage{cmd, err}
		}
		k, err := decimal.Parse(*weight)
		if err != nil {
			return usage{cmd, fmt.Errorf("--deprivation-weight: %q is not a number: write it as 0.1", *weight)}
		}
		if by.chosen == "" && cmd.Flags().Changed("deprivation-weight") {
			return usage{cmd, fmt.Errorf("--deprivation-weight goes with --what-if: it is a part of the other rule")}
		}
		c, err := a.client(cmd)
		if err != nil {
			return err
		}
		of := client.EquityOf{
			System: events.ICB(args[0]), Year: year, Stream: funding.Stream(*stream), Stage: client.EquityStage(strings.ToUpper(stage.chosen)),
			Basis: network.Basis(strings.ToUpper(basis.chosen)), AsAt: time.Time(*asAt),
		}
		if cmd.Flags().Changed("practices") {
			of.Practices = practices
		}
		if by.chosen != "" {
			return showWhatIf(cmd, c, of, network.Basis(strings.ToUpper(by.chosen)), k, *json)
		}
		return showEquity(cmd, c, of, *json)
	}
	return cmd
}

// equityShown is what a system's equity is printed from.
type equityShown struct {
	System events.ICB `json:"system"`
	Name   string     `json:"name"`
	*client.Equity
	Networks []client.NetworkEquity `json:"networks"` // null where they are not open
	LeftOut  []client.EquityLeftOut `json:"leftOut"`
}

func showEquity(cmd *cobra.Command, c *client.Client, of client.EquityOf, json bool) error {
	name, e, err := c.Equity(cmd.Context(), of)
	if err != nil {
		return err
	}
	if e == nil {
		return fmt.Errorf("the book knows no system %s: register it first, or check the code", of.System)
	}
	networks, left, err := c.EquityNetworks(cmd.Context(), of)
	if err = open(err); err != nil {
		return err
	}
	shown := equityShown{of.System, name, e, networks, left}
	if json {
		return printJSON(cmd, shown)
	}
	return shown.print(cmd.OutOrStdout(), of)
}

func (e equityShown) print(w io.Writer, of client.EquityOf) error {
	fmt.Fprintln(w, heading(e.Name, of, e.Practices))
	if e.Networks == nil {
		if err := closed(w, "networks", e.System); err != nil {
			return err
		}
	} else {
		fmt.Fprintln(w)
		if err := networkTable(w, e.Networks); err != nil {
			return err
		}
		draw(w, e.Networks, e.Slope)
	}
	fmt.Fprintf(w, "\n%s\n", slope(e.Slope))
	for _, l := range e.LeftOut {
		fmt.Fprintf(w, "  left out: %s %s: %s\n", l.Code, l.Name, l.Why.Reason)
	}
	fmt.Fprintln(w)
	if err := table(w, bands(e.Bands)...); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "Survey: %s. %s\n", e.Bands.SurveySource, e.Bands.SurveyNote)
	return err
}

// heading says of which money all that follows is.
func heading(name string, of client.EquityOf, practices bool) string {
	stream := "all streams"
	if of.Stream != "" {
		stream = string(of.Stream)
	}
	if practices {
		stream += ", practices included"
	}
	return fmt.Sprintf("%s %s, %s: what is %s, %s, by %s patients", of.System, name, of.Year, word(of.Stage), stream, word(of.Basis))
}

func networkTable(w io.Writer, all []client.NetworkEquity) error {
	most := 0.0
	for _, n := range all {
		if n.PerHead.Value != nil {
			v, _ := n.PerHead.Value.Float64()
			most = max(most, v)
		}
	}
	rows := [][]string{{"NETWORK", "NAME", "MONEY", "PATIENTS", "DEPRIVATION", "A HEAD", ""}}
	for _, n := range all {
		drawn := ""
		if n.PerHead.Value != nil {
			v, _ := n.PerHead.Value.Float64()
			drawn = bar(v, most, barWidth)
		}
		rows = append(rows, []string{string(n.Code), n.Name, pounds(n.Amount), brief(n.Patients), brief(n.Deprivation), brief(n.PerHead), drawn})
	}
	return table(w, rows...)
}

// draw plots networks by deprivation and money, where both are known.
func draw(w io.Writer, all []client.NetworkEquity, s client.EquitySlope) {
	p := plot{x: "deprivation", y: "pounds a head", width: plotWidth, height: plotHeight}
	for _, n := range all {
		if n.Deprivation.Value != nil && n.PerHead.Value != nil {
			x, _ := n.Deprivation.Value.Float64()
			y, _ := n.PerHead.Value.Float64()
			p.points = append(p.points, point{x, y})
		}
	}
	if s.Line != nil {
		per, _ := s.Line.Slope.Float64()
		level, _ := s.Line.Intercept.Float64()
		p.line = func(x float64) float64 { return level + per*x/10 }
	}
	if lines := p.lines(); lines != nil {
		fmt.Fprintf(w, "\n%s\n", strings.Join(lines, "\n"))
	}
}

// slope says in words how money goes with deprivation.
func slope(s client.EquitySlope) string {
	if s.Line == nil {
		if s.Unknown == nil {
			return "How money goes with deprivation is not known."
		}
		return "How money goes with deprivation is not known: " + s.Unknown.Reason
	}
	l := s.Line
	text := fmt.Sprintf("Ten points more of deprivation go with %s a head (95 %% confidence: %s to %s; standard error £%s", signed(l.Slope), signed(l.Low), signed(l.High), l.StandardError.Pad(2))
	if l.RSquared != nil {
		text += "; R² " + l.RSquared.String()
	}
	text += "; " + brief(s.Networks) + " networks)."
	if !l.Low.IsPos() && !l.High.IsNeg() {
		text += " It may well be nothing: 0 is in between."
	}
	return text
}

func signed(d decimal.Decimal) string {
	if d.IsNeg() {
		return "−£" + d.Abs().Pad(2).String()
	}
	return "+£" + d.Pad(2).String()
}

func bands(b client.EquityBands) [][]string {
	row := func(name string, band client.EquityBand) []string {
		return []string{name, brief(band.Networks), brief(band.Share), brief(band.Survey)}
	}
	return [][]string{
		{"MONEY", "NETWORKS", "PER CENT", "SURVEY"},
		row("under £20,000", b.Under), row("£20,000 to £50,000", b.Middle), row("over £50,000", b.Over),
		{"known", brief(b.Known), "", ""},
	}
}

// brief is a figure as a cell has it.
func brief(f client.Figure) string {
	if f.Value == nil {
		return "not known"
	}
	return f.Value.String()
}

func pounds(a client.Amount) string {
	if a.Value == nil {
		return "not known"
	}
	return a.Value.String()
}

// word is one of the API's words as people write it.
func word[W ~string](w W) string { return strings.ToLower(string(w)) }

func lower[W ~string](all []W) (words []string) {
	for _, w := range all {
		words = append(words, word(w))
	}
	return words
}

// oneOf is a flag that takes one of a few words.
type oneOf struct {
	chosen string
	of     []string
}

func choice(unless string, of []string) *oneOf { return &oneOf{unless, of} }

func (o *oneOf) words() string  { return strings.Join(o.of, ", ") }
func (o *oneOf) Type() string   { return "word" }
func (o *oneOf) String() string { return o.chosen }
func (o *oneOf) Set(s string) error {
	if !slices.Contains(o.of, s) {
		return fmt.Errorf("%q is none of %s", s, o.words())
	}
	o.chosen = s
	return nil
}
