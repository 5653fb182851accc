package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/book/index"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/store/remote"
	"github.com/ics-openbook/openbook/services/platform"
)

// proofs counts and hashes a book into its tree, asks it for receipts, and
// verifies all of it from its file.
func proofs(ctx context.Context, o Options) (all []Figure, err error) {
	s, err := openShelf(ctx, o.Dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := fill(ctx, s.store, o.Facts); err != nil {
		return nil, err
	}
	o.Progress("counting and hashing a book")
	counted, err := s.counted(ctx, o.Facts)
	if err != nil {
		return nil, err
	}
	if err := s.serve(ctx); err != nil {
		return nil, err
	}
	at := remote.New(s.reader)
	if err := s.signed(ctx, at, proof.Size(o.Facts)); err != nil {
		return nil, err
	}
	o.Progress("receipts with their proofs")
	ids := make([]events.ID, 0, 1000)
	for r, err := range at.Range(ctx, events.Ordinal(max(0, o.Facts-1000)), 0) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, r.ID)
	}
	few := o
	few.Clients = 4
	proven, err := load(ctx, few, "receipts", func(client, n int) error {
		receipt, err := at.Receipt(ctx, ids[(n*few.Clients+client)%len(ids)], events.Position{})
		if err != nil {
			return err
		}
		r, err := proof.ParseReceipt(receipt)
		if err == nil && r.Proof == nil {
			err = errors.New("a receipt without a proof")
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	proven.Name, proven.What = "receipt", "signed receipts with the proof of their entry, 4 clients through store/remote"

	o.Progress("verifying the whole book")
	if err := s.halt(); err != nil { // which still relays
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(s.dir, "book.pub"), []byte(s.ring.Public.String()), 0o600); err != nil {
		return nil, err
	}
	start, cpu := clock.System.Now(), used()
	read, err := platform.Verify(ctx, s.dir, proof.Keys{}, nil, func(_, _ uint64) {})
	if err != nil {
		return nil, err
	}
	took := clock.System.Now().Sub(start)
	verified := Figure{
		Name: "verify", What: "a whole book verified from its file, entry by entry, by its checkpoint and the index beside it", Of: "entries",
		Rate: float64(read.Size) / took.Seconds(), Count: int(read.Size), Note: fmt.Sprintf("%.2f s", took.Seconds()),
	}
	verified.each(used() - cpu)
	return []Figure{counted, proven, verified}, nil
}

// signed waits until a checkpoint covers the whole book.
func (s *shelf) signed(ctx context.Context, at *remote.Book, size proof.Size) error {
	keys, err := proof.ParseKeys([]byte(s.ring.Public.String()))
	if err != nil {
		return err
	}
	for {
		c, err := at.Checkpoint(ctx)
		if err != nil {
			return err
		}
		if signed, err := keys.Open([]byte(c.Note)); err != nil || signed.Size >= size {
			return err
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// counted makes an index of the whole book, which nobody else uses.
func (s *shelf) counted(ctx context.Context, facts int) (f Figure, err error) {
	x, err := index.Open(ctx, index.Options{Store: s.store, Book: s.store.Book(), Path: filepath.Join(s.dir, uuid.NewString()), Log: s.env("book", nil, nil).Telemetry.Log})
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, x.Close()) }()
	working, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	start, cpu := clock.System.Now(), used()
	go func() { ended <- x.Run(working) }()
	defer func() { stop(); err = errors.Join(err, <-ended) }()
	head, err := s.store.Head(ctx)
	if err != nil {
		return f, err
	}
	if err := x.Reach(ctx, head); err != nil {
		return f, err
	}
	took := clock.System.Now().Sub(start)
	f = Figure{Name: "count", What: "a book counted, indexed and hashed into its tree, from an empty index", Of: "entries", Rate: float64(facts) / took.Seconds(), Count: facts, Note: fmt.Sprintf("%.2f s", took.Seconds())}
	f.each(used() - cpu)
	return f, nil
}
