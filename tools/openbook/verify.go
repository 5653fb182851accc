package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/services/platform"
)

func verify() *cobra.Command {
	cmd := group("verify", "Verify a receipt, the book or a backup, with public keys alone")
	cmd.Example = "  openbook verify receipt receipts --key book.pub\n  openbook verify book --key book.pub --checkpoint last-month.txt"
	cmd.Long = cmd.Short + `.

It works offline. What was looked at is printed; it exits with 1 at the first thing
that is wrong. Have the public key from somewhere the book's operator cannot change:
it is book.pub in the book's folder, and /keys of a platform.`
	cmd.AddCommand(verifyReceipt(), verifyBook("book", "Verify a whole book by its checkpoints", "  openbook verify book --data /srv/openbook --key book.pub --checkpoint last-month.txt"),
		verifyBook("backup", "Verify a backup by its checkpoints", "  openbook verify backup /srv/backups/2026-11-22 --key book.pub"), verifyConsistency())
	return cmd
}

// verified is what a verification found, as JSON.
type verified struct {
	What     string          `json:"what"`
	OK       bool            `json:"ok"`
	Findings []findingJSON   `json:"findings"`
	Entries  proof.Size      `json:"entries,omitempty"`
	Root     string          `json:"root,omitempty"`
	Altered  *alteredEntries `json:"altered,omitempty"`
}

type findingJSON struct {
	Verdict string `json:"verdict"`
	Says    string `json:"says"`
}

// alteredEntries are where the first entry is that is not what it was.
type alteredEntries struct {
	First uint64 `json:"first"`
	Last  uint64 `json:"last"`
	Looks string `json:"looks,omitempty"`
}

// tell prints what was found of each thing, and ends with an error if one is wrong.
func tell(cmd *cobra.Command, asJSON bool, all []verified) error {
	wrong := false
	for _, v := range all {
		wrong = wrong || !v.OK
	}
	if asJSON {
		if err := printJSON(cmd, all); err != nil {
			return err
		}
	} else {
		for _, v := range all {
			if err := say(cmd.OutOrStdout(), v); err != nil {
				return err
			}
		}
	}
	if wrong {
		return errUnwell
	}
	return nil
}

func say(w io.Writer, v verified) error {
	verdict := "Verified"
	if !v.OK {
		verdict = "NOT verified"
	}
	text := fmt.Sprintf("%s: %s\n", verdict, v.What)
	for _, f := range v.Findings {
		text += fmt.Sprintf("  %-9s  %s\n", f.Verdict, f.Says)
	}
	_, err := io.WriteString(w, text)
	return err
}

// outcomeOf is what came of verifying something.
func outcomeOf(what string, found []proof.Finding, err error) verified {
	v := verified{What: what, OK: err == nil, Findings: []findingJSON{}}
	for _, f := range found {
		v.Findings = append(v.Findings, findingJSON{f.Verdict.String(), f.Says})
	}
	if err != nil && (len(found) == 0 || found[len(found)-1].Verdict != proof.Wrong) {
		v.Findings = append(v.Findings, findingJSON{proof.Wrong.String(), err.Error()})
	}
	var altered *proof.Altered
	if errors.As(err, &altered) {
		v.Altered = &alteredEntries{uint64(altered.First), uint64(altered.Last), string(altered.Looks)}
	}
	return v
}

// keyFlags add whose signatures are believed.
func keyFlags(flags *pflag.FlagSet) *[]string {
	return flags.StringArray("key", nil, "`file` of public keys that you trust, such as book.pub; more than once for several")
}

func trusted(files []string) (proof.Keys, error) {
	var all []proof.Key
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return proof.Keys{}, err
		}
		keys, err := proof.ParseKeys(text)
		if err != nil {
			return proof.Keys{}, fmt.Errorf("%s: %w", file, err)
		}
		all = append(all, keys.All()...)
	}
	return proof.NewKeys(all...)
}

func verifyReceipt() *cobra.Command {
	cmd := &cobra.Command{
		Use: "receipt FILE...", Args: some, Short: "Verify that an entry is in the book, where, and unchanged",
		Long:    "Verify that an entry is in the book, where, and unchanged.\n\nOf a folder, every receipt in it is verified.",
		Example: "  openbook verify receipt receipts --key book.pub",
	}
	files := keyFlags(cmd.Flags())
	asJSON := cmd.Flags().Bool("json", false, "print what was found as JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(*files) == 0 {
			return usage{cmd, errors.New("a receipt is verified by a public key that you trust: name its file by --key")}
		}
		keys, err := trusted(*files)
		if err != nil {
			return err
		}
		paths, err := receiptsIn(args)
		if err != nil {
			return err
		}
		var all []verified
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			var found []proof.Finding
			r, err := proof.ParseReceipt(text)
			if err == nil {
				found, err = r.Verify(keys)
			}
			all = append(all, outcomeOf(path, found, err))
		}
		return tell(cmd, *asJSON, all)
	}
	return cmd
}

// receiptsIn are the files named, and those in the folders named.
func receiptsIn(args []string) (paths []string, err error) {
	for _, arg := range args {
		if info, err := os.Stat(arg); err != nil || !info.IsDir() {
			paths = append(paths, arg) // what is wrong with it shows when it is read
			continue
		}
		within, err := filepath.Glob(filepath.Join(arg, "*.json"))
		if err != nil {
			return nil, err
		}
		if len(within) == 0 {
			return nil, fmt.Errorf("there is no receipt in the folder %s", arg)
		}
		paths = append(paths, within...)
	}
	return paths, nil
}

func verifyBook(what, short, example string) *cobra.Command {
	cmd := &cobra.Command{
		Use: what, Short: short, Example: example, Args: exactly,
		Long: short + `.

All of it is read, from its file, which may be in use. It must hold the very entries
of the checkpoint that lies beside it, and of each one that you kept: name those by
--checkpoint. What is wrong is named by the number of the entry, as exactly as can be
said.`,
	}
	flags := cmd.Flags()
	data := new(string)
	if what == "book" {
		data = flags.String("data", folder, "data `folder` of the book")
	} else {
		cmd.Use += " FOLDER"
	}
	files := keyFlags(flags)
	kept := flags.StringArray("checkpoint", nil, "`file` of a checkpoint that you kept; more than once for several")
	asJSON := flags.Bool("json", false, "print what was found as JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			*data = args[0]
		}
		keys, err := trusted(*files)
		if err != nil {
			return err
		}
		var notes [][]byte
		for _, path := range *kept {
			note, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			notes = append(notes, note)
		}
		bar := progress(cmd.ErrOrStderr())
		r, err := platform.Verify(cmd.Context(), *data, keys, notes, func(done, total uint64) { advance(bar, done, total) })
		if err != nil && r.Size == 0 { // nothing could be read, or not to its end
			return err
		}
		v := outcomeOf(*data, r.Findings, err)
		v.Entries, v.Root = r.Size, r.Root.String()
		if !*asJSON {
			if _, err := fmt.Fprintf(cmd.OutOrStdout(), "Read %s with the root %s.\n", counted(int(r.Size), "entry"), r.Root); err != nil {
				return err
			}
		}
		return tell(cmd, *asJSON, []verified{v})
	}
	return cmd
}

func verifyConsistency() *cobra.Command {
	cmd := &cobra.Command{
		Use: "consistency OLDER NEWER", Args: exactly,
		Short: "Verify that the book of one checkpoint contains the book of an older one",
		Long: `Verify that the book of one checkpoint contains the book of an older one, entry by
entry, in their order. It needs the hash tiles of the newer one: from a folder that
was copied, which works offline, or from a platform.`,
		Example: "  openbook verify consistency last-month.txt today.txt --key book.pub --tiles https://book.example.nhs.uk",
	}
	flags := cmd.Flags()
	files := keyFlags(flags)
	tiles := flags.String("tiles", here, "`folder` or address that has tile/0/000 and so on")
	asJSON := flags.Bool("json", false, "print what was found as JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(*files) == 0 {
			return usage{cmd, errors.New("checkpoints are verified by a public key that you trust: name its file by --key")}
		}
		keys, err := trusted(*files)
		if err != nil {
			return err
		}
		found, err := consistency(cmd.Context(), keys, args[0], args[1], *tiles)
		return tell(cmd, *asJSON, []verified{outcomeOf(args[0]+" and "+args[1], found, err)})
	}
	return cmd
}

func consistency(ctx context.Context, keys proof.Keys, older, newer, tiles string) (found []proof.Finding, err error) {
	var signed [2]proof.Signed
	for i, path := range []string{older, newer} {
		note, err := os.ReadFile(path)
		if err != nil {
			return found, err
		}
		if signed[i], err = keys.Open(note); err != nil {
			return found, fmt.Errorf("%s: %w", path, err)
		}
		found = append(found, proof.Finding{Verdict: proof.Held, Says: fmt.Sprintf("%s is a checkpoint of %d entries, signed by %s.", path, signed[i].Size, signed[i].Origin)})
	}
	then, now := signed[0].Checkpoint, signed[1].Checkpoint
	var hashes []proof.Hash
	if then.Size < now.Size {
		of := proof.TileHashes(now, func(t proof.Tile) ([]byte, error) { return fetch(ctx, tiles, t.Path()) })
		if hashes, err = proof.ProveConsistency(of, then.Size, now.Size); err != nil {
			return found, err
		}
	}
	if err := proof.VerifyConsistency(then, now, hashes); err != nil {
		return found, err
	}
	return append(found, proof.Finding{Verdict: proof.Held, Says: fmt.Sprintf("The book of %d entries begins with the very %d of the older one.", now.Size, then.Size)}), nil
}

const slowestTile = 10 * time.Second

// fetch is a tile from a folder or an address.
func fetch(ctx context.Context, from, path string) ([]byte, error) {
	if u, err := url.Parse(from); err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return os.ReadFile(filepath.Join(from, filepath.FromSlash(path)))
	}
	ctx, cancel := context.WithTimeout(ctx, slowestTile)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(from, "/")+"/"+path, nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, fmt.Errorf("the tiles: %w", err)
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the tiles: %s answers %q for %s", from, resp.Status, path)
	}
	return io.ReadAll(io.LimitReader(resp.Body, proof.TileWidth*32+1))
}
