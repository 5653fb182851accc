package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/platform"
)

// atOnce is how many receipts are fetched at a time.
const atOnce = 8

func explains() *cobra.Command {
	cmd := &cobra.Command{
		Use: "explain FIGURE", Args: exactly, Short: "Work a figure out again from proven entries",
		Long: `Work a figure out again from proven entries.

It asks the platform for a figure, for how it has come about, and for the entries it
stands on, each with the proof that it is in the book. It verifies the proofs by the
public key, folds those entries and no others on this machine, and must come to the
same figure by the same arithmetic. If it does not, it exits with 1.

FIGURE is the id of a figure, as the API shows it, or, for the figure of this moment,
the fields that lead to it.`,
		Example: `  openbook explain 'network(code: "U99003") { funding(year: "2025/26") { totality { left } } }'
  openbook explain 'system(code: "QZ1") { patients }' --key book.pub`,
	}
	a := accessFlags(cmd, cmd.Flags())
	files := keyFlags(cmd.Flags())
	asJSON := cmd.Flags().Bool("json", false, "print JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		name, err := platform.ParseFigure(args[0])
		if err != nil {
			return usage{cmd, err}
		}
		if len(*files) == 0 {
			*files = []string{filepath.Join(*a.data, "book.pub")}
		}
		keys, err := trusted(*files)
		switch {
		case errors.Is(err, os.ErrNotExist):
			return usage{cmd, fmt.Errorf("there is no public key %s: name the one that you trust by --key", (*files)[0])}
		case err != nil:
			return err
		}
		c, err := a.client(cmd)
		if err != nil {
			return err
		}
		e := explanation{name: name, text: args[0], keys: keys}
		if err := e.fetch(cmd, c); err != nil {
			return err
		}
		if *asJSON {
			return errors.Join(printJSON(cmd, e.json()), e.verdict())
		}
		return errors.Join(e.print(cmd), e.verdict())
	}
	return cmd
}

// explanation is a figure, and what comes of working it out again.
type explanation struct {
	name    platform.FigureName
	text    string
	keys    proof.Keys
	shown   *platform.Figure // by the platform
	again   *platform.Figure // from the entries
	entries []events.Recorded
	unread  int // entries that may not be read
}

// fetch asks for the figure and its entries, and works it out again.
func (e *explanation) fetch(cmd *cobra.Command, c *client.Client) error {
	ctx := cmd.Context()
	data, _, err := c.Do(ctx, e.name.Document(), nil)
	if err != nil {
		return err
	}
	if e.shown, err = e.name.Read(data); err != nil {
		return err
	}
	if e.shown == nil {
		return fmt.Errorf("the book has nothing of %s", e.text)
	}
	if e.shown.Passport == nil || e.shown.ID == nil {
		return nil
	}
	e.text = *e.shown.ID // with the moment that it was read at
	if e.name, err = platform.ParseFigure(e.text); err != nil {
		return err
	}
	data, _, err = c.Do(ctx, `query($figure: FigureID!) { grounds(figure: $figure) me { ref grants { role of } } }`, map[string]any{"figure": e.text})
	if err != nil {
		return err
	}
	var got struct {
		Grounds []events.ID
		Me      struct {
			Ref    events.PersonRef
			Grants []ask.Grant
		}
	}
	if err := json.Unmarshal(data, &got); err != nil {
		return err
	}
	if err := e.prove(cmd, c, got.Grounds); err != nil {
		return err
	}
	e.again, err = platform.Refold(ctx, e.name, e.entries, got.Me.Ref, got.Me.Grants)
	return err
}

// prove fetches entries with their proofs and verifies each.
func (e *explanation) prove(cmd *cobra.Command, c *client.Client, ids []events.ID) error {
	bar := progress(cmd.ErrOrStderr())
	bar.Describe("Verifying entries")
	bar.ChangeMax(len(ids))
	defer func() { _ = bar.Finish() }()
	all := make([]*events.Recorded, len(ids))
	fetching, ctx := errgroup.WithContext(cmd.Context())
	fetching.SetLimit(atOnce)
	wait, cancel := context.WithTimeout(ctx, untilProven)
	defer cancel()
	for i, id := range ids {
		fetching.Go(func() error {
			document, proven, err := provenReceipt(ctx, wait, c, id)
			if err != nil {
				return err
			}
			if !proven {
				return fmt.Errorf("the book has not proven entry %s in %s", id, untilProven)
			}
			_ = bar.Add(1)
			all[i], err = entryOf(document, id, e.keys)
			return err
		})
	}
	if err := fetching.Wait(); err != nil {
		return err
	}
	for _, entry := range all {
		if entry == nil {
			e.unread++
		} else {
			e.entries = append(e.entries, *entry)
		}
	}
	return nil
}

// entryOf verifies a receipt, and returns the entry that is in it, or nil.
func entryOf(document json.RawMessage, id events.ID, keys proof.Keys) (*events.Recorded, error) {
	r, err := proof.ParseReceipt(document)
	if err != nil {
		return nil, err
	}
	if r.ID != id {
		return nil, fmt.Errorf("the platform gave the receipt of %s for that of %s", r.ID, id)
	}
	if _, err := r.Verify(keys); err != nil {
		return nil, fmt.Errorf("the entry %s is not proven: %w", id, err)
	}
	if r.Proof == nil {
		return nil, fmt.Errorf("the entry %s is not proven: the receipt that was given for it has no proof", id)
	}
	if len(r.Entry) == 0 {
		return nil, nil
	}
	entry, err := proof.ParseLeaf(r.Entry)
	if err != nil {
		return nil, err
	}
	entry.Ordinal = r.Proof.Ordinal
	return &entry, nil
}

// same reports whether the figure came out as it was shown.
func (e *explanation) same() bool {
	if e.again == nil || e.again.Value == nil || e.again.Passport == nil || e.shown.Value == nil {
		return false
	}
	return *e.again.Value == *e.shown.Value && e.again.Passport.Rule == e.shown.Passport.Rule && e.again.Passport.Arithmetic == e.shown.Passport.Arithmetic
}

func (e *explanation) verdict() error {
	if e.shown.Passport != nil && !e.same() {
		return errUnwell
	}
	return nil
}

// behind are the entries that the passport names, in the order of the arithmetic.
func (e *explanation) behind() (all []events.Recorded) {
	if e.again == nil || e.again.Passport == nil || e.again.Passport.Entries == nil {
		return nil
	}
	for _, n := range e.again.Passport.Entries.Nodes {
		if i := slices.IndexFunc(e.entries, func(r events.Recorded) bool { return r.ID == n.ID }); i >= 0 {
			all = append(all, e.entries[i])
		}
	}
	return all
}

func (e *explanation) print(cmd *cobra.Command) error {
	out := cmd.OutOrStdout()
	switch {
	case e.shown.Value == nil && e.shown.Unknown != nil:
		_, err := fmt.Fprintf(out, "Not known (%s): %s\n", e.shown.Unknown.Code, e.shown.Unknown.Reason)
		return err
	case e.shown.Passport == nil:
		_, err := fmt.Fprintf(out, "%s\nIt has no passport: the book does not say how it has come about.\n", *e.shown.Value)
		return err
	}
	fmt.Fprintf(out, "%s\n\nFigure      %s\nRule        %s\nArithmetic  %s\n", *e.shown.Value, e.text, e.shown.Passport.Rule, e.shown.Passport.Arithmetic)
	if behind := e.behind(); len(behind) > 0 {
		rows := [][]string{{"\nEntry", "Recorded", "What", "Id"}}
		for _, r := range behind {
			rows = append(rows, []string{fmt.Sprint(r.Ordinal), r.Time.Format("2006-01-02 15:04"), r.Type, string(r.ID)})
		}
		if err := table(out, rows...); err != nil {
			return err
		}
	}
	text := fmt.Sprintf("\n%s, each proven to be in the book and unchanged.\n", counted(len(e.entries), "entry"))
	if e.same() {
		text += "Folded again from these alone, the figure is the same.\n"
	} else {
		value := "nothing"
		if e.again != nil && e.again.Value != nil {
			value = *e.again.Value + ", by " + e.again.Passport.Arithmetic
		} else if e.again != nil && e.again.Unknown != nil {
			value = "not known: " + e.again.Unknown.Reason
		}
		text += "FOLDED AGAIN FROM THESE ALONE, THE FIGURE IS ANOTHER: " + value + "\n"
		if e.unread > 0 {
			text += fmt.Sprintf("%s may not be read by you, and so could not be folded. Ask whoever may.\n", counted(e.unread, "entry"))
		}
	}
	_, err := fmt.Fprint(out, text)
	return err
}

// json is the explanation for programs.
func (e *explanation) json() any {
	type entry struct {
		Ordinal events.Ordinal `json:"ordinal"`
		ID      events.ID      `json:"id"`
		Type    string         `json:"type"`
	}
	behind := []entry{}
	for _, r := range e.behind() {
		behind = append(behind, entry{r.Ordinal, r.ID, r.Type})
	}
	is := map[string]any{
		"figure": e.text, "value": e.shown.Value, "unknown": e.shown.Unknown, "same": e.same(),
		"proven": len(e.entries), "unread": e.unread, "entries": behind,
	}
	if e.shown.Passport != nil {
		is["rule"], is["arithmetic"] = e.shown.Passport.Rule, e.shown.Passport.Arithmetic
	}
	if e.again != nil {
		is["again"] = e.again.Value
	}
	return is
}
