package platform

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/book/index"
	"github.com/ics-openbook/openbook/services/book/sqlite"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// ErrNoCheckpoint means that there is nothing to verify a book by.
var ErrNoCheckpoint = errors.New("there is no checkpoint to verify the book by")

// Verify reads the whole book in a data folder, or in a backup, which may be in
// use, and verifies that it holds what each checkpoint was signed for, and the one
// that lies beside it. keys are trusted; where they are none, those that lie beside
// the book are, and a finding says so. What it read, and what it found, comes with
// the error; a book that is not what it was has one that is a [proof.Altered].
func Verify(ctx context.Context, folder string, keys proof.Keys, checkpoints [][]byte, progress func(done, total uint64)) (r proof.Reading, err error) {
	book := filepath.Join(folder, "book.db")
	if _, err := os.Stat(book); err != nil {
		return r, fmt.Errorf("%w: %w", ErrNoBook, err)
	}
	beside := len(keys.All()) == 0
	if beside {
		if keys, err = keysIn(filepath.Join(folder, publicFile)); err != nil {
			return r, err
		}
	}
	own, err := os.ReadFile(filepath.Join(folder, checkpointFile))
	switch {
	case err == nil:
		if !slices.ContainsFunc(checkpoints, func(c []byte) bool { return bytes.Equal(c, own) }) {
			checkpoints = append(checkpoints, own)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return r, err
	}
	if len(checkpoints) == 0 {
		return r, ErrNoCheckpoint
	}
	r, err = verifyFile(ctx, book, keys, checkpoints, progress)
	if beside && r.Size > 0 {
		r.Findings = append(r.Findings, proof.Finding{Verdict: proof.Unchecked, Says: "The keys lay beside the book: whoever could change the one could change the other. Name a key that you have from elsewhere."})
	}
	return r, err
}

// verifyFile verifies a book by signed checkpoints, and names what differs by the
// index beside it, where there is one.
func verifyFile(ctx context.Context, book string, keys proof.Keys, checkpoints [][]byte, progress func(done, total uint64)) (r proof.Reading, err error) {
	var kept []proof.Kept
	for _, note := range checkpoints {
		signed, err := keys.Open(note)
		if err != nil {
			return r, fmt.Errorf("a checkpoint: %w", err)
		}
		k := proof.Kept{Checkpoint: signed.Checkpoint}
		if path := filepath.Join(filepath.Dir(book), "book", "index.db"); exists(path) {
			k.Leaves = readable(index.Leaves(path, signed.Size))
		}
		kept = append(kept, k)
	}
	s, err := sqlite.Read(book)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return proof.VerifyEntries(proof.Leaves(counting(ctx, s, progress)), kept...)
}

// readable ends what cannot be read further. The index only says where the book is
// another; whether it is, the checkpoint says.
func readable(leaves iter.Seq2[proof.Hash, error]) iter.Seq2[proof.Hash, error] {
	return func(yield func(proof.Hash, error) bool) {
		for leaf, err := range leaves {
			if err != nil || !yield(leaf, nil) {
				return
			}
		}
	}
}

// keysIn are the public keys in a file.
func keysIn(path string) (proof.Keys, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return proof.Keys{}, fmt.Errorf("the book's public keys: %w", err)
	}
	return proof.ParseKeys(text)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// counting yields all facts of a book, and says from time to time how many.
func counting(ctx context.Context, s *sqlite.Store, progress func(done, total uint64)) iter.Seq2[events.Recorded, error] {
	return func(yield func(events.Recorded, error) bool) {
		head, err := s.Head(ctx)
		if err != nil {
			yield(events.Recorded{}, err)
			return
		}
		total, _ := head.Numbers() // this store's positions count its facts
		done := uint64(0)
		for r, err := range store.Ahead(s.ReadAll(ctx, events.Position{})) {
			if !yield(r, err) || err != nil {
				return
			}
			if done++; done%1000 == 0 || done == total {
				progress(done, total)
			}
		}
	}
}
