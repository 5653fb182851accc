package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
)

const (
	untilProven = 5 * time.Second // how long a proof is waited for; it takes one
	askAgain    = 200 * time.Millisecond
)

func receipts() *cobra.Command {
	cmd := &cobra.Command{
		Use: "receipt ENTRY...", Args: some,
		Short: "Keep the book's signed receipt of an entry",
		Long: "Writes the book's signed receipt of each entry, with the proof that it is in the book, into\n" +
			"a folder. `openbook verify receipt` reads it, offline, for ever.",
		Example: "  openbook receipt 0f8fad5b-d9cb-569f-a165-70867728950e --receipts ./receipts",
	}
	a := accessFlags(cmd, cmd.Flags())
	k := keeperFlags(cmd.Flags(), "receipts")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := a.client(cmd)
		if err != nil {
			return err
		}
		for _, id := range args {
			k.ids = append(k.ids, events.ID(id))
		}
		return k.keep(cmd.Context(), c, cmd.OutOrStdout())
	}
	return cmd
}

// keeper keeps the signed receipts of what a command has recorded.
type keeper struct {
	folder *string
	mu     sync.Mutex
	ids    []events.ID
}

func keeperFlags(flags *pflag.FlagSet, usual string) *keeper {
	return &keeper{folder: flags.String("receipts", usual, "`folder` to keep the book's signed receipts in; empty for none")}
}

// told remembers what was recorded.
func (k *keeper) told() client.Option {
	return client.Receipts(func(r client.Receipt) {
		k.mu.Lock()
		defer k.mu.Unlock()
		if !slices.Contains(k.ids, r.ID) {
			k.ids = append(k.ids, r.ID)
		}
	})
}

// keep fetches the receipts and says where they are. Those that are not proven in
// time are kept as they are: the signature alone is the book's promise.
func (k *keeper) keep(ctx context.Context, c *client.Client, out io.Writer) error {
	if *k.folder == "" || len(k.ids) == 0 {
		return nil
	}
	if err := os.MkdirAll(*k.folder, 0o700); err != nil {
		return err
	}
	wait, cancel := context.WithTimeout(ctx, untilProven)
	defer cancel()
	unproven := 0
	for _, id := range k.ids {
		document, proven, err := provenReceipt(ctx, wait, c, id)
		if err != nil {
			return fmt.Errorf("the receipt of %s: %w", id, err)
		}
		if !proven {
			unproven++
		}
		path := filepath.Join(*k.folder, string(id)+".json")
		if err := os.WriteFile(path+".unfinished", append(document, '\n'), 0o600); err != nil {
			return err
		}
		if err := os.Rename(path+".unfinished", path); err != nil {
			return err
		}
	}
	text := fmt.Sprintf("Kept %s in %s.\n", counted(len(k.ids), "signed receipt"), *k.folder)
	if unproven > 0 {
		text += fmt.Sprintf("%d without a proof yet: `openbook receipt` fetches them again.\n", unproven)
	}
	_, err := fmt.Fprint(out, text)
	return err
}

// provenReceipt waits for a receipt that is proven, as long as there is time.
func provenReceipt(ctx, wait context.Context, c *client.Client, id events.ID) (document json.RawMessage, proven bool, err error) {
	for {
		document, proven, err = c.SignedReceipt(ctx, id)
		if err != nil || proven {
			return document, proven, err
		}
		select {
		case <-time.After(askAgain):
		case <-wait.Done():
			return document, false, ctx.Err()
		}
	}
}
