package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/client"
)

// writer is what commands that write in the book have in common.
type writer struct {
	*access
	key      *string
	json     *bool
	receipts *keeper
}

// writerFlags adds their flags to a command, or to all of a group.
func writerFlags(cmd *cobra.Command, flags *pflag.FlagSet) *writer {
	return &writer{
		access: accessFlags(cmd, flags),
		key:    flags.String("key", "", "idempotency `key`: the same request under the same key is recorded once; a new one unless given"),
		json:   flags.Bool("json", false, "print the receipt as JSON"),

		receipts: keeperFlags(flags, ""),
	}
}

// ask sends one ask, made of a command's arguments.
type send func(ctx context.Context, c *client.Client, args []string, given ask.Given) (client.Receipt, error)

// runs has cmd send an ask and print the receipt.
func (w *writer) runs(cmd *cobra.Command, send send) *cobra.Command {
	cmd.Args = exactly
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := w.client(cmd, client.Visible(), w.receipts.told())
		if err != nil {
			return err
		}
		receipt, err := send(cmd.Context(), c, args, ask.Given{IdempotencyKey: *w.key})
		if err != nil {
			return err
		}
		kept := cmd.OutOrStdout()
		if *w.json {
			err, kept = printJSON(cmd, receipt), cmd.ErrOrStderr()
		} else {
			err = told(kept, receipt)
		}
		return errors.Join(err, w.receipts.keep(cmd.Context(), c, kept))
	}
	return cmd
}

// told says what a receipt says.
func told(out io.Writer, r client.Receipt) error {
	entry := "an entry"
	if r.Ordinal > 0 {
		entry = fmt.Sprintf("entry %d", r.Ordinal)
	}
	if r.Entries == 0 {
		return receiptOf(out, r, "So it was already, since "+entry)
	}
	return receiptOf(out, r, "Recorded as "+entry)
}

// receiptOf says whether what was done is seen, and what proves it.
func receiptOf(out io.Writer, r client.Receipt, did string) error {
	switch {
	case r.Entries > 0 && r.Visible:
		did += ", visible"
	case r.Entries > 0:
		did += ", not visible yet; it will be in a moment"
	}
	_, err := fmt.Fprintf(out, "%s.\nreceipt %s of %s\n", did, r.ID, at(r.Time))
	return err
}
