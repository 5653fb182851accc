package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/services/platform/bench"
)

func benchmark() *cobra.Command {
	cmd := &cobra.Command{
		Use: "bench", Args: exactly,
		Short: "Measure the platform on this machine",
		Long: `Measure the platform on this machine: real NATS, a real book on a real disk,
real HTTP, in a folder that is removed again. The load runs in the same process
and takes its share of the processors. Nothing that runs here is touched.`,
		Example: "  openbook bench\n  openbook bench --only append --duration 10s --json > append.json\n  openbook bench --only posting --rate 1500",
	}
	flags := cmd.Flags()
	o := bench.Options{}
	flags.IntVar(&o.Rate, "rate", 0, "how many they ask a second, together; as many as are answered unless given")
	flags.DurationVar(&o.Duration, "duration", 5*time.Second, "how long each measurement lasts")
	flags.IntVar(&o.Clients, "clients", 64, "how many callers at once")
	flags.IntVar(&o.Facts, "facts", 300_000, "how many facts are relayed from an empty JetStream")
	flags.StringVar(&o.Files, "files", "", "`folder` of the national files, such as ../shared/data, for the registry")
	flags.StringVar(&o.Only, "only", "", "make only the measurements whose `name` holds this: "+strings.Join(bench.Names(), ", "))
	flags.StringVar(&o.Dir, "dir", "", "`folder` to measure in, on the disk that matters; the system's own for temporary files unless given")
	json := flags.Bool("json", false, "print JSON")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if o.Duration < time.Second || o.Clients < 1 || o.Facts < 1 {
			return usage{cmd, fmt.Errorf("measure for a second at least, with one client and one fact at least")}
		}
		o.Progress = func(what string) { fmt.Fprintln(os.Stderr, "measuring:", what) }
		report, err := bench.Run(cmd.Context(), o)
		if err != nil {
			return err
		}
		if *json {
			return printJSON(cmd, report)
		}
		return figures(cmd, report)
	}
	return cmd
}

func figures(cmd *cobra.Command, r bench.Report) error {
	out := cmd.OutOrStdout()
	m := r.Machine
	fmt.Fprintf(out, "%s, %d cores, %s, %s; %s (%s)\n%s\n\n", m.CPU, m.Cores, m.OS, m.Go, m.Disk, m.Noise, r.Time)
	rows := [][]string{{"MEASUREMENT", "A SECOND", "P50", "P99", "CPU EACH", "COUNT", "FAILED"}}
	for _, f := range r.Figures {
		rows = append(rows, []string{
			f.Name, fmt.Sprintf("%.0f %s", f.Rate, f.Of), milliseconds(f.P50), milliseconds(f.P99),
			fmt.Sprintf("%.0f µs", f.CPU), fmt.Sprint(f.Count), fmt.Sprint(f.Fails),
		})
	}
	if err := table(out, rows...); err != nil {
		return err
	}
	fmt.Fprintln(out)
	for _, f := range r.Figures {
		fmt.Fprintf(out, "%s: %s.", f.Name, f.What)
		if f.Note != "" {
			fmt.Fprintf(out, " (%s)", f.Note)
		}
		fmt.Fprintln(out)
	}
	return nil
}

func milliseconds(ms float64) string {
	if ms == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f ms", ms)
}
