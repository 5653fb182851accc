package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
)

// reader is what commands that read the book have in common.
type reader struct {
	*access
	when *client.When
	json *bool
}

func show() *cobra.Command {
	cmd := group("show", "Show a system, network or practice: now, as at a moment, or on a day")
	cmd.Example = "  openbook show network U99001 --as-at 2026-04-01T09:30:00Z"
	flags := cmd.PersistentFlags()
	r := &reader{access: accessFlags(cmd, flags), when: whenFlags(flags), json: flags.Bool("json", false, "print JSON")}
	cmd.AddCommand(
		runs(r, "system", "  openbook show system QZ1", showSystem),
		runs(r, "network", "  openbook show network U99001 --on 2026-04-01", showNetwork),
		runs(r, "practice", "  openbook show practice Z99001", showPractice),
	)
	return cmd
}

// shown is something that is printed for people or for programs.
type shown interface{ print(io.Writer) error }

// runs makes the command that shows one kind of thing.
func runs(r *reader, kind, example string, read func(context.Context, *client.Client, string, client.When) (shown, error)) *cobra.Command {
	return &cobra.Command{
		Use: kind + " CODE", Args: exactly, Short: "Show a " + kind, Example: example,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := r.client(cmd)
			if err != nil {
				return err
			}
			found, err := read(cmd.Context(), c, args[0], *r.when)
			switch {
			case err != nil:
				return err
			case found == nil && !r.when.AsAt.IsZero():
				return fmt.Errorf("the book knew no %s %s at %s", kind, args[0], at(r.when.AsAt))
			case found == nil:
				return fmt.Errorf("the book knows no %s %s: register it first, or check the code", kind, args[0])
			case *r.json:
				return printJSON(cmd, found)
			}
			return found.print(cmd.OutOrStdout())
		},
	}
}

type systemShown struct{ *client.System }

func showSystem(ctx context.Context, c *client.Client, code string, when client.When) (shown, error) {
	found, err := c.System(ctx, events.ICB(code), when)
	if err != nil || found == nil {
		return nil, err
	}
	return systemShown{found}, nil
}

func (s systemShown) print(w io.Writer) error {
	rows := [][]string{{"system", string(s.Code), s.Name}}
	if s.Region != "" {
		rows = append(rows, []string{"region", string(s.Region)})
	}
	for _, p := range s.Places {
		rows = append(rows, []string{"place", string(p.Code), p.Name})
	}
	return table(w, append(rows, []string{"networks", figure(s.NetworkCount)}, []string{"practices", figure(s.PracticeCount)})...)
}

type networkShown struct {
	*client.Network
	Members []client.Membership `json:"members"` // null where they are not open
}

func showNetwork(ctx context.Context, c *client.Client, code string, when client.When) (shown, error) {
	found, err := c.Network(ctx, events.PCN(code), when)
	if err != nil || found == nil {
		return nil, err
	}
	members, err := c.Members(ctx, events.PCN(code), when)
	return networkShown{found, members}, open(err)
}

// open is err unless it says that something is open only within a system.
func open(err error) error {
	var p *client.Problems
	if errors.As(err, &p) && p.Has("OTHER_SYSTEM") {
		return nil
	}
	return err
}

func (n networkShown) print(w io.Writer) error {
	rows := [][]string{
		{"network", string(n.Code), n.Name},
		system(n.System),
	}
	if n.Place != nil {
		rows = append(rows, []string{"place", string(n.Place.Code), n.Place.Name})
	}
	rows = append(rows, []string{"practices", figure(n.PracticeCount)})
	if err := table(w, rows...); err != nil {
		return err
	}
	switch {
	case n.Members == nil:
		return closed(w, "members", n.System.Code)
	case len(n.Members) == 0:
		return nil
	}
	rows = [][]string{{"PRACTICE", "NAME", "SINCE", "LAST DAY"}}
	for _, m := range n.Members {
		rows = append(rows, []string{string(m.Practice.Code), m.Practice.Name, dated(m.From, m.FromUndated, m.FromNotBefore), dated(m.LastDay, m.LastDayUndated, m.LastDayNotBefore)})
	}
	fmt.Fprintln(w)
	return table(w, rows...)
}

// system is the row of the system that something is in.
func system(s client.SystemRef) []string {
	if s.Code == "" {
		return []string{"system", "not known: no source tells"}
	}
	return []string{"system", string(s.Code), s.Name}
}

// dated is a day as well as it is known.
func dated(latest events.Date, undated bool, notBefore events.Date) string {
	switch {
	case !undated:
		return latest.String()
	case notBefore.IsZero():
		return "by " + latest.String()
	}
	return notBefore.String() + " to " + latest.String()
}

func closed(w io.Writer, what string, system events.ICB) error {
	_, err := fmt.Fprintf(w, "\nIts %s are open to those who belong to system %s.\n", what, system)
	return err
}

type practiceShown struct {
	*client.Practice
	Memberships []client.Membership `json:"memberships"` // null where they are not open
}

func showPractice(ctx context.Context, c *client.Client, code string, when client.When) (shown, error) {
	found, err := c.Practice(ctx, events.Practice(code), when)
	if err != nil || found == nil {
		return nil, err
	}
	memberships, err := c.Memberships(ctx, events.Practice(code), when.AsAt)
	return practiceShown{found, memberships}, open(err)
}

func (p practiceShown) print(w io.Writer) error {
	rows := [][]string{
		{"practice", string(p.Code), p.Name},
		system(p.System),
		{"network", "none"},
	}
	if p.NetworkUnknown != nil {
		rows[2] = []string{"network", "not known: " + p.NetworkUnknown.Reason}
	}
	if p.Network != nil {
		rows[2] = []string{"network", string(p.Network.Code), p.Network.Name}
	}
	if err := table(w, rows...); err != nil {
		return err
	}
	switch {
	case p.Memberships == nil:
		return closed(w, "memberships", p.System.Code)
	case len(p.Memberships) == 0:
		return nil
	}
	rows = [][]string{{"NETWORK", "NAME", "SINCE", "LAST DAY"}}
	for _, m := range p.Memberships {
		rows = append(rows, []string{string(m.Network.Code), m.Network.Name, dated(m.From, m.FromUndated, m.FromNotBefore), dated(m.LastDay, m.LastDayUndated, m.LastDayNotBefore)})
	}
	fmt.Fprintln(w)
	return table(w, rows...)
}
