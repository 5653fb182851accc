// Package notary vouches for the book: it signs checkpoints of its tree, which
// it never contradicts, and receipts for single entries. What it signs stands on
// what the index has counted, and that on what the store has on its disk.
package notary

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/book/index"
)

// ErrContradicted means that the book is not the one whose checkpoint was signed
// last: entries are gone, or others than they were. It may have been put back
// from a backup that is too old, or altered.
var ErrContradicted = errors.New("the book contradicts its last signed checkpoint")

// Options say what is vouched for, and by whom.
type Options struct {
	Index   *index.Index
	Head    func(context.Context) (events.Position, error) // of the store
	Keyring Keyring
	Path    string // of the file that remembers the last signed checkpoint
	Log     *slog.Logger

	Witnesses []Witness
}

// Notary signs. Its methods may be called at once from many goroutines; Settle
// comes first, and Run runs once.
type Notary struct {
	Options
	last   atomic.Pointer[published]
	stands []proof.Size // what each witness has seen, as far as is known: of Run
}

// published is a checkpoint that somebody may have seen.
type published struct {
	proof.Checkpoint
	note    []byte
	stale   bool // not every key that signs today has signed it
	missing int  // so many witnesses have not
}

// every is how often a checkpoint is signed while entries come.
const every = time.Second

// Open reads the checkpoint that was signed last, if there is one. Its error
// names the file.
func Open(o Options) (*Notary, error) {
	n := &Notary{Options: o, stands: make([]proof.Size, len(o.Witnesses))}
	note, err := os.ReadFile(o.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return n, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the last checkpoint: %w", err)
	}
	signed, err := o.Keyring.Public.Open(note)
	if err == nil && signed.Origin != o.Keyring.Origin {
		err = proof.ErrOrigin
	}
	if err != nil {
		return nil, fmt.Errorf("the last checkpoint, %s, is not by the book's keys, which are of %q: give it the keys it was signed with: %w", o.Path, o.Keyring.Origin, err)
	}
	stale := slices.ContainsFunc(o.Keyring.Signers, func(s proof.Signer) bool {
		return !slices.ContainsFunc(signed.By, func(k proof.Key) bool { return k.String() == s.String() })
	})
	n.last.Store(&published{signed.Checkpoint, note, stale, max(0, len(o.Witnesses)-len(signed.Cosigned))})
	return n, nil
}

// Settle waits until the index has counted as much as was signed last, compares
// the two, and signs the book as it is. The error wraps [ErrContradicted], or is
// that of reading.
func (n *Notary) Settle(ctx context.Context) error {
	if last := n.last.Load(); last != nil {
		if err := n.continues(ctx, last); err != nil {
			return err
		}
	}
	n.attempt(ctx, n.sign)
	return nil
}

func (n *Notary) continues(ctx context.Context, last *published) error {
	if err := n.counted(ctx, last.Size); err != nil {
		return err
	}
	root, err := proof.RootAt(n.Index.Hashes(), last.Size)
	if err != nil {
		return err
	}
	if root != last.Root {
		return fmt.Errorf("%w: its first %d entries have the root %s, and %s was signed (%s). Put back the newest backup, and see docs/trust.md", ErrContradicted, last.Size, root, last.Root, n.Path)
	}
	return nil
}

// counted waits until so many entries are counted; the error wraps
// ErrContradicted where the store holds fewer.
func (n *Notary) counted(ctx context.Context, size proof.Size) error {
	for {
		head, err := n.Head(ctx)
		if err != nil {
			return err
		}
		if err := n.Index.Reach(ctx, head); err != nil {
			return err
		}
		mark := n.Index.Mark()
		switch now, err := n.Head(ctx); {
		case proof.Size(mark.Ordinal) >= size:
			return nil
		case err != nil:
			return err
		case now == head: // nobody appends before this is through
			return fmt.Errorf("%w: it holds %d entries, and a checkpoint of %d was signed (%s). Put back the newest backup, and see docs/trust.md", ErrContradicted, mark.Ordinal, size, n.Path)
		}
	}
}

// Run signs a checkpoint each second in which the book has grown, until ctx is
// done. What goes wrong is logged, and tried again.
func (n *Notary) Run(ctx context.Context) error {
	tick, again := time.NewTicker(every), time.NewTicker(missed)
	defer tick.Stop()
	defer again.Stop()
	for {
		select {
		case <-tick.C:
			n.attempt(ctx, n.sign)
		case <-again.C:
			n.attempt(ctx, n.askAgain)
		case <-ctx.Done():
			return nil
		}
	}
}

func (n *Notary) attempt(ctx context.Context, sign func(context.Context) error) {
	if err := sign(ctx); err != nil && ctx.Err() == nil {
		n.Log.WarnContext(ctx, "no checkpoint could be signed; it will be tried again", "error", err)
	}
}

// sign publishes a checkpoint of the tree as it is, unless it has been. What was
// signed is on the disk before anybody sees it: after a crash nothing else is
// signed for as many entries.
func (n *Notary) sign(ctx context.Context) error {
	size := proof.Size(n.Index.Mark().Ordinal)
	if last := n.last.Load(); last != nil && last.Size >= size && !last.stale {
		return nil
	}
	root, err := proof.RootAt(n.Index.Hashes(), size)
	if err != nil {
		return err
	}
	c := proof.Checkpoint{Origin: n.Keyring.Origin, Size: size, Root: root}
	note, err := proof.Sign(c, n.Keyring.Signers...)
	if err != nil {
		return err
	}
	if err := Replace(n.Path, note); err != nil {
		return fmt.Errorf("keep the checkpoint: %w", err)
	}
	return n.publish(ctx, c, note)
}

// publish shows a checkpoint that is on the disk, with the cosignatures that come
// in time.
func (n *Notary) publish(ctx context.Context, c proof.Checkpoint, note []byte) error {
	cosigned, missing := n.cosign(ctx, c, note)
	if last := n.last.Load(); last != nil && last.Size == c.Size && !last.stale && missing >= last.missing {
		return nil // what is published has as many, and keeps those that did not come this time
	}
	var err error
	if len(cosigned) > len(note) {
		err = Replace(n.Path, cosigned) // if it fails, they are asked for again after a start
	}
	n.last.Store(&published{c, cosigned, false, missing})
	return err
}

// askAgain asks the witnesses that have not signed the newest checkpoint.
func (n *Notary) askAgain(ctx context.Context) error {
	last := n.last.Load()
	if last == nil || last.missing == 0 || last.stale {
		return nil
	}
	note, err := proof.Sign(last.Checkpoint, n.Keyring.Signers...) // the same text, without cosignatures
	if err != nil {
		return err
	}
	return n.publish(ctx, last.Checkpoint, note)
}

// Replace puts a file in the place of another, durably, as a whole. Its owner
// alone can read it.
func Replace(path string, content []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(content)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// Checkpoint is the newest signed note, or nil before the first.
func (n *Notary) Checkpoint() []byte {
	if last := n.last.Load(); last != nil {
		return last.note
	}
	return nil
}

// Tile is the bytes of a hash tile of the newest checkpoint's tree. The error
// wraps [proof.ErrRange] where the tree has none, or is that of reading.
func (n *Notary) Tile(t proof.Tile) ([]byte, error) {
	last := n.last.Load()
	if last == nil {
		return nil, fmt.Errorf("%w: no checkpoint is signed yet", proof.ErrRange)
	}
	return t.Bytes(n.Index.Hashes(), last.Size)
}

// Receipt signs that the entry with an id is recorded, and proves it where the
// newest checkpoint covers it. With reach, an entry that is not counted yet is
// waited for until everything up to that position is. The error wraps
// store.ErrNotFound, or is that of reading.
func (n *Notary) Receipt(ctx context.Context, id events.ID, reach events.Position) (proof.Receipt, error) {
	if err := n.Index.Reach(ctx, reach); err != nil {
		return proof.Receipt{}, err
	}
	entry, err := n.Index.ByID(ctx, id)
	if err != nil {
		return proof.Receipt{}, err
	}
	leaf, err := proof.AppendLeaf(nil, &entry)
	if err != nil {
		return proof.Receipt{}, err
	}
	hash := proof.HashLeaf(leaf)
	counted, err := proof.LeafHash(n.Index.Hashes(), entry.Ordinal)
	if err != nil {
		return proof.Receipt{}, err
	}
	if hash != counted {
		return proof.Receipt{}, fmt.Errorf("the store holds entry %s, number %d, with the leaf hash %s; it was counted with %s: it was altered since", id, entry.Ordinal, hash, counted)
	}
	r, err := proof.SignReceipt(n.Keyring.Origin, id, hash, n.Keyring.Signers...)
	if err != nil {
		return proof.Receipt{}, err
	}
	r.Entry = leaf
	if last := n.last.Load(); last != nil && proof.Size(entry.Ordinal) <= last.Size {
		hashes, err := proof.ProveInclusion(n.Index.Hashes(), last.Size, entry.Ordinal)
		if err != nil {
			return proof.Receipt{}, err
		}
		r.Proof = &proof.Inclusion{Ordinal: entry.Ordinal, Hashes: hashes, Checkpoint: last.note}
	}
	return r, nil
}
